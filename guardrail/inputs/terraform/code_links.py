"""The references between blocks as the code writes them, through local values too.

A reference is followed through local values, inputs and outputs of modules, `each`, the
names of `for`, and `dynamic` blocks, down to the blocks that it reads. Where a part of
an object that is written out is taken, only that part counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.hcl.code import Code
from guardrail.inputs.hcl.nodes import (
    Call,
    Conditional,
    For,
    Get,
    Index,
    Literal,
    Name,
    Node,
    ObjectOf,
    Splat,
    TemplateFor,
    TupleOf,
    Unparsed,
)
from guardrail.inputs.hcl.syntax import Argument, Body, Nested
from guardrail.inputs.identifiers import bounded, shown
from guardrail.model import Reference

MOST = 1_000_000
"""References that are followed; inputs that fan out could make them quadratic."""
DEEPEST = 100
"""References that lead to each other."""
Target: TypeAlias = tuple[str, str]
"""Address of a block, and the attribute of it that is read; "" for all of it."""

_NOWHERE = frozenset({"count", "path", "terraform", "self", "ephemeral"})
_OF_BLOCKS = frozenset({"count", "for_each", "provider", "depends_on", "enabled"})
_BLOCKS = {"resource": "", "data": "data."}
_EACH = "each"
_KEY = ("key",)
_GIVING = frozenset({
    "try", "coalesce", "coalescelist", "element", "one", "lookup", "replace", "concat",
    "flatten", "compact", "distinct", "tolist", "toset", "reverse", "sort", "slice",
})  # fmt: skip
"""Functions that give what they are given, or a part of it."""
_OPEN: Target = ("", "*")
"""What no reference leads to, and a value may come from: a variable without one."""

Steps: TypeAlias = tuple[str | None, ...]
"""What is taken of something: names, and None for an element."""


class _Key(str):
    """A name in brackets: of an instance, or of a member."""

    __slots__ = ()


class _Elements(msgspec.Struct, frozen=True, eq=False):
    """What a name goes through, one element after another."""

    collection: Node
    scope: _Scope
    iterator: bool
    """Whether it has `.key` and `.value`, and is not the element itself."""


class _Scope(msgspec.Struct, frozen=True, eq=False):
    """A module, with what the names of a block in it stand for."""

    path: hcl.Path
    names: Mapping[str, _Elements | None] = {}
    """`each`, iterators and the names of `for`; None for a key, which is a text."""

    def inside(self, relative: str) -> str:
        """The absolute form of an address relative to this module."""
        return ".".join([*(f"module.{one}" for one in self.path), relative])

    def repeated(self, collection: Node, iterator: str) -> _Scope:
        """This scope inside of what is repeated for each element."""
        elements = _Elements(collection, self, iterator=True)
        return _Scope(self.path, {**self.names, iterator: elements})

    def inside_for(self, node: For | TemplateFor) -> _Scope:
        """This scope inside of a `for`."""
        elements = _Elements(node.collection, self, iterator=False)
        return _Scope(self.path, {**self.names, node.key: None, node.value: elements})


class CodeLinks:
    """The references of the code in a tree."""

    def __init__(self, tree: hcl.Tree) -> None:
        """Nothing is followed yet."""
        self._tree = tree
        self._followed: dict[tuple[hcl.Path, str, Steps], tuple[Target, ...]] = {}
        self._count = 0
        self._depth = 0
        self._unfollowed: dict[str, set[str]] = {}

    @property
    def unfollowed(self) -> dict[str, frozenset[str]]:
        """Block to the arguments that lead elsewhere too; known after `all`."""
        return {block: frozenset(found) for block, found in self._unfollowed.items()}

    def all(self) -> Iterator[Reference]:
        """Each reference once, block by block.

        Raises:
            InputError: There are too many, or a name is malformed.
        """
        for path, code in self._tree.codes():
            for type_, prefix in _BLOCKS.items():
                for labels in code.labels(type_):
                    body = code.body(type_, *labels)
                    if isinstance(body, Body):
                        scope = _repeated(_Scope(path), body)
                        source = scope.inside(prefix + ".".join(labels))
                        yield from self._of_block(source, body, scope)

    def _of_block(self, source: str, body: Body, scope: _Scope) -> Iterator[Reference]:
        """The references that a block makes.

        Raises:
            InputError: There are too many, or a name is malformed.
        """
        found: dict[tuple[str, str, str], None] = {}
        for path, node, inner in _arguments(body, scope, ""):
            for target, attribute in self._in(node, inner):
                found[target, path, attribute] = None
        self._counted(len(found))
        for target, path, attribute in found:
            if (target, attribute) == _OPEN:
                self._unfollowed.setdefault(source, set()).add(path)
                continue
            yield Reference(
                source=bounded(source, where=""),
                target=target,
                path=bounded(path, where=""),
                attribute=attribute,
            )

    def _in(self, node: Node, scope: _Scope, steps: Steps = ()) -> Iterator[Target]:
        """What an expression reads, when `steps` of it are taken.

        Raises:
            InputError: It takes too many references to say.
        """
        self._depth += 1
        if self._depth > DEEPEST:
            raise InputError("references lead to each other too often")
        yield from self._read(node, scope, steps)
        self._depth -= 1

    def _read(self, node: Node, scope: _Scope, steps: Steps) -> Iterator[Target]:
        reference, parts = _reference(node), _parts(node, steps)
        match node:
            case _ if reference is not None:
                yield from self._referred(reference, scope, steps)
            case _ if parts is not None:
                for one in parts:
                    yield from self._in(one, scope, steps[1:])
            case Conditional():
                yield from self._chosen(node, scope, steps)
            case For() | TemplateFor():
                inner = scope.inside_for(node)
                for one in _repeated_parts(node):
                    yield from self._in(one, inner)
            case _:
                yield from self._made(node, scope)

    def _made(self, node: Node, scope: _Scope) -> Iterator[Target]:
        """What a function or an operator reads."""
        if isinstance(node, Call) and node.name in _GIVING:
            keyed = node.name in {"lookup", "replace"}  # by a key, or a pattern
            for one in node.arguments[:: 2 if keyed else 1]:
                yield from self._branch(one, scope, ())
        else:
            for one in _children(node):
                yield from self._in(one, scope)

    def _referred(
        self, reference: _Reference, scope: _Scope, steps: Steps
    ) -> Iterator[Target]:
        for key in reference.keys:
            yield from self._chosen_by(key, scope)
        yield from self._named(reference.name, (*reference.steps, *steps), scope)

    def _chosen(
        self, node: Conditional, scope: _Scope, steps: Steps
    ) -> Iterator[Target]:
        yield from self._chosen_by(node.condition, scope)
        for one in (node.then, node.otherwise):
            yield from self._branch(one, scope, steps)

    def _chosen_by(self, node: Node, scope: _Scope) -> Iterator[Target]:
        """What is read to choose among values, and is none of them itself."""
        return (one for one in self._in(node, scope) if one != _OPEN)

    def _branch(self, node: Node, scope: _Scope, steps: Steps) -> Iterator[Target]:
        """What a value is that may be chosen; a text written there leads nowhere."""
        match node:
            case Literal(str(text)) if text:
                yield _OPEN
            case TupleOf(items):
                for one in items:
                    yield from self._branch(one, scope, steps)
            case _:
                yield from self._in(node, scope, steps)

    def _named(self, name: str, steps: Steps, scope: _Scope) -> Iterator[Target]:
        """What a reference reads."""
        if name in scope.names:
            elements = scope.names[name]
            if elements is not None and not (elements.iterator and steps[:1] == _KEY):
                rest = steps[1:] if elements.iterator else steps
                yield from self._in(elements.collection, elements.scope, (None, *rest))
            return
        if name in _NOWHERE:
            return
        key = (scope.path, name, steps)
        if key not in self._followed:
            self._followed[key] = ()  # what leads back to itself ends here
            found = tuple(dict.fromkeys(self._follow(name, steps, scope.path)))
            self._counted(len(found))
            self._followed[key] = found
        yield from self._followed[key]

    def _follow(self, name: str, steps: Steps, path: hcl.Path) -> Iterator[Target]:
        code = self._tree.code(path)
        match name, steps:
            case "var", (str(variable), *rest):
                yield from self._input(variable, tuple(rest), path)
            case "local", (str(local), *rest):
                locals_ = code.locals if code else {}
                if isinstance(locals_, Mapping) and local in locals_:
                    scope = _Scope(path)
                    yield from self._in(locals_[local].node, scope, tuple(rest))
            case "module", (str(call), None | _Key(), *rest):
                yield from self._output((*path, call), tuple(rest))
            case "module", (str(call), *rest):
                yield from self._output((*path, call), tuple(rest))
            case "data", (str(type_), str(label), *rest):
                yield from _block(code, path, ("data", type_, label), tuple(rest))
            case _, (str(label), *rest):
                yield from _block(code, path, ("resource", name, label), tuple(rest))
            case _:
                pass

    def _input(self, name: str, rest: Steps, path: hcl.Path) -> Iterator[Target]:
        """What the call of a module passes to it."""
        above = self._tree.code(path[:-1]) if path else None
        body = above.body("module", path[-1]) if above else None
        if isinstance(body, Body) and name in body.arguments:
            scope = _repeated(_Scope(path[:-1]), body)
            yield from self._in(body.arguments[name].node, scope, rest)
        elif not path and not self._tree.is_given(name):
            yield _OPEN

    def _output(self, path: hcl.Path, rest: Steps) -> Iterator[Target]:
        """What an output of a module reads; all of them where none is named."""
        code = self._tree.code(path)
        if code is None:
            return
        names = [one for labels in code.labels("output") for one in labels]
        for name in [rest[0]] if rest and rest[0] in names else names:
            body = code.body("output", str(name))
            value = body.arguments.get("value") if isinstance(body, Body) else None
            if isinstance(value, Argument):
                yield from self._in(value.node, _Scope(path), rest[1:])

    def _counted(self, number: int) -> None:
        """Nothing, while there are not too many.

        Raises:
            InputError: There are.
        """
        self._count += number
        if self._count > MOST:
            raise InputError(f"the code holds more than {MOST} references")


def _repeated(scope: _Scope, body: Body) -> _Scope:
    """The scope of a block, where `each` is what its for_each goes through."""
    for_each = body.arguments.get("for_each")
    return scope if for_each is None else scope.repeated(for_each.node, _EACH)


def _arguments(
    body: Body, scope: _Scope, path: str
) -> Iterator[tuple[str, Node, _Scope]]:
    """The arguments of a block and of those inside it, with their dotted paths."""
    for name, argument in body.arguments.items():
        if path or name not in _OF_BLOCKS:
            yield f"{path}{name}", argument.node, scope
    for block in body.blocks:
        if path or block.type != "lifecycle":
            yield from _nested(block, scope, path)


def _nested(
    block: Nested, scope: _Scope, path: str
) -> Iterator[tuple[str, Node, _Scope]]:
    repeated = block.body.arguments.get("for_each")
    if block.type != "dynamic" or repeated is None:
        yield from _arguments(block.body, scope, f"{path}{block.settles}.")
        return
    iterator = block.body.arguments.get("iterator")
    stated = iterator.node if iterator else None
    name = stated.name if isinstance(stated, Name) else block.settles
    inner = scope.repeated(repeated.node, name)
    for content in block.body.of("content"):
        yield from _arguments(content.body, inner, f"{path}{block.settles}.")


def _repeated_parts(node: For | TemplateFor) -> Iterator[Node]:
    """What a `for` makes of each element."""
    if isinstance(node, TemplateFor):
        yield node.body
        return
    for one in (node.result_key, node.result, node.condition):
        if one is not None:
            yield one


class _Reference(msgspec.Struct, frozen=True, eq=False):
    """A name with what is taken of it."""

    name: str
    steps: Steps
    keys: list[Node]
    """Expressions that stand in brackets."""


def _reference(node: Node) -> _Reference | None:
    """The reference that a node is; None where it is none."""
    base, steps, keys = _chain(node)
    if not isinstance(base, Name):
        return None
    return _Reference(base.name, tuple(reversed(steps)), keys)


def _chain(node: Node) -> tuple[Node, list[str | None], list[Node]]:
    """What steps are taken of, the steps, the last first, and the keys in them."""
    steps: list[str | None] = []
    keys: list[Node] = []
    while True:
        match node:
            case Get(source, name):
                steps.append(name)
            case Index(source, Literal(str(name))):
                steps.append(_Key(name))
            case Index(source, key):
                steps.append(None)
                keys.append(key)
            case Splat(source, each):
                _, inner, more = _chain(each)
                steps += [*inner, None]
                keys += more
            case _:
                return node, steps, keys
        node = source


def _parts(node: Node, steps: Steps) -> Sequence[Node] | None:
    """What the first step takes of what is written out; None where nobody can say."""
    match node:
        case ObjectOf(items) if steps[:1] == (None,):
            return [value for _, value in items]
        case TupleOf(items) if steps[:1] == (None,):
            return items
        case ObjectOf(items) if steps:
            found = [value for key, value in items if _word(key) == steps[0]]
            return found or None
        case _:
            return None


def _word(key: Node) -> object:
    """The name that a key of an object is."""
    match key.code if isinstance(key, Unparsed) and key.code else key:
        case Literal(name) | Name(name):
            return name
        case _:
            return None


def _children(node: Any) -> Iterator[Node]:
    """The nodes inside a node, whatever it is."""
    for field in node.__struct_fields__:
        yield from _nodes(getattr(node, field))


def _nodes(value: object) -> Iterator[Any]:
    if isinstance(value, tuple):
        for one in value:
            yield from _nodes(one)
    elif isinstance(value, msgspec.Struct):
        yield value


def _block(
    code: Code | None, path: hcl.Path, block: tuple[str, str, str], rest: Steps
) -> Iterator[Target]:
    """A block of a module, and what of it is read."""
    type_, *labels = block
    if code is None or code.place(type_, *labels) is None:
        return
    inner = rest[1:] if rest and isinstance(rest[0], _Key | None) else rest
    attribute = next((one for one in inner[:1] if one is not None), "")
    address = _Scope(path).inside(_BLOCKS[type_] + ".".join(labels))
    yield bounded(address, where=""), shown(attribute)
