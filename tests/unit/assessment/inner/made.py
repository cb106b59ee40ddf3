"""Stacks in which resources have other engines make more, made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import dedent
from typing import Any

import msgspec

from guardrail.assessment import Assignment, Knowledge, assess
from guardrail.classification import UNSEEN, Declaration
from guardrail.decision import Decision, Judged
from guardrail.model import (
    Evidence,
    Known,
    Origin,
    ProviderConfiguration,
    Reference,
    Resource,
    Setting,
    Stack,
)
from tests.unit.assessment.flowing import AROUND, by_address, resource

OPENSTACK = "terraform-provider-openstack/openstack"
STACK = "openstack_orchestration_stack_v1.app"
OVH = "https://auth.cloud.ovh.net/v3"
PUBLIC = {"tags": ["data_class=public"]}


def template(text: str) -> str:
    return f"heat_template_version: 2021-04-16\n{dedent(text)}"


def volume(label: str = "", **properties: Any) -> str:
    """A template with one volume."""
    said = {"size": 1, **properties}
    if label:
        said["metadata"] = {"data_class": label}
    resources = {"disk": {"type": "OS::Cinder::Volume", "properties": said}}
    return template(f"resources: {json.dumps(resources)}")


def stack(
    text: str = "",
    *,
    address: str = STACK,
    unknown: object = None,
    sensitive: object = None,
    **values: Any,
) -> Resource:
    given = {**PUBLIC, **values}
    if text:
        given["template_opts"] = {"Bin": text}
    return resource(
        address, given, provider=OPENSTACK, unknown=unknown, sensitive=sensitive
    )


def source(address: str, label: str, **values: Any) -> Resource:
    labels = {"metadata": {"data_class": label}}
    return resource(
        f"openstack_blockstorage_volume_v3.{address}",
        {**labels, **values},
        provider=OPENSTACK,
    )


def judged(
    knowledge: Knowledge,
    *resources: Resource,
    references: Sequence[Reference] = (),
    settings: Mapping[str, Setting[Any]] | None = None,
    shows: Mapping[str, Any] | None = None,
    **stated: Any,
) -> dict[str, Judged]:
    return by_address(
        decision(
            knowledge,
            *resources,
            references=references,
            settings=settings,
            shows=shows,
            **stated,
        )
    )


def decision(
    knowledge: Knowledge,
    *resources: Resource,
    references: Sequence[Reference] = (),
    settings: Mapping[str, Setting[Any]] | None = None,
    shows: Mapping[str, Any] | None = None,
    **stated: Any,
) -> Decision:
    usual = {
        "auth_url": Known(OVH, Evidence.CONSTANT, "constant"),
        "region": Known("GRA11", Evidence.CONSTANT, "constant"),
    }
    keyed = {
        one.provider_configuration.value: one.provider
        for one in resources
        if isinstance(one.provider_configuration, Known)
    }
    made = Stack(
        origin=Origin(kind="terraform-plan", path="x", sha256="", producer=""),
        resources=resources,
        references=tuple(references),
        providers={
            key: ProviderConfiguration(
                key=key,
                provider=provider,
                settings=usual if settings is None else settings,
                hidden=False,
            )
            for key, provider in keyed.items()
        },
        **(shows or {}),
    )
    return assess(made, knowledge, msgspec.structs.replace(AROUND, **stated))


def verdicts(found: Mapping[str, Judged]) -> dict[str, str]:
    return {address: one.verdict.value for address, one in found.items()}


def opened(one: Judged) -> list[str]:
    """Why its class is open, where it is."""
    steps = [step for step in one.sensitivity.because if step.source == UNSEEN]
    assert all(step.remedy for step in steps)
    assert not steps or one.sensitivity.highest == 6
    return [step.detail for step in steps]


def mapping(address: str, rank: int, source: str = "mapping") -> Assignment:
    stated = Declaration(source=source, detail="guardrail.yaml", rank=rank)
    return Assignment(addresses=(address,), declaration=stated)


def elsewhere(one: Resource, registry: str) -> Resource:
    provider = one.provider.partition("/")[2]
    return msgspec.structs.replace(one, provider=f"{registry}/{provider}")
