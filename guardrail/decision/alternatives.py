"""Where data could go: the rules, run over every offer of the registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from guardrail.decision.verdict import Effect, Verdict, effect_of, verdict_of, worst
from guardrail.model import ABSENT, Evidence, Known, Truth, Unknown, Value, say
from guardrail.placement import (
    Catalogue,
    Landing,
    Offer,
    Qualification,
    exposure,
    find_place,
)
from guardrail.policy import Facts, Missing, Obligation, Rule


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of the regions of one offer that they cannot tell apart."""

    regions: tuple[str, ...]
    """Sorted; empty when the offer is judged as a whole."""
    facts: Facts
    verdict: Verdict
    against: tuple[tuple[Rule, Effect, tuple[Missing, ...]], ...]
    """The rules that stand against it, or are worth a notice."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Where it is; empty when that is not known."""
        known = self.facts.landing.countries
        return known.value if isinstance(known, Known) else ()


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one offer for the same data and service."""

    offer: Offer
    provides: Truth
    """Whether it provides the service; unknown when its services are not stated."""
    prospects: tuple[Prospect, ...]
    """Best verdict first, then fewest rules against it; at least one."""

    @property
    def best(self) -> Prospect:
        """The place that fares best."""
        return self.prospects[0]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the place that fares best."""
        return self.best.verdict

    def within(self, country: str) -> Outlook | None:
        """This, in places that are in `country` alone; None if none is known to be."""
        there = tuple(one for one in self.prospects if one.countries == (country,))
        return msgspec.structs.replace(self, prospects=there) if there else None


