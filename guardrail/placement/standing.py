"""What an offer holds on a day under a scheme: qualified, not, or nobody can tell.

Only what is officially sourced qualifies; everything else leaves it unknown.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from guardrail.model import Truth, say
from guardrail.placement.registry import Offer, Qualification

QUALIFYING: tuple[str, ...] = ("secnumcloud", "eu-equivalent")
"""The schemes that the rules on sensitive data ask for."""
State = Literal["qualified", "unknown", "in-progress", "ended", "not-yet", "none"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an offer stands under a scheme on a day."""

    state: State
    decision: Qualification | None = None
    """What the state rests on; None when there is nothing."""
    reason: str = ""
    """Why it is unknown."""

    @property
    def on(self) -> date | None:
        """The last day, or the first one while it is not there yet or in progress."""
        if self.decision is None:
            return None
        later = self.state in {"not-yet", "in-progress"}
        return self.decision.since if later else self.decision.until


def standing(
    offer: Offer, day: date, schemes: tuple[str, ...] = QUALIFYING
) -> Standing:
    """The best state of `offer` under one of `schemes` on `day`."""
    found = [
        _standing(one, day) for one in offer.qualifications if one.scheme in schemes
    ]
    return min(found, key=_order, default=Standing(state="none"))


def schemes(offer: Offer) -> tuple[str, ...]:
    """The schemes that the registry records of `offer`, sorted."""
    return tuple(sorted({one.scheme for one in offer.qualifications}))


def _standing(decision: Qualification, day: date) -> Standing:
    """The state that one decision gives."""
    if decision.status == "in-progress":
        begun = decision.since is None or decision.since <= day
        return Standing(state="in-progress" if begun else "none", decision=decision)
    truth = decision.in_force(day)
    if truth is Truth.FALSE:
        over = decision.until is not None and decision.until < day
        return Standing(state="ended" if over else "not-yet", decision=decision)
    if truth is Truth.TRUE and decision.official:
        return Standing(state="qualified", decision=decision)
    return Standing(state="unknown", decision=decision, reason=_doubt(decision))


def _doubt(decision: Qualification) -> str:
    if not decision.official:
        return say("no official source says so (confidence {})", decision.confidence)
    if decision.since is None and decision.until is None:
        return say("its dates are not known")
    if decision.until is None:
        return say("its last day is not known")
    return say("its first day is not known")


_RANK: dict[State, int] = {
    "qualified": 0,
    "unknown": 1,
    "in-progress": 2,
    "ended": 3,
    "not-yet": 4,
    "none": 5,
}


def _order(found: Standing) -> tuple[int, int]:
    """Best state first; within one, the latest last day, or the earliest first day."""
    day = found.on
    ordinal = 0 if day is None else day.toordinal()
    return _RANK[found.state], ordinal if found.state == "not-yet" else -ordinal
