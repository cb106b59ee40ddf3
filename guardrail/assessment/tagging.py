"""Tags that one resource of a stack sets on another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from guardrail.assessment.circumstances import Knowledge
from guardrail.assessment.flows import Identities, Keys, instance_keys, joined
from guardrail.classification import Tag, read_tags
from guardrail.model import Known, Part, Reference, Resource, Unknown, say
from guardrail.placement import OutsideTags, TagShape

_UNSURE = Unknown(say("it is not clear on what another resource sets this tag"))


def outside_tags(
    resources: Sequence[Resource],
    namings: Sequence[Part],
    references: Sequence[Reference],
    knowledge: Knowledge,
) -> Mapping[int, tuple[Tag, ...]]:
    """The tags that others set on each of `resources`, by its place.

    `namings` are the attributes that name each.

    Raises:
        InputError: An attribute is malformed.
    """
    kinds = {(one.provider, one.type) for one in resources}
    shapes = {kind: knowledge.catalogue.outside_tags(*kind) for kind in kinds}
    if not any(shapes.values()):
        return {}
    setters = [
        (place, shape)
        for place, one in enumerate(resources)
        for shape in shapes[one.provider, one.type]
    ]
    called = [
        text
        for place, shape in setters
        for text in _texts(resources[place], shape.target)
    ]
    identities = Identities(resources, namings, called, knowledge.inference)
    tagging = _Tagging(resources, references, identities)
    found: dict[int, tuple[Tag, ...]] = {}
    for place, shape in setters:
        for target, tags in tagging.by(place, shape):
            found[target] = (*found.get(target, ()), *tags)
    return found


class _Tagging:
    """Follows the resources of one stack that set tags."""

    def __init__(
        self,
        resources: Sequence[Resource],
        references: Sequence[Reference],
        identities: Identities,
    ) -> None:
        self._resources = resources
        self._identities = identities
        self._blocks: dict[str, list[int]] = {}
        for place, resource in enumerate(resources):
            self._blocks.setdefault(resource.configuration, []).append(place)
        self._references: dict[tuple[str, str], list[Reference]] = {}
        for reference in references:
            key = reference.source, reference.path
            self._references.setdefault(key, []).append(reference)

    def by(
        self, place: int, shape: OutsideTags
    ) -> Iterator[tuple[int, tuple[Tag, ...]]]:
        """The resources that the one at `place` tags, with the tags."""
        tags = tuple(self._tags(place, shape))
        for target, sure in self._named(place, shape.target):
            yield (
                target,
                tags if sure else tuple(_doubted(tag) for tag in tags),
            )

    def _named(self, place: int, path: str) -> Iterator[tuple[int, bool]]:
        """The places that an attribute names, and whether surely."""
        resource = self._resources[place]
        read = list(self._read(place, path))
        if read:
            yield from ((target, len(read) == 1) for target in read)
            return
        for text in _texts(resource, path):
            for target, sure in self._identities.named(text, path, resource):
                if target != place:  # what it names is one of its own names too
                    yield target, sure

    def _read(self, place: int, path: str) -> Iterator[int]:
        """The places that the references in an attribute read."""
        resource = self._resources[place]
        for reference in self._references.get((resource.configuration, path), ()):
            targets = self._blocks.get(reference.target, [])
            for _sources, read in joined(reference, [place], targets, self._keys_of):
                yield from read

    def _keys_of(self, place: int) -> Keys:
        resource = self._resources[place]
        return instance_keys(resource.address, resource.configuration)

    def _tags(self, place: int, shape: OutsideTags) -> Iterator[Tag]:
        resource = self._resources[place]
        if shape.path:
            part = resource.attributes.pick((shape.path.partition(".")[0],))
            read = read_tags(part, [TagShape(path=shape.path, shape=shape.shape)])
            for tag in read:
                yield Tag(tag.key, tag.value, resource.address, inherited=False)
            return
        key = self._text(place, shape.key)
        value = self._text(place, shape.value)
        written = next(iter(_texts(resource, shape.value.partition(">")[0])), "")
        formed = re.fullmatch(shape.form, written) if shape.form else None
        if formed is not None:
            key, value = formed["key"], formed["value"]
        if isinstance(key, Unknown):
            value = key  # of any tag, a value says nothing
        yield Tag(key, value, resource.address, inherited=False)

    def _text(self, place: int, path: str) -> str | Unknown:
        """The text at a path that may go on at what an attribute refers to."""
        *hops, last = path.split(">")
        for hop in hops:
            read = list(self._read(place, hop))
            if len(read) != 1:
                return _UNSURE
            place = read[0]
        found = list(_texts(self._resources[place], last))
        return found[0] if len(found) == 1 else _UNSURE


def _doubted(tag: Tag) -> Tag:
    return Tag(tag.key, _UNSURE, tag.path, tag.inherited)


def _texts(resource: Resource, name: str) -> list[str]:
    """The known texts of a top-level attribute, a list or not."""
    setting = resource.attributes.pick((name,)).get(name)
    found = setting.value if isinstance(setting, Known) else None
    return [
        one
        for one in (found if isinstance(found, list) else [found])
        if isinstance(one, str)
    ]
