"""One instance of a template: its parameters, and the resources it makes.

Source: OpenStack, heat, heat/engine/resources/stack_resource.py and
heat/engine/resources/openstack/heat/, 27.0.1, https://opendev.org/openstack/heat
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.inputs.heat.environment import NONE, is_file, located
from guardrail.inputs.heat.evaluate import Evaluator, at_path, put_in
from guardrail.inputs.heat.parameters import (
    PSEUDO,
    converted,
    hidden,
    is_hidden,
    missing,
)
from guardrail.inputs.heat.template import Declared, Template, is_template, template_of
from guardrail.inputs.heat.values import Budget, Hole, Secret, opened
from guardrail.inputs.heat.world import World, refuse
from guardrail.inputs.identifiers import shown
from guardrail.inputs.yaml_document import document
from guardrail.model import Unknown, Value, say

DEEPEST = 12
"""Templates inside of templates."""
MOST_MEMBERS = 5_000
"""Members of one group."""
ANY = "*"
"""The key of the one member that stands for a number that is not known."""

_GROUP, _SCALED, _CHAIN, _REMOTE = (
    "OS::Heat::ResourceGroup",
    "OS::Heat::AutoScalingGroup",
    "OS::Heat::ResourceChain",
    "OS::Heat::Stack",
)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where an instance of a template stands."""

    prefix: str = ""
    """Of addresses: `outer.`, `group[0].`."""
    configuration: str = ""
    """The same without keys."""
    depth: int = 0
    provider: Value[str]
    """Key of the provider configuration that its resources go through."""
    facade: Any = None
    """Metadata of the resource that it stands for."""


