"""What stands in brackets, item by item, and one item more in the same manner."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guardrail.inputs.hcl.tokens import Template, Token
from guardrail.tagging.layout import Edit, deeper, indent_of, newline_of

_PAIRS = {"{": "}", "[": "]", "(": ")"}
_CLOSING = frozenset(_PAIRS.values())


class Item(msgspec.Struct, frozen=True):
    """One item: of an object, a tuple, or the arguments of a call."""

    code: tuple[Token, ...]
    comma: Token | None
    """The comma behind it."""

    @property
    def end(self) -> int:
        """The offset behind it and its comma."""
        return (self.comma or self.code[-1]).end

    @property
    def key(self) -> str | None:
        """The key of an item of an object; None where it is no constant."""
        if len(self.code) < 3 or self.code[1].kind not in {"=", ":"}:
            return None
        return constant(self.code[0])

    @property
    def value(self) -> tuple[Token, ...]:
        """The value of an item of an object."""
        return self.code[2:]


class Brackets(msgspec.Struct, frozen=True):
    """Brackets with what is in them."""

    opening: Token
    closing: Token
    items: tuple[Item, ...]
    tail: Token | None
    """The token behind the last item and its comma, or behind the opening bracket."""

    @property
    def broken(self) -> bool:
        """Whether a line ends behind the last item."""
        return self.tail is not None and self.tail.kind == "newline"


def constant(token: Token) -> str | None:
    """The text of a name or of a string without templates."""
    if not isinstance(token.value, Template):
        return token.value if token.kind == "name" else None
    parts = token.value.parts
    texts = [part for part in parts if isinstance(part, str)]
    return "".join(texts) if len(texts) == len(parts) else None


def bracketed(code: Sequence[Token]) -> Brackets | None:
    """The items of `{…}`, `[…]` or `(…)`; None for anything else, and for a `for`."""
    if len(code) < 2 or code[-1].kind != _PAIRS.get(code[0].kind):
        return None
    if not _encloses(code):
        return None
    items = _items(code)
    if items and items[0].code[0].value == "for":
        return None
    end = items[-1].end if items else code[0].end
    tail = next((one for one in code[1:] if one.start >= end), None)
    return Brackets(code[0], code[-1], tuple(items), tail)


def call(code: Sequence[Token]) -> tuple[str, Brackets] | None:
    """The name and the arguments of a call that all of `code` is."""
    arguments = bracketed(code[1:])
    if not code or code[0].kind != "name" or arguments is None:
        return None
    return (str(code[0].value), arguments) if arguments.opening.kind == "(" else None


def _encloses(code: Sequence[Token]) -> bool:
    """Whether the first bracket is closed by the last one."""
    depth = 0
    for token in code[:-1]:
        depth += (token.kind in _PAIRS) - (token.kind in _CLOSING)
        if not depth:
            return False
    return True


def _items(code: Sequence[Token]) -> list[Item]:
    """The items between the first bracket and the last."""
    lines = code[0].kind == "{"
    items: list[Item] = []
    current: list[Token] = []
    depth = 0
    for token in code[1:-1]:
        depth += (token.kind in _PAIRS) - (token.kind in _CLOSING)
        if depth or token.kind not in {",", "newline"}:
            current.append(token)
        elif current and (lines or token.kind == ","):
            items.append(Item(tuple(current), token if token.kind == "," else None))
            current = []
    return [*items, *([Item(tuple(current), None)] if current else [])]


def appended(text: str, found: Brackets, pieces: Sequence[str]) -> list[Edit]:
    """The edits that make `pieces` the last items."""
    if not found.broken:
        return [_beside(found, text, ", ".join(pieces))]
    last = found.items[-1] if found.items else None
    newline = newline_of(text, found.opening.start)
    indent = _indent(text, found, last)
    listed = found.opening.kind != "{"
    trailing = bool(last and last.comma)
    edits = []
    if last is not None and listed and not trailing:
        edits.append(Edit(last.end, last.end, ","))
    commas = [listed or trailing] * (len(pieces) - 1) + [trailing]
    lines = [
        f"{indent}{piece}{',' if comma else ''}{newline}"
        for piece, comma in zip(pieces, commas, strict=True)
    ]
    at = found.tail.end if found.tail else found.closing.start
    return [*edits, Edit(at, at, "".join(lines))]


def prepended(text: str, found: Brackets, piece: str) -> Edit:
    """The edit that makes `piece` the first item, where there is one already."""
    at = found.items[0].code[0].start
    between = " "
    if "\n" in text[found.opening.end : at]:
        between = newline_of(text, at) + indent_of(text, at)
    return Edit(at, at, f"{piece},{between}")


def _beside(found: Brackets, text: str, piece: str) -> Edit:
    """The edit where all stands on one line."""
    if found.items:
        last = found.items[-1]
        between = " " if last.comma else ", "
        return Edit(last.end, last.end, f"{between}{piece}")
    space = " " if found.opening.kind == "{" else ""
    start, end = found.opening.end, found.closing.start
    if text[start:end].strip(" \t"):
        start = end
    return Edit(start, end, f"{space}{piece}{space}")


def _indent(text: str, found: Brackets, last: Item | None) -> str:
    """The indentation of one more item on a line of its own."""
    outer = indent_of(text, found.opening.start)
    if last is None:
        return outer + deeper(outer)
    start = last.code[0].start
    if "\n" in text[found.opening.end : start]:
        return indent_of(text, start)
    return outer + deeper(outer)
