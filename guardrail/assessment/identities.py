"""Which resources of a stack a value means: by id, ARN, address or name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guardrail.assessment.named import Named
from guardrail.classification import Inference
from guardrail.model import Known, Resource

_PARTS = re.compile(r"[:/?#@]+")
_LONG = 8
"""Letters from which a part of a value may be an identity by itself."""
_EMPTY_WORDS = frozenset(
    {"id", "ids", "arn", "arns", "name", "identifier", "url", "uri", "resource"}
)


class Identities:
    """The resources of a stack by what they are called."""

    def __init__(self, resources: Sequence[Resource], inference: Inference) -> None:
        """Index `resources` by the attributes that name them."""
        self._resources = resources
        self._by_identity: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        asked = (*inference.identities, *inference.names)
        for place, resource in enumerate(resources):
            part = resource.attributes.pick(asked)
            found = {name: part.get(name) for name in asked}
            texts = {
                name: setting.value
                for name, setting in found.items()
                if isinstance(setting, Known)
                and isinstance(setting.value, str)
                and setting.value
            }
            names = {texts[name] for name in inference.names if name in texts}
            unique = {texts[name] for name in inference.identities if name in texts}
            for name in sorted(names):
                self._by_name.setdefault(name, []).append(place)
            for identity in sorted(unique - names):
                self._by_identity.setdefault(identity, []).append(place)

    def named(self, one: Named, by: Resource) -> Iterator[tuple[int, bool]]:
        """The places of the resources that a value means, and whether surely.

        An identity is sure. A name is, where the attribute or the value speaks of the
        type that bears it and the provider is the same: names repeat.
        """
        found: dict[int, bool] = {}
        parts = [part for part in _PARTS.split(one.text) if part]
        for text in (one.text, *(part for part in parts if len(part) >= _LONG)):
            for place in self._by_identity.get(text, ()):
                found[place] = True
        hosts = [part.partition(".")[0] for part in parts if "." in part]
        for name in (one.text, *parts[-1:], *hosts):
            for place in self._by_name.get(name, ()):
                sure = self._speaks(one, parts, by, self._resources[place])
                found[place] = found.get(place, False) or sure
        yield from found.items()

    @staticmethod
    def _speaks(
        one: Named, parts: Sequence[str], by: Resource, named: Resource
    ) -> bool:
        """Whether a value says by itself of what type the resource is that it names."""
        last = one.flow.path.rpartition(".")[2].split("_")
        services = parts[2:3] if parts[:1] == ["arn"] else []
        words = {word for word in (*last, *services) if word not in _EMPTY_WORDS}
        return by.provider == named.provider and not words.isdisjoint(
            named.type.split("_")
        )
