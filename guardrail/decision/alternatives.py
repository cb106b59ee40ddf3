"""Where data could go: the rules, run over every offer of the registry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from guardrail.decision.verdict import Effect, Verdict, effect_of, verdict_of, worst
from guardrail.model import (
    ABSENT,
    Evidence,
    Known,
    Memory,
    Setting,
    Truth,
    Unknown,
    Value,
    say,
)
from guardrail.placement import (
    Catalogue,
    Landing,
    Offer,
    Qualification,
    Registry,
    capital,
    exposure,
    find_place,
)
from guardrail.policy import Facts, Missing, Obligation, Outcome, Rule

_SOON_DAYS = 90
_KINDS_OF_DATA = 4096


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
    binding = _binding(facts, obligations)
    outlooks = [
        Outlook(
            offer=offer,
            provides=provides(offer, facts.service),
            prospects=_prospects(facts, offer, binding, catalogue),
        )
        for offer in catalogue.registry.offers.values()
        if _offered(offer, facts, catalogue)
    ]
    return tuple(
        sorted(outlooks, key=lambda seen: (seen.verdict.weight, seen.offer.id))
    )


class Elsewhere:
    """The offers on which data would be allowed, worked out once for the same data."""

    def __init__(self, obligations: Sequence[Obligation], catalogue: Catalogue) -> None:
        """Nothing is worked out yet."""
        self._obligations, self._catalogue = obligations, catalogue
        self._known: Memory[tuple[str, ...]] = Memory(_KINDS_OF_DATA)

    def of(self, facts: Facts) -> tuple[str, ...]:
        """Ids of the offers on which `facts` would be allowed, sorted.

        An offer whose services nobody states (an own cloud) is one of them only where
        it can be recognised: then somebody uses it.
        """
        if isinstance(facts.service, Unknown):
            return ()
        return self._known.of(_data_of(facts), lambda: self._allowed(facts))

    def _allowed(self, facts: Facts) -> tuple[str, ...]:
        catalogue = self._catalogue
        binding = _binding(facts, self._obligations)
        return tuple(
            sorted(
                offer.id
                for offer in catalogue.registry.offers.values()
                if provides(offer, facts.service) is not Truth.FALSE
                and (offer.services or offer.recognise)
                and _offered(offer, facts, catalogue)
                and _allowed(facts, offer, binding, catalogue)
            )
        )


def _binding(facts: Facts, obligations: Sequence[Obligation]) -> tuple[Obligation, ...]:
    """The obligations that ask something of the data, or may, wherever it goes.

    Most do not, and that is settled once: knowing more never turns false into true.
    """
    unknown = Unknown("")
    nowhere = msgspec.structs.replace(
        facts,
        landing=msgspec.structs.replace(
            facts.landing, offer=unknown, region=unknown, countries=unknown, areas={}
        ),
        offer=None,
        operator=None,
        exposure=None,
        capital=None,
        base=None,
    )
    return tuple(one for one in obligations if one.applies(nowhere) is not Truth.FALSE)


def _data_of(facts: Facts) -> Hashable:
    """What of `facts` stays the same wherever the data goes."""
    return (
        facts.as_of,
        facts.body,
        msgspec.structs.replace(facts.sensitivity, because=(), trail=None),
        facts.service,
        facts.declared,
    )


def endings(names: Iterable[str], registry: Registry, day: date) -> dict[str, date]:
    """The offers of `names` of which the qualification ends soon, with its last day."""
    found = {}
    for name in sorted(names):
        lasts = [
            one.until
            for one in registry.offers[name].qualifications
            if one.scheme == "secnumcloud"
            and one.status == "granted"
            and one.in_force(day) is Truth.TRUE
            and one.until is not None
        ]
        if lasts and (max(lasts) - day).days < _SOON_DAYS:
            found[name] = max(lasts)
    return found


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
    against = _found((one.rule, one.evaluate(facts)) for one in obligations)
    return worst(verdict_of(effect) for _rule, effect, _gaps in against)


def _offered(offer: Offer, facts: Facts, catalogue: Catalogue) -> bool:
    """Whether the offer, and who runs it, are there on the day, and for the body."""
    day, operator = facts.as_of, catalogue.operator(offer)
    there = offer.offered_on(day) and operator.active_on(day)
    known = isinstance(facts.body, Known) and facts.body.value
    return there and (not known or not offer.open_to or known in offer.open_to)


def _allowed(
    facts: Facts, offer: Offer, obligations: Sequence[Obligation], catalogue: Catalogue
) -> bool:
    """Whether one place of `offer` is allowed."""
    anywhere = on_offer(facts, offer, _anywhere(offer), catalogue)
    open_ = []
    for one in obligations:
        kept = one.evaluate(anywhere).truth
        if kept is Truth.UNKNOWN:
            open_.append(one)
        elif _blocks(one.rule, kept):
            return False
    return any(
        not any(_blocks(one.rule, one.evaluate(there).truth) for one in open_)
        for landing, _regions_ in _places(offer, catalogue)
        for there in (msgspec.structs.replace(anywhere, landing=landing),)
    )


def _blocks(rule: Rule, kept: Truth) -> bool:
    effect = effect_of(rule, kept)
    return effect is not None and verdict_of(effect) is not Verdict.ALLOW


def _prospects(
    facts: Facts, offer: Offer, obligations: Sequence[Obligation], catalogue: Catalogue
) -> tuple[Prospect, ...]:
    """What becomes of `facts` in each place of `offer`.

    The rules are asked first of a place of which nothing is known: what is settled
    there is settled in every place (knowing more never turns true into false).
    """
    anywhere = on_offer(facts, offer, _anywhere(offer), catalogue)
    asked = [one.evaluate(anywhere) for one in obligations]
    found = []
    for landing, regions in _places(offer, catalogue):
        there = msgspec.structs.replace(anywhere, landing=landing)
        against = _found(
            (one.rule, one.evaluate(there) if out.truth is Truth.UNKNOWN else out)
            for one, out in zip(obligations, asked, strict=True)
        )
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


def _found(
    outcomes: Iterable[tuple[Rule, Outcome]],
) -> tuple[tuple[Rule, Effect, tuple[Missing, ...]], ...]:
    """The rules that are broken or not decided."""
    effects = [(rule, effect_of(rule, out.truth), out) for rule, out in outcomes]
    return tuple(
        (rule, effect, out.missing)
        for rule, effect, out in effects
        if effect is not None
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
        capital=capital(operator, catalogue.registry, facts.as_of),
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
        landing = _landing(offer, regions[0], found, official=bool(sure))
        for areas in _areas(offer):
            yield (
                msgspec.structs.replace(landing, areas=areas),
                tuple(filter(None, regions)),
            )


def _areas(offer: Offer) -> list[dict[str, Setting[str]]]:
    """Nowhere in particular, and a place inside each perimeter of `offer`."""
    because = say("considered for {}", offer.id)
    found: list[dict[str, Setting[str]]] = [{}]
    for known in offer.qualifications:
        inside: dict[str, Setting[str]] = {
            area: Known(covered[0], Evidence.ATTESTED, because)
            for area, covered in known.perimeter.items()
            if covered
        }
        if inside not in found:
            found.append(inside)
    return found


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
