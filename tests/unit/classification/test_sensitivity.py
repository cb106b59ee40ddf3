from __future__ import annotations

import pytest

from guardrail.classification import Because, Declaration, Sensitivity
from guardrail.model import Truth


def between(lowest: int, highest: int) -> Sensitivity:
    return Sensitivity(lowest=lowest, highest=highest)


def floor(rank: int | None, *categories: str) -> Declaration:
    return Declaration(
        source="floor", detail="of all", rank=rank, categories=frozenset(categories)
    )


@pytest.mark.parametrize(
    ("lowest", "highest", "truth"),
    [
        (3, 3, Truth.TRUE),
        (4, 6, Truth.TRUE),
        (2, 2, Truth.FALSE),
        (0, 2, Truth.FALSE),
        (2, 3, Truth.UNKNOWN),
        (0, 6, Truth.UNKNOWN),
    ],
)
def test_at_least_a_class(lowest: int, highest: int, truth: Truth) -> None:
    assert between(lowest, highest).at_least(3) is truth


def test_a_class_is_known_when_its_bounds_meet() -> None:
    assert between(2, 2).known
    assert not between(2, 3).known


def test_a_floor_raises_what_is_below_it_and_says_so() -> None:
    raised = between(0, 4).not_below(floor(3))

    assert (raised.lowest, raised.highest) == (3, 4)
    assert raised.because == (Because("floor", "of all"),)


def test_a_floor_above_both_bounds_is_the_class() -> None:
    raised = between(0, 1).not_below(floor(3))

    assert (raised.lowest, raised.highest) == (3, 3)


def test_a_floor_below_changes_nothing() -> None:
    declared = between(4, 4)

    assert declared.not_below(floor(3)) is declared


def test_a_floor_adds_its_categories() -> None:
    raised = between(4, 4).not_below(floor(None, "health"))

    assert raised.lowest == 4
    assert raised.categories == {"health"}


@pytest.mark.parametrize(
    ("any_category", "asked", "truth"),
    [
        (False, "health", Truth.TRUE),
        (False, "public-order", Truth.FALSE),
        (True, "public-order", Truth.UNKNOWN),
        (True, "health", Truth.TRUE),
    ],
)
def test_claims(any_category: bool, asked: str, truth: Truth) -> None:
    claimed = Sensitivity(
        lowest=0,
        highest=0,
        categories=frozenset({"health"}),
        any_category=any_category,
    )

    assert claimed.claims(frozenset({asked})) is truth


def test_an_expected_category_may_be_claimed() -> None:
    expected = Sensitivity(lowest=0, highest=0, possible=frozenset({"health"}))

    assert expected.claims(frozenset({"health", "siiv"})) is Truth.UNKNOWN
    assert expected.claims(frozenset({"siiv"})) is Truth.FALSE
