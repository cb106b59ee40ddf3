from __future__ import annotations

from datetime import date, timedelta

import pytest

from guardrail.model import Truth
from guardrail.placement import Source, Text, within
from tests.unit.placement.made import granted, offer, operator

FIRST, LAST = date(2023, 11, 30), date(2026, 11, 30)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "truth"),
    [
        (FIRST - DAY, Truth.FALSE),
        (FIRST, Truth.TRUE),
        (LAST, Truth.TRUE),
        (LAST + DAY, Truth.FALSE),
    ],
)
def test_a_decision_is_in_force_from_its_first_to_its_last_day(
    day: date, truth: Truth
) -> None:
    assert granted(since=FIRST, until=LAST).in_force(day) is truth


def test_before_a_first_day_that_is_only_claimed_nobody_can_tell() -> None:
    decision = granted(claimed_since=FIRST - 2 * DAY, since=FIRST, until=LAST)

    assert decision.in_force(FIRST - DAY) is Truth.UNKNOWN
    assert decision.in_force(FIRST - 3 * DAY) is Truth.FALSE


@pytest.mark.parametrize(
    ("since", "until", "day", "truth"),
    [
        (None, None, FIRST, Truth.UNKNOWN),
        (None, LAST, LAST, Truth.UNKNOWN),
        (None, LAST, LAST + DAY, Truth.FALSE),
        (FIRST, None, FIRST, Truth.UNKNOWN),
        (FIRST, None, FIRST - DAY, Truth.FALSE),
    ],
)
def test_a_missing_first_or_last_day_leaves_it_open(
    since: date | None, until: date | None, day: date, truth: Truth
) -> None:
    assert granted(since=since, until=until).in_force(day) is truth


@pytest.mark.parametrize(
    ("mark", "official"),
    [("P", True), ("P*", True), ("S", True), ("B", False), ("K", False)],
)
def test_only_what_is_officially_sourced_may_permit(mark: str, official: bool) -> None:
    assert offer("one", confidence=mark).official is official


def test_both_bounds_are_inclusive_and_none_is_no_bound() -> None:
    assert within(FIRST, FIRST, FIRST)
    assert within(FIRST, None, None)
    assert not within(FIRST - DAY, FIRST, None)
    assert not within(LAST + DAY, None, LAST)


def test_offers_and_operators_have_their_days() -> None:
    assert offer("one", since=FIRST, until=LAST).offered_on(LAST)
    assert not offer("one", since=FIRST, until=LAST).offered_on(LAST + DAY)
    assert operator().active_on(FIRST)


def test_a_text_speaks_french_when_asked_and_english_else() -> None:
    text = Text(en="law", fr="loi")

    assert (text["fr"], text["en"], text["de"]) == ("loi", "law", "law")


def test_a_source_is_cited_by_what_it_states() -> None:
    assert Source(title="Law", read=FIRST).cited == "Law"
    assert Source(title="Law", section="1", url="u", read=FIRST).cited == "Law, 1, u"
