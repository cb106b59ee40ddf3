"""What is said of one case: resources that agree in all that matters share it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from guardrail.assessment.circumstances import Assignment, Circumstances, Knowledge
from guardrail.assessment.judging import Judge
from guardrail.assessment.kinds import JUDGED_ALWAYS
from guardrail.assessment.reading import Reader, Reading
from guardrail.classification import FLOWS_IN, Because, Sensitivity
from guardrail.decision import Breach, Shown, Verdict, verdict_of, worst
from guardrail.model import Resource, Stack, Value
from guardrail.placement import Landing

Stated: TypeAlias = tuple[Assignment | None, Assignment | None]
"""An assignment, and a floor."""
_NOTHING: Stated = (None, None)


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
        self._reader = Reader(stack, knowledge, circumstances)
        self.judge = Judge(knowledge, circumstances)
        self._readings: dict[object, Reading] = {}
        self._seen: dict[object, Case] = {}

    @property
    def alternatives(self) -> frozenset[str]:
        """The offers named as alternatives so far."""
        return self.judge.alternatives

    def reading(self, resource: Resource) -> Reading:
        """What `resource` says by itself.

        Raises:
            InputError: Its attributes are malformed.
        """
        part = self._reader.part(resource)
        stated = self._stated(resource.address)
        key = (
            resource.configuration,
            resource.provider_configuration,
            part,
            stated,
            resource.managed,
        )
        reading = self._readings.get(key)
        if reading is None:
            reading = self._reader.read(resource, part, *stated)
            self._readings[key] = reading
        return reading

    def of(self, reading: Reading, raised: Sensitivity | None) -> Case:
        """The case of a resource; `raised` is its sensitivity where data flows in."""
        if raised is None:
            return self._case(id(reading), reading, reading.sensitivity)
        # The chain differs for each resource, and no rule looks at it.
        alone = (Because("flow", FLOWS_IN),)
        alike = msgspec.structs.replace(raised, because=alone, trail=None)
        case = self._case((id(reading), alike), reading, alike)
        return msgspec.structs.replace(case, sensitivity=raised)

    def _case(self, key: object, reading: Reading, sensitivity: Sensitivity) -> Case:
        case = self._seen.get(key)
        if case is None:
            case = self._judged(reading, sensitivity)
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

    def _stated(self, address: str) -> Stated:
        """What is stated of an address from outside, and the floor it stands on."""
        if not self._circumstances.assignments and not self._circumstances.floors:
            return _NOTHING
        return (
            self._circumstances.assignment(address),
            self._circumstances.floor(address),
        )
