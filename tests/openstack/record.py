"""Records what a review asks of a real cloud, and what the services answer.

    python -m tests.openstack.record CLOUD FILE SERVICE=URL…

writes FILE with every answer, the addresses of services replaced by names; unit tests
replay it (`tests/unit/openstack/replay.py`). Tokens, secrets and stack
traces of the cloud are left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from guardrail.openstack.cloud import Cloud, configured
from guardrail.openstack.inventory import Taking

_KEPT = ("Content-Type", "Vary", "OpenStack-API-Version")


def main(cloud: str, target: str, *services: str) -> None:
    """Write what services answer to a review of all projects, and of one."""
    addresses = dict(one.split("=", 1) for one in services)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    send = HTTPAdapter.send

    def record(self: HTTPAdapter, request: Any, *args: Any, **how: Any) -> Any:
        answer = send(self, request, *args, **how)
        found[request.method, request.url] = _entry(request, answer)
        return answer

    HTTPAdapter.send = record  # type: ignore[method-assign]
    for everything in (True, False):
        Taking(Cloud(configured(cloud, None), 60), print, everything=everything).taken()
    text = json.dumps(list(found.values()), indent=1, ensure_ascii=False)
    for name, address in addresses.items():
        text = text.replace(address, f"http://{name}.cloud.example")
    Path(target).write_text(text + "\n", encoding="utf-8")


def _entry(request: Any, answer: requests.Response) -> dict[str, Any]:
    headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    if "X-Subject-Token" in answer.headers:
        headers["X-Subject-Token"] = "a-token"
    return {
        "method": request.method,
        "url": request.url,
        "status": answer.status_code,
        "headers": headers,
        "body": answer.json(object_hook=_without_trace),
    }


def _without_trace(found: dict[str, Any]) -> dict[str, Any]:
    """An object without where in its code a service failed, with its own paths."""
    found.pop("details", None)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
