"""The whole answer about resources, as a document; `explain_text` puts it on a page.

Everything in it comes from the decision and from what it was judged by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from guardrail.classification import Vocabulary
from guardrail.decision import Account, Breach, Decision, Effect, Ruling, Stop, Verdict
from guardrail.model import Known, Truth, Unknown
from guardrail.placement import (
    Clue,
    Operator,
    Registry,
    find_place,
)
from guardrail.policy import Missing
from guardrail.reports.chains import reach_of, sign_in_words
from guardrail.reports.conditions import Words, sentence
from guardrail.reports.explain_v1 import (
    Change,
    Changes,
    DerogationPossible,
    Explanation,
    FactMissing,
    LandingTold,
    OfferAllowed,
    OfferChain,
    OperatorChain,
    RegionRow,
    ResourceTold,
    RuleTold,
    Setting,
)
from guardrail.reports.grounds import Ground
from guardrail.reports.layout import Layout
from guardrail.reports.rendering import Rendering
from guardrail.reports.report_v1 import ClassBecause, Location
from guardrail.reports.rules import derogation_in_words
from guardrail.reports.wording import fact_in_words


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """The first day on which the verdict changes by itself."""

    on: date
    account: Account
    """The answer of that day."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that is explained."""

    account: Account
    turn: Turn | None
    """None where the verdict stays, up to the last day looked at."""
    looked_until: date | None
    """The last day looked at; None where nothing on the way has a date."""


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What the answer is looked up in."""

    registry: Registry
    vocabulary: Vocabulary
    rendering: Rendering


def explanation(decision: Decision, told: Sequence[Told], books: Books) -> Explanation:
    """How the answers `told`, of `decision`, came about."""
    rendering = books.rendering
    return Explanation(
        as_of=decision.as_of,
        body=decision.body,
        language=rendering.language,
        catalogue_date=rendering.catalogue_date,
        library=rendering.library_sha256,
        input=decision.origin.path,
        resources=[_Resource(one, decision, books).document() for one in told],
        notes=[rendering.say(note.message) for note in decision.notes],
    )


class _Resource:
    """Puts one resource into the document."""

    def __init__(self, told: Told, decision: Decision, books: Books) -> None:
        self._told = told
        self._judged = told.account.judged
        self._decision = decision
        self._books = books
        self._page = Layout(books.rendering)

    def document(self) -> ResourceTold:
        judged, sensitivity = self._judged, self._judged.sensitivity
        resource, classes = judged.resource, self._decision.classes
        key = resource.provider_configuration
        between = classes[sensitivity.lowest].id, classes[sensitivity.highest].id
        known = sensitivity.known and bool(sensitivity.because)
        return ResourceTold(
            address=resource.address,
            deposed=resource.deposed or None,
            type=resource.type,
            provider=resource.provider,
            configuration=key.value if isinstance(key, Known) else None,
            location=Location(*resource.location) if resource.location else None,
            actions=resource.actions,
            kind=judged.kind,
            services=[one.value for one in judged.services if isinstance(one, Known)],
            judged=judged.judged,
            existing=judged.existing,
            verdict=judged.verdict.value,
            class_=between[0] if known else None,
            class_between=between,
            categories=sorted(sensitivity.categories),
            class_because=[
                ClassBecause(
                    step.source, self._page.say(step.detail), step.address or None
                )
                for step in sensitivity.chain
            ],
            landings=[self._landing(stop) for stop in self._told.account.stops],
            changes=self._changes(),
        )

    def _landing(self, stop: Stop) -> LandingTold:
        landing, service = stop.landing, stop.service
        unknown = landing.offer if isinstance(landing.offer, Unknown) else None
        return LandingTold(
            role=landing.role,
            service=service.value if isinstance(service, Known) else None,
            evidence=landing.evidence.code,
            firm=landing.evidence.firm,
            settings=[self._setting(clue) for clue in landing.clues],
            because=list(map(self._page.say, landing.because)),
            offer=self._offer(stop),
            why_unknown=self._page.say(unknown.reason) if unknown else None,
            region=self._region(stop),
            countries=landing.countries_shown,
            rules=sorted(
                (self._rule(one, stop) for one in stop.rulings), key=_worst_first
            ),
        )

    def _setting(self, clue: Clue) -> Setting:
        page, setting = self._page, clue.setting
        name = page.say(clue.name)
        if isinstance(setting, Known):
            return Setting(
                name=name,
                value=page.say(clue.shown) if clue.shown is not None else None,
                evidence=setting.evidence.code,
                because=page.say(setting.because),
            )
        if isinstance(setting, Unknown):
            remedy = page.say(setting.remedy) if setting.remedy else None
            why = page.say(setting.reason)
            return Setting(
                name=name, value=None, evidence=None, because=why, remedy=remedy
            )
        return Setting(
            name=name,
            value=None,
            evidence=None,
            because=page.t("neither the code nor what is attested sets it"),
        )

    def _offer(self, stop: Stop) -> OfferChain | None:
        offer, operator = stop.facts.offer, stop.facts.operator
        if offer is None or operator is None:
            return None
        recogniser = stop.landing.recogniser
        return OfferChain(
            id=offer.id,
            name=offer.name,
            hosting=offer.hosting,
            built_on=offer.built_on or None,
            recognised_by=sign_in_words(recogniser, self._page) if recogniser else None,
            qualifications=offer.qualifications,
            operator=self._operator(operator, stop),
        )

    def _operator(self, operator: Operator, stop: Stop) -> OperatorChain:
        exposure, books = stop.facts.exposure, self._books
        day = self._decision.as_of
        return OperatorChain(
            id=operator.id,
            name=operator.name,
            country=operator.country,
            control=operator.control,
            reach=reach_of(operator, books.registry, day, books.rendering),
            reach_official=bool(exposure and exposure.official),
        )

    def _region(self, stop: Stop) -> RegionRow | None:
        offer, landing = stop.facts.offer, stop.landing
        table = self._books.registry.regions.get(offer.region_table) if offer else None
        region = landing.region
        if table is None or not isinstance(region, Known) or not landing.region_shown:
            return None
        place = find_place(table, region.value)
        if place is None:
            return None
        return RegionRow(
            table=table.id,
            region=place.region,
            countries=place.countries,
            official=place.official,
        )

    def _rule(self, ruling: Ruling, stop: Stop) -> RuleTold:
        rule, breach = ruling.rule, ruling.breach
        language = self._page.language
        return RuleTold(
            id=rule.id,
            layer=rule.layer,
            title=rule.title[language],
            state=_state(ruling),
            outcome=breach.effect.value if breach else None,
            why=list(dict.fromkeys(self._why(ruling, stop))),
            message=rule.message[language] if breach else None,
            remediation=rule.remediation[language] if breach else None,
            derogation=breach.derogation if breach else None,
            sources=[source.cited for source in rule.sources],
        )

    def _why(self, ruling: Ruling, stop: Stop) -> Iterator[str]:
        """Why it is so: what is missing, what is against it, or what is for it."""
        page, breach = self._page, ruling.breach
        if breach is None:
            words = Words(page, self._books.vocabulary)
            for atom, holds in ruling.content_with:
                text = sentence(atom.predicate, atom.argument, words)
                yield text if holds else page.t("not so: {}", text)
        elif breach.missing:
            yield self._unknown(breach)
        elif stop.facts.offer is not None:
            laws = self._books.registry.laws
            ground = Ground(stop.facts.offer, stop.facts, laws, page)
            yield from ground.all(ruling.unmet)

    def _unknown(self, breach: Breach) -> str:
        page = self._page
        facts = [page.say(fact_in_words(gap.fact)) for gap in breach.missing]
        return page.t("not known: {}", ", ".join(dict.fromkeys(facts)))

    def _changes(self) -> Changes:
        told = self._told
        return Changes(
            missing=self._missing(),
            offers=self._offers(),
            by_itself=self._by_itself(),
            looked_until=told.looked_until,
            derogations=self._derogations(),
        )

    def _missing(self) -> list[FactMissing]:
        rules: dict[Missing, dict[str, None]] = {}
        for breach in self._judged.breaches:
            for gap in breach.missing:
                rules.setdefault(gap, {})[breach.rule.id] = None
        page = self._page
        return [
            FactMissing(
                fact=gap.fact,
                reason=page.say(gap.reason),
                remedy=page.say(gap.remedy) or None,
                rules=list(names),
            )
            for gap, names in rules.items()
        ]

    def _offers(self) -> list[OfferAllowed]:
        """Offers that would do at every landing that is not allowed now."""
        if self._judged.verdict is Verdict.ALLOW:
            return []
        blocked = [
            set(stop.alternatives)
            for stop in self._told.account.stops
            if any(_blocks(one.breach) for one in stop.rulings)
        ]
        registry = self._books.registry
        return [
            OfferAllowed(
                id=name,
                operator=registry.offers[name].operator,
                until=self._decision.endings.get(name),
            )
            for name in sorted(set.intersection(*blocked) if blocked else ())
        ]

    def _by_itself(self) -> Change | None:
        turn = self._told.turn
        if turn is None:
            return None
        now = {(one.rule.id, one.effect) for one in self._judged.breaches}
        told: dict[str, str] = {}
        for stop in turn.account.stops:
            for one in stop.rulings:
                breach = one.breach
                if (
                    breach
                    and _blocks(breach)
                    and (one.rule.id, breach.effect) not in now
                ):
                    why = self._page.t("; ").join(self._why(one, stop))
                    told.setdefault(one.rule.id, why)
        return Change(
            on=turn.on,
            verdict=turn.account.judged.verdict.value,
            rules=list(told),
            because=list(told.values()),
        )

    def _derogations(self) -> list[DerogationPossible]:
        broken = {
            one.rule.id: one.rule
            for one in self._judged.breaches
            if one.broken and _blocks(one)
        }
        return [
            DerogationPossible(
                rule=name,
                terms=derogation_in_words(rule.derogation, self._page)
                if rule.derogation
                else None,
            )
            for name, rule in sorted(broken.items())
        ]


def _blocks(breach: Breach | None) -> bool:
    return breach is not None and breach.effect in {Effect.DENY, Effect.REVIEW}


_OUTCOMES = ("deny", "review", "derogated", "notice", None)
_STATES = ("broken", "unknown", "derogated", "kept", "not-applicable")


def _worst_first(rule: RuleTold) -> tuple[int, int, str]:
    return _OUTCOMES.index(rule.outcome), _STATES.index(rule.state), rule.id


def _state(ruling: Ruling) -> str:
    breach = ruling.breach
    if breach is not None and breach.effect is Effect.DEROGATED:
        return "derogated"
    if ruling.applies is Truth.FALSE:
        return "not-applicable"
    states = {Truth.TRUE: "kept", Truth.FALSE: "broken", Truth.UNKNOWN: "unknown"}
    return states[ruling.kept]
