"""What would be written, how, and what became of every wish."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from guardrail.classification import Lexicon
from guardrail.tagging.change import Outcome, Wish
from guardrail.tagging.labels import Keys, customary


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish."""

    address: str
    outcome: Outcome
    messages: tuple[str, ...]
    """Phrases, at least one."""
    place: tuple[str, int] | None = None
    """File and line of the block."""


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """A file with the labels in it."""

    name: str
    before: bytes
    after: bytes


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What would be written, and what became of every wish."""

    files: tuple[Rewritten, ...]
    told: tuple[Told, ...]
    """In the order of addresses."""


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How labels are written."""

    class_key: str = ""
    """"" for the one that the code uses, or the usual one."""
    category_key: str = ""
    decision: str = ""
    """Reference of the decision under which labels may be lowered or changed."""
    usual: Keys = Keys(class_="data_sensitivity", categories="data_categories")
    """What is written where the code uses none."""

    def keys(self, used: Iterable[str], lexicon: Lexicon) -> Keys:
        """The keys to write, where `used` are those of all tags in the code."""
        found = customary(used, lexicon, self.usual)
        return Keys(
            class_=self.class_key or found.class_,
            categories=self.category_key or found.categories,
        )


def told_of(
    wish: Wish,
    outcome: Outcome,
    *messages: str,
    place: tuple[str, int] | None = None,
) -> Told:
    """What became of `wish`."""
    return Told(address=wish.address, outcome=outcome, messages=messages, place=place)
