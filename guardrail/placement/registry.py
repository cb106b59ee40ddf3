"""The registry: offers, their operators, the laws that reach them, with dates.

These are the shapes of `policies/offers/`, `operators/`, `laws/` and `regions/`.
Confidence marks, as in each file: `P` an official text was read; `P*` an official
document through a third party who cites it; `S` press, law firm, release; `B` one blog
or repository; `K` general knowledge. Only P, P* and S may permit.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from guardrail.model import Truth

Confidence = Literal["P", "P*", "S", "B", "K"]
OFFICIAL: frozenset[str] = frozenset({"P", "P*", "S"})


def within(day: date, since: date | None, until: date | None) -> bool:
    """Whether `day` is between two days, both inclusive; None for no bound."""
    return (since is None or since <= day) and (until is None or day <= until)


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who says so, where, and the day it was read."""

    title: str
    read: date
    section: str = ""
    url: str = ""

    @property
    def cited(self) -> str:
        """The source as a report names it."""
        return ", ".join(part for part in (self.title, self.section, self.url) if part)


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every registry fact carries."""

    confidence: Confidence
    sources: tuple[Source, ...]
    note: str = ""
    open: str = ""
    """What is still open about it, as a question; "" when nothing is."""

    @property
    def official(self) -> bool:
        """Whether the fact may permit."""
        return self.confidence in OFFICIAL


class Text(msgspec.Struct, frozen=True):
    """A text in the two languages of the reports."""

    en: str
    fr: str

    def __getitem__(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class Law(Fact, frozen=True, kw_only=True):
    """A law that can compel, or one that counters such laws."""

    id: str
    name: Text
    country: str
    """ISO 3166-1 alpha-2, or `EU`."""
    citation: str
    effect: Literal["exposes", "counters", "recorded"]
    """`recorded`: kept for reference, compels no provider by itself."""
    since: date
    until: date | None = None
    """Last day on which it has effects; None while it has."""


class Control(Fact, frozen=True, kw_only=True):
    """One link of a chain of control: who can compel or direct the operator."""

    entity: str
    country: str
    link: Literal[
        "seat", "parent", "controlling-shareholder", "operating-company", "supplier"
    ]
    """`supplier`: a third company with the technical possibility to reach data."""
    since: date | None = None
    until: date | None = None


class Share(Fact, frozen=True, kw_only=True):
    """A share of capital or votes, in percent, held by one entity."""

    holder: str
    country: str
    percent: float
    since: date | None = None
    until: date | None = None


class Dependency(Fact, frozen=True, kw_only=True):
    """A technology that an operator does not master; exposes nobody by itself."""

    supplier: str
    country: str
    technology: str


class Operator(Fact, frozen=True, kw_only=True):
    """The legal entity that runs offers, with its chain of control."""

    id: str
    name: str
    country: str
    """Of its registered office; ISO 3166-1 alpha-2."""
    control: tuple[Control, ...] = ()
    shares: tuple[Share, ...] = ()
    presence: tuple[str, ...] = ()
    """Countries where it has an establishment; recorded, exposes nobody by itself."""
    supply_dependency: tuple[Dependency, ...] = ()
    siren: str = ""
    since: date | None = None
    until: date | None = None
    """Last day of the entity's activity; None while it trades."""

    def active_on(self, day: date) -> bool:
        """Whether the entity exists on `day`."""
        return within(day, self.since, self.until)


class Qualification(Fact, frozen=True, kw_only=True):
    """One decision: qualification, certification or homologation."""

    scheme: str
    """`secnumcloud`, `eu-equivalent`, `hds`, `homologation-dr`, `iso-27001`, …"""
    status: Literal["granted", "in-progress"] = "granted"
    version: str = ""
    """Version of the scheme's reference text; "" when not known."""
    decision: str = ""
    since: date | None = None
    """First day; None when not known."""
    claimed_since: date | None = None
    """First day by a source that cannot permit; from it to `since` is unknown."""
    until: date | None = None
    """Last day, inclusive; None when not known."""
    regions: tuple[str, ...] = ()
    """The regions covered; all when empty."""
    services: tuple[str, ...] = ()
    """The service kinds covered; all when empty."""
    excluded_services: tuple[str, ...] = ()
    perimeter: dict[str, tuple[str, ...]] = {}
    """Area of the cloud (`zone`, `aggregate`, `volume-type`, `store`, …) to those
    covered; all of an area that is not named."""

    def in_force(self, day: date) -> Truth:
        """Whether it is in force on `day`; a missing first or last day is open."""
        if self.until is not None and day > self.until:
            return Truth.FALSE
        if self.since is None or self.until is None:
            early = self.since is not None and day < self.since
            return Truth.FALSE if early else Truth.UNKNOWN
        if day >= self.since:
            return Truth.TRUE
        claimed = self.claimed_since is not None and day >= self.claimed_since
        return Truth.UNKNOWN if claimed else Truth.FALSE


class Recogniser(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What shows that a resource goes to an offer. Everything stated must hold."""

    provider: str = ""
    """`namespace/type` of the Terraform provider; any when empty."""
    host: str = ""
    """Pattern of the host that is called; see `placement/hosts.py`."""
    endpoint: Literal["", "default"] = ""
    """`default`: no setting of the provider names another endpoint."""
    region: tuple[str, ...] = ()
    """The region is one of these."""
    region_table: str = ""
    """The region is one of this table of `policies/regions/`."""
    settings: dict[str, tuple[str, ...]] = {}
    """A signal of the provider (universe, environment, …), or the area of the cloud
    (zone, …) that the resource names, is one of these; lower case."""
    types: tuple[str, ...] = ()
    """The resource type matches one of these patterns (`*` at either end)."""


class Offer(Fact, frozen=True, kw_only=True):
    """One named cloud service of one operator."""

    id: str
    name: str
    operator: str
    hosting: Literal["internal", "dedicated", "commercial"]
    services: tuple[str, ...]
    """Service kinds that it provides."""
    country: str = ""
    """Where it is, when it is in one country only."""
    region_table: str = ""
    """Table of `policies/regions/` that places its regions."""
    qualifications: tuple[Qualification, ...] = ()
    recognise: tuple[Recogniser, ...] = ()
    open_to: tuple[str, ...] = ()
    """The bodies that may use it; everybody when empty."""
    built_on: str = ""
    """Offer whose infrastructure it runs on; a qualification is not inherited."""
    since: date | None = None
    until: date | None = None
    """Last day on which it could be bought or used; None while it can."""

    def offered_on(self, day: date) -> bool:
        """Whether it can be bought or used on `day`."""
        return within(day, self.since, self.until)


class RegionTable(Fact, frozen=True, kw_only=True):
    """Where the regions of one operator are."""

    id: str
    regions: dict[str, str]
    """Region, lower case, to ISO 3166-1 alpha-2 country."""
    zones: tuple[str, ...] = ()
    """Regular expressions with a group `region`, for a zone inside a region."""
    multi: dict[str, tuple[str, ...]] = {}
    """A multi-region to the countries it may spread over."""
    unsure: tuple[str, ...] = ()
    """Regions whose country is not officially sourced."""
    pairs: dict[str, str] = {}
    """Region to the one that the operator copies it to where it is asked to."""
