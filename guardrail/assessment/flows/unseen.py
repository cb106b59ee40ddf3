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
        """Index the references; `blocks` are the places of `resources` by their block.

        `shown` are the places of those of which the stack shows what data they have.
        """
        self._resources = resources
        self._blocks = blocks
        self._unfollowed = stack.unfollowed
        self._links: dict[str, list[tuple[Reference, _End]]] = {}
        self._values: dict[tuple[str, str], frozenset[str]] = {}
        for one in stack.references:
            places = blocks.get(one.target, ())
            if any(place in shown for place in places):
                end = _End.SHOWN
            elif _DATA.match(one.target):
                end = _End.FOUND
            elif places:
                end = _End.HIDDEN
            else:
                continue
            self._links.setdefault(one.source, []).append((one, end))

    def unseen(
        self, one: Named, resource: Resource, sure: Callable[[Named], bool]
    ) -> Unseen | None:
        """What `one` brings into `resource`; None where it is in the stack.

        `sure` says whether a known value surely means a resource of the stack.
        """
        if not one.incoming:
            return None
        path, block = one.flow.path, resource.configuration
        links = [
            pair for pair in self._links.get(block, ()) if meets(pair[0].path, path)
        ]
        ends = {end for _link, end in links}
        if isinstance(one.text, str):
            known = not brings(one.flow) or sure(one) or self._read(one.text, links)
            return None if known else Unseen(path, elsewhere=True)
        hidden = any(meets(other, path) for other in self._unfollowed.get(block, ()))
        if hidden or not ends or _End.HIDDEN in ends:
            return Unseen(path, elsewhere=False)
        found = _End.FOUND in ends and brings(one.flow)
        return Unseen(path, elsewhere=True) if found else None

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
