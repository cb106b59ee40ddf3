"""Nodes of YAML: where they stand in a text, and one member or item more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from guardrail.tagging.layout import Edit, newline_of

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def scalar(text: str) -> str:
    """A text as YAML, plain where that is sure."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def members(node: yaml.Node | None) -> Mapping[str, yaml.Node]:
    """The members of a mapping under their keys; none for anything else."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value: value for key, value in pairs}


def text_of(node: yaml.Node | None) -> str:
    """The text of a scalar; "" for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def shared(root: yaml.Node) -> Iterator[int]:
    """The identity of nodes that an alias repeats, or that merge others."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if id(node) in seen and isinstance(node, yaml.CollectionNode):
            yield id(node)
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
                yield id(node)
            pending += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value


def last(node: yaml.Node) -> int:
    """The offset behind the last character of a node, comments behind it apart."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        found = node.value[-1]
        return last(found[1] if isinstance(found, tuple) else found)
    return int(node.end_mark.index)


def line_end(text: str, at: int) -> int:
    """The offset behind the line of `at`, or behind the line before where it starts."""
    if at and text[at - 1] == "\n":
        return at
    end = text.find("\n", at)
    return end + 1 if end >= 0 else len(text)


def spliced(text: str, at: int, lines: Sequence[str]) -> Edit:
    """The edit that puts lines at the start of a line."""
    newline = newline_of(text, 0)
    before = newline if at and text[at - 1] != "\n" else ""
    return Edit(at, at, before + "".join(f"{line}{newline}" for line in lines))


def appended(text: str, node: yaml.CollectionNode, pieces: Sequence[str]) -> Edit:
    """The edit that makes `pieces` the last members or items of a node."""
    if node.flow_style:
        ends = [one[1] if isinstance(one, tuple) else one for one in node.value[-1:]]
        at = ends[0].end_mark.index if ends else node.start_mark.index + 1
        return Edit(
            at, at, ("," if ends else "") + (" " if ends else "") + ", ".join(pieces)
        )
    indent = " " * node.start_mark.column
    mark = "- " if isinstance(node, yaml.SequenceNode) else ""
    lines = [f"{indent}{mark}{piece}" for piece in pieces]
    return spliced(text, line_end(text, last(node)), lines)
