"""The two limits on capital held from outside the EU, each judged by itself.

Source: ANSSI, SecNumCloud 3.2, 19.6.b: no third entity of a non-EU State holds more
than 24 % of capital or votes individually, nor do they hold more than 39 %
collectively. Some press reads a single ceiling of 39 %; the text has both.
"""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.model import Truth
from guardrail.placement.catalogue import Registry
from guardrail.placement.registry import Operator, within

INDIVIDUAL_PERCENT = 24.0
COLLECTIVE_PERCENT = 39.0
_WHOLE_PERCENT = 100.0


class Capital(msgspec.Struct, frozen=True):
    """Whether an operator keeps each limit, and whether that can be relied on."""

    individual: Truth
    collective: Truth
    official: bool
    """Whether every share that is known is officially sourced."""


def capital(operator: Operator, registry: Registry, day: date) -> Capital:
    """Whether `operator` keeps the limits of 19.6.b on `day`.

    A limit is broken as soon as the shares that are known break it; it is kept only
    when the shares that nobody states could not break it.
    """
    shares = [one for one in operator.shares if within(day, one.since, one.until)]
    union = registry.countries["eu"]
    foreign = [one.percent for one in shares if not union.holds(one.country, day)]
    unstated = max(0.0, _WHOLE_PERCENT - sum(share.percent for share in shares))
    return Capital(
        individual=_kept(max(foreign, default=0.0), unstated, INDIVIDUAL_PERCENT),
        collective=_kept(sum(foreign), sum(foreign) + unstated, COLLECTIVE_PERCENT),
        official=bool(shares) and all(share.official for share in shares),
    )


def _kept(known: float, possible: float, limit: float) -> Truth:
    if known > limit:
        return Truth.FALSE
    return Truth.UNKNOWN if possible > limit else Truth.TRUE
