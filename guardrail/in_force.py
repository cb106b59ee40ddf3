"""What is in force on a day, for what runs for months; and when it is read again.

A change of any file is taken up between two requests. Where what was changed cannot be
read, what was in force before it stays, and `trouble` says so.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import msgspec

from guardrail.assessment import Circumstances, Knowledge
from guardrail.configuration import Configuration, Data, configuration_for
from guardrail.decision import Derogations
from guardrail.derogation_files import Signers, derogations_in
from guardrail.errors import GuardrailError
from guardrail.library import RULES, Library, load_library, shipped, staleness

LOG = logging.getLogger("guardrail.in_force")
Stamp: TypeAlias = Mapping[str, tuple[int, int]]
"""File to its time of change and size."""
RELOAD_S = 10.0
"""How often files are looked at for changes, unless something else is said."""
_READ = frozenset({".yaml", ".yml", ".sig"})
"""What is read of a folder: facts, derogations and their signatures."""


class Ground:
    """What is judged by on one day: a library, and what an organisation states."""

    reload_s: float = RELOAD_S

    def __init__(
        self, library: str, organisation: str, day: date, beside: Sequence[Path] = ()
    ) -> None:
        """Read `library` (the shipped one when empty) and the organisation's file.

        `beside` are files that somebody else has read, to be looked at as well.

        Raises:
            GuardrailError: Something of it cannot be read or used.
        """
        self.day = day
        self._folder = Path(library) if library else shipped()
        self._organisation, self._beside = Path(organisation), tuple(beside)
        self.stamp = self.stamp_now()
        self.library = load_library(self._folder)
        self._configuration = configuration_for(None, self._organisation)
        if self._configuration.allowed_signers is not None:
            self._beside += (self._configuration.allowed_signers,)
            self.stamp = {**self.stamp_now(), **self.stamp}
        self.knowledge = _knowledge(self.library, self._configuration, day)
        self._derogations = _derogations(self.library, self._configuration, day)
        self._stale = staleness(self.library, day)

    def circumstances(self, data: Data, workspace: str | None) -> Circumstances:
        """What the organisation states, where somebody states `data` of a stack.

        `workspace` is "" when nobody says, and None where there is none.

        Raises:
            ConfigurationError: A word is no class or category.
        """
        stated = self._configuration.circumstances(
            self.knowledge.lexicon,
            as_of=self.day,
            body=None,
            data=data,
            workspace=workspace,
        )
        return msgspec.structs.replace(
            stated,
            derogations=self._derogations,
            notes=(*self._stale, *stated.notes),
        )

    def stamp_now(self) -> Stamp:
        """When each file that is read was changed, as it is now."""
        return {str(one): changed(one) for one in self._files()}

    def _files(self) -> Iterator[Path]:
        near = self._organisation.parent
        yield from (self._organisation, *self._beside)
        for folder in (self._folder, near):
            yield from (one for one in folder.rglob("*") if one.suffix in _READ)


def _knowledge(library: Library, configuration: Configuration, day: date) -> Knowledge:
    registry = configuration.extend(library.registry)
    words = configuration.words(library.vocabulary)
    asked = RULES[configuration.rules or "both"]
    return library.knowledge(day, asked, registry=registry, vocabulary=words)


def _derogations(
    library: Library, configuration: Configuration, day: date
) -> Derogations:
    signers = Signers(
        file=configuration.allowed_signers, required=configuration.require_signatures
    )
    files = derogations_in(configuration.derogation_folders, signers, day)
    if not files:
        return Derogations()
    return Derogations(files=files, rules=library.rules, system=configuration.system)


def changed(path: Path) -> tuple[int, int]:
    """When a file was changed, and its size; zeros for none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


Kind = TypeVar("Kind", bound=Ground)


class InForce(Generic[Kind]):
    """The ground in force, made anew when a file or the day changes."""

    def __init__(
        self,
        make: Callable[[date], Kind],
        today: Callable[[], date],
        clock: Callable[[], float] = time.monotonic,
        log: logging.Logger = LOG,
    ) -> None:
        """Make what is in force now.

        Raises:
            GuardrailError: Something of it cannot be read or used.
        """
        self._make, self._today, self._clock, self._log = make, today, clock, log
        self._ground = make(today())
        self._looked = clock()
        self._lock = threading.Lock()
        self._refused: Stamp | None = None
        self.trouble = ""
        """Why what is in force is not what the files say; "" when it is."""

    def current(self) -> Kind:
        """What is in force, and today's; a request never waits for files.

        Raises:
            GuardrailError: Yesterday's is over, and nothing can be put in its place.
        """
        if self._ground.day != self._today():
            with self._lock:
                if self._ground.day != self._today():  # or somebody else was here
                    self._take(self._make(self._today()))
        elif self._clock() - self._looked > self._ground.reload_s:
            self._looked = self._clock()
            threading.Thread(target=self.refresh, daemon=True).start()
        return self._ground

    def refresh(self) -> None:
        """Take up what changed in the files, if they can be read."""
        with self._lock:
            found = self._ground.stamp_now()
            if found in (self._ground.stamp, self._refused):
                return
            try:
                made = self._make(self._today())
            except GuardrailError as error:
                self._refused, self.trouble = found, str(error)
                self._tell(logging.ERROR, "in-force.kept", reason=str(error))
            else:
                self._take(made)
                self._tell(
                    logging.WARNING, "in-force.changed", library=made.library.sha256
                )

    def _tell(self, level: int, event: str, **facts: str) -> None:
        line = json.dumps({"event": event, **facts}, sort_keys=True)
        self._log.log(level, "%s", line)

    def _take(self, made: Kind) -> None:
        self._ground, self._refused, self.trouble = made, None, ""
