"""What is to be done to one block: a label added, raised, or left as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

import msgspec

from guardrail.classification import Lexicon, normalised
from guardrail.model import say
from guardrail.placement import TagShape, Writing
from guardrail.tagging.existing import Existing
from guardrail.tagging.labels import Keys, categories_of, fitting, joined, says
from guardrail.tagging.layout import Edit
from guardrail.tagging.spots import Entry, NotWrittenError
from guardrail.tagging.writing import Label

Outcome: TypeAlias = Literal[
    "written", "present", "kept", "refused", "untagged", "undecided"
]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The class and categories that the tags of a resource are to state."""

    address: str
    """Of its block, without instance keys."""
    rank: int
    categories: frozenset[str] = frozenset()


class Spotted(Protocol):
    """A place for tags, in whatever language."""

    @property
    def shape(self) -> TagShape:
        """How tags are read there."""
        ...

    @property
    def writing(self) -> Writing:
        """How they are written."""
        ...


S = TypeVar("S", bound=Spotted)


class Hand(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """How one language is read and written."""

    entries: Callable[[S], list[Entry]]
    """The tags that stand there as constants."""
    added: Callable[[S, Sequence[Label], bool], list[Edit]]
    """The edits that add labels; with True, what other tags say wins over them."""
    restated: Callable[[Entry, str], Edit]
    """The edit that gives a tag another value."""


class Found(msgspec.Struct, Generic[S], frozen=True, kw_only=True):
    """One block, its wish, and what it says already."""

    wish: Wish
    spot: S
    existing: Existing


class Change(msgspec.Struct):
    """What is to be done to one block, as it is put together."""

    edits: list[Edit]
    labels: list[Label]
    said: list[str]

    @property
    def outcome(self) -> Outcome:
        """What becomes of the wish."""
        if self.edits:
            return "written"
        return "kept" if self.said else "present"


_MAYBE = say("one of its other tags may be a label too")
_YIELDS = {
    "map": say("a label that its other tags state wins"),
    "pairs": _MAYBE,
    "strings": _MAYBE,
}


class Changes(Generic[S]):
    """Decides what is done to blocks."""

    def __init__(
        self, hand: Hand[S], lexicon: Lexicon, keys: Keys, decision: str
    ) -> None:
        """Nothing is decided yet; `decision` is a reference, or ""."""
        self._hand = hand
        self._lexicon = lexicon
        self._keys = keys
        self._decision = decision

    def of(self, found: Found[S]) -> Change:
        """What is to be done to a block.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        change = Change([], [], [])
        self._class(found, change)
        self._categories(found, change)
        if change.labels:
            yielding = found.existing.open
            change.edits += self._hand.added(found.spot, change.labels, yielding)
            if yielding:
                change.said.append(_YIELDS[found.spot.shape.shape])
        return change

    def _class(self, found: Found[S], change: Change) -> None:
        """Add to `change` what gives the block its class.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        there = self._stated(found, self._lexicon.class_keys)
        existing = found.existing
        if len(there) > 1:
            raise NotWrittenError(say("several of its tags state a class"))
        if there:
            self._restate(found, there[0], change)
        elif existing.source == "absent" or existing.open:
            self._add(found, self._keys.class_, change)
        elif not existing.sensitivity.known:
            raise NotWrittenError(existing.sensitivity.because[0].detail)
        else:
            self._override(found, change)

    def _restate(self, found: Found[S], entry: Entry, change: Change) -> None:
        """Give a class that stands in the code another value, where that is allowed.

        Raises:
            NotWrittenError: It is no constant, is none of the words, or other tags
                say something else.
        """
        if entry.value is None:
            raise NotWrittenError(say("its label `{}` is no constant", entry.key))
        rank = self._lexicon.ranks.get(normalised(entry.value))
        known = found.existing.sensitivity
        if rank is not None and known.known and known.lowest != rank:
            raise NotWrittenError(say("several of its tags state a class"))
        if rank == found.wish.rank:
            return
        if rank is None and not self._decision:
            template = "the value of its label `{}` is no known class"
            raise NotWrittenError(say(template, entry.key))
        if self._allowed(found, rank, change):
            value = fitting(self._lexicon.name(found.wish.rank), found.spot.writing)
            change.edits.append(self._hand.restated(entry, value))

    def _override(self, found: Found[S], change: Change) -> None:
        """Add a label beside one that comes from elsewhere, where that is allowed.

        Raises:
            NotWrittenError: Both would be read.
        """
        rank = found.existing.sensitivity.lowest
        if rank == found.wish.rank or not self._allowed(found, rank, change):
            return
        keys = self._lexicon.class_keys
        beside = found.spot.shape.shape == "map" and found.existing.has(
            found.spot.shape.path, keys
        )
        if found.existing.source == "tag" and not beside:
            template = "its label comes from elsewhere in the code: change it there"
            raise NotWrittenError(say(template))
        key = found.existing.key(keys) or self._keys.class_
        self._label(found, key, self._lexicon.name(found.wish.rank), change)

    def _allowed(self, found: Found[S], rank: int | None, change: Change) -> bool:
        """Whether a class may take the place of another; `change` says what happens."""
        name = self._lexicon.name
        new, old = name(found.wish.rank), "?" if rank is None else name(rank)
        if rank is not None and rank < found.wish.rank:
            change.said.append(say("raised from {} to {}", old, new))
            return True
        if self._decision:
            template = "changed from {} to {}, by decision {}"
            change.said.append(say(template, old, new, self._decision))
            return True
        template = "labelled {}, which is higher than {}: lowering it takes a decision"
        change.said.append(say(template, old, new))
        return False

    def _add(self, found: Found[S], key: str, change: Change) -> None:
        name = self._lexicon.name(found.wish.rank)
        self._label(found, key, name, change)
        label = change.labels[-1]
        template = "labelled {} (`{}`)"
        change.said.append(say(template, name, f"{found.spot.shape.path}.{label.key}"))

    def _label(self, found: Found[S], key: str, value: str, change: Change) -> None:
        """Add a label in the characters that the provider allows.

        Raises:
            NotWrittenError: It has others.
        """
        writing = found.spot.writing
        change.labels.append(Label(fitting(key, writing), fitting(value, writing)))

    def _categories(self, found: Found[S], change: Change) -> None:
        """Add to `change` what gives the block its categories.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        known = found.existing.sensitivity
        there = self._stated(found, self._lexicon.category_keys)
        named = [categories_of(one.value or "", self._lexicon) for one in there]
        missing = found.wish.categories.difference(known.categories, *named)
        if not missing:
            return
        writing = found.spot.writing
        change.said.append(say("categories {}", ", ".join(sorted(missing))))
        if there and there[0].value is not None:
            value = f"{there[0].value}{writing.joint}{joined(missing, writing)}"
            change.edits.append(self._hand.restated(there[0], value))
        elif there or (known.any_category and not found.existing.open):
            raise NotWrittenError(say("its categories are no constant"))
        elif known.categories:
            template = (
                "its categories come from elsewhere in the code: add to them there"
            )
            raise NotWrittenError(say(template))
        else:
            value = joined(missing, writing)
            self._label(found, self._keys.categories, value, change)

    def _stated(self, found: Found[S], keys: frozenset[str]) -> list[Entry]:
        """The constant tags under one of `keys`."""
        return [one for one in self._hand.entries(found.spot) if says(one.key, keys)]
