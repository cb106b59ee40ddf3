"""What data does to the classes of the resources that it reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from guardrail.assessment.circumstances import Knowledge
from guardrail.assessment.flows import Site, data_flows
from guardrail.assessment.kinds import JUDGED_ALWAYS
from guardrail.assessment.reading import Reading
from guardrail.classification import NOTHING, DataFlow, Sensitivity, spread
from guardrail.model import Part, Resource, Stack


class Followed(msgspec.Struct, frozen=True):
    """The flows of a stack, and what they have raised."""

    flows: tuple[DataFlow, ...] = ()
    raised: Mapping[int, Sensitivity] = {}
    """By place of the list of resources."""


def follow(
    resources: Sequence[Resource],
    readings: Sequence[Reading],
    namings: Sequence[Part],
    stack: Stack,
    knowledge: Knowledge,
) -> Followed:
    """Where the data of `resources` goes, and what that makes of their classes.

    `readings` and `namings` are what each of them says, and what names it.
    """
    if not stack.references and not any(one.named for one in readings):
        return Followed()
    sites = [
        Site(resource=resource, kind=one.kind, named=one.named, naming=naming)
        for resource, one, naming in zip(resources, readings, namings, strict=True)
    ]
    found = data_flows(
        sites, stack.references, knowledge.catalogue, knowledge.inference
    )
    if not found.edges:
        return Followed()
    starts = [*map(_start, readings), *[NOTHING] * found.beyond]
    raised = {
        place: _ended(readings[place], sensitivity)
        for place, sensitivity in spread(starts, found.edges).items()
        if place < len(readings) and (sensitivity.own or _holds(readings[place]))
    }
    return Followed(tuple(edge.flow for edge in found.edges), raised)


def _holds(reading: Reading) -> bool:
    """Whether a resource may hold data of which nobody says anything."""
    return reading.keeps or reading.sensitivity.labelled


def _start(reading: Reading) -> Sensitivity:
    """What a resource gives to others before anything reaches it.

    What keeps nothing is not of an unknown class: it passes on what comes.
    """
    found = reading.sensitivity
    if _holds(reading):
        return found
    because = tuple(step for step in found.because if step.source != "absent")
    return msgspec.structs.replace(found, highest=found.lowest, because=because)


def _ended(reading: Reading, raised: Sensitivity) -> Sensitivity:
    """What a resource is judged by once data has reached it."""
    if _holds(reading) or reading.kind not in JUDGED_ALWAYS:
        return raised
    alone = reading.sensitivity  # judged before, so not less strictly now
    return msgspec.structs.replace(
        raised, highest=max(raised.highest, alone.highest), because=alone.because
    )
