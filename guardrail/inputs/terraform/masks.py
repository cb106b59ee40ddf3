"""The values and masks of one resource, sound before anybody decodes them.

They are decoded late, in rooms that catch nothing. So a mask is checked when it is read
(they repeat, and each distinct one is checked once), and a value when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json

DEEPEST = 200
"""Levels of objects and lists in the value of one attribute."""


def values(content: bytes) -> Mapping[str, msgspec.Raw]:
    """The attributes of a resource, as JSON.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    return strict_json.members(content)


class Masks:
    """Masks by their JSON: one object for all that are equal, and each is sound."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {b"": b"null"}
        self._last = b"null"

    def of(self, content: bytes) -> bytes:
        """The mask `content`; null when it is not stated.

        Raises:
            InputError: It is not a mask.
        """
        mask = bytes(content)
        if mask == self._last:  # far cheaper than to hash it
            return self._last
        found = self._known.get(mask)
        if found is None:
            if not _is_mask(sound(mask)):
                raise InputError("a mask of unknown or sensitive values is malformed")
            found = self._known[mask] = mask
        self._last = found
        return found


def sound(content: bytes) -> object:
    """The value of JSON that states no key twice and is not too deep.

    Raises:
        InputError: It is malformed, nested too deeply, or states a key twice.
    """
    found = strict_json.value(content, where="")
    if content.count(b"{") + content.count(b"[") > DEEPEST and _depth(found) > DEEPEST:
        raise InputError(f"a value is nested more than {DEEPEST} levels deep")
    return found


def _is_mask(found: object) -> bool:
    """Whether nothing but booleans hangs in a structure; nothing at all is fine too."""
    if isinstance(found, dict):
        return all(map(_is_mask, found.values()))
    if isinstance(found, list):
        return all(map(_is_mask, found))
    return found is None or isinstance(found, bool)


def _depth(found: object) -> int:
    """The levels of objects and lists, counted no further than one too many."""
    level, depth = [found], 0
    while level and depth <= DEEPEST + 1:
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        depth += 1
    return depth - 1
