"""Verdicts, and what each outcome of a finding makes of them. The worst wins."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import assert_never

from guardrail.model import Truth
from guardrail.policy import Rule


class Verdict(Enum):
    """What is said of a resource or of a whole stack."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"

    @property
    def weight(self) -> int:
        """0 for allow, 2 for deny."""
        return _ORDER.index(self)


_ORDER = (Verdict.ALLOW, Verdict.REVIEW, Verdict.DENY)


class Effect(Enum):
    """What one finding does."""

    DENY = "deny"
    REVIEW = "review"
    NOTICE = "notice"
    DEROGATED = "derogated"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of `verdicts`; allow of none."""
    return max(verdicts, key=lambda verdict: verdict.weight, default=Verdict.ALLOW)


def verdict_of(effect: Effect) -> Verdict:
    """What a finding with this effect makes of the resource."""
    match effect:
        case Effect.DENY:
            return Verdict.DENY
        case Effect.REVIEW:
            return Verdict.REVIEW
        case Effect.NOTICE | Effect.DEROGATED:
            return Verdict.ALLOW
        case _:
            assert_never(effect)


def effect_of(rule: Rule, kept: Truth) -> Effect | None:
    """What comes of a rule that is kept, broken or not decided; None when nothing."""
    match kept:
        case Truth.TRUE:
            return None
        case Truth.FALSE:
            return Effect(rule.effect)
        case Truth.UNKNOWN:
            return None if rule.effect == "notice" else Effect.REVIEW
        case _:
            assert_never(kept)
