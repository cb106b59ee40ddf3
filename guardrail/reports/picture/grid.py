"""Where cards stand: in rows and columns, the frames side by side or stacked.

Within a frame data goes from left to right. Cards between which it goes round stand in
one column. What takes part in no flow there comes below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, sqrt

import msgspec

from guardrail.reports.picture.scene import STATES, Frame, Scene
from guardrail.reports.picture.steps import steps

WIDE = 0.54
"""Columns by rows of a picture that is as wide as a screen: cards are wide, too."""
_COLUMNS = 10
_CHAIN = 4
"""So many steps of a chain stand side by side where the frame is small."""
_SIDE_BY_SIDE = 4
"""So many operators have a column of frames each; more share them."""


class Spot(msgspec.Struct, frozen=True):
    """Where a card stands."""

    band: int
    column: int
    """Within the band."""
    row: int
    """In the whole picture."""


class Box(msgspec.Struct, frozen=True):
    """Where a frame stands: its heading is at `row`, its cards are below."""

    band: int
    columns: int
    row: int
    rows: int
    """Of cards."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """The places of all cards and frames."""

    spots: tuple[Spot, ...]
    boxes: tuple[Box, ...]
    bands: tuple[int, ...]
    """How many columns each band of frames has."""
    rows: int
    taken: frozenset[tuple[int, int, int]]
    """Band, row and column of every card."""


def arranged(scene: Scene) -> Grid:
    """The places of the cards and frames of `scene`."""
    blocks = [_block(frame, scene) for frame in scene.frames]
    order = _ordered(scene)
    bands = _banded(order, scene, blocks)
    boxes: dict[int, Box] = {}
    spots: dict[int, Spot] = {}
    for band, frames in enumerate(bands):
        row = 0
        for number in frames:
            block = blocks[number]
            boxes[number] = Box(band, block.columns, row, block.rows)
            for card, (column, below) in block.places.items():
                spots[card] = Spot(band, column, row + 1 + below)
            row += 1 + block.rows
    return Grid(
        spots=tuple(spots[card] for card in range(len(scene.cards))),
        boxes=tuple(boxes[number] for number in range(len(scene.frames))),
        bands=tuple(max(blocks[one].columns for one in band) for band in bands),
        rows=max((box.row + 1 + box.rows for box in boxes.values()), default=0),
        taken=frozenset((one.band, one.row, one.column) for one in spots.values()),
    )


class _Block(msgspec.Struct, frozen=True):
    """The cards of one frame, in columns and rows of their own."""

    columns: int
    rows: int
    places: Mapping[int, tuple[int, int]]


def _block(frame: Frame, scene: Scene) -> _Block:
    inside = set(frame.cards)
    links = [
        (link.source, link.target, link.both)
        for card in frame.cards
        for link in scene.links_from.get(card, ())
        if link.target in inside
    ]
    step = steps(links)
    by_step: dict[int, list[int]] = {}
    for card in frame.cards:
        if card in step:
            by_step.setdefault(step[card], []).append(card)
    columns = ceil(sqrt(WIDE * len(frame.cards)))
    columns = min(max(columns, min(len(by_step), _CHAIN)), _COLUMNS)
    tallest = max(3, ceil(len(frame.cards) / columns))
    chunks = [
        chunk
        for _step, cards in sorted(by_step.items())
        for chunk in _cut(cards, tallest)
    ]
    places, rows = _folded(chunks, columns)
    alone = [card for card in frame.cards if card not in step]
    for place, card in enumerate(alone):
        places[card] = (place % columns, rows + place // columns)
    return _Block(columns, rows + ceil(len(alone) / columns), places)


def _cut(cards: Sequence[int], longest: int) -> Iterable[Sequence[int]]:
    return (cards[at : at + longest] for at in range(0, len(cards), longest))


def _folded(
    chunks: Sequence[Sequence[int]], columns: int
) -> tuple[dict[int, tuple[int, int]], int]:
    """The chunks side by side, `columns` of them, and the next ones below."""
    places: dict[int, tuple[int, int]] = {}
    rows = 0
    for first in range(0, len(chunks), columns):
        beside = chunks[first : first + columns]
        for column, chunk in enumerate(beside):
            for below, card in enumerate(chunk):
                places[card] = (column, rows + below)
        rows += max(map(len, beside))
    return places, rows


def _ordered(scene: Scene) -> list[int]:
    """The frames: whence data leaves first, by operator; what is not known last."""
    surplus: dict[str, int] = {}
    for link in scene.leaving():
        for end, sign in ((link.source, -1), (link.target, 1)):
            operator = scene.frames[scene.frame_of[end]].place.operator
            surplus[operator] = surplus.get(operator, 0) + (0 if link.both else sign)
    worst: dict[str, int] = {}
    for frame in scene.frames:
        weight = min(STATES.index(scene.cards[card].state) for card in frame.cards)
        operator = frame.place.operator
        worst[operator] = min(worst.get(operator, weight), weight)

    def rank(number: int) -> tuple[object, ...]:
        place = scene.frames[number].place
        operator = place.operator
        unknown = not place.lands, not operator
        return unknown, surplus.get(operator, 0), -worst[operator], place

    return sorted(range(len(scene.frames)), key=rank)


def _banded(
    order: Sequence[int], scene: Scene, blocks: Sequence[_Block]
) -> list[list[int]]:
    """The frames of each band, from left to right; those of an operator in a row."""
    operators = {scene.frames[number].place.operator for number in order}
    cells = sum(block.columns * (block.rows + 1) for block in blocks)
    tallest = max((block.rows + 1 for block in blocks), default=0)
    limit = max(tallest, ceil(sqrt(cells / WIDE)))
    few = len(operators) <= _SIDE_BY_SIDE
    bands: list[list[int]] = []
    before, rows = None, 0
    for number in order:
        operator, more = scene.frames[number].place.operator, blocks[number].rows + 1
        if not bands or rows + more > limit or (few and operator != before):
            bands.append([])
            rows = 0
        bands[-1].append(number)
        before, rows = operator, rows + more
    return bands
