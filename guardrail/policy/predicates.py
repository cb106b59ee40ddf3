"""The vocabulary of conditions. The table at the end is all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from guardrail.model import Truth, Unknown, say
from guardrail.policy.claims import asked_as, of_offer, service_gap, unknown_offer
from guardrail.policy.conditions import Claim, Predicate
from guardrail.policy.control import (
    capital_within_limits,
    controlled_from,
    controlled_outside,
    immune,
    located_in,
)
from guardrail.policy.facts import Facts, Missing
from guardrail.policy.qualification import (
    base_qualification_ends_within,
    base_qualified,
    qualification_ends_within,
    qualification_in_progress,
    qualified,
)


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
    sensitivity = facts.sensitivity
    last = sensitivity.because[-1] if sensitivity.because else None
    detail, remedy = (last.detail, last.remedy) if last else ("", "")
    label = say("label it, or declare the class with --class or in guardrail.yaml")
    return Claim(truth, missing=(Missing("class", detail, remedy or label),))


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
        return Claim(Truth.UNKNOWN, missing=(service_gap(facts.service),))
    return Claim(Truth.of(facts.service.value in set(words)))


def body_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the body that deploys is one of `words`."""
    if isinstance(facts.body, Unknown):
        gap = Missing("body", facts.body.reason, facts.body.remedy)
        return Claim(Truth.UNKNOWN, missing=(gap,))
    return Claim(Truth.of(facts.body.value in set(words)))


def hosting_any(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the offer is hosted in one of the ways `words`."""
    if facts.offer is None:
        return unknown_offer(facts)
    return of_offer(facts, facts.offer, Truth.of(facts.offer.hosting in set(words)))


def declared(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether the project declares each of `words` in guardrail.yaml."""
    absent = [word for word in words if word not in facts.declared]
    return Claim(Truth.of(not absent))


def from_day(facts: Facts, day: str) -> Claim:
    """Whether the day that is judged is `day` (ISO 8601) or later."""
    return Claim(Truth.of(facts.as_of >= date.fromisoformat(day)))


def offered(facts: Facts, asked: object) -> Claim:
    """Whether the offer, and its operator, are there on the day."""
    if facts.offer is None or facts.operator is None:
        return unknown_offer(facts)
    day = facts.as_of
    there = facts.offer.offered_on(day) and facts.operator.active_on(day)
    return asked_as(of_offer(facts, facts.offer, Truth.of(there)), asked)


def stacked(facts: Facts, asked: object) -> Claim:
    """Whether the offer runs on another offer of the registry."""
    if facts.offer is None:
        return unknown_offer(facts)
    return asked_as(Claim(Truth.of(facts.base is not None)), asked)


def never(facts: Facts, asked: object) -> Claim:
    """Nothing satisfies it."""
    return Claim(Truth.FALSE)


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
