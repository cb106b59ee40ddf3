"""What changes in the registry: between two days, or between two libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from guardrail.placement import Fact, Offer, Registry, exposure, schemes, standing
from guardrail.reports.layout import Layout, paged
from guardrail.reports.offers import offer_line, qualification_in_words
from guardrail.reports.rendering import Rendering


class StandingChange(msgspec.Struct, kw_only=True):
    """A qualification that is gained, lost, renewed, or no longer sure."""

    offer: str
    scheme: str
    change: str
    """`gained`, `lost`, `renewed` or `changed`."""
    before: str
    after: str


class ReachChange(msgspec.Struct, kw_only=True):
    """A law that begins or ends to reach offers."""

    law: str
    change: str
    """`begins` or `ends`."""
    offers: list[str]


class DayChanges(msgspec.Struct, kw_only=True):
    """The document of `guardrail offers diff DAY1 DAY2`."""

    schema_version: str = "1.0"
    before: date
    after: date
    catalogue_date: date
    library: str
    language: str
    opened: list[str]
    closed: list[str]
    qualifications: list[StandingChange]
    laws: list[ReachChange]


def day_changes(
    registry: Registry, before: date, after: date, rendering: Rendering
) -> DayChanges:
    """What the registry says of `after` and did not say of `before`."""
    offers = [one for _id, one in sorted(registry.offers.items())]
    there = {
        day: {one.id for one in offers if _offered(one, registry, day)}
        for day in (before, after)
    }
    return DayChanges(
        before=before,
        after=after,
        catalogue_date=rendering.catalogue_date,
        library=rendering.library_sha256,
        language=rendering.language,
        opened=sorted(there[after] - there[before]),
        closed=sorted(there[before] - there[after]),
        qualifications=[
            change
            for one in offers
            for change in _standings(one, registry, (before, after), rendering)
        ],
        laws=_laws(offers, registry, before, after),
    )


def _offered(offer: Offer, registry: Registry, day: date) -> bool:
    operator = registry.operators[offer.operator]
    return offer.offered_on(day) and operator.active_on(day)


def _standings(
    offer: Offer, registry: Registry, days: tuple[date, date], rendering: Rendering
) -> Iterator[StandingChange]:
    page = Layout(rendering)
    lines = [offer_line(offer, registry, day, rendering) for day in days]
    for place, scheme in enumerate(schemes(offer)):
        found = [standing(offer, day, (scheme,)) for day in days]
        same = found[0].decision == found[1].decision
        if found[0].state == found[1].state and (same or found[0].state != "qualified"):
            continue
        words = [
            qualification_in_words(line.qualifications[place], None, page)
            for line in lines
        ]
        yield StandingChange(
            offer=offer.id,
            scheme=scheme,
            change=_kind(found[0].state, found[1].state),
            before=words[0],
            after=words[1],
        )


def _kind(before: str, after: str) -> str:
    """What became of a qualification."""
    held = "qualified"
    if before == after == held:
        return "renewed"
    if after == held:
        return "gained"
    return "lost" if before == held else "changed"


def _laws(
    offers: Iterable[Offer], registry: Registry, before: date, after: date
) -> list[ReachChange]:
    changes: dict[tuple[str, str], list[str]] = {}
    for offer in offers:
        operator = registry.operators[offer.operator]
        old = set(exposure(operator, registry, before).laws)
        new = set(exposure(operator, registry, after).laws)
        for law in new - old:
            changes.setdefault((law, "begins"), []).append(offer.id)
        for law in old - new:
            changes.setdefault((law, "ends"), []).append(offer.id)
    return [
        ReachChange(law=law, change=change, offers=ids)
        for (law, change), ids in sorted(changes.items())
    ]


def render_day_changes(document: DayChanges, rendering: Rendering) -> bytes:
    """The changes as text."""
    page = Layout(rendering)
    lines = page.wrap(
        page.t(
            "from {} to {}, in the registry of {}",
            document.before,
            document.after,
            document.catalogue_date,
        )
    )
    for change, title in (
        ("gained", "qualifications gained"),
        ("renewed", "qualifications renewed"),
        ("lost", "qualifications lost"),
        ("changed", "other changes of qualifications"),
    ):
        found = [one for one in document.qualifications if one.change == change]
        lines += page.listed(page.t(title), _standing_lines(found, page))
    for ids, title in (
        (document.opened, "offers that opened"),
        (document.closed, "offers that closed"),
    ):
        lines += page.listed(page.t(title), page.wrap(", ".join(ids), 2))
    for change, title in (
        ("begins", "laws that begin to reach offers"),
        ("ends", "laws that no longer reach offers"),
    ):
        laws = [one for one in document.laws if one.change == change]
        lines += page.listed(page.t(title), _law_lines(laws, page))
    if len(lines) == 1:
        lines += ["", page.t("nothing changes")]
    return paged(lines)


def _standing_lines(found: Iterable[StandingChange], page: Layout) -> Iterator[str]:
    for one in found:
        yield from page.wrap(f"{one.offer} · {one.scheme}", 2, 4)
        yield from page.wrap(f"{one.before} → {one.after}", 4, 2)


def _law_lines(found: Iterable[ReachChange], page: Layout) -> Iterator[str]:
    for one in found:
        yield from page.wrap(page.t("{}: {}", one.law, ", ".join(one.offers)), 2, 2)


class FactChange(msgspec.Struct, kw_only=True):
    """A fact that is new, gone, or says something else."""

    room: str
    """`rules`, `offers`, `operators`, `laws`, `regions`, `providers` or `countries`."""
    id: str
    change: str
    """`added`, `removed` or `changed`."""
    fields: list[str]
    """The fields that differ, of a changed fact."""


class LibraryChanges(msgspec.Struct, kw_only=True):
    """The document of `guardrail offers diff --against DIR`."""

    schema_version: str = "1.0"
    before: str
    """Digest of the older library."""
    after: str
    before_date: date
    after_date: date
    language: str
    facts: list[FactChange]


def fact_changes(
    before: Mapping[str, Mapping[str, Fact]], after: Mapping[str, Mapping[str, Fact]]
) -> list[FactChange]:
    """The facts that differ between two libraries: room to id to fact."""
    return [
        change
        for room in after
        for key in sorted(before[room].keys() | after[room].keys())
        if (change := _fact(room, key, before[room].get(key), after[room].get(key)))
    ]


def _fact(
    room: str, key: str, before: Fact | None, after: Fact | None
) -> FactChange | None:
    if before is None or after is None:
        word = "added" if before is None else "removed"
        return FactChange(room=room, id=key, change=word, fields=[])
    fields = [
        name
        for name in after.__struct_fields__
        if getattr(before, name) != getattr(after, name)
    ]
    if not fields:
        return None
    return FactChange(room=room, id=key, change="changed", fields=fields)


def render_library_changes(document: LibraryChanges, rendering: Rendering) -> bytes:
    """The changes of facts as text."""
    page = Layout(rendering)
    lines = page.wrap(
        page.t(
            "from the registry of {} to that of {}",
            document.before_date,
            document.after_date,
        )
    )
    for word in ("added", "removed", "changed"):
        found = [one for one in document.facts if one.change == word]
        lines += page.listed(page.t(word), _fact_lines(found, page))
    if not document.facts:
        lines += ["", page.t("nothing changes")]
    return paged(lines)


def _fact_lines(found: Iterable[FactChange], page: Layout) -> Iterator[str]:
    for one in found:
        fields = f": {', '.join(one.fields)}" if one.fields else ""
        yield from page.wrap(f"{one.room}/{one.id}{fields}", 2, 4)
