"""Predicates about who controls an operator, and where the data lies."""

from __future__ import annotations

from collections.abc import Iterable

from guardrail.model import Truth, Unknown, say
from guardrail.placement import Exposure, Offer
from guardrail.policy.claims import asked_as, not_firm, unknown_offer
from guardrail.policy.conditions import Claim
from guardrail.policy.facts import Facts, Missing
from guardrail.policy.qualification import qualified

_ATTESTED_FROM = "3.2"
"""The first version that looks at control. Source: ANSSI, SecNumCloud 3.2, 19.6."""


def immune(facts: Facts, asked: object) -> Claim:
    """Whether no foreign law reaches the chain of control of the operator.

    A law that reaches it settles the matter. Where none is known, a qualification under
    SecNumCloud 3.2 or later that covers the landing attests it, or else the chain of
    control must be officially sourced.
    """
    if facts.offer is None or facts.exposure is None:
        return unknown_offer(facts)
    if facts.exposure.laws:
        return asked_as(Claim(Truth.FALSE), asked)
    firm, gap = chain(facts, facts.offer, facts.exposure)
    return asked_as(Claim(Truth.TRUE, firm, (gap,)), asked)


def chain(facts: Facts, offer: Offer, reach: Exposure) -> tuple[bool, Missing]:
    """Whether what is known of the chain of control may permit, and what is missing.

    A qualification under SecNumCloud 3.2 or later that covers the landing attests it.
    """
    terms = ({"scheme": "secnumcloud", "version_at_least": _ATTESTED_FROM},)
    attested = qualified(facts, terms)
    sure = attested.truth is Truth.TRUE and attested.firm
    gap = say("the chain of control of {} is not officially sourced", offer.operator)
    return facts.firm and (sure or reach.official), not_firm(facts, gap)


def located_in(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether every country of the landing is one of `words`: countries or groups."""
    countries = facts.landing.countries
    if isinstance(countries, Unknown):
        gap = Missing("country", countries.reason, countries.remedy)
        return Claim(Truth.UNKNOWN, missing=(gap,))
    asked = tuple(words)
    places = [place_in(country, asked, facts) for country in countries.value]
    firm = facts.firm and countries.evidence.firm and all(sure for _in_, sure in places)
    gap = not_firm(facts, say("the country of the region is not officially sourced"))
    return Claim(Truth.of(all(inside for inside, _sure in places)), firm, (gap,))


def place_in(country: str, words: tuple[str, ...], facts: Facts) -> tuple[bool, bool]:
    """Whether `country` is one of `words` or in such a group, and officially so."""
    groups = [facts.groups[word] for word in words if word in facts.groups]
    held = [group for group in groups if group.holds(country, facts.as_of)]
    sure = country in words or any(group.official for group in held) or not held
    return country in words or bool(held), sure


def controlled_from(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether a link of the chain of control is in one of the countries `words`."""
    if facts.offer is None or facts.exposure is None:
        return unknown_offer(facts)
    asked = tuple(words)
    found = any(place_in(link, asked, facts)[0] for link in facts.exposure.countries)
    firm, gap = chain(facts, facts.offer, facts.exposure)
    return Claim(Truth.of(found), firm, (gap,))


def controlled_outside(facts: Facts, words: Iterable[str]) -> Claim:
    """Whether a link of the chain of control is outside all of `words`."""
    if facts.offer is None or facts.exposure is None:
        return unknown_offer(facts)
    asked = tuple(words)
    links = [place_in(link, asked, facts) for link in facts.exposure.countries]
    firm, gap = chain(facts, facts.offer, facts.exposure)
    outside = not all(inside for inside, _sure in links)
    return Claim(Truth.of(outside), firm and all(sure for _in_, sure in links), (gap,))


def capital_within_limits(facts: Facts, asked: object) -> Claim:
    """Whether holders from outside the EU keep both limits of SecNumCloud 19.6.b."""
    if facts.capital is None:
        return unknown_offer(facts)
    truth = facts.capital.individual & facts.capital.collective
    gap = not_firm(facts, say("the shares of the operator are not all known"))
    return asked_as(Claim(truth, facts.firm and facts.capital.official, (gap,)), asked)
