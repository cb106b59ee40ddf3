from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from guardrail.classification import Sensitivity
from guardrail.errors import LibraryError
from guardrail.model import Truth, Unknown
from guardrail.placement import nowhere_known
from guardrail.policy import Facts, Missing, Outcome
from guardrail.policy.conditions import (
    Claim,
    Condition,
    Predicate,
    decisive,
    judge,
    parse,
    unmet,
)

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
GAP = Missing("fact", "it is missing")
FACTS = Facts(
    as_of=date(2026, 11, 22),
    body=Unknown("?"),
    sensitivity=Sensitivity(lowest=0, highest=0),
    ranks={},
    service=Unknown("?"),
    landing=nowhere_known(Unknown("?")),
    offer=None,
    operator=None,
    exposure=None,
    base=None,
    groups={},
    declared=frozenset(),
)


def fixed(truth: Truth, *, firm: bool = True, gap: Missing = GAP) -> Predicate:
    return lambda facts, argument: Claim(truth, firm, (gap,))


WORDS: dict[str, Predicate] = {
    "true": fixed(T),
    "false": fixed(F),
    "unknown": fixed(U),
    "hinted_true": fixed(T, firm=False),
    "hinted_false": fixed(F, firm=False),
    "other_unknown": fixed(U, gap=Missing("other", "")),
    "same": lambda facts, argument: Claim(Truth.of(argument == ("a", ("b",)))),
}
SETTLED = {"true": T, "false": F, "unknown": U}


def judged(document: object, permits: Truth = T) -> Outcome:
    return judge(parse(document, WORDS, "rule"), FACTS, WORDS, permits=permits)


def open_(document: object) -> list[str]:
    found = unmet(parse(document, WORDS, "rule"), FACTS, WORDS)
    return [atom.predicate for atom in found]


