"""What is in force: settings, policies, labels of projects; and when it is read again.

A change of any file is taken up between two requests. Where what was changed cannot be
read, the regime before it stays in force, and every decision says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

import msgspec

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.configuration import Configuration, Data, configuration_for
from guardrail.decision import Decision, Derogations
from guardrail.derogation_files import Signers, derogations_in
from guardrail.errors import GuardrailError
from guardrail.library import RULES, Library, load_library, shipped, staleness
from guardrail.model import Memory, Stack
from guardrail.openstack.projects import Labels, Tags, labels_of, statement_of
from guardrail.openstack.settings import Settings, read_settings

LOG = logging.getLogger("guardrail.openstack")
Stamp: TypeAlias = Mapping[str, tuple[int, int]]
"""File to its time of change and size."""
_REMEMBERED = 512
_LARGEST = 4096
"""Bytes of what a request places, beyond which its decision is not remembered."""


class Regime:
    """What is in force on one day, and the decisions already taken under it."""

    def __init__(self, path: Path, day: date) -> None:
        """Read everything that `admission.yaml` at `path` names.

        Raises:
            GuardrailError: Something of it cannot be read or used.
        """
        self.settings = read_settings(path)
        self.day = day
        self.stamp = stamp_of(path, self.settings)
        self.library = load_library(_library(self.settings))
        configuration = configuration_for(None, Path(self.settings.organisation))
        self.knowledge = _knowledge(self.library, configuration, day)
        self.labels: Labels = labels_of(self.settings, self.knowledge.lexicon)
        self._circumstances = _circumstances(
            self.library, self.knowledge, configuration, day
        )
        self._decided: Memory[Decision] = Memory(_REMEMBERED)

    @property
    def french(self) -> Mapping[str, str]:
        """The catalogue of phrases in the language asked for; empty for English."""
        return self.library.french if self.settings.language == "fr" else {}

    def decide(self, stack: Stack, tags: Tags) -> Decision:
        """The decision on what a project with the labels `tags` would place.

        Raises:
            InputError: Something of it cannot be read.
        """
        size = sum(len(one.attributes.values) for one in stack.resources)
        if size > _LARGEST or stack.gaps:
            return self._decision(stack, tags)
        key = (stack.resources, stack.references, tags)
        return self._decided.of(key, lambda: self._decision(stack, tags))

    def _decision(self, stack: Stack, tags: Tags) -> Decision:
        stated = statement_of(tags, self.knowledge.lexicon)
        circumstances = msgspec.structs.replace(
            self._circumstances,
            stack=stated.stack or self._circumstances.stack,
            floors=(*stated.floors, *self._circumstances.floors),
        )
        return assess(stack, self.knowledge, circumstances)


def _library(settings: Settings) -> Path:
    return Path(settings.library) if settings.library else shipped()


def _knowledge(library: Library, configuration: Configuration, day: date) -> Knowledge:
    registry = configuration.extend(library.registry)
    asked = RULES[configuration.rules or "both"]
    return library.knowledge(day, asked, registry=registry)


def _circumstances(
    library: Library, knowledge: Knowledge, configuration: Configuration, day: date
) -> Circumstances:
    """What the organisation states, with its derogations.

    Raises:
        GuardrailError: Something of it cannot be used, or the library is too old.
    """
    stated = configuration.circumstances(
        knowledge.lexicon, as_of=day, body=None, data=Data()
    )
    signers = Signers(
        file=configuration.allowed_signers, required=configuration.require_signatures
    )
    files = derogations_in(configuration.derogation_folders, signers, day)
    return msgspec.structs.replace(
        stated,
        derogations=Derogations(files=files, rules=library.rules if files else {}),
        notes=(*staleness(library, day), *stated.notes),
    )


def stamp_of(path: Path, settings: Settings) -> Stamp:
    """When each file that is in force was changed."""
    organisation = Path(settings.organisation)
    files = [path, organisation]
    for folder in (_library(settings), organisation.parent):
        files += folder.rglob("*.yaml")
    if settings.keystone is not None and settings.keystone.clouds_yaml:
        files.append(Path(settings.keystone.clouds_yaml))
    return {str(one): _changed(one) for one in files}


def _changed(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


class Regimes:
    """The regime in force, read again when a file or the day changes."""

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
        self._path, self._today, self._clock = path, today, clock
        self._regime = Regime(path, today())
        self._looked = clock()
        self._lock = threading.Lock()
        self._refused: Stamp | None = None
        self.trouble = ""
        """Why what is in force is not what the files say; "" when it is."""

    def current(self) -> Regime:
        """What is in force, and today's; a request never waits for files.

        Raises:
            GuardrailError: Yesterday's is over, and nothing can be put in its place.
        """
        if self._regime.day != self._today():
            with self._lock:
                if self._regime.day != self._today():  # or somebody else was here
                    self._regime = Regime(self._path, self._today())
        elif self._clock() - self._looked > self._regime.settings.reload_s:
            self._looked = self._clock()
            threading.Thread(target=self.refresh, daemon=True).start()
        return self._regime

    def refresh(self) -> None:
        """Take up what changed in the files, if they can be read."""
        with self._lock:
            found = stamp_of(self._path, self._regime.settings)
            if found in (self._regime.stamp, self._refused):
                return
            try:
                self._regime = Regime(self._path, self._today())
            except GuardrailError as error:
                self._refused, self.trouble = found, str(error)
                LOG.error("guardrail: kept what was in force: %s", error)  # noqa: TRY400  # no traceback: it is a file of the operator's
            else:
                self._refused, self.trouble = None, ""
                LOG.warning("guardrail: in force: %s", self._regime.library.sha256[:12])


def worst_first(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions, worst first."""
    return sorted(decisions, key=lambda one: -one.verdict.weight)
