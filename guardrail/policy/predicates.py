"""The vocabulary of conditions. The table at the end is all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from guardrail.model import Absent, Known, Truth, Unknown, Value, say
from guardrail.placement import Exposure, Offer, Qualification
from guardrail.policy.conditions import Claim, Predicate
from guardrail.policy.facts import Facts, Missing

_ATTESTED_FROM = "3.2"
"""The first version that looks at control. Source: ANSSI, SecNumCloud 3.2, 19.6."""


def class_at_least(facts: Facts, word: str) -> Claim:
    """Whether the class is `word` or a higher one."""
    return _of_class(facts, facts.sensitivity.at_least(facts.ranks[word]))


def class_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the class is one of `words`."""
    ranks = [facts.ranks[word] for word in words]
    sensitivity = facts.sensitivity
    within = range(sensitivity.lowest, sensitivity.highest + 1)
    if all(rank in ranks for rank in within):
        return Claim(Truth.TRUE)
    possible = any(rank in ranks for rank in within)
    return _of_class(facts, Truth.UNKNOWN if possible else Truth.FALSE)


def _of_class(facts: Facts, truth: Truth) -> Claim:
    detail = facts.sensitivity.because[-1].detail if facts.sensitivity.because else ""
    remedy = say("label it, or declare the class with --class or in guardrail.yaml")
    return Claim(truth, missing=(Missing("class", detail, remedy),))


def category_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether one of the categories `words` is claimed."""
    gap = Missing(
        "categories",
        say("the value of a category label is not known"),
        say("state the categories of the data"),
    )
    return Claim(facts.sensitivity.claims(frozenset(words)), missing=(gap,))


def service_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the service kind is one of `words`."""
    if isinstance(facts.service, Unknown):
        return Claim(Truth.UNKNOWN, missing=(_service_gap(facts.service),))
    return Claim(Truth.of(facts.service.value in set(words)))


def _service_gap(service: Unknown) -> Missing:
    return Missing("service", service.reason, service.remedy)


def body_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the body that deploys is one of `words`."""
    if isinstance(facts.body, Unknown):
        gap = Missing("body", facts.body.reason, facts.body.remedy)
        return Claim(Truth.UNKNOWN, missing=(gap,))
    return Claim(Truth.of(facts.body.value in set(words)))


def hosting_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the offer is hosted in one of the ways `words`."""
    if facts.offer is None:
        return _unknown_offer(facts)
    return _of_offer(facts, facts.offer, Truth.of(facts.offer.hosting in set(words)))


def qualified(facts: Facts, terms: Any) -> Claim:
    """Whether one of the qualifications asked holds for this landing on this day.

    `terms` is a list of `{scheme, version_at_least?}`.
    """
    if facts.offer is None:
        return _unknown_offer(facts)
    claims = [
        _holds(facts, decision, term)
        for term in terms
        for decision in facts.offer.qualifications
        if decision.scheme == term["scheme"]
    ]
    return _best(claims)


def _holds(facts: Facts, decision: Qualification, term: Mapping[str, str]) -> Claim:
    """Whether one decision covers this landing on this day, at the version asked."""
    if decision.status != "granted":
        return Claim(Truth.FALSE)
    truths = (
        decision.in_force(facts.as_of),
        _recent_enough(decision, term.get("version_at_least", "")),
        _within(facts.landing.region, decision.regions),
        _service_within(facts.service, decision),
    )
    truth = Truth.all(truths)
    firm = facts.firm and decision.official
    return Claim(truth, firm, _qualification_gaps(facts, decision, truths, firm=firm))


def _recent_enough(decision: Qualification, asked: str) -> Truth:
    if not asked:
        return Truth.TRUE
    if not decision.version:
        return Truth.UNKNOWN
    return Truth.of(_version(decision.version) >= _version(asked))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _within(setting: Known[str] | Unknown | Absent, allowed: tuple[str, ...]) -> Truth:
    if not allowed:
        return Truth.TRUE
    if isinstance(setting, Known):
        return Truth.of(setting.value in allowed)
    return Truth.UNKNOWN


def _service_within(service: Value[str], decision: Qualification) -> Truth:
    if not decision.services and not decision.excluded_services:
        return Truth.TRUE
    if isinstance(service, Unknown):
        return Truth.UNKNOWN
    excluded = service.value in decision.excluded_services
    return Truth.of(not excluded) & _within(service, decision.services)


def _qualification_gaps(
    facts: Facts, decision: Qualification, truths: tuple[Truth, ...], *, firm: bool
) -> tuple[Missing, ...]:
    unknown = [truth is Truth.UNKNOWN for truth in truths]
    gaps = []
    if unknown[0]:
        reason = say("the dates of the {} qualification are not known", decision.scheme)
        gaps.append(Missing("qualification", reason))
    if unknown[1]:
        reason = say(
            "the version of the {} qualification is not known", decision.scheme
        )
        gaps.append(Missing("qualification", reason))
    if unknown[2] and isinstance(facts.landing.region, Unknown):
        region = facts.landing.region
        gaps.append(Missing("region", region.reason, region.remedy))
    elif unknown[2]:
        gaps.append(Missing("region", say("the region is not in the plan")))
    if unknown[3] and isinstance(facts.service, Unknown):
        gaps.append(_service_gap(facts.service))
    if not firm and not any(unknown):
        gaps.append(
            _not_firm(facts, say("the qualification is not officially sourced"))
        )
    return tuple(gaps)


