"""The types that variables are declared with.

Source: HashiCorp, hcl, ext/typeexpr, tag v2.23.0, https://github.com/hashicorp/hcl;
terraform, internal/configs/named_values.go (`decodeVariableType`), tag v1.11.4,
https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from guardrail.inputs.hcl.convert import convert
from guardrail.inputs.hcl.cty import ANY, BOOL, NUMBER, STRING, Any_, Type, Val
from guardrail.inputs.hcl.nodes import Call, Literal, Name, Node, ObjectOf, TupleOf

Constant: TypeAlias = Callable[[Node], Any_]
"""Evaluates an expression without references."""

_NAMED = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANY,
    "list": Type("list", ANY),
    "map": Type("map", ANY),
}


def constraint(node: Node, constant: Constant) -> Type | None:
    """The type that an expression says; None when it cannot be read.

    Raises:
        RefusedError: The default of an attribute is not of its type.
        TooMuchError: Such a default is too large.
    """
    match node:
        case Name(name):
            return _NAMED.get(name)
        case Call("list" | "set" | "map" as kind, (inside,)):
            element = constraint(inside, constant)
            return Type(kind, element) if element else None
        case Call("tuple", (TupleOf(items),)):
            types = [constraint(one, constant) for one in items]
            sure = tuple(one for one in types if one)
            return Type("tuple", elements=sure) if len(sure) == len(types) else None
        case Call("object", (ObjectOf(items),)):
            return _object(items, constant)
        case _:
            return None


def _object(items: tuple[tuple[Node, Node], ...], constant: Constant) -> Type | None:
    """The type of an object.

    Raises:
        RefusedError: The default of an attribute is not of its type.
        TooMuchError: Such a default is too large.
    """
    types: dict[str, Type] = {}
    defaults: dict[str, Val | None] = {}
    for key, node in items:
        optional = isinstance(node, Call) and node.name == "optional"
        inside = node.arguments[0] if isinstance(node, Call) and optional else node
        kind = constraint(inside, constant)
        if kind is None or not isinstance(key, Literal):
            return None
        name = str(key.value)
        types[name] = kind
        if isinstance(node, Call) and optional:
            default = _default(node, kind, constant)
            if isinstance(default, Val) or default is None:
                defaults[name] = default
            else:
                return None
    names = tuple(sorted(types))
    return Type(
        "object",
        elements=tuple(types[name] for name in names),
        names=names,
        defaults=tuple(sorted(defaults.items(), key=lambda pair: pair[0])),
    )


def _default(node: Call, kind: Type, constant: Constant) -> Any_ | None:
    """What an attribute is when it is missing; None for null.

    Raises:
        RefusedError: It is not of its type.
        TooMuchError: It is too large.
    """
    if len(node.arguments) < 2:
        return None
    return convert(constant(node.arguments[1]), kind)
