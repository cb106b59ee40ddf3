"""What all instances of templates in one input share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.inputs.heat.environment import Environment, located
from guardrail.inputs.heat.template import Template, parsed
from guardrail.inputs.heat.values import Budget, Hole
from guardrail.inputs.identifiers import public, shown
from guardrail.inputs.source import GivenTemplate
from guardrail.model import Gap, Unknown, say

_REMEDY = say("give a folder that holds all the files with --src DIR")
_NAMED = 5


class World:
    """The files, the environment, and what was found missing on the way."""

    def __init__(
        self,
        given: GivenTemplate,
        environment: Environment,
        budget: Budget | None = None,
    ) -> None:
        """Nothing is read yet; `budget` is what all of several inputs may cost."""
        self.given = given
        self.environment = environment
        self.budget = budget or Budget()
        self.defaults: dict[str, None] = {}
        """The parameters that were taken at the default of a template."""
        self._templates: dict[str, Template] = {}
        self._unread: dict[str, None] = {}

    def template(self, file: str) -> Template | None:
        """The template in a file; None, and a gap, where it was not given.

        Raises:
            InputError: It cannot be read as one.
        """
        if file not in self._templates:
            content = self.given.files.get(file)
            if content is None:
                self._unread[file] = None
                return None
            self._templates[file] = parsed(content, file)
        return self._templates[file]

    def text(self, name: str, beside: str) -> Any:
        """The text of a file that is named in the file `beside`."""
        content = self.given.files.get(located(name, beside))
        if content is None:
            why = say("the file `{}` was not given", shown(public(name)))
            return Hole(Unknown(why, _REMEDY))
        try:
            return content.decode()
        except UnicodeDecodeError:
            return Hole(Unknown(say("the file `{}` is no text", shown(name))))

    def opaque(self, what: str) -> None:
        """Note something that creates resources that nobody can see."""
        self._unread[what] = None

    @property
    def unread(self) -> str:
        """What creates resources that nobody can see; "" where nothing does."""
        return _names(self._unread)

    def gaps(self) -> tuple[Gap, ...]:
        """What a person must know of the whole input."""
        found = []
        if self._unread:
            message = say(
                "What these create cannot be seen, so it was not judged: {}. Give "
                "nested templates beside the template, or their folder with --src DIR, "
                "and what groups take with --parameter; what lies elsewhere on the "
                "network is never fetched.",
                _names(self._unread),
            )
            found.append(Gap(id="template-not-read", message=message, blocks=True))
        if self.defaults:
            message = say(
                "Parameters were taken at their defaults: {}. Give --parameter or "
                "--heat-env where the deployment does.",
                _names(self.defaults),
            )
            found.append(Gap(id="parameter-defaults", message=message, blocks=False))
        return tuple(found)


def _names(names: Mapping[str, None]) -> str:
    told = [shown(public(name)) for name in list(names)[:_NAMED]]
    return ", ".join([*told, *(["…"] if len(names) > _NAMED else [])])
