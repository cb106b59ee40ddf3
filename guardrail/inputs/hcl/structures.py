"""Functions that take collections apart or make them, and conversions of types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from guardrail.inputs.hcl.convert import convert, unified
from guardrail.inputs.hcl.cty import (
    ANY,
    BOOL,
    KEYED,
    NULL,
    NUMBER,
    ORDERED,
    STRING,
    Any_,
    RefusedError,
    TooMuchError,
    Type,
    Unk,
    UnsureError,
    Val,
    inner,
    list_of,
    map_of,
    marked,
    number,
    object_of,
    set_of,
    truth,
    tuple_of,
)
from guardrail.inputs.hcl.equality import equal
from guardrail.inputs.hcl.signature import Function
from guardrail.inputs.hcl.texts import figure, give_up, single, string, whole
from guardrail.model import say

_LIST = Type("list", ANY)
_SET = Type("set", ANY)
_SIMPLE = {STRING, NUMBER}
_STRINGS = Type("list", STRING)


def known(value: Any_) -> Val:
    """`value`, of which at least the shape is known.

    Raises:
        UnsureError: It is not.
    """
    if isinstance(value, Unk):
        raise UnsureError(value.why.reason)
    return value


def _items(value: Any_) -> tuple[Any_, ...]:
    """The elements of a list, tuple or set.

    Raises:
        RefusedError: It is none.
        UnsureError: It is not known.
    """
    return tuple(inner(_ordered(value)))


def _ordered(value: Any_) -> Val:
    """A list, tuple or set.

    Raises:
        RefusedError: It is none.
        UnsureError: It is not known.
    """
    found = known(value)
    if found.type.kind not in ORDERED:
        raise RefusedError(say("a list is needed"))
    return found


def _members(value: Any_) -> dict[str, Any_]:
    """The members of a map or object.

    Raises:
        RefusedError: It is none.
        UnsureError: It is not known.
    """
    found = known(value)
    if found.type.kind not in KEYED:
        raise RefusedError(say("a map is needed"))
    return dict(found.data)


def _like(value: Val, items: Sequence[Any_]) -> Any_:
    """`items` as a tuple if `value` is one, else as a list of the same type."""
    if value.type.kind == "tuple":
        return tuple_of(items)
    return list_of(items, value.type.element or ANY)


def _merge(arguments: list[Any_]) -> Any_:
    given = [one for one in arguments if not (isinstance(one, Val) and one.null)]
    if any(one.type.kind not in KEYED | {"any"} for one in arguments):
        if NULL in arguments:
            give_up("merge")
        raise RefusedError(say("a map is needed"))
    merged: dict[str, Any_] = {}
    for one in given:
        merged |= {
            key: marked(value, secret=one.secret)
            for key, value in _members(one).items()
        }
    first = arguments[0].type if arguments else ANY
    if first.kind == "map" and all(one.type == first for one in arguments):
        return map_of(merged, first.element or ANY)
    return object_of(merged)


def _lookup(arguments: list[Any_]) -> Any_:
    """The value of a key, or the default.

    Raises:
        RefusedError: There is neither.
    """
    found, key = _members(arguments[0]), string(arguments[1])
    element = arguments[0].type.element or ANY
    default = convert(arguments[2], element) if len(arguments) > 2 else None
    if key in found:
        return found[key]
    if default is None:
        raise RefusedError(say("a map lacks a key that is looked up"))
    return default


def _coalesce(arguments: list[Any_]) -> Any_:
    """The first that is neither null nor an empty string.

    Raises:
        RefusedError: There is none.
        UnsureError: One that is not known comes first.
    """
    kind = _shared(arguments)
    for one in arguments:
        found = _certain(one) if kind is None else known(convert(one, kind))
        if not found.null and not (found.type == STRING and found.data == ""):
            return found
    raise RefusedError(say("everything that `coalesce` is given is null or empty"))


def _shared(arguments: list[Any_]) -> Type | None:
    types = [one.type for one in arguments if one != NULL]
    if not types:
        raise RefusedError(say("everything that `coalesce` is given is null or empty"))
    return unified(types)


def _certain(value: Any_) -> Val:
    """`value`, if it stays as it is whatever type the others have.

    Raises:
        UnsureError: It may not.
    """
    found = known(value)
    if not found.null and found.type != STRING:
        give_up("coalesce")
    return found


def _coalescelist(arguments: list[Any_]) -> Any_:
    given = [one for one in arguments if not (isinstance(one, Val) and one.null)]
    if any(one.type.kind not in {"list", "tuple"} for one in given):
        give_up("coalescelist")
    for one in given:
        if _items(one):
            return one
    raise RefusedError(say("every list that `coalescelist` is given is empty"))


def _concat(arguments: list[Any_]) -> Any_:
    given = [_ordered(one) for one in arguments]
    if any(one.type.kind == "set" for one in given):
        give_up("concat")
    items = [item for one in given for item in one.data]
    types = [one.type for one in given]
    if any(one.kind == "tuple" for one in types):
        return tuple_of(items)
    elements = {one.element or ANY for one in types}
    if len(elements) > 1 and elements != _SIMPLE:
        give_up("concat")
    element = STRING if len(elements) > 1 else elements.pop()
    return list_of([convert(item, element) for item in items], element)


def _contains(arguments: list[Any_]) -> Any_:
    found = [equal(one, arguments[1]) for one in _items(arguments[0])]
    if any(one is True for one in found):
        return truth(value=True)
    unknown = next((one for one in found if isinstance(one, Unk)), None)
    return unknown or truth(value=False)


def _index(arguments: list[Any_]) -> Any_:
    _refuse_set(arguments[0])
    for place, one in enumerate(_items(arguments[0])):
        if _sure(equal(one, arguments[1])):
            return number(Decimal(place))
    raise RefusedError(say("a list lacks the value that is looked for"))


def _refuse_set(value: Any_) -> None:
    """Nothing, but for a set.

    Raises:
        RefusedError: It is one.
    """
    if value.type.kind == "set":
        raise RefusedError(say("a list is needed, and not a set"))


def _sure(found: bool | Unk) -> bool:  # noqa: FBT001
    if isinstance(found, Unk):
        raise UnsureError(found.why.reason)
    return found


def _distinct(arguments: list[Any_]) -> Any_:
    found = known(convert(arguments[0], _LIST))
    kept: list[Any_] = []
    if len(found.data) > 500:
        raise TooMuchError
    for one in found.data:
        if not any(_sure(equal(one, other)) for other in kept):
            kept.append(one)
    return list_of(kept, found.type.element or ANY)


def _compact(arguments: list[Any_]) -> Any_:
    found = known(convert(arguments[0], _STRINGS))
    kept = [one for one in found.data if isinstance(one, Val) and one.data]
    return list_of(kept, STRING)


def _element(arguments: list[Any_]) -> Any_:
    """The element at a place, counted round and round.

    Raises:
        RefusedError: There is none.
    """
    found, place = _ordered(arguments[0]), whole(known(arguments[1]))
    if found.type.kind == "set" or not found.data:
        raise RefusedError(say("a list that is not empty is needed"))
    if place < 0:
        give_up("element")
    chosen: Any_ = found.data[place % len(found.data)]
    return chosen


def _flatten(arguments: list[Any_]) -> Any_:
    return tuple_of(_flat(_ordered(arguments[0])))


def _flat(value: Val) -> list[Any_]:
    """Everything in a list that is no list itself.

    Raises:
        UnsureError: Something may be one.
    """
    found: list[Any_] = []
    for one in inner(value):
        if isinstance(one, Unk):
            if one.type.kind not in {"string", "number", "bool", "map", "object"}:
                raise UnsureError(one.why.reason)
            found.append(one)
        elif one.type.kind in ORDERED:
            if one.null:
                give_up("flatten")
            found += [marked(x, secret=one.secret) for x in _flat(one)]
        else:
            found.append(one)
    return found


def _keys(arguments: list[Any_]) -> Any_:
    names = list(_members(arguments[0]))
    made = [Val(STRING, name) for name in names]
    if arguments[0].type.kind == "object":
        return tuple_of(made)
    return list_of(made, STRING)


def _values(arguments: list[Any_]) -> Any_:
    found = list(_members(arguments[0]).values())
    kind = arguments[0].type
    return (
        tuple_of(found)
        if kind.kind == "object"
        else list_of(found, kind.element or ANY)
    )


def _length(arguments: list[Any_]) -> Any_:
    found = known(arguments[0])
    if found.type == STRING:
        return number(Decimal(len(single(found.data))))
    if not isinstance(found.data, tuple | dict):
        raise RefusedError(say("a collection or a string is needed"))
    return number(Decimal(len(found.data)))


def _one(arguments: list[Any_]) -> Any_:
    found = _items(arguments[0])
    if len(found) > 1:
        raise RefusedError(say("a list has more than one element"))
    return found[0] if found else Val(arguments[0].type.element or ANY, None)


def _range(arguments: list[Any_]) -> Any_:
    start, end, step = _range_of([whole(one) for one in arguments])
    found = range(start, end, step)
    if len(found) > 1024:
        raise RefusedError(say("`range` makes more than 1024 numbers"))
    return list_of([number(Decimal(one)) for one in found], NUMBER)


def _range_of(given: list[int]) -> tuple[int, int, int]:
    match given:
        case [end]:
            start, step = 0, 1 if end >= 0 else -1
        case [start, end]:
            step = 1 if end >= start else -1
        case [start, end, step] if step and (end - start) * step >= 0:
            pass
        case _:
            give_up("range")
    return start, end, step


def _reverse(arguments: list[Any_]) -> Any_:
    found = _ordered(arguments[0])
    return _like(found, found.data[::-1])


def _slice(arguments: list[Any_]) -> Any_:
    found = _ordered(arguments[0])
    start, end = whole(known(arguments[1])), whole(known(arguments[2]))
    if found.type.kind == "set" or not 0 <= start <= end <= len(found.data):
        raise RefusedError(
            say("`slice` is called with places that are not in the list")
        )
    return _like(found, found.data[start:end])


def _sort(arguments: list[Any_]) -> Any_:
    found = known(convert(arguments[0], _STRINGS))
    if any(one.null for one in found.data):
        give_up("sort")
    return list_of(sorted(found.data, key=string), STRING)


def _sum(arguments: list[Any_]) -> Any_:
    found = _items(arguments[0])
    if not found:
        raise RefusedError(say("`sum` is called with an empty list"))
    return exact(sum((Fraction(figure(one)) for one in found), Fraction(0)))


def exact(value: Fraction) -> Any_:
    """A number that is exact in binary, so that Terraform has the same one.

    Raises:
        UnsureError: It is not.
    """
    below = value.denominator
    if below & (below - 1) or value.numerator.bit_length() > 256 or below > 1 << 64:
        raise UnsureError(say("a number is not exact in binary"))
    return number(Decimal(value.numerator) / Decimal(below))


def _zipmap(arguments: list[Any_]) -> Any_:
    names = [string(one) for one in _items(convert(arguments[0], _STRINGS))]
    _refuse_set(arguments[1])
    found = _ordered(arguments[1])
    if len(names) != len(found.data):
        raise RefusedError(say("`zipmap` is called with lists that differ in length"))
    pairs = dict(zip(names, found.data, strict=True))
    if found.type.kind == "tuple":
        return object_of(pairs)
    return map_of(pairs, found.type.element or ANY)


def _sets(
    name: str,
    combine: Callable[[list[set[Any]]], set[Any]],
    *,
    least: int = 1,
    most: int = 1000,
) -> Function:
    """A function of sets of strings, numbers or booleans."""

    def made(arguments: list[Any_]) -> Any_:
        given = [known(convert(one, _SET)) for one in arguments]
        types = {one.type for one in given}
        if len(types) != 1:
            give_up(name)
        element = types.pop().element or ANY
        found = combine([{item.data for item in one.data} for one in given])
        return set_of([Val(element, one) for one in found], element)

    return Function(run=made, least=least, most=most)


def _subtract(sets: list[set[Any]]) -> set[Any]:
    return sets[0] - sets[1]


def _every(arguments: list[Any_]) -> Any_:
    return truth(all(_truths(arguments[0])))


def _some(arguments: list[Any_]) -> Any_:
    return truth(any(_truths(arguments[0])))


def _truths(value: Any_) -> list[bool]:
    """The booleans of a list.

    Raises:
        UnsureError: One is null or not known.
    """
    found = known(convert(value, Type("list", BOOL)))
    if any(one.null for one in found.data):
        give_up("alltrue")
    return [bool(one.data) for one in found.data]


def _conversion(kind: Type) -> Function:
    return Function(
        run=lambda arguments: convert(arguments[0], kind),
        gives=ANY if kind.unsure else kind,
        nulls=True,
        raw=True,
        marks=True,
    )


def _sensitive(arguments: list[Any_]) -> Any_:
    return marked(arguments[0], secret=True)


def _nonsensitive(arguments: list[Any_]) -> Any_:
    """The value without its mark; only as far as it is a mark of its own."""
    found = arguments[0]
    if isinstance(found, Val):
        return msgspec.structs.replace(found, secret=False)
    return Unk(found.why, found.type)


STRUCTURES: Mapping[str, Function] = {
    "alltrue": Function(run=_every, gives=BOOL),
    "anytrue": Function(run=_some, gives=BOOL),
    "coalesce": Function(run=_coalesce, most=1000, raw=True, nulls=True),
    "coalescelist": Function(run=_coalescelist, most=1000, nulls=True),
    "compact": Function(run=_compact, gives=_STRINGS),
    "concat": Function(run=_concat, most=1000, raw=True),
    "contains": Function(run=_contains, gives=BOOL, least=2, most=2, raw=True),
    "distinct": Function(run=_distinct),
    "element": Function(run=_element, least=2, most=2, raw=True),
    "flatten": Function(run=_flatten, raw=True),
    "index": Function(run=_index, gives=NUMBER, least=2, most=2),
    "keys": Function(run=_keys, raw=True),
    "length": Function(run=_length, gives=NUMBER, raw=True),
    "lookup": Function(run=_lookup, least=2, most=3, nulls=True),
    "merge": Function(run=_merge, least=0, most=1000, raw=True, nulls=True, marks=True),
    "nonsensitive": Function(run=_nonsensitive, raw=True, nulls=True, marks=True),
    "one": Function(run=_one, raw=True),
    "range": Function(run=_range, gives=Type("list", NUMBER), most=3),
    "reverse": Function(run=_reverse, raw=True),
    "sensitive": Function(run=_sensitive, raw=True, nulls=True, marks=True),
    "setintersection": _sets("setintersection", lambda sets: set.intersection(*sets)),
    "setsubtract": _sets("setsubtract", _subtract, least=2, most=2),
    "setunion": _sets("setunion", lambda sets: set.union(*sets)),
    "slice": Function(run=_slice, least=3, most=3, raw=True),
    "sort": Function(run=_sort, gives=_STRINGS),
    "sum": Function(run=_sum, gives=NUMBER),
    "tobool": _conversion(BOOL),
    "tolist": _conversion(_LIST),
    "tomap": _conversion(Type("map", ANY)),
    "tonumber": _conversion(NUMBER),
    "toset": _conversion(_SET),
    "tostring": _conversion(STRING),
    "values": Function(run=_values, raw=True),
    "zipmap": Function(run=_zipmap, least=2, most=2, raw=True),
}
