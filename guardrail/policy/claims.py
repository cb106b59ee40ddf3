"""What predicates make claims with."""

from __future__ import annotations

from guardrail.model import Truth, Unknown, say
from guardrail.placement import Offer
from guardrail.policy.conditions import Claim
from guardrail.policy.facts import Facts, Missing


def service_gap(service: Unknown) -> Missing:
    """The gap of a service kind that is not known."""
    return Missing("service", service.reason, service.remedy)


def not_firm(facts: Facts, otherwise: str) -> Missing:
    """What keeps a claim from permitting: the landing, or else the registry."""
    return Missing("registry", otherwise) if facts.firm else facts.weak_landing()


def best(claims: list[Claim]) -> Claim:
    """The claim that permits best: true and firm, then true, then unknown."""
    return max(
        claims, key=lambda claim: (claim.truth, claim.firm), default=Claim(Truth.FALSE)
    )


def asked_as(claim: Claim, asked: object) -> Claim:
    """The claim, or its contrary where false was asked."""
    if asked:
        return claim
    return Claim(~claim.truth, claim.firm, claim.missing)


def unknown_offer(facts: Facts) -> Claim:
    """The claim about an offer that is not known."""
    return Claim(Truth.UNKNOWN, missing=(facts.no_offer(),))


def of_offer(facts: Facts, offer: Offer, truth: Truth) -> Claim:
    """A claim about what the registry says of an offer."""
    gap = not_firm(facts, say("the offer {} is not officially sourced", offer.id))
    return Claim(truth, facts.firm and offer.official, (gap,))
