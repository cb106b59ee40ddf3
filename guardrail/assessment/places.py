"""Where one resource of a stack goes, and where its copies go."""

from __future__ import annotations

from functools import cached_property

import msgspec

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.model import Evidence, Known, Part, Resource, Stack, Unknown, say
from guardrail.placement import (
    Carrier,
    Landing,
    Origin,
    ProviderProfile,
    landings_of,
    locate,
    nowhere_known,
    read_signals,
)


def known_registry(resource: Resource, circumstances: Circumstances) -> bool:
    """Whether the provider of `resource` comes from a registry that is vouched for."""
    return resource.provider.partition("/")[0] in circumstances.registries


class Places:
    """The landings of the resources of one stack."""

    def __init__(
        self, stack: Stack, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        """Nothing is placed yet."""
        self._stack = stack
        self._catalogue = knowledge.catalogue
        self._circumstances = circumstances

    def of(
        self, resource: Resource, profile: ProviderProfile | None, part: Part
    ) -> tuple[Landing, ...]:
        """The landings of `resource`: its own first, then those of its copies."""
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
            references=self._references.get(resource.configuration, frozenset()),
        )
        signals = read_signals(carrier, profile, self._circumstances.environment)
        origin = Origin(
            carrier=carrier,
            profile=profile,
            signals=signals,
            landing=locate(signals, profile, self._catalogue),
            catalogue=self._catalogue,
        )
        found = landings_of(origin)
        if known_registry(resource, self._circumstances):
            return found
        return tuple(_doubted(landing, resource) for landing in found)

    @cached_property
    def _references(self) -> dict[str, frozenset[str]]:
        """Block to the arguments in which it refers to a resource that has a place."""
        placed = {
            resource.configuration
            for resource in self._stack.resources
            if resource.managed and self._has_place(resource)
        }
        found: dict[str, set[str]] = {}
        for one in self._stack.references:
            if one.target in placed and one.target != one.source:
                found.setdefault(one.source, set()).add(one.path)
        return {source: frozenset(paths) for source, paths in found.items()}

    def _has_place(self, resource: Resource) -> bool:
        profile = self._catalogue.profile(resource.provider)
        return profile is None or profile.protocol != "none"


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
