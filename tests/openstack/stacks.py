"""A stack of Heat: its template, and its end."""

from __future__ import annotations

from typing import Any

from tests.waiting import until


def stack(zone: str | dict[str, str]) -> dict[str, Any]:
    """A template of a server, a volume and a network."""
    place = {"availability_zone": zone}
    return {
        "heat_template_version": "2021-04-16",
        "parameters": {"zone": {"type": "string", "default": "standard"}},
        "resources": {
            "net": {"type": "OS::Neutron::Net"},
            "disk": {"type": "OS::Cinder::Volume", "properties": {"size": 1, **place}},
            "machine": {
                "type": "OS::Nova::Server",
                "properties": {
                    "image": "tiny",
                    "flavor": "small",
                    "user_data_format": "RAW",
                    "networks": [{"network": "shared"}],
                    **place,
                },
            },
        },
    }


def ended(engine: Any, stack_: str) -> Any:
    """A stack that is no longer being made."""
    until(lambda: "PROGRESS" not in engine.get_stack(stack_).status, "the stack ends")
    return engine.get_stack(stack_)
