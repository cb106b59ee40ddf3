"""What is said of one resource, and of the stack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from guardrail.classification import ClassWord, Sensitivity
from guardrail.decision.verdict import Effect, Verdict
from guardrail.model import Gap, Known, Origin, Resource
from guardrail.placement import Landing
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
        """The same for the same rule, address and destination; hex."""
        return fingerprints(self.breach)(self.address)


def fingerprints(breach: Breach) -> Callable[[str], str]:
    """What gives the fingerprint of `breach` at an address."""
    landing = breach.landing
    parts = (breach.rule.id, landing.role, destination(landing), "")
    common = hashlib.sha256("\0".join(parts).encode())

    def fingerprint(address: str) -> str:
        total = common.copy()
        total.update(address.encode())
        return total.hexdigest()[:32]

    return fingerprint


def destination(landing: Landing) -> str:
    """The id of the offer of `landing`; `?` when it is not known."""
    return landing.offer.value if isinstance(landing.offer, Known) else "?"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry says of a landing on the day, for reports."""

    operator: str | None = None
    qualifications: tuple[str, ...] = ()
    exposures: tuple[str, ...] = ()


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
    classes: tuple[ClassWord, ...]
    """By rank."""


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """`findings`, worst first, then by rule, address and landing."""
    breaches = {id(found.breach): found.breach for found in findings}
    places = sorted({_place(breach) for breach in breaches.values()})
    rank_of = {place: rank for rank, place in enumerate(places)}
    ranks = {name: rank_of[_place(breach)] for name, breach in breaches.items()}
    return tuple(
        sorted(
            findings,
            key=lambda found: (
                _RANK[found.effect],
                found.breach.rule.id,
                found.address,
                ranks[id(found.breach)],
            ),
        )
    )


def _place(breach: Breach) -> tuple[str, ...]:
    return (breach.landing.role, *breach.landing.because)


_RANK = {Effect.DENY: 0, Effect.REVIEW: 1, Effect.DEROGATED: 2, Effect.NOTICE: 3}
