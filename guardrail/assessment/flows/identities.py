"""Which resources of a stack a value means: by id, ARN, address or name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from guardrail.classification import Inference
from guardrail.model import Part, Resource

_PARTS = re.compile(r"[:/?#@=&]+")
_LONG = 8
"""Letters from which a part of a value may be an identity by itself."""
_EMPTY_WORDS = frozenset(
    {"id", "ids", "arn", "arns", "name", "identifier", "url", "uri", "resource"}
)


class Identities:
    """The resources of a stack by what they are called, where a value may call them."""

    def __init__(
        self,
        resources: Sequence[Resource],
        namings: Sequence[Part],
        values: Iterable[str],
        inference: Inference,
    ) -> None:
        """Index `resources`, of which `namings` are the attributes that name them."""
        self._resources = resources
        self._by_identity: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._inference = inference
        called = {text for value in values for text in _may_call(value)}
        written = {form for text in called for form in _written(text)}
        for place, naming in enumerate(namings):
            if not written.isdisjoint(naming.values):
                self._add(place, naming.texts())

    def _add(self, place: int, texts: Mapping[str, str]) -> None:
        names = {texts[name] for name in self._inference.names if name in texts}
        unique = {texts[name] for name in self._inference.identities if name in texts}
        for name in names:
            self._by_name.setdefault(name, []).append(place)
        for identity in unique - names:
            self._by_identity.setdefault(identity, []).append(place)

    def named(self, value: str, path: str, by: Resource) -> Iterator[tuple[int, bool]]:
        """The places of the resources that `value` at `path` means, and whether surely.

        An identity is sure. A name is, where the attribute or the value speaks of the
        type that bears it and the provider is the same: names repeat.
        """
        found: dict[int, bool] = {}
        parts = _parts(value)
        for text in (value, *(part for part in parts if len(part) >= _LONG)):
            for place in self._by_identity.get(text, ()):
                found[place] = True
        for name in (value, *parts[-1:], *_hosts(parts)):
            for place in self._by_name.get(name, ()):
                sure = self._speaks(path, parts, by, self._resources[place])
                found[place] = found.get(place, False) or sure
        yield from found.items()

    @staticmethod
    def _speaks(path: str, parts: Sequence[str], by: Resource, named: Resource) -> bool:
        """Whether a value says by itself of what type the resource is that it names."""
        last = path.rpartition(".")[2].split("_")
        kinds = [part.removesuffix("s") for part in parts[:-1]]
        words = {*last, *kinds} - _EMPTY_WORDS
        return by.provider == named.provider and not words.isdisjoint(
            named.type.split("_")
        )


def _parts(value: str) -> list[str]:
    return [part for part in _PARTS.split(value) if part]


def _hosts(parts: Iterable[str]) -> list[str]:
    """The first labels of what may be hosts."""
    return [part.partition(".")[0] for part in parts if "." in part]


def _may_call(value: str) -> Iterator[str]:
    """The texts in `value` that a resource may be called by."""
    parts = _parts(value)
    yield from (value, *parts, *_hosts(parts))


def _written(text: str) -> Iterator[bytes]:
    """The JSON of `text`, as it may be written."""
    plain = msgspec.json.encode(text)
    yield plain
    for letter in (b"&", b"<", b">"):  # Terraform escapes them
        plain = plain.replace(letter, b"\\u00%x" % letter[0])
    yield plain
