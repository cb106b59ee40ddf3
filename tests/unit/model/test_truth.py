from __future__ import annotations

from itertools import product

import pytest

from guardrail.model import Truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
PAIRS = list(product(Truth, Truth))


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, F, F, F),
    ],
)
def test_conjunction_and_disjunction_are_kleenes(
    one: Truth, other: Truth, both: Truth, either: Truth
) -> None:
    assert (one & other, other & one) == (both, both)
    assert (one | other, other | one) == (either, either)


@pytest.mark.parametrize(("one", "turned"), [(T, F), (U, U), (F, T)])
def test_negation_leaves_unknown_unknown(one: Truth, turned: Truth) -> None:
    assert ~one is turned


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_de_morgan(one: Truth, other: Truth) -> None:
    assert ~(one & other) is (~one | ~other)
    assert ~(one | other) is (~one & ~other)


@pytest.mark.parametrize("truth", Truth)
def test_a_truth_is_never_taken_for_a_boolean(truth: Truth) -> None:
    with pytest.raises(TypeError, match="compare it with `is`"):
        bool(truth)


def test_all_and_any_of_nothing() -> None:
    assert Truth.all([]) is T
    assert Truth.any([]) is F


def test_all_is_the_worst_and_any_the_best() -> None:
    assert Truth.all([T, U, F]) is F
    assert Truth.any([T, U, F]) is T
    assert Truth.all([T, U]) is U


def test_booleans_enter_by_one_door() -> None:
    assert Truth.of(2 > 1) is T
    assert Truth.of(1 > 2) is F
