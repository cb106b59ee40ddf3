"""The arguments of functions, as what they have to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
