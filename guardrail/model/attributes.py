"""The values of one resource object, decoded only when somebody asks.

A plan holds some hundred values a resource and the judgement needs a handful. So the
object stays as JSON bytes; `pick` cuts out the top-level members asked for, still as
bytes, and what was cut is hashable: resources that say the same are judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from guardrail.model.value import ABSENT, Evidence, Known, Setting, Unknown

Members: TypeAlias = Callable[[bytes], Mapping[str, msgspec.Raw]]
"""The members of a JSON object, as JSON; raises `InputError` on a duplicate key."""

_NOTHING = msgspec.Raw(b"")
_decode = msgspec.json.Decoder().decode


def plain_members(document: bytes) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object that a reader has already checked."""
    return _members(document)


_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Part(msgspec.Struct, frozen=True):
    """Some top-level members of an object; equal when they say the same."""

    values: tuple[bytes, ...]
    """JSON of each member asked for, in that order; b"" when there is none."""
    unknown: tuple[bytes, ...]
    """JSON of its mask of unknowns: `true`, or a structure that holds `true`s."""
    sensitive: tuple[bytes, ...]
    """JSON of its mask of sensitive values, likewise."""
    names: tuple[str, ...]

    def get(self, name: str) -> Setting[Any]:
        """The member `name`: known, unknown or absent; null counts as absent.

        A member of which only a part is unknown is `Known`, with `Unknown` standing
        in its structure where the values are not known.
        """
        index = self.names.index(name)
        value, unknown = self.values[index], self.unknown[index]
        mask = _decode(unknown) if unknown else None
        if mask is True:
            return Unknown(f"`{name}` is known only after the apply")
        decoded = _decode(value) if value else None
        if mask and _holds_true(mask):
            decoded = _masked(decoded, mask, name)
        if decoded is None:
            return ABSENT
        sensitive = bool(self.sensitive[index]) and _holds_true(
            _decode(self.sensitive[index])
        )
        return Known(decoded, Evidence.VALUE, f"`{name}` in the plan", sensitive)


class Attributes(msgspec.Struct, frozen=True):
    """A JSON object with two masks of the same shape, as Terraform writes them."""

    values: bytes = b"null"
    unknown: bytes = b"null"
    sensitive: bytes = b"null"
    members: Members = plain_members

    @staticmethod
    def of(values: Mapping[str, object], *, unknown: object = None) -> Attributes:
        """Attributes from decoded values; `unknown` is a mask or None."""
        encode = msgspec.json.encode
        return Attributes(values=encode(values), unknown=encode(unknown))

    def pick(self, names: tuple[str, ...]) -> Part:
        """The top-level members `names`.

        Raises:
            InputError: An object is malformed or states a key twice.
        """
        return Part(
            self._cut(self.values, names),
            self._cut(self.unknown, names),
            self._cut(self.sensitive, names),
            names,
        )

    def _cut(self, document: bytes, names: tuple[str, ...]) -> tuple[bytes, ...]:
        if document[:1] != b"{":
            whole = document if document == b"true" else b""
            return (whole,) * len(names)
        get = self.members(document).get
        return tuple([bytes(get(name, _NOTHING)) for name in names])


def _holds_true(mask: object) -> bool:
    """Whether anything under a mask is marked."""
    stack = [mask]
    while stack:
        item = stack.pop()
        if item is True:
            return True
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False


def _masked(value: Any, mask: Any, name: str) -> Any:
    """`value` with `Unknown` where `mask` says so."""
    if mask is True:
        return Unknown(f"`{name}` is known only after the apply")
    if isinstance(mask, dict):
        known = value if isinstance(value, dict) else {}
        merged = dict(known)
        for key, inner in mask.items():
            if _holds_true(inner):
                merged[key] = _masked(known.get(key), inner, f"{name}.{key}")
        return merged
    if isinstance(mask, list):
        items = value if isinstance(value, list) else []
        padded = [*items, *[None] * (len(mask) - len(items))]
        return [
            _masked(item, mask[i], name) if i < len(mask) else item
            for i, item in enumerate(padded)
        ]
    return value
