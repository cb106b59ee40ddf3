"""Arguments that Terraform leaves as they are where the object is already there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.inputs.hcl.nodes import Get, Index, Literal, Name, Node, TupleOf
from guardrail.inputs.hcl.syntax import Argument, Body
from guardrail.inputs.identifiers import shown
from guardrail.model import Unknown, say

_PLAN = say("give the plan")


def ignored(body: Body, settings: Mapping[str, Any]) -> dict[str, Unknown]:
    """The arguments that stay as they are where the object is already there."""
    names: set[str] = set()
    for block in body.of("lifecycle"):
        stated = block.body.arguments.get("ignore_changes")
        names |= set(_names(stated, settings)) if stated else set()
    template = "`{}` is under ignore_changes: what is there already keeps its value"
    return {name: Unknown(say(template, shown(name)), _PLAN) for name in sorted(names)}


def _names(stated: Argument, settings: Mapping[str, Any]) -> Sequence[str]:
    """The top-level names in `ignore_changes`; all that are set for `all`."""
    match stated.node:
        case Name("all") | Literal("all"):
            return list(settings)
        case TupleOf(items):
            return [name for one in items if (name := first_name(one))]
        case _:
            return list(settings)


def first_name(node: Node) -> str:
    """The first name of a reference; "" where it is none."""
    while isinstance(node, Get | Index):
        node = node.source
    match node:
        case Name(name):
            return name
        case Literal(str(text)):
            return text.partition(".")[0].partition("[")[0]
        case _:
            return ""
