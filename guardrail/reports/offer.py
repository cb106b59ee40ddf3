"""All that the registry says of one offer on a day, as a document and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import assert_never

import msgspec

from guardrail.model import Truth
from guardrail.placement import (
    Control,
    Dependency,
    Fact,
    Offer,
    Operator,
    Qualification,
    Registry,
    within,
)
from guardrail.reports.chains import LINKS, Reach, reach_of, sign_in_words
from guardrail.reports.layout import Layout, paged
from guardrail.reports.offers import (
    ENDS_SOON_DAYS,
    OfferLine,
    offer_line,
    reach_in_words,
    state_in_words,
    title_of,
)
from guardrail.reports.rendering import Rendering

MARKS = {
    "P": "an official text was read; it may permit",
    "P*": "an official document, through a third party who cites it; it may permit",
    "S": "press, law firm or release of the company; it may permit",
    "B": "one blog or repository; it may forbid and never permit",
    "K": "general knowledge, not checked again; it may forbid and never permit",
}


class Ending(msgspec.Struct, kw_only=True):
    """Something that the offer rests on and that ends soon."""

    offer: str
    what: str
    on: date
    days: int


class OfferSheet(msgspec.Struct, kw_only=True):
    """The document of `guardrail offers show`."""

    schema_version: str = "1.0"
    as_of: date
    catalogue_date: date
    library: str
    language: str
    offer: OfferLine
    regions: dict[str, str]
    """Region to country."""
    operator: Operator
    reach: list[Reach]
    built_on: list[OfferLine]
    """The offer it runs on, the one that runs on, and so on."""
    ends_soon: list[Ending]
    registry: Offer
    """What the registry holds of the offer, as it stands in the file."""


def offer_sheet(
    offer: Offer, registry: Registry, day: date, rendering: Rendering
) -> OfferSheet:
    """Everything about `offer` on `day`."""
    operator = registry.operators[offer.operator]
    below = _below(offer, registry)
    return OfferSheet(
        as_of=day,
        catalogue_date=rendering.catalogue_date,
        library=rendering.library_sha256,
        language=rendering.language,
        offer=offer_line(offer, registry, day, rendering),
        regions=_regions(offer, registry),
        operator=operator,
        reach=reach_of(operator, registry, day, rendering),
        built_on=[offer_line(one, registry, day, rendering) for one in below],
        ends_soon=[ending for one in (offer, *below) for ending in _ending(one, day)],
        registry=offer,
    )


def _below(offer: Offer, registry: Registry) -> list[Offer]:
    """The offers that `offer` runs on, nearest first."""
    found: list[Offer] = []
    while offer.built_on and registry.offers[offer.built_on] not in found:
        offer = registry.offers[offer.built_on]
        found.append(offer)
    return found


def _regions(offer: Offer, registry: Registry) -> dict[str, str]:
    table = registry.regions.get(offer.region_table)
    if table is None:
        return {}
    named = {region for known in offer.recognise for region in known.region}
    return {
        region: country
        for region, country in sorted(table.regions.items())
        if not named or region in named
    }


def _ending(offer: Offer, day: date) -> Iterator[Ending]:
    """The qualifications of `offer` that end within 90 days."""
    horizon = day + timedelta(days=ENDS_SOON_DAYS)
    held = [
        (one, one.until)
        for one in offer.qualifications
        if one.status == "granted" and one.in_force(day) is not Truth.FALSE
    ]
    for one, until in held:
        if until is not None and until < horizon:
            left = (until - day).days
            yield Ending(offer=offer.id, what=title_of(one), on=until, days=left)


def render_offer_text(sheet: OfferSheet, rendering: Rendering) -> bytes:
    """The sheet of one offer, section by section."""
    page = _Sheet(sheet, rendering)
    return paged(
        [
            *page.head(),
            *page.operator(),
            *page.apart(),
            *page.laws(),
            *page.qualifications(),
            *page.stack(),
            *page.recognised(),
            *page.remarks(),
        ]
    )


class _Sheet:
    def __init__(self, sheet: OfferSheet, rendering: Rendering) -> None:
        self._sheet = sheet
        self._page = Layout(rendering)
        self._marks: set[str] = {sheet.registry.confidence, sheet.operator.confidence}

    def head(self) -> Iterator[str]:
        page, sheet = self._page, self._sheet
        line, day = sheet.offer, sheet.as_of
        yield from page.wrap(f"{line.id} · {line.name}")
        state = state_in_words(line, day, page)
        yield from page.wrap(page.t("on {}: {}", day, state), 0, 2)
        for ending in sheet.ends_soon:
            text = page.t(
                "{} of {} ends on {}, in {} [day|days]",
                ending.what,
                ending.offer,
                ending.on,
                ending.days,
            )
            yield from page.wrap(f"{page.t('NOTICE')} {text}", 0, 2)
        yield ""
        yield from page.labelled(page.t("operator"), self._who())
        yield from page.labelled(page.t("hosting"), line.hosting)
        yield from page.labelled(page.t("where"), self._where())
        services = ", ".join(line.services) or page.t("services not recorded")
        yield from page.labelled(page.t("services"), services)
        if line.since or line.until:
            yield from page.labelled(
                page.t("offered"), page.days(line.since, line.until)
            )

    def _who(self) -> str:
        operator = self._sheet.operator
        siren = f", SIREN {operator.siren}" if operator.siren else ""
        return f"{operator.id} · {operator.name}, {operator.country}{siren}"

    def _where(self) -> str:
        countries: dict[str, list[str]] = {}
        for region, country in self._sheet.regions.items():
            countries.setdefault(country, []).append(region)
        if not countries:
            listed = ", ".join(self._sheet.offer.countries)
            return listed or self._page.t("country not known")
        return self._page.t("; ").join(
            self._page.t("{}: {}", country, ", ".join(regions))
            for country, regions in sorted(countries.items())
        )

    def operator(self) -> Iterator[str]:
        page, day = self._page, self._sheet.as_of
        title = page.t("chain of control: who can compel or direct the operator")
        links = self._sheet.operator.control
        lines = [text for link in links for text in self._link(link, day)]
        missing = page.wrap(page.t("the registry names nobody"), 2)
        yield from page.listed(title, lines or missing)

    def _link(self, link: Control, day: date) -> Iterator[str]:
        page = self._page
        head = f"{link.entity}, {link.country}, {page.t(LINKS[link.link])}"
        if link.since or link.until:
            head += f", {page.days(link.since, link.until)}"
        if not within(day, link.since, link.until):
            head += f" ({page.t('not on this day')})"
        yield from self._fact(head, link)

    def apart(self) -> Iterator[str]:
        """Presence and supply, which the rules do not count as control."""
        page, operator = self._page, self._sheet.operator
        yield from page.listed(
            page.t("recorded beside it; exposes nobody by itself"),
            [
                *page.wrap(
                    page.t("presence abroad: {}", ", ".join(operator.presence) or "–"),
                    2,
                    4,
                ),
                *(
                    text
                    for one in operator.supply_dependency
                    for text in self._supply(one)
                ),
            ],
        )

    def _supply(self, one: Dependency) -> Iterator[str]:
        head = self._page.t(
            "supply dependency: {}, {}: {}", one.supplier, one.country, one.technology
        )
        yield from self._fact(head, one)

    def laws(self) -> Iterator[str]:
        page, sheet = self._page, self._sheet
        lines: list[str] = []
        for one in sheet.reach:
            lines += page.wrap(page.t("{}: {}", one.law, one.name), 2, 4)
            who = page.t("through {}", ", ".join(one.through))
            lines += page.wrap(f"{who}; {page.days(one.since, one.until)}", 4, 2)
            lines += page.wrap(one.citation, 4, 2)
        none = page.wrap(reach_in_words(sheet.offer, page), 2, 2)
        title = page.t("foreign laws that reach it on {}", sheet.as_of)
        yield from page.listed(title, lines or none)

    def qualifications(self) -> Iterator[str]:
        page = self._page
        lines = [
            text
            for one in self._sheet.registry.qualifications
            for text in self._decision(one)
        ]
        none = page.wrap(page.t("none recorded"), 2)
        yield from page.listed(
            page.t("qualifications and certifications"), lines or none
        )

    def _decision(self, one: Qualification) -> Iterator[str]:
        page, day = self._page, self._sheet.as_of
        number = f", {page.t('decision {}', one.decision)}" if one.decision else ""
        days = page.days(one.since, one.until)
        head = page.t(
            "{}: {}", title_of(one), f"{self._force(one, day)}, {days}{number}"
        )
        details = []
        if one.claimed_since:
            details.append(
                page.t("from {} by a source that cannot permit", one.claimed_since)
            )
        regions, services = ", ".join(one.regions), ", ".join(one.services)
        details.append(
            page.t("regions: {}", regions) if regions else page.t("all regions")
        )
        details.append(
            page.t("services covered: {}", services)
            if services
            else page.t("all services")
        )
        if one.excluded_services:
            details.append(
                page.t("services not covered: {}", ", ".join(one.excluded_services))
            )
        yield from self._fact(head, one, details)

    def _force(self, one: Qualification, day: date) -> str:
        if one.status == "in-progress":
            return self._page.t("in progress, which is not qualified")
        match one.in_force(day):
            case Truth.TRUE:
                return self._page.t("in force")
            case Truth.FALSE:
                return self._page.t("not in force")
            case Truth.UNKNOWN:
                return self._page.t("nobody can tell whether in force")
            case _ as never:
                assert_never(never)

    def stack(self) -> Iterator[str]:
        page, day = self._page, self._sheet.as_of
        lines: list[str] = []
        for one in self._sheet.built_on:
            lines += page.wrap(f"{one.id} · {state_in_words(one, day, page)}", 2, 4)
            lines += page.wrap(f"{one.operator} · {reach_in_words(one, page)}", 4, 2)
        title = page.t("runs on, without inheriting its qualification")
        yield from page.listed(title, lines)

    def recognised(self) -> Iterator[str]:
        page = self._page
        lines = [
            text
            for one in self._sheet.registry.recognise
            for text in page.wrap(f"• {sign_in_words(one, self._page)}", 2, 2)
        ]
        none = page.wrap(
            page.t(
                "by nothing that is read; declare where it is used in guardrail.yaml"
            ),
            2,
        )
        yield from page.listed(page.t("recognised by"), lines or none)

    def remarks(self) -> Iterator[str]:
        """Confidence marks in words, then sources, notes and open questions."""
        page, offer, operator = self._page, self._sheet.registry, self._sheet.operator
        lines = list(self._fact(page.t("the offer"), offer))
        lines += self._fact(page.t("the operator"), operator)
        yield from page.listed(
            page.t("sources and remarks, as kept in the registry"), lines
        )
        marks = [
            text
            for mark, words in MARKS.items()
            if mark in self._marks
            for text in page.wrap(f"[{mark}] {page.t(words)}", 2, 5)
        ]
        yield from page.listed(page.t("confidence marks"), marks)

    def _fact(
        self, head: str, fact: Fact, details: Iterable[str] = ()
    ) -> Iterator[str]:
        """A fact with its mark, then what is kept beside it."""
        page = self._page
        self._marks.add(fact.confidence)
        yield from page.wrap(f"{head} [{fact.confidence}]", 2, 4)
        for detail in details:
            yield from page.wrap(detail, 4, 2)
        for source in fact.sources:
            read = page.t("read {}", source.read)
            yield from page.wrap(f"{page.t('source:')} {source.cited}, {read}", 4, 2)
        if fact.note:
            yield from page.wrap(f"{page.t('note:')} {fact.note}", 4, 2)
        if fact.open:
            yield from page.wrap(f"{page.t('open:')} {fact.open}", 4, 2)
