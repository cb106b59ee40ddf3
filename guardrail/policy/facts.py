"""Everything a rule may ask about one resource at one landing."""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.classification import Sensitivity
from guardrail.model import Known, Unknown, Value, say
from guardrail.placement import (
    Capital,
    CountryGroup,
    Exposure,
    Landing,
    Offer,
    Operator,
)


class Missing(msgspec.Struct, frozen=True, order=True):
    """A fact that is missing, and how to supply it."""

    fact: str
    """`class`, `offer`, `region`, `qualification`, `body`, …"""
    reason: str
    remedy: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One distinct tuple of facts; rules are evaluated once for each."""

    as_of: date
    body: Value[str]
    sensitivity: Sensitivity
    ranks: dict[str, int]
    """Class id to rank."""
    service: Value[str]
    landing: Landing
    offer: Offer | None
    """What `landing.offer` names; None when it is not known."""
    operator: Operator | None
    exposure: Exposure | None
    capital: Capital | None = None
    base: Offer | None
    """The offer that `offer` is built on, if any."""
    groups: dict[str, CountryGroup]
    declared: frozenset[str]

    @property
    def firm(self) -> bool:
        """Whether the landing rests on evidence that may permit."""
        return self.landing.evidence.firm

    def no_offer(self) -> Missing:
        """The gap of an offer that is not known."""
        return _gap("offer", self.landing.offer)

    def weak_landing(self) -> Missing:
        """The gap of a landing that rests on a hint or a default."""
        offer = self.landing.offer
        because = offer.because if isinstance(offer, Known) else offer.reason
        remedy = say("write the endpoint and region as constants in the provider block")
        return Missing("landing", say("it rests on a hint only: {}", because), remedy)


def _gap(fact: str, value: object) -> Missing:
    if isinstance(value, Unknown):
        return Missing(fact, value.reason, value.remedy)
    return Missing(fact, "")
