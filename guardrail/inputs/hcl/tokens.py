r"""Terraform code as tokens; strings and heredocs with their templates taken apart.

Escapes, `$${`, heredocs and comments are where parsers of HCL differ, and a parser that
differs from Terraform can be lied to. So they are read here, after HCL's own scanner,
and what parses expressions never sees them.

Source: HashiCorp, hcl, hclsyntax/scan_tokens.rl and hclsyntax/parser_template.go, tag
v2.23.0, https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

from guardrail.model import say

NAME: Final = r"[^\W\d][\w-]*+"
WHITE: Final = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Go takes for white space."""

QUOTED_TEXT = re.compile(r'(?:[^"\\$%\n]++|\\.|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*+')
"""Text of a string up to its end, or up to a template."""
HEREDOC_TEXT = re.compile(r"(?:[^$%\n]++|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*+")
"""Text of a heredoc up to the end of the line, or up to a template."""
HEREDOC_START = re.compile(rf"<<(-?)({NAME})\r?\n")

DEEPEST = 40
"""Templates inside each other."""
MOST = 300_000
"""Tokens, and pieces of text, of one block."""

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_QUOTED_PART = re.compile(r'([$%])\1\{~?|[$%](?!\{)|(?:[^"\\$%\n]++|\\.)++')
_HEREDOC_PART = re.compile(r"([$%])\1\{~?|[$%](?!\{)|[^$%\n]*+\n|[^$%\n]++")
_OPENING = re.compile(r"[$%]\{~?")
_TOKEN = re.compile(
    rf"""
      (?P<gap>[ \t]++|/\*(?:[^*]++|\*(?!/))*+\*/)
    | (?P<newline>\r?\n|(?:\#|//)[^\n]*+\n?)
    | (?P<name>{NAME})
    | (?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
    | (?P<heredoc><<-?{NAME}\r?\n)
    | (?P<quote>")
    | (?P<sign>==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|[{{}}\[\]().,=:?<>+\-*/%!~])
    """,
    re.VERBOSE,
)
_DIGITS = re.compile(r"[0-9]++")


class UnreadableError(Exception):
    """Code is not in the syntax of HCL; its argument is a phrase."""


class Hole(NamedTuple):
    """A `${…}` or `%{…}` in a template."""

    directive: bool
    """Whether it is `%{…}`."""
    code: tuple[Token, ...]
    trims_before: bool
    trims_after: bool


Part: TypeAlias = str | Hole
"""A piece of text, or code in it."""


class Template(NamedTuple):
    """A string or heredoc."""

    parts: tuple[Part, ...]
    """Text with its escapes resolved, in the pieces in which HCL trims it."""
    flush: bool
    """Whether the indentation that its lines share is taken away: `<<-`."""


class Token(NamedTuple):
    """A token."""

    kind: str
    """`name`, `number`, `template`, `newline`, or an operator or bracket itself."""
    value: str | Template
    line: int
    start: int = 0
    """Offset of its first character in the text; `end` is behind the last."""
    end: int = 0


def tokens(text: str, start: int, end: int, *, line: int) -> tuple[Token, ...]:
    """The tokens of `text` from `start` to `end`; `line` is the number of the first.

    Raises:
        UnreadableError: It is no HCL, nested too deeply, or too long.
    """
    return _Reader(text[start:end], line, start).all()


def template_of(text: str, *, line: int) -> Template:
    """The template that a string of the JSON syntax is.

    Raises:
        UnreadableError: A template in it does not end, or is no HCL.
    """
    reader = _Reader(text, line)
    parts: list[Part] = []
    while reader.at < len(text):
        found = _HEREDOC_PART.match(text, reader.at)
        if found:
            parts.append(_plain(found))
            reader.at = found.end()
        else:
            parts.append(reader.hole(0))
    return Template(tuple(parts), flush=False)


def unescaped(text: str) -> str:
    """What the inside of a quoted string without templates says.

    Raises:
        UnreadableError: An escape is none of HCL's.
    """
    return _ESCAPE.sub(_letter, text) if "\\" in text else text


def _letter(escape: re.Match[str]) -> str:
    """The character that an escape stands for.

    Raises:
        UnreadableError: It is none of HCL's escapes.
    """
    short, long, letter = escape.groups()
    if letter:
        if letter not in _ESCAPES:
            raise UnreadableError(say("a string holds an escape that is none of HCL's"))
        return _ESCAPES[letter]
    point = int(short or long, 16)
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        raise UnreadableError(say("a string holds an escape that is none of HCL's"))
    return chr(point)


