"""Plans made by hand, for what no real plan shows; and the real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guardrail.inputs import read
from guardrail.model import Known, Resource, Stack, Unknown, Value

FIXTURES = Path(__file__).parents[3] / "fixtures"
AWS = "registry.terraform.io/hashicorp/aws"


def real(name: str) -> bytes:
    return (FIXTURES / "plans" / name / "plan.json").read_bytes()


def real_plans() -> list[str]:
    """The names of the plans that did not fail."""
    names = sorted(path.parent.name for path in FIXTURES.glob("plans/*/plan.json"))
    return [name for name in names if name != "errored-plan"]


def change(
    address: str = "aws_s3_bucket.b",
    actions: tuple[str, ...] = ("create",),
    /,
    *,
    after: object = None,
    module: str = "",
    **more: object,
) -> dict[str, Any]:
    """An entry of `resource_changes`; `more` goes beside or into `change`."""
    relative = address.removeprefix(module).removeprefix(".")
    data = relative.startswith("data.")
    type_, name = relative.removeprefix("data.").partition("[")[0].split(".")
    gone = actions in {("delete",), ("forget",)}
    values = {} if after is None and not gone else after
    inner: dict[str, Any] = {
        "actions": list(actions),
        "before": values if actions == ("no-op",) else None,
        "after": values,
        "after_unknown": {},
        "before_sensitive": False,
        "after_sensitive": {},
    }
    entry: dict[str, Any] = {"address": address}
    if module:
        entry["module_address"] = module
    entry |= {"mode": "data" if data else "managed", "type": type_, "name": name}
    entry |= {"provider_name": AWS, "change": inner}
    for key, value in more.items():
        (inner if key in {*inner, "importing"} else entry)[key] = value
    return entry


def block(
    address: str = "aws_s3_bucket.b", key: str = "aws", **more: Any
) -> dict[str, Any]:
    """An entry of `configuration.….resources`."""
    type_, name = address.removeprefix("data.").split(".")
    mode = "data" if address.startswith("data.") else "managed"
    entry = {"address": address, "mode": mode, "type": type_, "name": name}
    return entry | {"provider_config_key": key} | more


def provider(name: str = "aws", **more: Any) -> dict[str, Any]:
    return {"name": name, "full_name": AWS} | more


def constant(value: object) -> dict[str, object]:
    return {"constant_value": value}


def refers(*texts: str) -> dict[str, object]:
    return {"references": list(texts)}


def plan(**sections: Any) -> dict[str, Any]:
    """A plan of one bucket, with other sections where given."""
    made: dict[str, Any] = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": [change()],
        "configuration": configuration(block()),
        "timestamp": "2026-11-22T10:00:00Z",
        "applyable": True,
        "complete": True,
        "errored": False,
    }
    return made | sections


def configuration(
    *blocks: Mapping[str, Any], providers: Mapping[str, Any] | None = None, **root: Any
) -> dict[str, Any]:
    return {
        "provider_config": {"aws": provider()} if providers is None else providers,
        "root_module": {"resources": list(blocks)} | root,
    }


def compact(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def stack_of(document: object) -> Stack:
    return read(compact(document), path="plan.json")


def first(document: object) -> Resource:
    return stack_of(document).resources[0]


def known(value: object) -> Any:
    assert isinstance(value, Known), value
    return value.value


def unknown(value: object) -> Unknown:
    assert isinstance(value, Unknown), value
    return value


def key_of(value: Value[str]) -> str:
    return str(known(value))
