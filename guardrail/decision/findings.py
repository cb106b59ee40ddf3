"""What is said of one resource, and of the stack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from guardrail.classification import ClassWord, DataFlow, Sensitivity
from guardrail.decision.verdict import Effect, Verdict
from guardrail.model import Gap, Known, Origin, Resource, Value
from guardrail.placement import Attested, Landing
from guardrail.policy import Missing, Rule


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is broken, or cannot be decided, for one tuple of facts."""

    rule: Rule
    effect: Effect
    landing: Landing
    missing: tuple[Missing, ...]
    broken: bool = False
    """Whether the rule is known to be broken; False while it cannot be decided."""
    service: str = ""
    """Service kind of the resource; "" when it is not known."""
    alternatives: tuple[str, ...] = ()
    derogation: str | None = None


class Finding(msgspec.Struct, frozen=True):
    """A breach at one address."""

    address: str
    breach: Breach
    existing: bool = False
    """Whether the resource is there already and is not being changed."""

    @property
    def effect(self) -> Effect:
        """What it does to the verdict."""
        return Effect.NOTICE if self.existing else self.breach.effect

    @property
    def fingerprint(self) -> str:
        """The same for the same rule, address, destination and service; hex."""
        return breach_stamp(self.breach) + address_stamp(self.address)


def breach_stamp(breach: Breach) -> str:
    """The part of a fingerprint that findings of `breach` share; hex."""
    landing = breach.landing
    parts = (breach.rule.id, landing.role, destination(landing), breach.service)
    return _stamp("\0".join(parts))


def address_stamp(address: str) -> str:
    """The part of a fingerprint that findings at `address` share; hex."""
    return _stamp(address)


def _stamp(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def destination(landing: Landing) -> str:
    """The id of the offer of `landing`; `?` when it is not known."""
    return landing.offer.value if isinstance(landing.offer, Known) else "?"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry says of a landing on the day, for reports."""

    operator: str | None = None
    qualifications: tuple[str, ...] = ()
    exposures: tuple[str, ...] = ()
    until: date | None = None
    """Last day of an offer that is closed; None while it is there."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of the report."""

    resource: Resource
    kind: str
    judged: bool
    existing: bool
    verdict: Verdict
    sensitivity: Sensitivity
    landings: tuple[Landing, ...]
    shown: tuple[Shown, ...]
    """What the registry says of each landing, in the same order."""
    breaches: tuple[Breach, ...] = ()
    """The rules against it; resources of one case share them."""
    services: tuple[Value[str], ...] = ()
    """The kinds of service that it was judged as; one of them at least, if it was."""

    @property
    def findings(self) -> list[Finding]:
        """Its findings, in the order of its landings and the rules."""
        address, existing = self.resource.address, self.existing
        return [Finding(address, breach, existing) for breach in self.breaches]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer about one stack."""

    verdict: Verdict
    as_of: date
    body: str | None
    origin: Origin
    rules: tuple[str, ...]
    """Ids of the rules in force, sorted."""
    resources: tuple[Judged, ...]
    """In address order."""
    flows: tuple[DataFlow, ...] = ()
    """Where data goes between the resources."""
    notes: tuple[Gap, ...]
    """What must be known of the whole input, the library or the configuration."""
    classes: tuple[ClassWord, ...]
    """By rank."""
    endings: Mapping[str, date] = {}
    """Alternatives of which the qualification ends soon, with its last day."""
    environment: tuple[Attested, ...] = ()
    """What was attested of the environment of the providers."""
    environment_complete: bool = False
    """Whether nothing else is set in it."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Worst first, then by rule, address and landing; made anew at each call."""
        return ordered([found for one in self.resources for found in one.findings])


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """`findings`, worst first, then by rule, address and landing."""
    return tuple(
        sorted(
            findings,
            key=lambda found: (
                EFFECTS.index(found.effect),
                found.breach.rule.id,
                found.address,
                found.breach.landing.role,
            ),
        )
    )


EFFECTS = (Effect.DENY, Effect.REVIEW, Effect.DEROGATED, Effect.NOTICE)
"""From the worst to the least."""
