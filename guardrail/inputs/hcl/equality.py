"""Whether two values are equal, as Terraform sees it."""

from __future__ import annotations

from typing import Any

from guardrail.inputs.hcl.cty import BOOL, Any_, Unk, Val, first_unknown, inner
from guardrail.model import Unknown, say


def equal(one: Any_, other: Any_) -> bool | Unk:
    """Whether two values are equal: of one type, and alike.

    Numbers and texts never are, nor lists and tuples.
    """
    for value in (one, other):
        if not isinstance(value, Val) or not value.whole:
            return Unk(first_unknown(value), BOOL)
    return _equal(one, other)


def _equal(one: Any, other: Any) -> bool | Unk:
    """Whether two known values are equal."""
    if one.null or other.null:
        return bool(one.null and other.null)
    if one.type != other.type:
        if one.type.unsure or other.type.unsure:
            return Unk(Unknown(say("two values are compared that hold null")), BOOL)
        return False
    if not isinstance(one.data, dict | tuple):
        return bool(one.data == other.data)
    if len(one.data) != len(other.data) or _keys(one) != _keys(other):
        return False
    found = [_equal(*pair) for pair in zip(inner(one), inner(other), strict=True)]
    unknown = next((found for found in found if isinstance(found, Unk)), None)
    return unknown or all(found)


def _keys(value: Val) -> list[str]:
    return list(value.data) if isinstance(value.data, dict) else []
