"""What one resource says of itself: its kind, service, tags and place."""

from __future__ import annotations

import msgspec

from guardrail.assessment.circumstances import (
    Assignment,
    Circumstances,
    Knowledge,
    stack_levels,
)
from guardrail.assessment.flows import Named, Written, named
from guardrail.assessment.kinds import DESCRIBES, HOLD, JUDGED_ALWAYS
from guardrail.assessment.places import Places, known_registry, tops
from guardrail.classification import (
    Declaration,
    Sensitivity,
    Tag,
    declared,
    inherited_tags,
    natural,
    read_tags,
)
from guardrail.model import Known, Part, Resource, Stack, Unknown, Value, say
from guardrail.placement import (
    Landing,
    ProviderProfile,
    asked_of,
    given_of,
    hinting,
    inherits_tags,
    shapes_for,
    unlisted,
    word_for,
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One resource as the rooms of classification and placement read it."""

    kind: str
    services: tuple[Value[str], ...]
    """At least one; several where the owner states that it serves as several."""
    sensitivity: Sensitivity
    landings: tuple[Landing, ...]
    keeps: bool
    """Whether it is of a kind that keeps data."""
    named: tuple[Named, ...] = ()
    """What its attributes name that data goes to or comes from, where it is known."""


class Outside(msgspec.Struct, frozen=True):
    """What is stated of one resource from outside it."""

    assignment: Assignment | None = None
    floor: Assignment | None = None
    tags: tuple[Tag, ...] = ()
    """Set by other resources, or in what it has deployed beside it."""
    outer: Declaration | None = None
    """What is declared of the resource that it is a part of."""


NOBODY = Outside()
"""Nothing is."""


class _Asked(msgspec.Struct, frozen=True):
    """What the resources of one provider and type are asked for."""

    names: tuple[str, ...] = ()
    hinting: ProviderProfile | None = None
    """Where no table says where data goes: the provider, for its attributes may."""


class Reader:
    """Reads the resources of one stack."""

    def __init__(
        self, stack: Stack, knowledge: Knowledge, circumstances: Circumstances
    ) -> None:
        """Nothing is read yet."""
        self._stack = stack
        self._knowledge = knowledge
        self._circumstances = circumstances
        self._places = Places(stack, knowledge, circumstances)
        self._asked: dict[tuple[str, str], _Asked] = {}
        inference = knowledge.inference
        naming = inference.identities, inference.names, inference.descriptions
        self._naming = tuple(name for names in naming for name in names)

    def kind(self, resource: Resource) -> str:
        """The kind of the resource; an unknown type counts as data-bearing."""
        if resource.address in self._stack.unfolded:
            return DESCRIBES
        profile = self._profile(resource.provider)
        vouched = profile is None or self._vouched(profile, resource)
        return kind_of(profile if vouched else None, resource)

    def parts(self, resource: Resource) -> tuple[Part, Part]:
        """The attributes that its provider's profile asks for, and those that name it.

        Raises:
            InputError: The attributes are malformed.
        """
        asked = self._asked.get((resource.provider, resource.type))
        if asked is None:
            asked = self._asked[resource.provider, resource.type] = self._ask(resource)
        names = asked.names
        if asked.hinting is not None:
            arguments = self._stack.arguments.get(resource.configuration)
            hints = hinting(resource.attributes, asked.hinting, arguments)
            names = (*names, *hints)
        part, naming = resource.attributes.picks(names, self._naming)
        return part, naming

    def _ask(self, resource: Resource) -> _Asked:
        """The attributes that resources like `resource` are asked for."""
        profile = self._profile(resource.provider)
        if profile is None:
            return _Asked()
        hints = self.kind(resource) in JUDGED_ALWAYS and unlisted(
            profile, resource.type
        )
        return _Asked(_names(profile, resource.type), profile if hints else None)

    def read(self, resource: Resource, part: Part, outside: Outside) -> Reading:
        """What `resource` says, with what is stated of it from outside."""
        profile = self._profile(resource.provider)
        if profile is not None and not self._vouched(profile, resource):
            profile = None
        tags = [] if profile is None else self._tags(resource, profile, part)
        assignment, floor = outside.assignment, outside.floor
        others = stack_levels(
            self._circumstances, assignment, outside.outer, resource.address
        )
        services = services_of(profile, resource.type, assignment)
        found = natural(
            declared([*tags, *outside.tags], others, self._knowledge.lexicon),
            [service.value for service in services if isinstance(service, Known)],
            resource.type,
            self._knowledge.inference,
        )
        placed = profile is None or profile.protocol != "none"
        unfolded = resource.address in self._stack.unfolded
        kind = DESCRIBES if unfolded else kind_of(profile, resource)
        return Reading(
            kind=kind,
            keeps=kind in HOLD or backup_read(profile, resource),
            services=services,
            sensitivity=found if floor is None else found.not_below(floor.declaration),
            landings=self._places.of(resource, profile, part) if placed else (),
            named=() if profile is None else self._named(resource, profile, part),
        )

    def _named(
        self, resource: Resource, profile: ProviderProfile, part: Part
    ) -> tuple[Named, ...]:
        block = resource.configuration
        arguments = self._stack.arguments.get(block)
        written = Written(arguments, self._stack.hidden(block, part))
        found = named(part, profile, resource.type, written)
        if resource.address not in self._stack.unfolded:
            return found
        given = given_of(profile, resource.type)  # what is made of it names the same
        return tuple(o for o in found if o.flow.path.partition(".")[0] not in given)

    def _vouched(self, profile: ProviderProfile, resource: Resource) -> bool:
        """Whether a provider that is said to place nothing surely is that provider.

        Its name is not enough: it must have the type, and come from a known registry.
        """
        return profile.protocol != "none" or (
            word_for(profile.kinds, resource.type) is not None
            and known_registry(resource, self._circumstances)
        )

    def _profile(self, provider: str) -> ProviderProfile | None:
        return self._knowledge.catalogue.profile(provider)

    def _tags(
        self, resource: Resource, profile: ProviderProfile, part: Part
    ) -> list[Tag]:
        """The resource's own tags, and those that its provider configuration adds.

        An attribute that the block does not set and that is unknown is computed from
        these two, so it says nothing more.
        """
        arguments = self._stack.arguments.get(resource.configuration)
        stated = None if arguments is None else set(tops(arguments))
        tags = [
            tag
            for tag in read_tags(part, shapes_for(profile, resource.type))
            if stated is None
            or isinstance(tag.key, str)
            or tag.path.partition(".")[0] in stated
        ]
        key = resource.provider_configuration
        inherits = resource.managed and inherits_tags(profile, resource.type)
        if inherits and isinstance(key, Known):
            configuration = self._stack.providers[key.value]
            added = configuration.setting(profile.default_tags)
            tags += inherited_tags(added, profile.default_tags)
        return tags


def _names(profile: ProviderProfile, resource_type: str) -> tuple[str, ...]:
    """The attributes that say where a type of resource goes, and its tags."""
    paths = (*asked_of(profile, resource_type), *(shape.path for shape in profile.tags))
    return tops(paths)


def kind_of(profile: ProviderProfile | None, resource: Resource) -> str:
    """The kind of the resource; an unknown type counts as data-bearing."""
    if not resource.managed or (profile is not None and profile.protocol == "none"):
        return "none"
    return (profile and word_for(profile.kinds, resource.type)) or "data"


def backup_read(profile: ProviderProfile | None, resource: Resource) -> bool:
    """Whether a data source is of a backup: it holds what somebody else put there."""
    if profile is None or resource.managed:
        return False
    return word_for(profile.kinds, resource.type) == "backup"


def services_of(
    profile: ProviderProfile | None, resource_type: str, assignment: Assignment | None
) -> tuple[Value[str], ...]:
    """The service kinds of a resource: what the owner states, else by its type."""
    if assignment and assignment.services:
        return tuple(Known(service) for service in assignment.services)
    found = profile and word_for(profile.services, resource_type)
    if found:
        return (Known(found),)
    return (Unknown(say("the kind of service of {} is not known", resource_type)),)
