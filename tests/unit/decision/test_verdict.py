from __future__ import annotations

from typing import Any

import pytest

from guardrail.decision import Effect, Verdict, effect_of, verdict_of, worst
from guardrail.model import Truth
from tests.unit.policy.test_rules import rule


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (Effect.DENY, Verdict.DENY),
        (Effect.REVIEW, Verdict.REVIEW),
        (Effect.NOTICE, Verdict.ALLOW),
        (Effect.DEROGATED, Verdict.ALLOW),
    ],
)
def test_what_a_finding_makes_of_the_resource(effect: Effect, verdict: Verdict) -> None:
    assert verdict_of(effect) is verdict


@pytest.mark.parametrize(
    ("effect", "kept", "found"),
    [
        ("deny", Truth.TRUE, None),
        ("deny", Truth.FALSE, Effect.DENY),
        ("deny", Truth.UNKNOWN, Effect.REVIEW),
        ("review", Truth.FALSE, Effect.REVIEW),
        ("review", Truth.UNKNOWN, Effect.REVIEW),
        ("notice", Truth.FALSE, Effect.NOTICE),
        ("notice", Truth.UNKNOWN, None),
    ],
)
def test_what_comes_of_a_rule(effect: Any, kept: Truth, found: Effect | None) -> None:
    assert effect_of(rule(effect=effect), kept) is found


def test_the_worst_wins_and_nothing_is_allowed() -> None:
    assert worst([Verdict.ALLOW, Verdict.DENY, Verdict.REVIEW]) is Verdict.DENY
    assert worst([Verdict.REVIEW, Verdict.ALLOW]) is Verdict.REVIEW
    assert worst([]) is Verdict.ALLOW


def test_verdicts_weigh_in_order() -> None:
    assert [verdict.weight for verdict in Verdict] == [0, 1, 2]
