"""A cloud that answers as a real one was recorded to, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

RECORDED = Path(__file__).with_name("recorded.json")
KEYSTONE = "http://keystone.cloud.example/v3"
CLOUDS = """
clouds:
  minicloud:
    auth: {auth_url: "http://keystone.cloud.example/v3", username: admin, password: hunter2,
           project_name: admin, user_domain_id: default, project_domain_id: default}
    region_name: RegionOne
"""


class Replay:
    """Answers by method and address; what it does not know cannot be reached."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], dict[str, Any]] = {
            (one["method"], one["url"]): one
            for one in json.loads(RECORDED.read_text(encoding="utf-8"))
        }
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, Any]] = []

    def catalogue(self) -> list[dict[str, Any]]:
        """The services that the token names; it may be changed."""
        token: Any = self.answers["POST", f"{KEYSTONE}/auth/tokens"]["body"]["token"]
        found: list[dict[str, Any]] = token["catalog"]
        return found

    def serve(self, kind: str, url: str, region: str = "RegionOne") -> None:
        """Add a service to the catalogue."""
        endpoint = {
            "id": "e", "interface": "public", "region": region, "region_id": region,
            "url": url,
        }  # fmt: skip
        self.catalogue().append(
            {"type": kind, "name": kind, "id": "s", "endpoints": [endpoint]}
        )

    def answer(
        self,
        url: str,
        body: object = None,
        *,
        status: int = 200,
        method: str = "GET",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Say what comes of a request."""
        self.answers[method, url] = {
            "status": status, "body": body, "headers": headers or {},
        }  # fmt: skip

    def url(self, path: str) -> str:
        """The one recorded address with `path` in it."""
        (found,) = [url for _method, url in self.answers if path in url]
        return found

    def send(
        self, _adapter: HTTPAdapter, request: requests.PreparedRequest, **_how: Any
    ) -> requests.Response:
        place = str(request.method), str(request.url)
        self.asked.append(place)
        self.headers.append({str(k): v for k, v in request.headers.items()})
        if place not in self.answers:
            raise requests.ConnectionError("nobody is there: hunter2")
        known = self.answers[place]
        found = requests.Response()
        found.status_code = known["status"]
        found.headers.update(known["headers"])
        body = known["body"]
        found._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        found.request, found.url = request, str(request.url)
        return found


def replayed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Replay:
    """The recorded cloud, as the entry `minicloud` of a clouds.yaml."""
    found = Replay()
    monkeypatch.setattr(
        HTTPAdapter,
        "send",
        lambda self, request, **how: found.send(self, request, **how),
    )
    (folder / "clouds.yaml").write_text(CLOUDS, encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(folder / "clouds.yaml"))
    return found
