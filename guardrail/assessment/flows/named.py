"""What the attributes of one resource name that data goes to, or comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from guardrail.model import Known, Part
from guardrail.placement import ProviderProfile, flows_of
from guardrail.placement.providers import Flow


class Named(msgspec.Struct, frozen=True):
    """A known value at an attribute that the table of flows knows."""

    flow: Flow
    text: str


def named(
    part: Part, profile: ProviderProfile, resource_type: str
) -> tuple[Named, ...]:
    """What stands in `part` as the name, id or address of another resource.

    Raises:
        InputError: An attribute is malformed.
    """
    return tuple(
        Named(flow, text)
        for flow in flows_of(profile, resource_type)
        if flow.names in {"resource", "address"}
        for text in _texts_at(part, flow.path)
    )


def _texts_at(part: Part, path: str) -> Iterator[str]:
    top, *rest = path.split(".")
    setting = part.get(top)
    if isinstance(setting, Known):
        yield from _texts(setting.value, rest)


def _texts(value: Any, path: list[str]) -> Iterator[str]:
    """The texts at `path`, through lists as if they were not there."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, dict) and path:
        yield from _texts(value.get(path[0]), path[1:])
    elif isinstance(value, str) and value and not path:
        yield value
