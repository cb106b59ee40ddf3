"""What the server judges by: the library, the organisation's file, and the day."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from guardrail import __version__
from guardrail.assessment import Circumstances, assess
from guardrail.configuration import Data
from guardrail.errors import ConfigurationError, InputError
from guardrail.in_force import Ground, InForce
from guardrail.inputs import is_binary, read
from guardrail.library import Library
from guardrail.model import Gap, Stack, say
from guardrail.reports import Rendering
from guardrail.server.archive import modules_in
from guardrail.server.clock import Clock
from guardrail.server.events import LOG
from guardrail.server.settings import Settings
from guardrail.server.work import Ruling

_ASKED = frozenset({"class", "category", "name", "workspace"})


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody states with the plan that is to be judged."""

    data: Data = Data()
    name: str = "plan.json"
    workspace: str = ""
    """Of Terraform; "" when nobody says."""

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
            workspace=named.get("workspace", ""),
        )


class Court:
    """Judges what is sent to the server, as of the day on which it is sent."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Read what the settings name, once.

        Raises:
            GuardrailError: Something of it cannot be used.
        """
        self._settings = settings
        self._in_force = InForce(
            lambda day: Ground(settings.library, settings.organisation, day),
            lambda: clock.now().date(),
            log=LOG,
        )
        self.ready()

    @property
    def library(self) -> Library:
        """The library in force."""
        return self._in_force.current().library

    def ready(self) -> None:
        """Nothing, if something can be judged today.

        Raises:
            GuardrailError: Nothing can.
        """
        self._circumstances(Question())

    def plan(self, document: bytes, name: str, workspace: str = "") -> Ruling:
        """The ruling on a plan in JSON.

        Raises:
            GuardrailError: It cannot be judged.
        """
        question = Question(name=name or "plan.json", workspace=workspace)
        return self.decide(document, question)

    def code(self, archive: bytes, folder: str, name: str, workspace: str) -> Ruling:
        """The ruling on the code in an archive, of which `folder` is the root module.

        Raises:
            GuardrailError: It cannot be judged.
        """
        from guardrail.inputs import GivenCode, read_code

        modules, tofu = modules_in(archive, folder)
        code = GivenCode(modules=modules)
        stack = read_code(code, path=name, tofu=tofu)
        return self._ruling(stack, Question(workspace=workspace))

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
            self._circumstances(question)
        except ConfigurationError as error:
            # Without what the question states all is well: `ready` has seen to that.
            raise InputError(str(error.args[0])) from error
        stack = read(document, path=question.name, limit_bytes=limit)
        return self._ruling(stack, question)

    def _ruling(self, stack: Stack, question: Question) -> Ruling:
        ground, circumstances = self._circumstances(question)
        library = ground.library
        rendering = Rendering(
            version=__version__,
            library_sha256=library.sha256,
            catalogue_date=library.catalogue.catalogue_date,
            language=self._settings.language,
            french=library.french,
        )
        return Ruling(
            decision=assess(stack, ground.knowledge, circumstances),
            rendering=rendering,
        )

    def _circumstances(self, question: Question) -> tuple[Ground, Circumstances]:
        """What is judged by today.

        Raises:
            GuardrailError: Rules, registry or derogations cannot be used.
        """
        ground = self._in_force.current()
        stated = ground.circumstances(question.data, question.workspace)
        if not self._in_force.trouble:
            return ground, stated
        message = say(
            "what the files of the server say now cannot be read: the old holds"
        )
        kept = Gap(id="kept", message=message, blocks=False)
        return ground, msgspec.structs.replace(stated, notes=(kept, *stated.notes))
