"""Mappings added to the text of a `guardrail.yaml`; every other byte stays as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import yaml

from guardrail.model import say
from guardrail.tagging.layout import newline_of
from guardrail.tagging.spots import NotWrittenError

_KEY = "mappings"


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A class and categories of some addresses."""

    addresses: tuple[str, ...]
    class_: str
    categories: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The mapping as YAML on one line."""
        parts = [f"addresses: {_listed(self.addresses)}", f"class: {self.class_}"]
        if self.categories:
            parts.append(f"categories: {_listed(self.categories)}")
        return "{" + ", ".join(parts) + "}"

    @property
    def plain(self) -> dict[str, Any]:
        """What `line` says."""
        said: dict[str, Any] = {"addresses": [*self.addresses], "class": self.class_}
        return said | ({"categories": [*self.categories]} if self.categories else {})


def with_mappings(text: str, stated: Sequence[Stated]) -> str:
    """`text` with mappings behind those that it has.

    Raises:
        NotWrittenError: It is laid out in a way in which nobody could be sure.
    """
    newline = newline_of(text, 0)
    made = _added(text, stated, newline)
    try:
        before, after = yaml.safe_load(text) or {}, yaml.safe_load(made)
    except yaml.YAMLError:
        raise NotWrittenError(say(_UNSURE)) from None
    wanted = {**before, _KEY: [*(before.get(_KEY) or []), *(o.plain for o in stated)]}
    if after != wanted:
        raise NotWrittenError(say(_UNSURE))
    return made


_UNSURE = "guardrail.yaml is laid out in an unusual way: add the mapping by hand"


def _added(text: str, stated: Sequence[Stated], newline: str) -> str:
    """`text` with mappings, as far as its layout is a usual one.

    Raises:
        NotWrittenError: It is not.
    """
    node = _stated_node(text)
    lines = [f"- {one.line}" for one in stated]
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        head = [] if node is not None else [f"{_KEY}:"]
        at = len(text) if node is None else _line_end(text, node.start_mark.index)
        return _spliced(text, at, [*head, *(f"  {one}" for one in lines)], newline)
    if not isinstance(node, yaml.SequenceNode):
        raise NotWrittenError(say(_UNSURE))
    if node.flow_style:
        at = node.value[-1].end_mark.index if node.value else node.start_mark.index + 1
        joined = ", ".join(one.line for one in stated)
        return text[:at] + (", " if node.value else "") + joined + text[at:]
    indent = " " * node.start_mark.column
    at = _line_end(text, _last(node))
    return _spliced(text, at, [f"{indent}{one}" for one in lines], newline)


def _stated_node(text: str) -> yaml.Node | None:
    """The value of `mappings:`; None where it is not stated.

    Raises:
        NotWrittenError: The text is no block of `key: value`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise NotWrittenError(say(_UNSURE)) from None
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise NotWrittenError(say(_UNSURE))
    return next((value for key, value in root.value if key.value == _KEY), None)


def _last(node: yaml.Node) -> int:
    """The offset behind the last character of a node, comments behind it apart."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _line_end(text: str, at: int) -> int:
    """The offset behind the line of `at`, or behind the line before where it starts."""
    if at and text[at - 1] == "\n":
        return at
    end = text.find("\n", at)
    return end + 1 if end >= 0 else len(text)


def _spliced(text: str, at: int, lines: Sequence[str], newline: str) -> str:
    """`text` with lines at the start of a line."""
    before = newline if at and text[at - 1] != "\n" else ""
    piece = "".join(f"{line}{newline}" for line in lines)
    return text[:at] + before + piece + text[at:]


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
