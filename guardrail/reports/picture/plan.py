"""The drawing in pixels: where each frame, card, line and label is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import TypeAlias

import msgspec

from guardrail.reports.picture.grid import Grid, Spot, arranged
from guardrail.reports.picture.routes import (
    WITHIN,
    Channels,
    Lanes,
    Port,
    Route,
    Side,
    routed,
    traffic,
)
from guardrail.reports.picture.scene import Link, Scene

CARD_HEIGHT = 70
LABEL_HEIGHT = 17
_CHANNEL = 26
_CORRIDOR = 18
_GAP = 24
_STACKED = 46
"""The gap above the heading of a frame."""
_LANE = 9
_LABELLED_LANE = 19
_MOST = 300
"""So wide lanes spread; more of them stand closer."""
_PORT = 18
_PORTS = 54
_MARGIN = 12
_ARROW = 9


class Area(msgspec.Struct, frozen=True):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The way of a flow."""

    link: Link
    crosses: bool
    points: tuple[tuple[float, float], ...]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a line where it enters a frame."""

    x: float
    """Of its middle."""
    y: float
    links: tuple[Link, ...]
    """Those it speaks of."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing."""

    width: float
    height: float
    frames: tuple[Area, ...]
    headings: tuple[Area, ...]
    cards: tuple[Area, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]


LabelWidth: TypeAlias = Callable[[Sequence[Link]], float]
"""How wide the label is that speaks of flows."""


def planned(scene: Scene, label_width: LabelWidth, card_width: float) -> Plan:
    """The drawing of `scene`, every card of which is so wide."""
    return _Planner(scene, label_width, card_width).plan()


class _Planner:
    """Turns rows, columns and lanes into pixels."""

    def __init__(
        self, scene: Scene, label_width: LabelWidth, card_width: float
    ) -> None:
        self._scene = scene
        self._grid = arranged(scene)
        self._channels = Channels(self._grid.bands)
        self._routes = routed(scene, self._grid)
        self._traffic = traffic(self._routes, self._grid)
        self._ports = _ports(self._routes, self._grid)
        self._label_width = label_width
        self._entering = _entering(self._routes)
        self._wide = card_width
        self._upright = _counted(self._traffic.upright)
        self._level = _counted(self._traffic.level)
        self._zones = self._label_zones()
        self._lefts = self._across()
        self._gaps = [self._gap(number) for number in range(self._grid.rows + 1)]
        self._tops = [
            top + CARD_HEIGHT * number
            for number, top in enumerate(accumulate(self._gaps, initial=0.0))
        ]

    def plan(self) -> Plan:
        grid = self._grid
        return Plan(
            width=self._lefts[-1],
            height=self._tops[-1] - CARD_HEIGHT,
            frames=tuple(self._frame(number) for number in range(len(grid.boxes))),
            headings=tuple(self._heading(number) for number in range(len(grid.boxes))),
            cards=tuple(map(self._card, grid.spots)),
            lines=tuple(map(self._line, self._routes)),
            labels=tuple(map(self._label, self._entering)),
        )

    # Sizes

    def _label_zones(self) -> dict[int, list[float]]:
        """By corridor, how much room labels take on its left and on its right."""
        zones: dict[int, list[float]] = {}
        for routes in self._entering:
            first = routes[0]
            zone = zones.setdefault(first.entry, [0.0, 0.0])
            side = first.end.side < 0
            wanted = self._label_width([route.link for route in routes]) + 2 * _ARROW
            zone[side] = max(zone[side], wanted)
        return zones

    def _width(self, channel: int) -> float:
        lanes = _spread(self._upright.get(channel, 0), _LANE)
        least = _CORRIDOR if channel in self._corridors() else _CHANNEL
        return max(least, lanes + 2 * _LANE) + sum(self._zones.get(channel, ()))

    def _corridors(self) -> frozenset[int]:
        bands = range(len(self._grid.bands) + 1)
        return frozenset(map(self._channels.corridor, bands))

    def _across(self) -> list[float]:
        """The left of every channel, and the right of the last."""
        corridors = self._corridors()
        lefts = [0.0]
        for channel in range(self._channels.count):
            before_card = channel not in corridors and channel + 1 not in corridors
            card = self._wide if before_card else 0
            lefts.append(lefts[-1] + self._width(channel) + card)
        return lefts

    def _gap(self, number: int) -> float:
        headings = {box.row for box in self._grid.boxes}
        lanes = _spread(self._level.get(number, 0), _LABELLED_LANE)
        least = _STACKED if number in headings else _GAP
        return max(least, lanes + 2 * _LANE)

    # Places

    def _left(self, spot: Spot) -> float:
        inner = self._channels.inner(spot.band, spot.column)
        return self._lefts[inner] + self._width(inner)

    def _top(self, row: int) -> float:
        return self._tops[row] + self._gaps[row]

    def _card(self, spot: Spot) -> Area:
        return Area(self._left(spot), self._top(spot.row), self._wide, CARD_HEIGHT)

    def _frame(self, number: int) -> Area:
        box = self._grid.boxes[number]
        left = self._lefts[self._channels.inner(box.band, 0)]
        last = self._channels.inner(box.band, box.columns)
        right = self._lefts[last] + self._width(last)
        top = self._top(box.row) - _MARGIN
        bottom = self._top(box.row + box.rows) + CARD_HEIGHT + _MARGIN
        return Area(left, top, right - left, bottom - top)

    def _heading(self, number: int) -> Area:
        frame = self._frame(number)
        return Area(frame.x + _MARGIN, frame.y, frame.width - 2 * _MARGIN, CARD_HEIGHT)

    # Lines

    def _line(self, route: Route) -> Line:
        start, end = self._touch(route.start), self._touch(route.end)
        points = [start]
        across = [self._lane_x(channel, route) for channel in route.legs[::2]]
        heights = [start[1], *(self._lane_y(one, route) for one in route.legs[1::2])]
        for place, (x, y) in enumerate(zip(across, heights, strict=True)):
            after = heights[place + 1] if place + 1 < len(heights) else end[1]
            points += [(x, y), (x, after)]
        points.append(end)
        crosses = route.entry != WITHIN
        return Line(link=route.link, crosses=crosses, points=_straight(points))

    def _touch(self, port: Port) -> tuple[float, float]:
        spot = self._grid.spots[port.card]
        x = self._left(spot) + (self._wide if port.side > 0 else 0)
        place, many = self._ports[port]
        step = min(_PORT, _PORTS / many)
        y = self._top(spot.row) + CARD_HEIGHT / 2 + step * (place - (many - 1) / 2)
        return x, y

    def _lane_x(self, channel: int, route: Route) -> float:
        lane = self._traffic.upright[channel, route.key]
        left, right = self._zones.get(channel, (0.0, 0.0))
        room = self._width(channel) - left - right
        middle = self._lefts[channel] + left + room / 2
        return middle + _lane(lane, self._upright[channel], _LANE)

    def _lane_y(self, gap: int, route: Route) -> float:
        lane = self._traffic.level[gap, route.key]
        middle = self._tops[gap] + self._gaps[gap] / 2
        return middle + _lane(lane, self._level[gap], _LABELLED_LANE)

    def _label(self, routes: Sequence[Route]) -> Label:
        """The label of flows that share their lanes, where the first of them enters."""
        route = routes[0]
        channel, rightward = route.entry, route.end.side < 0
        left, right = self._zones[channel]
        x = (
            self._lefts[channel] + self._width(channel) - right / 2 - _ARROW / 2
            if rightward
            else self._lefts[channel] + left / 2 + _ARROW / 2
        )
        at = route.legs[::2].index(channel)
        inside = route.legs[2 * at + 1 :]
        y = self._lane_y(inside[0], route) if inside else self._touch(route.end)[1]
        return Label(x=x, y=y, links=tuple(one.link for one in routes))


