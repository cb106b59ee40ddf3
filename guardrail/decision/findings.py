"""What is said of one resource, and of the stack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter

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
        """The same for the same rule, address, destination and service; hex."""
        return fingerprints(self.breach)(self.address)


def fingerprints(breach: Breach) -> Callable[[str], str]:
    """What gives the fingerprint of `breach` at an address."""
    landing = breach.landing
    parts = (breach.rule.id, landing.role, destination(landing), breach.service, "")
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
    findings: Sequence[Finding] = ()


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
    endings: Mapping[str, date] = {}
    """Alternatives of which the qualification ends soon, with its last day."""


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """`findings`, worst first, then by rule, address and landing."""
    heaps: dict[tuple[int, str], list[Finding]] = {}
    heap_of: dict[tuple[int, bool], list[Finding]] = {}
    for finding in findings:
        breach = finding.breach
        heap = heap_of.get((id(breach), finding.existing))
        if heap is None:
            place = (_RANK[finding.effect], breach.rule.id)
            heap = heaps.setdefault(place, [])
            heap_of[id(breach), finding.existing] = heap
        heap.append(finding)
    for heap in heaps.values():
        heap.sort(key=attrgetter("breach.landing.role"))
        heap.sort(key=attrgetter("address"))
    return tuple(chain.from_iterable(heap for _place, heap in sorted(heaps.items())))


_RANK = {Effect.DENY: 0, Effect.REVIEW: 1, Effect.DEROGATED: 2, Effect.NOTICE: 3}
