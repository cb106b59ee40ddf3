"""Data that comes in from out of the stack, so that nobody knows its class.

An argument that says where data comes from leads to a resource of the stack, by a
reference or by what that is called, or it does not. Where nobody knows what it leads
to, or what surely flows in is from elsewhere, the data may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from enum import Enum

import msgspec

from guardrail.assessment.flows.named import Named, meets
from guardrail.model import Reference, Resource, Stack
from guardrail.placement.providers import Flow

_BRINGING = frozenset({"copies", "backs-up", "replicates", "streams", "logs"})
"""Kinds of flows by which somebody's data arrives."""
_WIDE = frozenset({"account", "tag", "tags"})
"""What stands for all that is somewhere, or bears something."""
_DATA = re.compile(r"(?:module\.[^.]+\.)*data\.")


class Unseen(msgspec.Struct, frozen=True, order=True):
    """An argument that says from where data comes in, and it is not in the stack."""

    path: str
    elsewhere: bool
    """Whether it surely names something elsewhere; else nobody knows what it names."""
    wide: bool = False
    """Whether it stands for many resources, of the stack or not."""
    makes: str = ""
    """Why nobody sees what another engine makes of it; "" where data comes in by it."""


class Taker(msgspec.Struct, frozen=True):
    """A resource into which data comes."""

    resource: Resource
    kind: str
    receives: bool
    """Whether it keeps data, or surely hands some on to a resource of the stack."""


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
        self, asked: Sequence[Named], taker: Taker, sure: Callable[[Named], bool]
    ) -> tuple[Unseen, ...]:
        """What of `asked` brings data into `taker` that is not in the stack.

        `sure` says whether a known value surely means a resource of the stack.
        """
        found = [(one.flow, self._unseen(one, taker, sure)) for one in asked]
        at = any(
            hidden is None and flow.data == "both" and flow.names == "resource"
            for flow, hidden in found
        )
        return tuple(
            sorted(
                {
                    hidden
                    for flow, hidden in found
                    if hidden is not None and not (at and _leads_there(flow, hidden))
                }
            )
        )

    def _unseen(
        self, one: Named, taker: Taker, sure: Callable[[Named], bool]
    ) -> Unseen | None:
        path, block = one.flow.path, taker.resource.configuration
        if one.flow.names in _WIDE:
            return Unseen(path, elsewhere=True, wide=True)
        links = [
            (link, end)
            for link in self._references.get(block, ())
            if meets(link.path, path) and (end := self._end(link.target))
        ]
        ends = {end for _link, end in links}
        if isinstance(one.text, str):
            known = (
                not brings(one.flow, taker) or self._read(one.text, links) or sure(one)
            )
            return None if known else Unseen(path, elsewhere=True)
        hidden = any(meets(other, path) for other in self._unfollowed.get(block, ()))
        if hidden or not ends or _End.HIDDEN in ends:
            return Unseen(path, elsewhere=False)
        found = _End.FOUND in ends and brings(one.flow, taker)
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


def brings(flow: Flow, taker: Taker) -> bool:
    """Whether what a known value names elsewhere surely brings somebody's data along.

    What is attached or served is where it was, but for what a cache in front of it
    serves; and what is published is nobody's. Where data may go either way, it comes
    in if `taker` receives data at all.
    """
    if flow.published:
        return False
    if flow.kind == "serves":
        return taker.kind == "cdn" and flow.data == "in"
    if flow.kind not in _BRINGING:
        return False
    either = flow.data == "both" and flow.kind == "copies"
    return taker.receives or not either


def _leads_there(flow: Flow, hidden: Unseen) -> bool:
    """Whether `flow` says at which address the service is that has what is named."""
    return hidden.elsewhere and flow.data == "both" and flow.names == "address"
