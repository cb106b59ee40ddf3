"""A Heat template with what it is deployed with, as a stack."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from guardrail.errors import InputError
from guardrail.inputs.heat.contents import contents
from guardrail.inputs.heat.environment import (
    Environment,
    is_file,
    located,
    merged_environment,
)
from guardrail.inputs.heat.frame import Frame
from guardrail.inputs.heat.made import Origin
from guardrail.inputs.heat.template import Template, is_template, parsed
from guardrail.inputs.heat.world import World
from guardrail.inputs.source import GivenTemplate, Source
from guardrail.inputs.yaml_document import document
from guardrail.model import Evidence, Known, ProviderConfiguration, Stack, say
from guardrail.model import Origin as StackOrigin

KIND = "heat-template"
PROVIDER = "openstack.org/openstack/heat"

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
    environment = environment_of(template, source.given)
    world = World(source.given, environment)
    stated = {**environment.parameters, **source.given.parameters}
    because = say("the cloud that is given the template")
    provider = Known(_CLOUD, Evidence.CONSTANT, because)
    root = Frame(template, world, stated, Origin(provider=provider))
    base = ProviderConfiguration(
        key=_CLOUD, provider=PROVIDER, settings={}, hidden=False
    )
    found = contents(root, base, source.path)
    return Stack(
        origin=StackOrigin(
            kind=KIND,
            path=source.path,
            sha256=source.sha256,
            producer=f"heat {template.version}",
        ),
        resources=found.resources,
        references=found.references,
        unfollowed=found.unfollowed,
        providers=found.providers,
        gaps=world.gaps(),
    )


def environment_of(template: Template, given: GivenTemplate) -> Environment:
    """The environments that a template is deployed with, merged.

    Raises:
        InputError: One is malformed.
    """
    kinds = {
        name: str(schema.get(template.dialect.words.type, ""))
        for name, schema in template.parameters.items()
    }
    return merged_environment(given.environments, kinds)


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
