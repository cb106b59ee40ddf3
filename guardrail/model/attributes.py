"""The values of one resource object, decoded only when somebody asks.

A plan holds some hundred values a resource and the judgement needs a handful. So the
object stays as JSON bytes; `pick` cuts out the top-level members asked for, still as
bytes, and what was cut is hashable: resources that say the same are judged once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from guardrail.model.memory import remembered
from guardrail.model.phrase import say
from guardrail.model.value import ABSENT, Evidence, Known, Setting, Unknown

Members: TypeAlias = Callable[[bytes], Mapping[str, msgspec.Raw]]
"""The members of a JSON object, as JSON; raises `InputError` on a duplicate key."""

Decode: TypeAlias = Callable[[bytes], Any]
"""The value of JSON; raises `InputError` where an object states a key twice."""

AFTER_APPLY = "`{}` is known only after the apply"
_decode = msgspec.json.Decoder().decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def plain_members(document: bytes) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object that a reader has already checked."""
    return _members(document)


class Part(msgspec.Struct, frozen=True):
    """Some top-level members of an object; equal when they say the same."""

    names: tuple[str, ...]
    values: tuple[bytes, ...]
    """JSON of each member asked for, in that order; b"" when there is none."""
    unknown: bytes
    """JSON mask of the whole object: `true`, or a structure that holds `true`s."""
    sensitive: bytes
    """JSON mask of the whole object, likewise."""
    decode: Decode
    reasons: tuple[Unknown, ...] = ()
    """What a number in the mask of unknown values stands for."""
    evidence: Evidence = Evidence.VALUE

    def get(self, name: str) -> Setting[Any]:
        """The member `name`: known, unknown or absent; null counts as absent.

        A member of which only a part is unknown is `Known`, with `Unknown` standing
        in its structure where the values are not known.

        Raises:
            InputError: The member is malformed or states a key twice.
        """
        mask = _mask(self.unknown, name)
        if _marks(mask):
            return _why(mask, name, self.reasons)
        value = self.values[self.names.index(name)]
        decoded = self.decode(value) if value else None
        if _holds_true(mask):
            decoded = _masked(decoded, mask, name, self.reasons)
        if decoded is None:
            return ABSENT
        sensitive = _holds_true(_mask(self.sensitive, name))
        because = say("`{}` of the resource", name)
        return Known(decoded, self.evidence, because, sensitive)

    def without(self, names: Collection[str]) -> Part:
        """The members that are not among `names`."""
        kept = [
            (name, value)
            for name, value in zip(self.names, self.values, strict=True)
            if name not in names
        ]
        return msgspec.structs.replace(
            self,
            names=tuple([name for name, _value in kept]),
            values=tuple([value for _name, value in kept]),
        )

    def texts(self) -> dict[str, str]:
        """The members that are texts, and not empty; secrets too."""
        return {
            name: self.decode(value)
            for name, value in zip(self.names, self.values, strict=True)
            if value[:1] == b'"' and len(value) > 2
        }

    def hides(self, name: str) -> bool:
        """Whether the member `name` stands under the sensitive mask, or a part does."""
        return _holds_true(_mask(self.sensitive, name))

    def hides_in(self, name: str, key: str) -> bool:
        """Whether the entry `key` of the map `name` does."""
        mask = _mask(self.sensitive, name)
        return _holds_true(mask.get(key) if isinstance(mask, dict) else mask)


