"""HCP Terraform as guardrail sees it: a plan behind a redirect, and a callback."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2 as httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from guardrail.server.clock import Clock
from guardrail.server.hcp import Hcp, Patience
from guardrail.server.outbound import Hosts
from guardrail.server.run_task import TaskRequest, task_of

APP, STORE = "app.hcp.example", "store.hcp.example"
KEY = b"an-hmac-key-of-the-tests"
TOKEN = "a-token-of-one-run"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTS = Hosts(names=(APP, STORE), private=True)


class Double:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, plan: bytes = b"{}") -> None:
        self.plan = plan
        self.api: deque[int] = deque()
        """Statuses of the API before it redirects."""
        self.store: deque[int] = deque()
        """Statuses of the store before it gives the plan."""
        self.callback: deque[int] = deque()
        """Statuses of the callback before it takes results."""
        self.location = f"https://{STORE}/plan?X-Signature=good-for-a-minute"
        self.asked: list[httpx.URL] = []
        self.tokens: list[tuple[str, str]] = []
        """Host and Authorization of every request."""
        self.results: list[dict[str, Any]] = []
        """What callbacks took."""
        self.waited: list[float] = []

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/plan", self._plan),
                Route("/api/code", self._plan),
                Route("/callback/{task}", self._callback, methods=["PATCH"]),
            ]
        )

    def _store(self) -> Starlette:
        return Starlette(routes=[Route("/plan", self._stored)])

    def _seen(self, request: Request) -> None:
        self.tokens.append(
            (request.url.hostname or "", request.headers.get("authorization", ""))
        )

    async def _plan(self, request: Request) -> Response:
        self._seen(request)
        if self.api:
            return Response(status_code=self.api.popleft())
        return RedirectResponse(self.location, 307)

    async def _stored(self, request: Request) -> Response:
        self._seen(request)
        if self.store:
            return Response(status_code=self.store.popleft())
        return Response(self.plan)

    async def _callback(self, request: Request) -> Response:
        self._seen(request)
        body = json.loads(await request.body())
        attributes = body["data"]["attributes"]
        if attributes["status"] != "running" and self.callback:
            return Response(status_code=self.callback.popleft())
        self.results.append({"task": request.path_params["task"], **body["data"]})
        return Response("{}")

    @property
    def finals(self) -> list[dict[str, Any]]:
        """The results that end a task."""
        return [one for one in self.results if one["attributes"]["status"] != "running"]

    @property
    def statuses(self) -> list[str]:
        return [str(one["attributes"]["status"]) for one in self.results]

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0 if seconds < 200 else 3600)

    @property
    def clock(self) -> Clock:
        """A clock that stands still, on which waiting takes no time."""
        return Clock(now=lambda: NOW, sleep=self._sleep)

    def client(self) -> httpx.AsyncClient:
        mounts = {
            f"all://{APP}": httpx.ASGITransport(self._app()),
            f"all://{STORE}": httpx.ASGITransport(self._store()),
        }
        return httpx.AsyncClient(mounts=mounts)

    def hcp(self, hosts: Hosts = HOSTS, **patience: Any) -> Hcp:
        return Hcp(
            self.client(), hosts, patience=Patience(**patience), clock=self.clock
        )


def body(task: str = "taskrs-1", **members: Any) -> bytes:
    """The body of a request as HCP sends it; None leaves a member out."""
    document = {
        "payload_version": 1,
        "stage": "post_plan",
        "access_token": TOKEN,
        "capabilities": {"outcomes": True},
        "configuration_version_download_url": f"https://{APP}/api/code",
        "configuration_version_id": "cv-1",
        "is_speculative": False,
        "organization_name": "ministry",
        "plan_json_api_url": f"https://{APP}/api/plan",
        "run_id": "run-1",
        "run_message": "a message with a secret",
        "task_result_callback_url": f"https://{APP}/callback/{task}",
        "task_result_enforcement_level": "mandatory",
        "task_result_id": task,
        "vcs_branch": None,
        "workspace_name": "archives",
        "workspace_working_directory": "",
        **members,
    }
    return json.dumps(
        {name: value for name, value in document.items() if value is not ...}
    ).encode()


def request(task: str = "taskrs-1", **members: Any) -> TaskRequest:
    return task_of(body(task, **members))


def signature(content: bytes, key: bytes = KEY) -> str:
    return hmac.new(key, content, hashlib.sha512).hexdigest()


@contextmanager
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner
