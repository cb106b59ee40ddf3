from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guardrail.placement import Standing, schemes, standing
from tests.unit.placement.made import granted, offer

DAY = date(2026, 11, 22)
BEFORE, AFTER = date(2026, 1, 1), date(2027, 1, 1)
NOW: dict[str, Any] = {"since": BEFORE, "until": AFTER}


def stands(*decisions: Any) -> Standing:
    return standing(offer("one", qualifications=decisions), DAY)


@pytest.mark.parametrize(
    ("decision", "state", "on"),
    [
        (granted(**NOW), "qualified", AFTER),
        (granted(mark="K", **NOW), "unknown", AFTER),
        (granted(since=BEFORE), "unknown", None),
        (granted(until=BEFORE), "ended", BEFORE),
        (granted(since=AFTER, until=date(2030, 1, 1)), "not-yet", AFTER),
        (granted(status="in-progress"), "in-progress", None),
        (granted(status="in-progress", since=BEFORE), "in-progress", BEFORE),
        (granted(status="in-progress", since=AFTER), "none", None),
        (granted("hds", **NOW), "none", None),
    ],
)
def test_what_one_decision_gives(decision: Any, state: str, on: date | None) -> None:
    found = stands(decision)

    assert found.state == state
    assert (found.on if state != "none" else None) == on


def test_no_decision_is_none() -> None:
    assert (stands().state, stands().on) == ("none", None)


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (granted(mark="K", **NOW), "no official source says so (confidence K)"),
        (granted(), "its dates are not known"),
        (granted(since=BEFORE), "its last day is not known"),
        (granted(until=AFTER), "its first day is not known"),
    ],
)
def test_why_nobody_can_tell(decision: Any, reason: str) -> None:
    assert stands(decision).reason == reason


def test_the_best_state_counts() -> None:
    assert stands(granted(until=BEFORE), granted(**NOW), granted()).state == "qualified"


def test_of_two_that_are_in_force_the_later_last_day_is_told() -> None:
    longer = granted(since=BEFORE, until=date(2028, 1, 1))

    assert stands(granted(**NOW), longer).on == date(2028, 1, 1)


def test_of_two_that_are_still_to_come_the_earlier_first_day_is_told() -> None:
    far: dict[str, Any] = {"until": date(2030, 1, 1)}
    found = stands(granted(since=date(2028, 1, 1), **far), granted(since=AFTER, **far))

    assert found.on == AFTER


def test_the_schemes_that_are_recorded() -> None:
    known = offer("one", qualifications=(granted("hds"), granted(), granted("hds")))

    assert schemes(known) == ("hds", "secnumcloud")
