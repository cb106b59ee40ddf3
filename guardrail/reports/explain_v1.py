"""The shape of the document of `guardrail explain`. Keys may be added, none removed."""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.placement import Control, Qualification
from guardrail.reports.chains import Reach
from guardrail.reports.report_v1 import ClassBecause, Location


class Setting(msgspec.Struct, kw_only=True):
    """One setting that tells where the resource goes."""

    name: str
    value: str | None
    """Null where it is not set, not known, a hint or a secret."""
    evidence: str | None
    because: str
    remedy: str | None = None


class RegionRow(msgspec.Struct, kw_only=True):
    """A region, as a table of the registry places it."""

    table: str
    region: str
    countries: tuple[str, ...]
    official: bool


class OperatorChain(msgspec.Struct, kw_only=True):
    """Who runs the offer, and who can compel them."""

    id: str
    name: str
    country: str
    control: tuple[Control, ...]
    reach: list[Reach]
    reach_official: bool
    """Whether the absence of other laws rests on official sources."""


class OfferChain(msgspec.Struct, kw_only=True):
    """The offer, with all its decisions of qualification."""

    id: str
    name: str
    hosting: str
    built_on: str | None
    recognised_by: str | None
    qualifications: tuple[Qualification, ...]
    operator: OperatorChain


class RuleTold(msgspec.Struct, kw_only=True):
    """What one rule says of one landing."""

    id: str
    layer: str
    title: str
    state: str
    """`broken`, `unknown`, `derogated`, `kept` or `not-applicable`.

    One that is unknown and has no outcome would give no more than notice.
    """
    outcome: str | None
    """`deny`, `review`, `notice` or `derogated`; null where nothing comes of it."""
    why: list[str]
    message: str | None
    remediation: str | None
    derogation: str | None
    sources: list[str]


class LandingTold(msgspec.Struct, kw_only=True):
    """One place where the resource goes."""

    role: str
    service: str | None
    evidence: str
    firm: bool
    """Whether the evidence may be used to permit."""
    settings: list[Setting]
    because: list[str]
    offer: OfferChain | None
    why_unknown: str | None
    region: RegionRow | None
    countries: tuple[str, ...]
    rules: list[RuleTold]


class FactMissing(msgspec.Struct, kw_only=True):
    """A fact that would settle what is undecided."""

    fact: str
    reason: str
    remedy: str | None
    rules: list[str]


class OfferAllowed(msgspec.Struct, kw_only=True):
    """An offer of the same service on which the same data would be allowed."""

    id: str
    operator: str
    until: date | None
    """Last day of its qualification, where that ends within 90 days."""


class Change(msgspec.Struct, kw_only=True):
    """The first day on which the verdict changes by itself."""

    on: date
    verdict: str
    rules: list[str]
    """The rules that stand against it from then on, and did not before."""
    because: list[str]


class DerogationPossible(msgspec.Struct, kw_only=True):
    """What would make a derogation to one broken rule lawful; null where none is."""

    rule: str
    terms: str | None


class Changes(msgspec.Struct, kw_only=True):
    """What would change the answer."""

    missing: list[FactMissing]
    offers: list[OfferAllowed]
    by_itself: Change | None
    looked_until: date | None
    derogations: list[DerogationPossible]


class ResourceTold(msgspec.Struct, kw_only=True, rename={"class_": "class"}):
    """One resource."""

    address: str
    deposed: str | None
    """Key of an object left over from a replacement; null for the current one."""
    type: str
    provider: str
    configuration: str | None
    location: Location | None
    actions: tuple[str, ...]
    kind: str
    services: list[str]
    """Kinds of service that it is judged as; empty where none is known."""
    judged: bool
    existing: bool
    verdict: str
    class_: str | None
    class_between: tuple[str, str]
    categories: list[str]
    class_because: list[ClassBecause]
    landings: list[LandingTold]
    changes: Changes


class Explanation(msgspec.Struct, kw_only=True):
    """The document of `guardrail explain`."""

    schema_version: str = "1.0"
    as_of: date
    body: str | None
    language: str
    catalogue_date: date
    library: str
    input: str
    resources: list[ResourceTold]
    notes: list[str]
