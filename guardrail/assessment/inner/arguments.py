"""What stands at the dotted arguments of one resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from guardrail.assessment.flows import meets
from guardrail.model import (
    ABSENT,
    Known,
    Part,
    Reference,
    Resource,
    Setting,
    Stack,
    Unknown,
)


class Links:
    """The references of a stack, by the blocks that they join."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @cached_property
    def of(self) -> Mapping[str, Sequence[Reference]]:
        """By the block that reads."""
        return _by(self.stack.references, lambda one: one.source)

    @cached_property
    def to(self) -> Mapping[str, Sequence[Reference]]:
        """By the block that is read."""
        return _by(self.stack.references, lambda one: one.target)


def _by(
    references: Iterable[Reference], block: Callable[[Reference], str]
) -> Mapping[str, Sequence[Reference]]:
    found: dict[str, list[Reference]] = {}
    for one in references:
        found.setdefault(block(one), []).append(one)
    return found


class Arguments:
    """The arguments of one resource of a stack."""

    def __init__(self, resource: Resource, links: Links) -> None:
        self.resource = resource
        self.providers = links.stack.providers
        self._stack = links.stack
        self._links = links
        self._parts: dict[str, Part] = {}

    def at(self, path: str) -> Setting[Any]:
        """What is set at `path`; absent where nothing is, or "".

        What the block does not set, and is unknown, the provider fills in: absent too.

        Raises:
            InputError: It is malformed.
        """
        if not path:
            return ABSENT
        top, *rest = path.split(".")
        found = self._part(top).get(top)
        if isinstance(found, Unknown) and self._computed(top):
            return ABSENT
        if not isinstance(found, Known):
            return found
        inside = [*_inside(found.value, rest)]
        unknown = next((one for one in inside if isinstance(one, Unknown)), None)
        if unknown is not None or not inside:
            return unknown or ABSENT
        return Known(inside[0] if len(inside) == 1 else inside)

    def hides(self, path: str) -> bool:
        """Whether what stands at `path`, or a part of it, is never printed."""
        top, *rest = path.split(".")
        part = self._part(top)
        return part.hides_in(top, rest[0]) if rest else part.hides(top)

    def secrets(self, path: str, names: Mapping[str, Any]) -> frozenset[str]:
        """Those of `names`, the entries of the map at `path`, that are not printed."""
        part = self._part(path)
        return frozenset(one for one in names if part.hides_in(path, one))

    def sources(self, path: str) -> list[Reference]:
        """The references in what stands at `path`, or around it."""
        return [
            one
            for one in self._links.of.get(self.resource.configuration, ())
            if meets(one.path, path)
        ]

    def readers(self) -> Sequence[Reference]:
        """The references to the resource."""
        return self._links.to.get(self.resource.configuration, ())

    def open(self, path: str) -> bool:
        """Whether it may also come from what no reference shows."""
        open_ = self._stack.unfollowed.get(self.resource.configuration, ())
        return any(meets(one, path) for one in open_)

    def _part(self, top: str) -> Part:
        if top not in self._parts:
            self._parts[top] = self.resource.attributes.pick((top,))
        return self._parts[top]

    def _computed(self, top: str) -> bool:
        stated = self._stack.arguments.get(self.resource.configuration)
        return stated is not None and not any(meets(one, top) for one in stated)


def _inside(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at `path` and is not empty, through lists as if they were not there.

    A list that stands there itself is one value.
    """
    if isinstance(value, list) and path:
        for one in value:
            yield from _inside(one, path)
    elif isinstance(value, Mapping) and path:
        yield from _inside(value.get(path[0]), path[1:])
    elif value not in (None, "", [], {}):
        yield value
