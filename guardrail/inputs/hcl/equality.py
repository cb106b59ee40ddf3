"""Whether two values are equal, as Terraform sees it."""

from __future__ import annotations

from guardrail.inputs.hcl.cty import BOOL, Any_, Unk, Val, first_unknown, inner
from guardrail.model import Unknown, say


def equal(one: Any_, other: Any_) -> bool | Unk:
    """Whether two values are equal: of one type, and alike.

    Numbers and texts never are, nor lists and tuples.
    """
    for value in (one, other):
        if not value.whole:
            return Unk(first_unknown(value), BOOL)
    if not isinstance(one, Val) or not isinstance(other, Val):
        return False
    if one.null or other.null:
        return one.null and other.null
    if one.type != other.type:
        if one.type.unsure or other.type.unsure:
            return Unk(Unknown(say("two values are compared that hold null")), BOOL)
        return False
    if isinstance(one.data, dict) and one.data.keys() != other.data.keys():
        return False
    if not isinstance(one.data, dict | tuple):
        return bool(one.data == other.data)
    if len(one.data) != len(other.data):
        return False
    found = [equal(*pair) for pair in zip(inner(one), inner(other), strict=True)]
    unknown = next((found for found in found if isinstance(found, Unk)), None)
    return unknown or all(found)
