"""Where in a block its tags stand, or would stand, and which of them are constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from guardrail.inputs.hcl.syntax import Argument, Body, Nested
from guardrail.inputs.hcl.tokens import Token
from guardrail.model import say
from guardrail.placement import TagShape, Writing
from guardrail.tagging.sequences import Brackets, bracketed, call, constant

MERGING = frozenset({"merge"})
JOINING = frozenset({"concat", "setunion", "toset", "tolist", "distinct"})


class NotWrittenError(Exception):
    """A label is not written, as nobody could be sure; its argument is a phrase."""


class NoTagsError(NotWrittenError):
    """Nothing says that the resource carries tags."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that stands in the code as a constant key with its value."""

    key: str
    value: str | None
    """None where it is no constant."""
    start: int
    end: int
    before: str = ""
    """What stands in the same string before the value."""


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """The inside of a block, with where it stands."""

    text: str
    """The whole file."""
    body: Body
    start: int
    end: int
    """Offset of the closing brace."""
    line: int


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Where tags of one shape stand in a block, or would."""

    shape: TagShape
    writing: Writing
    inside: Inside
    name: str
    """Of the argument, or of the nested blocks."""
    missing: tuple[str, ...] = ()
    """Blocks around it that are not there."""

    @property
    def argument(self) -> Argument | None:
        """The argument; None where it is not set."""
        return None if self.missing else self.inside.body.arguments.get(self.name)

    @property
    def code(self) -> tuple[Token, ...]:
        """The expression of the argument; nothing where it is not set."""
        found = self.argument
        return tuple(found.code) if found and isinstance(found.code, Sequence) else ()

    @property
    def used(self) -> bool:
        """Whether there is an argument, or a nested block."""
        return bool(self.argument or self.blocks)

    @property
    def blocks(self) -> list[Nested]:
        """The nested blocks."""
        return [] if self.missing else self.inside.body.of(self.name)


def spot_of(shape: TagShape, writing: Writing, inside: Inside) -> Spot:
    """The spot of `shape` in a block.

    Raises:
        NotWrittenError: Blocks around it are made by a loop, or there are several.
    """
    *around, name = shape.path.split(".")
    for place, step in enumerate(around):
        _not_dynamic(inside.body, step)
        blocks = inside.body.of(step)
        if not blocks:
            return Spot(
                shape=shape, writing=writing, inside=inside, name=name,
                missing=tuple(around[place:]),
            )  # fmt: skip
        if len(blocks) > 1:
            raise NotWrittenError(say("there are several blocks `{}`", step))
        (found,) = blocks
        inside = Inside(
            text=inside.text,
            body=found.body,
            start=found.start,
            end=found.end,
            line=found.line,
        )
    _not_dynamic(inside.body, name)
    return Spot(shape=shape, writing=writing, inside=inside, name=name)


def _not_dynamic(body: Body, name: str) -> None:
    """Nothing, where no `dynamic` block makes blocks of that name.

    Raises:
        NotWrittenError: One does.
    """
    for one in body.blocks:
        if one.type == "dynamic" and one.settles == name:
            template = "its tags are made by a `dynamic` block (line {})"
            raise NotWrittenError(say(template, str(one.line)))


def entries(spot: Spot) -> list[Entry]:
    """The tags that stand in a spot as constants."""
    match spot.shape.shape:
        case "map":
            found = [one for group in objects(spot.code) for one in _of_object(group)]
        case "strings":
            found = [one for group in lists(spot.code) for one in _of_strings(group)]
        case _:
            found = [*_of_pairs(spot), *_of_blocks(spot)]
    return found


def objects(code: Sequence[Token]) -> list[Brackets]:
    """The literal maps that `code` is, or merges, in order."""
    return list(_literals(code, "{", MERGING))


def lists(code: Sequence[Token]) -> list[Brackets]:
    """The literal lists that `code` is, or joins, in order."""
    return list(_literals(code, "[", JOINING))


def _literals(
    code: Sequence[Token], opening: str, functions: frozenset[str]
) -> Iterator[Brackets]:
    code = stripped(code)
    found = bracketed(code)
    if found is not None and found.opening.kind == opening:
        yield found
    called = call(code)
    if called is not None and called[0] in functions:
        for one in called[1].items:
            yield from _literals(one.code, opening, functions)


def stripped(code: Sequence[Token]) -> Sequence[Token]:
    """`code` without line ends before and behind it."""
    places = [place for place, one in enumerate(code) if one.kind != "newline"]
    return code[places[0] : places[-1] + 1] if places else ()


def _of_object(found: Brackets) -> Iterator[Entry]:
    for item in found.items:
        if item.key is not None:
            yield _entry(item.key, item.value)


def _entry(key: str, value: Sequence[Token]) -> Entry:
    text = constant(value[0]) if len(value) == 1 else None
    plain = text if value[0].kind == "template" else None
    return Entry(key=key, value=plain, start=value[0].start, end=value[-1].end)


def _of_strings(found: Brackets) -> Iterator[Entry]:
    for item in found.items:
        code = stripped(item.code)
        text = constant(code[0]) if len(code) == 1 else None
        for key, mark, value in map((text or "").partition, "=:"):
            if mark and key:
                yield Entry(
                    key=key, value=value, before=key + mark,
                    start=code[0].start, end=code[0].end,
                )  # fmt: skip


def _of_pairs(spot: Spot) -> Iterator[Entry]:
    for group in lists(spot.code):
        for item in group.items:
            pair = bracketed(stripped(item.code))
            members = {one.key: one.value for one in pair.items} if pair else {}
            yield from _pair(
                members.get(spot.writing.key, ()), members.get(spot.writing.value, ())
            )


def _of_blocks(spot: Spot) -> Iterator[Entry]:
    for block in spot.blocks:
        stated = [
            one.code if one and isinstance(one.code, Sequence) else ()
            for one in map(
                block.body.arguments.get, (spot.writing.key, spot.writing.value)
            )
        ]
        yield from _pair(*stated)


def _pair(key: Sequence[Token], value: Sequence[Token]) -> Iterator[Entry]:
    name = constant(key[0]) if len(key) == 1 else None
    if name is not None and value:
        yield _entry(name, value)
