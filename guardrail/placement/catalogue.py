"""The registry made ready for look-up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from guardrail.model import Memory, remembered
from guardrail.placement.providers import (
    Deploys,
    Flow,
    Match,
    OutsideTags,
    ProviderProfile,
    SilentCopy,
    TagShape,
)
from guardrail.placement.registry import (
    Fact,
    Law,
    Offer,
    Operator,
    Recogniser,
    RegionTable,
)

_LOCATED = 16384


class CountryGroup(Fact, frozen=True, kw_only=True):
    """Countries that belong together on given days."""

    id: str
    members: dict[str, tuple[date | None, date | None]]
    """ISO country to its first and last day in the group; None for no bound."""

    def holds(self, country: str, day: date) -> bool:
        """Whether `country` is in the group on `day`."""
        if country not in self.members:
            return False
        since, until = self.members[country]
        return (since is None or since <= day) and (until is None or day <= until)


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of offers, operators, laws, providers and places."""

    offers: dict[str, Offer]
    operators: dict[str, Operator]
    laws: dict[str, Law]
    regions: dict[str, RegionTable]
    providers: dict[str, ProviderProfile]
    countries: dict[str, CountryGroup]

    def with_offers(
        self, offers: Sequence[Offer], operators: Sequence[Operator]
    ) -> Registry:
        """This registry with offers of the user's own; they may not replace ours."""
        return msgspec.structs.replace(
            self,
            offers={**self.offers, **{offer.id: offer for offer in offers}},
            operators={**{known.id: known for known in operators}, **self.operators},
        )


class Catalogue:
    """Look-ups over a registry."""

    def __init__(self, registry: Registry) -> None:
        """Index `registry` by what a plan shows."""
        self.registry = registry
        self.located: Memory[Any] = Memory(_LOCATED)
        """What was found for signals, by all that they show."""
        self._outside: Memory[tuple[OutsideTags, ...]] = Memory(_LOCATED)
        self._by_provider: dict[str, list[tuple[Offer, Recogniser]]] = {}
        for offer in registry.offers.values():
            for recogniser in offer.recognise:
                entry = self._by_provider.setdefault(recogniser.provider.lower(), [])
                entry.append((offer, recogniser))
        self.hosts: tuple[tuple[Offer, Recogniser], ...] = tuple(
            (offer, recogniser)
            for found in self._by_provider.values()
            for offer, recogniser in found
            if recogniser.host
        )
        """What may recognise a host, whatever calls it."""
        self.identifying: tuple[ProviderProfile, ...] = tuple(
            profile for profile in registry.providers.values() if profile.identifiers
        )
        """The providers whose ids are known by their form."""
        self._profiles = {
            name.lower(): profile
            for profile in registry.providers.values()
            for name in (profile.provider, *profile.also)
        }

    def backend(self, type_: str) -> tuple[ProviderProfile, str] | None:
        """How a backend is read, and the resource type that the state is kept in."""
        for profile in self.registry.providers.values():
            for one in profile.backends:
                if one.type == type_:
                    read = msgspec.structs.replace(
                        profile,
                        endpoints=one.endpoints,
                        region=one.region,
                        resource_region=(),
                        resource_zone=(),
                    )
                    return read, one.holds
        return None

    def profile(self, provider: str) -> ProviderProfile | None:
        """How the provider of a full name (`host/namespace/type`) is read."""
        return self._profiles.get(provider.partition("/")[2].lower())

    def outside_tags(
        self, provider: str, resource_type: str
    ) -> tuple[OutsideTags, ...]:
        """How a type of resource of `provider` sets tags on others."""

        def found() -> tuple[OutsideTags, ...]:
            profile = self.profile(provider)
            shapes = profile.outside_tags if profile else ()
            return tuple(one for one in shapes if fits(one.types, resource_type))

        return self._outside.of((provider, resource_type), found)

    def recognisers(self, provider: str) -> list[tuple[Offer, Recogniser]]:
        """What may recognise a destination reached through `provider`."""
        name = provider.lower()
        profile = self._profiles.get(name)
        names = dict.fromkeys((name, profile.like if profile else name, ""))
        return [pair for one in names for pair in self._by_provider.get(one, ())]

    def operator(self, offer: Offer) -> Operator:
        """Who runs `offer`."""
        return self.registry.operators[offer.operator]