# Parsing


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({}, "rule"),
        ([], "rule"),
        ("true", "rule"),
        (None, "rule"),
        ({"all": []}, "rule/all"),
        ({"any": {}}, "rule/any"),
        ({"all": [{"true": 1}, {}]}, "rule/all/1"),
        ({"not": {"nonsense": 1}}, "rule/not/nonsense"),
        ({"not": []}, "rule/not"),
        ({"exec": "code"}, "rule/exec"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_refused_with_its_place(
    document: object, where: str
) -> None:
    with pytest.raises(LibraryError) as caught:
        parse(document, WORDS, where="rule")

    assert caught.value.where == where


def test_several_keys_must_all_hold() -> None:
    assert judged({"true": 1, "false": 1}).truth is F


def test_a_rule_cannot_be_changed_through_its_argument() -> None:
    argument: list[Any] = ["a", ["b"]]
    condition = parse({"same": argument}, WORDS, "rule")
    argument.append("c")

    assert judge(condition, FACTS, WORDS, permits=T).truth is T


def test_mappings_in_an_argument_are_kept() -> None:
    words: dict[str, Predicate] = {
        "is": lambda facts, argument: Claim(Truth.of(argument == ({"a": ("b",)},)))
    }
    condition = parse({"is": [{"a": ["b"]}]}, words, "rule")

    assert judge(condition, FACTS, words, permits=T).truth is T


# Truth


@pytest.mark.parametrize(("one", "other"), list(product(SETTLED, SETTLED)))
def test_conditions_combine_after_kleene(one: str, other: str) -> None:
    both, either = [{one: 1}, {other: 1}], [{one: 1}, {other: 1}]

    assert judged({"all": both}).truth is SETTLED[one] & SETTLED[other]
    assert judged({"any": either}).truth is SETTLED[one] | SETTLED[other]


@pytest.mark.parametrize(("one", "other"), list(product(WORDS, WORDS)))
@pytest.mark.parametrize("permits", [T, F])
def test_de_morgan_whatever_permits(one: str, other: str, permits: Truth) -> None:
    parts = [{one: 1}, {other: 1}]
    turned = [{"not": part} for part in parts]

    assert judged({"not": {"all": parts}}, permits) == judged({"any": turned}, permits)
    assert judged({"not": {"any": parts}}, permits) == judged({"all": turned}, permits)


@pytest.mark.parametrize(
    ("word", "permits", "truth"),
    [
        ("hinted_true", T, U),
        ("hinted_true", F, T),
        ("hinted_false", F, U),
        ("hinted_false", T, F),
        ("true", T, T),
        ("false", F, F),
    ],
)
def test_a_hint_may_forbid_and_never_permit(
    word: str, permits: Truth, truth: Truth
) -> None:
    assert judged({word: 1}, permits).truth is truth


@pytest.mark.parametrize(
    ("word", "truth"), [("hinted_false", U), ("hinted_true", F), ("unknown", U)]
)
def test_not_turns_round_what_would_permit(word: str, truth: Truth) -> None:
    assert judged({"not": {word: 1}}).truth is truth


# What is missing


def test_an_unknown_condition_names_what_is_missing_once() -> None:
    document = {"all": [{"unknown": 1}, {"unknown": 2}, {"other_unknown": 1}]}

    assert judged(document).missing == (GAP, Missing("other", ""))


def test_a_settled_condition_names_nothing() -> None:
    assert judged({"all": [{"unknown": 1}, {"false": 1}]}).missing == ()
    assert judged({"true": 1}).missing == ()


def test_what_is_settled_beside_an_unknown_is_not_named() -> None:
    assert judged({"all": [{"true": 1}, {"other_unknown": 1}]}).missing == (
        Missing("other", ""),
    )


# What keeps a requirement from holding


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"true": 1}, []),
        ({"false": 1}, ["false"]),
        ({"hinted_true": 1}, ["hinted_true"]),
        ({"all": [{"true": 1}, {"false": 1}]}, ["false"]),
        ({"any": [{"unknown": 1}, {"false": 1}]}, ["unknown", "false"]),
        ({"any": [{"true": 1}, {"false": 1}]}, []),
        ({"not": {"true": 1}}, ["true"]),
        ({"not": {"all": [{"true": 1}, {"hinted_true": 1}]}}, ["true", "hinted_true"]),
        ({"not": {"not": {"false": 1}}}, ["false"]),
    ],
)
def test_what_keeps_a_requirement_from_holding(
    document: object, words: list[str]
) -> None:
    assert open_(document) == words


@pytest.mark.parametrize(
    ("document", "truth", "expected"),
    [
        ({"true": 1}, T, [("true", True)]),
        ({"false": 1}, F, [("false", False)]),
        ({"true": 1}, F, []),
        ({"unknown": 1}, T, []),
        ({"hinted_true": 1}, T, []),
        ({"hinted_false": 1}, F, []),
        ({"not": {"true": 1}}, F, [("true", True)]),
        ({"not": {"false": 1}}, T, [("false", False)]),
        ({"true": 1, "false": 2, "unknown": 3}, F, [("false", False)]),
        ({"any": [{"true": 1}, {"false": 1}, {"unknown": 1}]}, T, [("true", True)]),
        (
            {"any": [{"false": 1}, {"not": {"true": 1}}]},
            F,
            [("false", False), ("true", True)],
        ),
        (
            {"not": {"all": [{"true": 1}, {"not": {"false": 1}}]}},
            F,
            [("true", True), ("false", False)],
        ),
    ],
)
def test_what_gives_a_condition_its_truth(
    document: object, truth: Truth, expected: list[tuple[str, bool]]
) -> None:
    condition = parse(document, WORDS, "rule")
    found = decisive(condition, FACTS, WORDS, truth=truth, permits=truth)

    assert [(atom.predicate, holds) for atom, holds in found] == expected


def test_conditions_are_values() -> None:
    one: Condition = parse({"true": 1}, WORDS, "rule")

    assert one == parse({"true": 1}, WORDS, "elsewhere")