class Made(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A resource that a template makes, of a type that Heat or a plugin knows."""

    address: str
    configuration: str
    type: str
    properties: Mapping[str, Any]
    metadata: Any
    declared: Declared
    file: str
    provider: Value[str]


class Member:
    """A resource of a template: one, or the members of a group, or a template."""

    def __init__(self, frame: Frame, declared: Declared) -> None:
        self.declared = declared
        self._frame = frame
        self._properties: Any = None
        self._parts: list[tuple[str, Made | Frame]] | None = None

    @property
    def type(self) -> str:
        """What its type stands for.

        Raises:
            InputError: It stands for itself, in a circle.
        """
        declared = self.declared
        target = self._frame.world.environment.registry.resolve(
            declared.type, declared.name
        )
        if target == declared.type and is_file(target):
            return located(target, self._frame.template.file)
        return target

    @property
    def properties(self) -> Any:
        """Its properties, evaluated."""
        if self._properties is None:
            # What leads back to itself through an attribute ends here.
            self._properties = _circle()
            found = self._frame.evaluator.value(self.declared.properties)
            self._properties = {} if found is None else found
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
            raise refuse("templates are nested too deeply", template.file)
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
        found = converted(value, schema.get("type", schema.get("Type")), name, self.budget)  # noqa: E501  # fmt: skip
        return hidden(found) if is_hidden(schema, words.hidden) else found

    def _pseudo(self, name: str) -> Any:
        given = self.world.given.parameters.get(name)
        if name in PSEUDO and given is not None:
            return given
        return missing(name)

    def is_resource(self, name: str) -> bool:
        """Whether the template declares a resource of this name."""
        return name in self.template.resources

    def identifier(self, name: str) -> Any:
        """What `get_resource` gives."""
        if name not in self.template.resources:
            return Hole(Unknown(say("there is no resource `{}`", shown(name))))
        return self._created(name, "")

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
        if parts and parts[0][0] not in {"", ANY} and isinstance(parts[0][1], Frame):
            return self._of_group(parts, path, hole)
        return hole

    def _of_group(
        self, parts: Sequence[tuple[str, Made | Frame]], path: Sequence[Any], hole: Hole
    ) -> Any:
        """An attribute of the members of a group, as a list."""
        first = str(path[0]) if path else ""
        fixed = {"refs", "refs_map", "attributes", "outputs", "outputs_list", "show", "current_size", "removed_rsrc_list"}  # noqa: E501  # fmt: skip
        if first in fixed or first.startswith("resource."):
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
            self._outputs[name] = value if held is True else held or None
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
        properties, secret = opened(member.properties)
        known = isinstance(properties, Mapping) and not secret
        groups = {
            _GROUP: self._group,
            _SCALED: self._scaled,
            _CHAIN: self._chain,
        }
        expand = groups.get(member.type)
        if expand is not None and known:
            yield from expand(member, properties)
        elif member.type == _REMOTE and known:
            yield "", self._remote(member, properties, metadata)
        elif member.type != NONE:
            yield "", self._one(member, "", member.type, (properties, metadata))

    def _one(
        self, member: Member, key: str, type_: str, content: tuple[Any, Any]
    ) -> Made | Frame:
        """One resource, or the template that its type stands for."""
        properties, metadata = content
        name = member.declared.name
        address = self.origin.prefix + name + (f"[{key}]" if key else "")
        configuration = self.origin.configuration + name
        if is_file(type_):
            template = self.world.template(type_)
            if template is not None:
                stated = properties if isinstance(properties, Mapping) else {}
                return self._nested(template, stated, address, metadata)
        return Made(
            address=address,
            configuration=configuration,
            type=type_,
            properties=properties if isinstance(properties, Mapping) else {"properties": member.properties},  # noqa: E501  # fmt: skip
            metadata=metadata,
            declared=member.declared,
            file=self.template.file,
            provider=self.origin.provider,
        )

    def _nested(
        self,
        template: Template,
        stated: Mapping[str, Any],
        address: str,
        metadata: Any,
        provider: Value[str] | None = None,
    ) -> Frame:
        relative = address.removeprefix(self.origin.prefix).partition("[")[0]
        origin = Origin(
            prefix=f"{address}.",
            configuration=f"{self.origin.configuration}{relative}.",
            depth=self.origin.depth + 1,
            provider=provider or self.origin.provider,
            facade=metadata,
        )
        return Frame(template, self.world, stated, origin)

    def _group(
        self, member: Member, properties: Mapping[str, Any]
    ) -> Iterator[tuple[str, Made | Frame]]:
        """The members of a ResourceGroup."""
        definition = properties.get("resource_def")
        count = _number(properties.get("count", 1))
        variable = properties.get("index_var", "%index%")
        if not _defined(definition) or not isinstance(variable, str):
            yield "", self._one(member, "", _GROUP, (properties, None))
            return
        removed = _removed(properties.get("removal_policies"))
        for key in self._keys(count, removed):
            content = definition.get("properties") or {}
            if key != ANY:
                content = put_in(content, [(variable, key)], self.budget, keys=False)
            type_ = self._type(str(definition["type"]), key)
            yield key, self._one(member, key, type_, (content, definition.get("metadata")))  # noqa: E501  # fmt: skip

    def _scaled(
        self, member: Member, properties: Mapping[str, Any]
    ) -> Iterator[tuple[str, Made | Frame]]:
        """The first members of an AutoScalingGroup."""
        definition = properties.get("resource")
        if not _defined(definition):
            yield "", self._one(member, "", _SCALED, (properties, None))
            return
        stated = properties.get("desired_capacity")
        if stated is None:
            stated = properties.get("min_size")
        # It may grow from none to many, all alike.
        count = _number(stated) or None
        for key in self._keys(count, None if count is None else frozenset()):
            content = definition.get("properties") or {}
            type_ = self._type(str(definition["type"]), key)
            yield key, self._one(member, key, type_, (content, definition.get("metadata")))  # noqa: E501  # fmt: skip

    def _chain(
        self, member: Member, properties: Mapping[str, Any]
    ) -> Iterator[tuple[str, Made | Frame]]:
        """The resources of a ResourceChain."""
        types, _secret = opened(properties.get("resources"))
        if not isinstance(types, list) or not all(isinstance(one, str) for one in types):  # noqa: E501  # fmt: skip
            yield "", self._one(member, "", _CHAIN, (properties, None))
            return
        content = properties.get("resource_properties") or {}
        for number, type_ in enumerate(types):
            key = str(number)
            yield key, self._one(member, key, self._type(type_, key), (content, None))

    def _type(self, type_: str, name: str) -> str:
        found = self.world.environment.registry.resolve(type_, name)
        if found == type_ and is_file(found):
            return located(found, self.template.file)
        return found

    def _keys(self, count: int | None, removed: frozenset[str] | None) -> list[str]:
        """The keys of the members of a group.

        Raises:
            InputError: There are too many.
        """
        if count is None or removed is None:
            return [ANY]
        if count > MOST_MEMBERS:
            raise refuse(f"a group has {count} members", self.template.file)
        self.budget.spend(count)
        keys = (str(number) for number in range(count + len(removed)))
        return [key for key in keys if key not in removed][:count]

    def _remote(
        self, member: Member, properties: Mapping[str, Any], metadata: Any
    ) -> Made | Frame:
        """A stack that is created through the API, perhaps elsewhere."""
        text, _secret = opened(properties.get("template"))
        name = member.declared.name
        if not isinstance(text, str):
            self.world.opaque(f"OS::Heat::Stack {name}")
            return self._one(member, "", _REMOTE, (properties, metadata))
        file = _file_of(member.declared.properties) or ""
        beside = located(file, self.template.file) if file else self.template.file
        found = document(text.encode(errors="replace"), where=beside)
        if not is_template(found):
            self.world.opaque(f"OS::Heat::Stack {name}")
            return self._one(member, "", _REMOTE, (properties, metadata))
        stated = properties.get("parameters")
        return self._nested(
            template_of(found, beside),
            stated if isinstance(stated, Mapping) else {},
            self.origin.prefix + name,
            metadata,
            remote_provider(properties.get("context"), self.origin.provider),
        )


def remote_provider(context: Any, usual: Value[str]) -> Value[str]:
    """The provider configuration of a stack in another region or cloud."""
    context, _secret = opened(context)
    if context is None:
        return usual
    elsewhere = Unknown(
        say("the stack is created in another cloud, whose credentials are a secret"),
        say("judge its template by itself, with the cloud it goes to"),
    )
    if isinstance(context, Hole) or not isinstance(context, Mapping):
        return elsewhere
    if context.get("credential_secret_id") is not None:
        return elsewhere
    region, _secret = opened(context.get("region_name"))
    if region is None or isinstance(usual, Unknown):
        return usual
    if not isinstance(region, str):
        return Unknown(
            say("the region of the stack is not known"),
            region.unknown.remedy if isinstance(region, Hole) else "",
        )
    return msgspec.structs.replace(usual, value=f"{usual.value.partition(':')[0]}:{region}")  # noqa: E501  # fmt: skip


def _circle() -> Hole:
    return Hole(Unknown(say("it refers to itself, in a circle")))


def _defined(definition: Any) -> bool:
    """Whether a definition of members names their type."""
    return isinstance(definition, Mapping) and isinstance(definition.get("type"), str)


def _number(value: Any) -> int | None:
    """A number of members; None where it is not known."""
    value, _secret = opened(value)
    try:
        return None if isinstance(value, Hole) else max(0, int(value))
    except (TypeError, ValueError):
        return None


def _removed(policies: Any) -> frozenset[str] | None:
    """The names of members that are left out; None where they are not known."""
    policies, _secret = opened(policies)
    if policies is None:
        return frozenset()
    if not isinstance(policies, list):
        return None
    found: set[str] = set()
    for policy in policies:
        names = policy.get("resource_list") if isinstance(policy, Mapping) else None
        if not isinstance(names, list):
            return None
        if any(isinstance(one, Hole | Secret) for one in names):
            return None
        found.update(map(str, names))
    return frozenset(found)


def _file_of(properties: Any) -> str | None:
    """The file of which a remote stack takes its template, where it is named."""
    stated = properties.get("template") if isinstance(properties, Mapping) else None
    name = stated.get("get_file") if isinstance(stated, Mapping) else None
    return posixpath.normpath(name) if isinstance(name, str) else None
