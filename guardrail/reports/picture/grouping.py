"""Which resources of a place stand together as one card."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from guardrail.model import Resource

_PART = re.compile(r'(?:[^.\[]|\[(?:"(?:\\.|[^"\\])*"|[^\]"]*)\])+')
"""A name of an address with its instance key, which may hold dots."""


class Named(msgspec.Struct, frozen=True):
    """An address, taken apart."""

    module: str
    """With instance keys; "" for the root module."""
    name: str


def named(resource: Resource) -> Named:
    """The module of a resource, and its name there.

    What another engine makes has the name of what it is a part of before its own.
    """
    whole = resource.outer or resource.address
    parts = _PART.findall(whole)
    depth = _depth(parts)
    rest = parts[depth:]
    if rest[:1] == ["data"]:
        rest = rest[1:]
    if len(rest) > 1 and (resource.outer or rest[0] == resource.type):
        rest = rest[1:]
    inner = resource.address[len(whole) :]
    return Named(".".join(parts[:depth]), ".".join(rest) + inner or resource.address)


def _depth(parts: list[str]) -> int:
    """How many of `parts` name modules."""
    depth = 0
    while len(parts) > depth + 1 and parts[depth] == "module":
        depth += 2
    return depth


Key: TypeAlias = tuple[str, str]
"""The module and the type that resources of one card share; "" where they need not."""


def _by_module(resource: Resource) -> Key:
    """The module it stands in, whatever the instance; the type in the root module."""
    parts = resource.configuration.split(".")
    depth = _depth(parts)
    return (".".join(parts[:depth]), "") if depth else ("", resource.type)


def _by_outer_module(resource: Resource) -> Key:
    """The outermost module; the type in the root module."""
    module, type_ = _by_module(resource)
    return ".".join(module.split(".")[:2]), type_


Alike: TypeAlias = Callable[[Resource], Key]

LEVELS: Mapping[str, tuple[Alike | None, ...]] = {
    "auto": (None, _by_module, _by_outer_module),
    "module": (_by_module,),
    "none": (None,),
}
"""The ways to put resources together, from the finest; None leaves each by itself."""
LEGIBLE = 60
"""So many cards are read at a glance; beyond, the next way is taken."""
