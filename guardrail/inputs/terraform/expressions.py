"""The values of expressions, as far as a plan as JSON shows them.

`{"constant_value": …}` is a value. `{"references": […]}` is not one: `var.region` and
`replace(var.region, "eu", "us")` are written alike. What it refers to is followed all
the same, as a hint that may forbid and never permit. `{}` is an expression of which
nothing is shown, and what a `dynamic` block sets is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from guardrail.inputs.identifiers import bounded, shown
from guardrail.inputs.terraform.addresses import Index, Step, key_text, traversal
from guardrail.inputs.terraform.configuration import Configuration, Scope
from guardrail.model import ABSENT, Attributes, Evidence, Known, Setting, Unknown

SOURCE = "Give the code with --src DIR"
"""The remedy where the code says what the JSON does not."""

_DEEPEST = 64
"""Most references that are followed one after another."""

_UNSEEN = {
    "local": f"is a local value, and locals are not in the JSON. {SOURCE}",
    "each": f"differs from instance to instance. {SOURCE}",
    "count": f"differs from instance to instance. {SOURCE}",
    "path": f"is a path, which the JSON does not show. {SOURCE}",
    "terraform": "is not in the JSON",
    "ephemeral": "is ephemeral, and never in a plan",
}

Instances: TypeAlias = Mapping[str, list[tuple[str, Attributes]]]
"""Address of a block to the addresses and values of its instances."""


class Values(msgspec.Struct, frozen=True, eq=False):
    """Where the values are that expressions refer to."""

    configuration: Configuration
    variables: Mapping[str, Any]
    """Values of the root variables."""
    instances: Callable[[], Instances]


def leaves(
    expressions: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The dotted paths of arguments, through blocks, and their expressions."""
    for name, item in expressions.items():
        place = f"{path}.{name}" if path else name
        for block in item if isinstance(item, list) else [item]:
            if not isinstance(block, dict):
                continue
            if is_expression(block):
                yield place, block
            else:
                yield from leaves(block, place)


def is_expression(item: Mapping[str, Any]) -> bool:
    """Whether `item` is an expression, and not a block with arguments."""
    return (
        not item or "constant_value" in item or isinstance(item.get("references"), list)
    )


def references(expression: Mapping[str, Any]) -> list[tuple[Step, ...]]:
    """What an expression refers to, without the prefixes that Terraform adds to each.

    Raises:
        InputError: A reference is too long, or holds control characters.
    """
    listed = expression.get("references") or []
    texts = [bounded(text, where="") for text in listed if isinstance(text, str)]
    steps = dict.fromkeys(traversal(text) for text in texts)
    prefixes = {one[:size] for one in steps for size in range(1, len(one))}
    return [one for one in steps if one and one not in prefixes]


def evaluate(
    expression: Mapping[str, Any], scope: Scope, values: Values, *, what: str
) -> Setting[Any]:
    """The value of an expression in `scope`; `what` names it: `provider aws: region`.

    Raises:
        InputError: What it refers to is malformed.
    """
    if "constant_value" in expression:
        constant = expression["constant_value"]
        if constant is None:
            return ABSENT
        return Known(constant, Evidence.CONSTANT, f"{what} is a constant in the code")
    referred = references(expression)
    names = tuple(shown(text_of(steps)) for steps in referred)
    if len(referred) != 1:
        reason = f"is set from {len(names)} things" if names else "is set by an expression"
        return Unknown(f"{what} {reason} that the plan JSON does not show", SOURCE, names)
    found = _follow(referred[0], scope, values, 0)
    if isinstance(found, Unknown):
        return Unknown(f"{what}: {found.reason}", found.remedy, names)
    because = f"{what} refers to {names[0]} (a function may stand around it: give --src)"
    return Known(found.value, Evidence.REFERENCE, because, found.sensitive)


def text_of(steps: tuple[Step, ...]) -> str:
    """A reference as it is written."""
    dotted = (
        key_text(step.key) if isinstance(step, Index) else f".{step}" for step in steps
    )
    return "".join(dotted).removeprefix(".")


