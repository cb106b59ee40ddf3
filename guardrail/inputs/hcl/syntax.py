"""Bodies and expressions as trees, each expression parsed when it is asked for.

Source: HashiCorp, hcl, hclsyntax/parser.go, hclsyntax/parser_template.go and
json/structure.go, tag v2.23.0, https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from guardrail.inputs.hcl import grammar
from guardrail.inputs.hcl.locate import Block, json_value
from guardrail.inputs.hcl.nodes import (
    Get,
    Literal,
    Name,
    Node,
    ObjectOf,
    TemplateFor,
    TemplateIf,
    TemplateOf,
    TupleOf,
    Unparsed,
)
from guardrail.inputs.hcl.tokens import (
    WHITE,
    Hole,
    Part,
    Template,
    Token,
    UnreadableError,
    template_of,
    tokens,
)
from guardrail.model import say

DEEPEST: Final = 30
"""Levels of blocks and templates inside each other."""

_UNPARSED = say("an expression cannot be parsed")
_LITERALS = {"true": True, "false": False, "null": None}
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Argument:
    """An expression that is set to a name; parsed when it is asked for."""

    def __init__(
        self, code: Sequence[Token] | Node, file: str, line: int, raw: Any = None
    ) -> None:
        self.code = code
        """Its tokens; the tree itself where it was not in the native syntax."""
        self.file = file
        self.line = line
        self.raw = raw
        """What a JSON file says, decoded; None in the native syntax."""

    @functools.cached_property
    def node(self) -> Node:
        """The tree of the expression."""
        code = self.code
        return expression(code) if isinstance(code, Sequence) else code


class Body(msgspec.Struct, frozen=True, eq=False):
    """The inside of a block."""

    arguments: Mapping[str, Argument]
    blocks: tuple[Nested, ...]

    def of(self, type_: str) -> list[Nested]:
        """The nested blocks of a type, in order."""
        return [one for one in self.blocks if one.type == type_]

    def amended(self, other: Body) -> Body:
        """This body with that of an override: what `other` states wins.

        Blocks of a type that `other` has are all dropped here, `dynamic` ones too.
        """
        types = {one.settles for one in other.blocks}
        kept = tuple(one for one in self.blocks if one.settles not in types)
        return Body({**self.arguments, **other.arguments}, kept + other.blocks)


class Nested(msgspec.Struct, frozen=True, eq=False):
    """A block inside a block."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int
    start: int = 0
    """Offset of the first character inside the braces."""
    end: int = 0
    """Offset of the closing brace."""

    @property
    def settles(self) -> str:
        """The type of the blocks that it makes."""
        return self.labels[0] if self.type == "dynamic" and self.labels else self.type


def body_of(block: Block) -> Body:
    """The inside of a located block.

    Raises:
        UnreadableError: It is not in the syntax of HCL, or states a name twice.
    """
    if block.members is not None:
        return _json_block(block)
    found = tokens(block.text, block.start, block.end, line=block.line)
    return _Bodies(found, block.file).whole()


