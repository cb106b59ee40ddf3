"""Data that comes in from out of the stack, so that nobody knows its class.

An argument that says where data comes from leads to a resource of the stack, by a
reference or by what that is called, or it does not. Where nobody knows what it leads
to, or it surely leads to something stored elsewhere, the data may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from enum import Enum

import msgspec

from guardrail.assessment.flows.named import Named, meets
from guardrail.model import Reference, Resource, Stack
from guardrail.placement.providers import Flow

_STORED = frozenset({"copies", "backs-up", "replicates"})
"""Kinds of flows that bring all that somebody has stored."""
_DATA = re.compile(r"(?:module\.[^.]+\.)*data\.")


class Unseen(msgspec.Struct, frozen=True, order=True):
    """An argument that says from where data comes in, and it is not in the stack."""

    path: str
    elsewhere: bool
    """Whether it surely names something elsewhere; else nobody knows what it names."""


class _End(Enum):
    """What a reference leads to."""

    SHOWN = "a resource of the stack, with its data"
    FOUND = "what a data source finds elsewhere"
    HIDDEN = "what hands on a value, and does not show from where"


class Incoming:
    """From where data comes into the resources of a stack, as references show it."""

    def __init__(
        self,
        resources: Sequence[Resource],
        blocks: Mapping[str, Sequence[int]],
        stack: Stack,
        shown: Container[int],
    ) -> None:
        """`blocks` are the places of `resources` by their block.

        `shown` are the places of those of which the stack shows what data they have.
        """
        self._resources = resources
        self._blocks = blocks
        self._shown = shown
        self._unfollowed = stack.unfollowed
        self._values: dict[tuple[str, str], frozenset[str]] = {}
        self._ends: dict[str, _End | None] = {}
        self._references: dict[str, list[Reference]] = {}
        for one in stack.references:
            self._references.setdefault(one.source, []).append(one)

    def unseen(
        self, one: Named, resource: Resource, sure: Callable[[Named], bool]
    ) -> Unseen | None:
        """What `one` brings into `resource`; None where it is in the stack.

        `sure` says whether a known value surely means a resource of the stack.
        """
        path, block = one.flow.path, resource.configuration
        links = [
            (link, end)
            for link in self._references.get(block, ())
            if meets(link.path, path) and (end := self._end(link.target))
        ]
        ends = {end for _link, end in links}
        if isinstance(one.text, str):
            known = not brings(one.flow) or self._read(one.text, links) or sure(one)
            return None if known else Unseen(path, elsewhere=True)
        hidden = any(meets(other, path) for other in self._unfollowed.get(block, ()))
        if hidden or not ends or _End.HIDDEN in ends:
            return Unseen(path, elsewhere=False)
        found = _End.FOUND in ends and brings(one.flow)
        return Unseen(path, elsewhere=True) if found else None

    def _end(self, block: str) -> _End | None:
        """What a reference to `block` leads to; None where that is not in the stack."""
        if block not in self._ends:
            self._ends[block] = self._found(block)
        return self._ends[block]

    def _found(self, block: str) -> _End | None:
        places = self._blocks.get(block, ())
        if any(place in self._shown for place in places):
            return _End.SHOWN
        if _DATA.match(block):
            return _End.FOUND
        return _End.HIDDEN if places else None

    def _read(self, text: str, links: Iterable[tuple[Reference, _End]]) -> bool:
        """Whether `text` has in it what one of `links` reads of the stack."""
        return any(
            value in text
            for one, end in links
            if end is _End.SHOWN
            for value in self._values_of(one.target, one.attribute)
        )

    def _values_of(self, block: str, attribute: str) -> frozenset[str]:
        """The texts that the resources of a block have at `attribute`."""
        key = block, attribute
        if key not in self._values:
            found = [
                self._resources[place].attributes.pick((attribute,)).texts()
                for place in self._blocks[block]
            ]
            self._values[key] = frozenset(
                value for texts in found for value in texts.values()
            )
        return self._values[key]


def brings(flow: Flow) -> bool:
    """Whether what a known value names elsewhere surely brings somebody's data along.

    What is attached or served is where it was, and what is published is nobody's.
    """
    return flow.data == "in" and flow.kind in _STORED and not flow.published
