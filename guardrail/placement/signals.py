"""What a plan shows of where one resource goes: endpoint, region, zone, signals.

Settings come from the resource, then from where the provider finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from guardrail.model import (
    ABSENT,
    LONGEST,
    Absent,
    Evidence,
    Known,
    Part,
    ProviderConfiguration,
    Setting,
    Unknown,
    Value,
    say,
)
from guardrail.placement.catalogue import fits, word_for
from guardrail.placement.environment import Environment
from guardrail.placement.hosts import matches
from guardrail.placement.providers import Area, ProviderProfile
from guardrail.placement.sources import Sources, as_host


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What is seen of one destination."""

    provider: str
    """`namespace/type`, as the registry names it."""
    type: str
    configuration: str
    """Key of the provider configuration, for messages."""
    endpoint: Setting[str]
    """Host that is called; absent when nothing names one."""
    region: Setting[str]
    settings: Mapping[str, Setting[str]]
    default: Evidence
    """How much an absent endpoint shows of the operator."""
    others: tuple[Setting[str], ...] = ()
    """The other regions, where the resource states several."""
    areas: Mapping[str, Setting[str]] = {}
    """Area of the cloud to the one that the resource names."""

    @property
    def parts(self) -> tuple[object, ...]:
        """All that is seen; signals with equal parts lead to one place."""
        return (
            self.provider,
            self.type,
            self.configuration,
            self.endpoint,
            self.region,
            self.default,
            self.others,
            tuple(sorted(self.settings.items(), key=_name)),
            tuple(sorted(self.areas.items(), key=_name)),
        )

    @property
    def wordy(self) -> bool:
        """Whether a text is longer than what names a place, so nothing to remember."""
        seen = (
            self.region,
            *self.others,
            *self.settings.values(),
            *self.areas.values(),
        )
        return any(isinstance(one, Known) and len(one.value) > LONGEST for one in seen)


def _name(item: tuple[str, object]) -> str:
    return item[0]


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """One resource as placement sees it."""

    type: str
    part: Part
    arguments: frozenset[str] | None
    """The arguments that its block sets; None when not known."""
    configuration: ProviderConfiguration
    witnesses: Mapping[str, Value[str]]
    references: frozenset[str] = frozenset()
    """Arguments, dotted, in which its block refers to a resource that has a place."""

    touched: frozenset[str] = frozenset()
    """Arguments, dotted, in which its block refers to anything."""

    unfollowed: frozenset[str] = frozenset()
    """Arguments, dotted, that may take their value from what no reference shows."""

    def touches(self, path: str) -> bool:
        """Whether what stands at `path` is taken from elsewhere in the code."""
        return _among(self.touched, path)

    def sets(self, path: str) -> bool:
        """Whether the block is seen to set what stands at `path`, or around it."""
        steps = path.split(".")
        return self.arguments is not None and any(
            ".".join(steps[:number]) in self.arguments
            for number in range(1, len(steps) + 1)
        )

    def refers(self, path: str) -> bool:
        """Whether what stands at `path`, or around it, is surely a resource's."""
        return _among(self.references, path) and not _among(self.unfollowed, path)

    def computed(self, path: str) -> bool:
        """Whether the provider surely chooses what stands at `path` if it is unknown.

        The block is seen not to set it. What stands inside a block is never sure.
        """
        return (
            self.arguments is not None
            and "." not in path
            and path not in self.arguments
        )


def _among(paths: Iterable[str], path: str) -> bool:
    return any(
        one == path or path.startswith(f"{one}.") or one.startswith(f"{path}.")
        for one in paths
    )


