"""What the owner declared: on the resource, in a mapping, of the stack.

Strongest first: what is said of the resource itself, the tags that its provider
configuration adds, the stack. The class is that of the strongest level that states
one; so a resource may be labelled below its stack. Of the resource itself its tags
speak and a mapping, and nothing lowers what either declares: the higher stands, unless
the mapping names the decision that it rests on. Categories add up from the strongest
level down to the one that gives the class: stating more is never less strict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from guardrail.classification.sensitivity import Because, Declaration, Sensitivity
from guardrail.classification.tags import Tag
from guardrail.classification.vocabulary import Vocabulary, normalised
from guardrail.model import Unknown, say

_OWN = frozenset({"tag", "mapping"})
"""The levels that speak of the resource itself."""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What one level of declaration says."""

    source: str
    lowest: int | None = None
    highest: int | None = None
    categories: frozenset[str] = frozenset()
    any_category: bool = False
    detail: str = ""

    @staticmethod
    def of(declaration: Declaration) -> Level:
        """The level that a declaration makes."""
        return Level(
            source=declaration.source,
            lowest=declaration.rank,
            highest=declaration.rank
            if declaration.highest is None
            else declaration.highest,
            categories=declaration.categories,
            any_category=declaration.any_category,
            detail=declaration.detail,
        )


class Lexicon:
    """A vocabulary made ready for look-up."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the words of `vocabulary`."""
        self.vocabulary = vocabulary
        self.ranks = vocabulary.ranks()
        self.categories = vocabulary.category_ids()
        self.class_keys = frozenset(map(normalised, vocabulary.class_keys))
        self.category_keys = frozenset(map(normalised, vocabulary.category_keys))
        self.top = len(vocabulary.classes) - 1
        self.unmarked = self.ranks[normalised(vocabulary.highest_unmarked)]

    def reads(self, key: str) -> bool:
        """Whether a tag under `key` says anything of class or categories."""
        return bool(_names(key) & (self.class_keys | self.category_keys))

    def name(self, rank: int) -> str:
        """The id of the class of `rank`."""
        return self.vocabulary.classes[rank].id


def declared(
    tags: Sequence[Tag], others: Iterable[Declaration], lexicon: Lexicon
) -> Sensitivity:
    """What tags and `others` (a mapping, then the stack) say of one resource."""
    own = _level([tag for tag in tags if not tag.inherited], lexicon, "tag")
    inherited = _level([tag for tag in tags if tag.inherited], lexicon, "provider-tags")
    rest = []
    for other in others:
        if other.source == "mapping":
            own = _of_the_resource(own, other)
        else:
            rest.append(Level.of(other))
    return _strongest([own, inherited, *rest], lexicon)


def _of_the_resource(own: Level, mapping: Declaration) -> Level:
    """What tags of the resource and a mapping of its address say together."""
    mapped = Level.of(mapping)
    stands = mapped if _stands(mapped, own, mapping.decision) else own
    return msgspec.structs.replace(
        stands,
        lowest=stands.lowest
        if mapping.decision
        else _higher(own.lowest, mapped.lowest),
        categories=own.categories | mapped.categories,
        any_category=own.any_category or mapped.any_category,
    )


def _stands(mapped: Level, own: Level, decision: str) -> bool:
    """Whether the class is the mapping's and not the tag's."""
    if mapped.highest is None or own.highest is None:
        return own.highest is None
    return bool(decision) or mapped.highest > own.highest


def _higher(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def _strongest(levels: Sequence[Level], lexicon: Lexicon) -> Sensitivity:
    categories: frozenset[str] = frozenset()
    any_category = False
    for level in levels:
        categories |= level.categories
        any_category = any_category or level.any_category
        if level.lowest is not None and level.highest is not None:
            return Sensitivity(
                lowest=level.lowest,
                highest=level.highest,
                categories=categories,
                any_category=any_category,
                own=level.source in _OWN,
                because=(Because(level.source, level.detail),),
            )
    return Sensitivity(
        lowest=0,
        highest=lexicon.unmarked,
        categories=categories,
        any_category=any_category,
        labelled=False,
        because=(Because("absent", say("no label of sensitivity was found")),),
    )


def _level(tags: Sequence[Tag], lexicon: Lexicon, source: str) -> Level:
    """What the tags of one level say."""
    classes = _values(tags, lexicon.class_keys)
    categories, any_category = _categories(tags, lexicon)
    if not classes:
        return Level(source=source, categories=categories, any_category=any_category)
    lowest, highest, detail = _bounds(classes, lexicon)
    return Level(
        source=source,
        lowest=lowest,
        highest=highest,
        categories=categories,
        any_category=any_category,
        detail=detail,
    )


def _values(
    tags: Iterable[Tag], keys: frozenset[str]
) -> list[tuple[str, str | Unknown]]:
    """The values under `keys`, or under an unknown key; with their place."""
    return [
        (
            tag.path if isinstance(tag.key, Unknown) else f"{tag.path}.{tag.key}",
            tag.value,
        )
        for tag in tags
        if isinstance(tag.key, Unknown) or _names(tag.key) & keys
    ]


def _names(key: str) -> set[str]:
    """What a key may be looked up under: whole, and without a prefix before `/`."""
    return {normalised(key), normalised(key.rpartition("/")[2])}


def _bounds(
    values: Sequence[tuple[str, str | Unknown]], lexicon: Lexicon
) -> tuple[int, int, str]:
    """Lowest and highest rank that the values of class tags leave open, and why."""
    ranks = []
    for place, value in values:
        if isinstance(value, Unknown):
            return 0, lexicon.top, say("the value of `{}` is not known yet", place)
        rank = lexicon.ranks.get(normalised(value))
        if rank is None:
            return 0, lexicon.top, say("the value of `{}` is not a known class", place)
        ranks.append(rank)
    place = values[0][0]
    if min(ranks) < max(ranks):
        return min(ranks), max(ranks), say("conflicting labels at `{}`", place)
    return ranks[0], ranks[0], say("label `{}`", place)


def _categories(tags: Sequence[Tag], lexicon: Lexicon) -> tuple[frozenset[str], bool]:
    """The categories claimed, and whether any other may be."""
    found: set[str] = set()
    any_category = False
    for _place, value in _values(tags, lexicon.category_keys):
        words = [] if isinstance(value, Unknown) else _words(value)
        ids = [lexicon.categories.get(normalised(word)) for word in words]
        any_category = any_category or isinstance(value, Unknown) or None in ids
        found.update(id_ for id_ in ids if id_ is not None)
    return frozenset(found), any_category


def _words(value: str) -> list[str]:
    """The words of a list written in one tag; `__` serves where nothing else may."""
    for separator in (",", ";", "|", "+", "/", "__"):
        value = value.replace(separator, " ")
    return value.split()