def _not_firm(facts: Facts, otherwise: str) -> Missing:
    return Missing("registry", otherwise) if facts.firm else facts.weak_landing()


def _best(claims: list[Claim]) -> Claim:
    """The claim that permits best: true and firm, then true, then unknown."""
    return max(
        claims, key=lambda claim: (claim.truth, claim.firm), default=Claim(Truth.FALSE)
    )


def immune(facts: Facts, asked: object) -> Claim:
    """Whether no foreign law reaches the chain of control of the operator.

    A law that reaches it settles the matter. Where none is known, a qualification under
    SecNumCloud 3.2 or later that covers the landing attests it, or else the chain of
    control must be officially sourced.
    """
    if facts.offer is None or facts.exposure is None:
        return _unknown_offer(facts)
    if facts.exposure.laws:
        return _asked(Claim(Truth.FALSE), asked)
    firm, gap = _chain(facts, facts.offer, facts.exposure)
    return _asked(Claim(Truth.TRUE, firm, (gap,)), asked)


def _chain(facts: Facts, offer: Offer, reach: Exposure) -> tuple[bool, Missing]:
    """Whether what is known of the chain of control may permit, and what is missing.

    A qualification under SecNumCloud 3.2 or later that covers the landing attests it.
    """
    terms = ({"scheme": "secnumcloud", "version_at_least": _ATTESTED_FROM},)
    attested = qualified(facts, terms)
    sure = attested.truth is Truth.TRUE and attested.firm
    gap = say("the chain of control of {} is not officially sourced", offer.operator)
    return facts.firm and (sure or reach.official), _not_firm(facts, gap)


def _asked(claim: Claim, asked: object) -> Claim:
    if asked:
        return claim
    return Claim(~claim.truth, claim.firm, claim.missing)


