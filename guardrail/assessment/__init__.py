"""The whole flow on one screen: a stack, what is known, a day; out comes a decision."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from guardrail.assessment.acting import acting_sources
from guardrail.assessment.case import Case, Cases
from guardrail.assessment.circumstances import (
    PUBLIC_REGISTRIES,
    Assignment,
    Circumstances,
    Knowledge,
)
from guardrail.assessment.following import follow
from guardrail.assessment.inner import unfolded
from guardrail.assessment.places import changes
from guardrail.assessment.state import judged_state
from guardrail.assessment.tagging import outside_tags
from guardrail.assessment.unsure import unsure_instances
from guardrail.decision import (
    Decision,
    Judged,
    Verdict,
    derogate,
    endings,
    verdict_of,
    worst,
)
from guardrail.model import Change, Gap, Known, Resource, Stack, glob_fits, say
from guardrail.placement import attested

__all__ = [
    "PUBLIC_REGISTRIES",
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
    seen = unfolded(stack, knowledge)
    stack = seen.stack
    cases = Cases(stack, knowledge, circumstances)
    ordered = _in_order(stack.resources)
    staying = [one for one in ordered if changes(one)]
    parts = [cases.parts(one) for one in staying]
    namings = [naming for _part, naming in parts]
    outside = outside_tags(staying, namings, stack.references, knowledge)
    readings = [
        cases.reading(
            one, *parts[place], outside.get(place, ()) + seen.tags.get(one.address, ())
        )
        for place, one in enumerate(staying)
    ]
    read = list(zip(staying, readings, namings, strict=True))
    followed = follow(read, stack, knowledge, circumstances)
    said = iter(
        [
            cases.of(reading, followed.raised.get(place))
            for place, reading in enumerate(readings)
        ]
    )
    judged = [
        _judged(
            resource,
            next(said) if changes(resource) else cases.gone(resource),
            existing=resource.change is Change.NO_OP
            and not (circumstances.enforce_existing and resource.managed),
        )
        for resource in ordered
    ]
    state = stack.state and judged_state(
        stack.state, judged, cases.judge, knowledge.catalogue, circumstances
    )
    if state:
        judged = sorted([*judged, state], key=lambda one: one.resource.address)
    judged, relief_notes = _relieved(judged, circumstances)
    notes = (
        *stack.gaps,
        *_forgotten(stack.resources),
        *acting_sources(stack, knowledge.catalogue),
        *unsure_instances(stack.resources, circumstances),
        *circumstances.notes,
        *relief_notes,
    )
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
        flows=followed.flows,
        notes=notes,
        classes=knowledge.lexicon.vocabulary.classes,
        endings=endings(
            cases.alternatives, knowledge.catalogue.registry, circumstances.as_of
        ),
        environment=attested(
            circumstances.environment, knowledge.catalogue.registry.providers.values()
        ),
        environment_complete=circumstances.environment.complete,
    )


def _in_order(resources: Iterable[Resource]) -> list[Resource]:
    return sorted(resources, key=lambda one: (one.address, one.deposed))


def _relieved(
    judged: list[Judged], circumstances: Circumstances
) -> tuple[list[Judged], tuple[Gap, ...]]:
    """`judged` under the derogations in force, and what must be known of these."""
    if not circumstances.derogations.files:
        return judged, ()
    found = {place: one.findings for place, one in enumerate(judged)}
    relief = derogate(found, circumstances.derogations, circumstances.as_of)
    changed = {
        place: findings
        for place, findings in relief.findings.items()
        if findings is not found[place]
    }
    relieved = [
        msgspec.structs.replace(
            one,
            breaches=tuple(finding.breach for finding in changed[place]),
            verdict=worst(verdict_of(finding.effect) for finding in changed[place]),
        )
        if place in changed
        else one
        for place, one in enumerate(judged)
    ]
    return relieved, relief.notes


def _judged(resource: Resource, case: Case, *, existing: bool) -> Judged:
    return Judged(
        resource=resource,
        kind=case.kind,
        judged=case.judged,
        existing=existing,
        verdict=Verdict.ALLOW if existing else case.verdict,
        sensitivity=case.sensitivity,
        landings=case.landings,
        shown=case.shown,
        breaches=case.breaches,
        services=case.services,
    )


def _forgotten(resources: Iterable[Resource]) -> list[Gap]:
    """A note where resources are forgotten: their data stays, and nobody manages it."""
    addresses = sorted(one.address for one in resources if one.change is Change.FORGET)
    if not addresses:
        return []
    listed = ", ".join(addresses[:10])
    message = say("forgotten, so left in place and no longer managed: {}", listed)
    return [Gap(id="forgotten", message=message, blocks=False)]
