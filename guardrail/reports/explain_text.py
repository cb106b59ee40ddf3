"""The answer about one resource on a page, from the code to what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from guardrail.classification import Vocabulary
from guardrail.model import Truth
from guardrail.placement import Control, Qualification, within
from guardrail.reports.chains import LINKS
from guardrail.reports.explain import Books
from guardrail.reports.explain_v1 import (
    Changes,
    Explanation,
    LandingTold,
    OfferChain,
    ResourceTold,
    RuleTold,
    Setting,
)
from guardrail.reports.layout import Layout, paged
from guardrail.reports.offer import MARKS
from guardrail.reports.offers import title_of
from guardrail.reports.text import BODIES
from guardrail.reports.wording import fact_in_words, role_in_words

_EVIDENCE: Mapping[str, str] = {
    "E1": "a value of the planned resource itself",
    "E2": "seen through the same provider",
    "E3": "a constant of the code, or the provider itself",
    "E4": "evaluated from the code",
    "E5": "attested by the organisation",
    "E6": "a hint: it may forbid and never permit",
    "E7": "a default: it may forbid and never permit",
}
_STATES: Mapping[str | None, str] = {
    "deny": "DENY",
    "review": "REVIEW",
    "notice": "NOTICE",
    "derogated": "DEROGATED",
    None: "KEPT",
}
"""What came of a rule, in a word."""
_COLOUR: Mapping[str | None, str] = {
    "deny": "deny",
    "review": "review",
    "notice": "notice",
    "derogated": "notice",
    None: "allow",
}
_MARGIN = 16


def render_explanation(document: Explanation, books: Books) -> bytes:
    """The resources of `document`, one after the other."""
    rendering, vocabulary = books.rendering, books.vocabulary
    page = Layout(rendering)
    body = page.t(BODIES[document.body])
    lines = page.wrap(f"guardrail {rendering.version} · {document.input}")
    lines += page.wrap(page.t("judged as of {} for {}", document.as_of, body))
    for resource in document.resources:
        lines += ["", *_Page(resource, document.as_of, vocabulary, page).lines()]
    lines += page.listed(page.t("signs"), _signs(lines, page))
    lines += page.listed(
        page.t("to be known of the whole input"),
        (line for note in document.notes for line in page.wrap(f"• {note}", 2, 2)),
    )
    return paged(lines)


def _signs(lines: Iterable[str], page: Layout) -> list[str]:
    """What the marks in brackets mean, of those that stand in `lines`."""
    text = "\n".join(lines)
    known = {**_EVIDENCE, **MARKS}
    return [
        line
        for mark, words in known.items()
        if f"[{mark}]" in text
        for line in page.wrap(f"[{mark}] {page.t(words)}", 2, 5)
    ]


class _Page:
    """The page of one resource."""

    def __init__(
        self, told: ResourceTold, day: date, vocabulary: Vocabulary, page: Layout
    ) -> None:
        self._told = told
        self._day = day
        self._names = {one.id: one.name[page.language] for one in vocabulary.classes}
        self._names |= {
            one.id: one.name[page.language] for one in vocabulary.categories
        }
        self._page = page

    def lines(self) -> Iterator[str]:
        page, told = self._page, self._told
        verdict = page.paint(page.t(told.verdict.upper()), told.verdict)
        left = f" {page.t('(left over: {})', told.deposed)}" if told.deposed else ""
        yield f"{verdict} {page.say(told.address)}{left}"
        yield from page.wrap(self._short())
        yield from page.listed(page.t("1. The resource"), self._resource())
        yield from page.listed(page.t("2. Its data"), self._data())
        several = len(told.landings) > 1
        for landing in told.landings:
            yield from self._landing(landing, several=several)
        if not told.landings:
            title = page.t("3. Where it goes")
            yield from page.listed(title, page.wrap(page.t("nowhere"), 2))
        yield from page.listed(
            page.t("6. What would change the answer"), self._changes(told.changes)
        )

    def _short(self) -> str:
        """The answer in a sentence or two."""
        page, told = self._page, self._told
        if not told.judged:
            return page.t("No rule is asked of it: it holds no data of its own.")
        places = page.t("; ").join(dict.fromkeys(map(self._destination, told.landings)))
        where = page.t("Its data ({}) goes to {}.", self._class(), places)
        rules = {one.id: one for landing in told.landings for one in landing.rules}
        against = [one.id for one in rules.values() if one.outcome == told.verdict]
        if told.existing:
            enforce = page.t(
                "It is there already and does not change, so nothing blocks it; "
                "--existing enforce holds it to the rules."
            )
            return f"{where} {enforce}"
        if told.verdict == "allow":
            return f"{where} {page.t('No rule stands against it.')}"
        count = str(len(against))
        if told.verdict == "deny":
            return f"{where} {page.t('Rules that deny it: {}.', count)}"
        return f"{where} {page.t('Rules that ask for a review: {}.', count)}"

    def _destination(self, landing: LandingTold) -> str:
        page, offer = self._page, landing.offer
        if offer is None:
            return page.t("a cloud that is not known")
        countries = ", ".join(landing.countries)
        place = f", {countries}" if countries else ""
        return f"{offer.name}{place}"

    def _resource(self) -> Iterator[str]:
        page, told = self._page, self._told
        yield from self._row("type", f"{told.type} ({told.provider})")
        place = told.location
        code = (
            page.t("{}, line {}", place.file, place.line)
            if place
            else page.t("not given: add --src DIR, or give the binary plan")
        )
        yield from self._row("code", code)
        actions = [page.t(action) for action in told.actions]
        yield from self._row("change", ", ".join(actions))
        kind = page.t(told.kind)
        if not told.judged:
            kind = page.t("{}: holds no data of its own, so no rule is asked", kind)
        yield from self._row("kind", kind)
        if told.services:
            yield from self._row("service", ", ".join(told.services))

    def _data(self) -> Iterator[str]:
        page, told = self._page, self._told
        yield from self._row("class", self._class())
        if told.categories:
            named = ", ".join(self._names.get(one, one) for one in told.categories)
            yield from self._row("categories", named)
        for step in told.class_because:
            sign = "→" if step.source == "flow" else "•"
            yield from page.wrap(f"{sign} {step.detail}", 2 + _MARGIN, 2)

    def _class(self) -> str:
        lowest, highest = (self._names[one] for one in self._told.class_between)
        if lowest == highest:
            return lowest
        return self._page.t("between {} and {}", lowest, highest)

    def _landing(self, landing: LandingTold, *, several: bool) -> Iterator[str]:
        page = self._page
        role = f": {role_in_words(landing.role, page.rendering)}" if several else ""
        title = page.t("3. Where it goes") + role
        yield from page.listed(title, self._place(landing))
        if landing.offer is not None:
            title = page.t("4. Whose cloud it is") + role
            yield from page.listed(title, self._offer(landing.offer))
        if landing.rules:
            title = page.t("5. What the rules say") + role
            yield from page.listed(title, self._rules(landing.rules))

    def _place(self, landing: LandingTold) -> Iterator[str]:
        page = self._page
        key = self._told.configuration
        if key is not None:
            yield from self._row("provider", page.t("configuration `{}`", key))
        said: set[str] = {landing.why_unknown or ""}
        for setting in landing.settings:
            again = setting.evidence is None and setting.because in said
            text = page.t("not known") if again else self._setting(setting)
            yield from self._line(setting.name, text)
            said.add(setting.because)
        if not landing.settings:
            for step in landing.because:
                yield from page.wrap(f"• {step}", 2 + _MARGIN, 2)
        offer = landing.offer
        if offer is None:
            yield from self._row(
                "offer", page.t("not known: {}", landing.why_unknown or "")
            )
        elif offer.recognised_by:
            known = page.t("{}, recognised by: {}", offer.id, offer.recognised_by)
            yield from self._row("offer", known)
        else:
            yield from self._row("offer", offer.id)
        yield from self._row("country", self._country(landing))
        meaning = page.t(_EVIDENCE[landing.evidence])
        yield from self._row("evidence", f"{landing.evidence}, {meaning}")

    def _setting(self, setting: Setting) -> str:
        page = self._page
        if setting.evidence is None:
            return setting.because + (f"; {setting.remedy}" if setting.remedy else "")
        value = setting.value or page.t("(not shown)")
        return f"{value} [{setting.evidence}] {setting.because}"

    def _country(self, landing: LandingTold) -> str:
        page, row = self._page, landing.region
        countries = ", ".join(landing.countries) or page.t("not known")
        if row is None:
            return countries
        told = page.t("region {} of the table {}", row.region, row.table)
        sure = "" if row.official else page.t("; ") + page.t("not officially sourced")
        return f"{countries} ({told}{sure})"

    def _offer(self, offer: OfferChain) -> Iterator[str]:
        page, operator = self._page, offer.operator
        hosting = page.t(offer.hosting)
        yield from self._row("offer", f"{offer.name} ({offer.id}), {hosting}")
        if offer.built_on:
            yield from self._line("", page.t("it runs on {}", offer.built_on))
        yield from self._row("operator", f"{operator.name}, {operator.country}")
        now = [one for one in operator.control if self._holds(one)]
        lines = [self._link(one) for one in now] or [
            page.t("the registry names nobody")
        ]
        yield from self._rows("controlled by", lines)
        yield from self._rows("laws", list(self._laws(offer)))
        decisions = [self._decision(one) for one in offer.qualifications]
        yield from self._rows("qualified", decisions or [page.t("none recorded")])

    def _holds(self, link: Control) -> bool:
        return within(self._day, link.since, link.until)

    def _link(self, link: Control) -> str:
        page = self._page
        how = f"{page.t(LINKS[link.link])} [{link.confidence}]"
        return page.t("{}: {}", f"{link.entity}, {link.country}", how)

    def _laws(self, offer: OfferChain) -> Iterator[str]:
        page = self._page
        for reach in offer.operator.reach:
            through = page.t("through {}", ", ".join(reach.through))
            cited = f"; {reach.citation}" if reach.citation else ""
            yield f"{reach.name} ({reach.law}), {through}{cited}"
        if offer.operator.reach:
            return
        yield (
            page.t("no foreign law is known to reach it")
            if offer.operator.reach_official
            else page.t(
                "no foreign law is known to reach it, nor officially who controls it"
            )
        )

    def _decision(self, one: Qualification) -> str:
        page = self._page
        words = [title_of(one), self._force(one), page.days(one.since, one.until)]
        perimeter = (
            ("regions: {}", one.regions),
            ("services covered: {}", one.services),
            ("services not covered: {}", one.excluded_services),
        )
        words += [page.t(text, ", ".join(part)) for text, part in perimeter if part]
        source = f"; {one.sources[0].title}" if one.sources else ""
        return f"{', '.join(words)} [{one.confidence}]{source}"

    def _force(self, one: Qualification) -> str:
        page = self._page
        if one.status == "in-progress":
            return page.t("in progress, which is not qualified")
        told = {
            Truth.TRUE: page.t("in force"),
            Truth.FALSE: page.t("not in force"),
            Truth.UNKNOWN: page.t("nobody can tell whether in force"),
        }
        return told[one.in_force(self._day)]

    def _rules(self, rules: Iterable[RuleTold]) -> Iterator[str]:
        """The rules; those of which nothing can come in short, by the reason."""
        page = self._page
        open_ = page.t("not decided, and worth a notice at most")
        aside: dict[tuple[str, str], list[str]] = {}
        for one in rules:
            if one.state == "not-applicable":
                why = page.t("; ").join(one.why)
                aside.setdefault((page.t("DOES NOT APPLY"), why), []).append(one.id)
            elif one.state == "unknown" and not one.outcome:
                aside.setdefault((page.t("OPEN"), open_), []).append(one.id)
            else:
                yield from self._rule(one)
        for (state, why), names in aside.items():
            text = page.t("{}: {}", f"{state} {', '.join(names)}", why)
            yield from page.wrap(text, 2, 4)

    def _rule(self, rule: RuleTold) -> Iterator[str]:
        page = self._page
        state = page.t(_STATES[rule.outcome])
        text = rule.message or rule.title
        if rule.state == "unknown":
            text = page.t("not decided yet: {}", text)
        by = f" ({rule.derogation})" if rule.derogation else ""
        head = page.t("{}: {}", f"{state}{by} {rule.id}", text)
        first, *rest = page.wrap(head, 2, 4)
        yield first.replace(state, page.paint(state, _COLOUR[rule.outcome]), 1)
        yield from rest
        for why in rule.why:
            yield from page.wrap(f"– {why}", 6, 2)
        if rule.sources:
            yield from page.wrap(f"{page.t('source:')} {rule.sources[0]}", 6, 2)

    def _changes(self, changes: Changes) -> Iterator[str]:
        page = self._page
        missing = [
            page.t("{}: {}", page.say(fact_in_words(one.fact)), one.reason)
            + (page.t("; ") + one.remedy if one.remedy else "")
            for one in changes.missing
        ]
        if missing:
            yield from self._points(page.t("a fact that is missing:"), missing)
        offers = [
            page.t("{} (qualified until {})", one.id, one.until)
            if one.until
            else one.id
            for one in changes.offers
        ]
        if offers:
            title = page.t("another place, where it would be allowed today:")
            yield from self._points(title, [", ".join(offers)])
        terms = [
            page.t("{}: {}", one.rule, one.terms or page.t("none is lawful"))
            for one in changes.derogations
        ]
        if terms:
            yield from self._points(
                page.t("a derogation, written with `guardrail derogation new`:"), terms
            )
        yield from self._points(page.t("time alone:"), [self._by_itself(changes)])

    def _by_itself(self, changes: Changes) -> str:
        page, change = self._page, changes.by_itself
        if change is not None:
            word = page.t(change.verdict.upper())
            head = page.t("on {} it becomes {}", change.on, word)
            told = [
                f"{rule} ({why})" if why else rule
                for rule, why in zip(change.rules, change.because, strict=False)
            ]
            return page.t("{}: {}", head, page.t("; ").join(told)) if told else head
        if changes.looked_until is None:
            return page.t("nothing that it rests on has a day to come")
        return page.t("nothing changes it up to {}", changes.looked_until)

    def _points(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        yield from self._page.wrap(title, 2)
        for line in lines:
            yield from self._page.wrap(f"• {line}", 4, 2)

    def _rows(self, label: str, texts: Iterable[str]) -> Iterator[str]:
        first = self._page.t(label)
        for place, text in enumerate(texts):
            yield from self._line(first if place == 0 else "", text)

    def _row(self, label: str, text: str) -> Iterator[str]:
        yield from self._line(self._page.t(label), text)

    def _line(self, label: str, text: str) -> Iterator[str]:
        """`text` beside `label`, in the second column."""
        first, *rest = self._page.wrap(text, 2 + _MARGIN, 2)
        yield f"  {label:<{_MARGIN}}{first[2 + _MARGIN :]}"
        yield from rest
