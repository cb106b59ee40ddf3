"""Which laws can reach an operator on a day: by control, never by the place of data.

A seat, a parent, a controlling shareholder or an operating company under a foreign law
exposes, and so does a supplier that can reach data. Presence abroad and licences are
recorded on the operator and expose nobody by themselves.

Source: ANSSI, SecNumCloud 3.2, 19.6; doctrine as read in `policies/operators/`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.placement.catalogue import Registry
from guardrail.placement.registry import Operator, within

_NOWHERE = "ZZ"
"""The country of an operator that nobody can name."""


class Exposure(msgspec.Struct, frozen=True):
    """The laws that reach an operator, and whether their absence can be relied on."""

    laws: tuple[str, ...]
    """Ids, sorted; `control-xx` where no law of the country is listed."""
    official: bool
    """Whether the whole chain of control rests on facts that may permit."""
    countries: tuple[str, ...]
    """Countries of the chain of control, sorted."""


def exposure(operator: Operator, registry: Registry, day: date) -> Exposure:
    """What can reach `operator` on `day`."""
    chain = [link for link in operator.control if within(day, link.since, link.until)]
    countries = {operator.country, *(link.country for link in chain)}
    laws = [
        law
        for law in registry.laws.values()
        if law.effect == "exposes"
        and law.country in countries
        and within(day, law.since, law.until)
    ]
    union = registry.countries["eu"]
    foreign = {c for c in countries if c != _NOWHERE and not union.holds(c, day)}
    unnamed = {f"control-{c.lower()}" for c in foreign - {law.country for law in laws}}
    reach = sorted({law.id for law in laws} | unnamed)
    official = bool(chain) and all(link.official for link in chain)
    return Exposure(tuple(reach), official, tuple(sorted(countries)))