def located_in(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether every country of the landing is one of `words`: countries or groups."""
    countries = facts.landing.countries
    if isinstance(countries, Unknown):
        gap = Missing("country", countries.reason, countries.remedy)
        return Claim(Truth.UNKNOWN, missing=(gap,))
    asked = tuple(words)
    places = [_in(country, asked, facts) for country in countries.value]
    firm = facts.firm and countries.evidence.firm and all(sure for _in_, sure in places)
    gap = _not_firm(facts, say("the country of the region is not officially sourced"))
    return Claim(Truth.of(all(inside for inside, _sure in places)), firm, (gap,))


def _in(country: str, words: tuple[str, ...], facts: Facts) -> tuple[bool, bool]:
    """Whether `country` is one of `words` or in such a group, and officially so."""
    groups = [facts.groups[word] for word in words if word in facts.groups]
    held = [group for group in groups if group.holds(country, facts.as_of)]
    sure = country in words or any(group.official for group in held) or not held
    return country in words or bool(held), sure


def controlled_from(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether a link of the chain of control is in one of the countries `words`."""
    if facts.offer is None or facts.exposure is None:
        return _unknown_offer(facts)
    asked = tuple(words)
    found = any(_in(link, asked, facts)[0] for link in facts.exposure.countries)
    firm, gap = _chain(facts, facts.offer, facts.exposure)
    return Claim(Truth.of(found), firm, (gap,))


def capital_within_limits(facts: Facts, asked: object) -> Claim:
    """Whether holders from outside the EU keep both limits of SecNumCloud 19.6.b."""
    if facts.capital is None:
        return _unknown_offer(facts)
    truth = facts.capital.individual & facts.capital.collective
    gap = _not_firm(facts, say("the shares of the operator are not all known"))
    return _asked(Claim(truth, facts.firm and facts.capital.official, (gap,)), asked)


def declared(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the project declares each of `words` in guardrail.yaml."""
    absent = [word for word in words if word not in facts.declared]
    return Claim(Truth.of(not absent))


def controlled_outside(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether a link of the chain of control is outside all of `words`."""
    if facts.offer is None or facts.exposure is None:
        return _unknown_offer(facts)
    asked = tuple(words)
    links = [_in(link, asked, facts) for link in facts.exposure.countries]
    firm, gap = _chain(facts, facts.offer, facts.exposure)
    outside = not all(inside for inside, _sure in links)
    return Claim(Truth.of(outside), firm and all(sure for _in_, sure in links), (gap,))


def from_day(facts: Facts, day: str) -> Claim:
    """Whether the day that is judged is `day` (ISO 8601) or later."""
    return Claim(Truth.of(facts.as_of >= date.fromisoformat(day)))


def qualification_ends_within(facts: Facts, days: int) -> Claim:
    """Whether every qualification in force here ends within `days` days."""
    if facts.offer is None:
        return _unknown_offer(facts)
    return _ends_within(facts, facts.offer, days)


def base_qualification_ends_within(facts: Facts, days: int) -> Claim:
    """Whether the offer runs on one of which the qualifications end within `days`."""
    if facts.offer is None:
        return _unknown_offer(facts)
    if facts.base is None:
        return _of_offer(facts, facts.offer, Truth.FALSE)
    claim = _ends_within(facts, facts.base, days)
    return Claim(claim.truth, claim.firm and facts.offer.official, claim.missing)


_UNDATED = Missing("qualification", say("the dates of the qualification are not known"))


def _ends_within(facts: Facts, offer: Offer, days: int) -> Claim:
    """Whether the qualifications in force of `offer` end within `days` days.

    An official one is believed before any other: an unverified renewal changes nothing.
    """
    held = [
        (decision.in_force(facts.as_of), decision.official, decision.until)
        for decision in offer.qualifications
        if decision.scheme == "secnumcloud" and decision.status == "granted"
    ]
    ends = [
        (official, until)
        for truth, official, until in held
        if truth is Truth.TRUE and until is not None
    ]
    if not ends and any(truth is Truth.UNKNOWN for truth, _official, _until in held):
        return Claim(Truth.UNKNOWN, missing=(_UNDATED,))
    believed = [end for end in ends if end[0]] or ends
    horizon = facts.as_of + timedelta(days=days)
    soon = bool(believed) and max(until for _official, until in believed) < horizon
    firm = facts.firm and offer.official and all(official for official, _ in believed)
    gap = _not_firm(facts, say("the qualification is not officially sourced"))
    return Claim(Truth.of(soon), firm, (gap,))


def qualification_in_progress(facts: Facts, asked: object) -> Claim:
    """Whether a qualification of the offer is asked for and not granted."""
    if facts.offer is None:
        return _unknown_offer(facts)
    day = facts.as_of
    asked_for = [
        known
        for known in facts.offer.qualifications
        if known.status == "in-progress"
        and (known.since is None or known.since <= day)
        and (known.until is None or day <= known.until)
    ]
    if not asked_for:
        return _asked(_of_offer(facts, facts.offer, Truth.FALSE), asked)
    sure = any(known.official and known.since is not None for known in asked_for)
    gap = _not_firm(facts, say("the request for qualification is not officially dated"))
    return _asked(Claim(Truth.TRUE, facts.firm and sure, (gap,)), asked)


def offered(facts: Facts, asked: object) -> Claim:
    """Whether the offer, and its operator, are there on the day."""
    if facts.offer is None or facts.operator is None:
        return _unknown_offer(facts)
    there = facts.offer.offered_on(facts.as_of) and facts.operator.active_on(facts.as_of)
    return _asked(_of_offer(facts, facts.offer, Truth.of(there)), asked)


def stacked(facts: Facts, asked: object) -> Claim:
    """Whether the offer runs on another offer of the registry."""
    if facts.offer is None:
        return _unknown_offer(facts)
    return _asked(Claim(Truth.of(facts.base is not None)), asked)


def base_qualified(facts: Facts, terms: Any) -> Claim:
    """Whether the offer runs on another that holds one of the qualifications asked.

    The region and service underneath are not in any plan, so only the days count.
    """
    if facts.offer is None:
        return _unknown_offer(facts)
    if facts.base is None:
        return _of_offer(facts, facts.offer, Truth.FALSE)
    schemes = {term["scheme"] for term in terms}
    truth = Truth.any(
        decision.in_force(facts.as_of)
        for decision in facts.base.qualifications
        if decision.scheme in schemes and decision.status == "granted"
    )
    if truth is Truth.UNKNOWN:
        return Claim(truth, missing=(_UNDATED,))
    claim = _of_offer(facts, facts.base, truth)
    return Claim(truth, claim.firm and facts.offer.official, claim.missing)


def never(facts: Facts, asked: object) -> Claim:
    """Nothing satisfies it."""
    return Claim(Truth.FALSE)


def _unknown_offer(facts: Facts) -> Claim:
    return Claim(Truth.UNKNOWN, missing=(facts.no_offer(),))


def _of_offer(facts: Facts, offer: Offer, truth: Truth) -> Claim:
    gap = _not_firm(facts, say("the offer {} is not officially sourced", offer.id))
    return Claim(truth, facts.firm and offer.official, (gap,))


PREDICATES: Mapping[str, Predicate] = {
    "base_qualification_ends_within": base_qualification_ends_within,
    "base_qualified": base_qualified,
    "body_any": body_any,
    "capital_within_limits": capital_within_limits,
    "category_any": category_any,
    "class_any": class_any,
    "class_at_least": class_at_least,
    "controlled_from": controlled_from,
    "controlled_outside": controlled_outside,
    "declared": declared,
    "from_day": from_day,
    "hosting_any": hosting_any,
    "immune": immune,
    "located_in": located_in,
    "never": never,
    "offered": offered,
    "qualification_ends_within": qualification_ends_within,
    "qualification_in_progress": qualification_in_progress,
    "qualified": qualified,
    "service_any": service_any,
    "stacked": stacked,
}
