"""Values of a template while it is evaluated: plain, with what is unknown or secret.

A value is what JSON can say. Anywhere in it a `Hole` may stand for what is not known,
and a `Secret` around what comes of a hidden parameter: it is judged, never printed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from guardrail.errors import InputError
from guardrail.model import Attributes, Unknown

MOST_STEPS = 1_000_000
"""Steps of evaluation that one template may take, values that it makes included."""

Link: TypeAlias = tuple[str, str]
"""Address of a resource without instance keys, and its attribute; "" for its id."""


OPEN: Link = ("", "")
"""Where a value may also come from, and no resource of the template is."""


class Hole(msgspec.Struct, frozen=True):
    """What is not known, and the resources that it will come from."""

    unknown: Unknown
    links: tuple[Link, ...] = ()


class Secret(msgspec.Struct, frozen=True):
    """What comes of a hidden parameter."""

    value: Any


class Dropped:
    """What a condition takes away: an item, or a key with its value."""


DROPPED = Dropped()


class Budget:
    """What the evaluation of one template may still cost."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Nothing, while there is something left.

        Raises:
            InputError: The template asks for too much.
        """
        self._left -= steps
        if self._left < 0:
            raise InputError(
                "the template takes more steps to evaluate than are allowed",
                remedy="Split it: something in it grows without measure",
            )


class Seen(msgspec.Struct, frozen=True):
    """A value looked through."""

    plain: Any
    """Without the marks of secrets; of use only where there are no holes."""
    holes: tuple[Hole, ...] = ()
    secret: bool = False


def seen(value: Any, budget: Budget) -> Seen:
    """`value` with what is unknown or secret anywhere in it.

    Raises:
        InputError: It is too large.
    """
    holes: list[Hole] = []
    secrets: list[Secret] = []

    def walk(item: Any) -> Any:
        budget.spend()
        if isinstance(item, Hole):
            holes.append(item)
        elif isinstance(item, Secret):
            secrets.append(item)
            return walk(item.value)
        elif isinstance(item, Mapping):
            return {key: walk(inner) for key, inner in item.items()}
        elif isinstance(item, list):
            return [walk(inner) for inner in item]
        return item

    plain = walk(value)
    return Seen(plain, tuple(holes), bool(secrets))


def merged(holes: Iterable[Hole], unknown: Unknown | None = None) -> Hole:
    """One hole that comes of others, for the reason of the first unless another is."""
    found = list(holes)
    links = dict.fromkeys(link for hole in found for link in hole.links)
    if links and not all(hole.links for hole in found):
        links[OPEN] = None
    return Hole(unknown or found[0].unknown, tuple(links))


def wrapped(value: Any, *, secret: bool) -> Any:
    """`value`, marked where it is a secret and known."""
    return Secret(value) if secret and not isinstance(value, Hole) else value


def opened(value: Any) -> tuple[Any, bool]:
    """What stands in a mark, and whether there was one."""
    secret = False
    while isinstance(value, Secret):
        value, secret = value.value, True
    return value, secret


def links(value: Any, budget: Budget, path: str = "") -> Iterator[tuple[str, Link]]:
    """Each link in `value` with the path to it, dotted, lists left out.

    Raises:
        InputError: It is too large.
    """
    budget.spend()
    if isinstance(value, Hole):
        yield from ((path, link) for link in value.links)
    elif isinstance(value, Secret):
        yield from links(value.value, budget, path)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from links(inner, budget, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from links(inner, budget, path)


def attributes(values: Mapping[str, Any] | Hole, budget: Budget) -> Attributes:
    """`values`, or nothing known, as the attributes of a resource.

    Raises:
        InputError: They are too large.
    """
    reasons: dict[Unknown, int] = {}

    def walk(item: Any) -> tuple[Any, Any, Any]:
        """What is known, unknown and secret of `item`."""
        budget.spend()
        if isinstance(item, Hole):
            return None, reasons.setdefault(item.unknown, len(reasons)), None
        if isinstance(item, Secret):
            known, unknown, _secret = walk(item.value)
            return known, unknown, True
        if isinstance(item, Mapping):
            parts = {_name(key): walk(inner) for key, inner in item.items()}
            sides = [{key: part[at] for key, part in parts.items()} for at in range(3)]
            return sides[0], _mask(sides[1]), _mask(sides[2])
        if isinstance(item, list):
            items = [walk(inner) for inner in item]
            rows = [[one[at] for one in items] for at in range(3)]
            return rows[0], _mask(rows[1]), _mask(rows[2])
        return _scalar(item), None, None

    known, unknown, secret = walk(values)
    encode = msgspec.json.encode
    return Attributes(
        encode(known), encode(unknown), encode(secret), reasons=tuple(reasons)
    )


def _mask(marks: Any) -> Any:
    """A mask, or None where it marks nothing."""
    inner = marks.values() if isinstance(marks, dict) else marks
    if all(one is None for one in inner):
        return None
    if isinstance(marks, dict):
        return {key: mark for key, mark in marks.items() if mark is not None}
    return marks


def _scalar(item: Any) -> Any:
    """`item` as JSON can say it."""
    if isinstance(item, str):
        return _sound(item)
    if isinstance(item, int) and abs(item) >= 1 << 63:
        return str(item)
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    return item


def _name(key: Any) -> str:
    """A key as JSON has it: a function may have put another value there."""
    return _sound(key) if isinstance(key, str) else json.dumps(key)


def _sound(text: str) -> str:
    """`text` without halves of characters."""
    return text if text.isascii() else text.encode(errors="replace").decode()