def read_signals(
    carrier: Carrier, profile: ProviderProfile, environment: Environment
) -> Signals:
    """What `carrier` and its provider configuration show of the destination."""
    sources = Sources(profile, carrier.configuration, environment)
    settings = {name: sources.signal(name) for name in profile.signals}
    endpoint = sources.endpoint(carrier.type)
    for name, setting in settings.items():
        if isinstance(endpoint, Absent) and _is_address(setting):
            endpoint = as_host(setting)
            settings = {**settings, name: ABSENT}
    region, *others = _regions(carrier, profile, sources)
    return Signals(
        provider=profile.provider,
        type=carrier.type,
        configuration=carrier.configuration.key,
        endpoint=_rewritten(endpoint, sources.region(), profile),
        region=region,
        settings=settings,
        default=sources.default(),
        others=tuple(others),
        areas=_areas(carrier, profile),
    )


def _rewritten(
    endpoint: Setting[str], region: Setting[str], profile: ProviderProfile
) -> Setting[str]:
    """The host that is really called, where the provider puts its region into it."""
    if not isinstance(endpoint, Known):
        return endpoint
    for pattern in profile.rewritten_hosts:
        named = matches(pattern, endpoint.value)
        same = isinstance(region, Known) and named == {"region": region.value}
        if named is not None and not same:
            return Unknown(
                say(
                    "the provider replaces the region of its endpoint, and they differ"
                ),
                say("state the same region in the endpoint and in the provider block"),
            )
    return endpoint


def _regions(
    carrier: Carrier, profile: ProviderProfile, sources: Sources
) -> tuple[Setting[str], ...]:
    """The places of the resource: its own, what a witness saw, its provider's."""
    own = _own(carrier, (*profile.resource_region, *profile.resource_zone))
    if own:
        return own
    default = word_for(profile.unset_regions, carrier.type)
    if default is not None:
        because = say("the default of {}, which states none", carrier.type)
        return (Known(default, Evidence.DEFAULT, because),)
    stated = sources.region()
    witness = carrier.witnesses.get("region")
    firm = isinstance(stated, Known) and stated.evidence.firm
    return (witness if isinstance(witness, Known) and not firm else stated,)


def _areas(carrier: Carrier, profile: ProviderProfile) -> dict[str, Setting[str]]:
    """The parts of the cloud that the resource names; absent what its type lacks."""
    none: dict[str, Setting[str]] = {area.name: ABSENT for area in profile.areas}
    return none | {
        area.name: _area(carrier, area)
        for area in profile.areas
        if fits(area.types, carrier.type)
    }


def _area(carrier: Carrier, area: Area) -> Value[str]:
    found = [one for one in _own(carrier, area.paths) if not isinstance(one, Absent)]
    if not found:
        return Unknown(
            say("the {} is not stated: the cloud chooses", area.name),
            say("state `{}`", area.paths[0]),
        )
    if len(found) > 1:
        return Unknown(say("several are stated as {}", area.name))
    return found[0]


def _own(carrier: Carrier, paths: Iterable[str]) -> tuple[Setting[str], ...]:
    """The values of the first of the attributes at `paths` that the resource has.

    An attribute that its block does not set and that is unknown is computed: the
    provider will choose it, so it says nothing.
    """
    for path in paths:
        top, *rest = path.split(".")
        found = carrier.part.get(top)
        if isinstance(found, Unknown) and not carrier.computed(top):
            return (found,)
        if isinstance(found, Known):
            inside = dict.fromkeys(leaves_at(found.value, rest))
            stated = tuple(
                one
                if isinstance(one, Unknown)
                else msgspec.structs.replace(found, value=one)
                for one in inside
                if one
            )
            chosen = carrier.computed(path) and all(
                isinstance(one, Unknown) for one in stated
            )
            if stated and not chosen:
                return stated
    return ()


def leaves_at(value: Any, path: list[str]) -> Iterator[str | Unknown]:
    """The texts at `path`, through lists as if they were not there."""
    if isinstance(value, list):
        for item in value:
            yield from leaves_at(item, path)
    elif isinstance(value, Unknown) or (isinstance(value, str) and not path):
        yield value
    elif isinstance(value, dict) and path:
        yield from leaves_at(value.get(path[0]), path[1:])


def _is_address(setting: Setting[str]) -> bool:
    return isinstance(setting, Known) and "/" in setting.value
