"""What a file beside the plan supplies, through the entry that is in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from guardrail.model import (
    ABSENT,
    Absent,
    Evidence,
    Known,
    ProviderConfiguration,
    Setting,
    Unknown,
    Value,
    say,
)
from guardrail.placement.environment import AttestedFile, Entry, Environment
from guardrail.placement.providers import FileSetting, SettingsFile

SOURCE = say(
    "give the code with --src DIR, or write it as a constant in the provider block"
)
"""How a value that the plan does not show can be supplied."""
SERVICE_UNKNOWN = say("the service that this type of resource calls is not known")

Region: TypeAlias = Callable[[], Setting[str]]


class Filed(msgspec.Struct, frozen=True):
    """What a file supplies."""

    found: Setting[Any] = Absent.ABSENT
    beats: tuple[str, ...] = ()
    """The provider settings that give way to it."""


class FileReader:
    """Reads one kind of file for one provider configuration."""

    def __init__(
        self,
        file: SettingsFile,
        configuration: ProviderConfiguration,
        environment: Environment,
    ) -> None:
        """Read what `environment` holds of the form that `file` describes."""
        self._file = file
        self._configuration = configuration
        self._environment = environment

    def read(
        self, supplied: FileSetting, service: str | None, *, in_region: Region | None
    ) -> Filed:
        """What the file supplies for one setting; in the entry's own region if None."""
        if self._environment.is_true(supplied.unless):
            return Filed()
        name = self._name()
        given = self._environment.file(self._file.format)
        if given is None:
            unseen = supplied.beats and not isinstance(name, Absent)
            return Filed(self._not_given(), supplied.beats) if unseen else Filed()
        if isinstance(name, Absent):
            return Filed(_nameless(given.name, self._file.names[0]))
        entry = self._entry(name, given)
        if isinstance(entry, Absent):
            return Filed()
        if isinstance(entry, Unknown):
            return Filed(entry, supplied.beats)
        own = entry.value.region
        stated = Known(own, Evidence.ATTESTED) if own else ABSENT
        region = in_region() if in_region else stated
        return Filed(_of_entry(entry, supplied, service, region), supplied.beats)

    def _name(self) -> Setting[str]:
        """The name of the entry: the block's, the environment's, or the default."""
        stated = as_text(self._configuration.setting(self._file.entry))
        if not isinstance(stated, Absent):
            return stated
        found = self._environment.find(self._file.names)
        default = self._file.default
        if isinstance(found, Known):
            return found
        if not default:
            return ABSENT
        if isinstance(found, Unknown):
            hint = say(
                "`{}`, unless a variable that is not attested names another", default
            )
            return Known(default, Evidence.REFERENCE, hint)
        return Known(default, Evidence.ATTESTED, say("`{}` is the default", default))

    def _entry(self, name: Known[str] | Unknown, given: AttestedFile) -> Setting[Entry]:
        """The entry; absent where it is the default one, and the file has none."""
        for path in self._file.elsewhere:
            if not is_empty(self._configuration.setting(path)):
                return _elsewhere(path)
        if isinstance(name, Unknown):
            return name
        if name.value == self._file.default and name.value not in given.entries:
            return ABSENT
        return _entry_of(given, name)

    def _not_given(self) -> Unknown:
        return Unknown(
            say("`{}` names an entry of a file that is not given", self._file.entry),
            say("give it with --{}", self._file.format),
        )


def _entry_of(file: AttestedFile, name: Known[str]) -> Value[Entry]:
    """The entry that `name` names in `file`; its evidence is the weaker of the two."""
    shown = say("(sensitive)") if name.sensitive else name.value
    found = file.entries.get(name.value)
    if found is None:
        return Unknown(
            say("{} has no entry `{}`", file.name, shown),
            say("give the file that has it with --{}", file.format),
        )
    if isinstance(found, Unknown):
        return found
    because = say("`{}` in {} ({})", shown, file.name, name.because)
    weaker = max(name.evidence, Evidence.ATTESTED)
    return Known(found, weaker, because, name.sensitive)


def _of_entry(
    entry: Known[Entry],
    supplied: FileSetting,
    service: str | None,
    region: Setting[str],
) -> Setting[str]:
    """The first of the keys that the entry has."""
    for name in supplied.names:
        before, mark, _after = name.partition("{service}")
        if mark and service is None and entry.value.has(before):
            return Unknown(SERVICE_UNKNOWN)
        key = name.replace("{service}", service or "")
        found = entry.value.setting(key, region)
        if isinstance(found, Known):
            weaker = max(found.evidence, entry.evidence)
            because = say("`{}` of {}", key, entry.because)
            return Known(found.value, weaker, because, entry.sensitive)
        if isinstance(found, Unknown):
            return found
    return ABSENT


def _elsewhere(path: str) -> Unknown:
    return Unknown(
        say("`{}` makes the provider read other files than the one given", path),
        say("write the endpoint and region as constants in the provider block"),
    )


def _nameless(file: str, variable: str) -> Unknown:
    return Unknown(
        say("nothing says which entry of {} is used", file),
        say("attest it with --env {}=…", variable),
    )


def as_text(setting: Setting[Any]) -> Setting[str]:
    """`setting` as a text; absent where it is empty."""
    if isinstance(setting, Known) and not isinstance(setting.value, str):
        return Unknown(say("{}: it is not a text", setting.because), SOURCE)
    return ABSENT if is_empty(setting) else setting


def is_empty(setting: Setting[Any]) -> bool:
    """Whether nothing is stated."""
    return isinstance(setting, Absent) or (
        isinstance(setting, Known) and setting.value in ("", None)
    )
