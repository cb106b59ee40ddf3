"""What is said of one distinct case: resources that agree in all that matters share it."""

from __future__ import annotations

import msgspec

from guardrail.assessment.circumstances import (
    Assignment,
    Circumstances,
    Knowledge,
    stack_levels,
)
from guardrail.classification import Sensitivity, declared, read_tags
from guardrail.decision import (
    Breach,
    Effect,
    Verdict,
    alternatives,
    effect_of,
    on_offer,
    verdict_of,
    worst,
)
from guardrail.model import (
    Change,
    Known,
    Part,
    Resource,
    Stack,
    Unknown,
    Value,
    say,
)
from guardrail.placement import (
    Carrier,
    Landing,
    ProviderProfile,
    fits,
    locate,
    nowhere_known,
    read_signals,
    word_for,
)
from guardrail.policy import Facts

_JUDGED_ALWAYS = frozenset(
    {"data", "backup", "log", "secret", "egress", "compute", "cdn"}
)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of every resource of one case."""

    kind: str
    judged: bool
    verdict: Verdict
    sensitivity: Sensitivity
    landings: tuple[Landing, ...]
    breaches: tuple[Breach, ...]


class Cases:
    """The cases of one stack, each judged once."""

    def __init__(
        self, stack: Stack, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        """Nothing is judged yet."""
        self._stack = stack
        self._knowledge = knowledge
        self._circumstances = circumstances
        self._seen: dict[object, Case] = {}
        self._profiles: dict[str, tuple[ProviderProfile | None, tuple[str, ...]]] = {}

    def of(self, resource: Resource) -> Case:
        """The case of `resource`."""
        profile, names = self._profile(resource.provider)
        part = resource.attributes.pick(names)
        assigned = self._circumstances.assignments
        assignment = self._circumstances.assignment(resource.address) if assigned else None
        configuration = resource.provider_configuration
        key = (resource.configuration, configuration, part, assignment, resource.managed)
        case = self._seen.get(key)
        if case is None:
            case = self._judge(resource, profile, part, assignment)
            self._seen[key] = case
        return case

    def _profile(self, provider: str) -> tuple[ProviderProfile | None, tuple[str, ...]]:
        """How `provider` is read, and the attributes that takes."""
        if provider not in self._profiles:
            profile = self._knowledge.catalogue.profile(provider)
            paths = [] if profile is None else [
                *profile.resource_region,
                *profile.resource_zone,
                *(shape.path for shape in profile.tags),
            ]
            names = dict.fromkeys(path.partition(".")[0] for path in paths)
            self._profiles[provider] = profile, tuple(names)
        return self._profiles[provider]

    def _judge(
        self,
        resource: Resource,
        profile: ProviderProfile | None,
        part: Part,
        assignment: Assignment | None,
    ) -> Case:
        kind = kind_of(profile, resource)
        sensitivity = self._sensitivity(resource, profile, part, assignment)
        judged = kind in _JUDGED_ALWAYS or sensitivity.own
        placed = profile is None or profile.protocol != "none"
        landings = (self._landing(resource, profile, part),) if placed else ()
        service = service_of(profile, resource.type, assignment)
        breaches = tuple(
            breach
            for landing in landings
            for breach in self._breaches(landing, sensitivity, service)
            if judged
        )
        return Case(
            kind=kind,
            judged=judged,
            verdict=worst(verdict_of(breach.effect) for breach in breaches),
            sensitivity=sensitivity,
            landings=landings,
            breaches=breaches,
        )

    def _sensitivity(
        self,
        resource: Resource,
        profile: ProviderProfile | None,
        part: Part,
        assignment: Assignment | None,
    ) -> Sensitivity:
        shapes = [] if profile is None else [
            shape
            for shape in profile.tags
            if not shape.types or fits(shape.types, resource.type)
        ]
        others = stack_levels(self._circumstances, assignment)
        return declared(read_tags(part, shapes), others, self._knowledge.lexicon)

    def _landing(
        self, resource: Resource, profile: ProviderProfile | None, part: Part
    ) -> Landing:
        if profile is None:
            reason = say("the provider {} is not in the registry", resource.provider)
            return nowhere_known(Unknown(reason))
        key = resource.provider_configuration
        if isinstance(key, Unknown):
            return nowhere_known(key)
        carrier = Carrier(
            type=resource.type,
            part=part,
            arguments=self._stack.arguments.get(resource.configuration),
            configuration=self._stack.providers[key.value],
            witnesses=self._stack.witnesses.get(key.value, {}),
        )
        signals = read_signals(carrier, profile, self._circumstances.environment)
        return locate(signals, profile, self._knowledge.catalogue)

    def _breaches(
        self, landing: Landing, sensitivity: Sensitivity, service: Value[str]
    ) -> list[Breach]:
        """The rules that are broken at `landing`, or cannot be decided there."""
        facts = self._facts(landing, sensitivity, service)
        obligations = self._knowledge.obligations
        breaches = []
        for obligation in obligations:
            outcome = obligation.evaluate(facts)
            effect = effect_of(obligation.rule, outcome.truth)
            if effect is not None:
                breaches.append(
                    Breach(
                        rule=obligation.rule,
                        effect=effect,
                        landing=landing,
                        missing=outcome.missing,
                    )
                )
        if not any(breach.effect is Effect.DENY for breach in breaches):
            return breaches
        others = alternatives(facts, obligations, self._knowledge.catalogue)
        return [
            msgspec.structs.replace(breach, alternatives=others)
            if breach.effect is Effect.DENY
            else breach
            for breach in breaches
        ]

    def _facts(
        self, landing: Landing, sensitivity: Sensitivity, service: Value[str]
    ) -> Facts:
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


def kind_of(profile: ProviderProfile | None, resource: Resource) -> str:
    """The kind of the resource; an unknown type counts as data-bearing."""
    if profile is not None and profile.protocol == "none":
        return "none"
    if not resource.managed:
        return "none"
    return (profile and word_for(profile.kinds, resource.type)) or "data"


def service_of(
    profile: ProviderProfile | None, resource_type: str, assignment: Assignment | None
) -> Value[str]:
    """The service kind of a resource: what the owner states, else by its type."""
    stated = assignment.services if assignment else ()
    found = stated[0] if stated else profile and word_for(profile.services, resource_type)
    if found:
        return Known(found)
    return Unknown(say("the kind of service of {} is not known", resource_type))


def changes(resource: Resource) -> bool:
    """Whether the plan does something to `resource` that puts data somewhere."""
    return resource.change not in {Change.DELETE, Change.FORGET}
