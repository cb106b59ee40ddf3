"""HCP Terraform as it is called: plans and code are fetched, results are sent.

The access token goes to the address that the signed request named, and never to where
that one redirects: to a store, by an address that is good for a minute.

Source: HashiCorp, web-unified-docs, run-tasks-integration.mdx (callback), api-docs/
plans.mdx and configuration-versions.mdx (json-output, download)
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx
import msgspec

from guardrail.errors import GuardrailError, InputError
from guardrail.server.clock import Clock
from guardrail.server.outbound import Hosts, allowed
from guardrail.server.run_task import TaskRequest

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
_EXPIRED = frozenset({400, 401, 403, 404, 410})
"""Answers of a store to an address that is no longer good."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_MEDIA_TYPE = "application/vnd.api+json"


class UnansweredError(GuardrailError):
    """The other side took no result, however often it was sent."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long the other side is waited for."""

    fetch_s: float = 600.0
    """For a plan that is not ready, or a store that does not answer."""
    answer_s: float = 1800.0
    """For a callback that is not taken."""
    request_s: float = 30.0
    """For one request."""
    limit_bytes: int = 256 << 20
    """For what is fetched."""


class Hcp:
    """The other side of run tasks."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        hosts: Hosts,
        patience: Patience,
        clock: Clock = Clock(),  # noqa: B008  # it is frozen
    ) -> None:
        """Call through `client`, which must follow no redirect by itself."""
        self._client = client
        self._hosts = hosts
        self._patience = patience
        self._clock = clock

    async def fetch(self, url: str, token: str) -> bytes:
        """What lies at `url`, for which `token` is good.

        Raises:
            InputError: It is not there, or too large.
            ForbiddenError: It, or what it redirects to, may not be called.
        """
        async for _pause in self._pauses(self._patience.fetch_s):
            found = await self._attempt(url, token)
            if found is not None:
                return found
        raise InputError("the plan could not be fetched in time")

    async def _attempt(self, url: str, token: str) -> bytes | None:
        """What lies there; None where it may be there later."""
        try:
            async with self._get(url, token) as answer:
                if answer.status_code not in _REDIRECTS:
                    return await self._content(answer, expires=False)
                place = answer.headers.get("location", "")
            async with self._get(str(httpx.URL(url).join(place)), "") as answer:
                return await self._content(answer, expires=True)
        except (httpx.TransportError, httpx.InvalidURL):
            return None

    @asynccontextmanager
    async def _get(self, url: str, token: str) -> AsyncIterator[httpx.Response]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        place = await allowed(url, self._hosts)
        async with self._client.stream("GET", place, headers=headers) as answer:
            yield answer

    async def _content(self, answer: httpx.Response, *, expires: bool) -> bytes | None:
        code = answer.status_code
        if code == 204 or code in _LATER or (expires and code in _EXPIRED):
            return None
        if code != 200:
            raise InputError(
                f"the plan could not be fetched (status {code})",
                remedy="Run tasks need Terraform 1.1.9 or later" if code == 422 else "",
            )
        content = bytearray()
        async for block in answer.aiter_bytes():
            content += block
            if len(content) > self._patience.limit_bytes:
                raise InputError(
                    f"the plan has more than {self._patience.limit_bytes} bytes"
                )
        return bytes(content)

    async def answer(self, request: TaskRequest, result: dict[str, Any]) -> None:
        """Send a result; it is sent again while the other side is out of order.

        Raises:
            UnansweredError: It was not taken.
            ForbiddenError: The callback may not be called.
        """
        code: int | None = None
        async for _pause in self._pauses(self._patience.answer_s):
            code = await self.tell(request, result)
            if code is not None and code < 300:
                return
            if code is not None and code not in _LATER:
                break
        raise UnansweredError(f"the result was not taken (status {code})")

    async def tell(self, request: TaskRequest, result: dict[str, Any]) -> int | None:
        """The status with which a result was taken; None where nobody answered.

        Raises:
            ForbiddenError: The callback may not be called.
        """
        place = await allowed(request.task_result_callback_url, self._hosts)
        headers = {
            "Authorization": f"Bearer {request.access_token}",
            "Content-Type": _MEDIA_TYPE,
        }
        content = msgspec.json.encode(result)
        try:
            answer = await self._client.patch(place, content=content, headers=headers)
        except httpx.TransportError:
            return None
        return answer.status_code

    async def _pauses(self, within_s: float) -> AsyncIterator[float]:
        """Once at once, then after longer and longer pauses, `within_s` in all."""
        pause, waited = _FIRST_PAUSE_S, 0.0
        yield 0.0
        while waited < within_s:
            # Jitter, so that tasks that were refused together do not return together.
            wait = min(pause, within_s - waited) * random.uniform(0.5, 1)  # noqa: S311
            waited += max(wait, 0.001)
            await self._clock.sleep(wait)
            yield wait
            pause = min(pause * 2, _LONGEST_PAUSE_S)


def client(patience: Patience, proxy: str = "") -> httpx.AsyncClient:
    """A client that follows nothing and reads no environment."""
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=patience.request_s,
        proxy=proxy or None,
        headers={"User-Agent": "guardrail"},
    )
