"""What is in force at an API: settings, policies, labels; decisions already taken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from guardrail.assessment import Assignment, assess
from guardrail.configuration import Data
from guardrail.decision import Decision
from guardrail.in_force import Ground, InForce, changed
from guardrail.model import Memory, Stack
from guardrail.openstack.neighbours import Neighbours
from guardrail.openstack.projects import Labels, Tags, labels_of, statement_of
from guardrail.openstack.settings import Settings, read_settings

LOG = logging.getLogger("guardrail.openstack")
_REMEMBERED = 512
_LARGEST = 4096
"""Bytes of what a request places, beyond which its decision is not remembered."""


class Regime(Ground):
    """What is in force on one day, and the decisions already taken under it."""

    def __init__(self, path: Path, day: date) -> None:
        """Read everything that `admission.yaml` at `path` names.

        Raises:
            GuardrailError: Something of it cannot be read or used.
        """
        seen = {str(path): changed(path)}  # what changes while it is read, counts
        self.settings = read_settings(path)
        self.reload_s = self.settings.reload_s
        super().__init__(
            self.settings.library,
            self.settings.organisation,
            day,
            beside=(path, *_clouds(self.settings)),
        )
        self.stamp = {**self.stamp, **seen}
        self.labels: Labels = labels_of(self.settings, self.knowledge.lexicon)
        self._circumstances = self.circumstances(Data(), workspace=None)
        self.neighbours = Neighbours(
            self.settings.neighbours, self.settings.cloud.region
        )
        self._decided: Memory[Decision] = Memory(_REMEMBERED)

    @property
    def french(self) -> Mapping[str, str]:
        """The catalogue of phrases in the language asked for; empty for English."""
        return self.library.french if self.settings.language == "fr" else {}

    def decide(self, stack: Stack, tags: Tags, more: Tags = ()) -> Decision:
        """The decision on what a project with the labels `tags` would place.

        Labels of the stack itself, `more`, may raise the class and not lower it.

        Raises:
            InputError: Something of it cannot be read.
        """
        size = sum(len(one.attributes.values) for one in stack.resources)
        if size > _LARGEST or stack.gaps:
            return self._decision(stack, tags, more)
        key = (stack.resources, stack.references, tags, more)
        return self._decided.of(key, lambda: self._decision(stack, tags, more))

    def _decision(self, stack: Stack, tags: Tags, more: Tags) -> Decision:
        around, lexicon = self._circumstances, self.knowledge.lexicon
        found = [statement_of(one, lexicon).stack for one in (tags, more)]
        stated = [one for one in found if one is not None]
        if not stated:
            return assess(stack, self.knowledge, around)
        both = stated[0] if len(stated) == 1 else stated[0].joined(stated[1])
        floors = [
            msgspec.structs.replace(one, declaration=both.joined(one.declaration))
            for one in around.floors
        ]
        everything = Assignment(addresses=("*",), declaration=both)
        circumstances = msgspec.structs.replace(
            around, stack=stated[0], floors=(*floors, everything)
        )
        return assess(stack, self.knowledge, circumstances)


def _clouds(settings: Settings) -> list[Path]:
    """The clouds.yaml that is named; none when openstacksdk looks for it."""
    named = settings.keystone.clouds_yaml if settings.keystone else ""
    return [Path(named)] if named else []


class Regimes(InForce[Regime]):
    """The regime in force by the `admission.yaml` at a path."""

    def __init__(
        self,
        path: Path,
        today: Callable[[], date],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read what is in force now.

        Raises:
            GuardrailError: Something of it cannot be read or used.
        """
        super().__init__(lambda day: Regime(path, day), today, clock, LOG)


def worst_first(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions, worst first."""
    return sorted(decisions, key=lambda one: -one.verdict.weight)