def word_for(matches: Sequence[Match], resource_type: str) -> str | None:
    """The word of the first entry that `resource_type` matches; None if none does."""
    return next(
        (match.to for match in matches if fits(match.types, resource_type)), None
    )


def shapes_for(profile: ProviderProfile, resource_type: str) -> list[TagShape]:
    """The places where a type of resource may carry tags of its own."""
    if any(fits(one.types, resource_type) for one in profile.outside_tags):
        return []
    return [
        shape
        for shape in profile.tags
        if not shape.types or fits(shape.types, resource_type)
    ]


def inherits_tags(profile: ProviderProfile, resource_type: str) -> bool:
    """Whether a type of resource takes the default tags of its provider block."""
    excepted = profile.default_tags_except
    return bool(profile.default_tags) and not fits(excepted, resource_type)


@remembered(65536)
def fits(patterns: tuple[str, ...], resource_type: str) -> bool:
    """Whether a resource type matches a pattern; `*` stands at either end at most."""
    return resource_type in patterns or any(
        _fits(pattern, resource_type) for pattern in patterns if "*" in pattern
    )


@remembered(16384)
def flows_of(profile: ProviderProfile, resource_type: str) -> tuple[Flow, ...]:
    """The flows that a type of resource has."""
    return tuple(flow for flow in profile.flows if fits(flow.types, resource_type))


@remembered(16384)
def deploys_of(profile: ProviderProfile, resource_type: str) -> tuple[Deploys, ...]:
    """What a type of resource has another engine make."""
    return tuple(one for one in profile.deploys if fits(one.types, resource_type))


def is_foreign(profile: ProviderProfile, resource_type: str) -> bool:
    """Whether a type stands for something else, which is not shown."""
    return bool(profile.native) and not fits(profile.native, resource_type)


@remembered(16384)
def given_of(profile: ProviderProfile, resource_type: str) -> frozenset[str]:
    """The top-level attributes that a type of resource gives to another engine."""
    return frozenset(
        path.partition(".")[0]
        for one in deploys_of(profile, resource_type)
        for path in (one.path, *one.given.values())
    )


@remembered(16384)
def silent_copies_of(
    profile: ProviderProfile, resource_type: str
) -> tuple[SilentCopy, ...]:
    """The copies that the operator may make of a type of resource."""
    return tuple(
        copy for copy in profile.silent_copies if fits(copy.types, resource_type)
    )


def _fits(pattern: str, text: str) -> bool:
    if pattern[0] != "*":
        return text.startswith(pattern[:-1])
    if pattern[-1] != "*":
        return text.endswith(pattern[1:])
    return pattern[1:-1] in text


class Place(msgspec.Struct, frozen=True):
    """A region of a table, and the countries it lies in."""

    region: str
    countries: tuple[str, ...]
    """Empty when the table does not say."""
    official: bool
    """Whether the countries may be used to permit."""


def find_place(table: RegionTable, text: str) -> Place | None:
    """The region that `text` (a region, zone or multi-region) names in `table`."""
    name = text.lower().replace(" ", "")
    if name in table.multi:
        return Place(
            name, table.multi[name], table.official and name not in table.unsure
        )
    region = name if name in table.regions else _region_of_zone(table.zones, name)
    if region is None or region not in table.regions:
        return None
    official = table.official and region not in table.unsure
    return Place(region, (table.regions[region],), official)


def _region_of_zone(zones: tuple[str, ...], text: str) -> str | None:
    for zone in zones:
        found = _compiled(zone).match(text)
        if found is not None:
            return found.group("region")
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + r"\Z")
