"""One instance of a template: its parameters, and the resources it makes.

Source: OpenStack, heat, heat/engine/resources/stack_resource.py and
heat/engine/resources/openstack/heat/, 27.0.1, https://opendev.org/openstack/heat
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat import groups
from guardrail.inputs.heat.environment import NONE, is_file, located
from guardrail.inputs.heat.evaluate import Evaluator
from guardrail.inputs.heat.groups import Definition, remote_provider
from guardrail.inputs.heat.made import Made, Origin
from guardrail.inputs.heat.parameters import (
    PSEUDO,
    converted,
    hidden,
    is_hidden,
    missing,
)
from guardrail.inputs.heat.paths import at_path
from guardrail.inputs.heat.template import Declared, Template, is_template, template_of
from guardrail.inputs.heat.values import DROPPED, Budget, Hole, Secret, opened
from guardrail.inputs.heat.world import World
from guardrail.inputs.identifiers import shown
from guardrail.inputs.yaml_document import document
from guardrail.model import Unknown, say

DEEPEST = 12
"""Templates inside of templates."""

_IDENTIFIER = "OS::stack_id"
"""The output that `get_resource` gives in place of a nested stack."""
_OF_ONE = re.compile(r"resource\.(?P<key>[^.]+)(?:\.(?P<attribute>.+))?")
_OF_GROUPS = frozenset(
    {
        "", "attributes", "current_size", "outputs", "outputs_list", "refs", "refs_map",
        "removed_rsrc_list", "show",
    }
)  # fmt: skip
"""Attributes of groups themselves; all others are of their members."""


class Member:
    """A resource of a template: one, or the members of a group, or a template."""

    def __init__(self, frame: Frame, declared: Declared) -> None:
        self.declared = declared
        self._frame = frame
        self._properties: Any = DROPPED
        self._parts: list[tuple[str, Made | Frame]] | None = None

    @property
    def type(self) -> str:
        """What its type stands for.

        Raises:
            InputError: It stands for itself, in a circle.
        """
        return self._frame.resolved(self.declared.type, self.declared.name)

    @property
    def properties(self) -> Any:
        """Its properties, evaluated."""
        if self._properties is DROPPED:
            # What leads back to itself through an attribute ends here.
            self._properties = _circle()
            found = self._frame.evaluator.value(self.declared.properties)
            self._properties = None if found is DROPPED else found
        return self._properties

    def parts(self) -> list[tuple[str, Made | Frame]]:
        """What it makes, by instance key; "" for a single one."""
        if self._parts is None:
            self._parts = []
            self._parts = list(self._frame.parts_of(self))
        return self._parts


class Frame:
    """One instance of a template."""

    def __init__(
        self,
        template: Template,
        world: World,
        stated: Mapping[str, Any],
        origin: Origin,
    ) -> None:
        """Nothing is evaluated yet; `stated` are the values that it is given.

        Raises:
            InputError: Templates are nested too deeply.
        """
        if origin.depth > DEEPEST:
            raise InputError("templates are nested too deeply", where=template.file)
        self.template = template
        self.world = world
        self.origin = origin
        self.evaluator = Evaluator(self)
        self._stated = stated
        self._values: dict[str, Any] = {}
        self._members: dict[str, Member] = {}
        self._outputs: dict[str, Any] = {}

    @property
    def budget(self) -> Budget:
        """What may still be spent."""
        return self.world.budget

    # What expressions ask for.

    def parameter(self, name: str) -> Any:
        """The value of a parameter."""
        if name not in self._values:
            self._values[name] = self._parameter(name)
        return self._values[name]

    def _parameter(self, name: str) -> Any:
        schema = self.template.parameters.get(name)
        if schema is None:
            return self._pseudo(name)
        words = self.template.dialect.words
        value = self._stated.get(name)
        if value is None:
            value = self.world.environment.defaults.get(name)
        if value is None and schema.get(words.default) is not None:
            value = schema[words.default]
            if not self.origin.depth:
                self.world.defaults[name] = None
        if value is None:
            return missing(name)
        found = converted(value, schema.get(words.type), name, self.budget)
        return hidden(found) if is_hidden(schema, words.hidden) else found

    def _pseudo(self, name: str) -> Any:
        given = self.world.given.parameters.get(name)
        if PSEUDO in name and given is not None:
            return given
        return missing(name)

    def is_resource(self, name: str) -> bool:
        """Whether the template declares a resource of this name."""
        return name in self.template.resources

    def identifier(self, name: str) -> Any:
        """What `get_resource` gives."""
        if name not in self.template.resources:
            return Hole(Unknown(say("there is no resource `{}`", shown(name))))
        created = self._created(name, "")
        member = self.member(name)
        parts = member.parts() if is_file(member.type) else []
        if parts and isinstance(parts[0][1], Frame):
            return parts[0][1].output(_IDENTIFIER, (), created)
        return created

    def _created(self, name: str, attribute: str) -> Hole:
        why = say("`{}` is known only after the stack is created", shown(name))
        return Hole(Unknown(why), ((self.origin.configuration + name, attribute),))

    def attribute(self, name: str, path: Sequence[Any]) -> Any:
        """What `get_attr` gives; known where an output of a template says it."""
        if name not in self.template.resources:
            return Hole(Unknown(say("there is no resource `{}`", shown(name))))
        member = self.member(name)
        first = path[0] if path else ""
        hole = self._created(name, str(first))
        if member.type == "OS::Heat::Value" and first == "value":
            properties, secret = opened(member.properties)
            known = isinstance(properties, Mapping) and "value" in properties
            value = properties["value"] if known else hole
            found = at_path(value, path[1:])
            return Secret(found) if secret else found
        parts = member.parts()
        if len(parts) == 1 and not parts[0][0] and isinstance(parts[0][1], Frame):
            return parts[0][1].output(str(first), path[1:], hole)
        if (
            parts
            and parts[0][0] not in {"", f"[{groups.ANY}]"}
            and isinstance(parts[0][1], Frame)
        ):
            return self._of_group(parts, path, hole)
        return hole

    def _of_group(
        self, parts: Sequence[tuple[str, Made | Frame]], path: Sequence[Any], hole: Hole
    ) -> Any:
        """An attribute of the members of a group, as a list."""
        first = str(path[0]) if path else ""
        one = _OF_ONE.fullmatch(first)
        if one is not None:
            inner = dict(parts).get(f"[{one['key']}]")
            wanted = one["attribute"] or _IDENTIFIER
            if not isinstance(inner, Frame):
                return hole
            return inner.output(wanted, path[1:], hole)
        if first in _OF_GROUPS:
            return hole
        return [
            part.output(first, path[1:], hole)
            for _key, part in parts
            if isinstance(part, Frame)
        ]

    def output(self, name: str, path: Sequence[Any], hole: Hole) -> Any:
        """What is at `path` of an output; `hole` where there is no such output."""
        stated = self.template.outputs.get(name)
        words = self.template.dialect.words
        if stated is None or words.value not in stated:
            return hole
        if name not in self._outputs:
            self._outputs[name] = _circle()
            held = self.evaluator.condition(stated.get(words.condition, True))
            value = self.evaluator.value(stated[words.value])
            dropped = held is False or value is DROPPED
            self._outputs[name] = None if dropped else value if held is True else held
        return at_path(self._outputs[name], path)

    def file(self, name: str) -> Any:
        """The text of a file, or a hole."""
        return self.world.text(name, self.template.file)

    def facade(self) -> Any:
        """The metadata of the resource that this stands for."""
        if not self.origin.depth:
            return Hole(Unknown(say("`{}` is known only to the cloud", "facade")))
        return self.origin.facade or {}

    # What it makes.

    def member(self, name: str) -> Member:
        """The resource of a name."""
        if name not in self._members:
            self._members[name] = Member(self, self.template.resources[name])
        return self._members[name]

    def members(self) -> Iterator[Member]:
        """The resources that are, or may be, made."""
        for name, declared in self.template.resources.items():
            stated = declared.condition
            if stated is None or self.evaluator.condition(stated) is not False:
                yield self.member(name)

    def parts_of(self, member: Member) -> Iterator[tuple[str, Made | Frame]]:
        """What a resource makes, by instance key.

        Raises:
            InputError: It is too much.
        """
        metadata = self.evaluator.value(member.declared.metadata)
        what = Definition(
            key="", type=member.type, properties=member.properties, metadata=metadata
        )
        yield from self._expanded(member, what, 0)

    def _expanded(
        self, member: Member, what: Definition, depth: int
    ) -> Iterator[tuple[str, Made | Frame]]:
        """What a resource, or a member of a group, makes.

        Raises:
            InputError: It is too much.
        """
        if depth > DEEPEST:
            raise InputError("groups are nested too deeply", where=self.template.file)
        stated = _stated(what.properties)
        if isinstance(stated, Hole):
            if what.type != NONE:
                self._note_unseen(member, what)
                yield what.key, self._made(member, what, stated)
            return
        inner = groups.members(what.type, stated, self.budget)
        if inner is None and not groups.is_template(what.type):
            self._note_unseen(member, what)
        if inner is not None:
            for one in inner:
                type_ = self.resolved(one.type, one.key)
                key = f"{what.key}[{one.key}]"
                part = msgspec.structs.replace(one, key=key, type=type_)
                yield from self._expanded(member, part, depth + 1)
            return
        if what.type == NONE:
            return
        frame = self._nested(member, what, stated)
        yield what.key, frame or self._made(member, what, stated)

    def _note_unseen(self, member: Member, what: Definition) -> None:
        """Note a resource of which nobody can tell what else it makes."""
        if groups.makes_others(what.type):
            self.world.opaque(f"{what.type} `{member.declared.name}`")

    def _is_named(self, external_id: Any) -> bool:
        """Whether this names what is there already; an empty name makes a new one."""
        found, _secret = opened(self.evaluator.value(external_id))
        return isinstance(found, str) and bool(found)

    def resolved(self, type_: str, name: str) -> str:
        """What a type stands for on a resource.

        Raises:
            InputError: It stands for itself, in a circle.
        """
        found = self.world.environment.registry.resolve(type_, name)
        if found == type_ and is_file(found):
            return located(found, self.template.file)
        return found

    def _made(
        self, member: Member, what: Definition, stated: Mapping[str, Any] | Hole
    ) -> Made:
        """One resource."""
        name = member.declared.name
        return Made(
            address=self.origin.prefix + name + what.key,
            configuration=self.origin.configuration + name,
            type=what.type,
            properties=stated,
            metadata=what.metadata,
            declared=member.declared,
            existing=self._is_named(member.declared.external_id),
            file=self.template.file,
            provider=self.origin.provider,
        )

    def _nested(
        self, member: Member, what: Definition, stated: Mapping[str, Any]
    ) -> Frame | None:
        """The template that a resource stands for; None where it is none, or unread.

        Raises:
            InputError: It is malformed.
        """
        if what.type == groups.REMOTE:
            template = self._remote(member, stated)
            parameters, _secret = opened(stated.get("parameters"))
            provider = remote_provider(stated.get("context"), self.origin.provider)
        elif is_file(what.type):
            template = self.world.template(what.type)
            parameters, provider = stated, self.origin.provider
        else:
            return None
        if template is None:
            return None
        name = member.declared.name
        origin = Origin(
            prefix=f"{self.origin.prefix}{name}{what.key}.",
            configuration=f"{self.origin.configuration}{name}.",
            depth=self.origin.depth + 1,
            provider=provider,
            facade=what.metadata,
        )
        values = parameters if isinstance(parameters, Mapping) else {}
        return Frame(template, self.world, values, origin)

    def _remote(self, member: Member, stated: Mapping[str, Any]) -> Template | None:
        """The template of a stack that is created through the API, perhaps elsewhere.

        Raises:
            InputError: It is malformed.
        """
        text, hidden = opened(stated.get("template"))
        named = _file_of(member.declared.properties)
        beside = located(named, self.template.file) if named else self.template.file
        if isinstance(text, str) and not hidden:
            found = document(text.encode(errors="replace"), where=beside)
            if is_template(found):
                return template_of(found, beside)
        self.world.opaque(f"{groups.REMOTE} `{member.declared.name}`")
        return None


def _stated(properties: Any) -> Mapping[str, Any] | Hole:
    """Properties, each a secret where all are one; a hole where they are none."""
    found, secret = opened(properties)
    if found is None:
        return {}
    if isinstance(found, Mapping):
        return {key: Secret(one) for key, one in found.items()} if secret else found
    refused = Unknown(say("the properties are no mapping"))
    return found if isinstance(found, Hole) else Hole(refused)


def _circle() -> Hole:
    return Hole(Unknown(say("it refers to itself, in a circle")))


def _file_of(properties: Any) -> str | None:
    """The file of which a remote stack takes its template, where it is named."""
    stated = properties.get("template") if isinstance(properties, Mapping) else None
    name = stated.get("get_file") if isinstance(stated, Mapping) else None
    return name if isinstance(name, str) else None
