"""The offers of the registry on a day: one line each, as a document and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from guardrail.placement import (
    Offer,
    Qualification,
    Registry,
    Standing,
    exposure,
    schemes,
    standing,
)
from guardrail.reports.layout import Layout, paged
from guardrail.reports.rendering import Rendering

ENDS_SOON_DAYS = 90
"""A qualification that ends within so many days is worth a notice."""


class QualificationLine(msgspec.Struct, kw_only=True):
    """How an offer stands under one scheme."""

    scheme: str
    state: str
    version: str | None
    decision: str | None
    on: date | None
    """Last day; the first one where it is not there yet or in progress."""
    reason: str | None
    confidence: str | None
    regions: tuple[str, ...]
    services: tuple[str, ...]
    excluded_services: tuple[str, ...]


class OfferLine(msgspec.Struct, kw_only=True):
    """One offer on a day."""

    id: str
    name: str
    operator: str
    hosting: str
    countries: tuple[str, ...]
    offered: bool
    """Whether it can be bought or used on the day."""
    since: date | None
    until: date | None
    state: str
    """`qualified`, `unknown`, `in-progress`, `ended`, `not-yet` or `none`."""
    qualified_until: date | None
    reason: str | None
    """Why the state is unknown."""
    qualifications: list[QualificationLine]
    exposures: tuple[str, ...]
    exposures_official: bool
    """Whether the absence of other laws rests on official sources."""
    services: tuple[str, ...]


class OfferList(msgspec.Struct, kw_only=True):
    """The document of `guardrail offers list`."""

    schema_version: str = "1.0"
    as_of: date
    catalogue_date: date
    library: str
    language: str
    offers: list[OfferLine]


def offer_list(
    offers: Sequence[Offer], registry: Registry, day: date, rendering: Rendering
) -> OfferList:
    """The lines of `offers` on `day`, by id."""
    return OfferList(
        as_of=day,
        catalogue_date=rendering.catalogue_date,
        library=rendering.library_sha256,
        language=rendering.language,
        offers=[
            offer_line(offer, registry, day, rendering)
            for offer in sorted(offers, key=lambda one: one.id)
        ],
    )


def offer_line(
    offer: Offer, registry: Registry, day: date, rendering: Rendering
) -> OfferLine:
    """One offer on `day`."""
    operator = registry.operators[offer.operator]
    reach = exposure(operator, registry, day)
    found = standing(offer, day)
    return OfferLine(
        id=offer.id,
        name=offer.name,
        operator=offer.operator,
        hosting=offer.hosting,
        countries=countries_of(offer, registry),
        offered=offer.offered_on(day) and operator.active_on(day),
        since=offer.since,
        until=offer.until or operator.until,
        state=found.state,
        qualified_until=found.on if found.state == "qualified" else None,
        reason=rendering.say(found.reason) if found.reason else None,
        qualifications=[
            _qualification(scheme, standing(offer, day, (scheme,)), rendering)
            for scheme in schemes(offer)
        ],
        exposures=reach.laws,
        exposures_official=reach.official,
        services=offer.services,
    )


def _qualification(
    scheme: str, found: Standing, rendering: Rendering
) -> QualificationLine:
    decision = found.decision
    return QualificationLine(
        scheme=scheme,
        state=found.state,
        version=decision.version or None if decision else None,
        decision=decision.decision or None if decision else None,
        on=found.on,
        reason=rendering.say(found.reason) if found.reason else None,
        confidence=decision.confidence if decision else None,
        regions=decision.regions if decision else (),
        services=decision.services if decision else (),
        excluded_services=decision.excluded_services if decision else (),
    )


def countries_of(offer: Offer, registry: Registry) -> tuple[str, ...]:
    """The countries that `offer` has regions in, sorted; empty when not known."""
    if offer.country:
        return (offer.country,)
    table = registry.regions.get(offer.region_table)
    named = {region for known in offer.recognise for region in known.region}
    if table is None:
        return ()
    return tuple(
        sorted(
            {
                table.regions[one]
                for one in named or table.regions
                if one in table.regions
            }
        )
    )


def render_offers_text(document: OfferList, rendering: Rendering) -> bytes:
    """The offers, two lines and more each."""
    page = Layout(rendering)
    lines = [
        *page.wrap(
            page.t(
                "{} [offer|offers] on {}; registry of {}",
                len(document.offers),
                document.as_of,
                document.catalogue_date,
            )
        ),
        "",
    ]
    for line in document.offers:
        lines += _offer(line, document.as_of, page)
    return paged(lines)


def _offer(line: OfferLine, day: date, page: Layout) -> Iterator[str]:
    word = {"qualified": "allow", "unknown": "review", "ended": "deny"}.get(line.state)
    state = state_in_words(line, day, page)
    head = f"{line.id:<30} "
    first, *rest = page.wrap(state, len(head))
    shown = first[len(head) :]
    yield head + (page.paint(shown, word) if word and line.offered else shown)
    yield from rest
    places = (
        ", ".join(line.countries)
        if len(line.countries) <= 4
        else page.t("{} [country|countries]", len(line.countries))
    )
    facts = [line.operator, line.hosting, places or page.t("country not known")]
    if line.services == ():
        facts.append(page.t("services not recorded"))
    yield from page.wrap(" · ".join(facts), 4)
    yield from page.wrap(reach_in_words(line, page), 4, 2)
    others = [one for one in line.qualifications if one.scheme not in _MAIN]
    for one in others:
        words = page.t("{}: {}", one.scheme, qualification_in_words(one, day, page))
        yield from page.wrap(words, 4, 2)


_MAIN = frozenset({"secnumcloud", "eu-equivalent"})


def reach_in_words(line: OfferLine, page: Layout) -> str:
    """The laws that reach the operator, in words."""
    if line.exposures:
        return page.t("reached by {}", ", ".join(line.exposures))
    if line.exposures_official:
        return page.t("no foreign law is known to reach it")
    return page.t("no foreign law is known to reach it, nor officially who controls it")


def state_in_words(line: OfferLine, day: date, page: Layout) -> str:
    """How the offer stands on `day`, in words."""
    if not line.offered:
        return existence(line, day, page)
    main = [one for one in line.qualifications if one.scheme in _MAIN]
    best = next((one for one in main if one.state == line.state), None)
    if best is None:
        return page.t("not qualified")
    return page.t("{}: {}", best.scheme, qualification_in_words(best, day, page))


def existence(line: OfferLine, day: date, page: Layout) -> str:
    """Why the offer is not there on `day`."""
    if line.since is not None and day < line.since:
        return page.t("not offered before {}", line.since)
    return page.t("closed; its last day was {}", line.until)


def qualification_in_words(
    one: QualificationLine, day: date | None, page: Layout
) -> str:
    """The state of a qualification in words; how long it lasts, from a `day` on."""
    version = f" {one.version}" if one.version else ""
    known: Mapping[str, str] = {
        "ended": page.t("ended on {}", one.on),
        "not-yet": page.t("from {} on, not yet", one.on),
        "none": page.t("not qualified"),
        "unknown": page.t("not known: {}", one.reason),
        "in-progress": page.t("in progress, which is not qualified"),
    }
    if one.state in known:
        return known[one.state]
    left = (one.on - day).days if one.on and day else None
    if left is not None and left < ENDS_SOON_DAYS:
        return page.t("qualified{} until {}, in {} [day|days]", version, one.on, left)
    return page.t("qualified{} until {}", version, one.on)


def title_of(decision: Qualification) -> str:
    """The scheme and version of a decision."""
    return f"{decision.scheme} {decision.version}".strip()
