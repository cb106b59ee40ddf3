"""What is to be done to one block: a label added, raised, or left as it is."""

from __future__ import annotations

import msgspec

from guardrail.classification import Lexicon, normalised
from guardrail.inputs.hcl.nodes import Unparsed
from guardrail.model import say
from guardrail.tagging.existing import Existing
from guardrail.tagging.labels import Keys, categories_of, fitting, joined, says
from guardrail.tagging.layout import Edit
from guardrail.tagging.sites import Site
from guardrail.tagging.spots import Entry, NotWrittenError, Spot, entries
from guardrail.tagging.writing import Label, added, restated


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The class and categories that the tags of a resource are to state."""

    address: str
    """Of its block, without instance keys."""
    rank: int
    categories: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One block, its wish, and what it says already."""

    site: Site
    wish: Wish
    spot: Spot
    existing: Existing


class Change(msgspec.Struct):
    """What is to be done to one block, as it is put together."""

    edits: list[Edit]
    labels: list[Label]
    said: list[str]


class Changes:
    """Decides what is done to blocks."""

    def __init__(self, lexicon: Lexicon, keys: Keys, decision: str) -> None:
        """Nothing is decided yet; `decision` is a reference, or ""."""
        self._lexicon = lexicon
        self._keys = keys
        self._decision = decision

    def of(self, found: Found) -> Change:
        """What is to be done to a block.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        stands = found.spot.argument
        if stands is not None and isinstance(stands.node, Unparsed):
            raise NotWrittenError(stands.node.reason)
        change = Change([], [], [])
        self._class(found, change)
        self._categories(found, change)
        if change.labels:
            yielding = found.existing.open
            change.edits += added(found.spot, change.labels, yielding=yielding)
            if yielding:
                change.said.append(say("a label that its other tags state wins"))
        return change

    def _class(self, found: Found, change: Change) -> None:
        """Add to `change` what gives the block its class.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        there = stated(found.spot, self._lexicon.class_keys)
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

    def _restate(self, found: Found, entry: Entry, change: Change) -> None:
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
            change.edits.append(restated(entry, value))

    def _override(self, found: Found, change: Change) -> None:
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

    def _allowed(self, found: Found, rank: int | None, change: Change) -> bool:
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
        template = "labelled {}, which is higher than {}: it takes a decision"
        change.said.append(say(template, old, new))
        return False

    def _add(self, found: Found, key: str, change: Change) -> None:
        name = self._lexicon.name(found.wish.rank)
        self._label(found, key, name, change)
        label = change.labels[-1]
        template = "labelled {} (`{}`)"
        change.said.append(say(template, name, f"{found.spot.shape.path}.{label.key}"))

    def _label(self, found: Found, key: str, value: str, change: Change) -> None:
        """Add a label in the characters that the provider allows.

        Raises:
            NotWrittenError: It has others.
        """
        writing = found.spot.writing
        change.labels.append(Label(fitting(key, writing), fitting(value, writing)))

    def _categories(self, found: Found, change: Change) -> None:
        """Add to `change` what gives the block its categories.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        known = found.existing.sensitivity
        there = stated(found.spot, self._lexicon.category_keys)
        named = [categories_of(one.value or "", self._lexicon) for one in there]
        missing = found.wish.categories.difference(known.categories, *named)
        if not missing:
            return
        writing = found.spot.writing
        change.said.append(say("categories {}", ", ".join(sorted(missing))))
        if there and there[0].value is not None:
            value = f"{there[0].value}{writing.joint}{joined(missing, writing)}"
            change.edits.append(restated(there[0], value))
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


def stated(spot: Spot, keys: frozenset[str]) -> list[Entry]:
    """The constant tags of a spot under one of `keys`."""
    return [one for one in entries(spot) if says(one.key, keys)]
