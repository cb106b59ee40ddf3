"""The values of parameters, as their types read them.

Source: OpenStack, heat, heat/engine/parameters.py, 27.0.1,
https://opendev.org/openstack/heat; oslo.utils, oslo_utils/strutils.py, 8.2.0
(`bool_from_string`), https://opendev.org/openstack/oslo.utils
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from guardrail.inputs.heat.values import (
    Budget,
    Hole,
    Secret,
    merged,
    opened,
    seen,
    wrapped,
)
from guardrail.inputs.identifiers import shown
from guardrail.model import Unknown, say

PSEUDO = "::"
"""What stands in the names of parameters that Heat itself supplies."""

_TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "off", "n", "no"})


def is_hidden(schema: Mapping[str, Any], key: str) -> bool:
    """Whether a parameter is hidden (`hidden`, `NoEcho`); a doubt hides it."""
    stated = schema.get(key)
    return bool(stated) and str(stated).lower() not in {"false", "no"}


def missing(name: str) -> Hole:
    """What stands for a parameter that nobody gives a value."""
    return Hole(
        Unknown(
            say("the parameter `{}` has no value", shown(name)),
            say("give it with --parameter {}=…, or in an environment", shown(name)),
        )
    )


def converted(value: Any, type_: Any, name: str, budget: Budget) -> Any:
    """`value` as a parameter of a type has it; a hole where Heat would refuse it.

    Raises:
        InputError: It is too large.
    """
    value, secret = opened(value)
    if isinstance(value, Hole):
        return value
    read = _READ.get(str(type_).lower().replace("_", ""))
    unreadable = Hole(
        Unknown(say("the value of the parameter `{}` is not of its type", shown(name)))
    )
    if read is None:
        return unreadable
    inside = seen(value, budget)
    if inside.holes:
        kept = read in {_map, _list} and isinstance(value, Mapping | list)
        return wrapped(value if kept else merged(inside.holes), secret=secret)
    try:
        return wrapped(read(inside.plain), secret=secret or inside.secret)
    except (ValueError, TypeError, RecursionError):
        return unreadable


def _string(value: Any) -> str:
    """A text.

    Raises:
        TypeError: What Python would write is not for reading.
    """
    if isinstance(value, Mapping | list):
        raise TypeError("a text is expected")
    return str(value)


def _number(value: Any) -> int | float:
    if isinstance(value, int | float):
        return value
    try:
        return int(value)
    except ValueError:
        return float(value)


def _boolean(value: Any) -> bool:
    """A truth.

    Raises:
        ValueError: It is none.
    """
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("a boolean is expected")
    return word in _TRUE


def _list(value: Any) -> list[str]:
    """The items of a list, as texts.

    Raises:
        TypeError: It is no list and no text.
    """
    if isinstance(value, list):
        return [_string(item) for item in value]
    if not isinstance(value, str):
        raise TypeError("a list is expected")
    return value.split(",") if value else []


def _map(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "number": _number,
    "boolean": _boolean,
    "commadelimitedlist": _list,
    "json": _map,
}


def hidden(value: Any) -> Any:
    """`value` as a secret."""
    return value if isinstance(value, Hole | Secret) else Secret(value)
