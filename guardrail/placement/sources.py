"""Where the settings of one provider configuration come from, and which one wins.

The provider block comes first, then what was attested: variables, then files. Where the
provider reads them in another order, its profile says so.
"""

from __future__ import annotations

from typing import Any

import msgspec

from guardrail.model import (
    ABSENT,
    Absent,
    Evidence,
    Known,
    ProviderConfiguration,
    Setting,
    Unknown,
    say,
)
from guardrail.placement.catalogue import word_for
from guardrail.placement.environment import Environment
from guardrail.placement.filed import (
    SERVICE_UNKNOWN,
    Filed,
    FileReader,
    as_text,
    is_empty,
)
from guardrail.placement.hosts import host_of
from guardrail.placement.providers import ProviderProfile


class Sources:
    """Where the settings of one provider configuration are looked for."""

    def __init__(
        self,
        profile: ProviderProfile,
        configuration: ProviderConfiguration,
        environment: Environment,
    ) -> None:
        """Look in `configuration` and `environment`, as `profile` says."""
        self._profile = profile
        self._configuration = configuration
        self._environment = environment

    def endpoint(self, resource_type: str) -> Setting[str]:
        """The host that a type of resource calls; absent when nothing names one."""
        service = word_for(self._profile.endpoint_services, resource_type)
        path, stated = self._stated_endpoint(service)
        found = self._weigh(path, stated, "endpoint", service)
        if isinstance(stated, Absent) and isinstance(found, Known) and self._hides():
            template = (
                "{}; a `dynamic` block, which the plan does not show, may beat it"
            )
            found = _weakened(found, say(template, found.because))
        return as_host(found)

    def _hides(self) -> bool:
        """Whether an endpoint may stand in a block of which the input shows nothing."""
        return self._configuration.hidden and bool(self._profile.blocks)

    def _stated_endpoint(self, service: str | None) -> tuple[str, Setting[Any]]:
        for path in self._profile.endpoints:
            if "{service}" in path and service is None:
                found = self._any_service(path)
            else:
                found = self._configuration.setting(
                    path.replace("{service}", service or "")
                )
            if not is_empty(found):
                return path, found
        return "", ABSENT

    def _any_service(self, path: str) -> Setting[Any]:
        """Unknown when an endpoint is set and the service of the type is not known."""
        before, _mark, after = path.partition("{service}")
        settings = self._configuration.settings
        if before.endswith("."):
            is_set = before[:-1] in settings
        else:
            field, _dot, rest = after.partition(".")
            is_set = any(
                not is_empty(self._configuration.setting(f"{name}.{rest}".rstrip(".")))
                for name in settings
                if name.startswith(before) and name.endswith(field)
            )
        if not is_set:
            return ABSENT
        return Unknown(SERVICE_UNKNOWN)

    def signal(self, name: str) -> Setting[str]:
        """The signal `name` of the profile, or its default."""
        path = self._profile.signals[name]
        found = self._weigh(path, self._configuration.setting(path), name, None)
        if isinstance(found, Absent) and name in self._profile.defaults:
            because = say("`{}` is not set", path)
            return Known(self._profile.defaults[name], self.default(), because)
        return as_text(found)

    def region(self) -> Setting[str]:
        """The region of the configuration."""
        stated: Setting[Any] = ABSENT
        path = ""
        for path in self._profile.region:
            stated = self._configuration.setting(path)
            if not is_empty(stated):
                break
        return as_text(self._weigh(path, stated, "region", None))

    def default(self) -> Evidence:
        """How much the provider itself shows of the operator."""
        if self._profile.protocol != "dedicated":
            return Evidence.DEFAULT
        beaten = self._profile.precedence == "environment"
        names = self._names("endpoint", None)
        if beaten and isinstance(self._environment.find(names), Unknown):
            return Evidence.REFERENCE
        return Evidence.CONSTANT

    def _weigh(
        self, path: str, stated: Setting[Any], setting: str, service: str | None
    ) -> Setting[Any]:
        """The setting that is in force; `path` is where the block states it."""
        stated = ABSENT if is_empty(stated) else stated
        names = self._names(setting, service)
        attested = self._environment.find(names) if names else ABSENT
        found = self._stronger(stated, attested)
        filed = self._filed(setting, service)
        if filed.beats and (isinstance(stated, Absent) or path in filed.beats):
            return found if isinstance(filed.found, Absent) else filed.found
        if isinstance(found, Absent):
            return _unless_attested(filed.found, attested)
        return found

    def _stronger(self, stated: Setting[Any], attested: Setting[str]) -> Setting[Any]:
        """The one that wins, of the block's and the environment's."""
        if self._profile.precedence == "configuration":
            if not isinstance(stated, Absent):
                return stated
            return attested if isinstance(attested, Known) else ABSENT
        if isinstance(attested, Known):
            return attested
        if isinstance(attested, Unknown) and isinstance(stated, Known):
            because = say("{}; the environment, not attested, beats it", stated.because)
            return _weakened(stated, because)
        return stated

    def _names(self, setting: str, service: str | None) -> tuple[str, ...]:
        word = (service or "").upper()
        return tuple(
            name.replace("{SERVICE}", word)
            for variable in self._profile.environment
            if variable.setting == setting
            and not self._environment.is_true(variable.unless)
            for name in variable.names
            if service or "{SERVICE}" not in name
        )

    def _filed(self, setting: str, service: str | None) -> Filed:
        """What the files of the profile supply for `setting`."""
        for file in self._profile.files:
            for supplied in file.settings:
                if supplied.setting == setting:
                    reader = FileReader(file, self._configuration, self._environment)
                    own = setting == "region"
                    return reader.read(
                        supplied, service, in_region=None if own else self.region
                    )
        return Filed()


def _weakened(setting: Known[Any], because: str) -> Known[Any]:
    """`setting` as a hint: something that was not attested may beat it."""
    weakest = max(setting.evidence, Evidence.REFERENCE)
    return msgspec.structs.replace(setting, evidence=weakest, because=because)


def _unless_attested(filed: Setting[Any], attested: Setting[str]) -> Setting[Any]:
    """What a file supplies, where a variable that nobody attests might beat it."""
    if isinstance(filed, Known) and isinstance(attested, Unknown):
        template = "{}; a variable that is not attested may beat it (--env-complete)"
        return _weakened(filed, say(template, filed.because))
    return filed


def as_host(setting: Setting[Any]) -> Setting[str]:
    """The host of a setting that holds a URL or a host."""
    if not isinstance(setting, Known):
        return setting
    host = host_of(setting.value) if isinstance(setting.value, str) else None
    if host is None:
        return Unknown(say("{}: it is not an address of one host", setting.because))
    return msgspec.structs.replace(setting, value=host)
