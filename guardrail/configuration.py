"""`guardrail.yaml`: what is true of the whole project, stated once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from guardrail.errors import ConfigurationError, LibraryError
from guardrail.placement import Offer, Operator

NAME = "guardrail.yaml"
Body = Literal[
    "state",
    "state-operator",
    "listed-gip",
    "health-data-platform",
    "local-authority",
    "private",
]


class System(msgspec.Struct, frozen=True, kw_only=True):
    """The system that is deployed."""

    name: str = ""
    started_on: date | None = None
    very_advanced_on: date | None = None


class Data(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Class and categories of the whole stack."""

    class_: str = ""
    categories: tuple[str, ...] = ()


class Stated(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Class, categories and service of some addresses."""

    addresses: tuple[str, ...]
    class_: str = ""
    categories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class OwnRecogniser(msgspec.Struct, frozen=True, kw_only=True):
    """How an own cloud is recognised."""

    provider: str = ""
    host: str = ""
    region: tuple[str, ...] = ()


class OwnOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud of the organisation's own."""

    id: str
    operator: str
    hosting: Literal["internal", "dedicated", "commercial"]
    country: str
    recognise: tuple[OwnRecogniser, ...]
    name: str = ""
    services: tuple[str, ...] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    body: Body | None = None
    system: System = System()
    data: Data = Data()
    mappings: tuple[Stated, ...] = ()
    environment: dict[str, str] = {}
    declared: dict[str, str] = {}
    offers: tuple[OwnOffer, ...] = ()
    derogations: str = ""
    rules: Literal["", "law", "baseline", "both"] = ""
