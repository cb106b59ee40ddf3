"""What may be inferred where nobody says it: the shape of `classes/inferred.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from guardrail.classification.declared import Lexicon
from guardrail.classification.sensitivity import Because, Sensitivity
from guardrail.classification.vocabulary import normalised
from guardrail.model import say

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = "[^a-z0-9]+"


class Directions(msgspec.Struct, frozen=True, kw_only=True):
    """Words in the name of an argument that say which way data goes."""

    incoming: tuple[str, ...] = ()
    """From what the argument names: `source`, `snapshot`, …"""
    outgoing: tuple[str, ...] = ()
    """To what it names: `destination`, `backup`, …"""
    addresses: tuple[str, ...] = ()
    """Attributes of the one named that are enough to read its data: `endpoint`, …"""


class Nature(msgspec.Struct, frozen=True, kw_only=True):
    """A category that data has by the nature of the service that keeps it."""

    services: frozenset[str]
    category: str
    note: str
    """On what ground."""
    prefixes: tuple[str, ...] = ("",)
    """Beginnings of the resource types that it holds for."""


class Words(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Words in a name that speak of a class and a category of data."""

    words: tuple[str, ...]
    """Whole words, or several with spaces; accents and case aside."""
    class_: str
    note: str
    category: str = ""


class Inference(msgspec.Struct, frozen=True, kw_only=True):
    """What may be inferred, and from what."""

    directions: Directions = Directions()
    identities: tuple[str, ...] = ()
    """Attributes that name one resource and no other: `id`, `arn`, …"""
    names: tuple[str, ...] = ()
    """Attributes that hold a name, which others may bear too."""
    descriptions: tuple[str, ...] = ()
    """Attributes that hold a description."""
    natures: tuple[Nature, ...] = ()
    words: tuple[Words, ...] = ()


class Hint(msgspec.Struct, frozen=True):
    """A word that was found, and where."""

    word: str
    where: str
    rank: int
    category: str
    lasting: bool = True
    """Whether it stands where every plan shows it: in the address."""


class Hints:
    """The words of an inference, made ready to be looked for."""

    def __init__(self, inference: Inference, lexicon: Lexicon) -> None:
        """Index the words.

        Raises:
            KeyError: A class is not in the vocabulary.
        """
        self._meanings = {
            _folded(word): (word, lexicon.ranks[one.class_], one.category)
            for one in inference.words
            for word in one.words
        }
        longest_first = sorted(self._meanings, key=lambda word: (-len(word), word))
        by_letter: dict[str, list[str]] = {}  # tried by letter: there are hundreds
        for word in longest_first:
            rest = word[1:].replace("_", _BETWEEN)
            by_letter.setdefault(word[0], []).append(rest)
        listed = "|".join(
            f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()
        )
        self._pattern = re.compile(rf"(?<![a-z])(?:{listed or '(?!)'})(?![a-z])")

    def any_in(self, text: str) -> bool:
        """Whether a word stands in `text`."""
        return self._pattern.search(_lower(text)) is not None

    def found(self, texts: Iterable[tuple[str, str, bool]]) -> tuple[Hint, ...]:
        """The words in `texts`: a place, what stands there, and whether it always does.

        Each word is told once.
        """
        hints: dict[str, Hint] = {}
        for where, text, lasting in texts:
            for found in self._pattern.findall(_lower(text)):
                match = _folded(found)
                if match not in hints:
                    word, rank, category = self._meanings[match]
                    hints[match] = Hint(word, where, rank, category, lasting)
        return tuple(hints.values())


def _folded(text: str) -> str:
    """`text` without case and accents, `_` between its words."""
    return re.sub(_BETWEEN, "_", _lower(text))


def _lower(text: str) -> str:
    """`text` without case and accents, and something between its words."""
    plain = text if text.isascii() else normalised(_HUMP.sub("_", text))
    return plain if plain.islower() else _HUMP.sub("_", plain).lower()


def suggested(sensitivity: Sensitivity, hints: Iterable[Hint]) -> Sensitivity:
    """What names make of a class that nobody states of the resource itself.

    It may be higher, and more categories may be there: no more than a reason to look.
    A word in an attribute is told and decides nothing: the attribute may be unknown in
    the next plan, and knowing less must not allow more.
    """
    listed = tuple(hints)
    steps = [
        Because("name", say("the word `{}` in {}", hint.word, hint.where))
        for hint in listed
    ]
    lasting = [hint for hint in listed if hint.lasting]
    possible = {hint.category for hint in lasting if hint.category}
    return msgspec.structs.replace(
        sensitivity,
        highest=max([sensitivity.highest, *(hint.rank for hint in lasting)]),
        possible=sensitivity.possible | possible - sensitivity.categories,
        because=(*sensitivity.because, *steps),
    )


def natural(
    sensitivity: Sensitivity,
    services: Iterable[str],
    resource_type: str,
    inference: Inference,
) -> Sensitivity:
    """`sensitivity` with the categories that the nature of a service brings."""
    served = frozenset(services)
    found = {
        nature.category
        for nature in inference.natures
        if not served.isdisjoint(nature.services)
        and resource_type.startswith(nature.prefixes)
    }
    if found <= sensitivity.categories:
        return sensitivity
    return msgspec.structs.replace(
        sensitivity, categories=sensitivity.categories | found
    )
