"""Where one resource of a stack goes, and where its copies go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

import msgspec

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.model import (
    ABSENT,
    Change,
    Evidence,
    Known,
    Part,
    Reference,
    Resource,
    Setting,
    Stack,
    Unknown,
    say,
)
from guardrail.placement import (
    Carrier,
    Landing,
    Origin,
    ProviderProfile,
    Signals,
    asked_of,
    by_tool,
    flows_of,
    landings_of,
    locate,
    nowhere_known,
    possible,
    read_signals,
    tells,
)


def known_registry(resource: Resource, circumstances: Circumstances) -> bool:
    """Whether the provider of `resource` comes from a registry that is vouched for."""
    return resource.provider.partition("/")[0] in circumstances.registries


def tops(paths: Iterable[str]) -> tuple[str, ...]:
    """The first steps of dotted paths, each once."""
    return tuple(dict.fromkeys(path.partition(".")[0] for path in paths))


def changes(resource: Resource) -> bool:
    """Whether the plan does something to `resource` that puts data somewhere."""
    change = resource.change
    return change is not Change.DELETE and change is not Change.FORGET


class Places:
    """The landings of the resources of one stack."""

    def __init__(
        self, stack: Stack, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        """Nothing is placed yet."""
        self._stack = stack
        self._catalogue = knowledge.catalogue
        self._circumstances = circumstances
        self._regions: dict[str, Setting[str]] = {}
        self._clusters: dict[str, Landing | None] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._labelled: dict[tuple[str, str], frozenset[str]] = {}
        self._found: dict[object, tuple[Landing, ...]] = {}

    def of(
        self, resource: Resource, profile: ProviderProfile | None, part: Part
    ) -> tuple[Landing, ...]:
        """The landings of `resource`: its own first, then those of its copies.

        Labels place nothing: they are looked for once for all that differ in these.
        """
        block = resource.configuration
        labels = () if profile is None else self._labels(profile, resource.type)
        key = (
            resource.provider,
            resource.type,
            resource.provider_configuration,
            self._stack.arguments.get(block),
            self._touched.get(block),
            block if block in self._links else "",
            part.without(labels),
        )
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._placed(resource, profile, part)
        return found

    def _labels(self, profile: ProviderProfile, resource_type: str) -> Collection[str]:
        """The attributes in which a type of resource has labels, and nothing else."""
        key = profile.provider, resource_type
        if key not in self._labelled:
            tagged = tops(shape.path for shape in profile.tags)
            asked = tops(asked_of(profile, resource_type))
            self._labelled[key] = frozenset(tagged) - frozenset(asked)
        return self._labelled[key]

    def _placed(
        self, resource: Resource, profile: ProviderProfile | None, part: Part
    ) -> tuple[Landing, ...]:
        """The landings of `resource`."""
        if profile is None:
            reason = say("the provider {} is not in the registry", resource.provider)
            return (nowhere_known(Unknown(reason)),)
        key = resource.provider_configuration
        if isinstance(key, Unknown):
            return (nowhere_known(key),)
        carrier = Carrier(
            type=resource.type,
            part=part,
            arguments=self._stack.arguments.get(resource.configuration),
            configuration=self._stack.providers[key.value],
            witnesses=self._stack.witnesses.get(key.value, {}),
            references=self._paths(resource.configuration),
            unfollowed=self._stack.unfollowed.get(resource.configuration, frozenset())
            | self._stack.hidden(resource.configuration, part),
            touched=self._touched.get(resource.configuration, frozenset()),
        )
        signals = read_signals(carrier, profile, self._circumstances.environment)
        if not isinstance(signals.region, Known):
            inherited = self._inherited(resource, profile)
            if inherited is not ABSENT:
                signals = msgspec.structs.replace(signals, region=inherited)
        origin = Origin(
            carrier=carrier,
            profile=profile,
            signals=signals,
            landing=self._inside(carrier, profile, signals),
            catalogue=self._catalogue,
        )
        hints = self._hints(origin) if isinstance(origin.landing.offer, Known) else ()
        found = landings_of(origin, hints)
        if known_registry(resource, self._circumstances):
            return found
        return tuple(_doubted(landing, resource) for landing in found)

    def _inside(
        self, carrier: Carrier, profile: ProviderProfile, signals: Signals
    ) -> Landing:
        """The landing that `signals` show, or of what the provider works inside of.

        Which resource a setting is taken from is seen, and not what it becomes: so it
        is a hint.
        """
        found = locate(signals, profile, self._catalogue)
        if isinstance(found.offer, Known):
            return found
        key = carrier.configuration.key
        for path in profile.inside:
            for link in self._stack.provider_references:
                if (link.source, link.path) == (key, path):
                    inner = self._cluster(link.target)
                    if inner is not None:
                        because = say(
                            "`{}` of the provider refers to {}", path, link.target
                        )
                        return _hint(inner, because)
        return by_tool(carrier.configuration, profile, self._catalogue) or found

    def _cluster(self, block: str) -> Landing | None:
        """The one landing of the resources of a block; None where they have none."""
        if block not in self._clusters:
            self._clusters[block] = None  # what leads back to itself ends here
            found = {
                (landing.offer, landing.region): landing
                for resource in self._stack.resources
                if resource.configuration == block and changes(resource)
                for profile in (self._catalogue.profile(resource.provider),)
                if profile is not None and profile.protocol != "none"
                for landing in self._own(resource, profile)
            }
            one = next(iter(found.values()), None)
            if len(found) > 1:
                one = nowhere_known(Unknown(say("{} is in several places", block)))
            self._clusters[block] = one
        return self._clusters[block]

    def _hints(self, origin: Origin) -> Iterable[Landing]:
        """Where attributes that no table asks for hint that data may go."""
        asked = tops(asked_of(origin.profile, origin.carrier.type))
        tagged = tops(shape.path for shape in origin.profile.tags)
        flows = flows_of(origin.profile, origin.carrier.type)
        quiet = () if any(map(tells, flows)) else tops(one.path for one in flows)
        known = {*asked, *tagged} - {*quiet}
        names = tuple(one for one in origin.carrier.part.names if one not in known)
        return possible(origin, names)

    def _inherited(self, resource: Resource, profile: ProviderProfile) -> Setting[str]:
        """The region of the resource that it is a part of; absent where none is."""
        links = self._links.get(resource.configuration, ())
        for path in profile.parents:
            for link in links:
                if link.path == path:
                    found = self._region_of(link.target, profile)
                    if isinstance(found, Known):
                        because = say("`{}` refers to {}, there", path, link.target)
                        return msgspec.structs.replace(found, because=because)
                    if isinstance(found, Unknown):
                        return found
        return ABSENT

    def _region_of(self, block: str, profile: ProviderProfile) -> Setting[str]:
        """The one region of the resources of a block, of the same provider."""
        if block not in self._regions:
            self._regions[block] = ABSENT  # what leads back to itself ends here
            found = {
                landing.region
                for resource in self._blocks[block]
                if self._catalogue.profile(resource.provider) is profile
                for landing in self._own(resource, profile)
            }
            several = Unknown(say("{} is in several places", block))
            self._regions[block] = (
                next(iter(found), ABSENT) if len(found) <= 1 else several
            )
        return self._regions[block]

    def _own(self, resource: Resource, profile: ProviderProfile) -> tuple[Landing, ...]:
        """The landings of a resource in regions of its own."""
        names = tops(asked_of(profile, resource.type))
        found = self._placed(resource, profile, resource.attributes.pick(names))
        return tuple(one for one in found if one.role.startswith("primary"))

    @cached_property
    def _blocks(self) -> dict[str, list[Resource]]:
        """The resources of each block that have a place and stay or come."""
        resources = self._stack.resources
        placed = {
            one for one in {one.provider for one in resources} if self._places(one)
        }
        found: dict[str, list[Resource]] = {}
        for resource in resources:
            if resource.managed and resource.provider in placed and changes(resource):
                found.setdefault(resource.configuration, []).append(resource)
        return found

    @cached_property
    def _links(self) -> dict[str, list[Reference]]:
        """Block to its references to resources that have a place."""
        found: dict[str, list[Reference]] = {}
        for one in self._stack.references:
            if one.target in self._blocks and one.target != one.source:
                found.setdefault(one.source, []).append(one)
        return found

    @cached_property
    def _touched(self) -> dict[str, frozenset[str]]:
        """Block to the arguments in which it refers to anything."""
        found: dict[str, set[str]] = {}
        for one in self._stack.references:
            found.setdefault(one.source, set()).add(one.path)
        return {source: frozenset(paths) for source, paths in found.items()}

    def _paths(self, block: str) -> frozenset[str]:
        """The arguments in which a block refers to a resource that has a place."""
        if block not in self._named:
            links = self._links.get(block, ())
            self._named[block] = frozenset(link.path for link in links)
        return self._named[block]

    def _places(self, provider: str) -> bool:
        """Whether what a provider makes is somewhere."""
        profile = self._catalogue.profile(provider)
        return profile is None or profile.protocol != "none"


def _hint(landing: Landing, because: str) -> Landing:
    """`landing` as the hint that a reference is."""
    offer = landing.offer
    if isinstance(offer, Known):
        evidence = max(offer.evidence, Evidence.REFERENCE)
        offer = msgspec.structs.replace(offer, evidence=evidence, because=because)
    return msgspec.structs.replace(
        landing,
        offer=offer,
        evidence=max(landing.evidence, Evidence.REFERENCE),
        because=(because, *landing.because),
    )


def _doubted(landing: Landing, resource: Resource) -> Landing:
    """`landing` through a provider that anybody may have written: only a hint."""
    host = resource.provider.partition("/")[0]
    because = say(
        "the provider comes from the registry {}; declare it under `registries:` in "
        "guardrail.yaml if it is yours",
        host,
    )
    offer = landing.offer
    if isinstance(offer, Known):
        evidence = max(offer.evidence, Evidence.REFERENCE)
        offer = msgspec.structs.replace(offer, evidence=evidence, because=because)
    return msgspec.structs.replace(
        landing,
        offer=offer,
        evidence=max(landing.evidence, Evidence.REFERENCE),
        because=(*landing.because, because),
    )
