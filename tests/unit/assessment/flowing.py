"""Small stacks through which data goes, made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.decision import Decision, Judged
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Known,
    Origin,
    ProviderConfiguration,
    Reference,
    Resource,
    Stack,
)

AROUND = Circumstances(as_of=date(2026, 11, 22), body=Known("state"))


def resource(
    address: str,
    values: Mapping[str, Any] | None = None,
    *,
    change: Change = Change.CREATE,
    provider: str = "hashicorp/aws",
    unknown: object = None,
    sensitive: object = None,
) -> Resource:
    configuration = _without_keys(address)
    attributes = Attributes.of(values or {}, unknown=unknown)
    if sensitive is not None:
        attributes = msgspec.structs.replace(
            attributes, sensitive=msgspec.json.encode(sensitive)
        )
    return Resource(
        address=address,
        configuration=configuration,
        type=configuration.split(".")[-2],
        provider=f"registry.terraform.io/{provider}",
        provider_configuration=Known(provider),
        change=change,
        actions=(change.value,),
        attributes=attributes,
    )


def labelled(address: str, class_: str, **more: Any) -> Resource:
    return resource(address, {"tags": {"data_class": class_}, **more})


def reads(source: str, path: str, target: str, attribute: str = "id") -> Reference:
    return Reference(source=source, path=path, target=target, attribute=attribute)


def decide(
    knowledge: Knowledge,
    resources: Sequence[Resource],
    references: Sequence[Reference] = (),
    *,
    shows: Mapping[str, Any] | None = None,
    **stated: Any,
) -> Decision:
    """`shows` is more of the stack, `stated` of the circumstances."""
    providers = {one.provider.partition("/")[2] for one in resources}
    made = Stack(
        origin=Origin(kind="terraform-plan", path="x", sha256="", producer=""),
        resources=tuple(resources),
        references=tuple(references),
        providers={
            name: ProviderConfiguration(
                key=name,
                provider=f"registry.terraform.io/{name}",
                settings={"region": Known("eu-west-3", Evidence.CONSTANT, "constant")},
                hidden=False,
            )
            for name in providers
        },
        **(shows or {}),
    )
    return assess(made, knowledge, msgspec.structs.replace(AROUND, **stated))


def by_address(decision: Decision) -> dict[str, Judged]:
    return {one.resource.address: one for one in decision.resources}


def flows(decision: Decision) -> set[tuple[str, str, str, bool]]:
    return {
        (flow.source, flow.target, flow.kind, flow.certain) for flow in decision.flows
    }


def _without_keys(address: str) -> str:
    found, depth = "", 0
    for letter in address:
        depth += letter == "["
        found += "" if depth else letter
        depth -= letter == "]"
    return found
