"""What the attributes of one resource name that data goes to, or comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from guardrail.assessment.flows.encoded import LONGEST, decoded
from guardrail.assessment.flows.tagged import SELECTING, selected_by
from guardrail.model import Known, Part, Unknown
from guardrail.placement import ProviderProfile, flows_of
from guardrail.placement.providers import Flow

_WORD = re.compile(r"[A-Za-z0-9][\w.:/@?&=%+~-]{6,}[\w/]")
"""What may be an address, an id or a name."""


class Named(msgspec.Struct, frozen=True):
    """A value at an attribute that the table of flows knows."""

    flow: Flow
    text: str | Unknown
    incoming: bool = False
    """Whether data surely comes in by it, and the block sets the attribute."""
    said_at: str = ""
    """Where it stands, if it is one word among others: in a map, a JSON, a script."""


class Written(msgspec.Struct, frozen=True):
    """What the block of a resource is seen to set."""

    arguments: frozenset[str] | None
    """None when not known."""
    hidden: frozenset[str] = frozenset()
    """Nested blocks, dotted, of which there are more than it is seen to write."""


def named(
    part: Part,
    profile: ProviderProfile,
    resource_type: str,
    written: Written,
) -> tuple[Named, ...]:
    """What stands in `part` as the name, id or address of another resource.

    Raises:
        InputError: An attribute is malformed.
    """
    found = []
    for flow in flows_of(profile, resource_type):
        if flow.names == "account":
            found.append(Named(flow, "", incoming=True))
        elif flow.names in SELECTING:
            incoming = _comes_in(flow, part, written)
            found += [Named(flow, text, incoming) for text in selected_by(part, flow)]
        elif flow.names in {"resource", "address"}:
            texts = list(_texts_at(part, flow.path))
            incoming = bool(texts) and _comes_in(flow, part, written)
            found += [Named(flow, text, incoming) for text in texts]
            found += _words_at(part, flow)
    return tuple(found)


def _comes_in(flow: Flow, part: Part, written: Written) -> bool:
    """Whether data surely comes in by `flow`, and code says from where.

    What code does not set is the provider's to choose. A `dynamic` block leaves no
    trace in a plan as JSON, so one of which nothing is written may be set, and so may
    one of which there are more than are written.
    """
    arguments = written.arguments
    if not flow.certain or flow.data == "out":
        return False
    if arguments is None or any(
        meets(one, flow.path) for one in (*arguments, *written.hidden)
    ):
        return True
    block = flow.path.rpartition(".")[0]
    if not block or any(one.startswith(f"{block}.") for one in arguments):
        return False
    top = flow.path.partition(".")[0]
    return not (flow.computed and isinstance(part.get(top), Unknown))


def _words_at(part: Part, flow: Flow) -> list[Named]:
    """What is said in the environment, definitions and scripts of what computes."""
    if flow.certain or (flow.kind, flow.data) != ("connects", "both"):
        return []
    top, *rest = flow.path.split(".")
    setting = part.get(top)
    value = setting.value if isinstance(setting, Known) else None
    said = dict.fromkeys(
        (word, where)
        for text, where in _said(value, rest, flow.path)
        for plain in (text, *decoded(text))
        for word in _WORD.findall(plain, 0, LONGEST)
    )
    return [Named(flow, word, said_at=where) for word, where in said]


def _said(value: Any, path: list[str], where: str) -> Iterator[tuple[str, str]]:
    """The texts at `path` and below, each with where it stands."""
    if isinstance(value, list):
        for item in value:
            yield from _said(item, path, where)
    elif isinstance(value, dict):
        names = path[:1] or list(value)
        for name in names:
            below = where if path else f"{where}.{name.lower()}"
            yield from _said(value.get(name), path[1:], below)
    elif isinstance(value, str) and not path:
        yield value, where


def meets(one: str, path: str) -> bool:
    """Whether `one` stands at `path`, around it or inside of it."""
    return one == path or path.startswith(f"{one}.") or one.startswith(f"{path}.")


def _texts_at(part: Part, path: str) -> Iterator[str | Unknown]:
    """The texts at `path`, and what is not known there."""
    top, *rest = path.split(".")
    setting = part.get(top)
    if isinstance(setting, Unknown):
        yield setting
    elif isinstance(setting, Known):
        yield from _texts(setting.value, rest)


def _texts(value: Any, path: list[str]) -> Iterator[str | Unknown]:
    """The texts at `path`, through lists as if they were not there."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, dict) and path:
        yield from _texts(value.get(path[0]), path[1:])
    elif isinstance(value, Unknown) or (isinstance(value, str) and value and not path):
        yield value
