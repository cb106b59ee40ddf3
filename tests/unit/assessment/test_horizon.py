"""The days on which a decision changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from guardrail.assessment.horizon import first_change, turning_days
from guardrail.library import load_library, shipped

TODAY = date(2026, 11, 22)


class Held(msgspec.Struct):
    since: date
    until: date | None = None
    read: date = date(2030, 1, 1)


class Offer(msgspec.Struct):
    held: tuple[Held, ...]
    by_name: dict[str, list[Held]] = {}


def test_what_begins_and_what_is_over_turns() -> None:
    first = Held(date(2026, 12, 1), date(2026, 12, 31))
    inside = Held(date(2020, 1, 1), date.max)
    offer = Offer((first, Held(date(2027, 1, 1))), {"a": [inside]})

    assert turning_days([offer], TODAY) == (date(2026, 12, 1), date(2027, 1, 1))
    assert turning_days([offer], date(2026, 12, 1)) == (date(2027, 1, 1),)


def test_a_country_enters_and_leaves_a_group_and_a_rule_may_name_a_day() -> None:
    entry, last = date(2027, 1, 1), date(2031, 12, 27)
    group = {"members": {"FR": (None, None), "GB": (entry, last), "JP": (entry, None)}}
    rule = {"when": {"any": [{"not": {"from_day": "2028-01-01"}}]}}

    assert turning_days([group, rule], TODAY) == (
        entry,
        date(2028, 1, 1),
        date(2031, 12, 28),
    )


def test_the_shipped_registry_turns_when_a_qualification_ends() -> None:
    library = load_library(shipped())
    days = turning_days([library.registry, *library.rules.values()], TODAY)
    ends = {
        held.until + timedelta(days=1)
        for offer in library.registry.offers.values()
        for held in offer.qualifications
        if held.until is not None and held.until >= TODAY
    }

    assert ends
    assert ends <= set(days)
    assert list(days) == sorted(days)


def test_the_first_day_that_differs_is_found_and_no_later_one_judged() -> None:
    days = [TODAY + timedelta(days=count) for count in range(1, 5)]
    asked: list[date] = []

    def judged(day: date) -> str:
        asked.append(day)
        return "deny" if day >= days[2] else "allow"

    assert first_change(judged, days, "allow") == (days[2], "deny")
    assert asked == days[:3]
    assert first_change(judged, days[:2], "allow") is None
