"""What tags select: all of certain types that bears one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from guardrail.classification import Tag, read_tags
from guardrail.model import Part, Resource, Unknown
from guardrail.placement import Catalogue, shapes_for
from guardrail.placement.providers import Flow, TagShape

SELECTING: Mapping[str, Literal["map", "pairs"]] = {"tags": "map", "tag": "pairs"}
"""What values may be that select by tags, and how these are written."""


def selected_by(part: Part, flow: Flow) -> Iterator[str | Unknown]:
    """The tags in `part` by which `flow` selects resources, each as one text.

    Raises:
        InputError: An attribute is malformed.
    """
    for tag in read_tags(part, [TagShape(path=flow.path, shape=SELECTING[flow.names])]):
        yield _text(tag)


def bearers(
    resources: Sequence[Resource], wanted: Collection[str], catalogue: Catalogue
) -> Mapping[str, list[int]]:
    """By tag, of those `wanted`, the places of the resources that bear it.

    Raises:
        InputError: An attribute is malformed.
    """
    found: dict[str, list[int]] = {text: [] for text in wanted}
    for place, resource in enumerate(resources):
        profile = catalogue.profile(resource.provider)
        if profile is None:
            continue
        shapes = shapes_for(profile, resource.type)
        tops = {shape.path.partition(".")[0]: None for shape in shapes}
        part = resource.attributes.pick(tuple(tops))
        for text in {_text(tag) for tag in read_tags(part, shapes)}:
            if isinstance(text, str) and text in found:
                found[text].append(place)
    return found


def _text(tag: Tag) -> str | Unknown:
    """A tag as one text; unknown where its key or value is."""
    for one in (tag.key, tag.value):
        if isinstance(one, Unknown):
            return one
    return f"{tag.key}={tag.value}"
