"""What the server judges by: the library, the organisation's file, and the day."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from guardrail import __version__
from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.configuration import Configuration, Data, configuration_for
from guardrail.decision import Derogations
from guardrail.derogation_files import Signers, derogations_in
from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import is_binary, read
from guardrail.library import RULES, load_library, shipped, staleness
from guardrail.model import Stack
from guardrail.reports import Rendering
from guardrail.server.archive import modules_in
from guardrail.server.clock import Clock
from guardrail.server.settings import Settings
from guardrail.server.work import Ruling

_ASKED = frozenset({"class", "category", "name"})


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody states with the plan that is to be judged."""

    data: Data = Data()
    name: str = "plan.json"

    @staticmethod
    def of(stated: Iterable[tuple[str, str]]) -> Question:
        """The question that the parameters of a request ask.

        Raises:
            InputError: One is not known, or is stated twice.
        """
        pairs = list(stated)
        single = [(name, value) for name, value in pairs if name != "category"]
        for name, _value in pairs:
            if name not in _ASKED:
                raise InputError("there is no such parameter", where=name[:40])
        if len(dict(single)) < len(single):
            raise InputError("a parameter is stated twice")
        named = dict(single)
        categories = tuple(value for name, value in pairs if name == "category")
        return Question(
            data=Data(class_=named.get("class", ""), categories=categories),
            name=named.get("name") or "plan.json",
        )


class _Ground(msgspec.Struct, frozen=True):
    """What is judged by on one day."""

    day: date
    knowledge: Knowledge
    derogations: Derogations


class Court:
    """Judges what is sent to the server, as of the day on which it is sent."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Read what the settings name, once.

        Raises:
            GuardrailError: Something of it cannot be used.
        """
        self._settings = settings
        self._clock = clock
        place = Path(settings.library) if settings.library else shipped()
        self._library = load_library(place)
        self._configuration: Configuration = configuration_for(
            None, Path(settings.organisation)
        )
        self._lock = threading.Lock()
        self._ground: _Ground | None = None
        self.ready()

    @property
    def library_sha256(self) -> str:
        """The digest of the library."""
        return self._library.sha256

    def ready(self) -> None:
        """Nothing, if something can be judged today.

        Raises:
            GuardrailError: Nothing can.
        """
        self._circumstances(self._today(), Data())

    def plan(self, document: bytes, name: str) -> Ruling:
        """The ruling on a plan in JSON.

        Raises:
            GuardrailError: It cannot be judged.
        """
        return self.decide(document, Question(name=name or "plan.json"))

    def code(self, archive: bytes, folder: str, name: str) -> Ruling:
        """The ruling on the code in an archive, of which `folder` is the root module.

        Raises:
            GuardrailError: It cannot be judged.
        """
        from guardrail.inputs import GivenCode, read_code

        modules, tofu = modules_in(archive, folder)
        code = GivenCode(modules=modules)
        return self._ruling(read_code(code, path=name, tofu=tofu), Data())

    def decide(self, document: bytes, question: Question) -> Ruling:
        """The ruling on a plan in JSON, with what is stated of it.

        Raises:
            InputError: It cannot be read as one.
            GuardrailError: It cannot be judged.
        """
        if is_binary(document):
            raise InputError(
                "it is a binary plan", remedy="Send what `terraform show -json` prints"
            )
        limit = self._settings.largest_plan_bytes
        try:
            self._circumstances(self._today(), question.data)
        except ConfigurationError as error:
            # Without what the question states all is well: `ready` has seen to that.
            raise InputError(str(error.args[0])) from error
        stack = read(document, path=question.name, limit_bytes=limit)
        return self._ruling(stack, question.data)

    def _ruling(self, stack: Stack, data: Data) -> Ruling:
        knowledge, circumstances = self._circumstances(self._today(), data)
        rendering = Rendering(
            version=__version__,
            library_sha256=self._library.sha256,
            catalogue_date=self._library.catalogue.catalogue_date,
            language=self._settings.language,
            french=self._library.french,
        )
        return Ruling(
            decision=assess(stack, knowledge, circumstances), rendering=rendering
        )

    def _circumstances(self, day: date, data: Data) -> tuple[Knowledge, Circumstances]:
        """What is judged by on a day.

        Raises:
            GuardrailError: Rules, registry or derogations cannot be used.
        """
        ground = self._of(day)
        stated = self._configuration.circumstances(
            ground.knowledge.lexicon, as_of=day, body=None, data=data
        )
        notes = (*staleness(self._library, day), *stated.notes)
        return ground.knowledge, msgspec.structs.replace(
            stated, derogations=ground.derogations, notes=notes
        )

    def _of(self, day: date) -> _Ground:
        """What is judged by on a day, made when the first request of the day comes."""
        with self._lock:
            if self._ground is None or self._ground.day != day:
                configuration = self._configuration
                registry = configuration.extend(self._library.registry)
                asked = RULES[configuration.rules or "both"]
                signers = Signers(
                    file=configuration.allowed_signers,
                    required=configuration.require_signatures,
                )
                folders = configuration.derogation_folders
                files = derogations_in(folders, signers, day)
                self._ground = _Ground(
                    day=day,
                    knowledge=self._library.knowledge(day, asked, registry=registry),
                    derogations=Derogations(
                        files=files, rules=self._library.rules if files else {}
                    ),
                )
            return self._ground

    def _today(self) -> date:
        return self._clock.now().date()
