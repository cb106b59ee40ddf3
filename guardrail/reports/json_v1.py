"""The JSON report, version 1. Keys may be added and none removed.

`offer`, `operator`, `region`, `country` and `class` are null when they are not known;
the reason stands in `because`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

import msgspec

from guardrail.classification import Because
from guardrail.decision import (
    EFFECTS,
    Decision,
    Finding,
    Judged,
    Shown,
    address_stamp,
    breach_stamp,
    worst,
)
from guardrail.model import Known, Origin
from guardrail.placement import Landing
from guardrail.reports.rendering import Rendering
from guardrail.reports.report_v1 import (
    Attested,
    ClassBecause,
    FindingShown,
    FlowShown,
    Input,
    LandingShown,
    Library,
    Location,
    Note,
    Report,
    ResourceShown,
    Summary,
    Tool,
)
from guardrail.reports.wording import message, missing_lines, summary

_encode = msgspec.json.Encoder().encode
# Control characters stand in no text of a report.
_ADDRESS, _STAMP = "\x00address", "\x00stamp"
_RESOURCES, _FINDINGS, _FLOWS = "\x00resources", "\x00findings", "\x00flows"
_BATCH = 64
"""Entries of a list that are written in one piece."""
_Entry = TypeVar("_Entry")
_Stamped: TypeAlias = tuple[str, bytes, bytes]
"""An address, and as it and its part of the fingerprint are written."""


def json_pieces(decisions: Sequence[Decision], rendering: Rendering) -> Iterator[bytes]:
    """The report as one JSON document on one line, with a line end, piece by piece.

    It may be many times as long as what it was made from, so it is never whole here.
    """
    rest = _encode(_report(decisions, rendering))
    for hole, pieces_of in (
        (_RESOURCES, _resources),
        (_FINDINGS, _findings),
        (_FLOWS, _flows),
    ):
        before, _mark, rest = rest.partition(_encode(hole))
        yield before
        comma = b""
        for place, decision in enumerate(decisions):
            for piece in pieces_of(decision, rendering, place):
                yield comma + piece
                comma = b","
    yield rest + b"\n"


def render_json(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The report as one JSON document on one line, with a line end."""
    return b"".join(json_pieces(decisions, rendering))


def _report(decisions: Sequence[Decision], rendering: Rendering) -> Report:
    """The report with holes for its long lists; the inputs in the order judged."""
    first = decisions[0]
    resources: list[Any] = [_RESOURCES]
    findings: list[Any] = [_FINDINGS]
    flows: list[Any] = [_FLOWS]
    notes = [
        Note(note.id, rendering.say(note.message), note.blocks, place)
        for place, decision in enumerate(decisions)
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
        flows=flows,
        endings={name: day for one in decisions for name, day in one.endings.items()},
        environment=[
            Attested(one.name, rendering.say(one.source), one.value, place)
            for place, decision in enumerate(decisions)
            for one in decision.environment
        ],
        environment_complete=all(one.environment_complete for one in decisions),
    )


def _input(origin: Origin) -> Input:
    return Input(
        origin.kind, origin.path, origin.sha256, origin.producer, origin.complete
    )


def _summed(summaries: Sequence[Summary]) -> Summary:
    columns = zip(*map(msgspec.structs.astuple, summaries), strict=True)
    return Summary(*(sum(column) for column in columns))


def _batches(entries: Sequence[_Entry]) -> Iterator[Sequence[_Entry]]:
    for start in range(0, len(entries), _BATCH):
        yield entries[start : start + _BATCH]


def _resources(decision: Decision, rendering: Rendering, place: int) -> Iterator[bytes]:
    """The resources of one decision, with commas between."""
    shown = _Resources(decision, rendering, place)
    for batch in _batches(decision.resources):
        yield _encode([shown.of(one) for one in batch])[1:-1]


def _flows(decision: Decision, rendering: Rendering, place: int) -> Iterator[bytes]:
    """The flows of one decision, with commas between."""
    for batch in _batches(decision.flows):
        flows = [
            FlowShown(
                flow.source,
                flow.target,
                flow.kind,
                flow.certain,
                rendering.say(flow.because),
                place,
            )
            for flow in batch
        ]
        yield _encode(flows)[1:-1]


