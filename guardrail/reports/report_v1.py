"""The shape of the JSON report, version 1: a promise. Keys may be added, none removed.

`offer`, `operator`, `region`, `country` and `class` are null when they are not known;
the reason stands in `because`.
"""

from __future__ import annotations

from datetime import date

import msgspec


class Tool(msgspec.Struct):
    """What made the report."""

    name: str
    version: str


class Input(msgspec.Struct):
    """What was judged."""

    kind: str
    path: str
    sha256: str
    producer: str
    complete: bool


class Library(msgspec.Struct):
    """The knowledge it was judged by."""

    sha256: str
    catalogue_date: date
    rules: tuple[str, ...]


class Summary(msgspec.Struct):
    """How many resources, and of which verdict; judged ones only."""

    resources: int
    judged: int
    allow: int
    review: int
    deny: int
    derogated: int


class ClassBecause(msgspec.Struct):
    """One step of the chain that gave a class."""

    source: str
    detail: str
    address: str | None = None
    """The other resource that it speaks of."""


class LandingShown(msgspec.Struct):
    """One place where a resource goes."""

    role: str
    offer: str | None
    operator: str | None
    region: str | None
    country: str | None
    qualifications: tuple[str, ...]
    exposures: tuple[str, ...]
    evidence: str
    because: tuple[str, ...]
    probable: bool = False
    """Whether data may go there and need not."""


class Location(msgspec.Struct):
    """Where a resource stands in the code."""

    file: str
    line: int


class ResourceShown(msgspec.Struct, rename={"class_": "class"}):
    """One resource."""

    address: str
    type: str
    provider: str
    kind: str
    actions: tuple[str, ...]
    judged: bool
    verdict: str
    class_: str | None
    categories: list[str]
    class_because: list[ClassBecause]
    landings: list[LandingShown]
    location: Location | None = None
    existing: bool = False
    deposed: str | None = None
    previous_address: str | None = None
    input: int = 0


class FindingShown(msgspec.Struct):
    """One rule that stands against one resource, or cannot be decided."""

    rule: str
    address: str
    landing: str
    outcome: str
    derogation: str | None
    message: str
    missing: list[str]
    remediation: str
    alternatives: tuple[str, ...]
    sources: list[str]
    fingerprint: str
    existing: bool = False
    input: int = 0


class FlowShown(msgspec.Struct):
    """Data that goes from one resource to another."""

    source: str
    """Address; with `[*]` for all instances of a block."""
    target: str
    kind: str
    certain: bool
    """Whether it surely goes there; else it may."""
    because: str
    input: int = 0


class Note(msgspec.Struct):
    """Something to know of the whole input, the library or the configuration."""

    id: str
    message: str
    blocks: bool
    input: int = 0


class Attested(msgspec.Struct, omit_defaults=True):
    """A variable or file of the providers' environment that somebody attests."""

    name: str
    """Of the variable, or the format of the file."""
    source: str
    value: str | None = None
    """Only of what says where data goes: a region, an entry, the host of an address."""
    input: int = 0


class Report(msgspec.Struct):
    """The whole document."""

    schema_version: str
    tool: Tool
    as_of: date
    body: str | None
    language: str
    inputs: list[Input]
    library: Library
    verdict: str
    summary: Summary
    resources: list[ResourceShown]
    findings: list[FindingShown]
    notes: list[Note]
    flows: list[FlowShown] = []
    endings: dict[str, date] = {}
    """Alternatives whose qualification ends within 90 days, with its last day."""
    environment: list[Attested] = []
    environment_complete: bool = False
    """Whether every variable that is not listed is attested not to be set."""