def outlook(
    facts: Facts, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[Outlook, ...]:
    """What would become of `facts` on each offer, best verdict first, then by id."""
    outlooks = [
        Outlook(
            offer=offer,
            provides=provides(offer, facts.service),
            prospects=_prospects(facts, offer, obligations, catalogue),
        )
        for offer in catalogue.registry.offers.values()
        if _offered(offer, facts, catalogue)
    ]
    return tuple(
        sorted(outlooks, key=lambda seen: (seen.verdict.weight, seen.offer.id))
    )


def alternatives(
    facts: Facts, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[str, ...]:
    """Ids of the offers on which `facts` would be allowed, sorted.

    An offer whose services nobody states (an own cloud) is one of them only where it
    can be recognised: then somebody uses it.
    """
    if isinstance(facts.service, Unknown):
        return ()
    return tuple(
        sorted(
            offer.id
            for offer in catalogue.registry.offers.values()
            if provides(offer, facts.service) is not Truth.FALSE
            and (offer.services or offer.recognise)
            and _offered(offer, facts, catalogue)
            and _allowed(facts, offer, obligations, catalogue)
        )
    )


def provides(offer: Offer, service: Value[str]) -> Truth:
    """Whether `offer` provides the kind of service; unknown when it states none."""
    if isinstance(service, Unknown) or not offer.services:
        return Truth.UNKNOWN
    return Truth.of(service.value in offer.services)


def support(
    prospect: Prospect, obligations: Sequence[Obligation]
) -> tuple[Qualification, ...]:
    """The qualifications that each keep the verdict, where it is worse without any."""
    offer = prospect.facts.offer
    if offer is None or _verdict_with((), prospect, obligations) is prospect.verdict:
        return ()
    return tuple(
        one
        for one in offer.qualifications
        if _verdict_with((one,), prospect, obligations) is prospect.verdict
    )


def _verdict_with(
    held: tuple[Qualification, ...],
    prospect: Prospect,
    obligations: Sequence[Obligation],
) -> Verdict:
    """The verdict if the offer had the qualifications `held` and no other."""
    offer = prospect.facts.offer
    changed = offer and msgspec.structs.replace(offer, qualifications=held)
    facts = msgspec.structs.replace(prospect.facts, offer=changed)
    return worst(
        verdict_of(effect) for _rule, effect, _gaps in _against(facts, obligations)
    )


def _offered(offer: Offer, facts: Facts, catalogue: Catalogue) -> bool:
    """Whether the offer, and who runs it, are there on the day."""
    day, operator = facts.as_of, catalogue.operator(offer)
    return offer.offered_on(day) and operator.active_on(day)


def _allowed(
    facts: Facts, offer: Offer, obligations: Sequence[Obligation], catalogue: Catalogue
) -> bool:
    """Whether one place of `offer` is allowed.

    Asked first of a place of which nothing is known: a rule that is broken there is
    broken in every place, and most offers need no other question.
    """
    anywhere = on_offer(facts, offer, _anywhere(offer), catalogue)
    if any(
        effect_of(one.rule, one.evaluate(anywhere).truth) is Effect.DENY
        for one in obligations
    ):
        return False
    return any(
        all(
            _verdict(one, msgspec.structs.replace(anywhere, landing=landing))
            is Verdict.ALLOW
            for one in obligations
        )
        for landing, _regions_ in _places(offer, catalogue)
    )


def _verdict(obligation: Obligation, facts: Facts) -> Verdict:
    effect = effect_of(obligation.rule, obligation.evaluate(facts).truth)
    return Verdict.ALLOW if effect is None else verdict_of(effect)


def _prospects(
    facts: Facts, offer: Offer, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[Prospect, ...]:
    found = []
    for landing, regions in _places(offer, catalogue):
        there = on_offer(facts, offer, landing, catalogue)
        against = _against(there, obligations)
        prospect = Prospect(
            regions=regions,
            facts=there,
            verdict=worst(verdict_of(effect) for _rule, effect, _gaps in against),
            against=against,
        )
        found.append(prospect)
    return tuple(sorted(found, key=_fares))


def _fares(prospect: Prospect) -> tuple[int, int, tuple[str, ...]]:
    """The order of prospects: the best first."""
    return prospect.verdict.weight, len(prospect.against), prospect.regions


def _against(
    facts: Facts, obligations: Sequence[Obligation]
) -> tuple[tuple[Rule, Effect, tuple[Missing, ...]], ...]:
    found = []
    for obligation in obligations:
        outcome = obligation.evaluate(facts)
        effect = effect_of(obligation.rule, outcome.truth)
        if effect is not None:
            found.append((obligation.rule, effect, outcome.missing))
    return tuple(found)


def on_offer(
    facts: Facts, offer: Offer, landing: Landing, catalogue: Catalogue
) -> Facts:
    """`facts` with the landing on `offer`."""
    operator = catalogue.operator(offer)
    return msgspec.structs.replace(
        facts,
        landing=landing,
        offer=offer,
        operator=operator,
        exposure=exposure(operator, catalogue.registry, facts.as_of),
        base=catalogue.registry.offers.get(offer.built_on),
    )


def _places(
    offer: Offer, catalogue: Catalogue
) -> Iterator[tuple[Landing, tuple[str, ...]]]:
    """A landing on `offer` for the regions that the rules cannot tell apart."""
    table = catalogue.registry.regions.get(offer.region_table)
    covered = {region for known in offer.qualifications for region in known.regions}
    alike: dict[tuple[object, ...], list[str]] = {}
    for region in sorted(_regions(offer) or (table.regions if table else {""})):
        place = find_place(table, region) if table and region else None
        countries, official = (
            place.countries if place else (),
            bool(place and place.official),
        )
        if offer.country:
            countries, official = (offer.country,), offer.official
        tells = (countries, official, region if region in covered else "")
        alike.setdefault(tells, []).append(region)
    for (found, sure, _covered), regions in alike.items():
        assert isinstance(found, tuple)  # noqa: S101  # as made above
        yield (
            _landing(offer, regions[0], found, official=bool(sure)),
            tuple(filter(None, regions)),
        )


def _landing(
    offer: Offer, region: str, countries: tuple[str, ...], *, official: bool
) -> Landing:
    because = say("considered for {}", offer.id)
    sure = Evidence.ATTESTED if official else Evidence.DEFAULT
    return Landing(
        role="primary",
        offer=Known(offer.id, Evidence.ATTESTED, because),
        region=Known(region, Evidence.ATTESTED, because) if region else ABSENT,
        countries=Known(countries, sure, because)
        if countries
        else Unknown(say("the country of {} is not known", offer.id)),
        evidence=Evidence.ATTESTED,
        because=(because,),
    )


def _anywhere(offer: Offer) -> Landing:
    """A landing on `offer` of which nothing else is known."""
    unknown = Unknown(say("considered for {}", offer.id))
    return msgspec.structs.replace(
        _landing(offer, "", (), official=False), region=unknown, countries=unknown
    )


def _regions(offer: Offer) -> set[str]:
    """The regions that the recognisers of `offer` name."""
    return {region for known in offer.recognise for region in known.region}
