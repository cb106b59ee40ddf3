"""The form of `guardrail.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

NAME = "guardrail.yaml"
Body = Literal[
    "state",
    "state-operator",
    "listed-gip",
    "health-data-platform",
    "local-authority",
    "private",
]
BODIES: tuple[str, ...] = get_args(Body)


class System(msgspec.Struct, frozen=True, kw_only=True):
    """The system that is deployed."""

    name: str = ""
    started_on: date | None = None
    very_advanced_on: date | None = None


class Data(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Class and categories of the whole stack."""

    class_: str = ""
    categories: tuple[str, ...] = ()


TagKey: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\w")]


class TagKeys(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Keys of tags that state a class or categories, beside those of the library."""

    class_: tuple[TagKey, ...] = ()
    categories: tuple[TagKey, ...] = ()


class Stated(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Class, categories and service of some addresses."""

    addresses: tuple[str, ...]
    class_: str = ""
    categories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    decision: str = ""
    """Reference of the decision by which a class stands below a resource's label."""


class Mapped(Stated, frozen=True, kw_only=True):
    """What is stated of some addresses, everywhere or in some workspaces."""

    workspaces: tuple[str, ...] = ()
    """Globs; empty for all."""


Country: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]


class OwnRecogniser(msgspec.Struct, frozen=True, kw_only=True):
    """How an own cloud is recognised."""

    provider: str = ""
    host: str = ""
    region: tuple[str, ...] = ()
    areas: dict[str, tuple[str, ...]] = {}
    """Area of the cloud (`zone`, …) to those that are this offer, where clouds of
    several operators answer at one host."""


class OwnQualification(msgspec.Struct, frozen=True, kw_only=True):
    """A qualification, certification or homologation of an own cloud."""

    scheme: str
    """`secnumcloud`, `hds`, `homologation-dr`, …"""
    since: date
    until: date
    version: str = ""
    decision: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    perimeter: dict[str, tuple[str, ...]] = {}
    """Area of the cloud (`zone`, `aggregate`, `volume-type`, `store`) to those
    covered; all of an area that is not named."""


class OwnOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud of the organisation's own, or where an offer of the registry is met.

    For the latter only `id` and `recognise` are stated.
    """

    id: str
    recognise: tuple[OwnRecogniser, ...]
    operator: str = ""
    hosting: Literal["", "internal", "dedicated", "commercial"] = ""
    country: Country | Literal[""] = ""
    """ISO 3166-1 alpha-2."""
    name: str = ""
    services: tuple[str, ...] = ()
    qualifications: tuple[OwnQualification, ...] = ()


class File(msgspec.Struct, frozen=True, kw_only=True):
    """The form of `guardrail.yaml`."""

    body: Body | None = None
    system: System = System()
    data: Data = Data()
    tag_keys: TagKeys = TagKeys()
    mappings: tuple[Mapped, ...] = ()
    environment: dict[str, str] = {}
    """Variable to value, as the providers will find it; "" where it is not set."""
    environment_complete: bool = False
    """Whether no other variable is set; it counts where `environment` does."""
    registries: tuple[str, ...] = ()
    """Hosts of own provider registries and mirrors."""
    declared: dict[str, str] = {}
    offers: tuple[OwnOffer, ...] | str = ()
    """Inline, or a folder of files in the form of `policies/offers/`."""
    derogations: str = ""
    """Folder; relative to the file, absolute once read."""
    allowed_signers: str = ""
    """Who may sign derogations, in OpenSSH's form; likewise."""
    require_signatures: bool = False
    """Whether every derogation must bear an accepted signature."""
    rules: Literal["", "law", "baseline", "both"] = ""
    floor: tuple[Stated, ...] = ()
    """Organisation's file only: no class below this, by address."""
    delegate: tuple[
        Literal["body", "environment", "registries", "offers", "derogations", "rules"],
        ...,
    ] = ()
    """Organisation's file only: what the project's file may state beside its data."""