def file_body(name: str, content: bytes) -> Body:
    """The arguments of a file of variables, in the native or the JSON syntax.

    Raises:
        UnreadableError: It is not in the syntax that its name says.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(say("it is not UTF-8")) from error
    if name.endswith(".json"):
        return _json_file(text, name)
    return _Bodies(tokens(text, 0, len(text), line=1), name).whole()


def expression(code: Sequence[Token]) -> Node:
    """The tree of an expression."""
    flat = _flat(code)
    if not flat:
        return Unparsed(_UNPARSED)
    if len(flat) == 1:
        return _single(flat[0])
    plain = _reference(flat)
    if plain:
        return plain
    templates = [one.value for one in flat if isinstance(one.value, Template)]
    places = iter(range(len(templates)))
    numbered = [
        one._replace(value=str(next(places))) if one.kind == "template" else one
        for one in flat
    ]
    return grammar.parsed(numbered, [template(one) for one in templates])


def template(found: Template) -> Node:
    """The tree of a string or heredoc."""
    pieces = _trimmed(found.parts)
    if found.flush:
        pieces = _flushed(pieces)
    builder = _Templates(pieces)
    try:
        parts = builder.until(frozenset(), 0).parts
    except UnreadableError as error:
        return Unparsed(error.args[0])
    match parts:
        case ():
            return Literal("")
        case (part,) if not isinstance(part, TemplateFor | TemplateIf):
            return part
        case _:
            return TemplateOf(parts)


def _single(token: Token) -> Node:
    if isinstance(token.value, Template):
        return template(token.value)
    if token.kind == "number":
        return Literal(Decimal(token.value))
    if token.kind != "name":
        return Unparsed(_UNPARSED)
    if token.value in _LITERALS:
        return Literal(_LITERALS[token.value])
    return Name(token.value)


def _reference(code: Sequence[Token]) -> Node | None:
    """The tree of names with dots between them; None for anything else."""
    kinds = {one.kind for one in code[::2]}, {one.kind for one in code[1::2]}
    if kinds != ({"name"}, {"."}) or len(code) % 2 == 0 or len(code) > DEEPEST:
        return None
    if code[0].value in _LITERALS:
        return None
    node: Node = Name(str(code[0].value))
    for token in code[2::2]:
        node = Get(node, str(token.value))
    return node


def _flat(code: Sequence[Token]) -> list[Token]:
    """Tokens without line ends; those that separate the items of objects are commas."""
    found: list[Token] = []
    opened: list[str] = []
    for place, token in enumerate(code):
        if token.kind == "newline":
            if opened and opened[-1] == "{" and found[-1].kind not in {"{", ","}:
                found.append(Token(",", ",", token.line))
            continue
        if token.kind in {"(", "[", "{"}:
            looping = token.kind == "{" and _is_for(code, place + 1)
            opened.append("(" if looping else token.kind)
        elif token.kind in _PAIRS:
            if token.kind == "}" and opened[-1:] == ["{"] and found[-1].kind == ",":
                found.pop()
            del opened[-1:]
        found.append(token)
    return found


def _is_for(code: Sequence[Token], place: int) -> bool:
    """Whether `for` comes next, line ends aside."""
    while place < len(code) and code[place].kind == "newline":
        place += 1
    return place < len(code) and code[place].value == "for"


def _trimmed(parts: Sequence[Part]) -> list[Part]:
    """Parts without the white space that `~` takes away."""
    found: list[Part] = []
    trims = False
    for part in parts:
        if isinstance(part, str):
            found.append(part.lstrip(WHITE) if trims else part)
            trims = False
            continue
        if part.trims_before and found and isinstance(found[-1], str):
            found[-1] = found[-1].rstrip(WHITE)
        found.append(part)
        trims = part.trims_after
    return found


def _flushed(parts: Sequence[Part]) -> list[Part]:
    """Parts of a heredoc without the indentation that all its lines share."""
    starts: set[int] = set()
    least: int | None = None
    fresh = True
    for place, part in enumerate(parts):
        if fresh:
            indent = _indent(part)
            if indent is not None:
                least = indent if least is None else min(least, indent)
                starts.add(place)
        fresh = isinstance(part, str) and part.endswith("\n")
    return [
        part[least:] if isinstance(part, str) and place in starts else part
        for place, part in enumerate(parts)
    ]


def _indent(part: Part) -> int | None:
    """The white space at the start of a line; None for a blank one."""
    if not isinstance(part, str):
        return 0
    bare = part.lstrip(WHITE)
    if not bare and part.endswith("\n"):
        return None
    return len(part) - len(bare)


class _Templates:
    """Makes a tree of parts, in which `%{if}` and `%{for}` hold others."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = iter(parts)
        self.last = ""
        """The directive that was read last."""

    def until(self, ends: frozenset[str], depth: int) -> TemplateOf:
        """What stands up to one of the directives `ends`, or up to the end.

        Raises:
            UnreadableError: A directive is wrong, or its end is missing.
        """
        found: list[Node] = []
        for part in self._parts:
            if isinstance(part, str):
                found.append(Literal(part))
            elif not part.directive:
                found.append(expression(part.code))
            else:
                node = self._directive(part, ends, depth)
                if node is None:
                    return TemplateOf(tuple(found))
                found.append(node)
        if ends:
            raise UnreadableError(say("a template does not end"))
        return TemplateOf(tuple(found))

    def _directive(self, part: Hole, ends: frozenset[str], depth: int) -> Node | None:
        """What a directive begins; None where it ends what was begun.

        Raises:
            UnreadableError: It is wrong.
        """
        code = [one for one in part.code if one.kind != "newline"]
        word = code[0].value if code else ""
        if word in ends and len(code) == 1:
            self.last = str(word)
            return None
        if depth >= DEEPEST or word not in {"if", "for"}:
            raise UnreadableError(say("a template holds an unknown directive"))
        if word == "if":
            return self._if(_behind(part.code, 1), depth + 1)
        return self._for(part.code, depth + 1)

    def _if(self, condition: Sequence[Token], depth: int) -> Node:
        then = self.until(frozenset({"else", "endif"}), depth)
        otherwise = TemplateOf(())
        if self.last == "else":
            otherwise = self.until(frozenset({"endif"}), depth)
        return TemplateIf(expression(condition), then, otherwise)

    def _for(self, directive: Sequence[Token], depth: int) -> Node:
        """A loop.

        Raises:
            UnreadableError: It is wrong.
        """
        code = [one for one in directive if one.kind != "newline"]
        names = [str(one.value) for one in code[1:5] if one.kind == "name"]
        kinds = [one.kind for one in code[1:5]]
        if kinds[:2] == ["name", "name"] and names[1] == "in":
            key, value, rest = "", names[0], _behind(directive, 3)
        elif kinds == ["name", ",", "name", "name"] and names[2] == "in":
            key, value, rest = names[0], names[1], _behind(directive, 5)
        else:
            raise UnreadableError(say("a template holds an unknown directive"))
        body = self.until(frozenset({"endfor"}), depth)
        return TemplateFor(key, value, expression(rest), body)


