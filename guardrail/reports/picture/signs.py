"""Pieces of SVG: texts that fit, the signs of classes, the marks of verdicts."""

from __future__ import annotations

from html import escape

from guardrail.reports.picture.scene import Card
from guardrail.reports.picture.style import MARKS, NONE, UNKNOWN, Look, look
from guardrail.reports.picture.words import unclassed

_MONO = 0.61
_SANS = 0.6
"""Width of a letter by its height, in the widest fonts that are common."""


def width_of(words: str, size: float = 11, *, mono: bool = False) -> float:
    """How wide `words` may be."""
    one = _MONO if mono else _SANS
    return sum(one if letter < "\u1100" else 1.0 for letter in words) * size


def fitted(words: str, width: float, size: float, *, mono: bool = False) -> str:
    """`words`, without their middle where they are wider than `width`."""
    room = int(round(width / (size * (_MONO if mono else _SANS)), 6))
    wide = sum(letter >= "\u1100" for letter in words)
    if len(words) + wide <= room:
        return words
    room = max(3, room - (wide > 0) * room // 2)
    head = (room - 1) // 2
    return f"{words[:head]}…{words[len(words) - (room - 1 - head) :]}"


def text(x: float, y: float, words: str, names: str = "") -> str:
    """A text that begins at x, on the line y."""
    class_ = f' class="{names}"' if names else ""
    return f'<text x="{number(x)}" y="{number(y)}"{class_}>{escaped(words)}</text>'


def escaped(words: str) -> str:
    """`words` as XML takes them."""
    return escape(words, quote=True)


def number(value: float) -> str:
    """A length, in as few letters as it takes."""
    return f"{value:.1f}".removesuffix(".0")


def look_of(card: Card) -> Look:
    """How the class of a card looks."""
    if card.bounds is None or unclassed(card):
        return NONE
    bounds = card.bounds
    known = bounds.lowest > 0 or bounds.highest == 0
    return look(bounds.lowest) if known else UNKNOWN


def hatch(found: Look) -> str:
    """The name of the pattern of a look."""
    return f"c{found.ground[1:]}"


def class_sign(x: float, y: float, found: Look) -> str:
    """The sign of a class around a place."""
    if found is UNKNOWN:
        return (
            f'<text x="{number(x)}" y="{number(y + 7)}" class="q" '
            f'style="fill:{found.sign}">?</text>'
        )
    return (
        f'<path transform="translate({number(x)} {number(y)})" d="{found.shape}" '
        f'fill="{found.sign}" stroke="{found.ground}" stroke-width="2" '
        'paint-order="stroke"/>'
    )


def small_mark(x: float, y: float, state: str) -> str:
    """The mark of a verdict around a place, in a line of text."""
    return mark(x, y, state, scale=" scale(.6)")


def mark(x: float, y: float, state: str, *, scale: str = "") -> str:
    """The mark of a verdict around a place."""
    outline, inside = MARKS[state]
    return (
        f'<g transform="translate({number(x)} {number(y)}){scale}">'
        f'<path class="v {state}" d="{outline}"/><path class="w" d="{inside}"/></g>'
    )
