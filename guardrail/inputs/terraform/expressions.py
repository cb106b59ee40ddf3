"""Expressions as a plan as JSON shows them.

`{"constant_value": …}` is a value. `{"references": […]}` is not one: `var.region` and
`replace(var.region, "eu", "us")` are written alike. `{}` is an expression of which
nothing is shown, and what a `dynamic` block sets is not there at all.

Source: HashiCorp, terraform, internal/command/jsonconfig/expression.go, tag v1.11.4,
https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from guardrail.inputs.identifiers import bounded
from guardrail.inputs.terraform.addresses import Index, Step, key_text, traversal


def leaves(
    expressions: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The dotted paths of arguments, through blocks, and their expressions.

    Raises:
        InputError: A path is too long, or holds control characters.
    """
    for name, item in expressions.items():
        place = bounded(f"{path}.{name}" if path else name, where="/configuration")
        for block in item if isinstance(item, list) else [item]:
            if not isinstance(block, dict):
                continue
            if is_expression(block):
                yield place, block
            else:
                yield from leaves(block, place)


def is_expression(item: object) -> bool:
    """Whether `item` is an expression, and not a block with arguments."""
    if not isinstance(item, dict):
        return False
    return (
        not item or "constant_value" in item or isinstance(item.get("references"), list)
    )


def arguments(expressions: Mapping[str, Any]) -> frozenset[str]:
    """The arguments that are set, dotted through blocks; blocks themselves aside.

    Raises:
        InputError: A path is too long, or holds control characters.
    """
    return frozenset(
        path
        for path, item in leaves(expressions)
        if item.get("constant_value", item) is not None
    )


def blocks(expressions: Mapping[str, Any]) -> Mapping[str, int]:
    """How many nested blocks stand at each dotted path; `dynamic` ones are not there.

    Raises:
        InputError: A path is too long, or holds control characters.
    """
    return Counter(_blocks(expressions, ""))


def _blocks(expressions: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, item in expressions.items():
        for block in item if isinstance(item, list) else [item]:
            if isinstance(block, dict) and not is_expression(block):
                place = bounded(f"{path}.{name}" if path else name, where="")
                yield place
                yield from _blocks(block, place)


def references(expression: Mapping[str, Any]) -> list[tuple[Step, ...]]:
    """What an expression refers to, without the prefixes that Terraform adds to each.

    Raises:
        InputError: A reference is too long, or holds control characters.
    """
    listed = expression.get("references")
    texts = [
        bounded(text, where="")
        for text in (listed if isinstance(listed, list) else ())
        if isinstance(text, str)
    ]
    steps = dict.fromkeys(traversal(text) for text in texts)
    prefixes = {one[:size] for one in steps for size in range(1, len(one))}
    return [one for one in steps if one and one not in prefixes]


def text_of(steps: tuple[Step, ...]) -> str:
    """A reference as it is written."""
    dotted = (
        key_text(step.key) if isinstance(step, Index) else f".{step}" for step in steps
    )
    return "".join(dotted).removeprefix(".")
