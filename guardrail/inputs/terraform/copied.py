"""Texts that a block takes from another block of the code, word for word.

`location = azurerm_resource_group.main.location` is the text that the group's own block
sets, through variables, local values and outputs that do nothing but pass it on. A
provider may spell it in its own way when it makes the group, so it counts as a whole
and never as a part of an expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from guardrail.inputs import hcl
from guardrail.inputs.hcl.nodes import Get, Index, Name, Node
from guardrail.inputs.hcl.scope import Instance
from guardrail.inputs.hcl.syntax import Body
from guardrail.inputs.terraform.ignored import ignored
from guardrail.model import Known

DEEPEST = 40
"""References that pass a value on."""

_Place: TypeAlias = tuple[Instance, Node]
"""An expression, and the instance of the module that it stands in."""


def copied(tree: hcl.Tree, instance: Instance, node: Node) -> Known[str] | None:
    """The text that another block sets and `node` only repeats; None for others."""
    place: _Place | None = (instance, node)
    for _ in range(DEEPEST):
        if place is None:
            return None
        instance, node = place
        match _names(node):
            case ["var", name]:
                place = _given(instance, name)
            case ["local", name]:
                found = instance.code.locals
                stated = found.get(name) if isinstance(found, Mapping) else None
                place = None if stated is None else (instance, stated.node)
            case ["module", call, name]:
                place = _output(tree, instance, call, name)
            case [type_, label, attribute]:
                set_ = _set(instance, type_, label, attribute)
                if set_ is None or isinstance(set_, Known):
                    return set_
                place = set_
            case _:
                return None
    return None


def _names(node: Node) -> list[str]:
    """The names of a plain reference, instance keys left out; [] for others."""
    names: list[str] = []
    while not isinstance(node, Name):
        match node:
            case Get(source, name):
                names.insert(0, name)
            case Index(source, _):  # any instance: only what all agree on is known
                pass
            case _:
                return []
        node = source
    return [node.name, *names]


def _given(instance: Instance, name: str) -> _Place | None:
    """What the call of a module sets a variable to."""
    variable = instance.code.body("variable", name)
    if instance.parent is None or not isinstance(variable, Body):
        return None
    body = instance.parent.code.body("module", instance.calls[-1][0])
    stated = body.arguments.get(name) if isinstance(body, Body) else None
    if stated is None or "sensitive" in variable.arguments:
        return None
    return instance.parent, stated.node


def _output(tree: hcl.Tree, instance: Instance, call: str, name: str) -> _Place | None:
    """The value of an output of a module, whichever instance of it is meant."""
    below = tree.below(instance, call, None)
    body = below.code.body("output", name) if below else None
    value = body.arguments.get("value") if isinstance(body, Body) else None
    if below is None or value is None or not isinstance(body, Body):
        return None
    return None if "sensitive" in body.arguments else (below, value.node)


def _set(
    instance: Instance, type_: str, label: str, attribute: str
) -> Known[str] | _Place | None:
    """What a block sets an attribute to; where to look on, if it only passes it on."""
    body = instance.code.body("resource", type_, label)
    if not isinstance(body, Body) or attribute not in body.arguments:
        return None
    settings: Mapping[str, Any]
    settings = hcl.block_arguments(instance, body, None, f"{type_}.{label}")
    found = None if attribute in ignored(body, settings) else settings.get(attribute)
    if isinstance(found, Known):
        return found if isinstance(found.value, str) else None
    if found is None:
        return None
    return instance, body.arguments[attribute].node
