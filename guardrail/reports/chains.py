"""Who can compel an operator, and what shows an offer, in words."""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.placement import Operator, Recogniser, Registry, exposure, within
from guardrail.reports.layout import Layout
from guardrail.reports.rendering import Rendering

LINKS = {
    "seat": "registered office",
    "parent": "parent company",
    "controlling-shareholder": "controlling shareholder",
    "operating-company": "operating company",
    "supplier": "supplier that can reach data",
}


class Reach(msgspec.Struct, kw_only=True):
    """A law that reaches the operator, and through whom."""

    law: str
    name: str
    citation: str
    since: date | None
    until: date | None
    through: list[str]


def reach_of(
    operator: Operator, registry: Registry, day: date, rendering: Rendering
) -> list[Reach]:
    """The foreign laws that reach `operator` on `day`."""
    found = []
    for name in exposure(operator, registry, day).laws:
        law = registry.laws.get(name)
        country = law.country if law else name.removeprefix("control-").upper()
        found.append(
            Reach(
                law=name,
                name=law.name[rendering.language] if law else name,
                citation=law.citation if law else "",
                since=law.since if law else None,
                until=law.until if law else None,
                through=[
                    link.entity
                    for link in operator.control
                    if link.country == country and within(day, link.since, link.until)
                ]
                or [operator.name],
            )
        )
    return found


def sign_in_words(one: Recogniser, page: Layout) -> str:
    """What shows that a resource goes to an offer, in words."""
    parts = [
        page.t("provider {}", one.provider) if one.provider else "",
        page.t("host {}", one.host) if one.host else "",
        page.t("no endpoint set") if one.endpoint else "",
        page.t("region {}", ", ".join(one.region)) if one.region else "",
        page.t("a region of table {}", one.region_table) if one.region_table else "",
        *(f"{name} = {' | '.join(values)}" for name, values in one.settings.items()),
        page.t("resources {}", ", ".join(one.types)) if one.types else "",
    ]
    return ", ".join(part for part in parts if part)
