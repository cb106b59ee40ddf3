"""Whether code is what a plan was made from, as far as the plan as JSON can tell.

The JSON shows modules, blocks, constants, and what expressions refer to. It does not
show local values and functions: code that differs in those alone is not found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.hcl.code import Code
from guardrail.inputs.hcl.nodes import (
    For,
    Get,
    Literal,
    Name,
    Node,
    TemplateFor,
    Unparsed,
)
from guardrail.inputs.hcl.syntax import Argument, Body
from guardrail.inputs.identifiers import shown
from guardrail.inputs.terraform.addresses import parse_module
from guardrail.inputs.terraform.configuration import (
    Configuration,
    ProviderEntry,
    Scope,
)
from guardrail.inputs.terraform.expressions import is_expression, references

_OF_PROVIDERS = frozenset({"alias", "version", "for_each"})
_OF_CALLS = frozenset(
    {"source", "version", "providers", "count", "for_each", "depends_on", "enabled"}
)


def prove(tree: hcl.Tree, configuration: Configuration) -> None:
    """Nothing, when the plan with this configuration was made from the code in `tree`.

    Code that is not there or cannot be read is passed over: nothing is taken from it.

    Raises:
        InputError: It was not.
    """
    scopes = {path_of(scope.address): scope for scope in configuration.scopes.values()}
    for path in tree.paths():
        if path not in scopes:
            _refuse(f"module {shown('.'.join(path))} is not in the plan")
    for path, scope in scopes.items():
        code = tree.code(path)
        if code is not None and code.problem is None:
            _prove_module(code, scope)
    for key, entry in configuration.providers.items():
        code = tree.code(path_of(entry.module_address))
        if code is not None:
            _prove_provider(code, entry, f"provider block {shown(key)}")


def _prove_provider(code: Code, entry: ProviderEntry, what: str) -> None:
    """Nothing, when a module has the provider block that the plan shows.

    Raises:
        InputError: It has not.
    """
    found = code.provider(entry.name, entry.alias)
    if found is None and entry.expressions:
        _refuse(f"{what} is not in the code")
    if isinstance(found, tuple):
        _prove_body(found[0], entry.expressions or {}, what, _OF_PROVIDERS)


def path_of(address: str) -> hcl.Path:
    """The names of the calls in the address of a module."""
    return tuple(call.name for call in parse_module(address))


def _prove_module(code: Code, scope: Scope) -> None:
    """Nothing, when a module has the blocks that the plan shows.

    Raises:
        InputError: It has not.
    """
    module = scope.module
    managed = {one.address for one in module.resources if one.mode == "managed"}
    data = {one.address for one in module.resources if one.mode == "data"}
    where = scope.address or "the root module"
    for what, here, there in (
        ("resource", _named(code, "resource"), managed),
        ("variable", _named(code, "variable"), set(module.variables)),
        ("module call", _named(code, "module"), set(module.module_calls)),
        ("output", _named(code, "output"), set(module.outputs)),
    ):
        if here != there:
            _refuse(f"{what} {shown(min(here ^ there))} of {shown(where)} differs")
    # A check block may hold data sources too: they are in the plan alone.
    seen = {f"data.{name}" for name in _named(code, "data")}
    if not seen <= data:
        _refuse(f"{shown(min(seen - data))} of {shown(where)} is not in the plan")
    calls = [
        (name, call, body)
        for name, call in module.module_calls.items()
        if isinstance(body := code.body("module", name), Body)
    ]
    for name, call, body in calls:
        what = f"module call {shown(scope.inside(name))}"
        _prove_body(body, call.expressions or {}, what, _OF_CALLS)


def _named(code: Code, type_: str) -> set[str]:
    return {".".join(labels) for labels in code.labels(type_)}


def _prove_body(
    body: Body, stated: Mapping[str, Any], what: str, without: frozenset[str]
) -> None:
    """Nothing, when a block has the arguments and blocks that the plan shows.

    What is written as JSON is passed over: its blocks look like arguments.

    Raises:
        InputError: It has not.
    """
    arguments = {
        name: one for name, one in body.arguments.items() if name not in without
    }
    if any(one.raw is not None for one in arguments.values()):
        return
    expressions = {name: one for name, one in stated.items() if is_expression(one)}
    for name in sorted(expressions.keys() | arguments.keys()):
        if not _same(arguments.get(name), expressions.get(name)):
            _refuse(f"{what}: {shown(name)} differs")
    for name in sorted(stated.keys() - expressions.keys()):
        inner = f"{what}: {shown(name)}"
        blocks = [one for one in body.blocks if one.type == name]
        listed = stated[name] if isinstance(stated[name], list) else [stated[name]]
        if len(listed) != len(blocks):
            _refuse(f"{inner} differs")
        for block, one in zip(blocks, listed, strict=True):
            if isinstance(one, dict):
                _prove_body(block.body, one, inner, frozenset())


def _same(argument: Argument | None, expression: Mapping[str, Any] | None) -> bool:
    """Whether an argument may be the expression that the plan shows."""
    if argument is None or expression is None:
        return argument is not None and argument.node == Literal(None)
    node = argument.node
    if isinstance(node, Literal) and isinstance(node.value, str | bool):
        return expression.get("constant_value") == node.value
    if isinstance(node, Unparsed):
        return True
    there = {
        steps[:2]
        for steps in references(expression)
        if len(steps) > 1 and all(isinstance(one, str) for one in steps[:2])
    }
    return set(_referred(node, frozenset())) == there


def _referred(node: Node, bound: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The first two names of each reference in an expression."""
    match node:
        case Get(Name(name), inner):
            if name not in bound:
                yield name, inner
            return
        case For(key=key, value=value) | TemplateFor(key=key, value=value):
            bound |= {key, value}
        case _:
            pass
    for field in node.__struct_fields__:
        for one in _nodes(getattr(node, field)):
            yield from _referred(one, bound)


def _nodes(value: object) -> Iterator[Any]:
    """The nodes in a field of a node."""
    if isinstance(value, tuple):
        for one in value:
            yield from _nodes(one)
    elif isinstance(value, msgspec.Struct):
        yield value


def _refuse(what: str) -> NoReturn:
    """Nothing: it raises.

    Raises:
        InputError: Always.
    """
    raise InputError(
        f"the code is not what the plan was made from: {what}",
        remedy="Give --src with the folder and the revision in which the plan was "
        "made, or give the binary plan, which carries its code",
    )
