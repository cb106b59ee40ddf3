r"""Regular expressions as Go has them (RE2), in time linear in the text.

Python's own would backtrack without end, and match other things. Here every pair of
instruction and position is tried once. What is not supported, or where RE2 and others
differ (flags, classes by name, loops over the empty text), is not compiled.

Source: Russ Cox, Regular Expression Matching in the Wild, 2010-03,
https://swtch.com/~rsc/regexp/regexp3.html; Go, regexp/backtrack.go and regexp.go, 1.23,
https://github.com/golang/go
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Final, NamedTuple, TypeAlias

from guardrail.inputs.hcl.cty import TooMuchError

_MOST_INSTRUCTIONS: Final = 2_000
_MOST_STEPS: Final = 400_000
"""Pairs of instruction and position that are tried for one call."""
_DEEPEST: Final = 30

Accepts: TypeAlias = Callable[[str], bool]

_DIGIT = frozenset("0123456789")
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_SPACE = frozenset("\t\n\f\r ")
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a"}
_COUNT = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{1,3})?)?\}")
_NAMED = re.compile(r"\?P?<([A-Za-z_][A-Za-z0-9_]*)>")


class Step(NamedTuple):
    """An instruction: a character, an assertion, a fork, a capture, or the end."""

    kind: str
    accepts: Accepts | None = None
    first: int = 0
    """Where a fork goes first; the slot of a capture."""
    second: int = 0


class Pattern(NamedTuple):
    """A compiled pattern."""

    steps: tuple[Step, ...]
    groups: int
    names: tuple[str, ...]
    """Of the groups, in order; "" for one without a name."""


Spans: TypeAlias = tuple[int, ...]
"""Start and end of the match and of each group; -1 where a group took no part."""


class _UnsupportedError(Exception):
    """The pattern is wrong, or not supported here."""


def compiled(pattern: str) -> Pattern | None:
    """The pattern; None when it is wrong or not supported."""
    try:
        return _Compiler(pattern).pattern()
    except _UnsupportedError:
        return None


def search(pattern: Pattern, text: str) -> Spans | None:
    """The leftmost match in `text`.

    Raises:
        TooMuchError: Text and pattern are too long together.
    """
    return _Search(pattern, text).first(0)


def matches(pattern: Pattern, text: str) -> Iterator[Spans]:
    """All matches that do not overlap; no empty one right behind another.

    Raises:
        TooMuchError: Text and pattern are too long together.
    """
    within = _Search(pattern, text)
    at, before = 0, -1
    while at <= len(text) and (found := within.first(at)):
        empty = found[1] == at
        if not (empty and found[0] == before):
            yield found
        before = found[1]
        at = at + 1 if empty else found[1]


def replaced(pattern: Pattern, text: str, with_: str) -> str:
    """`text` with every match replaced; `$1` and `${name}` in `with_` are groups.

    Raises:
        TooMuchError: Text and pattern are too long together.
    """
    within = _Search(pattern, text)
    pieces: list[str] = []
    at = end = 0
    while at <= len(text) and (found := within.first(at)):
        pieces.append(text[end : found[0]])
        if found[1] > end or found[0] == 0:
            pieces.append(_expanded(pattern, text, found, with_))
        end = found[1]
        at = max(at + 1, end)
    return "".join([*pieces, text[end:]])


_REFERENCE = re.compile(r"\$(?:(\$)|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})")


def _expanded(pattern: Pattern, text: str, spans: Spans, with_: str) -> str:
    """`with_` with the text of the groups that it names."""

    def group(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name = found[2] or found[3]
        if name.isdigit():
            slot = int(name) if len(name) < 4 else pattern.groups + 1
        else:
            slot = pattern.names.index(name) + 1 if name in pattern.names else -1
        if not 0 <= slot <= pattern.groups or spans[2 * slot] < 0:
            return ""
        return text[spans[2 * slot] : spans[2 * slot + 1]]

    return _REFERENCE.sub(group, with_)


class _Search:
    """Searches one text; all that it tries counts together."""

    def __init__(self, pattern: Pattern, text: str) -> None:
        self._steps = pattern.steps
        self._text = text
        self._nothing = (-1,) * (2 * pattern.groups + 2)
        self._tried = 0

    def first(self, start: int) -> Spans | None:
        """The leftmost match from `start` on.

        Raises:
            TooMuchError: Text and pattern are too long together.
        """
        seen: set[tuple[int, int]] = set()
        for begin in range(start, len(self._text) + 1):
            if found := self._at(begin, seen):
                self._tried += len(seen)
                return found
        return None

    def _at(self, begin: int, seen: set[tuple[int, int]]) -> Spans | None:
        """The preferred match that begins at `begin`; `seen` led to none before.

        Raises:
            TooMuchError: Text and pattern are too long together.
        """
        pending = [(0, begin, self._nothing)]
        while pending:
            at, position, spans = pending.pop()
            if (at, position) in seen:
                continue
            seen.add((at, position))
            if self._tried + len(seen) > _MOST_STEPS:
                raise TooMuchError
            if self._steps[at].kind == "end":
                return (begin, position, *spans[2:])
            pending += self._next(at, position, spans)
        return None

    def _next(
        self, at: int, position: int, spans: Spans
    ) -> list[tuple[int, int, Spans]]:
        """Where an instruction leads, what is preferred last."""
        step = self._steps[at]
        match step.kind:
            case "fork":
                return [(step.second, position, spans), (step.first, position, spans)]
            case "save":
                kept = (*spans[: step.first], position, *spans[step.first + 1 :])
                return [(at + 1, position, kept)]
            case "char":
                letter = self._text[position : position + 1]
                if letter and step.accepts and step.accepts(letter):
                    return [(at + 1, position + 1, spans)]
                return []
            case _:
                holds = _holds(step.kind, self._text, position)
                return [(at + 1, position, spans)] if holds else []


def _holds(assertion: str, text: str, position: int) -> bool:
    """Whether an assertion holds at a position."""
    if assertion == "^":
        return position == 0
    if assertion == "$":
        return position == len(text)
    before = position > 0 and text[position - 1] in _WORD
    after = position < len(text) and text[position] in _WORD
    return (before != after) is (assertion == "b")


Program: TypeAlias = list[Step]
"""Instructions whose targets are relative to the first."""


class _Compiler:
    """Compiles a pattern by recursive descent."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._names: list[str] = []

    def pattern(self) -> Pattern:
        program = self._alternatives(0)
        if self._at < len(self._text):
            raise _UnsupportedError
        return Pattern((*program, Step("end")), len(self._names), tuple(self._names))

    def _alternatives(self, depth: int) -> Program:
        """What stands between brackets, or in the whole pattern.

        Raises:
            _UnsupportedError: It is nested too deeply.
        """
        if depth > _DEEPEST:
            raise _UnsupportedError
        found = [self._sequence(depth)]
        while self._peek() == "|":
            self._at += 1
            found.append(self._sequence(depth))
        return reduce(lambda after, one: _either(one, after), reversed(found))

    def _sequence(self, depth: int) -> Program:
        program: Program = []
        while self._peek() not in {"", "|", ")"}:
            piece = self._repeated(self._atom(depth))
            program += _moved(piece, len(program))
            _bounded(program)
        return program

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        """The next character.

        Raises:
            _UnsupportedError: There is none.
        """
        letter = self._peek()
        if not letter:
            raise _UnsupportedError
        self._at += 1
        return letter

    def _atom(self, depth: int) -> Program:
        """A character, class, assertion or group.

        Raises:
            _UnsupportedError: It is none.
        """
        letter = self._next()
        match letter:
            case "(":
                return self._group(depth)
            case "[":
                return [Step("char", self._class())]
            case ".":
                return [Step("char", lambda one: one != "\n")]
            case "^" | "$":
                return [Step(letter)]
            case "\\":
                return [self._escape()]
            case "*" | "+" | "?" | "{":
                raise _UnsupportedError
            case _:
                return [Step("char", letter.__eq__)]

    def _group(self, depth: int) -> Program:
        """A group, its opening bracket read; no flags."""
        if self._text.startswith("?:", self._at):
            self._at += 2
            inside = self._alternatives(depth + 1)
        else:
            name = ""
            if named := _NAMED.match(self._text, self._at):
                name = named[1]
                self._at = named.end()
            self._names.append(name)
            slot = 2 * len(self._names)
            inside = self._alternatives(depth + 1)
            opened, closed = Step("save", None, slot), Step("save", None, slot + 1)
            inside = [opened, *_moved(inside, 1), closed]
        self._next()
        return inside

    def _escape(self) -> Step:
        r"""What stands behind `\`.

        Raises:
            _UnsupportedError: It is not supported.
        """
        letter = self._next()
        if letter in {"b", "B"}:
            return Step(letter)
        if letter in {"A", "z"}:
            return Step("^" if letter == "A" else "$")
        if letter.lower() in _CLASSES:
            return Step("char", _among(_CLASSES[letter.lower()], letter.isupper()))
        return Step("char", self._literal(letter).__eq__)

    @staticmethod
    def _literal(letter: str) -> str:
        r"""The character that `\` and `letter` stand for.

        Raises:
            _UnsupportedError: It is not supported.
        """
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum() or not letter.isascii():
            raise _UnsupportedError
        return letter

    def _class(self) -> Accepts:
        """A class, its opening bracket read.

        Raises:
            _UnsupportedError: It does not end, or is not supported.
        """
        negated = self._peek() == "^"
        self._at += negated
        letters: set[str] = set()
        ranges: list[tuple[str, str]] = []
        first = True
        while (letter := self._next()) != "]" or first:
            first = False
            if letter == "[" and self._peek() == ":":
                raise _UnsupportedError
            if letter == "\\":
                letter = self._next()
                if letter in _CLASSES:
                    letters |= _CLASSES[letter]
                    continue
                letter = self._literal(letter)
            last = self._range_end(letter)
            ranges.append((letter, last))
        return _within(frozenset(letters), tuple(ranges), negated)

    def _range_end(self, first: str) -> str:
        """The end of the range that begins with `first`; `first` when it is none.

        Raises:
            _UnsupportedError: It ends before it begins.
        """
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in {"]", ""}:
            return first
        self._at += 1
        last = self._next()
        if last == "\\":
            last = self._literal(self._next())
        if last < first or last == "[":
            raise _UnsupportedError
        return last

    def _repeated(self, piece: Program) -> Program:
        """`piece` as often as the sign behind it says.

        Raises:
            _UnsupportedError: There are two such signs, or it may match nothing.
        """
        least, most = self._count()
        if (least, most) == (1, 1):
            return piece
        lazy = self._peek() == "?"
        self._at += lazy
        if self._peek() in {"*", "+", "?"} or _COUNT.match(self._text, self._at):
            raise _UnsupportedError
        if _may_be_empty(piece):
            raise _UnsupportedError
        program: Program = []
        for _ in range(least):
            program += _moved(piece, len(program))
            _bounded(program)
        if most is None:
            loop = [_fork(1, len(piece) + 2, lazy=lazy), *_moved(piece, 1), _fork(0, 0)]
            return program + _moved(loop, len(program))
        options: Program = []
        for _ in range(most - least):
            inside = [*piece, *_moved(options, len(piece))]
            options = [_fork(1, len(inside) + 1, lazy=lazy), *_moved(inside, 1)]
            _bounded(options)
        return program + _moved(options, len(program))

    def _count(self) -> tuple[int, int | None]:
        """How often a piece is repeated: at least, at most.

        Raises:
            _UnsupportedError: It is never, or more often than it may be.
        """
        signs: dict[str, tuple[int, int | None]] = {
            "*": (0, None), "+": (1, None), "?": (0, 1)
        }  # fmt: skip
        if self._peek() in signs:
            return signs[self._next()]
        found = _COUNT.match(self._text, self._at)
        if found is None:
            return 1, 1
        self._at = found.end()
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if (
            (most is not None and not least <= most)
            or most == 0
            or (least, most) == (1, 1)
        ):
            raise _UnsupportedError
        return least, most


