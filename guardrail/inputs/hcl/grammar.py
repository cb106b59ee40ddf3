"""The grammar of python-hcl2 over our tokens.

Its lexer is not used. It takes the shortest text between `$${` and `}` for an escape,
quotes included, keeps escapes and heredocs raw, and knows neither `${~` nor names that
are not ASCII; where it and Terraform differ, code could say one thing to each.

Loading takes some tenths of a second, and seconds on the first use after installation,
when the tables of the grammar are made and kept beside it.

Source: Amplify Education, python-hcl2, hcl2/hcl2.lark, version 8.1.4,
https://github.com/amplify-education/python-hcl2; HashiCorp, hcl, hclsyntax/parser.go,
tag v2.23.0, https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from guardrail.inputs.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    For,
    Get,
    Index,
    Item,
    Literal,
    Name,
    Node,
    ObjectOf,
    Splat,
    TupleOf,
    Unary,
    Unparsed,
)
from guardrail.inputs.hcl.tokens import Token
from guardrail.model import say

MOST: Final = 20_000
"""Tokens of one expression."""
DEEPEST: Final = 60
"""Levels of an expression; also operators behind one another."""

_UNPARSED = say("an expression cannot be parsed")
_TOO_LARGE = say("an expression is too large, or nested too deeply")

_SIGNS: Final = {
    "==": "DOUBLE_EQ", "!=": "NEQ", "<": "LT", ">": "GT", "<=": "LEQ", ">=": "GEQ",
    "-": "MINUS", "*": "ASTERISK", "/": "SLASH", "%": "PERCENT", "+": "PLUS",
    "&&": "DOUBLE_AMP", "||": "DOUBLE_PIPE", "!": "NOT", "?": "QMARK",
    "(": "LPAR", ")": "RPAR", "{": "LBRACE", "}": "RBRACE", "[": "LSQB", "]": "RSQB",
    ",": "COMMA", ".": "DOT", "=": "EQ", ":": "COLON", "::": "COLONS",
    "=>": "FOR_OBJECT_ARROW", "...": "ELLIPSIS",
}  # fmt: skip
_WORDS: Final = {"true": "TRUE", "false": "FALSE", "null": "NULL"}
_LITERALS: Final = {"true": True, "false": False, "null": None}
_ENDS: Final = frozenset({"name", "number", "template", ")", "]", "}", "..."})
"""Tokens behind which an expression may be over."""
_SPINE: Final = frozenset(
    {
        "index_expr_term",
        "get_attr_expr_term",
        "attr_splat_expr_term",
        "full_splat_expr_term",
    }
)

Tree: TypeAlias = Any
"""A tree of lark's, which has no types of its own."""
Step: TypeAlias = tuple[str, Any]
"""A step behind an expression: `get` a name, `index` a node, `each` or `every`."""


class _TooDeepError(Exception):
    """An expression is nested too deeply."""


def parsed(tokens: Sequence[Token], templates: Sequence[Node]) -> Node:
    """The tree of an expression without line ends.

    The value of a `template` token is its place in `templates`.
    """
    if len(tokens) > MOST:
        return Unparsed(_TOO_LARGE)
    tree = _tree(list(_terminals(tokens)))
    if tree is None:
        return Unparsed(_UNPARSED)
    try:
        return _Converter(templates).node(tree, 0)
    except _TooDeepError:
        return Unparsed(_TOO_LARGE)


@functools.cache
def _machine() -> tuple[Callable[[], Any], Callable[[str, str], Any], type[Exception]]:
    """What starts a parse, what makes a token of it, and what it raises."""
    from hcl2.parser import parser  # loading it takes long
    from lark import Token as LarkToken
    from lark.exceptions import UnexpectedInput

    return parser().parse_interactive, LarkToken, UnexpectedInput


def _tree(terminals: list[tuple[str, str]]) -> Tree | None:
    """The tree of the expression; None when it is not in the grammar."""
    start, token, unexpected = _machine()
    machine = start()
    try:
        for terminal, text in terminals:
            machine.feed_token(token(terminal, text))
        found = machine.feed_eof()
    except unexpected:
        return None
    stated = _trees(found.children[0])
    if len(stated) != 1 or stated[0].data != "attribute":
        return None
    return stated[0].children[2]


