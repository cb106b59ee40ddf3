"""Tags among the properties of a Heat resource: read, and written in their manner."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import yaml

from guardrail.model import say
from guardrail.placement import TagShape, Writing
from guardrail.tagging.change import Hand
from guardrail.tagging.layout import Edit
from guardrail.tagging.spots import Entry, NotWrittenError
from guardrail.tagging.writing import Label
from guardrail.tagging.yaml_nodes import (
    appended,
    last,
    line_end,
    members,
    scalar,
    spliced,
    text_of,
)


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """Where tags of one shape stand in a resource, or would."""

    shape: TagShape
    writing: Writing
    text: str
    """The whole template."""
    resource: yaml.Node
    properties: yaml.Node | None
    node: yaml.Node | None
    """The value of the property; None where it is not set."""


def entries(spot: Property) -> list[Entry]:
    """The tags that stand in a spot as constants."""
    if spot.shape.shape == "map":
        return [_entry(key, node) for key, node in members(spot.node).items()]
    items = spot.node.value if isinstance(spot.node, yaml.SequenceNode) else []
    split = [(one, text_of(one).partition("=")) for one in items]
    return [_entry(key, one, key + mark) for one, (key, mark, _) in split if mark]


def _entry(key: str, node: yaml.Node, before: str = "") -> Entry:
    plain = isinstance(node, yaml.ScalarNode)
    return Entry(
        key=key,
        value=text_of(node).removeprefix(before) if plain else None,
        before=before,
        start=node.start_mark.index,
        end=node.end_mark.index,
    )


def restated(entry: Entry, value: str) -> Edit:
    """The edit that gives a tag another value."""
    return Edit(entry.start, entry.end, scalar(entry.before + value))


def added(
    spot: Property,
    labels: Sequence[Label],
    yielding: bool,  # noqa: FBT001  # see `Hand`
) -> list[Edit]:
    """The edits that add labels.

    Raises:
        NotWrittenError: What stands there is no mapping or list, or not known as a
            whole.
    """
    listed = spot.shape.shape == "strings"
    pieces = [
        scalar(one.key + spot.writing.mark + one.value)
        if listed
        else f"{scalar(one.key)}: {scalar(one.value)}"
        for one in labels
    ]
    wanted = yaml.SequenceNode if listed else yaml.MappingNode
    if isinstance(spot.node, wanted) and (listed or not yielding):
        return [appended(spot.text, spot.node, pieces)]
    if spot.node is not None:
        raise NotWrittenError(say("its tags are an alias, a merge or a function"))
    mark = "- " if listed else ""
    flow = f"[{', '.join(pieces)}]" if listed else f"{{{', '.join(pieces)}}}"
    return [_property(spot, flow, [f"  {mark}{one}" for one in pieces])]


def _property(spot: Property, flow: str, lines: Sequence[str]) -> Edit:
    """The edit that adds a property.

    Raises:
        NotWrittenError: The resource is laid out in an unusual way.
    """
    name = spot.shape.path
    properties, resource = spot.properties, spot.resource
    if isinstance(properties, yaml.MappingNode):
        if properties.flow_style:
            return appended(spot.text, properties, [f"{name}: {flow}"])
        return _lines(spot.text, properties, [f"{name}:", *lines])
    if properties is not None or not isinstance(resource, yaml.MappingNode):
        raise NotWrittenError(say("its layout is unusual: write the label by hand"))
    if resource.flow_style:
        return appended(spot.text, resource, [f"properties: {{{name}: {flow}}}"])
    inner = [f"  {one}" for one in (f"{name}:", *lines)]
    return _lines(spot.text, resource, ["properties:", *inner])


def _lines(text: str, node: yaml.MappingNode, lines: Sequence[str]) -> Edit:
    """The edit that adds lines behind the members of a mapping."""
    indent = " " * node.start_mark.column
    at = line_end(text, last(node))
    return spliced(text, at, [f"{indent}{one}" for one in lines])


HAND: Hand[Property] = Hand(entries=entries, added=added, restated=restated)
