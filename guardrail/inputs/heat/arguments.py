"""The arguments of functions, as what they have to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.inputs.heat.values import Hole, opened
from guardrail.model import Unknown, say

_HIDDEN = Hole(Unknown(say("a hidden parameter says what it is called")))


def listed(value: Any) -> list[Any]:
    """`value`, a list; nothing counts as an empty one.

    Raises:
        TypeError: It is none.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value


def mapped(value: Any) -> Mapping[str, Any]:
    """`value`, a mapping; nothing counts as an empty one.

    Raises:
        TypeError: It is none.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("a map is expected")
    return value


def text_of(value: Any) -> str:
    """`value`, a text.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def items_of(args: Any) -> tuple[list[Any], list[Hole], bool]:
    """The arguments that are to be put together, the unknown ones, and any secret.

    Raises:
        TypeError: They are no list.
    """
    args, secret = opened(args)
    if isinstance(args, Hole):
        return [], [args], secret
    if not isinstance(args, list):
        raise TypeError("a list is expected")
    parts = [opened(one) for one in args]
    holes = [one for one, _hidden in parts if isinstance(one, Hole)]
    return [one for one, _hidden in parts], holes, secret or any(h for _o, h in parts)


def told(name: Any) -> Any:
    """`name`, which a message may tell; a hole where a hidden parameter says it."""
    found, secret = opened(name)
    return _HIDDEN if secret and not isinstance(found, Hole) else found
