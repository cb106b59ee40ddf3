"""The JSON report, version 1. Keys may be added and none removed.

`offer`, `operator`, `region`, `country` and `class` are null when they are not known;
the reason stands in `because`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from guardrail.decision import (
    Breach,
    Decision,
    Effect,
    Finding,
    Judged,
    Shown,
    Verdict,
    fingerprints,
    worst,
)
from guardrail.model import Known, Origin, say
from guardrail.placement import Landing
from guardrail.reports.rendering import Rendering


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


class Note(msgspec.Struct):
    """Something to know of the whole input, the library or the configuration."""

    id: str
    message: str
    blocks: bool
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
    endings: dict[str, date] = {}
    """Alternatives of which the qualification ends within 90 days, with its last day."""


def render_json(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The report as one JSON document on one line, with a line end."""
    return msgspec.json.encode(report(decisions, rendering)) + b"\n"


def report(decisions: Sequence[Decision], rendering: Rendering) -> Report:
    """The report as a document; the inputs stand in it in the order judged."""
    first = decisions[0]
    resources: list[ResourceShown] = []
    findings: list[FindingShown] = []
    notes: list[Note] = []
    for place, decision in enumerate(decisions):
        resources += _Resources(decision, rendering, place).all()
        findings += _Findings(rendering, place).all(decision.findings)
        notes += [
            Note(note.id, rendering.say(note.message), note.blocks, place)
            for note in decision.notes
        ]
    return Report(
        schema_version="1.0",
        tool=Tool("guardrail", rendering.version),
        as_of=first.as_of,
        body=first.body,
        language=rendering.language,
        inputs=[_input(decision.origin) for decision in decisions],
        library=Library(
            rendering.library_sha256, rendering.catalogue_date, first.rules
        ),
        verdict=worst(decision.verdict for decision in decisions).value,
        summary=_summed([summary(decision) for decision in decisions]),
        resources=resources,
        findings=findings,
        notes=notes,
        endings={name: day for one in decisions for name, day in one.endings.items()},
    )


def _input(origin: Origin) -> Input:
    return Input(
        origin.kind, origin.path, origin.sha256, origin.producer, origin.complete
    )


def summary(decision: Decision) -> Summary:
    """The resources counted: all, judged, and the judged by verdict."""
    judged = [one.verdict for one in decision.resources if one.judged]
    derogated = {
        finding.address
        for finding in decision.findings
        if finding.breach.derogation is not None
    }
    return Summary(
        resources=len(decision.resources),
        judged=len(judged),
        allow=judged.count(Verdict.ALLOW),
        review=judged.count(Verdict.REVIEW),
        deny=judged.count(Verdict.DENY),
        derogated=len(derogated),
    )


def _summed(summaries: Sequence[Summary]) -> Summary:
    columns = zip(*map(msgspec.structs.astuple, summaries), strict=True)
    return Summary(*(sum(column) for column in columns))


class _Resources:
    """Resources of one case share what is said of it: it is written once, as JSON."""

    def __init__(self, decision: Decision, rendering: Rendering, place: int) -> None:
        self._decision = decision
        self._rendering = rendering
        self._place = place
        self._landings: dict[int, Any] = {}
        self._because: dict[int, Any] = {}

    def all(self) -> list[ResourceShown]:
        return [self._shown(one) for one in self._decision.resources]

    def _shown(self, one: Judged) -> ResourceShown:
        resource, sensitivity = one.resource, one.sensitivity
        known = sensitivity.known and bool(sensitivity.because)
        return ResourceShown(
            resource.address,
            resource.type,
            resource.provider,
            one.kind,
            resource.actions,
            one.judged,
            one.verdict.value,
            self._decision.classes[sensitivity.lowest].id if known else None,
            sorted(sensitivity.categories),
            self._class_because(one),
            self._landings_of(one),
            None,
            one.existing,
            resource.deposed or None,
            resource.previous_address or None,
            self._place,
        )

    def _class_because(self, one: Judged) -> Any:
        chain = one.sensitivity.because
        if id(chain) not in self._because:
            say = self._rendering.say
            self._because[id(chain)] = _written(
                [ClassBecause(step.source, say(step.detail)) for step in chain]
            )
        return self._because[id(chain)]

    def _landings_of(self, one: Judged) -> Any:
        if id(one.landings) not in self._landings:
            self._landings[id(one.landings)] = _written(
                [
                    self._landing(landing, shown)
                    for landing, shown in zip(one.landings, one.shown, strict=True)
                ]
            )
        return self._landings[id(one.landings)]

    def _landing(self, landing: Landing, shown: Shown) -> LandingShown:
        offer, region = landing.offer, landing.region
        countries = landing.countries_shown
        printable = isinstance(region, Known) and landing.region_shown
        return LandingShown(
            role=landing.role,
            offer=offer.value if isinstance(offer, Known) else None,
            operator=shown.operator,
            region=region.value if isinstance(region, Known) and printable else None,
            country=countries[0] if len(countries) == 1 else None,
            qualifications=shown.qualifications,
            exposures=shown.exposures,
            evidence=landing.evidence.code,
            because=tuple(map(self._rendering.say, landing.because)),
        )


class _Findings:
    """Findings of one breach share its words: they are written once, as JSON."""

    def __init__(self, rendering: Rendering, place: int) -> None:
        self._rendering = rendering
        self._place = place
        self._words: dict[int, tuple[Any, ...]] = {}

    def all(self, findings: tuple[Finding, ...]) -> list[FindingShown]:
        return [self._shown(finding) for finding in findings]

    def _shown(self, finding: Finding) -> FindingShown:
        breach = finding.breach
        words = self._words.get(id(breach))
        if words is None:
            words = self._words[id(breach)] = self._of(breach)
        message, missing, remediation, alternatives, sources, fingerprint = words
        return FindingShown(
            breach.rule.id,
            finding.address,
            breach.landing.role,
            finding.effect.value,
            breach.derogation,
            message,
            missing,
            remediation,
            alternatives,
            sources,
            fingerprint(finding.address),
            finding.existing,
            self._place,
        )

    def _of(self, breach: Breach) -> tuple[Any, ...]:
        language = self._rendering.language
        return (
            _written(message(breach, self._rendering)),
            _written(missing_lines(breach, self._rendering)),
            _written(breach.rule.remediation[language]),
            _written(breach.alternatives),
            _written([source.cited for source in breach.rule.sources]),
            fingerprints(breach),
        )


def _written(value: object) -> Any:
    """`value` as JSON already written: where many say the same, it is copied."""
    return msgspec.Raw(msgspec.json.encode(value))


def message(breach: Breach, rendering: Rendering) -> str:
    """What is wrong, or what is still to be decided."""
    text = breach.rule.message[rendering.language]
    if not breach.missing:
        return text
    return rendering.say(say("not decided yet: {}", text))


def missing_lines(breach: Breach, rendering: Rendering) -> list[str]:
    """Each missing fact: its name, why it is missing, how to supply it."""
    lines = []
    for gap in breach.missing:
        line = rendering.say(say("{}: {}", gap.fact, gap.reason))
        remedy = rendering.say(gap.remedy)
        lines.append(line + rendering.say(say("; ")) + remedy if remedy else line)
    return lines
