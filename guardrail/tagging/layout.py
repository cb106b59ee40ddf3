"""Code as lines: their indentation, their ends, and what `terraform fmt` lines up.

Only white space before `=` and before a comment is ever moved here, as the formatter
does it for lines that follow each other.

Source: HashiCorp, hcl, hclwrite/format.go, tag v2.23.0, https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from guardrail.inputs.hcl.tokens import Hole, Template, Token, tokens


class Edit(msgspec.Struct, frozen=True):
    """A stretch of a text, and what stands there instead."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with `edits`, which do not overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def newline_of(text: str, at: int) -> str:
    """How the line that holds the offset `at` ends, or else the first line."""
    end = text.find("\n", at)
    end = end if end >= 0 else text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def indent_of(text: str, at: int) -> str:
    """The white space that the line of the offset `at` begins with."""
    start = text.rfind("\n", 0, at) + 1
    found = _INDENT.match(text, start)
    return found[0] if found else ""


def deeper(indent: str) -> str:
    """One level of indentation, in the manner of `indent`."""
    return "\t" if indent.startswith("\t") else "  "


_INDENT = re.compile(r"[ \t]*")


class _Line(msgspec.Struct, frozen=True):
    """What the formatter sees of a line; offsets in the text."""

    start: int
    assign: int
    """Of its `=` where a whole expression stands behind it; else less than 0."""
    content: int
    """Behind what stands before a comment."""
    comment: int
    """Of a comment behind something else; else less than 0."""


def lined_up(text: str) -> str:
    """`text` with its `=` and comments lined up as the formatter does it.

    Raises:
        UnreadableError: It is no HCL.
    """
    text = _moved(text, lambda line: line.assign)
    return _moved(text, lambda line: line.comment)


def _moved(text: str, place: Callable[[_Line], int]) -> str:
    """`text` with what stands at `place` lined up, in each run of lines that have it.

    Raises:
        UnreadableError: It is no HCL.
    """
    edits: list[Edit] = []
    run: list[tuple[int, int, int]] = []
    for line in [*_lines(text), None]:
        at = place(line) if line else -1
        if line is not None and at >= 0:
            before = text[line.start : at].rstrip(" \t")
            run.append((line.start + len(before), at, _columns(before)))
            continue
        widest = max((columns for _, _, columns in run), default=0)
        edits += [
            Edit(start, end, " " * (widest - columns + 1))
            for start, end, columns in run
        ]
        run = []
    return applied(text, edits)


def _columns(text: str) -> int:
    """The columns that `text` takes, an accent on a letter being none."""
    return sum(unicodedata.category(char) not in {"Mn", "Me", "Cf"} for char in text)


def _lines(text: str) -> Iterator[_Line]:
    """The lines of `text`; a heredoc is of the line that it begins on.

    Raises:
        UnreadableError: It is no HCL.
    """
    start = 0
    line: list[Token] = []
    for token in tokens(text, 0, len(text), line=1):
        if token.kind == "newline":
            yield _line(text, start, line, token)
            start, line = token.end, []
        else:
            line.append(token)
    if line:
        yield _line(text, start, line, None)


def _line(text: str, start: int, line: Sequence[Token], last: Token | None) -> _Line:
    marks = [place for place, one in enumerate(line) if one.kind == "=" and place]
    assign = -1
    if marks and not sum(map(_opened, line[marks[0] :])):
        assign = line[marks[0]].start
    comment = bool(line) and last is not None and text[last.start] in "#/"
    end = line[-1].end if line else start
    return _Line(start, assign, end, last.start if comment and last else -1)


def _opened(token: Token) -> int:
    """How many brackets a token leaves open."""
    if isinstance(token.value, Template):
        holes = [part for part in token.value.parts if isinstance(part, Hole)]
        return sum(_opened(one) for hole in holes for one in hole.code)
    return (token.kind in {"{", "[", "("}) - (token.kind in {"}", "]", ")"})
