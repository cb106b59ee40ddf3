"""A resource that a template makes, and where the template itself stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from guardrail.inputs.heat.template import Declared
from guardrail.inputs.heat.values import Hole
from guardrail.model import Value


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an instance of a template stands."""

    prefix: str = ""
    """Of addresses: `outer.`, `group[0].`."""
    configuration: str = ""
    """The same without keys."""
    depth: int = 0
    provider: Value[str]
    """Key of the provider configuration that its resources go through."""
    facade: Any = None
    """Metadata of the resource that it stands for."""


class Made(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A resource that a template makes, of a type that Heat or a plugin knows."""

    address: str
    configuration: str
    type: str
    properties: Mapping[str, Any] | Hole
    metadata: Any
    declared: Declared
    existing: bool
    """Whether it is there already, and only adopted."""
    file: str
    provider: Value[str]