class _Resources:
    """Resources of one case share what is said of it: it is written once, as JSON."""

    def __init__(self, decision: Decision, rendering: Rendering, place: int) -> None:
        self._decision = decision
        self._rendering = rendering
        self._place = place
        self._landings: dict[int, Any] = {}
        self._because: dict[int, Any] = {}

    def of(self, one: Judged) -> ResourceShown:
        resource, sensitivity = one.resource, one.sensitivity
        known = sensitivity.known and bool(sensitivity.because or sensitivity.trail)
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
            Location(*resource.location) if resource.location else None,
            one.existing,
            resource.deposed or None,
            resource.previous_address or None,
            self._place,
        )

    def _class_because(self, one: Judged) -> Any:
        sensitivity = one.sensitivity
        if sensitivity.trail is not None:  # of this resource alone
            return _written(self._steps(sensitivity.chain))
        key = id(sensitivity.because)
        if key not in self._because:
            self._because[key] = _written(self._steps(sensitivity.because))
        return self._because[key]

    def _steps(self, chain: Iterable[Because]) -> list[ClassBecause]:
        say = self._rendering.say
        return [
            ClassBecause(step.source, say(step.detail), step.address or None)
            for step in chain
        ]

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
            probable=landing.probable,
        )


def _findings(decision: Decision, rendering: Rendering, place: int) -> Iterator[bytes]:
    """The findings of one decision, with commas between.

    Worst first, then by rule, address and landing. Those of one breach differ in
    address and fingerprint alone: the rest is written once, and each is put together
    from its pieces.
    """
    heaps: dict[tuple[int, str], list[tuple[Finding, list[_Stamped]]]] = {}
    for alike in _cases(decision):
        stamped = [
            (address, _encode(address), address_stamp(address).encode())
            for address in (one.resource.address for one in alike)
        ]
        for finding in alike[0].findings:
            order = EFFECTS.index(finding.effect), finding.breach.rule.id
            heaps.setdefault(order, []).append((finding, stamped))
    for order in sorted(heaps):
        heap = []
        for finding, stamped in heaps[order]:
            before, between, after = _finding_pieces(finding, rendering, place)
            role = finding.breach.landing.role
            heap += [
                (address, role, (before, shown, between, stamp, after))
                for address, shown, stamp in stamped
            ]
        heap.sort(key=itemgetter(0, 1))
        for batch in _batches(heap):
            yield b",".join([b"".join(pieces) for _address, _role, pieces in batch])


def _cases(decision: Decision) -> Iterable[list[Judged]]:
    """The resources that share their breaches, together."""
    cases: dict[tuple[int, bool], list[Judged]] = {}
    for one in decision.resources:
        if one.breaches:
            cases.setdefault((id(one.breaches), one.existing), []).append(one)
    return cases.values()


def _finding_pieces(
    finding: Finding, rendering: Rendering, place: int
) -> tuple[bytes, bytes, bytes]:
    """What stands before the address, between it and the stamp, and after."""
    breach = finding.breach
    shown = FindingShown(
        rule=breach.rule.id,
        address=_ADDRESS,
        landing=breach.landing.role,
        outcome=finding.effect.value,
        derogation=breach.derogation,
        message=message(breach, rendering),
        missing=missing_lines(breach, rendering),
        remediation=breach.rule.remediation[rendering.language],
        alternatives=breach.alternatives,
        sources=[source.cited for source in breach.rule.sources],
        fingerprint=breach_stamp(breach) + _STAMP,
        existing=finding.existing,
        input=place,
    )
    before, _mark, rest = _encode(shown).partition(_encode(_ADDRESS))
    between, _mark, after = rest.partition(_encode(_STAMP)[1:-1])
    return before, between, after


def _written(value: object) -> Any:
    """`value` as JSON already written: where many say the same, it is copied."""
    return msgspec.Raw(_encode(value))
