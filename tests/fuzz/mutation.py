"""Plans that came to harm: bytes and structures, changed at random."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import Stack

Place = tuple[Any, Any]
"""A container, and a key or index in it."""

ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 2**70, 1.5),
    *("", "x", "module.a", "a.b[0]", 'a.b["', "\x00", "\u202e", "é", "x" * 5000),
    *([], {}, [[]], [None], ["create"], ["update", "delete"]),
    *({"": None}, {"a": {"b": [1]}}, {"constant_value": None}),
    {"references": ["var.x"]},
    {"references": [None, "", "."]},
    {"references": ["module.a.b", "each.value", "data.x.y.z[0]"]},
)


def outcome(document: bytes) -> Stack | InputError:
    """What reading `document` and taking every value of it comes to.

    Anything that is raised from here is a bug.
    """
    try:
        stack = read(document, path="plan.json")
        _take_all(stack)
    except InputError as error:
        text = str(error)
        assert text.isprintable(), text
        assert len(text) < 2000
        return error
    return stack


def _take_all(stack: Stack) -> None:
    names = ("tags", "region", "location", "bucket", "a", "")
    for resource in stack.resources:
        for attributes in (resource.attributes, resource.before):
            part = attributes.pick(names)
            for name in names:
                part.get(name)
    for configured in stack.providers.values():
        configured.setting("endpoints.s3")
        configured.setting("region")


def damaged_bytes(document: bytes, random: Random) -> bytes:
    """`document` with some bytes cut, copied, swapped or overwritten."""
    damaged = bytearray(document)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(damaged) + 1)
        end = min(len(damaged), start + random.choice((1, 2, 8, 64, 1000)))
        piece = bytes(damaged[start:end])
        damaged[start:end] = random.choice(
            (
                b"",
                piece + piece,
                piece[::-1],
                bytes(random.randrange(256) for _ in range(3)),
                random.choice(
                    (b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\xff", b"null")
                ),
            )
        )
    return bytes(damaged)


def damaged_structure(tree: dict[str, Any], random: Random) -> bytes:
    """The JSON of `tree` with some values replaced, removed, moved or doubled."""
    damaged = copy.deepcopy(tree)
    for _ in range(random.randint(1, 3)):
        places = list(_places(damaged))
        if places:
            container, key = random.choice(places)
            random.choice(_DAMAGE)(container, key, random, places)
    separators = random.choice(((",", ":"), (", ", ": ")))
    return json.dumps(
        damaged, separators=separators, ensure_ascii=random.random() < 0.5
    ).encode()


def _places(tree: object) -> Iterator[Place]:
    """Every place in a tree."""
    pending = [tree]
    while pending:
        container = pending.pop()
        if isinstance(container, dict):
            yield from ((container, key) for key in container)
            pending.extend(container.values())
        elif isinstance(container, list):
            yield from ((container, index) for index in range(len(container)))
            pending.extend(container)


def _replace(container: Any, key: Any, random: Random, places: list[Place]) -> None:
    container[key] = copy.deepcopy(random.choice(ODD))


def _remove(container: Any, key: Any, random: Random, places: list[Place]) -> None:
    del container[key]


def _move(container: Any, key: Any, random: Random, places: list[Place]) -> None:
    other, name = random.choice(places)
    container[key] = copy.deepcopy(other[name])


def _rename(container: Any, key: Any, random: Random, places: list[Place]) -> None:
    if isinstance(container, dict):
        value = container.pop(key)
        container[
            random.choice(("", "x", "module", "\x1b", "k" * 5000, str(key) + "2"))
        ] = value
    else:
        container.append(container[key])


_DAMAGE: tuple[Callable[[Any, Any, Random, list[Place]], None], ...] = (
    _replace,
    _remove,
    _move,
    _rename,
)
