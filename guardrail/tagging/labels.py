"""Which keys and values a label is written with, and what labels are there already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from guardrail.classification import Lexicon, normalised
from guardrail.model import say
from guardrail.placement import Writing
from guardrail.tagging.spots import NotWrittenError


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys under which labels are written."""

    class_: str
    categories: str


def says(key: str, keys: frozenset[str]) -> bool:
    """Whether a tag key is one of `keys`, whole or behind a prefix."""
    return normalised(key) in keys or normalised(key.rpartition("/")[2]) in keys


def customary(used: Iterable[str], lexicon: Lexicon, otherwise: Keys) -> Keys:
    """The keys that the code uses most for sensitivity, else those of `otherwise`."""
    counted = Counter(used)

    def most(keys: frozenset[str], default: str) -> str:
        found = sorted(key for key in counted if says(key, keys))
        return max(found, key=counted.__getitem__, default=default)

    return Keys(
        class_=most(lexicon.class_keys, otherwise.class_),
        categories=most(lexicon.category_keys, otherwise.categories),
    )


def fitting(text: str, writing: Writing) -> str:
    """`text` with the characters that the provider allows.

    Raises:
        NotWrittenError: It has others, and nothing may stand for them.
    """
    if not writing.characters:
        return text
    allowed = re.compile(f"[{writing.characters}]")
    return "".join(_fitting(char, allowed, text) for char in text)


def _fitting(char: str, allowed: re.Pattern[str], text: str) -> str:
    """A character that may stand for `char`.

    Raises:
        NotWrittenError: None may.
    """
    for one in (char, char.lower(), "_", "-"):
        if allowed.fullmatch(one):
            return one
    raise NotWrittenError(say("the provider does not allow `{}` in a tag", text))


def joined(categories: Iterable[str], writing: Writing) -> str:
    """Categories as the value of one tag."""
    return writing.joint.join(sorted(categories))


def categories_of(value: str, lexicon: Lexicon) -> frozenset[str]:
    """The categories that a value of a tag names."""
    words = map(normalised, re.split(r"[,;|+/\s]|__", value))
    return frozenset(filter(None, map(lexicon.categories.get, words)))
