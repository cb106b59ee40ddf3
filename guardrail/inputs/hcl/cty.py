"""The values of Terraform's expressions, with their types, and what is not known.

Types are kept because they show in results: a conditional between `1` and `"a"` gives
`"1"`, and a list never equals a tuple. Sets of anything but strings, numbers and
booleans are never known here: their order is an accident of hashing.

Source: Martin Atkins, cty, cty/value_ops.go and cty/convert, tag v1.16.2,
https://github.com/zclconf/go-cty
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from guardrail.model import Unknown, say

LARGEST: Final = 200_000
"""Values inside a value, or a hundredth of the characters of a text."""
DEEPEST: Final = 60
"""Levels of a value."""


class Type(msgspec.Struct, frozen=True):
    """A type, or a type constraint with `optional` attributes."""

    kind: str
    """`string`, `number`, `bool`, `list`, `set`, `map`, `tuple`, `object`, `any`."""
    element: Type | None = None
    """Of a list, set or map."""
    elements: tuple[Type, ...] = ()
    """Of a tuple, in order; of an object, in the order of `names`."""
    names: tuple[str, ...] = ()
    """Of the attributes of an object, sorted."""
    defaults: tuple[tuple[str, Val | None], ...] = ()
    """Attributes that may be missing, and what they are then; None for null."""

    @property
    def attributes(self) -> dict[str, Type]:
        """The attributes of an object."""
        return dict(zip(self.names, self.elements, strict=True))

    @property
    def unsure(self) -> bool:
        """Whether there is an `any` in it: a type that is not known yet."""
        inner = (self.element,) if self.element else self.elements
        return self.kind == "any" or any(one.unsure for one in inner)


STRING: Final = Type("string")
NUMBER: Final = Type("number")
BOOL: Final = Type("bool")
ANY: Final = Type("any")
PRIMITIVE: Final = frozenset({"string", "number", "bool"})
ORDERED: Final = frozenset({"list", "tuple", "set"})
KEYED: Final = frozenset({"map", "object"})


class Val(msgspec.Struct, frozen=True):
    """A known value; there may be `Unk` inside it."""

    type: Type
    data: Any
    """`str`, `int`, `Decimal`, `bool`; a tuple of values; a dict of values, sorted by
    key; None for null."""
    secret: bool = False
    size: int = 1
    whole: bool = True
    """Whether nothing inside it is unknown."""
    depth: int = 0
    """Levels of lists and objects inside it."""

    @property
    def null(self) -> bool:
        """Whether it is null, of whatever type."""
        return self.data is None


class Unk(msgspec.Struct, frozen=True):
    """A value that is not known."""

    why: Unknown
    type: Type = ANY
    secret: bool = False

    @property
    def whole(self) -> bool:
        """False: nothing of it is known."""
        return False

    @property
    def size(self) -> int:
        """What it takes: one."""
        return 1

    @property
    def depth(self) -> int:
        """The levels inside it: none."""
        return 0


Any_: TypeAlias = Val | Unk
"""A value, or why it is not known."""


class RefusedError(Exception):
    """Terraform, too, refuses to evaluate this, whatever is unknown turns out to be.

    Its argument is a phrase. `try` and `can` see it.
    """


class TooMuchError(Exception):
    """The work or the size is beyond bounds: nothing can be said."""


class UnsureError(Exception):
    """A function is not evaluated for such arguments; its argument is a phrase."""


NULL: Final = Val(ANY, None)


def text(value: str, *, secret: bool = False) -> Any_:
    """A string, in the normal form in which Terraform holds it.

    Raises:
        TooMuchError: It is too long.
    """
    size = 1 + len(value) // 100
    _bound(size)
    if not value.isascii():
        if any(unicodedata.category(letter) in {"Cn", "Cs"} for letter in value):
            return Unk(Unknown(say("a text holds characters that are not assigned")))
        value = unicodedata.normalize("NFC", value)
    return Val(STRING, value, secret, size)


def number(value: Decimal, *, secret: bool = False) -> Any_:
    """A number; whole ones are `int`."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) > 100 or abs(exponent) > 100:
        return Unk(Unknown(say("a number has too many digits")), NUMBER)
    if value == value.to_integral_value():
        return Val(NUMBER, int(value), secret)
    return Val(NUMBER, value.normalize(), secret)


def truth(value: bool, *, secret: bool = False) -> Val:  # noqa: FBT001  # a value
    """A boolean."""
    return Val(BOOL, value, secret)


def tuple_of(items: Iterable[Any_], *, secret: bool = False) -> Val:
    """A tuple.

    Raises:
        TooMuchError: It is too large.
    """
    found = tuple(items)
    kind = Type("tuple", elements=tuple(one.type for one in found))
    return _made(kind, found, found, secret=secret)


