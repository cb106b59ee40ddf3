"""What the signs of a picture mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

from guardrail.reports.picture.scene import STATES
from guardrail.reports.picture.signs import (
    class_sign,
    hatch,
    mark,
    number,
    text,
    width_of,
)
from guardrail.reports.picture.style import UNKNOWN, Look, look
from guardrail.reports.picture.words import Words

Drawn: TypeAlias = Callable[[float, float], str]
"""A sign, drawn with its left at x and its middle at y."""

_TITLE = 96
_ROW = 30
_BESIDE = 8
_APART = 24


class Item(msgspec.Struct, frozen=True):
    """A sign and what it means."""

    draw: Drawn
    width: float
    words: str


def legend(words: Words, x: float, y: float, width: float) -> tuple[str, float]:
    """The legend from x, y on, as SVG, and its height."""
    parts = []
    down = y
    for title, items in _rows(words):
        parts.append(text(x, down + _ROW / 2 + 4, title, "b"))
        across = x + _TITLE
        for item in items:
            wide = item.width + _BESIDE + width_of(item.words)
            if across + wide > x + width and across > x + _TITLE:
                across, down = x + _TITLE, down + _ROW
            middle = down + _ROW / 2
            parts.append(item.draw(across, middle))
            parts.append(text(across + item.width + _BESIDE, middle + 4, item.words))
            across += wide + _APART
        down += _ROW
    return "".join(parts), down - y


def _rows(words: Words) -> Iterator[tuple[str, list[Item]]]:
    classes = [Item(_stripe(look(rank)), 30, name) for rank, name in words.classes()]
    unknown = Item(_stripe(UNKNOWN), 30, words.t("class not known"))
    yield words.t("Data"), [*classes, unknown]
    yield words.t("Verdict"), [Item(_mark(one), 20, words.state(one)) for one in STATES]
    yield (
        words.t("Flows"),
        [
            Item(_line("x deny"), 44, words.t("to another operator, offer or country")),
            Item(_line("x p review"), 44, words.t("probable")),
            Item(_line("i"), 44, words.t("within")),
            Item(_line("i p"), 44, words.t("within, probable")),
        ],
    )
    yield (
        words.t("Cards"),
        [
            Item(_box("k", pile=False), 34, words.t("a resource")),
            Item(_box("k", pile=True), 34, words.t("several together")),
            Item(
                _box("k g", pile=False), 34, words.t("a copy kept outside of the stack")
            ),
        ],
    )


def _stripe(found: Look) -> Drawn:
    def draw(x: float, y: float) -> str:
        return swatch(x, y - 11, 30, 22, found) + class_sign(x + 15, y, found)

    return draw


def swatch(x: float, y: float, width: float, height: float, found: Look) -> str:
    """The colour and the pattern of a class in a rectangle."""
    shape = (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" rx="4" {{}}/>'
    )
    ground = shape.format(f'class="r" fill="{found.ground}"')
    pattern = shape.format(f'fill="url(#{hatch(found)})"') if found.hatch else ""
    return ground + pattern


def _mark(state: str) -> Drawn:
    return lambda x, y: mark(x + 10, y, state)


def _line(names: str) -> Drawn:
    def draw(x: float, y: float) -> str:
        return f'<path class="{names}" d="M{number(x)} {number(y)}h44"/>'

    return draw


def _box(names: str, *, pile: bool) -> Drawn:
    def draw(x: float, y: float) -> str:
        shape = (
            f'<rect class="{names}" x="{{}}" y="{{}}" width="30" height="18" rx="4"/>'
        )
        behind = shape.format(number(x + 4), number(y - 6)) if pile else ""
        return behind + shape.format(number(x), number(y - 9))

    return draw
