from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guardrail.errors import LibraryError
from guardrail.model import Known, Truth, Unknown
from guardrail.placement import Text
from guardrail.policy import Missing, Obligation, Rule
from tests.unit.placement.made import SOURCES
from tests.unit.policy.made import facts, landing

TEXT = Text(en="text", fr="texte")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def rule(**stated: Any) -> Rule:
    given: dict[str, Any] = {
        "id": "made",
        "layer": "law",
        "title": TEXT,
        "since": FIRST,
        "until": LAST,
        "effect": "deny",
        "when": {"class_at_least": "sensitive"},
        "require": {"located_in": ["FR"]},
        "message": TEXT,
        "remediation": TEXT,
        "confidence": "P",
        "sources": SOURCES,
        **stated,
    }
    return Rule(**given)


UNPLACED = landing(countries=Unknown("nobody says", "say so"))


@pytest.mark.parametrize(
    ("class_", "body", "place", "kept"),
    [
        ("sensitive", "state", "FR", Truth.TRUE),
        ("sensitive", "state", "US", Truth.FALSE),
        ("sensitive", "state", None, Truth.UNKNOWN),
        ("public", "state", "US", Truth.TRUE),
        ("public", "state", None, Truth.TRUE),
        (None, "state", "US", Truth.UNKNOWN),
        (None, "state", "FR", Truth.TRUE),
        ("sensitive", "private", "US", Truth.TRUE),
        ("sensitive", None, "US", Truth.UNKNOWN),
    ],
)
def test_a_rule_is_kept_after_kleene(
    class_: str | None, body: str | None, place: str | None, kept: Truth
) -> None:
    from guardrail.classification import Sensitivity

    ranks = {"public": (0, 0), "sensitive": (2, 2), None: (0, 2)}
    lowest, highest = ranks[class_]
    given = facts(
        sensitivity=Sensitivity(lowest=lowest, highest=highest),
        body=Known(body) if body else Unknown("?"),
        landing=landing(countries=Known((place,))) if place else UNPLACED,
    )

    assert Obligation(rule(bodies=("state",))).evaluate(given).truth is kept


def test_an_undecided_rule_names_what_is_missing() -> None:
    outcome = Obligation(rule()).evaluate(facts(landing=UNPLACED))

    assert outcome.missing == (Missing("country", "nobody says", "say so"),)


@pytest.mark.parametrize(
    ("day", "binds"),
    [
        (date(2025, 12, 31), False),
        (FIRST, True),
        (LAST, True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_rule_binds_from_its_first_to_its_last_day(day: date, binds: bool) -> None:
    assert rule().in_force(day) is binds
    assert rule(until=None).in_force(day) is (day >= FIRST)


@pytest.mark.parametrize("part", ["when", "require"])
def test_a_rule_with_an_unknown_word_is_refused(part: str) -> None:
    with pytest.raises(LibraryError, match="no such predicate") as caught:
        Obligation(rule(**{part: {"nonsense": 1}}))

    assert caught.value.where == f"made/{part}/nonsense"


def test_what_keeps_the_requirement_from_holding_is_named() -> None:
    unmet = Obligation(rule()).unmet(facts(landing=UNPLACED))

    assert [atom.predicate for atom in unmet] == ["located_in"]
