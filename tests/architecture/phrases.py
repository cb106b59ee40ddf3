"""The templates of phrases that the code says, found in its syntax trees.

`say` takes a template first. A function that hands one of its own parameters on as a
template takes one too; so the search goes on until it finds no more such functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tests.architecture.trees import PACKAGE, trees


class Taker(NamedTuple):
    """A function that takes a template, and the place of it among the arguments."""

    module: str
    """The one module in which it is called; "" for any."""
    name: str
    place: int
    method: bool


Scope: TypeAlias = tuple[ast.FunctionDef, ...]
"""The functions around a place, the innermost first."""


class Module:
    """One module: its calls, and the texts that its names may stand for."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.name = str(path.relative_to(PACKAGE))
        self.calls: list[tuple[Scope, ast.Call]] = []
        self.bound: dict[tuple[int, str], list[ast.expr]] = {}
        self._imports: list[ast.ImportFrom] = []
        for scope, node in inside(tree):
            if isinstance(node, ast.Call):
                self.calls.append((scope, node))
            elif isinstance(node, ast.ImportFrom):
                self._imports.append(node)
            for target, value in _bindings(node):
                key = (id(scope[0]) if scope else 0, target)
                self.bound.setdefault(key, []).append(value)

    def borrow(self, modules: dict[str, Module]) -> None:
        """Bind the names that come from other modules of the package."""
        for node in self._imports:
            if node.module in modules:
                other = modules[node.module].bound
                for alias in node.names:
                    if (0, alias.name) in other:
                        key = (0, alias.name)
                        self.bound.setdefault(key, []).extend(other[key])

    def texts(self, node: ast.expr, scope: Scope, depth: int = 0) -> set[str] | None:
        """The texts that an expression may be; None when that cannot be told."""
        if depth > 8:
            return None
        match node:
            case ast.Constant(value=value):
                return {value} if isinstance(value, str) else set()
            case ast.Name(id=name):
                parts = self._bound_to(name, scope)
            case _:
                parts = _parts(node)
        found = [self.texts(part, scope, depth + 1) for part in parts]
        if all(texts is None for texts in found):
            return None
        return set().union(*(texts or set() for texts in found))

    def _bound_to(self, name: str, scope: Scope) -> list[ast.expr]:
        for place in (*map(id, scope), 0):
            if (place, name) in self.bound:
                return self.bound[place, name]
        return []


def _parts(node: ast.expr) -> list[ast.expr]:
    """The expressions of which one is the value of `node`."""
    match node:
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.BoolOp(values=values):
            return values
        case ast.Dict(values=values):
            return values
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return elements
        case ast.Starred(value=value) | ast.Subscript(value=value):
            return [value]
        case ast.Call(func=ast.Attribute(value=value, attr="get" | "items")):
            return [value]
        case _:
            return []


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a node binds, with what they are bound to."""
    match node:
        case ast.Assign(targets=[target], value=value):
            yield from _targets(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _targets(target, value)
        case (
            ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            yield from _targets(target, value)
        case _:
            pass


def _targets(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        for place, one in enumerate(target.elts):
            yield from _targets(one, _column(value, place))


def _column(value: ast.expr, place: int) -> ast.expr:
    """What a name at a place of a tuple takes from each row that is gone through."""
    match value:
        case ast.Tuple(elts=rows) | ast.List(elts=rows) if all(
            isinstance(row, ast.Tuple) and len(row.elts) > place for row in rows
        ):
            cells = [row.elts[place] for row in rows if isinstance(row, ast.Tuple)]
            return ast.Tuple(elts=cells)
    return value


class Said(NamedTuple):
    """What one call says."""

    module: str
    line: int
    source: str
    """The expression, as it stands there."""
    texts: set[str] | None


@cache
def said() -> list[Said]:
    """Every call that takes a template, with the templates that it may take."""
    modules = {_dotted(path): Module(path, tree) for path, tree in trees().items()}
    for module in modules.values():
        module.borrow(modules)
    takers = {Taker("", "say", 0, method=False)}
    found: list[Said] = []
    before = -1
    while len(takers) != before:
        before = len(takers)
        found = [one for module in modules.values() for one in _calls(module, takers)]
    return found


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _calls(module: Module, takers: set[Taker]) -> Iterator[Said]:
    """The calls of `takers` in a module; adds the functions that hand a template on."""
    for around, call in module.calls:
        for taker in [one for one in takers if _is_of(call.func, one, module)]:
            if len(call.args) <= taker.place:
                continue
            for argument in _branches(call.args[taker.place]):
                handed = _handed_on(around, argument, module)
                if handed is not None:
                    takers.add(handed)
                    continue
                texts = module.texts(argument, around)
                yield Said(module.name, call.lineno, ast.unparse(argument), texts)


def _is_of(called: ast.expr, taker: Taker, module: Module) -> bool:
    """Whether a call is one of `taker`."""
    if taker.module not in {"", module.name}:
        return False
    match called:
        case ast.Name(id=name):
            return name == taker.name and not taker.method
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name == taker.name and taker.method
        case ast.Attribute(attr=name):
            return name == taker.name and taker.method and not taker.module
        case _:
            return False


def _branches(argument: ast.expr) -> list[ast.expr]:
    if isinstance(argument, ast.IfExp):
        return [*_branches(argument.body), *_branches(argument.orelse)]
    return [argument]


def inside(tree: ast.Module) -> Iterator[tuple[Scope, ast.AST]]:
    """Every node below, with the functions around it, as they stand in the text."""
    pending: list[tuple[Scope, ast.AST]] = [((), tree)]
    while pending:
        scope, node = pending.pop()
        yield scope, node
        inner = (node, *scope) if isinstance(node, ast.FunctionDef) else scope
        below = [(inner, child) for child in ast.iter_child_nodes(node)]
        pending += reversed(below)


def _handed_on(around: Scope, argument: ast.expr, module: Module) -> Taker | None:
    """The function whose parameter `argument` is, if it is one."""
    for function in around:
        names = [one.arg for one in function.args.args]
        if isinstance(argument, ast.Name) and argument.id in names:
            method = names[0] == "self"
            private = function.name.startswith("_") or function.name == "say"
            place = names.index(argument.id) - method
            where = module.name if private else ""
            return Taker(where, function.name, place, method)
    return None