def _terminals(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Tokens of the grammar: those of an attribute that has the expression."""
    yield from (("NAME", "x"), ("EQ", "="))
    place = 0
    naming = False
    while place < len(tokens):
        token, before = tokens[place], tokens[place - 1] if place else None
        star = [one.kind for one in tokens[place : place + 3]]
        if star == ["[", "*", "]"]:
            yield "FULL_SPLAT_START", "[*]"
            place += 3
            continue
        if star[:2] == [".", "*"]:
            yield "ATTR_SPLAT", ".*"
            place += 2
            continue
        terminal = _terminal(token, before, naming=naming)
        naming = terminal == "FOR" or (naming and terminal != "IN")
        yield terminal, str(token.value)
        place += 1
    yield "NL_OR_COMMENT", "\n"


def _terminal(token: Token, before: Token | None, *, naming: bool) -> str:
    """The name of a token in the grammar; `naming` between `for` and `in`."""
    match token.kind:
        case "template":
            return "TEMPLATE_STRING"
        case "number":
            return "INT_LITERAL" if str(token.value).isdigit() else "FLOAT_LITERAL"
        case "name":
            return _word(str(token.value), before.kind if before else "", naming=naming)
        case _:
            return _SIGNS.get(token.kind, token.kind)


def _word(word: str, before: str, *, naming: bool) -> str:
    """Whether a name is a keyword where it stands."""
    if word in _WORDS:
        return _WORDS[word]
    if word == "for" and before in {"[", "{"}:
        return "FOR"
    if word == "in" and naming:
        return "IN"
    if word == "if" and before in _ENDS:
        return "IF"
    return "NAME"


class _Converter:
    """Makes our tree of lark's."""

    def __init__(self, templates: Sequence[Node]) -> None:
        self._templates = templates
        self._made: Mapping[str, Callable[[Tree, int], Node]] = {
            "expr_term": self._term,
            "identifier": lambda tree, _: Name(str(tree.children[0])),
            "literal_value": lambda tree, _: Literal(_LITERALS[str(tree.children[0])]),
            "int_lit": self._number,
            "float_lit": self._number,
            "template_string": lambda tree, _: self._templates[int(tree.children[0])],
            "tuple": lambda tree, depth: TupleOf(self._all(tree, depth)),
            "object": self._object,
            "function_call": self._call,
            "conditional": self._conditional,
            "binary_op": self._binary,
            "unary_op": self._unary,
            "for_tuple_expr": self._for,
            "for_object_expr": self._for,
        }

    def node(self, tree: Tree, depth: int) -> Node:
        """The node of a tree.

        Raises:
            _TooDeepError: It is nested too deeply.
        """
        if depth > DEEPEST:
            raise _TooDeepError
        if tree.data in _SPINE:
            return self._spine(tree, depth)
        return self._made[tree.data](tree, depth + 1)

    def _all(self, tree: Tree, depth: int) -> tuple[Node, ...]:
        return tuple(self.node(one, depth) for one in _trees(tree))

    def _term(self, tree: Tree, depth: int) -> Node:
        return self.node(_trees(tree)[0], depth)

    @staticmethod
    def _number(tree: Tree, _: int) -> Node:
        return Literal(Decimal(str(tree.children[0])))

    def _object(self, tree: Tree, depth: int) -> Node:
        return ObjectOf(
            tuple(
                (self._key(key, depth), self.node(value, depth))
                for key, value in map(_trees, _trees(tree))
            )
        )

    def _key(self, tree: Tree, depth: int) -> Node:
        """The key of an object: a bare name stands for itself."""
        (inside,) = tree.children
        node = self.node(inside, depth)
        bare = _trees(inside) if len(inside.children) == 1 else []
        match bare:
            case [one] if one.data == "identifier":
                return Literal(str(one.children[0]))
            case [one] if one.data in _SPINE:
                return Unparsed(_UNPARSED, node)
            case _:
                return node

    def _call(self, tree: Tree, depth: int) -> Node:
        names = [one for one in _trees(tree) if one.data == "identifier"]
        name = "::".join(str(one.children[0]) for one in names)
        given = [one for one in _trees(tree) if one.data == "arguments"]
        if not given:
            return Call(name, (), spread=False)
        spread = any(
            getattr(one, "type", "") == "ELLIPSIS" for one in given[0].children
        )
        return Call(name, self._all(given[0], depth), spread)

    def _conditional(self, tree: Tree, depth: int) -> Node:
        return Conditional(*self._all(tree, depth))

    def _binary(self, tree: Tree, depth: int) -> Node:
        left, term = _trees(tree)
        sign, right = _trees(term)
        signed = str(sign.children[0])
        return Binary(signed, self.node(left, depth), self.node(right, depth))

    def _unary(self, tree: Tree, depth: int) -> Node:
        return Unary(str(tree.children[0]), self.node(tree.children[1], depth))

    def _for(self, tree: Tree, depth: int) -> Node:
        intro, *results = _trees(tree)
        *names, collection = _trees(intro)
        conditions = [one for one in results if one.data == "for_cond"]
        values = [self.node(one, depth) for one in results if one.data != "for_cond"]
        written = [str(one.children[0]) for one in names]
        return For(
            key=written[0] if len(written) > 1 else "",
            value=written[-1],
            collection=self.node(collection, depth),
            result_key=values[0] if len(values) > 1 else None,
            result=values[-1],
            condition=self._all(conditions[0], depth)[0] if conditions else None,
            groups=any(getattr(one, "type", "") == "ELLIPSIS" for one in tree.children),
        )

    def _spine(self, tree: Tree, depth: int) -> Node:
        """An expression with steps behind it, the first step first.

        Raises:
            _TooDeepError: There are too many.
        """
        steps: list[Step] = []
        while tree.data in _SPINE:
            tree, suffix = _trees(tree)
            steps = [*self._steps(suffix, depth), *steps]
            if tree.data == "expr_term" and len(tree.children) == 1:
                (tree,) = tree.children
        if len(steps) > DEEPEST:
            raise _TooDeepError
        return _walked(self.node(tree, depth + 1), steps)

    def _steps(self, suffix: Tree, depth: int) -> list[Step]:
        match suffix.data:
            case "get_attr":
                return [("get", str(_trees(suffix)[0].children[0]))]
            case "braces_index":
                return [("index", self.node(_trees(suffix)[0], depth + 1))]
            case "short_index":
                return [("number", Literal(Decimal(str(suffix.children[1]))))]
            case _:
                first = ("each" if suffix.data == "attr_splat" else "every", None)
                inner = [self._steps(one, depth) for one in _trees(suffix)]
                return [first, *(step for steps in inner for step in steps)]


def _walked(source: Node, steps: Sequence[Step]) -> Node:
    """`source` with steps behind it.

    All that stands behind `[*]` is taken of each element; behind `.*` only names are.
    """
    for place, (kind, value) in enumerate(steps):
        match kind:
            case "get":
                source = Get(source, value)
            case "index" | "number":
                source = Index(source, value)
            case "every":
                return Splat(source, _walked(Item(), steps[place + 1 :]))
            case _:
                return _attributes_of_each(source, steps[place + 1 :])
    return source


def _attributes_of_each(source: Node, steps: Sequence[Step]) -> Node:
    count = next(
        (place for place, step in enumerate(steps) if step[0] != "get"), len(steps)
    )
    if any(kind in {"number", "each"} for kind, _ in steps[count : count + 1]):
        return Unparsed(_UNPARSED)
    splat = Splat(source, _walked(Item(), steps[:count]))
    return _walked(splat, steps[count:])


def _trees(tree: Tree) -> list[Tree]:
    """The trees below a tree, without tokens and line ends."""
    return [
        one for one in tree.children
        if hasattr(one, "data") and one.data != "new_line_or_comment"
    ]  # fmt: skip
