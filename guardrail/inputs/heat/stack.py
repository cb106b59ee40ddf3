"""A Heat template with what it is deployed with, as a stack."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guardrail.errors import InputError
from guardrail.inputs.heat.environment import (
    Environment,
    is_file,
    located,
    merged_environment,
)
from guardrail.inputs.heat.frame import Frame
from guardrail.inputs.heat.made import Made, Origin
from guardrail.inputs.heat.template import Template, is_template, parsed
from guardrail.inputs.heat.values import OPEN, Hole, Link, attributes, links
from guardrail.inputs.heat.world import World
from guardrail.inputs.identifiers import bounded, public
from guardrail.inputs.source import GivenTemplate, Source
from guardrail.inputs.yaml_document import document
from guardrail.model import (
    Change,
    Evidence,
    Known,
    ProviderConfiguration,
    Reference,
    Resource,
    Stack,
    Value,
    say,
)
from guardrail.model import Origin as StackOrigin

KIND = "heat-template"
PROVIDER = "openstack.org/openstack/heat"
MOST_RESOURCES = 20_000

_CLOUD = "heat"
"""Key of the configuration of the cloud that the template is given to."""


def read(source: Source) -> Stack:
    """The stack that the template in `source` describes.

    Raises:
        InputError: It, an environment or a nested template cannot be read.
        UnsupportedFormatError: One is of a version that is not known.
    """
    file = posixpath.basename(source.path.replace("\\", "/")) or "template"
    template = parsed(source.content, file)
    if not template.resources:
        raise InputError("the template declares no resources", where=file)
    environment = _environment(template, source.given)
    world = World(source.given, environment)
    stated = {**environment.parameters, **source.given.parameters}
    because = say("the cloud that is given the template")
    provider = Known(_CLOUD, Evidence.CONSTANT, because)
    root = Frame(template, world, stated, Origin(provider=provider))
    made = list(_made(root))
    linked = [*_linked(made, world)]
    return Stack(
        origin=StackOrigin(
            kind=KIND,
            path=source.path,
            sha256=source.sha256,
            producer=f"heat {template.version}",
        ),
        resources=tuple(_resource(one, world, source.path) for one in made),
        references=tuple(dict.fromkeys(_references(made, linked))),
        unfollowed=_unfollowed(linked),
        providers=_providers(made),
        gaps=world.gaps(),
    )


def _environment(template: Template, given: GivenTemplate) -> Environment:
    """The environments, merged.

    Raises:
        InputError: One is malformed.
    """
    kinds = {
        name: str(schema.get(template.dialect.words.type, ""))
        for name, schema in template.parameters.items()
    }
    return merged_environment(given.environments, kinds)


def _made(frame: Frame) -> Iterator[Made]:
    """Every resource that an instance of a template makes, nested ones included.

    Raises:
        InputError: There are too many.
    """
    pending: list[Iterator[Made | Frame]] = [_parts(frame)]
    number = 0
    while pending:
        found = next(pending[-1], None)
        if found is None:
            pending.pop()
        elif isinstance(found, Frame):
            pending.append(_parts(found))
        else:
            number += 1
            if number > MOST_RESOURCES:
                raise InputError(
                    f"it makes more than {MOST_RESOURCES} resources",
                    where=frame.template.file,
                    remedy="Split the template",
                )
            yield found


def _parts(frame: Frame) -> Iterator[Made | Frame]:
    for member in frame.members():
        for _key, part in member.parts():
            yield part


def _resource(made: Made, world: World, path: str) -> Resource:
    """The resource of the model.

    Raises:
        InputError: Its name or its values are too large.
    """
    values = made.properties
    if made.metadata is not None and not isinstance(values, Hole):
        values = {**values, "resource_metadata": made.metadata}
    line = made.declared.line
    change = Change.NO_OP if made.existing else Change.CREATE
    return Resource(
        address=bounded(made.address, where=made.file),
        configuration=made.configuration,
        type=public(made.type),
        provider=PROVIDER,
        provider_configuration=made.provider,
        change=change,
        actions=(change.value,),
        attributes=attributes(values, world.budget),
        location=(_shown_file(made.file, path), line) if line else None,
    )


def _shown_file(file: str, path: str) -> str:
    """The path of a file, as a person would find it from where the first one is."""
    folder = posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(folder, file)) if folder else file


def _linked(made: Iterable[Made], world: World) -> Iterator[tuple[str, str, Link]]:
    """The links of all resources: its own address, the path and where it leads."""
    for one in made:
        for path, link in links(one.properties, world.budget):
            yield one.configuration, path, link


def _unfollowed(linked: Iterable[tuple[str, str, Link]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for source, path, link in linked:
        if link == OPEN:
            found.setdefault(source, set()).add(path)
    return {source: frozenset(paths) for source, paths in found.items()}


def _references(
    made: Iterable[Made], linked: Iterable[tuple[str, str, Link]]
) -> Iterator[Reference]:
    for source, path, (target, attribute) in linked:
        if target and target != source:
            yield Reference(
                source=source, target=target, path=path, attribute=attribute
            )
    for one in made:
        before = one.configuration.removesuffix(one.declared.name)
        for name in one.declared.depends_on:
            yield Reference(
                source=one.configuration, target=before + name, path="depends_on"
            )


def _providers(made: Iterable[Made]) -> dict[str, ProviderConfiguration]:
    """The provider configurations in use: the cloud itself, and its other regions."""
    used: dict[str, Value[str]] = {
        one.provider.value: one.provider
        for one in made
        if isinstance(one.provider, Known)
    }
    found = {}
    for key in (_CLOUD, *used):
        region = key.partition(":")[2]
        because = say("`{}` of the stack", "context.region_name")
        settings = {"region": Known(region, Evidence.VALUE, because)} if region else {}
        found[key] = ProviderConfiguration(
            key=key, provider=PROVIDER, settings=settings, hidden=False
        )
    return found


def wanted(content: bytes, file: str) -> list[str]:
    """The files that a template names, as paths from the first one's folder.

    Raises:
        InputError: It is no YAML that can be read.
    """
    found = document(content, where=file)
    if not is_template(found):
        return []
    names: dict[str, None] = {}
    pending: list[Any] = [found]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            for key, inner in value.items():
                named = isinstance(inner, str) and (
                    key == "get_file" or (key in {"type", "Type"} and is_file(inner))
                )
                if named:
                    names[located(inner, file)] = None
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return [name for name in names if "://" not in name]
