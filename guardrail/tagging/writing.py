"""The edits that put a label where tags of a block stand, or where none stand yet."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from guardrail.inputs.hcl.syntax import Body
from guardrail.inputs.hcl.tokens import NAME, Token, tokens
from guardrail.model import say
from guardrail.tagging.layout import Edit, deeper, indent_of, newline_of
from guardrail.tagging.sequences import Brackets, appended, bracketed, call, prepended
from guardrail.tagging.spots import (
    JOINING,
    MERGING,
    Entry,
    Inside,
    NotWrittenError,
    Spot,
    lists,
    objects,
)

_LAST = frozenset({"depends_on"})
"""Arguments that stay behind all others."""


class Label(msgspec.Struct, frozen=True):
    """A tag to be written."""

    key: str
    value: str


def quoted(text: str) -> str:
    """`text` as a string of HCL."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("${", "$${").replace("%{", "%%{") + '"'


def restated(entry: Entry, value: str) -> Edit:
    """The edit that gives a constant tag another value."""
    return Edit(entry.start, entry.end, quoted(entry.before + value))


def added(
    spot: Spot,
    labels: Sequence[Label],
    yielding: bool,  # noqa: FBT001  # see `Hand`
) -> list[Edit]:
    """The edits that add `labels`.

    Args:
        spot: Where.
        labels: At least one.
        yielding: Whether what an unknown part of the tags says must win over them.

    Raises:
        NotWrittenError: Nobody could be sure what comes out.
    """
    if not spot.used:
        return [_new(spot, labels)]
    match spot.shape.shape:
        case "map":
            return _to_map(spot, labels, yielding=yielding)
        case "strings":
            pieces = [quoted(one.key + spot.writing.mark + one.value) for one in labels]
            return _to_list(spot, pieces)
        case _ if spot.argument is None:
            return [_new(spot, labels)]
        case _:
            return _to_list(spot, [_pair(spot, one) for one in labels])


def _to_map(spot: Spot, labels: Sequence[Label], *, yielding: bool) -> list[Edit]:
    """The edits that add labels to a map, a call that merges some, or anything else.

    Raises:
        NotWrittenError: A key of the map is no constant, and may be any.
    """
    code, text = spot.code, spot.inside.text
    literal = bracketed(code)
    if literal is not None and literal.opening.kind == "{":
        if yielding or any(item.key is None for item in literal.items):
            raise NotWrittenError(say("a key of its tags is no constant"))
        return _items(text, literal, labels)
    if len(code) == 1 and code[0].value == "null":
        return [Edit(code[0].start, code[0].end, _object(labels))]
    called = call(code)
    if called is None or called[0] not in MERGING or _spreads(called[1]):
        before = f"merge({_object(labels)}, " if yielding else "merge("
        after = ")" if yielding else f", {_object(labels)})"
        return [
            Edit(code[0].start, code[0].start, before),
            Edit(code[-1].end, code[-1].end, after),
        ]
    return _to_merge(text, called[1], labels, yielding=yielding)


def _to_merge(
    text: str, arguments: Brackets, labels: Sequence[Label], *, yielding: bool
) -> list[Edit]:
    """The edits that add labels to the arguments of `merge`."""
    if yielding and arguments.items:
        return [prepended(text, arguments, _object(labels))]
    last = objects(arguments.items[-1].code) if arguments.items else []
    if len(last) == 1 and all(item.key for item in last[0].items):
        return _items(text, last[0], labels)
    return appended(text, arguments, [_object(labels)])


def _spreads(arguments: Brackets) -> bool:
    """Whether the last argument is a list of arguments."""
    return bool(arguments.items) and arguments.items[-1].code[-1].kind == "..."


def _items(text: str, found: Brackets, labels: Sequence[Label]) -> list[Edit]:
    """The edits that add labels to a literal map, in the manner of its last item."""
    manner = found.items[-1].code if found.items else ()
    sign = ":" if manner and manner[1].kind == ":" else "="
    strings = bool(manner) and manner[0].kind == "template"
    keys = [_key(one.key, as_string=strings) for one in labels]
    widest = max(map(len, keys)) if found.broken and sign == "=" else 0
    pieces = [
        f"{key:<{widest}} {sign} {quoted(one.value)}"
        for key, one in zip(keys, labels, strict=True)
    ]
    return appended(text, found, pieces)


def _key(key: str, *, as_string: bool = False) -> str:
    """A key of a map; a string where it is no name."""
    plain = re.fullmatch(NAME, key) and not as_string
    return key if plain else quoted(key)


def _object(labels: Sequence[Label]) -> str:
    """A map of labels on one line."""
    return "{ " + ", ".join(f"{_key(o.key)} = {quoted(o.value)}" for o in labels) + " }"


def _pair(spot: Spot, label: Label) -> str:
    """A label as an object on one line."""
    return "{ " + ", ".join(f"{k} = {v}" for k, v in _members(spot, label)) + " }"


def _members(spot: Spot, label: Label) -> list[tuple[str, str]]:
    """The members of a pair, as names and expressions."""
    writing = spot.writing
    return [
        (writing.key, quoted(label.key)),
        (writing.value, quoted(label.value)),
        *writing.constants.items(),
    ]


def _to_list(spot: Spot, pieces: Sequence[str]) -> list[Edit]:
    """The edits that add items to a list.

    Raises:
        NotWrittenError: There is no literal list to add them to.
    """
    code, text = spot.code, spot.inside.text
    found = lists(code)
    if found:
        return appended(text, found[-1], pieces)
    called = call(code)
    if called and called[0] in JOINING - {"toset", "tolist", "distinct"}:
        return appended(text, called[1], [f"[{', '.join(pieces)}]"])
    template = "its tags are `{}`, which may be a list or a set: add {} there"
    raise NotWrittenError(say(template, written(text, code), ", ".join(pieces)))


def written(text: str, code: Sequence[Token]) -> str:
    """A reference as it stands in the code; `…` for anything longer."""
    plain = all(one.kind in {"name", "."} for one in code)
    found: str = text[code[0].start : code[-1].end] if code and plain else "…"
    return found


def _new(spot: Spot, labels: Sequence[Label]) -> Edit:
    """The edit that puts an argument or blocks where none are."""
    inside = spot.inside
    indent = _inner_indent(inside)
    newline = newline_of(inside.text, inside.start)
    unit = deeper(indent)
    lines = _lines(spot, labels, unit)
    for name in reversed(spot.missing):
        lines = [f"{name} {{", *(f"{unit}{one}" for one in lines), "}"]
    piece = newline.join(f"{indent}{one}" if one else "" for one in lines)
    return inserted(inside, spot.name, piece, newline)


def _lines(spot: Spot, labels: Sequence[Label], unit: str) -> list[str]:
    """The lines of a new argument, or of new blocks."""
    match spot.shape.shape:
        case "map":
            return _braced(
                f"{spot.name} =", [(_key(o.key), quoted(o.value)) for o in labels], unit
            )
        case "strings":
            pieces = [quoted(one.key + spot.writing.mark + one.value) for one in labels]
            return [f"{spot.name} = [", *(f"{unit}{one}," for one in pieces), "]"]
        case _ if spot.writing.blocks or spot.blocks:
            blocks = [_braced(spot.name, _members(spot, one), unit) for one in labels]
            return [line for one in blocks for line in ["", *one]][1:]
        case _:
            pieces = [_pair(spot, one) for one in labels]
            return [f"{spot.name} = [", *(f"{unit}{one}," for one in pieces), "]"]


def _braced(head: str, members: Sequence[tuple[str, str]], unit: str) -> list[str]:
    """Lines of members between braces, their `=` under each other."""
    widest = max(len(name) for name, _ in members)
    lines = [f"{unit}{name:<{widest}} = {value}" for name, value in members]
    return [f"{head} {{", *lines, "}"]


def _inner_indent(inside: Inside) -> str:
    """The indentation of what stands in a block."""
    starts = [
        one.code[0].start
        for one in inside.body.arguments.values()
        if isinstance(one.code, Sequence)
    ]
    first = min(starts, default=-1)
    if first >= 0 and "\n" in inside.text[inside.start : first]:
        return indent_of(inside.text, first)
    outer = indent_of(inside.text, inside.start - 1)
    return outer + deeper(outer)


def inserted(inside: Inside, name: str, piece: str, newline: str) -> Edit:
    """The edit that puts lines into a block: behind its blocks `name`, or arguments."""
    text = inside.text
    code = tokens(text, inside.start, inside.end, line=inside.line)
    anchor = _anchor(inside.body, name, inside.start)
    behind = next((one for one in code if one.start >= anchor), None)
    rest = [one for one in code if one.kind != "newline"]
    if behind is None or behind.kind != "newline":
        return _unfolded(inside, piece, newline)
    at = behind.end
    first = anchor == inside.start
    follows = any(one.start >= at for one in rest)
    blank = text[at : text.find("\n", at) + 1].strip() == "" and follows
    before = "" if first else newline
    after = newline if follows and not blank else ""
    return Edit(at, at, f"{before}{piece}{newline}{after}")


def _anchor(body: Body, name: str, start: int) -> int:
    """The offset behind what new lines follow."""
    blocks = body.of(name)
    if blocks:
        return blocks[-1].end + 1
    ends = [
        one.code[-1].end
        for key, one in body.arguments.items()
        if isinstance(one.code, Sequence) and key not in _LAST
    ]
    return max(ends, default=start)


def _unfolded(inside: Inside, piece: str, newline: str) -> Edit:
    """The edit that spreads a block of one line over several.

    Raises:
        NotWrittenError: What is in it has several lines.
    """
    content = inside.text[inside.start : inside.end]
    if "\n" in content:
        raise NotWrittenError(say("its block is laid out in an unusual way"))
    outer = indent_of(inside.text, inside.start - 1)
    kept = content.strip(" \t")
    indent = outer + deeper(outer)
    first = f"{newline}{indent}{kept}{newline}" if kept else ""
    return Edit(inside.start, inside.end, f"{first}{newline}{piece}{newline}{outer}")
