"""Lines of text in the language asked, no wider than the page."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from guardrail.model import say
from guardrail.reports.rendering import Rendering

_COLOURS = {"deny": "31;1", "review": "33;1", "allow": "32;1", "notice": "36"}

_BOUND = re.compile(r" (?=[:;!?»])|(?<=«) ")
"""Blanks before or after a sign that stays with its word."""
_STIFF = "\N{NO-BREAK SPACE}"


def lines_of(text: str, width: int, indent: int, hang: int) -> list[str]:
    """`text` in lines; all but the first are moved in by `hang` more."""
    lines = textwrap.wrap(
        _BOUND.sub(_STIFF, text),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_STIFF, " ") for line in lines]


class Layout:
    """How lines are put into words and columns."""

    def __init__(self, rendering: Rendering) -> None:
        """Lay out for `rendering`."""
        self.rendering = rendering
        self.language = rendering.language

    def t(self, template: str, *arguments: object) -> str:
        """The sentence of a template of the message catalogue."""
        return self.rendering.say(say(template, *map(str, arguments)))

    def say(self, text: str) -> str:
        """`text` in the language asked, without control characters."""
        return self.rendering.say(text)

    def wrap(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        """`text` in lines; all but the first are moved in by `hang` more."""
        return lines_of(self.rendering.say(text), self.rendering.width, indent, hang)

    def labelled(self, label: str, text: str, margin: int = 12) -> Iterator[str]:
        """`text` beside its label, in a column of its own."""
        lines = self.wrap(text, margin) or [""]
        yield f"{label:<{margin}}" + lines[0][margin:]
        yield from lines[1:]

    def listed(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        """`lines` under their title, after an empty line; nothing for no line."""
        found = list(lines)
        if found:
            yield ""
            yield title
            yield from found

    def paint(self, text: str, word: str) -> str:
        """`text` in the colour of a verdict, on a page that has colour."""
        if not self.rendering.colour:
            return text
        return f"\x1b[{_COLOURS[word]}m{text}\x1b[0m"

    def days(self, since: date | None, until: date | None) -> str:
        """The days from `since` to `until`."""
        if since is not None and until is not None:
            return self.t("from {} to {}", since, until)
        if since is not None:
            return self.t("since {}", since)
        if until is not None:
            return self.t("until {}", until)
        return self.t("days not known")


def encoded(document: msgspec.Struct) -> bytes:
    """`document` as JSON on one line, with a line end."""
    return msgspec.json.encode(document) + b"\n"


def paged(lines: Iterable[str]) -> bytes:
    """`lines`, each with its line end."""
    return "".join(f"{line}\n" for line in lines).encode()
