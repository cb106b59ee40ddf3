"""The values that expressions refer to, as far as a plan as JSON shows them.

What is found by a reference is a hint that may forbid and never permit: a function may
stand around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from guardrail.inputs.identifiers import shown
from guardrail.inputs.terraform.addresses import Index, Step, key_text
from guardrail.inputs.terraform.configuration import Configuration, Scope
from guardrail.inputs.terraform.expressions import references, text_of
from guardrail.model import (
    ABSENT,
    Attributes,
    Evidence,
    Known,
    Setting,
    Unknown,
    Value,
    say,
)
from guardrail.model.attributes import AFTER_APPLY

SOURCE = say("give the code with --src DIR, or the binary plan")
"""The remedy where the code says what the JSON does not."""

NO_VALUE = "`{}` has no value in the plan"
_DEEPEST = 64
"""Most references that are followed one after another."""
_MOST = 256
"""Most instances whose values are compared."""

_UNSEEN = {
    "local": "`{}` is a local value, which the plan JSON does not show",
    "each": "`{}` differs from instance to instance",
    "count": "`{}` differs from instance to instance",
    "path": "`{}` is a path, which the plan JSON does not show",
    "terraform": "`{}` is not in the plan JSON",
    "ephemeral": "`{}` is ephemeral, and never in a plan",
}

Instances: TypeAlias = Mapping[str, Sequence[tuple[str, Attributes]]]
"""Address of a block to the addresses and values of its instances."""


class Values(msgspec.Struct, frozen=True, eq=False):
    """Where the values are that expressions refer to."""

    configuration: Configuration
    variables: Mapping[str, Any]
    """Values of the root variables."""
    instances: Callable[[], Instances]


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
        return Known(constant, Evidence.CONSTANT, say("{} is a constant", what))
    referred = references(expression)
    names = tuple(shown(text_of(steps)) for steps in referred)
    if not names:
        reason = say("{} is an expression that the plan JSON does not show", what)
        return Unknown(reason, SOURCE)
    if len(names) > 1:
        reason = say("{} is made of several things: {}", what, ", ".join(names))
        return Unknown(reason, SOURCE, names)
    found = _follow(referred[0], scope, values, 0)
    if isinstance(found, Unknown):
        return Unknown(say("{}: {}", what, found.reason), found.remedy, names)
    because = say(
        "{} refers to {} (a function may stand around it: give --src)", what, names[0]
    )
    return Known(found.value, Evidence.REFERENCE, because, found.sensitive)


def _follow(
    steps: tuple[Step, ...], scope: Scope, values: Values, depth: int
) -> Value[Any]:
    """The value at the end of a reference.

    Raises:
        InputError: What it refers to is malformed.
    """
    name = shown(text_of(steps))
    found: Value[Any] = Unknown(say("`{}` is a whole object", name), SOURCE)
    path: list[Step] = []
    match steps:
        case _ if depth > _DEEPEST:
            found = Unknown(say("`{}` is too many references away", name), SOURCE)
        case (str(kind), *_) if kind in _UNSEEN:
            found = Unknown(say(_UNSEEN[kind], name), SOURCE)
        case ("var", str(variable), *path):
            found = _variable(variable, scope, values, depth)
        case ("module", str(call), Index(), str(output), *path):
            found = _output(call, output, (scope, values), depth)
        case ("module", str(call), str(output), *path):
            found = _output(call, output, (scope, values), depth)
        case ("data", str(type_), str(label), *rest):
            found = _attribute(f"data.{type_}.{label}", rest, scope, values)
        case (str(type_), str(label), *rest) if type_ != "module":
            found = _attribute(f"{type_}.{label}", rest, scope, values)
    return _inside(found, path, name)


def _variable(name: str, scope: Scope, values: Values, depth: int) -> Value[Any]:
    """The value of a variable of a module."""
    entry = scope.module.variables.get(name)
    found: Value[Any] = Unknown(say(NO_VALUE, f"var.{shown(name)}"), SOURCE)
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
) -> Value[Any]:
    """The value of an output of a module that is called in a scope."""
    scope, values = place
    below = values.configuration.scopes.get(scope.inside(f"module.{call}"))
    entry = below.module.outputs.get(name) if below else None
    if below is None or entry is None:
        missing = f"module.{shown(call)}.{shown(name)}"
        return Unknown(say(NO_VALUE, missing), SOURCE)
    found = _passed(entry.expression, below, values, depth)
    return _marked(found, sensitive=entry.sensitive)


def _passed(expression: object, scope: Scope, values: Values, depth: int) -> Value[Any]:
    """The value that an expression passes on."""
    if isinstance(expression, dict):
        if "constant_value" in expression:
            return Known(expression["constant_value"])
        referred = references(expression)
        if len(referred) == 1:
            return _follow(referred[0], scope, values, depth + 1)
    return Unknown(
        say("it is passed on by an expression that the plan JSON does not show"), SOURCE
    )


def _attribute(
    relative: str, path: list[Step], scope: Scope, values: Values
) -> Value[Any]:
    """An attribute of a resource or data source; all its instances must agree.

    Raises:
        InputError: The attributes are malformed.
    """
    key = key_text(path[0].key) if path and isinstance(path[0], Index) else ""
    attribute, *rest = path[1 if key else 0 :] or (None,)
    if not isinstance(attribute, str):
        return Unknown(say("`{}` is a whole object", shown(relative)), SOURCE)
    name = f"{shown(relative)}.{shown(attribute)}"
    instances = [
        attributes
        for address, attributes in values.instances().get(scope.inside(relative), ())
        if address.endswith(relative + key if key else "")
    ]
    if not instances:
        return Unknown(say(NO_VALUE, name), SOURCE)
    first, *others = instances[:_MOST]
    found = _picked(first, attribute, rest, name)
    if len(instances) > _MOST or any(
        _picked(other, attribute, rest, name) != found for other in others
    ):
        return Unknown(say("`{}` differs from instance to instance", name), SOURCE)
    return found


def _picked(
    attributes: Attributes, attribute: str, path: list[Step], name: str
) -> Value[Any]:
    """The value at `path` in an attribute.

    Raises:
        InputError: The attributes are malformed.
    """
    found = attributes.pick((attribute,)).get(attribute)
    if found is ABSENT:
        return Unknown(say(NO_VALUE, name), SOURCE)
    inner = _inside(found, path, name)
    return (
        inner if isinstance(inner, Known) else Unknown(say(AFTER_APPLY, name), SOURCE)
    )


def _inside(found: Value[Any], path: Sequence[Step], name: str) -> Value[Any]:
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
        return Unknown(say(NO_VALUE, name), SOURCE)
    return Known(value, sensitive=found.sensitive)


def _marked(found: Value[Any], *, sensitive: bool) -> Value[Any]:
    if sensitive and isinstance(found, Known):
        return Known(found.value, sensitive=True)
    return found
