"""When a decision changes by itself: nothing is deployed, and a day passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

import msgspec

T = TypeVar("T")
_FIRST = frozenset({"since", "claimed_since", "granted_on", "acceptable_offer_on"})
"""Names of first days, in the shapes of rules, offers, operators and derogations."""
_LAST = frozenset({"until"})
"""Names of last days."""
_CONDITION = "from_day"
"""The predicate that asks for a day, in the conditions of rules."""


def turning_days(facts: Iterable[object], after: date) -> tuple[date, ...]:
    """The days after `after` on which something in `facts` begins or is over; sorted.

    `facts` are structs: a registry, rules, derogations.
    """
    plain = [msgspec.to_builtins(fact, builtin_types=(date,)) for fact in facts]
    return tuple(sorted({day for day in _days(plain) if day > after}))


def first_change(
    judged: Callable[[date], T], days: Iterable[date], now: T
) -> tuple[date, T] | None:
    """The first of `days` on which it is judged otherwise than `now`, and how.

    None where it is never. Each day is judged once, in order, until then.
    """
    for day in days:
        found = judged(day)
        if found != now:
            return day, found
    return None


def _days(fact: object) -> Iterator[date]:
    if isinstance(fact, Mapping):
        for name, value in fact.items():
            if isinstance(value, date):
                yield from _turning(name, value)
            elif name == _CONDITION:
                yield date.fromisoformat(str(value))
            else:
                yield from _days(value)
    elif isinstance(fact, list | tuple):
        if any(isinstance(one, date) for one in fact):
            since, until = fact  # of a country in a group
            yield from _days({"since": since, "until": until})
        for item in fact:
            yield from _days(item)


def _turning(name: object, day: date) -> Iterator[date]:
    if name in _FIRST:
        yield day
    elif name in _LAST and day < date.max:
        yield day + timedelta(days=1)
