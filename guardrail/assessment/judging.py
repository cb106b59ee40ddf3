"""The rules over the facts of one landing, and where else the data could go."""

from __future__ import annotations

import msgspec

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.classification import Sensitivity
from guardrail.decision import (
    Breach,
    Effect,
    Shown,
    effect_of,
    on_offer,
)
from guardrail.model import Known, Truth, Unknown, Value
from guardrail.placement import Landing, Qualification, exposure
from guardrail.policy import Facts


class Judge:
    """Judges landings under the rules and on the day of one run."""

    def __init__(self, knowledge: Knowledge, circumstances: Circumstances) -> None:
        """Nothing is judged yet."""
        self._knowledge = knowledge
        self._circumstances = circumstances
        self._others: set[str] = set()
        self._found: dict[object, list[Breach]] = {}

    @property
    def alternatives(self) -> frozenset[str]:
        """The offers named as alternatives so far."""
        return frozenset(self._others)

    def breaches(
        self, landing: Landing, sensitivity: Sensitivity, service: Value[str]
    ) -> list[Breach]:
        """The rules that are broken at `landing`, or cannot be decided there.

        Facts repeat: the rules are run once for the same.
        """
        bare = msgspec.structs.replace(sensitivity, trail=None)
        key = (*landing.parts, bare, service)
        if key not in self._found:
            self._found[key] = self._breaches(landing, bare, service)
        return self._found[key]

    def _breaches(
        self, landing: Landing, sensitivity: Sensitivity, service: Value[str]
    ) -> list[Breach]:
        facts = self.facts(landing, sensitivity, service)
        breaches = []
        for obligation in self._knowledge.obligations:
            outcome = obligation.evaluate(facts)
            effect = effect_of(obligation.rule, outcome.truth)
            if effect is None:
                continue
            if landing.probable and effect is Effect.DENY:
                effect = Effect.REVIEW
            denied = effect is Effect.DENY
            breaches.append(
                Breach(
                    rule=obligation.rule,
                    effect=effect,
                    landing=landing,
                    missing=outcome.missing,
                    broken=outcome.truth is Truth.FALSE,
                    service=service.value if isinstance(service, Known) else "",
                    alternatives=self._alternatives(facts) if denied else (),
                )
            )
        return breaches

    def shown(self, landing: Landing) -> Shown:
        """What the registry says of `landing`; only official decisions are named."""
        if isinstance(landing.offer, Unknown):
            return Shown()
        catalogue, day = self._knowledge.catalogue, self._circumstances.as_of
        offer = catalogue.registry.offers[landing.offer.value]
        region = landing.region.value if isinstance(landing.region, Known) else ""
        held = [
            known
            for known in offer.qualifications
            if known.status == "granted"
            and known.official
            and known.in_force(day) is Truth.TRUE
            and (not known.regions or region in known.regions)
            and _in_perimeter(landing, known)
        ]
        return Shown(
            operator=offer.operator,
            qualifications=tuple(dict.fromkeys(map(_named, held))),
            exposures=exposure(catalogue.operator(offer), catalogue.registry, day).laws,
            until=None if offer.offered_on(day) else offer.until,
        )

    def _alternatives(self, facts: Facts) -> tuple[str, ...]:
        found = self._knowledge.elsewhere.of(facts)
        self._others.update(found)
        return found

    def facts(
        self, landing: Landing, sensitivity: Sensitivity, service: Value[str]
    ) -> Facts:
        """What the rules are asked of."""
        catalogue = self._knowledge.catalogue
        facts = Facts(
            as_of=self._circumstances.as_of,
            body=self._circumstances.body,
            sensitivity=sensitivity,
            ranks=self._knowledge.lexicon.ranks,
            service=service,
            landing=landing,
            offer=None,
            operator=None,
            exposure=None,
            base=None,
            groups=catalogue.registry.countries,
            declared=self._circumstances.declared,
        )
        if isinstance(landing.offer, Unknown):
            return facts
        offer = catalogue.registry.offers[landing.offer.value]
        return on_offer(facts, offer, landing, catalogue)


def _in_perimeter(landing: Landing, decision: Qualification) -> bool:
    """Whether a landing is surely in every area that a decision is limited to."""
    stated = {area: landing.areas.get(area) for area in decision.perimeter}
    return all(
        isinstance(found, Known) and found.value in decision.perimeter[area]
        for area, found in stated.items()
    )


def _named(decision: Qualification) -> str:
    return f"{decision.scheme} {decision.version}".strip()
