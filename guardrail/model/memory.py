"""What was worked out and may be asked for again, in a bounded space.

A server or a guarded service runs for months, and strangers choose what it is asked. So
the number of things that are remembered has a limit, and long texts are not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Generic, ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Kept = TypeVar("Kept")
LONGEST = 256
"""The longest text, in characters, that is remembered."""


class Memory(Generic[Kept]):
    """What was worked out, by all that it was worked out from."""

    def __init__(self, entries: int) -> None:
        """Nothing is remembered yet, and never more than `entries`."""
        self._entries = entries
        self._kept: dict[Hashable, Kept] = {}

    def __len__(self) -> int:
        """How much is remembered now."""
        return len(self._kept)

    def forget(self, key: Hashable) -> None:
        """Work `key` out again when it is asked for next."""
        self._kept.pop(key, None)

    def of(self, key: Hashable, work: Callable[[], Kept]) -> Kept:
        """What `work` gave for `key`; when all is full, everything is forgotten."""
        found = self._kept.get(key)
        if found is None:
            found = work()
            if len(self._kept) >= self._entries:
                self._kept.clear()
            self._kept[key] = found
        return found


def remembered(
    entries: int, *, longest: int = LONGEST
) -> Callable[[Callable[Asked, Kept]], Callable[Asked, Kept]]:
    """A function that works once for equal arguments, the last of them a text.

    What it gives for a text beyond `longest` is worked out each time.
    """

    def decorate(function: Callable[Asked, Kept]) -> Callable[Asked, Kept]:
        kept = lru_cache(maxsize=entries)(function)

        @wraps(function)
        def call(*arguments: Asked.args, **named: Asked.kwargs) -> Kept:
            last = arguments[-1]
            if named or (isinstance(last, str) and len(last) > longest):
                return function(*arguments, **named)
            return kept(*arguments)

        return call

    return decorate
