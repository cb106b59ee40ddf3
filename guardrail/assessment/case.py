"""What is said of one case: resources that agree in all that matters share it."""

from __future__ import annotations

import msgspec

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.assessment.judging import Judge
from guardrail.assessment.kinds import JUDGED_ALWAYS
from guardrail.assessment.naming import named_in, said_in
from guardrail.assessment.reading import NOBODY, Outside, Reader, Reading
from guardrail.classification import (
    FLOWS_IN,
    UNSEEN,
    Because,
    Declaration,
    Sensitivity,
    Tag,
    suggested,
)
from guardrail.decision import Breach, Shown, Verdict, verdict_of, worst
from guardrail.model import Part, Resource, Stack, Value, say
from guardrail.placement import Landing


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of every resource of one case."""

    kind: str
    judged: bool
    verdict: Verdict
    sensitivity: Sensitivity
    landings: tuple[Landing, ...]
    shown: tuple[Shown, ...]
    """What the registry says of each landing, in the same order."""
    breaches: tuple[Breach, ...]
    services: tuple[Value[str], ...] = ()
    """The kinds of service that it was judged as."""


class Cases:
    """The cases of one stack, each judged once."""

    def __init__(
        self, stack: Stack, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        """Nothing is judged yet."""
        self._circumstances = circumstances
        self._highest = knowledge.lexicon.top
        self._hints = knowledge.hints
        self._reader = Reader(stack, knowledge, circumstances)
        self.judge = Judge(knowledge, circumstances)
        self._readings: dict[object, Reading] = {}
        self._seen: dict[object, Case] = {}
        self._unfolded = stack.unfolded
        self._deploying = stack.unfolded | stack.unread.keys()
        self._outer: dict[str, Declaration] = {}
        """Address to what is declared of a resource that has others made."""

    @property
    def alternatives(self) -> frozenset[str]:
        """The offers named as alternatives so far."""
        return self.judge.alternatives

    def parts(self, resource: Resource) -> tuple[Part, Part]:
        """The attributes by which `resource` is judged, and those that name it.

        Raises:
            InputError: They are malformed.
        """
        return self._reader.parts(resource)

    def reading(
        self, resource: Resource, part: Part, naming: Part, tags: tuple[Tag, ...]
    ) -> Reading:
        """What `resource` says by itself; `tags` are those that others set on it.

        One that is a part of another is read after that.

        Raises:
            InputError: Its attributes are malformed.
        """
        outside = self._outside(resource, tags)
        key = (
            resource.configuration,
            resource.provider_configuration,
            part,
            outside,
            resource.managed,
            resource.address in self._unfolded,
        )
        reading = self._readings.get(key)
        if reading is None:
            reading = self._reader.read(resource, part, outside)
            self._readings[key] = reading
        if resource.address in self._deploying:
            declared = _declared(resource.address, reading.sensitivity)
            self._outer[resource.address] = declared
        return self._suggested(reading, resource, naming)

    def _suggested(self, reading: Reading, resource: Resource, naming: Part) -> Reading:
        """`reading`, with what the names of the resource make one think of."""
        if reading.kind not in JUDGED_ALWAYS or reading.sensitivity.own:
            return reading
        address = resource.address.replace(resource.type, "")
        if not self._hints.any_in(said_in(address, naming)):
            return reading
        hints = self._hints.found(named_in(address, naming))
        if not hints:
            return reading
        key = id(reading), hints
        found = self._readings.get(key)
        if found is None:
            sensitivity = suggested(reading.sensitivity, hints)
            found = msgspec.structs.replace(reading, sensitivity=sensitivity)
            self._readings[key] = found
        return found

    def of(self, reading: Reading, raised: Sensitivity | None) -> Case:
        """The case of a resource; `raised` is its sensitivity where data flows in."""
        if raised is None:
            return self._case(id(reading), reading, reading.sensitivity)
        # The chain differs for each resource, and no rule looks at it.
        opened = tuple(step for step in raised.because if step.source == UNSEEN)
        alone = opened or (Because("flow", FLOWS_IN),)
        alike = msgspec.structs.replace(raised, because=alone, trail=None)
        case = self._case((id(reading), alike), reading, alike)
        return msgspec.structs.replace(case, sensitivity=raised)

    def _case(self, key: object, reading: Reading, sensitivity: Sensitivity) -> Case:
        case = self._seen.get(key)
        if case is None:
            # Readings differ in what they name, and places are worked out once.
            alike = reading.kind, reading.services, id(reading.landings), sensitivity
            case = self._seen.get(alike)
            if case is None:
                case = self._seen[alike] = self._judged(reading, sensitivity)
            self._seen[key] = case
        return case

    def gone(self, resource: Resource) -> Case:
        """The case of a resource that the plan takes away: never judged."""
        return Case(
            kind=self._reader.kind(resource),
            judged=False,
            verdict=Verdict.ALLOW,
            sensitivity=Sensitivity(lowest=0, highest=self._highest),
            landings=(),
            shown=(),
            breaches=(),
        )

    def _judged(self, reading: Reading, sensitivity: Sensitivity) -> Case:
        judged = reading.kind in JUDGED_ALWAYS or sensitivity.own
        breaches = tuple(
            breach
            for landing in reading.landings
            for service in reading.services
            for breach in self.judge.breaches(landing, sensitivity, service)
            if judged
        )
        return Case(
            kind=reading.kind,
            judged=judged,
            verdict=worst(verdict_of(breach.effect) for breach in breaches),
            sensitivity=sensitivity,
            landings=reading.landings,
            shown=tuple(map(self.judge.shown, reading.landings)),
            breaches=breaches,
            services=reading.services,
        )

    def _outside(self, resource: Resource, tags: tuple[Tag, ...]) -> Outside:
        """What is stated of a resource from outside."""
        around, address, outer = self._circumstances, resource.address, resource.outer
        stated = around.assignments or around.floors or around.projects
        if not stated and not tags and not outer:
            return NOBODY
        return Outside(
            around.assignment(address),
            around.floor(address, outer),
            tags,
            self._outer.get(outer),
        )


def _declared(address: str, found: Sensitivity) -> Declaration:
    """What the label of a resource says of what is a part of it."""
    detail = say("the label of {}", address)
    return Declaration(
        source="outer",
        detail=detail,
        rank=found.lowest if found.labelled else None,
        highest=found.highest if found.labelled else None,
        categories=found.categories,
        any_category=found.any_category,
    )
