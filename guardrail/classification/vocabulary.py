"""The words of sensitivity: classes in order, categories, and the tags that carry them.

The shape of `policies/classes/`.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

from guardrail.model import remembered


class ClassWord(msgspec.Struct, frozen=True, kw_only=True):
    """One class of data sensitivity."""

    id: str
    name: dict[str, str]
    """By language."""
    synonyms: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()


class CategoryWord(msgspec.Struct, frozen=True, kw_only=True):
    """One category of data, or one harm."""

    id: str
    name: dict[str, str]
    synonyms: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    harm: bool = False


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """All words, and the tag keys under which they are looked for."""

    classes: tuple[ClassWord, ...]
    """From the least to the most sensitive; the place is the rank."""
    categories: tuple[CategoryWord, ...]
    class_keys: tuple[str, ...]
    category_keys: tuple[str, ...]
    highest_unmarked: str
    """Highest class that data may have without a mark on it."""

    def ranks(self) -> dict[str, int]:
        """Each word for a class, normalised, to the rank of the class."""
        return {
            normalised(word): rank
            for rank, known in enumerate(self.classes)
            for word in (known.id, *known.synonyms)
        }

    def category_ids(self) -> dict[str, str]:
        """Each word for a category, normalised, to its id."""
        return {
            normalised(word): known.id
            for known in self.categories
            for word in (known.id, *known.synonyms)
        }


@remembered(4096)
def normalised(word: str) -> str:
    """`word` without case, accents and invisible characters, `_` between its parts."""
    parts = _HUMP.sub(r"\1 \2", unicodedata.normalize("NFKD", word))
    return "_".join("".join(map(_plain, parts.casefold())).split())


_HUMP = re.compile(r"([a-z0-9])([A-Z])")


def _plain(char: str) -> str:
    """A letter as it is, a space for a separator, nothing for what is not seen."""
    category = unicodedata.category(char)
    if char in "_:./" or category == "Pd":
        return " "
    return "" if category in {"Cf", "Mn"} else char
