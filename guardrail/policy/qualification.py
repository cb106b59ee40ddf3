"""Predicates about qualifications: held, ending, asked for, of the offer below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.model import ABSENT, Absent, Known, Truth, Unknown, Value, say
from guardrail.placement import Offer, Qualification
from guardrail.policy.claims import (
    asked_as,
    best,
    not_firm,
    of_offer,
    service_gap,
    unknown_offer,
)
from guardrail.policy.conditions import Claim
from guardrail.policy.facts import Facts, Missing


def qualified(facts: Facts, terms: Any) -> Claim:
    """Whether one of the qualifications asked holds for this landing on this day.

    `terms` is a list of `{scheme, version_at_least?}`.
    """
    if facts.offer is None:
        return unknown_offer(facts)
    claims = [
        _holds(facts, decision, term)
        for term in terms
        for decision in facts.offer.qualifications
        if decision.scheme == term["scheme"]
    ]
    return best(claims)


def _holds(facts: Facts, decision: Qualification, term: Mapping[str, str]) -> Claim:
    """Whether one decision covers this landing on this day, at the version asked."""
    if decision.status != "granted":
        return Claim(Truth.FALSE)
    truths = (
        decision.in_force(facts.as_of),
        _recent_enough(decision, term.get("version_at_least", "")),
        _within(facts.landing.region, decision.regions),
        _service_within(facts.service, decision),
        _perimeter_holds(facts, decision),
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


def _perimeter_holds(facts: Facts, decision: Qualification) -> Truth:
    """Whether the landing is in the areas covered; what is in no such area is not."""
    named = facts.landing.areas
    return Truth.all(
        Truth.FALSE
        if (found := named.get(area, _NOWHERE)) is ABSENT
        else _within(found, covered)
        for area, covered in decision.perimeter.items()
    )


_NOWHERE = Unknown("")


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
        gaps.append(Missing("region", say("nothing states the region")))
    if unknown[3] and isinstance(facts.service, Unknown):
        gaps.append(service_gap(facts.service))
    if unknown[4]:
        gaps += _perimeter_gaps(facts, decision)
    if not firm and not any(unknown):
        gaps.append(not_firm(facts, say("the qualification is not officially sourced")))
    return tuple(gaps)


def _perimeter_gaps(facts: Facts, decision: Qualification) -> list[Missing]:
    """The areas that must be known, each with what is covered."""
    gaps = []
    for area, covered in decision.perimeter.items():
        found = facts.landing.areas.get(area)
        if isinstance(found, (Known, Absent)):
            continue
        reason = say("the {} is not known", area) if found is None else found.reason
        remedy = say("covered: {} {}", area, ", ".join(covered))
        gaps.append(Missing(area, reason, remedy))
    return gaps


def qualification_ends_within(facts: Facts, days: int) -> Claim:
    """Whether every qualification in force here ends within `days` days."""
    if facts.offer is None:
        return unknown_offer(facts)
    return _ends_within(facts, facts.offer, days)


def base_qualification_ends_within(facts: Facts, days: int) -> Claim:
    """Whether the offer runs on one of which the qualifications end within `days`."""
    if facts.offer is None:
        return unknown_offer(facts)
    if facts.base is None:
        return of_offer(facts, facts.offer, Truth.FALSE)
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
    soon = (
        bool(believed)
        and (max(until for _official, until in believed) - facts.as_of).days < days
    )
    firm = facts.firm and offer.official and all(official for official, _ in believed)
    gap = not_firm(facts, say("the qualification is not officially sourced"))
    return Claim(Truth.of(soon), firm, (gap,))


def qualification_in_progress(facts: Facts, asked: object) -> Claim:
    """Whether a qualification of the offer is asked for and not granted."""
    if facts.offer is None:
        return unknown_offer(facts)
    day = facts.as_of
    asked_for = [
        known
        for known in facts.offer.qualifications
        if known.status == "in-progress"
        and (known.since is None or known.since <= day)
        and (known.until is None or day <= known.until)
    ]
    if not asked_for:
        return asked_as(of_offer(facts, facts.offer, Truth.FALSE), asked)
    sure = any(known.official and known.since is not None for known in asked_for)
    gap = not_firm(facts, say("the request for qualification is not officially dated"))
    return asked_as(Claim(Truth.TRUE, facts.firm and sure, (gap,)), asked)


def base_qualified(facts: Facts, terms: Any) -> Claim:
    """Whether the offer runs on another that holds one of the qualifications asked.

    The region and service underneath are not in any plan, so only the days count.
    """
    if facts.offer is None:
        return unknown_offer(facts)
    if facts.base is None:
        return of_offer(facts, facts.offer, Truth.FALSE)
    schemes = {term["scheme"] for term in terms}
    truth = Truth.any(
        decision.in_force(facts.as_of)
        for decision in facts.base.qualifications
        if decision.scheme in schemes and decision.status == "granted"
    )
    if truth is Truth.UNKNOWN:
        return Claim(truth, missing=(_UNDATED,))
    claim = of_offer(facts, facts.base, truth)
    return Claim(truth, claim.firm and facts.offer.official, claim.missing)