class Attributes(msgspec.Struct, frozen=True):
    """A JSON object with two masks of the same shape, as Terraform writes them.

    A mask marks with `true`; that of unknown values also with the number of a reason.
    """

    values: bytes = b"null"
    unknown: bytes = b"null"
    sensitive: bytes = b"null"
    members: Members = plain_members
    decode: Decode = _decode
    reasons: tuple[Unknown, ...] = ()
    evidence: Evidence = Evidence.VALUE
    """Why the values are believed."""

    @staticmethod
    def of(values: Mapping[str, object], *, unknown: object = None) -> Attributes:
        """Attributes from decoded values; `unknown` is a mask or None."""
        encode = msgspec.json.encode
        return Attributes(values=encode(values), unknown=encode(unknown))

    @property
    def hidden(self) -> tuple[str, ...]:
        """The members that are unknown as a whole, where the others are not."""
        if self.unknown[:1] != b"{":
            return ()
        return tuple(name for name, one in _decode(self.unknown).items() if _marks(one))

    def all_members(self) -> Mapping[str, bytes]:
        """The top-level members, as JSON.

        Raises:
            InputError: The object is malformed or states a key twice.
        """
        if self.values[:1] != b"{":
            return {}
        return {name: bytes(one) for name, one in self.members(self.values).items()}

    def unknown_paths(self) -> frozenset[str]:
        """The dotted paths, through lists, of what is not known."""
        if self.unknown in {b"null", b"{}"}:
            return frozenset()
        return _unknown_paths(self.unknown)

    def pick(self, names: tuple[str, ...]) -> Part:
        """The top-level members `names`.

        Raises:
            InputError: The object is malformed or states a key twice.
        """
        return self.picks(names)[0]

    def picks(self, *groups: tuple[str, ...]) -> tuple[Part, ...]:
        """For each of `groups`, the top-level members that it names.

        Raises:
            InputError: The object is malformed or states a key twice.
        """
        found = self.members(self.values) if self.values[:1] == b"{" else {}
        return tuple(
            [
                Part(
                    names,
                    tuple(
                        [bytes(found[one]) if one in found else b"" for one in names]
                    ),
                    self.unknown,
                    self.sensitive,
                    self.decode,
                    self.reasons,
                    self.evidence,
                )
                for names in groups
            ]
        )


def _mask(document: bytes, name: str) -> object:
    """What a mask says of the member `name`."""
    if document[:1] == b"{":
        return _decode(document).get(name)
    found = None if document == b"null" else _decode(document)
    return found if _marks(found) else None


def _marks(mask: object) -> bool:
    """Whether a mask marks all of what it stands for."""
    return mask is True or type(mask) is int


def _why(mask: object, name: str, reasons: tuple[Unknown, ...]) -> Unknown:
    """Why what a mask marks is unknown."""
    if isinstance(mask, int) and mask is not True:
        return reasons[mask]
    return Unknown(say(AFTER_APPLY, name))


def _holds_true(mask: object) -> bool:
    """Whether anything under a mask is marked."""
    if isinstance(mask, dict):
        return any(map(_holds_true, mask.values()))
    if isinstance(mask, list):
        return any(map(_holds_true, mask))
    return _marks(mask)


@remembered(4096, longest=8192)
def _unknown_paths(mask: bytes) -> frozenset[str]:
    return frozenset(_true_paths(_decode(mask), ""))


def _true_paths(mask: object, path: str) -> Iterator[str]:
    if isinstance(mask, list):
        for one in mask:
            yield from _true_paths(one, path)
    elif isinstance(mask, dict):
        for name, one in mask.items():
            yield from _true_paths(one, f"{path}.{name}" if path else name)
    elif _marks(mask):
        yield path


def _masked(value: Any, mask: Any, name: str, why: tuple[Unknown, ...]) -> Any:
    """`value` with `Unknown` where `mask` says so."""
    if _marks(mask):
        return _why(mask, name, why)
    if isinstance(mask, dict):
        known = value if isinstance(value, dict) else {}
        hidden = {key: inner for key, inner in mask.items() if _holds_true(inner)}
        return known | {
            key: _masked(known.get(key), inner, f"{name}.{key}", why)
            for key, inner in hidden.items()
        }
    if isinstance(mask, list):
        items = value if isinstance(value, list) else []
        padded = [*items, *[None] * (len(mask) - len(items))]
        masks = [*mask, *[False] * (len(padded) - len(mask))]
        return [_masked(i, m, name, why) for i, m in zip(padded, masks, strict=True)]
    return value