def _follow(
    steps: tuple[Step, ...], scope: Scope, values: Values, depth: int
) -> Known[Any] | Unknown:
    """The value at the end of a reference.

    Raises:
        InputError: What it refers to is malformed.
    """
    name = shown(text_of(steps))
    if depth > _DEEPEST:
        return Unknown(f"`{name}` is too many references away", SOURCE)
    match steps:
        case (str(kind), *_) if kind in _UNSEEN:
            reason, _, remedy = _UNSEEN[kind].partition(". ")
            return Unknown(f"`{name}` {reason}", remedy)
        case ("var", str(variable), *path):
            found = _variable(variable, scope, values, depth)
        case ("module", str(call), Index(), str(output), *path):
            found = _output(call, output, (scope, values), depth)
        case ("module", str(call), str(output), *path):
            found = _output(call, output, (scope, values), depth)
        case ("data", str(type_), str(label), *path):
            return _attribute(f"data.{type_}.{label}", path, scope, values)
        case (str(type_), str(label), *path):
            return _attribute(f"{type_}.{label}", path, scope, values)
        case _:
            return Unknown(f"`{name}` is not shown by the plan JSON", SOURCE)
    return _inside(found, path, name)


def _variable(
    name: str, scope: Scope, values: Values, depth: int
) -> Known[Any] | Unknown:
    """The value of a variable of a module."""
    entry = scope.module.variables.get(name)
    found: Known[Any] | Unknown = Unknown(f"`var.{shown(name)}` has no value in the plan")
    if entry is not None and entry.default is not msgspec.UNSET:
        found = Known(entry.default)
    if scope.parent is None or scope.call is None:
        if name in values.variables:
            found = Known(values.variables[name])
    elif name in (given := scope.call.expressions or {}):
        found = _passed(given[name], scope.parent, values, depth)
    return _marked(found, sensitive=entry is not None and entry.sensitive)


def _output(
    call: str, name: str, place: tuple[Scope, Values], depth: int
) -> Known[Any] | Unknown:
    """The value of an output of a module that is called in a scope."""
    scope, values = place
    below = values.configuration.scopes.get(scope.inside(f"module.{call}"))
    entry = below.module.outputs.get(name) if below else None
    if below is None or entry is None:
        return Unknown(f"`module.{shown(call)}` has no such output in the plan")
    found = _passed(entry.expression, below, values, depth)
    return _marked(found, sensitive=entry.sensitive)


def _passed(
    expression: object, scope: Scope, values: Values, depth: int
) -> Known[Any] | Unknown:
    """The value that an expression passes on."""
    if not isinstance(expression, dict):
        return Unknown("it is passed on in a way that the plan JSON does not show", SOURCE)
    if "constant_value" in expression:
        return Known(expression["constant_value"])
    referred = references(expression)
    if len(referred) != 1:
        return Unknown("it is passed on by an expression that is not shown", SOURCE)
    return _follow(referred[0], scope, values, depth + 1)


def _attribute(
    relative: str, path: list[Step], scope: Scope, values: Values
) -> Known[Any] | Unknown:
    """An attribute of a resource or data source; all its instances must agree."""
    key = path[0] if path and isinstance(path[0], Index) else None
    attribute, *rest = path[1 if key else 0 :] or (None,)
    name = shown(relative)
    if not isinstance(attribute, str):
        return Unknown(f"`{name}` is a whole object", SOURCE)
    block = scope.inside(relative)
    instances = values.instances().get(block, [])
    ending = relative + key_text(key.key) if key else ""
    found = {
        value if isinstance(value, Unknown) else msgspec.json.encode(value.value): value
        for address, attributes in instances
        if address.endswith(ending)
        for value in [_picked(attributes, attribute, rest, name)]
    }
    if len(found) != 1:
        some = "differs between instances" if found else "has no value in the plan"
        return Unknown(f"`{name}.{shown(attribute)}` {some}")
    return next(iter(found.values()))


def _picked(
    attributes: Attributes, attribute: str, path: list[Step], name: str
) -> Known[Any] | Unknown:
    found = attributes.pick((attribute,)).get(attribute)
    label = f"{name}.{shown(attribute)}"
    if isinstance(found, Known):
        return _inside(found, path, label)
    if isinstance(found, Unknown):
        return Unknown(f"`{label}` is known only after the apply")
    return Unknown(f"`{label}` has no value in the plan")


def _inside(
    found: Known[Any] | Unknown, path: list[Step], name: str
) -> Known[Any] | Unknown:
    """The value at `path` inside a value."""
    if isinstance(found, Unknown):
        return found
    value = found.value
    for step in path:
        key = step.key if isinstance(step, Index) else step
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            value = None
        if isinstance(value, Unknown):
            return value
    if value is None:
        return Unknown(f"`{name}` has no value in the plan", SOURCE)
    return Known(value, sensitive=found.sensitive)


def _marked(found: Known[Any] | Unknown, *, sensitive: bool) -> Known[Any] | Unknown:
    if sensitive and isinstance(found, Known):
        return msgspec.structs.replace(found, sensitive=True)
    return found
