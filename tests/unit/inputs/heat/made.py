"""Templates made by hand, read."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import GivenTemplate, read
from guardrail.model import Known, Resource, Setting, Stack, Unknown


def text(template: str, version: str = "2021-04-16") -> bytes:
    return f"heat_template_version: {version}\n{dedent(template)}".encode()


def stack(
    template: str,
    *,
    files: Mapping[str, str] | None = None,
    environments: tuple[str, ...] = (),
    version: str = "2021-04-16",
    parameters: Mapping[str, str] | None = None,
) -> Stack:
    given = GivenTemplate(
        files={name: text(found, version) for name, found in (files or {}).items()},
        environments=tuple(
            (f"env{number}.yaml", dedent(one).encode())
            for number, one in enumerate(environments)
        ),
        parameters=parameters or {},
    )
    return read(text(template, version), path="stacks/app.yaml", code=given)


def refusal(template: str, **given: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        stack(template, **given)
    return caught.value


def addresses(found: Stack) -> list[str]:
    return [one.address for one in found.resources]


def only(found: Stack) -> Resource:
    [resource] = found.resources
    return resource


def got(resource: Resource, name: str) -> Setting[Any]:
    return resource.attributes.pick((name,)).get(name)


def value(resource: Resource, name: str) -> Any:
    found = got(resource, name)
    assert isinstance(found, Known), found
    return found.value


def why(resource: Resource, name: str) -> Unknown:
    found = got(resource, name)
    assert isinstance(found, Unknown), found
    return found


def gaps(found: Stack) -> dict[str, str]:
    return {gap.id: gap.message for gap in found.gaps if gap.blocks}
