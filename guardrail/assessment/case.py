"""What is said of one case: resources that agree in all that matters share it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from guardrail.assessment.circumstances import (
    Assignment,
    Circumstances,
    Knowledge,
    stack_levels,
)
from guardrail.classification import (
    Sensitivity,
    Tag,
    declared,
    inherited_tags,
    read_tags,
)
from guardrail.decision import (
    Breach,
    Effect,
    Shown,
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
    Truth,
    Unknown,
    Value,
    say,
)
from guardrail.placement import (
    Carrier,
    Landing,
    ProviderProfile,
    TagShape,
    exposure,
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
        self._others: dict[object, tuple[str, ...]] = {}
        self._profiles: dict[str, tuple[ProviderProfile | None, tuple[str, ...]]] = {}

    @property
    def alternatives(self) -> frozenset[str]:
        """The offers named as alternatives so far."""
        return frozenset(name for names in self._others.values() for name in names)

    def of(self, resource: Resource) -> Case:
        """The case of `resource`."""
        profile, names = self._profile(resource.provider)
        part = resource.attributes.pick(names)
        stated = self._stated(resource.address)
        key = (
            resource.configuration,
            resource.provider_configuration,
            part,
            stated,
            resource.managed,
        )
        case = self._seen.get(key)
        if case is None:
            case = self._judge(resource, profile, part, stated)
            self._seen[key] = case
        return case

    def gone(self, resource: Resource) -> Case:
        """The case of a resource that the plan takes away: never judged."""
        profile, _names = self._profile(resource.provider)
        return Case(
            kind=kind_of(profile, resource),
            judged=False,
            verdict=Verdict.ALLOW,
            sensitivity=Sensitivity(lowest=0, highest=self._knowledge.lexicon.top),
            landings=(),
            shown=(),
            breaches=(),
        )

    def _stated(self, address: str) -> Stated:
        """What is stated of an address from outside, and the floor it stands on."""
        if not self._circumstances.assignments and not self._circumstances.floors:
            return _NOTHING
        return (
            self._circumstances.assignment(address),
            self._circumstances.floor(address),
        )

    def _profile(self, provider: str) -> tuple[ProviderProfile | None, tuple[str, ...]]:
        """How `provider` is read, and the attributes that takes."""
        if provider not in self._profiles:
            profile = self._knowledge.catalogue.profile(provider)
            paths = (
                []
                if profile is None
                else [
                    *profile.resource_region,
                    *profile.resource_zone,
                    *(shape.path for shape in profile.tags),
                ]
            )
            names = dict.fromkeys(path.partition(".")[0] for path in paths)
            self._profiles[provider] = profile, tuple(names)
        return self._profiles[provider]

    def _judge(
        self,
        resource: Resource,
        profile: ProviderProfile | None,
        part: Part,
        stated: Stated,
    ) -> Case:
        kind = kind_of(profile, resource)
        assignment = stated[0]
        sensitivity = self._sensitivity(resource, profile, part, stated)
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
            shown=tuple(map(self._shown, landings)),
            breaches=breaches,
        )

    def _sensitivity(
        self,
        resource: Resource,
        profile: ProviderProfile | None,
        part: Part,
        stated: Stated,
    ) -> Sensitivity:
        assignment, floor = stated
        others = stack_levels(self._circumstances, assignment)
        tags = [] if profile is None else self._tags(resource, profile, part)
        found = declared(tags, others, self._knowledge.lexicon)
        return found if floor is None else found.not_below(floor.declaration)

    def _tags(
        self, resource: Resource, profile: ProviderProfile, part: Part
    ) -> list[Tag]:
        """The resource's own tags, and those that its provider configuration adds.

        An attribute that the block does not set and that is unknown is computed from
        these two, so it says nothing more.
        """
        arguments = self._stack.arguments.get(resource.configuration)
        tags = [
            tag
            for tag in read_tags(part, shapes_for(profile, resource.type))
            if arguments is None
            or isinstance(tag.key, str)
            or tag.path.partition(".")[0] in arguments
        ]
        key = resource.provider_configuration
        if profile.default_tags and isinstance(key, Known):
            configuration = self._stack.providers[key.value]
            added = configuration.setting(profile.default_tags)
            tags += inherited_tags(added, profile.default_tags)
        return tags

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
                        broken=outcome.truth is Truth.FALSE,
                        service=service.value if isinstance(service, Known) else "",
                    )
                )
        if not any(breach.effect is Effect.DENY for breach in breaches):
            return breaches
        others = self._alternatives(facts)
        return [
            msgspec.structs.replace(breach, alternatives=others)
            if breach.effect is Effect.DENY
            else breach
            for breach in breaches
        ]

    def _shown(self, landing: Landing) -> Shown:
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
        ]
        return Shown(
            operator=offer.operator,
            qualifications=tuple(f"{one.scheme} {one.version}".strip() for one in held),
            exposures=exposure(catalogue.operator(offer), catalogue.registry, day).laws,
        )

    def _alternatives(self, facts: Facts) -> tuple[str, ...]:
        """The alternatives, which depend on the data and the service alone."""
        data = facts.sensitivity
        key = (
            data.lowest,
            data.highest,
            data.categories,
            data.any_category,
            facts.service,
        )
        if key not in self._others:
            obligations = self._knowledge.obligations
            catalogue = self._knowledge.catalogue
            self._others[key] = alternatives(facts, obligations, catalogue)
        return self._others[key]

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


def shapes_for(profile: ProviderProfile, resource_type: str) -> list[TagShape]:
    """The places where a type of resource may carry tags."""
    return [
        shape
        for shape in profile.tags
        if not shape.types or fits(shape.types, resource_type)
    ]


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
    found = (
        stated[0] if stated else profile and word_for(profile.services, resource_type)
    )
    if found:
        return Known(found)
    return Unknown(say("the kind of service of {} is not known", resource_type))


def changes(resource: Resource) -> bool:
    """Whether the plan does something to `resource` that puts data somewhere."""
    return resource.change not in {Change.DELETE, Change.FORGET}
