"""The class and categories of data, followed to wherever the data goes.

A *certain* flow carries all that is known of its source: class, bounds, categories,
even to a resource whose owner declared less. A *probable* one carries only what the
data may be, and nothing from a source of which nobody says anything. So what reaches a
resource by certain flows alone can deny, and the rest is for review.

Each quantity (lowest rank, highest rank, each category) is raised from its highest
value down. No resource is raised twice, so the work grows with the flows, cycles or
not, and the flow that raised a resource is a step of the chain back to the label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from guardrail.classification.sensitivity import Because, DataFlow, Sensitivity
from guardrail.model import Phrase, say

NOTHING = Sensitivity(lowest=0, highest=0, labelled=False)
"""What a resource holds that keeps no data and passes on what reaches it."""

FLOWS_IN = say("data reaches it that may be of a higher class")
"""Why the class is not known of what flows have raised."""

UNSEEN = "unseen"
"""The source of a step that says that nobody knows what data comes in."""
_SHOWN = 12
"""Flows at the end of a chain that are told one by one; the label always is."""
_NONE: frozenset[str] = frozenset()
_SENTENCES = {
    "attaches": "attached to {}",
    "copies": "copied to {}",
    "backs-up": "backed up to {}",
    "replicates": "replicated to {}",
    "logs": "logged to {}",
    "streams": "streamed to {}",
    "connects": "connected to {}",
    "serves": "served by {}",
}


class Edge(msgspec.Struct, frozen=True):
    """A flow between two places of a list of resources."""

    source: int
    target: int
    flow: DataFlow


def spread(
    starts: Sequence[Sensitivity], edges: Sequence[Edge]
) -> dict[int, Sensitivity]:
    """The sensitivities that differ once data has gone wherever it goes, by place.

    Args:
        starts: What is known of each resource by itself.
        edges: The flows between places of `starts`; two places may have several.
    """
    return _Spread(starts, edges).raised()


class _Quantity:
    """A rank at every place, raised along the flows from the highest value down."""

    def __init__(self, values: list[int], leaving: Mapping[int, list[int]]) -> None:
        self.values = values
        self.came: dict[int, int] = {}
        """From which place each came that was raised, in the order raised."""
        self._origins: dict[int, tuple[int, int]] = {}
        levels: list[list[int]] = [[] for _rank in range(max(values, default=0) + 1)]
        for place in leaving:
            levels[values[place]].append(place)
        for rank in range(len(levels) - 1, 0, -1):
            self._raise(rank, levels[rank], leaving)

    def _raise(
        self, rank: int, places: Iterable[int], leaving: Mapping[int, list[int]]
    ) -> None:
        values, came = self.values, self.came
        pending = [place for place in places if place not in came]
        for place in pending:  # grows on the way
            for target in leaving.get(place, ()):
                if values[target] < rank:
                    values[target] = rank
                    came[target] = place
                    pending.append(target)

    def way(self, place: int) -> tuple[int, ...]:
        """The last places on the way to a raised one, and that itself."""
        found = [place]
        while found[-1] in self.came and len(found) <= _SHOWN:
            found.append(self.came[found[-1]])
        return tuple(reversed(found))

    def origin(self, place: int) -> tuple[int, int]:
        """The place that bears the label which raised `place`, and how far it is."""
        if not self._origins:
            for target, source in self.came.items():  # each after what raised it
                origin, length = self._origins.get(source, (source, 0))
                self._origins[target] = origin, length + 1
        return self._origins[place]


class _Spread:
    """All quantities at all places."""

    def __init__(self, starts: Sequence[Sensitivity], edges: Sequence[Edge]) -> None:
        self.starts = starts
        self._edges = edges
        self._between: dict[tuple[int, int], DataFlow] = {}
        self._addresses: dict[int, str] = {}
        certain = _leaving([edge for edge in edges if edge.flow.certain])
        every = _leaving(edges)
        self.lowest = _Quantity([one.lowest for one in starts], certain)
        self.highest = _Quantity([one.highest for one in starts], certain)
        self.stated = _Quantity([one.stated for one in starts], every)
        self.any = _Quantity([one.any_category for one in starts], every)
        claimed = _all(starts[place].categories for place in every)
        expected = _all(starts[place].possible for place in every)
        self.claimed = {
            name: _Quantity([name in one.categories for one in starts], certain)
            for name in sorted(claimed)
        }
        self.possible = {
            name: _Quantity(
                [name in one.categories or name in one.possible for one in starts],
                every,
            )
            for name in sorted(claimed | expected)
        }

    def raised(self) -> dict[int, Sensitivity]:
        """What differs from the start."""
        claimed, possible = _by_place(self.claimed), _by_place(self.possible)
        stated, any_ = self.stated.came.keys(), self.any.came.keys()
        own = stated | any_ | possible.keys()
        places = own | claimed.keys() | self.lowest.came.keys()
        return {
            place: self._at(
                place,
                claimed.get(place, _NONE),
                possible.get(place, _NONE),
                own=place in own,
            )
            for place in sorted(places | self.highest.came.keys())
        }

    def _at(
        self,
        place: int,
        claimed: frozenset[str],
        possible: frozenset[str],
        *,
        own: bool,
    ) -> Sensitivity:
        start = self.starts[place]
        return Sensitivity(
            lowest=self.lowest.values[place],
            highest=max(self.highest.values[place], self.stated.values[place]),
            categories=start.categories | claimed,
            any_category=bool(self.any.values[place]),
            possible=(start.possible | possible) - claimed,
            labelled=start.labelled,
            own=own or start.own,
            because=start.because,
            trail=_Trail(self, place),
        )

    def flow(self, source: int, target: int) -> DataFlow:
        """The flow between two places; a certain one where there are several."""
        if not self._between:
            for edge in self._edges:
                key = edge.source, edge.target
                known = self._between.get(key)
                if known is None or edge.flow.certain:
                    self._between[key] = edge.flow
        return self._between[source, target]

    def address(self, place: int) -> str:
        """The address of a place that data leaves."""
        if not self._addresses:
            for edge in self._edges:
                self._addresses[edge.source] = edge.flow.source
        return self._addresses[place]


class _Trail(msgspec.Struct, frozen=True, eq=False):
    """The ways on which data came to one place."""

    spread: _Spread
    place: int

    def steps(self) -> tuple[Because, ...]:
        """From the label to the resource, flow by flow; several ways in turn."""
        ways = {one.way(self.place): one for one in self._telling()}
        return tuple(
            step
            for way, quantity in ways.items()
            for step in self._told(way, *quantity.origin(self.place))
        )

    def _telling(self) -> Iterator[_Quantity]:
        """The quantities of which the way says something that no other does."""
        found, place, explained = self.spread, self.place, 0
        for rank in (found.lowest, found.highest, found.stated):
            if place in rank.came and rank.values[place] > explained:
                explained = rank.values[place]
                if self._says(rank):
                    yield rank
        for name, possible in found.possible.items():
            claimed = found.claimed.get(name, possible)
            one = claimed if place in claimed.came else possible
            if place in one.came:
                yield one
        if place in found.any.came:
            yield found.any

    def _says(self, rank: _Quantity) -> bool:
        """Whether it is news: an absent label is none where there is no label."""
        origin, _length = rank.origin(self.place)
        return any(self.spread.starts[one].labelled for one in (self.place, origin))

    def _told(self, way: Sequence[int], origin: int, length: int) -> Iterator[Because]:
        address = self.spread.address(origin)
        for step in self.spread.starts[origin].because:
            yield Because(step.source, say("{}: {}", address, step.detail), address)
        if length >= len(way):
            left = say("{} [flow|flows] on the way", str(length + 1 - len(way)))
            yield Because("flow", left, address)
        for source, target in pairwise(way):
            flow = self.spread.flow(source, target)
            yield Because("flow", _told(flow), flow.target)


def _told(flow: DataFlow) -> Phrase:
    sentence = say(_SENTENCES[flow.kind], flow.target)
    return sentence if flow.certain else say("perhaps {}", sentence)


def _by_place(named: Mapping[str, _Quantity]) -> dict[int, frozenset[str]]:
    """The names of which the quantity was raised at each place."""
    found: dict[int, frozenset[str]] = {}
    for name, quantity in named.items():
        joined: dict[frozenset[str], frozenset[str]] = {}
        for place in quantity.came:
            before = found.get(place, _NONE)
            if before not in joined:
                joined[before] = before | {name}
            found[place] = joined[before]
    return found


def _all(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*set(names))


def _leaving(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Where the edges that leave a place lead."""
    found: dict[int, list[int]] = {}
    for edge in edges:
        found.setdefault(edge.source, []).append(edge.target)
    return found