def _plain(found: re.Match[str]) -> str:
    """A piece of text in which only `$${` and `%%{` are escapes."""
    return found[0][1:] if found[1] else found[0]


class _Reader:
    """Reads tokens off a text."""

    def __init__(self, text: str, line: int, base: int = 0) -> None:
        self.text = text
        self.at = 0
        self._base = base
        self._line = line
        self._counted = 0
        self._read = 0

    def all(self) -> tuple[Token, ...]:
        found = self._code(0, closes=False)
        return tuple(found)

    def line(self) -> int:
        """The line that is being read; it never moves back."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def hole(self, depth: int) -> Hole:
        """The template that begins here.

        Raises:
            UnreadableError: It is no HCL, or does not end.
        """
        opening = _OPENING.match(self.text, self.at)
        if opening is None or depth >= DEEPEST:
            raise self._unreadable()
        self.at = opening.end()
        code = self._code(depth, closes=True)
        trims = bool(code) and code[-1].kind == "~"
        return Hole(
            directive=opening[0][0] == "%",
            code=tuple(code[:-1] if trims else code),
            trims_before=opening[0].endswith("~"),
            trims_after=trims,
        )

    def _code(self, depth: int, *, closes: bool) -> list[Token]:
        """Tokens up to the brace that closes a template, or up to the end.

        Raises:
            UnreadableError: There is no such brace, or what stands there is no HCL.
        """
        found: list[Token] = []
        opened = 0
        while self.at < len(self.text):
            token = self._token(depth, found)
            if token is None:
                continue
            opened += (token.kind == "{") - (token.kind == "}")
            if opened < 0 and closes:
                return found
            found.append(token)
        if closes:
            raise self._unreadable()
        return found

    def _token(self, depth: int, before: list[Token]) -> Token | None:
        """The next token; None for what separates tokens.

        Raises:
            UnreadableError: There is none.
        """
        pattern = _DIGITS if before and before[-1].kind == "." else None
        found = (pattern and pattern.match(self.text, self.at)) or _TOKEN.match(
            self.text, self.at
        )
        self._count()
        if found is None:
            raise self._unreadable()
        kind = found.lastgroup or "number"
        line, start = self.line(), self._base + self.at
        self.at = found.end()
        value: str | Template = found[0]
        match kind:
            case "gap":
                return None
            case "quote":
                kind, value = "template", self._quoted(depth)
            case "heredoc":
                kind, value = "template", self._heredoc(found[0], depth)
            case "sign":
                kind = found[0]
            case _:
                pass
        return Token(kind, value, line, start, self._base + self.at)

    def _quoted(self, depth: int) -> Template:
        """The string whose inside begins here.

        Raises:
            UnreadableError: It does not end on its line, or an escape is wrong.
        """
        parts: list[Part] = []
        while not self.text.startswith('"', self.at):
            found = _QUOTED_PART.match(self.text, self.at)
            if found is None:
                parts.append(self.hole(depth + 1))
                continue
            self._count()
            parts.append(_plain(found) if found[1] else unescaped(found[0]))
            self.at = found.end()
        self.at += 1
        return Template(tuple(parts), flush=False)

    def _heredoc(self, opening: str, depth: int) -> Template:
        """The heredoc whose first line begins here.

        Raises:
            UnreadableError: It does not end.
        """
        flush = opening.startswith("<<-")
        marker = opening[2 + flush :].rstrip("\r\n")
        parts: list[Part] = []
        fresh = True
        while True:
            end = self.text.find("\n", self.at)
            line = self.text[self.at : end if end >= 0 else None]
            if fresh and line.strip(WHITE) == marker:
                self.at += len(line) - line.endswith("\r")
                return Template(tuple(parts), flush)
            fresh = self._heredoc_line(parts, depth)

    def _heredoc_line(self, parts: list[Part], depth: int) -> bool:
        """Whether a line has ended, after the pieces of it up to a template."""
        while found := _HEREDOC_PART.match(self.text, self.at):
            self._count()
            parts.append(_plain(found))
            self.at = found.end()
            if found[0].endswith("\n"):
                return True
        parts.append(self.hole(depth + 1))
        return False

    def _count(self) -> None:
        """Nothing, but for one token or piece of text too many.

        Raises:
            UnreadableError: It is.
        """
        self._read += 1
        if self._read > MOST:
            raise self._unreadable()

    def _unreadable(self) -> UnreadableError:
        return UnreadableError(
            say("line {} is not in the syntax of HCL", str(self.line()))
        )
