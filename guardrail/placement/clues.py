"""The settings that tell where a destination is, and how reports may show them."""

from __future__ import annotations

from typing import Any

import msgspec

from guardrail.model import Absent, Evidence, Known, Setting, say
from guardrail.placement.signals import Signals


def printable(value: Known[Any]) -> bool:
    """Whether `value` is no secret and no reference that was not evaluated."""
    return not value.sensitive and value.evidence is not Evidence.REFERENCE


class Clue(msgspec.Struct, frozen=True):
    """One setting that tells where a destination is."""

    name: str
    """`endpoint`, `region`, or a signal of the provider; a phrase."""
    setting: Setting[str]

    @property
    def shown(self) -> str | None:
        """The value, where it is known well enough to be printed, and no secret."""
        known = isinstance(self.setting, Known) and printable(self.setting)
        return self.setting.value if isinstance(self.setting, Known) and known else None


def clues_of(signals: Signals, region: Setting[str]) -> tuple[Clue, ...]:
    """The settings that were looked at, in the order of the trail."""
    settings = sorted({**signals.settings, **signals.areas}.items())
    return (
        Clue(say("endpoint"), signals.endpoint),
        *(Clue(name, setting) for name, setting in settings),
        Clue(say("region"), region),
    )


def trail_of(signals: Signals, region: Setting[str]) -> tuple[str, ...]:
    """How the destination was found, a phrase each."""
    trail: list[str] = [say("provider configuration `{}`", signals.configuration)]
    if isinstance(signals.endpoint, Known):
        trail.append(step(say("endpoint"), signals.endpoint))
    elif isinstance(signals.endpoint, Absent):
        trail.append(say("no endpoint is set: the default of {}", signals.provider))
    for name, setting in sorted({**signals.settings, **signals.areas}.items()):
        if isinstance(setting, Known):
            trail.append(step(name, setting))
    if isinstance(region, Known):
        trail.append(step(say("region"), region))
    return tuple(trail)


def step(name: str, setting: Known[str]) -> str:
    """One step of the trail; a reference that was not evaluated shows no value."""
    if setting.evidence is Evidence.REFERENCE:
        return say("{}: {}", name, setting.because)
    return say("{} {}: {}", name, shown_value(setting), setting.because)


def shown_value(setting: Known[str]) -> str:
    """The value as a report may print it."""
    return say("(sensitive)") if setting.sensitive else setting.value
