"""How classes, verdicts and flows look: by colour, and by shape, pattern and line too.

Every text has a contrast of at least 4.5 to its ground, every mark one of 3, in the
light and in the dark; the test counts them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, sin, tau

import msgspec

LIGHT = {
    "paper": "#ffffff",
    "frame": "#f4f6f8",
    "edge": "#5b6770",
    "ink": "#14191d",
    "soft": "#48535b",
    "card": "#ffffff",
    "line": "#56626a",
    "deny": "#b00020",
    "review": "#7a4f00",
    "derogated": "#5b3aa8",
    "allow": "#1b6e3c",
    "unjudged": "#5b6770",
    "mark": "#ffffff",
}
DARK = {
    "paper": "#12171b",
    "frame": "#1a2127",
    "edge": "#8b98a1",
    "ink": "#eef2f4",
    "soft": "#b7c2c9",
    "card": "#222b32",
    "line": "#93a1aa",
    "deny": "#ff8a8f",
    "review": "#f0bb4f",
    "derogated": "#c3adff",
    "allow": "#6fd197",
    "unjudged": "#a3b0b8",
    "mark": "#12171b",
}


class Look(msgspec.Struct, frozen=True):
    """How a class looks."""

    ground: str
    shape: str
    """The path of its sign, around 0,0."""
    hatch: str
    """The path of its pattern in a square of 8 by 8."""
    sign: str
    """The colour of the sign and of the pattern."""


def _polygon(corners: int, turned: float = 0.0, radius: float = 8.5) -> str:
    """A regular polygon that stands on a side, `turned` by a part of a circle."""
    angles = [tau * (corner / corners + turned - 0.25) for corner in range(corners)]
    return _outline((radius, angle) for angle in angles)


def _outline(corners: Iterable[tuple[float, float]]) -> str:
    """The outline through corners that are so far away, at such an angle."""
    points = (
        f"{round(far * cos(angle), 1) + 0.0} {round(far * sin(angle), 1) + 0.0}"
        for far, angle in corners
    )
    return f"M{'L'.join(points)}Z"


def _star(points: int = 5) -> str:
    return _outline(
        (4.0 if corner % 2 else 9.5, tau * (corner / points / 2 - 0.25))
        for corner in range(2 * points)
    )


_DARK_SIGN, _LIGHT_SIGN = "#14191d", "#ffffff"
CIRCLE = "M-7 0A7 7 0 1 1 7 0A7 7 0 1 1 -7 0Z"
LOOKS = (
    Look("#e3eff8", CIRCLE, "", _DARK_SIGN),
    Look("#a9d0ea", _polygon(4, 0.125), "M2 1V3", _DARK_SIGN),
    Look("#e2b13c", _polygon(3), "M0 4H8", _DARK_SIGN),
    Look("#e07b33", _polygon(4), "M-2 2L2 -2M0 8L8 0M6 10L10 6", _DARK_SIGN),
    Look("#ab2257", _polygon(5), "M0 8L8 0M0 0L8 8", _LIGHT_SIGN),
    Look("#5a2a86", _polygon(6), "M2 0V8M6 0V8", _LIGHT_SIGN),
    Look("#17131f", _star(), "", _LIGHT_SIGN),
)
"""By rank: the higher, the darker and the more corners."""
UNKNOWN = Look("#c9d0d5", "", "M1 1V2M5 5V6", _DARK_SIGN)
"""Of a class that is not known; its sign is a question mark."""
NONE = Look("#e9edf0", "M-5 -1H5V1H-5Z", "", _DARK_SIGN)
"""Of what is not judged."""

MARKS = {
    "deny": ("M-4 -9.6H4L9.6 -4V4L4 9.6H-4L-9.6 4V-4Z", "M-4 -4L4 4M4 -4L-4 4"),
    "review": ("M0 -9.5L10 8.5H-10Z", "M0 -3.5V2M0 4.6V5.6"),
    "derogated": ("M-8.5 -8.5H8.5V8.5H-8.5Z", "M-4.5 0.5L-1.5 3.5L4.5 -3.5"),
    "allow": ("M-9 0A9 9 0 1 1 9 0A9 9 0 1 1 -9 0Z", "M-4.5 0.5L-1.5 3.5L4.5 -3.5"),
    "unjudged": ("M-9 -4H9V4H-9Z", "M-4 0H4"),
}
"""The outline of each verdict, and what is drawn in it."""

MARKED = {"deny": "✖", "review": "▲", "derogated": "☑", "allow": "✔", "unjudged": "–"}
"""The same, as a letter."""


def look(rank: int) -> Look:
    """How the class of a rank looks; those beyond the last like it."""
    return LOOKS[min(rank, len(LOOKS) - 1)]


def sheet() -> str:
    """The style sheet, for the light, the dark and the printer."""
    dark = f"@media screen and (prefers-color-scheme:dark){{{_themed(DARK)}}}"
    return f"{_FIXED}{_themed(LIGHT)}{dark}"


_SANS = 'system-ui,-apple-system,"Segoe UI","Liberation Sans","DejaVu Sans",sans-serif'
_MONO = 'ui-monospace,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace'
_FIXED = (
    f"text{{font-family:{_SANS};font-size:11px}}"
    f".n,.m{{font-family:{_MONO}}}"
    ".n{font-size:12.5px;font-weight:700}.m{font-size:10.5px}"
    ".t{font-size:19px;font-weight:700}.u{font-size:12.5px}"
    ".h{font-size:15px;font-weight:700}.b{font-weight:700}"
    ".c{text-anchor:middle}.e{text-anchor:end}"
    ".q{font-size:19px;font-weight:700;text-anchor:middle}"
    ".i{fill:none;stroke-width:1.5}.x{fill:none;stroke-width:3.6}"
    ".o{fill:none;stroke-width:8}.p{stroke-dasharray:9 6}.i.p{stroke-dasharray:4 3}"
    ".f{stroke-width:1.2}.k{stroke-width:1.2}.g{stroke-dasharray:5 4}"
    ".w{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}"
    ".r{stroke-width:.8}.z{stroke-width:2.6}.l{stroke-width:1.3}"
)


def _themed(colours: dict[str, str]) -> str:
    rules = [
        ".bg{fill:%(paper)s}",
        "text{fill:%(ink)s}.s{fill:%(soft)s}",
        ".f{fill:%(frame)s;stroke:%(edge)s}",
        ".k{fill:%(card)s;stroke:%(edge)s}.r{stroke:%(edge)s}",
        ".i{stroke:%(line)s}.a{fill:%(line)s}",
        ".o{stroke:%(paper)s}.w{stroke:%(mark)s}.l{fill:%(paper)s}",
    ]
    for state in MARKS:
        colour = colours[state]
        rules.append(f".x.{state},.k.z.{state},.l.{state}{{stroke:{colour}}}")
        rules.append(f".v.{state},.a.{state},text.{state}{{fill:{colour}}}")
    return "".join(rules[:6]) % colours + "".join(rules[6:])
