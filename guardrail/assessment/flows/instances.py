"""Which instances of two blocks a reference between the blocks joins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from guardrail.model import Reference

Keys: TypeAlias = tuple[str, ...]
"""Instance keys as text, modules first and the resource's own last; "" for none."""
INNER = "/"
"""What stands between the address of a resource and what another engine makes of it."""
_KEY = re.compile(r'\[(?:\*|\d+|"(?:[^"\\]|\\.)*")\]')


def instance_keys(address: str, configuration: str) -> Keys:
    """The instance keys in `address`, which comes from the block `configuration`.

    Those of what a resource has another engine make are those of the resource.
    """
    parts = configuration.partition(INNER)[0].split(".")
    calls = 2 * ((len(parts) - 2) // 2)  # `data.` may stand before the type
    steps = [*map(".".join, zip(parts[:calls:2], parts[1:calls:2], strict=True))]
    keys, at = [], 0
    for step in (*steps, ".".join(parts[calls:])):
        at += len(step)
        found = _KEY.match(address, at)
        keys.append(found[0] if found else "")
        at += len(keys[-1]) + 1
    return tuple(keys)


def joined(
    reference: Reference,
    sources: Sequence[int],
    targets: Sequence[int],
    keys_of: Callable[[int], Keys],
) -> Iterable[tuple[Sequence[int], Sequence[int]]]:
    """Groups of instances, of which each source reads each target.

    Where it is not clear which instance is read, it may be any.
    """
    if len(sources) == len(targets) == 1 and not reference.shared:
        return ((sources, targets),)
    fixed = [t for t in targets if _has(keys_of(t), reference.fixed)] or list(targets)
    here = tuple(range(reference.shared))
    at_source = (*here, *(place for place, _other in reference.pairs))
    at_target = (*here, *(other for _place, other in reference.pairs))
    exact = _by(fixed, at_target, keys_of)
    loose = _by(fixed, here, keys_of)
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for source in sources:
        keys = keys_of(source)
        wanted = exact.get(_pick(keys, at_source)) or loose.get(_pick(keys, here))
        if wanted is not None:
            groups.setdefault(id(wanted), ([], wanted))[0].append(source)
    return groups.values()


def _by(
    places: Sequence[int], positions: Sequence[int], keys_of: Callable[[int], Keys]
) -> dict[Keys, list[int]]:
    found: dict[Keys, list[int]] = {}
    for place in places:
        found.setdefault(_pick(keys_of(place), positions), []).append(place)
    return found


def _pick(keys: Keys, positions: Sequence[int]) -> Keys:
    return tuple(keys[position] for position in positions)


def _has(keys: Keys, fixed: Sequence[tuple[int, str]]) -> bool:
    return all(keys[place] == key for place, key in fixed)
