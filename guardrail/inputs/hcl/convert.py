"""Values of one type as values of another, and the type that several share.

Source: Martin Atkins, cty, cty/convert (conversion_*.go, unify.go), tag v1.16.2,
https://github.com/zclconf/go-cty; HashiCorp, hcl, ext/typeexpr/defaults.go, tag
v2.23.0, https://github.com/hashicorp/hcl
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from guardrail.inputs.hcl.cty import (
    ANY,
    BOOL,
    KEYED,
    NULL,
    NUMBER,
    ORDERED,
    PRIMITIVE,
    STRING,
    Any_,
    RefusedError,
    Type,
    Unk,
    Val,
    first_unknown,
    inner,
    list_of,
    map_of,
    marked,
    number,
    object_of,
    secret_inside,
    set_of,
    text,
    truth,
    tuple_of,
    written,
)
from guardrail.model import Unknown, say

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NO_NUMBER = re.compile(r"[^0-9+\-.eEpPiInNfF]")
"""What no number holds, however it may be written."""
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def convert(value: Any_, wanted: Type) -> Any_:
    """`value` as a value of the type `wanted`.

    Raises:
        RefusedError: It cannot be one.
        TooMuchError: It is too large.
    """
    if value.type == wanted and not wanted.defaults and not wanted.unsure:
        return value
    if wanted.kind == "any":
        return value
    if isinstance(value, Unk):
        return Unk(value.why, _settled(value.type, wanted), value.secret)
    if value.null:
        _settled(value.type, wanted)
        return Val(_bare(wanted), None, value.secret)
    return marked(_CONVERSIONS[wanted.kind](value, wanted), secret=value.secret)


def unified(types: Sequence[Type]) -> Type | None:
    """The type that values of all `types` are converted to; None where it is not sure.

    Raises:
        RefusedError: There is no such type.
    """
    kinds = {one.kind for one in types}
    if "any" in kinds:
        return None
    if (kinds & PRIMITIVE and kinds - PRIMITIVE) or (kinds & KEYED and kinds & ORDERED):
        raise RefusedError(say("the values have no type in common"))
    if any(one.unsure for one in types):
        return None
    if len(set(types)) == 1:
        return types[0]
    if len(kinds) == 1 or kinds <= PRIMITIVE:
        return _UNIFIED[kinds.pop()](types)
    return _unified_kinds(types, kinds)


def _unified_kinds(types: Sequence[Type], kinds: set[str]) -> Type | None:
    """What collections of several kinds share.

    Raises:
        RefusedError: There is nothing.
    """
    if kinds == {"set", "tuple"}:
        return _unified_set(types)
    if kinds == {"list", "tuple"}:
        return _unified_elements("list", types)
    if kinds == {"map", "object"}:
        return _unified_elements("map", types)
    return None


def as_text(value: Any_) -> Any_:
    """`value` as a string.

    Raises:
        RefusedError: It is null, or cannot be a string.
    """
    return _stated(convert(value, STRING))


def as_number(value: Any_) -> Any_:
    """`value` as a number.

    Raises:
        RefusedError: It is null, or cannot be a number.
    """
    return _stated(convert(value, NUMBER))


def as_truth(value: Any_) -> Any_:
    """`value` as a boolean.

    Raises:
        RefusedError: It is null, or cannot be a boolean.
    """
    return _stated(convert(value, BOOL))


def _stated(value: Any_) -> Any_:
    """`value`, which is not null.

    Raises:
        RefusedError: It is null.
    """
    if isinstance(value, Val) and value.null:
        raise RefusedError(say("a value is null where one is needed"))
    return value


def _settled(found: Type, wanted: Type) -> Type:
    """The type of an unknown value that is to be a `wanted`; `any` if it is not sure.

    Raises:
        RefusedError: A value of its type can be none.
    """
    if found.kind not in _FROM[wanted.kind]:
        raise RefusedError(say("a value has another type than the one that is needed"))
    return ANY if wanted.unsure else _bare(wanted)


_FROM = {
    "string": PRIMITIVE | {"any"},
    "number": frozenset({"string", "number", "any"}),
    "bool": frozenset({"string", "bool", "any"}),
    "list": ORDERED | {"any"},
    "set": ORDERED | {"any"},
    "tuple": ORDERED | {"any"},
    "map": KEYED | {"any"},
    "object": KEYED | {"any"},
}
"""The types of which values can become one of the key."""


def _bare(wanted: Type) -> Type:
    """A constraint as the type of a value: without what may be missing."""
    return Type(
        wanted.kind,
        _bare(wanted.element) if wanted.element else None,
        tuple(_bare(one) for one in wanted.elements),
        wanted.names,
    )


def _to_string(value: Val, _: Type) -> Any_:
    """A string.

    Raises:
        RefusedError: The value is of no primitive type.
    """
    match value.data:
        case bool():
            return text("true" if value.data else "false")
        case int() | Decimal():
            return text(written(value.data))
        case _:
            raise RefusedError(say("a string is needed"))


def _to_number(value: Val, _: Type) -> Any_:
    """A number.

    Raises:
        RefusedError: The value is not the text of one.
    """
    if value.type.kind == "string":
        if _NUMBER.fullmatch(value.data):
            if value.data.startswith("-") and not Decimal(value.data):
                return Unk(Unknown(say("a number is a negative zero")), NUMBER)
            return number(Decimal(value.data))
        if value.data and not _NO_NUMBER.search(value.data):
            reason = say("a text may be a number, written in an unusual way")
            return Unk(Unknown(reason), NUMBER)
    raise RefusedError(say("a number is needed"))


def _to_bool(value: Val, _: Type) -> Any_:
    """A boolean.

    Raises:
        RefusedError: The value is not the text of one.
    """
    if value.type.kind == "string" and value.data in _TRUTHS:
        return truth(_TRUTHS[value.data])
    raise RefusedError(say("a boolean is needed"))


def _to_collection(value: Val, wanted: Type) -> Any_:
    """A list, a set or a map.

    Raises:
        RefusedError: The value is none.
        TooMuchError: It is too large.
    """
    keyed = wanted.kind == "map"
    items, element = _elements(value, wanted, KEYED if keyed else ORDERED)
    if isinstance(items, Unknown):
        return Unk(items)
    if keyed:
        return map_of(dict(zip(value.data, items, strict=True)), element)
    return (set_of if wanted.kind == "set" else list_of)(items, element)


def _elements(
    value: Val, wanted: Type, kinds: Iterable[str]
) -> tuple[list[Any_] | Unknown, Type]:
    """The values inside, each of the wanted type, and that type.

    Raises:
        RefusedError: They cannot be, or the value is of another kind.
        TooMuchError: One is too large.
    """
    if value.type.kind not in kinds:
        raise RefusedError(say("a value has another type than the one that is needed"))
    element = wanted.element or ANY
    if value.type.element:
        convert(Unk(Unknown(_UNSURE), value.type.element), element)
    items = [convert(one, element) for one in inner(value)]
    if not element.unsure:
        return items, _bare(element)
    types = [one.type for one in items if one != NULL]
    if not types:
        return items, value.type.element or ANY
    alike = len(types) == len(items) or (len(set(types)) == 1 and types[0] in _SIMPLE)
    shared = unified(types) if alike else None
    if shared is None:
        unsure = next((one for one in items if not one.whole), None)
        reason = first_unknown(unsure) if unsure else Unknown(_UNSURE)
        return reason, ANY
    return [convert(one, shared) for one in items], shared


_SIMPLE = (STRING, NUMBER, BOOL)
_UNSURE = say("the type that several values share is not known")


def _to_tuple(value: Val, wanted: Type) -> Any_:
    """A tuple.

    Raises:
        RefusedError: The value is none, or of another length.
        TooMuchError: It is too large.
    """
    items = inner(value)
    if value.type.kind != "tuple" or len(items) != len(wanted.elements):
        if value.type.kind in {"list", "set"}:
            return Unk(Unknown(_UNSURE))
        raise RefusedError(say("a value has another type than the one that is needed"))
    pairs = zip(items, wanted.elements, strict=True)
    return tuple_of(convert(item, kind) for item, kind in pairs)


def _to_object(value: Val, wanted: Type) -> Any_:
    """An object, with defaults for what is missing.

    Raises:
        RefusedError: The value is none, or an attribute is missing.
        TooMuchError: It is too large.
    """
    if value.type.kind not in KEYED:
        raise RefusedError(say("a value has another type than the one that is needed"))
    defaults = dict(wanted.defaults)
    items: dict[str, Any_] = {}
    for name, kind in wanted.attributes.items():
        found = value.data.get(name)
        if found is None and name not in defaults:
            raise RefusedError(say("an object lacks the attribute `{}`", name))
        if found is None or (isinstance(found, Val) and found.null):
            found = defaults.get(name) or found or NULL
        items[name] = convert(found, kind)
    return object_of(items)


_CONVERSIONS = {
    "string": _to_string,
    "number": _to_number,
    "bool": _to_bool,
    "list": _to_collection,
    "set": _to_collection,
    "map": _to_collection,
    "tuple": _to_tuple,
    "object": _to_object,
}


def _unified_inside(types: Sequence[Type]) -> Type | None:
    """The type that everything inside `types` shares; None where it is not sure.

    Raises:
        RefusedError: There is none.
    """
    found = [
        one
        for kind in types
        for one in ((kind.element,) if kind.element else kind.elements)
    ]
    return unified(found) if found else None


def _unified_elements(kind: str, types: Sequence[Type]) -> Type | None:
    element = _unified_inside(types)
    return Type(kind, element) if element else None


def _unified_alike(types: Sequence[Type]) -> Type | None:
    return _unified_elements(types[0].kind, types)


def _unified_primitives(types: Sequence[Type]) -> Type | None:
    """A string, unless there are none.

    Raises:
        RefusedError: There are numbers and booleans alone.
    """
    if STRING not in types:
        raise RefusedError(say("a number and a boolean have no type in common"))
    return STRING


def _unified_set(types: Sequence[Type]) -> Type | None:
    """The one set among tuples whose elements are all of its type already."""
    sets = {one for one in types if one.kind == "set"}
    found = {inside for one in types for inside in one.elements}
    return (
        sets.pop() if len(sets) == 1 and found <= {next(iter(sets)).element} else None
    )


def _unified_tuples(types: Sequence[Type]) -> Type | None:
    """What tuples share: a tuple if they are equally long, else a list.

    Raises:
        RefusedError: There is nothing.
    """
    if len({len(one.elements) for one in types}) > 1:
        return _unified_elements("list", types)
    elements = [
        unified(column) for column in zip(*(t.elements for t in types), strict=True)
    ]
    return _whole(Type("tuple"), elements)


def _unified_objects(types: Sequence[Type]) -> Type | None:
    """What objects share: an object if their attributes are named alike, else a map.

    Raises:
        RefusedError: There is nothing.
    """
    if len({one.names for one in types}) > 1:
        return _unified_elements("map", types)
    elements = [
        unified(column) for column in zip(*(t.elements for t in types), strict=True)
    ]
    return _whole(Type("object", names=types[0].names), elements)


def _whole(kind: Type, elements: Sequence[Type | None]) -> Type | None:
    sure = tuple(one for one in elements if one)
    if len(sure) != len(elements):
        return None
    return msgspec.structs.replace(kind, elements=sure)


_UNIFIED = {
    **dict.fromkeys(PRIMITIVE, _unified_primitives),
    **dict.fromkeys(("list", "set", "map"), _unified_alike),
    "tuple": _unified_tuples,
    "object": _unified_objects,
}


def deep_marked(value: Any_, *, of: Iterable[Any_]) -> Any_:
    """`value`, sensitive if anything in what it was made of is."""
    return marked(value, secret=any(secret_inside(one) for one in of))
