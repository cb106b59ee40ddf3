"""Where a resource could go instead: the rules, run over every offer of the registry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from guardrail.decision.verdict import Effect, Verdict, effect_of, verdict_of, worst
from guardrail.model import ABSENT, Evidence, Known, Unknown, say
from guardrail.placement import Catalogue, Landing, Offer, exposure, find_place
from guardrail.policy import Facts, Missing, Obligation, Rule


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one offer for the same data and service."""

    offer: Offer
    verdict: Verdict
    region: str
    """The region that the verdict is for; "" when the offer is judged as a whole."""
    against: tuple[tuple[Rule, Effect, tuple[Missing, ...]], ...]
    """The rules that stand against it, or are worth a notice."""


def outlook(
    facts: Facts, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[Outlook, ...]:
    """What would become of `facts` on each offer, best verdict first, then by id."""
    outlooks = [
        _best(facts, offer, obligations, catalogue)
        for offer in catalogue.registry.offers.values()
        if _offered(offer, facts)
    ]
    return tuple(sorted(outlooks, key=lambda seen: (seen.verdict.weight, seen.offer.id)))


def alternatives(
    facts: Facts, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[str, ...]:
    """Ids of the offers on which `facts` would be allowed, sorted."""
    service = facts.service
    if isinstance(service, Unknown):
        return ()
    return tuple(
        seen.offer.id
        for seen in outlook(facts, obligations, catalogue)
        if seen.verdict is Verdict.ALLOW and service.value in seen.offer.services
    )


def _offered(offer: Offer, facts: Facts) -> bool:
    """Whether the offer is there on the day."""
    begun = offer.since is None or offer.since <= facts.as_of
    return begun and (offer.until is None or facts.as_of <= offer.until)


def _best(
    facts: Facts, offer: Offer, obligations: Sequence[Obligation], catalogue: Catalogue
) -> Outlook:
    """The outlook of the region of `offer` that fares best."""
    candidates = (
        _judged(on_offer(facts, offer, landing, catalogue), offer, landing, obligations)
        for landing in _landings(offer, catalogue)
    )
    return min(candidates, key=lambda seen: (seen.verdict.weight, seen.region))


def _judged(
    facts: Facts, offer: Offer, landing: Landing, obligations: Sequence[Obligation]
) -> Outlook:
    against = []
    for obligation in obligations:
        outcome = obligation.evaluate(facts)
        effect = effect_of(obligation.rule, outcome.truth)
        if effect is not None:
            against.append((obligation.rule, effect, outcome.missing))
    region = landing.region.value if isinstance(landing.region, Known) else ""
    return Outlook(
        offer=offer,
        verdict=worst(verdict_of(effect) for _rule, effect, _gaps in against),
        region=region,
        against=tuple(against),
    )


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


def _landings(offer: Offer, catalogue: Catalogue) -> Iterator[Landing]:
    """A landing on `offer` for each place that the rules could tell apart."""
    table = catalogue.registry.regions.get(offer.region_table)
    covered = {region for known in offer.qualifications for region in known.regions}
    regions = _regions(offer) or (table.regions.keys() if table else {""})
    seen = set()
    for region in sorted(regions):
        place = find_place(table, region) if table and region else None
        countries = (offer.country,) if offer.country else place.countries if place else ()
        official = bool(offer.country) or (place is not None and place.official)
        tells = (countries, official, region if region in covered else "")
        if tells not in seen:
            seen.add(tells)
            yield _landing(offer, region, countries, official=official)


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


def _regions(offer: Offer) -> set[str]:
    """The regions that the recognisers of `offer` name."""
    return {region for known in offer.recognise for region in known.region}