def _behind(code: Sequence[Token], count: int) -> Sequence[Token]:
    """What stands behind the first tokens, line ends not counted."""
    places = [place for place, one in enumerate(code) if one.kind != "newline"]
    return code[places[count] :] if len(places) > count else ()


class _Bodies:
    """Makes bodies of tokens."""

    def __init__(self, code: Sequence[Token], file: str) -> None:
        self._code = code
        self._at = 0
        self._file = file

    def whole(self) -> Body:
        """The body that all tokens are.

        Raises:
            UnreadableError: It is not in the syntax of HCL, or states a name twice.
        """
        found = self.body(0)
        if self._at < len(self._code):
            raise self._unreadable(self._code[self._at].line)
        return found

    def body(self, depth: int) -> Body:
        """The body that begins here, up to the brace that closes it or the end.

        Raises:
            UnreadableError: It is not in the syntax of HCL, or states a name twice.
        """
        arguments: dict[str, Argument] = {}
        blocks: list[Nested] = []
        while self._kind() not in {"", "}"}:
            if self._kind() == "newline":
                self._at += 1
                continue
            token = self._code[self._at]
            self._at += 1
            if token.kind != "name" or depth > DEEPEST:
                raise self._unreadable(token.line)
            name = str(token.value)
            if self._kind() != "=":
                blocks.append(self._block(token, depth))
            elif name in arguments:
                raise self._unreadable(token.line)
            else:
                self._at += 1
                code = tuple(self._expression())
                arguments[name] = Argument(code, self._file, token.line)
        return Body(arguments, tuple(blocks))

    def _kind(self) -> str:
        """The kind of the next token; "" at the end."""
        return self._code[self._at].kind if self._at < len(self._code) else ""

    def _block(self, head: Token, depth: int) -> Nested:
        """The block whose type has been read.

        Raises:
            UnreadableError: It is not in the syntax of HCL.
        """
        labels: list[str] = []
        while self._kind() in {"name", "template"}:
            labels.append(_label(self._code[self._at]))
            self._at += 1
        if self._kind() != "{":
            raise self._unreadable(head.line)
        start = self._code[self._at].end
        self._at += 1
        inside = self.body(depth + 1)
        if self._kind() != "}":
            raise self._unreadable(head.line)
        end = self._code[self._at].start
        self._at += 1
        return Nested(str(head.value), tuple(labels), inside, head.line, start, end)

    def _expression(self) -> Iterator[Token]:
        """The tokens up to the end of the line, or of the block on this line."""
        opened = 0
        while kind := self._kind():
            if not opened and kind in {"newline", "}"}:
                return
            opened += (kind in {"(", "[", "{"}) - (kind in _PAIRS)
            yield self._code[self._at]
            self._at += 1

    def _unreadable(self, line: int) -> UnreadableError:
        return UnreadableError(say("line {} is not in the syntax of HCL", str(line)))


