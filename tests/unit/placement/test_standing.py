"""What an offer holds on a day: qualified, not, or nobody can tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guardrail.placement import Offer, Qualification, Source, standing

SOURCES = (Source(title="test", read=date(2026, 11, 22)),)
DAY = date(2026, 6, 1)


def decision(**changes: Any) -> Qualification:
    stated = {"scheme": "secnumcloud", "confidence": "P", "sources": SOURCES, **changes}
    return Qualification(**stated)


def held(*decisions: Qualification) -> Offer:
    return Offer(
        id="x",
        name="X",
        operator="y",
        hosting="commercial",
        services=(),
        qualifications=decisions,
        confidence="P",
        sources=SOURCES,
    )


BEFORE = {"since": date(2020, 1, 1), "until": date(2022, 12, 31)}
NOW = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
LATER = {"since": date(2027, 1, 1), "until": date(2029, 12, 31)}


@pytest.mark.parametrize(
    ("changes", "state", "on"),
    [
        (NOW, "qualified", date(2026, 12, 31)),
        (BEFORE, "ended", date(2022, 12, 31)),
        (LATER, "not-yet", date(2027, 1, 1)),
        ({**NOW, "confidence": "K"}, "unknown", date(2026, 12, 31)),
        ({}, "unknown", None),
        ({"since": date(2026, 1, 1)}, "unknown", None),
        ({"until": date(2026, 12, 31)}, "unknown", date(2026, 12, 31)),
        (
            {**LATER, "claimed_since": date(2026, 1, 1)},
            "unknown",
            date(2029, 12, 31),
        ),
        ({"status": "in-progress"}, "in-progress", None),
        ({"status": "in-progress", "since": date(2027, 1, 1)}, "none", None),
        ({"scheme": "hds", **NOW}, "none", None),
    ],
)
def test_one_decision_gives_a_state(
    changes: dict[str, Any], state: str, on: date | None
) -> None:
    found = standing(held(decision(**changes)), DAY)
    assert found.state == state
    if state != "none":
        assert found.on == on
    assert bool(found.reason) is (state == "unknown")


def test_without_a_decision_there_is_nothing() -> None:
    found = standing(held(), DAY)
    assert (found.state, found.on, found.decision) == ("none", None, None)


def test_the_best_decision_counts_and_of_those_the_one_that_lasts() -> None:
    longer = decision(**{**NOW, "until": date(2027, 5, 1)})
    offer = held(decision(**BEFORE), decision(**NOW), longer, decision(**LATER))
    assert standing(offer, DAY).decision == longer


def test_the_next_decision_is_the_one_that_begins_first() -> None:
    farther = {"since": date(2030, 1, 1), "until": date(2033, 1, 1)}
    offer = held(decision(**farther), decision(**LATER))
    assert standing(offer, DAY).on == date(2027, 1, 1)


def test_first_and_last_day_are_in() -> None:
    offer = held(decision(**NOW))
    assert standing(offer, date(2026, 1, 1)).state == "qualified"
    assert standing(offer, date(2026, 12, 31)).state == "qualified"
    assert standing(offer, date(2025, 12, 31)).state == "not-yet"
    assert standing(offer, date(2027, 1, 1)).state == "ended"
