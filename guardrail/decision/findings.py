"""What is said of one resource, and of the stack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from guardrail.classification import Sensitivity
from guardrail.decision.verdict import Effect, Verdict
from guardrail.model import Gap, Origin, Resource
from guardrail.placement import Landing
from guardrail.policy import Missing, Rule


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is broken, or cannot be decided, for one tuple of facts."""

    rule: Rule
    effect: Effect
    landing: Landing
    missing: tuple[Missing, ...]
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
        """The same for the same rule, address and destination; hex."""
        landing = self.breach.landing
        parts = (self.breach.rule.id, self.address, landing.role, _destination(landing))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _destination(landing: Landing) -> str:
    known = landing.offer
    return str(getattr(known, "value", "?"))


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of the report."""

    resource: Resource
    kind: str
    judged: bool
    existing: bool
    verdict: Verdict
    sensitivity: Sensitivity
    landings: tuple[Landing, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry says of a landing on the day, for reports."""

    operator: str | None
    qualifications: tuple[str, ...]
    exposures: tuple[str, ...]


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
    findings: tuple[Finding, ...]
    """Worst first, then by rule, address and landing."""
    notes: tuple[Gap, ...]
    """What must be known of the whole input, the library or the configuration."""
    shown: Mapping[str, Shown]
    """Offer id to what the registry says of it."""
    class_names: tuple[str, ...]
    """Class ids by rank."""

    def offer_shown(self, landing: Landing) -> Shown | None:
        """What the registry says of the offer of `landing`; None if not known."""
        return self.shown.get(_destination(landing))


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """`findings`, worst first, then by rule, address and landing."""
    return tuple(
        sorted(
            findings,
            key=lambda found: (
                _RANK[found.effect],
                found.breach.rule.id,
                found.address,
                found.breach.landing.role,
                found.breach.landing.because,
            ),
        )
    )


_RANK = {Effect.DENY: 0, Effect.REVIEW: 1, Effect.DEROGATED: 2, Effect.NOTICE: 3}
