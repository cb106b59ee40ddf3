"""How often blocks are repeated: the instances of modules and of resources.

Source: HashiCorp, terraform, internal/terraform/eval_count.go and eval_for_each.go, tag
v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.hcl.convert import convert
from guardrail.inputs.hcl.cty import NUMBER, STRING, Val, inner
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.inputs.hcl.modules import Path, Tree
from guardrail.inputs.hcl.scope import Instance, Key
from guardrail.inputs.hcl.syntax import Argument, Body
from guardrail.model import Unknown, say

MOST: Final = 100_000
"""Instances of all modules, or of all resources."""

Keys: TypeAlias = tuple[Key, ...] | Unknown
"""The keys of a block, (None,) where it is not repeated; unknown how often."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One instance of a module, or all of them where nobody knows how many."""

    instance: Instance
    keys: tuple[tuple[str, Key | Unknown], ...]
    """The calls that lead to it; `Unknown` for a key that nobody knows."""

    @property
    def path(self) -> Path:
        """The calls alone."""
        return tuple(name for name, _ in self.keys)


def places(tree: Tree) -> Iterator[Place]:
    """The root and all instances of modules whose code is there, outermost first.

    Raises:
        InputError: There are too many.
    """
    root = tree.instance(())
    pending = [] if root is None else [Place(instance=root, keys=())]
    count = 0
    while pending:
        place = pending.pop(0)
        yield place
        code = place.instance.code
        for labels in code.labels("module"):
            body = code.body("module", *labels)
            if not isinstance(body, Body) or len(labels) != 1:
                continue
            for key in each(keys_of(place.instance, body)):
                plain = None if isinstance(key, Unknown) else key
                below = tree.below(place.instance, labels[0], plain)
                if below is not None:
                    keys = (*place.keys, (labels[0], key))
                    pending.append(Place(instance=below, keys=keys))
                    count += 1
        if count > MOST:
            raise InputError(say("there are more than {} modules", str(MOST)))


def each(keys: Keys) -> Iterator[Key | Unknown]:
    """The keys; one unknown key where nobody knows how many there are."""
    if isinstance(keys, Unknown):
        yield keys
    else:
        yield from keys


def keys_of(instance: Instance, body: Body) -> Keys:
    """The instance keys of a block in one instance of a module.

    Raises:
        InputError: There are too many.
    """
    if "count" in body.arguments:
        return _counted(instance, body.arguments["count"])
    if "for_each" in body.arguments:
        return _named(instance, body.arguments["for_each"])
    return (None,)


def _counted(instance: Instance, count: Argument) -> Keys:
    """The keys that `count` makes.

    Raises:
        InputError: There are too many.
    """
    evaluator = Evaluator()
    found = answered(lambda: convert(evaluator.value(count.node, instance), NUMBER))
    if not isinstance(found, Val):
        return found.why
    if not isinstance(found.data, int) or found.data < 0:
        return Unknown(say("`{}` is no number of instances", "count"))
    if found.data > MOST:
        raise InputError(say("there are more than {} instances", str(MOST)))
    return tuple(range(found.data))


def _named(instance: Instance, for_each: Argument) -> Keys:
    """The keys that `for_each` makes.

    Raises:
        InputError: There are too many.
    """
    evaluator = Evaluator()
    found = answered(lambda: evaluator.value(for_each.node, instance))
    if not isinstance(found, Val):
        return found.why
    if found.null or found.secret:
        return Unknown(say("`{}` is null or sensitive", "for_each"))
    keys: tuple[str, ...]
    if isinstance(found.data, dict):
        keys = tuple(found.data)
    elif found.type.kind == "set" and all(one.type == STRING for one in inner(found)):
        keys = tuple(one.data for one in inner(found) if isinstance(one, Val))
    else:
        return Unknown(say("`{}` is no map or set of strings", "for_each"))
    if len(keys) > MOST:
        raise InputError(say("there are more than {} instances", str(MOST)))
    return keys