def list_of(items: Iterable[Any_], element: Type, *, secret: bool = False) -> Val:
    """A list of values of the type `element`.

    Raises:
        TooMuchError: It is too large.
    """
    found = tuple(items)
    return _made(Type("list", element), found, found, secret=secret)


def set_of(items: Iterable[Any_], element: Type, *, secret: bool = False) -> Any_:
    """A set of values of the type `element`, in the order in which Terraform has it.

    Raises:
        TooMuchError: It is too large.
    """
    found = tuple(items)
    kind = Type("set", element)
    if not found:
        return Val(kind, (), secret)
    for one in found:
        if isinstance(one, Unk):
            return Unk(one.why, kind, secret)
    data = [one.data for one in found if isinstance(one, Val)]
    if element.kind not in PRIMITIVE or any(one is None for one in data):
        return Unk(Unknown(say("the order of a set of such values is not known")), kind)
    marked = secret or any(one.secret for one in found)
    distinct = tuple(Val(element, one, marked) for one in sorted(set(data)))
    return _made(kind, distinct, distinct, secret=marked)


def map_of(items: Mapping[str, Any_], element: Type, *, secret: bool = False) -> Val:
    """A map to values of the type `element`.

    Raises:
        TooMuchError: It is too large.
    """
    found = {key: items[key] for key in sorted(items)}
    return _made(Type("map", element), found, found.values(), secret=secret)


def object_of(items: Mapping[str, Any_], *, secret: bool = False) -> Val:
    """An object.

    Raises:
        TooMuchError: It is too large.
    """
    found = {key: items[key] for key in sorted(items)}
    types = tuple(one.type for one in found.values())
    kind = Type("object", elements=types, names=tuple(found))
    return _made(kind, found, found.values(), secret=secret)


def from_plain(value: Any, depth: int = 0) -> Any_:
    """The value that decoded JSON stands for: objects and tuples, never maps.

    Raises:
        TooMuchError: It is too large, or too deep.
    """
    if depth > DEEPEST:
        raise TooMuchError
    match value:
        case None:
            return NULL
        case bool():
            return truth(value)
        case int() | float() | Decimal():
            return number(Decimal(str(value)))
        case str():
            return text(value)
        case Unknown():
            return Unk(value)
        case Mapping():
            items = {
                _key(key): from_plain(one, depth + 1) for key, one in value.items()
            }
            return object_of(items)
        case _:
            return tuple_of(from_plain(one, depth + 1) for one in value)


def plain(value: Any_) -> Any:
    """What a value is as decoded JSON, with `Unknown` for what is not known."""
    if isinstance(value, Unk):
        return value.why
    match value.data:
        case tuple():
            return [plain(one) for one in value.data]
        case dict():
            return {key: plain(one) for key, one in value.data.items()}
        case Decimal():
            return float(value.data)
        case _:
            return value.data


def secret_inside(value: Any_) -> bool:
    """Whether anything in a value is sensitive."""
    if value.secret or isinstance(value, Unk):
        return value.secret
    return any(secret_inside(one) for one in inner(value))


def first_unknown(value: Any_) -> Unknown:
    """Why a value that is not whole is not known: the first reason inside it."""
    while isinstance(value, Val):
        value = next(one for one in inner(value) if not one.whole)
    return value.why


def inner(value: Val) -> Sequence[Any_]:
    """The values inside a list, set, tuple, map or object, in order."""
    match value.data:
        case tuple():
            return value.data
        case dict():
            return tuple(value.data.values())
        case _:
            return ()


def marked(value: Any_, *, secret: bool) -> Any_:
    """`value`, sensitive if it or the mark says so."""
    if not secret or value.secret:
        return value
    return msgspec.structs.replace(value, secret=True)


def written(value: Decimal | int) -> str:
    """A number as Terraform writes it into a text."""
    return str(value) if isinstance(value, int) else f"{value.normalize():f}"


def _key(key: str) -> str:
    return key if key.isascii() else unicodedata.normalize("NFC", key)


def _made(kind: Type, data: Any, inside: Iterable[Any_], *, secret: bool) -> Val:
    items = tuple(inside)
    size = 1 + sum(one.size for one in items)
    depth = 1 + max((one.depth for one in items), default=0)
    if depth > DEEPEST:
        raise TooMuchError
    _bound(size)
    return Val(kind, data, secret, size, all(one.whole for one in items), depth)


def _bound(size: int) -> None:
    if size > LARGEST:
        raise TooMuchError
