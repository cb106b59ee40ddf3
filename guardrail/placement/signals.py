"""What a plan shows of where one resource goes: endpoint, region, zone, signals.

Settings come from the resource, then the provider block, then what was attested of the
environment. Where the environment beats the block and was not attested, the block is
only a hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from guardrail.model import (
    ABSENT,
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
from guardrail.placement.catalogue import word_for
from guardrail.placement.hosts import host_of, matches
from guardrail.placement.providers import ProviderProfile

SOURCE = say(
    "give the code with --src DIR, or write it as a constant in the provider block"
)
"""How a value that the plan does not show can be supplied."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What was attested of the environment that the provider will run in."""

    values: Mapping[str, str] = {}
    """Variable to value; an empty value attests that it is not set."""
    complete: bool = False
    """Whether a variable that is not here is attested not to be set."""

    def find(self, names: Iterable[str]) -> Setting[str]:
        """The first variable that is set; absent when attested that none is."""
        certain = True
        for name in names:
            value = self.values.get(name)
            if value:
                because = say("`{}` of the attested environment", name)
                return Known(value, Evidence.ATTESTED, because)
            certain = certain and (self.complete or value is not None)
        if certain:
            return ABSENT
        return Unknown(say("the environment of the provider is not attested"))


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

    def refers(self, path: str) -> bool:
        """Whether what stands at `path`, or around it, is taken from a resource."""
        return any(
            one == path or path.startswith(f"{one}.") or one.startswith(f"{path}.")
            for one in self.references
        )

    def computed(self, path: str) -> bool:
        """Whether the provider surely chooses what stands at `path` if it is unknown.

        The block is seen not to set it. What stands inside a block is never sure.
        """
        return (
            self.arguments is not None
            and "." not in path
            and path not in self.arguments
        )


def read_signals(
    carrier: Carrier, profile: ProviderProfile, environment: Environment
) -> Signals:
    """What `carrier` and its provider configuration show of the destination."""
    sources = _Sources(profile, carrier.configuration, environment)
    settings = {name: sources.signal(name) for name in profile.signals}
    endpoint = sources.endpoint(carrier.type)
    for name, setting in settings.items():
        if isinstance(endpoint, Absent) and _is_address(setting):
            endpoint = _host(setting)
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


class _Sources:
    """Where the settings of one provider configuration are looked for."""

    def __init__(
        self,
        profile: ProviderProfile,
        configuration: ProviderConfiguration,
        environment: Environment,
    ) -> None:
        self._profile = profile
        self._configuration = configuration
        self._environment = environment

    def endpoint(self, resource_type: str) -> Setting[str]:
        service = word_for(self._profile.endpoint_services, resource_type)
        stated = self._stated_endpoint(service)
        names = self._names("endpoint", service)
        return _host(self._weigh(stated, names))

    def _stated_endpoint(self, service: str | None) -> Setting[Any]:
        for path in self._profile.endpoints:
            if "{service}" in path and service is None:
                found = self._any_service(path)
            else:
                found = self._configuration.setting(
                    path.replace("{service}", service or "")
                )
            if not _is_empty(found):
                return found
        return ABSENT

    def _any_service(self, path: str) -> Setting[Any]:
        """Unknown when an endpoint is set and the service of the type is not known."""
        before, _mark, after = path.partition("{service}")
        settings = self._configuration.settings
        if before.endswith("."):
            is_set = before[:-1] in settings
        else:
            field, _dot, rest = after.partition(".")
            is_set = any(
                not _is_empty(self._configuration.setting(f"{name}.{rest}".rstrip(".")))
                for name in settings
                if name.startswith(before) and name.endswith(field)
            )
        if not is_set:
            return ABSENT
        return Unknown(say("the service that this type of resource calls is not known"))

    def signal(self, name: str) -> Setting[str]:
        stated = self._configuration.setting(self._profile.signals[name])
        found = self._weigh(stated, self._names(name, None))
        if isinstance(found, Absent) and name in self._profile.defaults:
            because = say("`{}` is not set", self._profile.signals[name])
            return Known(self._profile.defaults[name], self.default(), because)
        return _as_text(found)

    def region(self) -> Setting[str]:
        stated: Setting[Any] = ABSENT
        for path in self._profile.region:
            stated = self._configuration.setting(path)
            if not _is_empty(stated):
                break
        return _as_text(self._weigh(stated, self._names("region", None)))

    def default(self) -> Evidence:
        """How much the provider itself shows of the operator."""
        if self._profile.protocol != "dedicated":
            return Evidence.DEFAULT
        beaten = self._profile.precedence == "environment"
        names = self._names("endpoint", None)
        if beaten and isinstance(self._environment.find(names), Unknown):
            return Evidence.REFERENCE
        return Evidence.CONSTANT

    def _weigh(self, stated: Setting[Any], names: tuple[str, ...]) -> Setting[Any]:
        """The setting that is in force, of the block's and the environment's."""
        stated = ABSENT if _is_empty(stated) else stated
        attested = self._environment.find(names) if names else ABSENT
        if self._profile.precedence == "configuration":
            if not isinstance(stated, Absent):
                return stated
            return attested if isinstance(attested, Known) else ABSENT
        if isinstance(attested, Known):
            return attested
        if isinstance(attested, Unknown) and isinstance(stated, Known):
            because = say("{}; the environment, not attested, beats it", stated.because)
            weakest = max(stated.evidence, Evidence.REFERENCE)
            return msgspec.structs.replace(stated, evidence=weakest, because=because)
        return stated

    def _names(self, setting: str, service: str | None) -> tuple[str, ...]:
        word = (service or "").upper()
        return tuple(
            name.replace("{SERVICE}", word)
            for variable in self._profile.environment
            if variable.setting == setting
            for name in variable.names
            if service or "{SERVICE}" not in name
        )


def _regions(
    carrier: Carrier, profile: ProviderProfile, sources: _Sources
) -> tuple[Setting[str], ...]:
    """The places of the resource: its own, what a witness saw, its provider's."""
    own = _own(carrier, (*profile.resource_region, *profile.resource_zone))
    if own:
        return own
    stated = sources.region()
    witness = carrier.witnesses.get("region")
    firm = isinstance(stated, Known) and stated.evidence.firm
    return (witness if isinstance(witness, Known) and not firm else stated,)


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


def _as_text(setting: Setting[Any]) -> Setting[str]:
    if isinstance(setting, Known) and not isinstance(setting.value, str):
        return Unknown(say("{}: it is not a text", setting.because), SOURCE)
    return ABSENT if _is_empty(setting) else setting


def _is_empty(setting: Setting[Any]) -> bool:
    return isinstance(setting, Absent) or (
        isinstance(setting, Known) and setting.value in ("", None)
    )


def _is_address(setting: Setting[str]) -> bool:
    return isinstance(setting, Known) and "/" in setting.value


def _host(setting: Setting[Any]) -> Setting[str]:
    """The host of a setting that holds a URL or a host."""
    if not isinstance(setting, Known):
        return setting
    host = host_of(setting.value) if isinstance(setting.value, str) else None
    if host is None:
        return Unknown(say("{}: it is not an address of one host", setting.because))
    return msgspec.structs.replace(setting, value=host)
