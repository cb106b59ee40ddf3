"""Where data may go: a verdict for every offer, as a document and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from guardrail.decision import Effect, Outlook, Prospect, Verdict, support
from guardrail.model import Truth
from guardrail.placement import Law, Offer, Qualification
from guardrail.policy import Missing, Obligation, Rule
from guardrail.reports.grounds import Ground
from guardrail.reports.layout import Layout, paged
from guardrail.reports.offers import ENDS_SOON_DAYS
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import BODIES
from guardrail.reports.wording import fact_in_words


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked."""

    as_of: date
    body: str | None
    class_: str | None
    categories: tuple[str, ...]
    service: str
    country: str | None
    """Only places in this country are looked at; None for any."""
    notes: tuple[str, ...] = ()
    """What must be known of the library or the configuration."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """The rules, run over the registry."""

    outlooks: tuple[Outlook, ...]
    gone: tuple[Offer, ...]
    """Offers that are not there on the day."""
    obligations: tuple[Obligation, ...]
    laws: Mapping[str, Law]


class Place(msgspec.Struct, kw_only=True):
    """A region of an offer, with the verdict there."""

    region: str | None
    country: str | None
    verdict: str


class Rest(msgspec.Struct, kw_only=True):
    """A qualification that keeps a verdict."""

    scheme: str
    version: str | None
    decision: str | None
    until: date | None
    ends_in_days: int | None


class OfferAnswer(msgspec.Struct, kw_only=True):
    """What the rules say of one offer."""

    id: str
    operator: str
    verdict: str
    because: list[str]
    provides: bool | None
    """Whether it provides the service; null when its services are not recorded."""
    hosting: str
    places: list[Place]
    """Every region known, best verdict first."""
    rules: list[str]
    """The rules that deny it or ask for a review."""
    missing: list[str]
    notices: list[str]
    rests_on: list[Rest]
    """The qualifications without which the verdict would be worse."""
    grounds: list[str]
    """What stands against it, in a few words."""


class NotThere(msgspec.Struct, kw_only=True):
    """An offer that is not judged, and why."""

    id: str
    because: str


class WhereAnswer(msgspec.Struct, kw_only=True, rename={"class_": "class"}):
    """The document of `guardrail where`."""

    schema_version: str = "1.0"
    as_of: date
    body: str | None
    class_: str | None
    service: str
    categories: tuple[str, ...]
    country: str | None
    language: str
    catalogue_date: date
    library: str
    rules: list[str]
    """Ids of the rules in force."""
    offers: list[OfferAnswer]
    """Those that provide the service first; then best verdict first; then by id."""
    not_judged: list[NotThere]
    notes: list[str]


def where_answer(
    question: Question, survey: Survey, rendering: Rendering
) -> WhereAnswer:
    """The answer to `question` that `survey` gives."""
    words = _Words(question, survey, Layout(rendering))
    answers = []
    not_judged = [NotThere(id=one.id, because=words.gone(one)) for one in survey.gone]
    for seen in survey.outlooks:
        there = seen if question.country is None else seen.within(question.country)
        if there is None:
            text = words.page.t(
                "no region of it is known to be in {}", question.country
            )
            not_judged.append(NotThere(id=seen.offer.id, because=text))
        else:
            answers.append(words.answer(there))
    answers.sort(key=lambda one: (one.provides is False, _weight(one), one.id))
    return WhereAnswer(
        as_of=question.as_of,
        body=question.body,
        class_=question.class_,
        service=question.service,
        categories=question.categories,
        country=question.country,
        language=rendering.language,
        catalogue_date=rendering.catalogue_date,
        library=rendering.library_sha256,
        rules=sorted(one.rule.id for one in survey.obligations),
        offers=answers,
        not_judged=sorted(not_judged, key=lambda one: one.id),
        notes=[rendering.say(note) for note in question.notes],
    )


def _weight(answer: OfferAnswer) -> int:
    return Verdict(answer.verdict).weight


class _Words:
    """Outlooks put into words."""

    def __init__(self, question: Question, survey: Survey, page: Layout) -> None:
        self.page = page
        self._question = question
        self._survey = survey

    def gone(self, offer: Offer) -> str:
        if offer.since is not None and self._question.as_of < offer.since:
            return self.page.t("not offered before {}", offer.since)
        if offer.until is not None:
            return self.page.t("closed; its last day was {}", offer.until)
        return self.page.t("its operator is not there on this day")

    def answer(self, seen: Outlook) -> OfferAnswer:
        best = seen.best
        against = [one for one in best.against if one[1] is not Effect.NOTICE]
        grounds = self._grounds(seen.offer, best)
        missing = self._missing(best)
        notices = [self._rule(*one) for one in best.against if one not in against]
        rests = [self._rest(one) for one in support(best, self._survey.obligations)]
        because = [*self._provides(seen), *(self._rule(*one) for one in against)]
        because += [*grounds, *missing] if against else self._for(seen, rests)
        return OfferAnswer(
            id=seen.offer.id,
            operator=seen.offer.operator,
            verdict=seen.verdict.value,
            because=[*because, *notices],
            provides=_PROVIDES[seen.provides],
            hosting=seen.offer.hosting,
            places=_places(seen),
            rules=[rule.id for rule, _effect, _gaps in against],
            missing=missing,
            notices=notices,
            rests_on=rests,
            grounds=grounds,
        )

    def _provides(self, seen: Outlook) -> Iterator[str]:
        if seen.provides is Truth.FALSE:
            yield self.page.t("it does not provide {}", self._question.service)
        if seen.provides is Truth.UNKNOWN:
            yield self.page.t("the services that it provides are not recorded")

    def _rule(self, rule: Rule, effect: Effect, gaps: Sequence[Missing]) -> str:
        page, message = self.page, rule.message[self.page.language]
        text = page.t("not decided yet: {}", message) if gaps else message
        return page.t("{}: {}", f"{page.t(effect.value.upper())} {rule.id}", text)

    def _missing(self, prospect: Prospect) -> list[str]:
        gaps = [
            gap
            for _rule, effect, gaps in prospect.against
            if effect is not Effect.NOTICE
            for gap in gaps
        ]
        return [self._gap(gap) for gap in dict.fromkeys(gaps)]

    def _gap(self, gap: Missing) -> str:
        page = self.page
        parts = [page.say(part) for part in (gap.reason, gap.remedy) if part]
        fact = page.say(fact_in_words(gap.fact))
        return page.t("{}: {}", fact, page.t("; ").join(parts))

    def _for(self, seen: Outlook, rests: Sequence[Rest]) -> Iterator[str]:
        """What an offer that is allowed has for itself."""
        for one in rests:
            yield self.page.t("it rests on {}", rest_in_words(one, self.page))
        if not rests and seen.offer.hosting != "commercial":
            yield self.page.t("its hosting is {}", self.page.t(seen.offer.hosting))
        if not rests and seen.offer.hosting == "commercial":
            yield self.page.t("no rule in force stands against it")

    def _rest(self, one: Qualification) -> Rest:
        days = (one.until - self._question.as_of).days if one.until else None
        return Rest(
            scheme=one.scheme,
            version=one.version or None,
            decision=one.decision or None,
            until=one.until,
            ends_in_days=days,
        )

    def _grounds(self, offer: Offer, prospect: Prospect) -> list[str]:
        """What the rules that it breaks were not content with, in a few words."""
        broken = {
            rule.id
            for rule, effect, gaps in prospect.against
            if effect in {Effect.DENY, Effect.REVIEW} and not gaps
        }
        unmet = [
            atom
            for one in self._survey.obligations
            if one.rule.id in broken
            for atom in one.unmet(prospect.facts)
        ]
        return Ground(offer, prospect.facts, self._survey.laws, self.page).all(unmet)


_NAMED = 8
"""So many offers that are not judged are named; more are counted."""
_PROVIDES = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


def _places(seen: Outlook) -> list[Place]:
    return [
        Place(
            region=region or None,
            country=one.countries[0] if len(one.countries) == 1 else None,
            verdict=one.verdict.value,
        )
        for one in seen.prospects
        for region in one.regions or ("",)
    ]


def rest_in_words(rest: Rest, page: Layout) -> str:
    """A qualification that a verdict rests on, in words."""
    days = rest.ends_in_days
    soon = days is not None and days < ENDS_SOON_DAYS
    parts = (
        (True, f"{rest.scheme} {rest.version or ''}".strip()),
        (rest.decision, page.t("decision {}", rest.decision)),
        (rest.until, page.t("until {}", rest.until)),
        (soon, page.t("in {} [day|days]", days)),
    )
    return ", ".join(text for holds, text in parts if holds)


def render_where_text(answer: WhereAnswer, rendering: Rendering) -> bytes:
    """The offers by verdict; those that are denied are summed up by reason."""
    page = Layout(rendering)
    return paged([*_head(answer, page), *_groups(answer, page), *_foot(answer, page)])


def _head(answer: WhereAnswer, page: Layout) -> Iterator[str]:
    data = ", ".join([answer.class_ or page.t("unknown class"), *answer.categories])
    body = page.t(BODIES[answer.body])
    yield from page.wrap(page.t("where data may go: {}; {}", data, answer.service))
    yield from page.wrap(page.t("judged as of {} for {}", answer.as_of, body))
    if answer.country:
        yield from page.wrap(page.t("only places in {}", answer.country))
    for note in answer.notes:
        yield from page.wrap(f"{page.t('NOTICE')} {note}", 0, 2)


def _groups(answer: WhereAnswer, page: Layout) -> Iterator[str]:
    fit = [one for one in answer.offers if one.provides is not False]
    for verdict in ("allow", "review", "deny"):
        found = [one for one in fit if one.verdict == verdict]
        if found:
            yield ""
            yield page.paint(f"{page.t(verdict.upper())} ({len(found)})", verdict)
            lines = _summed(found, page) if verdict == "deny" else _told(found, page)
            yield from lines
    if not any(one.verdict == "allow" for one in fit):
        yield ""
        yield page.t("no offer of the registry is allowed")


def _told(found: Iterable[OfferAnswer], page: Layout) -> Iterator[str]:
    """The offers one by one; what is said of several is said once, after them."""
    groups: dict[tuple[str, ...], list[OfferAnswer]] = {}
    for one in found:
        groups.setdefault(tuple(one.because), []).append(one)
    for because, offers in groups.items():
        for one in offers:
            yield from _offer(one, page)
        for text in because:
            yield from page.wrap(text, 6, 2)


def _offer(one: OfferAnswer, page: Layout) -> Iterator[str]:
    here = [place for place in one.places if place.verdict == one.verdict]
    worse = [place for place in one.places if place.verdict != one.verdict]
    text = f"{one.id:<30} {one.operator} · {_spread(here, page)}"
    if worse:
        text += page.t("; ") + page.t("not in {}", _spread(worse, page))
    yield from page.wrap(text, 2, 31)


def _spread(places: Sequence[Place], page: Layout) -> str:
    """The places, or how many there are."""
    countries = sorted({one.country for one in places if one.country})
    regions = [one.region for one in places if one.region]
    shown = (
        ", ".join(countries)
        if len(countries) <= 6
        else page.t("{} [country|countries]", len(countries))
    )
    if not countries:
        shown = page.t("country not known")
    if 0 < len(regions) <= 3:
        return f"{', '.join(regions)} ({shown})"
    return page.t("{} [region|regions] ({})", len(regions), shown) if regions else shown


def _summed(denied: Iterable[OfferAnswer], page: Layout) -> Iterator[str]:
    """The denied offers, together where the same stands against them."""
    groups: dict[tuple[str, ...], list[OfferAnswer]] = {}
    for one in denied:
        groups.setdefault(tuple(one.grounds or one.because), []).append(one)
    for grounds, offers in sorted(groups.items(), key=lambda found: -len(found[1])):
        yield from page.wrap(f"{len(offers)} · {page.t('; ').join(grounds)}", 2, 2)
        yield from page.wrap(", ".join(one.id for one in offers), 6)


def _foot(answer: WhereAnswer, page: Layout) -> Iterator[str]:
    unfit = [one for one in answer.offers if one.provides is False]
    allowed = [one.id for one in unfit if one.verdict == "allow"]
    if unfit:
        yield ""
        text = page.t(
            "{} [offer does|offers do] not provide {}", len(unfit), answer.service
        )
        if allowed:
            listed = ", ".join(allowed)
            text += page.t("; the rules alone would allow {}", listed)
        yield from page.wrap(text, 0, 2)
    for because, ids in _reasons(answer.not_judged).items():
        named = (
            ", ".join(ids)
            if len(ids) <= _NAMED
            else page.t("{} [offer|offers]", len(ids))
        )
        text = page.t("not judged: {}: {}", named, because)
        yield from page.wrap(text, 0, 2)


def _reasons(found: Iterable[NotThere]) -> Mapping[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for one in found:
        reasons.setdefault(one.because, []).append(one.id)
    return reasons
