"""Three-valued truth, after Kleene: not knowing is neither true nor false."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Ordered: `FALSE` < `UNKNOWN` < `TRUE`; conjunction is the minimum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> bool:
        """Nothing: a truth is compared with `is`, never taken for a boolean.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a Truth has three values: compare it with `is`")

    def __invert__(self) -> Truth:
        return _NOT[self]

    def __and__(self, other: Truth) -> Truth:  # type: ignore[override]
        return self if self.value <= other.value else other

    def __or__(self, other: Truth) -> Truth:  # type: ignore[override]
        return self if self.value >= other.value else other

    @staticmethod
    def of(holds: bool) -> Truth:  # noqa: FBT001  # the one door from booleans
        """`TRUE` or `FALSE`."""
        return Truth.TRUE if holds else Truth.FALSE

    @staticmethod
    def all(truths: Iterable[Truth]) -> Truth:
        """The conjunction; `TRUE` of nothing."""
        return min(truths, default=Truth.TRUE)

    @staticmethod
    def any(truths: Iterable[Truth]) -> Truth:
        """The disjunction; `FALSE` of nothing."""
        return max(truths, default=Truth.FALSE)


_NOT = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)
