"""What stands at a path in a value, and texts put in for others all over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from guardrail.inputs.heat.values import Budget, Hole, Secret, opened, wrapped
from guardrail.model import Unknown, say

_DOUBTFUL = Hole(Unknown(say("a step of a path is a number, and may be a text")))


def put_in(
    body: Any, pairs: Sequence[tuple[str, str]], budget: Budget, *, keys: bool = True
) -> Any:
    """`body` with texts put in for others, one after the other, in keys too.

    Raises:
        InputError: It is too large.
    """
    budget.spend()
    if isinstance(body, str):
        for old, new in pairs:
            budget.spend((len(body) + body.count(old) * len(new)) >> 6)
            body = body.replace(old, new)
        return body
    if isinstance(body, Secret):
        return Secret(put_in(body.value, pairs, budget, keys=keys))
    if isinstance(body, list):
        return [put_in(one, pairs, budget, keys=keys) for one in body]
    if isinstance(body, Mapping):
        return {
            put_in(key, pairs, budget) if keys else key: put_in(
                one, pairs, budget, keys=keys
            )
            for key, one in body.items()
        }
    return body


def at_path(value: Any, path: Sequence[Any]) -> Any:
    """What is at `path` of an attribute; None where there is nothing."""
    return inside(value, path, nowhere=None, numbers=False)


def inside(value: Any, path: Sequence[Any], *, nowhere: Any, numbers: bool) -> Any:
    """What is at `path`; texts count as numbers of items where `numbers` says so."""
    value, secret = opened(value)
    for step in path:
        step, _hidden = opened(step)
        if isinstance(step, Hole) or isinstance(value, Hole):
            return step if isinstance(step, Hole) else value
        try:
            if isinstance(value, list | str):
                value = value[int(step) if numbers else step]
            elif isinstance(value, Mapping):
                if not isinstance(step, str) and str(step) in value:
                    return _DOUBTFUL
                value = value[step]
            else:
                return nowhere
        except (KeyError, IndexError, TypeError, ValueError):
            return nowhere
        value, inner = opened(value)
        secret = secret or inner
    return wrapped(value, secret=secret)
