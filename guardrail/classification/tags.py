"""Tags in every shape that providers write them, read into one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

import msgspec

from guardrail.model import Absent, Part, Setting, Unknown


class Shape(Protocol):
    """Where tags are and how they are written; see `placement/providers.py`."""

    @property
    def path(self) -> str:
        """Attribute; dotted."""
        ...

    @property
    def shape(self) -> Literal["map", "pairs", "strings"]:
        """How tags are written there."""
        ...

    @property
    def inherited(self) -> bool:
        """Whether tags of the provider configuration are mixed in."""
        ...

    @property
    def marks(self) -> str:
        """What may stand between key and value in a text."""
        ...

    @property
    def namespace(self) -> str:
        """What ends a namespace before a key; "" where keys have none."""
        ...


class Tag(msgspec.Struct, frozen=True):
    """One tag; an unknown key means that any tag may be there."""

    key: str | Unknown
    value: str | Unknown
    path: str
    """Attribute it was read from."""
    inherited: bool
    """Whether tags of the provider configuration are mixed in there."""


def read_tags(part: Part, shapes: Sequence[Shape]) -> tuple[Tag, ...]:
    """The tags of one object, in the order of `shapes`."""
    return tuple(
        Tag(key, value, shape.path, shape.inherited)
        for shape in shapes
        for key, value in _pairs(part, shape)
    )


def inherited_tags(setting: Setting[Any], path: str) -> list[Tag]:
    """The tags of a provider setting that holds a map of them."""
    if isinstance(setting, Absent):
        return []
    carrier = setting if isinstance(setting, Unknown) else setting.value
    return [Tag(key, value, path, inherited=True) for key, value in _of_map(carrier)]


def _pairs(part: Part, shape: Shape) -> Iterator[tuple[str | Unknown, str | Unknown]]:
    top, *rest = shape.path.split(".")
    setting = part.get(top)
    if isinstance(setting, Absent):
        return
    found = setting if isinstance(setting, Unknown) else setting.value
    for carrier in _descend(found, rest):
        if shape.shape == "strings":
            yield from _of_strings(carrier, shape.marks)
            continue
        for key, value in _READ[shape.shape](carrier):
            yield _bare(key, shape.namespace), value


def _bare(key: str | Unknown, namespace: str) -> str | Unknown:
    """A key without its namespace."""
    if isinstance(key, Unknown) or not namespace:
        return key
    return key.rpartition(namespace)[2]


def _descend(value: Any, path: list[str]) -> Iterator[Any]:
    """What is at `path`, through lists as if they were not there."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, list) and path:
        for item in value:
            yield from _descend(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _descend(value.get(path[0]), path[1:])


def _of_map(carrier: Any) -> Iterator[tuple[str | Unknown, str | Unknown]]:
    if isinstance(carrier, Unknown):
        yield carrier, carrier
    elif isinstance(carrier, dict):
        for key, value in carrier.items():
            yield key, _text(value)
    elif isinstance(carrier, list):
        for item in carrier:
            yield from _of_map(item)


def _of_pairs(carrier: Any) -> Iterator[tuple[str | Unknown, str | Unknown]]:
    for item in carrier if isinstance(carrier, list) else [carrier]:
        if isinstance(item, Unknown):
            yield item, item
        if not isinstance(item, dict):
            continue
        fields = {str(name).lower(): content for name, content in item.items()}
        key = fields.get("key", fields.get("name"))
        if isinstance(key, (str, Unknown)):
            yield key, _text(fields.get("value"))


def _of_strings(
    carrier: Any, marks: str
) -> Iterator[tuple[str | Unknown, str | Unknown]]:
    for item in carrier if isinstance(carrier, list) else [carrier]:
        if isinstance(item, Unknown):
            yield item, item
        elif isinstance(item, str):
            # A key may hold the other mark (`data:class=sensitive`): both are read.
            for key, mark, value in map(item.partition, marks):
                if mark and key:
                    yield key, value


def _text(value: Any) -> str | Unknown:
    if isinstance(value, (str, Unknown)):
        return value
    return "" if value is None else str(value)


_READ = {"map": _of_map, "pairs": _of_pairs}
