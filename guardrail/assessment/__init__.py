"""The whole flow on one screen: a stack, what is known, a day; out comes a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guardrail.assessment.case import Case, Cases, changes
from guardrail.assessment.circumstances import (
    Assignment,
    Circumstances,
    Knowledge,
    glob_fits,
)
from guardrail.decision import (
    Decision,
    Finding,
    Judged,
    Shown,
    Verdict,
    ordered,
    worst,
)
from guardrail.model import Change, Gap, Known, Resource, Stack, say
from guardrail.placement import exposure

__all__ = [
    "Assignment",
    "Circumstances",
    "Knowledge",
    "assess",
    "glob_fits",
]


def assess(
    stack: Stack, knowledge: Knowledge, circumstances: Circumstances
) -> Decision:
    """Whether the resources of `stack` may be placed where they land.

    Raises:
        InputError: A resource of the input cannot be read.
    """
    cases = Cases(stack, knowledge, circumstances)
    judged: list[Judged] = []
    findings: list[Finding] = []
    for resource in sorted(stack.resources, key=lambda one: (one.address, one.deposed)):
        case = cases.of(resource) if changes(resource) else cases.gone(resource)
        existing = (
            resource.change is Change.NO_OP and not circumstances.enforce_existing
        )
        judged.append(_judged(resource, case, existing=existing))
        findings += [Finding(resource.address, one, existing) for one in case.breaches]
    notes = (*stack.gaps, *_forgotten(stack.resources), *circumstances.notes)
    blocked = [Verdict.REVIEW for note in notes if note.blocks]
    return Decision(
        verdict=worst([*(one.verdict for one in judged), *blocked]),
        as_of=circumstances.as_of,
        body=circumstances.body.value
        if isinstance(circumstances.body, Known)
        else None,
        origin=stack.origin,
        rules=tuple(sorted(known.rule.id for known in knowledge.obligations)),
        resources=tuple(judged),
        findings=ordered(findings),
        notes=notes,
        shown=_shown(judged, knowledge, circumstances),
        class_names=tuple(word.id for word in knowledge.lexicon.vocabulary.classes),
    )


def _judged(resource: Resource, case: Case, *, existing: bool) -> Judged:
    return Judged(
        resource=resource,
        kind=case.kind,
        judged=case.judged,
        existing=existing,
        verdict=Verdict.ALLOW if existing else case.verdict,
        sensitivity=case.sensitivity,
        landings=case.landings,
    )


def _forgotten(resources: Iterable[Resource]) -> list[Gap]:
    """A note where resources are forgotten: their data stays, and nobody manages it."""
    addresses = sorted(one.address for one in resources if one.change is Change.FORGET)
    if not addresses:
        return []
    listed = ", ".join(addresses[:10])
    message = say("forgotten, so left in place and no longer managed: {}", listed)
    return [Gap(id="forgotten", message=message, blocks=False)]


def _shown(
    judged: Iterable[Judged], knowledge: Knowledge, circumstances: Circumstances
) -> Mapping[str, Shown]:
    """What reports say of each offer that something lands on."""
    catalogue, day = knowledge.catalogue, circumstances.as_of
    found = {
        landing.offer.value
        for one in judged
        for landing in one.landings
        if isinstance(landing.offer, Known)
    }
    shown = {}
    for name in sorted(found):
        offer = catalogue.registry.offers[name]
        reach = exposure(catalogue.operator(offer), catalogue.registry, day)
        held = [
            known
            for known in offer.qualifications
            if known.status == "granted"
            and known.since is not None
            and known.since <= day
            and (known.until is None or day <= known.until)
        ]
        shown[name] = Shown(
            operator=offer.operator,
            qualifications=tuple(
                f"{known.scheme} {known.version}".strip() for known in held
            ),
            exposures=reach.laws,
        )
    return shown