def _label(token: Token) -> str:
    """The text of a label.

    Raises:
        UnreadableError: It is a template.
    """
    if not isinstance(token.value, Template):
        return token.value
    if not all(isinstance(part, str) for part in token.value.parts):
        raise UnreadableError(
            say("line {} is not in the syntax of HCL", str(token.line))
        )
    return "".join(part for part in token.value.parts if isinstance(part, str))


def _json_block(block: Block) -> Body:
    """The inside of a block in the JSON syntax, with those that are surely blocks."""
    members = block.members or {}
    body = _json_body(members, block.file, block.line)
    if block.type != "terraform":
        return body
    nested = [
        Nested(type_, labels, _json_body(inside, block.file, block.line), block.line)
        for type_, count in (("backend", 1), ("cloud", 0), ("required_providers", 0))
        for one in _objects(members.get(type_))
        for labels, inside in (_labelled(one) if count else [((), one)])
    ]
    return Body(body.arguments, tuple(nested))


def _labelled(members: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    return [
        ((label,), inside)
        for label, inside in members.items()
        if isinstance(inside, dict)
    ]


def _json_body(members: Mapping[str, Any], file: str, line: int) -> Body:
    """The inside of a block in the JSON syntax, `dynamic` blocks apart.

    Without a schema an object may be a block or a value; it is taken for a value.
    """
    arguments = {
        name: Argument(json_node(item, 0), file, line, item)
        for name, item in members.items()
        if name not in {"//", "dynamic"}
    }
    blocks = [
        Nested("dynamic", (label,), _json_dynamic(item, file, line), line)
        for labels in _objects(members.get("dynamic"))
        for label, items in labels.items()
        for item in _objects(items)
    ]
    return Body(arguments, tuple(blocks))


def _json_dynamic(members: Mapping[str, Any], file: str, line: int) -> Body:
    """The inside of a `dynamic` block in the JSON syntax."""
    content = [
        Nested("content", (), _json_body(one, file, line), line)
        for one in _objects(members.get("content"))
    ]
    rest = {name: item for name, item in members.items() if name != "content"}
    return Body(_json_body(rest, file, line).arguments, tuple(content))


def _objects(item: Any) -> list[dict[str, Any]]:
    found = item if isinstance(item, list) else [item]
    return [one for one in found if isinstance(one, dict)]


def json_node(item: Any, depth: int) -> Node:
    """The tree of a value of the JSON syntax, in which strings are templates."""
    if depth > DEEPEST:
        return Unparsed(_UNPARSED)
    match item:
        case str():
            return json_text(item)
        case bool() | None:
            return Literal(item)
        case int() | Decimal():
            return Literal(Decimal(item))
        case list():
            return TupleOf(tuple(json_node(one, depth + 1) for one in item))
        case _:
            return ObjectOf(
                tuple(
                    (json_text(key), json_node(one, depth + 1))
                    for key, one in item.items()
                    if key != "//"
                )
            )


def json_text(text: str) -> Node:
    """The tree of a string of the JSON syntax."""
    try:
        return template(template_of(text, line=1))
    except UnreadableError as error:
        return Unparsed(error.args[0])


def json_code(text: str) -> Node:
    """The tree of an expression that a string of the JSON syntax holds bare."""
    try:
        return expression(tokens(text, 0, len(text), line=1))
    except UnreadableError as error:
        return Unparsed(error.args[0])


def _json_file(text: str, name: str) -> Body:
    """The arguments of a file of variables in the JSON syntax: values, no templates.

    Raises:
        UnreadableError: It is no JSON object, or states a key twice.
    """
    try:
        found = json_value(text)
    except ValueError as error:
        raise UnreadableError(say("it is not JSON, or states a key twice")) from error
    if not isinstance(found, dict):
        raise UnreadableError(say("it is not JSON, or states a key twice"))
    arguments = {
        key: Argument(json_plain(item), name, 1) for key, item in found.items()
    }
    return Body(arguments, ())


def json_plain(item: Any) -> Node:
    """The tree of a value in which strings are just that."""
    match item:
        case dict():
            pairs = ((Literal(key), json_plain(one)) for key, one in item.items())
            return ObjectOf(tuple(pairs))
        case list():
            return TupleOf(tuple(map(json_plain, item)))
        case _:
            number = isinstance(item, int | Decimal) and not isinstance(item, bool)
            return Literal(Decimal(item) if number else item)
