"""Nested blocks that an input holds and does not show where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.model.attributes import Part
from guardrail.model.value import Known, Unknown


def hidden_blocks(part: Part, written: Mapping[str, int]) -> frozenset[str]:
    """The blocks, dotted, of which `part` has more than are `written`, or may have.

    Raises:
        InputError: An attribute is malformed.
    """
    return frozenset(
        path
        for path, count in written.items()
        if path.partition(".")[0] in part.names and _may_exceed(part, path, count)
    )


def _may_exceed(part: Part, path: str, count: int) -> bool:
    top, *rest = path.split(".")
    setting = part.get(top)
    found = _flat(setting.value if isinstance(setting, Known) else setting)
    for step in rest:
        inner = [one.get(step) for one in found if isinstance(one, dict)]
        found = [one for value in inner for one in _flat(value)]
    return len(found) > count or any(isinstance(one, Unknown) for one in found)


def _flat(value: Any) -> list[Any]:
    """What a list holds, or the one thing that there is."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict | Unknown) else []
