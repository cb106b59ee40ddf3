"""The way of each flow: along the channels between columns and the gaps between rows.

Cards stand in neither, so no flow runs across a card. Flows that begin at one card, or
lead from a frame to another when there are many, share their lanes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import accumulate
from typing import Literal, TypeAlias

import msgspec

from guardrail.reports.picture.grid import Grid, Spot
from guardrail.reports.picture.scene import Link, Scene

WITHIN = -1
MANY = 4
"""Flows between two frames beyond which they share their lanes."""

Side: TypeAlias = Literal[-1, 1]
"""Left or right of a card."""
Key: TypeAlias = tuple[object, ...]
"""Flows with one key share their lanes."""


class Port(msgspec.Struct, frozen=True):
    """Where a flow touches a card."""

    card: int
    side: Side
    key: Key


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one flow."""

    link: Link
    key: Key
    start: Port
    end: Port
    legs: tuple[int, ...]
    """Channel, gap, channel, gap, …, channel."""
    entry: int
    """The channel from which it enters another frame; `WITHIN` for none."""


class Channels:
    """The channels between columns, numbered from left to right."""

    def __init__(self, bands: Sequence[int]) -> None:
        """Number those of `bands`, each with so many columns."""
        self._first = list(accumulate([count + 2 for count in bands], initial=0))
        self.bands = bands
        self.count = self._first[-1] + 1

    def corridor(self, band: int) -> int:
        """The channel between the frames of `band` and those before it."""
        return self._first[band]

    def inner(self, band: int, column: int) -> int:
        """The channel to the left of a column; beyond the last, to its right."""
        return self._first[band] + 1 + column


def routed(scene: Scene, grid: Grid) -> tuple[Route, ...]:
    """The way of every flow of `scene`, in its order."""
    return _Router(scene, grid).routes()


class _Router:
    """Finds the ways of one scene."""

    def __init__(self, scene: Scene, grid: Grid) -> None:
        self._scene = scene
        self._grid = grid
        self._channels = Channels(grid.bands)
        frame = scene.frame_of
        self._between = Counter(
            (frame[link.source], frame[link.target]) for link in scene.links
        )

    def routes(self) -> tuple[Route, ...]:
        return tuple(self._route(link) for link in self._scene.links)

    def _route(self, link: Link) -> Route:
        spots, key = self._grid.spots, self._key(link)
        source, target = spots[link.source], spots[link.target]
        if self._scene.crosses(link):
            out, in_, legs, entry = self._across(link, source, target)
        else:
            entry = WITHIN
            out, in_, legs = self._within(source, target)
        return Route(
            link=link,
            key=key,
            start=Port(link.source, out, key),
            end=Port(link.target, in_, key),
            legs=legs,
            entry=entry,
        )

    def _key(self, link: Link) -> Key:
        source, target = (
            self._scene.frame_of[end] for end in (link.source, link.target)
        )
        how = link.kind, link.certain
        if source == target:
            return "within", link.source, 0, *how
        if self._between[source, target] > MANY:
            return "many", source, target
        return "across", link.source, target, *how

    def _within(self, source: Spot, target: Spot) -> tuple[Side, Side, tuple[int, ...]]:
        channel = self._channels.inner
        band, here, there = source.band, source.column, target.column
        if here == there:
            return 1, 1, (channel(band, here + 1),)
        side: Side = 1 if here < there else -1
        first = channel(band, here + (side > 0))
        last = channel(band, there + (side < 0))
        if first == last:
            return side, _other(side), (first,)
        return side, _other(side), (first, _gap(source, target), last)

    def _across(
        self, link: Link, source: Spot, target: Spot
    ) -> tuple[Side, Side, tuple[int, ...], int]:
        corridor = self._channels.corridor
        out: Side = 1 if source.band <= target.band else -1
        in_: Side = -1 if source.band < target.band else 1
        first = corridor(source.band + (out > 0))
        last = corridor(target.band + (in_ > 0))
        legs = [*self._way_out(source, out, _gap(target, source)), first]
        gap = _gap(source, target)
        if first != last:
            legs += [gap, last]
        legs += reversed(self._way_out(target, in_, gap))
        return out, in_, tuple(legs), last

    def _way_out(self, spot: Spot, side: Side, gap: int) -> list[int]:
        """The legs from a card to the corridor on a side; none where it is free."""
        beyond = (
            range(spot.column + 1, self._grid.bands[spot.band])
            if side > 0
            else range(spot.column)
        )
        taken = self._grid.taken
        if not any((spot.band, spot.row, column) in taken for column in beyond):
            return []
        return [self._channels.inner(spot.band, spot.column + (side > 0)), gap]


def _other(side: Side) -> Side:
    return -1 if side > 0 else 1


def _gap(source: Spot, target: Spot) -> int:
    """The gap beside the row of `target` on the side of `source`."""
    return target.row if source.row <= target.row else target.row + 1


Lanes: TypeAlias = dict[tuple[int, Key], int]
"""Channel or gap, and key, to the number of the lane there."""


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """The lanes of all ways."""

    upright: Lanes
    level: Lanes


def traffic(routes: Iterable[Route], grid: Grid) -> Traffic:
    """A lane for each key in each channel and gap, as few as there can be."""
    upright: dict[tuple[int, Key], tuple[int, int]] = {}
    level: dict[tuple[int, Key], tuple[int, int]] = {}
    for route in routes:
        rows = [4 * grid.spots[port.card].row + 2 for port in (route.start, route.end)]
        heights = [rows[0], *(4 * gap for gap in route.legs[1::2]), rows[1]]
        for place, channel in enumerate(route.legs[::2]):
            _widen(upright, (channel, route.key), heights[place : place + 2])
        for place, gap in enumerate(route.legs[1::2]):
            ends = route.legs[2 * place], route.legs[2 * place + 2]
            _widen(level, (gap, route.key), ends)
    return Traffic(upright=_lanes(upright), level=_lanes(level))


def _widen(
    spans: dict[tuple[int, Key], tuple[int, int]],
    key: tuple[int, Key],
    ends: Iterable[int],
) -> None:
    every = [*spans.get(key, ()), *ends]
    spans[key] = min(every), max(every)


def _lanes(spans: dict[tuple[int, Key], tuple[int, int]]) -> Lanes:
    lanes: Lanes = {}
    free: list[tuple[int, int]] = []
    here, opened = -1, 0
    for key, (start, end) in sorted(spans.items(), key=_from_the_start):
        if key[0] != here:
            here, opened, free = key[0], 0, []
        if free and free[0][0] < start:
            lane = heappop(free)[1]
        else:
            lane, opened = opened, opened + 1
        lanes[key] = lane
        heappush(free, (end, lane))
    return lanes


def _from_the_start(
    span: tuple[tuple[int, Key], tuple[int, int]],
) -> tuple[object, ...]:
    (track, key), (start, end) = span
    return track, start, end, key
