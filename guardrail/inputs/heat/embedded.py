"""A template that a resource of another input gives to Heat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.contents import Contents, contents
from guardrail.inputs.heat.frame import Frame
from guardrail.inputs.heat.made import Origin
from guardrail.inputs.heat.stack import environment_of
from guardrail.inputs.heat.template import parsed
from guardrail.inputs.heat.values import OPEN, Budget, Hole, Link, Secret, links
from guardrail.inputs.heat.world import World
from guardrail.inputs.source import GivenTemplate
from guardrail.model import ProviderConfiguration, Unknown, Value

_FILE = "template"


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What a template is given for its parameters."""

    values: Mapping[str, Any] | Unknown = {}
    """Text, or `Unknown`; not known as a whole where nobody knows which are given."""
    secret: frozenset[str] = frozenset()
    """The parameters whose value is never printed."""
    links: tuple[Link, ...] = ()
    """Where values that are not known come from: a block and its attribute each."""
    open: bool = False
    """Whether they may come from elsewhere, too."""

    def stated(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values of the parameters that a template declares."""
        if isinstance(self.values, Unknown):
            return dict.fromkeys(declared, self._hole(self.values))
        return {name: self._value(name, one) for name, one in self.values.items()}

    def _value(self, name: str, value: Any) -> Any:
        found = self._hole(value) if isinstance(value, Unknown) else value
        return Secret(found) if name in self.secret else found

    def _hole(self, unknown: Unknown) -> Hole:
        return Hole(unknown, (*self.links, *([OPEN] if self.open else [])))


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the template stands in the other input."""

    prefix: str
    """Of the addresses of what it makes."""
    configuration: str
    """The same without instance keys."""
    provider: Value[str]
    """Key of the provider configuration that its resources go through."""
    cloud: ProviderConfiguration
    """The cloud that is given the template."""


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """What a template makes."""

    contents: Contents
    outputs: tuple[Link, ...]
    """Where its outputs take their values from."""
    unread: str
    """What makes resources that nobody can see; "" where nothing does."""


def embedded(
    text: str,
    given: GivenTemplate,
    parameters: Parameters,
    place: Place,
    budget: Budget,
) -> Embedded:
    """What the template in `text` makes at `place`.

    Raises:
        InputError: It, or its environment, cannot be read, or is too much.
    """
    try:
        return _embedded(text, given, parameters, place, budget)
    except RecursionError as error:
        raise InputError("the template is nested too deeply") from error


def _embedded(
    text: str,
    given: GivenTemplate,
    parameters: Parameters,
    place: Place,
    budget: Budget,
) -> Embedded:
    """What a template makes.

    Raises:
        InputError: It cannot be read, or is too much.
    """
    template = parsed(text.encode(errors="replace"), _FILE)
    environment = environment_of(template, given)
    world = World(given, environment, budget)
    stated = parameters.stated(template.parameters)
    root = Frame(
        template,
        world,
        {**environment.parameters, **stated},
        Origin(
            prefix=place.prefix,
            configuration=place.configuration,
            provider=place.provider,
        ),
    )
    found = contents(root, place.cloud, _FILE)
    nothing = Hole(Unknown(""))
    outputs = {
        link: None
        for name in template.outputs
        for _path, link in links(root.output(name, (), nothing), budget)
        if link != OPEN
    }
    return Embedded(contents=found, outputs=tuple(outputs), unread=world.unread)
