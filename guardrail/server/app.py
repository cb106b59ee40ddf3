"""The routes of the server."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from guardrail.errors import GuardrailError, InputError
from guardrail.reports import render_json
from guardrail.server.clock import Clock
from guardrail.server.court import Court, Question
from guardrail.server.events import say_event
from guardrail.server.hcp import Hcp, client
from guardrail.server.log import open_log
from guardrail.server.metrics import Metrics
from guardrail.server.openapi import document
from guardrail.server.run_task import SIGNATURE, authentic, task_of
from guardrail.server.settings import Settings, keys_of
from guardrail.server.work import Means, Work

PolicyReply: TypeAlias = Callable[[str, bytes, str], bytes]
"""Content type, body and path of a check of oslo.policy to the body of its answer."""
_TASK_LIMIT_BYTES = 1 << 20
_CHECK_LIMIT_BYTES = 1 << 20


class Server:
    """What one process serves."""

    def __init__(
        self, settings: Settings, policy: PolicyReply | None, clock: Clock
    ) -> None:
        """Read what the settings name, and open the log.

        Raises:
            GuardrailError: Something of it cannot be used.
        """
        self._settings = settings
        self._policy = policy
        self._clock = clock
        self._keys = keys_of(settings)
        self._court = Court(settings, clock)
        self._log = open_log(settings.log)
        self._metrics = Metrics(lambda: self._work.waiting if self._work else 0)
        self._work: Work | None = None

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/healthz", self._healthy),
            Route("/readyz", self._ready),
            Route("/metrics", self._counted),
            Route("/openapi.json", self._described),
        ]
        if self._keys:
            routes.append(Route("/run-task", self._run_task, methods=["POST"]))
        if self._settings.clients:
            routes.append(Route("/v1/decisions", self._decide, methods=["POST"]))
        if self._policy is not None:
            routes.append(
                Route("/oslo-policy/{rule:path}", self._check, methods=["POST"])
            )
        return Starlette(
            routes=routes,
            lifespan=self._life,
            exception_handlers={GuardrailError: _refused, Exception: _broken},
        )

    @asynccontextmanager
    async def _life(self, _app: Starlette) -> AsyncIterator[None]:
        """From the first request to the last answer."""
        settings = self._settings
        async with client(settings.patience, settings.proxy) as calls:
            hcp = Hcp(
                calls, settings.hosts, patience=settings.patience, clock=self._clock
            )
            means = Means(
                judge=self._court,
                hcp=hcp,
                log=self._log,
                metrics=self._metrics,
                clock=self._clock,
            )
            self._work = Work(means, settings.at_once)
            keeping = asyncio.create_task(self._keep())
            say_event("server.started", library=self._court.library.sha256[:12])
            try:
                yield
            finally:
                keeping.cancel()
                await self._work.stop(settings.stop_s)
                self._log.close()
                say_event("server.stopped", unanswered=str(self._work.waiting))

    async def _keep(self) -> None:
        """Let go, once a day, of what is older than it is to be kept."""
        from datetime import timedelta

        days = self._settings.keep_days
        while days is not None:
            before = self._clock.now() - timedelta(days=days)
            try:
                gone = await asyncio.to_thread(self._log.forget, before)
            except GuardrailError as error:
                say_event("log.not-pruned", reason=str(error))
            else:
                say_event("log.pruned", rows=str(gone))
            await self._clock.sleep(86_400)

    async def _healthy(self, _request: Request) -> Response:
        """Whether the process answers."""
        return JSONResponse({"status": "alive"})

    async def _ready(self, _request: Request) -> Response:
        """Whether it can judge and keep what it judges."""
        try:
            self._court.ready()
            await asyncio.to_thread(self._log.ready)
        except GuardrailError as error:
            return JSONResponse({"status": "unready", "reason": str(error)}, 503)
        stopping = self._work is None or self._work.stopping
        return JSONResponse(
            {"status": "stopping" if stopping else "ready"}, 503 if stopping else 200
        )

    async def _counted(self, _request: Request) -> Response:
        """The counters, for Prometheus."""
        return Response(self._metrics.shown(), media_type="text/plain; version=0.0.4")

    async def _described(self, _request: Request) -> Response:
        """What is served, as OpenAPI."""
        return Response(document(), media_type="application/json")

    async def _run_task(self, request: Request) -> Response:
        """Take a run task on: 200 at once, and the result by its callback.

        Raises:
            HTTPException: It is not authentic, or cannot be taken on now.
            InputError: It is no request of a run task.
        """
        body = await _body(request, _TASK_LIMIT_BYTES)
        if not authentic(body, request.headers.get(SIGNATURE, ""), self._keys):
            self._metrics.refused("run-task")
            say_event("run-task.refused", reason="signature")
            raise HTTPException(401, "the signature is not right")
        task = task_of(body)
        if task.is_test:
            return Response()
        work = self._work
        if work is None or not work.accept(task, self._settings.most_waiting):
            raise HTTPException(503, "come again", {"Retry-After": "30"})
        return Response()

    async def _decide(self, request: Request) -> Response:
        """Judge the plan in the body, and answer with the JSON report."""
        started = time.monotonic()
        who = self._client(request)
        body = await _body(request, self._settings.largest_plan_bytes)
        question = Question.of(request.query_params.multi_items())
        ruling = await asyncio.to_thread(self._court.decide, body, question)
        entry = ruling.entry("decision", {"client": who})
        number = await asyncio.to_thread(self._log.append, entry, self._clock.now())
        verdict = ruling.decision.verdict.value
        self._metrics.judged("decision", verdict, time.monotonic() - started)
        report = render_json([ruling.decision], ruling.rendering)
        headers = {"Guardrail-Verdict": verdict, "Guardrail-Decision": str(number)}
        return Response(report, media_type="application/json", headers=headers)

    def _client(self, request: Request) -> str:
        """Who asks.

        Raises:
            HTTPException: Nobody who is known.
        """
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        made = hashlib.sha256(token.strip().encode()).hexdigest()
        known = [
            one.name
            for one in self._settings.clients
            if hmac.compare_digest(one.sha256.lower(), made)
        ]
        if scheme.lower() != "bearer" or not known:
            self._metrics.refused("decision")
            raise HTTPException(401, "no known token", {"WWW-Authenticate": "Bearer"})
        return known[0]

    async def _check(self, request: Request) -> Response:
        """Answer a check of oslo.policy: `True`, or it is not allowed."""
        policy = self._policy
        assert policy is not None  # noqa: S101  # or there would be no route
        started = time.monotonic()
        body = await _body(request, _CHECK_LIMIT_BYTES)
        kind = request.headers.get("Content-Type", "")
        answer = await asyncio.to_thread(policy, kind, body, request.url.path)
        self._metrics.judged("policy", "asked", time.monotonic() - started)
        return Response(answer, media_type="text/plain")


async def _body(request: Request, limit_bytes: int) -> bytes:
    """The body of a request, whole.

    Raises:
        HTTPException: It is too large.
    """
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > limit_bytes:
            raise HTTPException(413, f"more than {limit_bytes} bytes")
    return bytes(content)


async def _refused(_request: Request, error: Exception) -> Response:
    """What cannot be judged: whose fault it is, and why."""
    code = 422 if isinstance(error, InputError) else 503
    return JSONResponse({"error": str(error)}, code)


async def _broken(_request: Request, error: Exception) -> Response:
    """A bug: its message may hold a secret, so its kind must do."""
    say_event("server.bug", reason=type(error).__name__)
    return JSONResponse({"error": "a bug of guardrail"}, 500)
