"""What expressions consist of."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import msgspec


class Literal(msgspec.Struct, frozen=True):
    """A string, number, boolean or null."""

    value: str | bool | Decimal | None


class TemplateOf(msgspec.Struct, frozen=True):
    """Parts that make a string together; a lone `${…}` is its expression instead."""

    parts: tuple[Node, ...]


class TemplateIf(msgspec.Struct, frozen=True):
    """`%{if}` in a template."""

    condition: Node
    then: TemplateOf
    otherwise: TemplateOf


class TemplateFor(msgspec.Struct, frozen=True):
    """`%{for}` in a template."""

    key: str
    """"" where only the value has a name."""
    value: str
    collection: Node
    body: TemplateOf


class Name(msgspec.Struct, frozen=True):
    """The first name of a reference."""

    name: str


class Item(msgspec.Struct, frozen=True):
    """The element that a splat is looking at."""


class Get(msgspec.Struct, frozen=True):
    """`.name` behind something."""

    source: Node
    name: str


class Index(msgspec.Struct, frozen=True):
    """`[key]` behind something."""

    source: Node
    key: Node


class Splat(msgspec.Struct, frozen=True):
    """`[*]` or `.*` behind something, with what is taken of each element."""

    source: Node
    each: Node


class Call(msgspec.Struct, frozen=True):
    """A function with its arguments."""

    name: str
    arguments: tuple[Node, ...]
    spread: bool
    """Whether the last argument is a list of arguments."""


class TupleOf(msgspec.Struct, frozen=True):
    """`[…]`."""

    items: tuple[Node, ...]


class ObjectOf(msgspec.Struct, frozen=True):
    """`{…}`."""

    items: tuple[tuple[Node, Node], ...]


class For(msgspec.Struct, frozen=True, kw_only=True):
    """`[for …]` or `{for …}`."""

    key: str
    """"" where only the value has a name."""
    value: str
    collection: Node
    result_key: Node | None
    """None for a tuple."""
    result: Node
    condition: Node | None
    groups: bool


class Conditional(msgspec.Struct, frozen=True):
    """`condition ? then : otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


class Binary(msgspec.Struct, frozen=True):
    """An operator between two operands."""

    sign: str
    left: Node
    right: Node


class Unary(msgspec.Struct, frozen=True):
    """`-` or `!`."""

    sign: str
    operand: Node


class Unparsed(msgspec.Struct, frozen=True):
    """Something that cannot be parsed here."""

    reason: str
    """A phrase."""
    code: Node | None = None
    """What it would be elsewhere: `a.b` as the key of an object."""


Node: TypeAlias = (
    Literal | TemplateOf | TemplateIf | TemplateFor | Name | Item | Get | Index | Splat
    | Call | TupleOf | ObjectOf | For | Conditional | Binary | Unary | Unparsed
)  # fmt: skip
