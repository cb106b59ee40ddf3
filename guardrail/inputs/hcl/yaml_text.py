"""YAML texts, as far as every reader of YAML agrees on what they say.

Terraform reads YAML 1.2 with some of 1.1. So the shape is read with PyYAML, and a plain
scalar that another reader could take for something else is not known, nor are anchors,
tags and several documents.

Source: Martin Atkins, go-cty-yaml, resolve.go, tag v1.1.0,
https://github.com/zclconf/go-cty-yaml
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from guardrail.model import Unknown, say

_LARGEST = 20_000
_MOST_BRACKETS = 300
_DEEPEST = 50
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True,
           "false": False, "False": False, "FALSE": False}  # fmt: skip
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,15})?")
_TEXT = re.compile(r"[A-Za-z/][A-Za-z0-9_./:@ -]*|[0-9]+(?:\.[0-9]+){2,}")
_DOUBTFUL = frozenset({"y", "n", "yes", "no", "on", "off", "nan", "inf"})
_UNSURE = say("a text is YAML that not every reader reads alike")


class _UnsureError(Exception):
    """Readers of YAML may disagree."""


def decoded(text: str) -> Any:
    """What a YAML text says, as decoded JSON; `Unknown` where readers may disagree."""
    if len(text) > _LARGEST or text.count("[") + text.count("{") > _MOST_BRACKETS:
        return Unknown(_UNSURE)  # its parser takes quadratic time
    if "\t" in text or not text.strip():
        return Unknown(_UNSURE)
    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
        if any(isinstance(one, yaml.DocumentStartEvent) for one in events[2:]):
            return Unknown(_UNSURE)
        return _value(iter(events[2:]), 0)
    except (yaml.YAMLError, _UnsureError, ValueError):
        return Unknown(_UNSURE)


def _value(events: Iterator[yaml.Event], depth: int) -> Any:
    """The value that the next events describe.

    Raises:
        _UnsureError: Readers may disagree, or it is nested too deeply.
    """
    event = next(events)
    marked = getattr(event, "anchor", None) or getattr(event, "tag", None)
    if marked or depth > _DEEPEST:
        raise _UnsureError
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event) if event.implicit[0] else event.value
    items: list[Any] = []
    while not isinstance(event := next(events), yaml.CollectionEndEvent):
        items.append(_value(itertools.chain([event], events), depth + 1))
    if isinstance(event, yaml.SequenceEndEvent):
        return items
    keys = items[::2]
    if len(set(map(str, keys))) < len(keys) or not all(
        isinstance(key, str) and key != "<<" for key in keys
    ):
        raise _UnsureError
    return dict(zip(keys, items[1::2], strict=True))


def _scalar(event: yaml.ScalarEvent) -> Any:
    """What a scalar without quotes says.

    Raises:
        _UnsureError: Readers may disagree.
    """
    found = event.value
    if found in _NULLS:
        return None
    if found in _TRUTHS:
        return _TRUTHS[found]
    if _NUMBER.fullmatch(found):
        return Decimal(found)
    if _TEXT.fullmatch(found) and found.lower() not in _DOUBTFUL:
        return found
    raise _UnsureError