def _entering(routes: Iterable[Route]) -> list[list[Route]]:
    """The flows that enter another frame, together where they share their lanes."""
    found: dict[object, list[Route]] = {}
    for route in routes:
        if route.entry != WITHIN:
            found.setdefault(route.key, []).append(route)
    return list(found.values())


def _counted(lanes: Lanes) -> dict[int, int]:
    """How many lanes each channel or gap has."""
    found: dict[int, int] = {}
    for (track, _key), lane in lanes.items():
        found[track] = max(found.get(track, 0), lane + 1)
    return found


def _spread(lanes: int, apart: float) -> float:
    """How wide so many lanes are, from the first to the last."""
    return min(_MOST, apart * max(0, lanes - 1))


def _lane(lane: int, lanes: int, apart: float) -> float:
    """How far a lane is from the middle of all."""
    if lanes == 1:
        return 0.0
    return _spread(lanes, apart) * (lane / (lanes - 1) - 0.5)


def _straight(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """`points` without those at which a line goes straight on."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _in_line(
    first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]
) -> bool:
    level = first[1] == second[1] == third[1]
    upright = first[0] == second[0] == third[0]
    return level or upright


def _ports(routes: Iterable[Route], grid: Grid) -> dict[Port, tuple[int, int]]:
    """The place of each port on its side of its card, and how many there are."""
    others: dict[Port, Spot] = {}
    for route in routes:
        for port, other in ((route.start, route.end), (route.end, route.start)):
            spot = grid.spots[other.card]
            known = others.get(port, spot)
            others[port] = min(known, spot, key=_height)
    sides: dict[tuple[int, Side], list[Port]] = {}
    for port in others:
        sides.setdefault((port.card, port.side), []).append(port)
    found = {}
    for ports in sides.values():
        ports.sort(key=lambda port: (_height(others[port]), port.key))
        for place, port in enumerate(ports):
            found[port] = place, len(ports)
    return found


def _height(spot: Spot) -> tuple[int, int, int]:
    return spot.row, spot.band, spot.column