def _either(first: Program, second: Program) -> Program:
    """The first or else the second; the fork behind the first leads past the second."""
    end = len(first) + 2 + len(second)
    return _bounded(
        [
            _fork(1, len(first) + 2),
            *_moved(first, 1),
            _fork(end, end),
            *_moved(second, len(first) + 2),
        ]
    )


def _fork(first: int, second: int, *, lazy: bool = False) -> Step:
    return Step("fork", None, *((second, first) if lazy else (first, second)))


def _moved(program: Program, by: int) -> Program:
    """`program` when it stands `by` instructions further on."""
    return [
        step._replace(first=step.first + by, second=step.second + by)
        if step.kind == "fork"
        else step
        for step in program
    ]


def _bounded(program: Program) -> Program:
    """`program`.

    Raises:
        _UnsupportedError: It is too long.
    """
    if len(program) > _MOST_INSTRUCTIONS:
        raise _UnsupportedError
    return program


def _may_be_empty(program: Program) -> bool:
    """Whether there is a way through that takes no character."""
    pending, seen = [0], set()
    while pending:
        at = pending.pop()
        if at == len(program):
            return True
        if at in seen or program[at].kind == "char":
            continue
        seen.add(at)
        step = program[at]
        pending += [step.first, step.second] if step.kind == "fork" else [at + 1]
    return False


def _among(letters: frozenset[str], negated: bool) -> Accepts:  # noqa: FBT001
    return lambda one: (one in letters) is not negated


def _within(
    letters: frozenset[str],
    ranges: tuple[tuple[str, str], ...],
    negated: bool,  # noqa: FBT001
) -> Accepts:
    def accepts(one: str) -> bool:
        inside = one in letters or any(low <= one <= high for low, high in ranges)
        return inside is not negated

    return accepts
