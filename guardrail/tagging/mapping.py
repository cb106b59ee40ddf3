"""Mappings added to the text of a `guardrail.yaml`; every other byte stays as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import yaml

from guardrail.model import say
from guardrail.tagging.layout import Edit, applied
from guardrail.tagging.spots import NotWrittenError
from guardrail.tagging.yaml_nodes import appended, line_end, spliced

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
    made = applied(text, [_edit(text, stated)])
    try:
        before, after = yaml.safe_load(text) or {}, yaml.safe_load(made)
    except yaml.YAMLError:
        raise NotWrittenError(say(_UNSURE)) from None
    wanted = {**before, _KEY: [*(before.get(_KEY) or []), *(o.plain for o in stated)]}
    if after != wanted:
        raise NotWrittenError(say(_UNSURE))
    return made


_UNSURE = "guardrail.yaml is laid out in an unusual way: add the mapping by hand"


def _edit(text: str, stated: Sequence[Stated]) -> Edit:
    """The edit that adds mappings, as far as the layout is a usual one.

    Raises:
        NotWrittenError: It is not.
    """
    node = _stated_node(text)
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        head = [] if node is not None else [f"{_KEY}:"]
        at = len(text) if node is None else line_end(text, node.start_mark.index)
        return spliced(text, at, [*head, *(f"  - {one.line}" for one in stated)])
    if not isinstance(node, yaml.SequenceNode):
        raise NotWrittenError(say(_UNSURE))
    return appended(text, node, [one.line for one in stated])


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


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)
