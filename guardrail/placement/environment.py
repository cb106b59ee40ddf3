"""What was attested of the environment that a provider will run in.

Variables and files stand outside of the plan: the organisation states them. A variable
that nobody names is not attested, which is not the same as not set; only where the
whole environment is attested does the one follow from the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from guardrail.model import ABSENT, Evidence, Known, Setting, Unknown, say
from guardrail.placement.hosts import host_of
from guardrail.placement.providers import ProviderProfile

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a region or the name of an environment looks like, and a token does not."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One named entry of a file: its settings, for each region that it tells apart."""

    region: str = ""
    """The region that it takes where nobody names another; "" when it has none."""
    regions: Mapping[str, Mapping[str, str]]
    """Region to settings; "" where regions are not told apart. At least one."""

    def setting(self, name: str, region: Setting[str]) -> Setting[str]:
        """The setting `name` in `region`, or in whatever region it is the same."""
        found = {known.get(name, "") for known in self.regions.values()}
        if len(found) == 1:
            return _of(found.pop())
        if isinstance(region, Known) and region.value in self.regions:
            stated = _of(self.regions[region.value].get(name, ""))
            if isinstance(stated, Known):
                return msgspec.structs.replace(stated, evidence=region.evidence)
            return stated
        return Unknown(
            say("it differs between the regions of the entry: {}", self._names()),
            say("state the region in the provider block or attest it with --env"),
        )

    def has(self, prefix: str) -> bool:
        """Whether it has a setting whose name begins with `prefix`."""
        return any(
            name.startswith(prefix) for known in self.regions.values() for name in known
        )

    def _names(self) -> str:
        return ", ".join(sorted(self.regions))


def _of(text: str) -> Setting[str]:
    return Known(text, Evidence.ATTESTED) if text else ABSENT


class AttestedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the provider will read, as the organisation gave it."""

    format: Literal["clouds-yaml", "aws-config"]
    """Also the option that gives it."""
    name: str
    """Where it was found, for messages."""
    path: str = ""
    """The same for programs, absolute."""
    entries: Mapping[str, Entry | Unknown]
    """Unknown for an entry that cannot be read offline."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What was attested of the environment that the provider will run in."""

    values: Mapping[str, str] = {}
    """Variable to value; an empty value attests that it is not set."""
    sources: Mapping[str, str] = {}
    """Variable to who attests it, a phrase; it need not be there."""
    complete: bool = False
    """Whether a variable that is not here is attested not to be set."""
    files: tuple[AttestedFile, ...] = ()
    """At most one of a format."""

    def find(self, names: Iterable[str]) -> Setting[str]:
        """The first variable that is set; absent when attested that none is."""
        certain = True
        for name in names:
            value = self.values.get(name)
            if value:
                return Known(value, Evidence.ATTESTED, self._because(name))
            certain = certain and (self.complete or value is not None)
        if certain:
            return ABSENT
        return Unknown(say("the environment of the provider is not attested"))

    def _because(self, name: str) -> str:
        source = self.sources.get(name)
        if source is None:
            return say("`{}` of the attested environment", name)
        return say("`{}` of the attested environment ({})", name, source)

    def is_true(self, name: str) -> bool:
        """Whether the variable `name` is attested to be `true`."""
        return self.values.get(name, "").lower() == "true"

    def file(self, format_: str) -> AttestedFile | None:
        """The file of a format; None when none was given."""
        return next((one for one in self.files if one.format == format_), None)


class Attested(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what was attested, as a report lists it."""

    name: str
    """Of a variable, or the format of a file."""
    source: str
    value: str | None = None
    """Only where it is a place, never a secret: a region, or the host of an address."""


def attested(
    environment: Environment, profiles: Iterable[ProviderProfile]
) -> tuple[Attested, ...]:
    """What `environment` holds, by name; values only of what says where data goes."""
    files = [Attested(name=one.format, source=one.name) for one in environment.files]
    if not environment.values:
        return tuple(files)
    shown = _Shown(profiles)
    unnamed = say("the attested environment")
    variables = [
        Attested(
            name=name,
            source=environment.sources.get(name, unnamed),
            value=shown.of(name, value),
        )
        for name, value in sorted(environment.values.items())
    ]
    return (*variables, *files)


class _Shown:
    """Which variables may be shown: those that profiles name, by their kind."""

    def __init__(self, profiles: Iterable[ProviderProfile]) -> None:
        named = list(_names(profiles))
        self._words = frozenset(name for kind, name in named if kind == "word")
        self._addresses = frozenset(name for kind, name in named if kind == "endpoint")

    def of(self, name: str, value: str) -> str | None:
        """What may be shown of `value`; None where that is nothing."""
        is_word = _listed(name, self._words)
        if not is_word and not _listed(name, self._addresses):
            return None
        if not value or (is_word and _PLAIN.fullmatch(value)):
            return value
        return host_of(value) if "." in value else None


def telling(
    profiles: Iterable[ProviderProfile], variables: Mapping[str, str]
) -> dict[str, str]:
    """Those of `variables` that say where a provider goes, by any of `profiles`."""
    names = frozenset(name for _kind, name in _names(profiles) if name)
    return {name: value for name, value in variables.items() if _listed(name, names)}


def _names(profiles: Iterable[ProviderProfile]) -> Iterator[tuple[str, str]]:
    """Each variable that a profile names, with its kind."""
    for profile in profiles:
        for variable in profile.environment:
            kind = "endpoint" if variable.setting == "endpoint" else "word"
            yield from ((kind, name) for name in variable.names)
            yield "flag", variable.unless
        for file in profile.files:
            yield from (("word", name) for name in file.names)
            yield "file", file.variable
            yield from (("flag", one.unless) for one in file.settings)


def _listed(name: str, names: frozenset[str]) -> bool:
    return _pattern(names).fullmatch(name) is not None


@lru_cache(maxsize=8)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    """What fits one of `names`, with any service in the place of `{SERVICE}`."""
    parts = (re.escape(name) for name in sorted(names))
    every = "|".join(one.replace(r"\{SERVICE\}", "[A-Z0-9_]+") for one in parts)
    return re.compile(every)
