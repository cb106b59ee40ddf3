"""Run tasks at work: each is told that it runs, judged, logged, and then answered.

Only what was judged `allow` and stands in the log is answered `passed`. Whatever else
happens (nothing to read, a log that cannot be written, a stop) is answered `failed`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Protocol

import msgspec

from guardrail.decision import Decision, Verdict
from guardrail.errors import GuardrailError, InputError
from guardrail.reports import Rendering
from guardrail.reports.markdown import counted
from guardrail.server.clock import Clock
from guardrail.server.events import say_event
from guardrail.server.hcp import Hcp
from guardrail.server.log import DecisionLog, Entry
from guardrail.server.metrics import Metrics
from guardrail.server.results import outcomes_of, result, status_of
from guardrail.server.run_task import TaskRequest

_HEARTBEAT_S = 240.0
"""HCP gives a task up that says nothing for ten minutes."""
_REMEMBERED = 10_000
_FAILED = "guardrail could not judge this run; see its log"
_STOPPED = "guardrail was stopped before it had judged this run; run it again"


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, with what is needed to show and to keep it."""

    decision: Decision
    rendering: Rendering

    def entry(self, kind: str, about: dict[str, str]) -> Entry:
        """What the log keeps of it."""
        decision = self.decision
        return Entry(
            kind=kind,
            verdict=decision.verdict.value,
            sha256=decision.origin.sha256,
            library_sha256=self.rendering.library_sha256,
            as_of=decision.as_of.isoformat(),
            about=about,
            summary=_counts(decision),
            findings=_blocking(decision),
        )


class Judge(Protocol):
    """What judges documents."""

    def plan(self, document: bytes, name: str, workspace: str) -> Ruling:
        """The ruling on a plan in JSON.

        Raises:
            GuardrailError: It cannot be judged.
        """
        ...

    def code(self, archive: bytes, folder: str, name: str, workspace: str) -> Ruling:
        """The ruling on the code in an archive, of which `folder` is the root module.

        Raises:
            GuardrailError: It cannot be judged.
        """
        ...


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What run tasks are judged, kept, counted and answered with."""

    judge: Judge
    hcp: Hcp
    log: DecisionLog
    metrics: Metrics
    clock: Clock = Clock()


class Work:
    """The run tasks of one server."""

    def __init__(self, means: Means, at_once: int) -> None:
        """Judge at most `at_once` plans at a time; only these are in memory."""
        self._means = means
        self._turn = asyncio.Semaphore(at_once)
        self._stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._done: dict[str, None] = {}

    @property
    def waiting(self) -> int:
        """How many are not answered yet."""
        return len(self._tasks)

    @property
    def stopping(self) -> bool:
        """Whether no task is taken on any more."""
        return self._stopping.is_set()

    def accept(self, request: TaskRequest, most: int) -> bool:
        """Whether a request is worked on; not while `most` others wait, or at a stop.

        One that was sent before is worked on once.
        """
        name = request.task_result_id
        if name in self._tasks or name in self._done:
            say_event("run-task.repeated", task=name)
            return True
        if self.stopping or self.waiting >= most:
            return False
        task = asyncio.create_task(self._handle(request))
        self._tasks[name] = task
        task.add_done_callback(lambda _task: self._finished(name))
        return True

    def _finished(self, name: str) -> None:
        del self._tasks[name]
        self._done[name] = None
        if len(self._done) > _REMEMBERED:
            del self._done[next(iter(self._done))]

    async def stop(self, within_s: float) -> None:
        """Have every task answered that is not answered yet, then return."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=within_s)

    async def _handle(self, request: TaskRequest) -> None:
        """Judge one task and answer it."""
        started = time.monotonic()
        say_event("run-task.accepted", **request.about)
        beat = asyncio.create_task(self._beat(request))
        verdict, answer = await self._judged_or_stopped(request)
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
        await self._answer(request, answer)
        self._means.metrics.judged("run-task", verdict, time.monotonic() - started)
        say_event("run-task.judged", verdict=verdict, **request.about)

    async def _judged_or_stopped(
        self, request: TaskRequest
    ) -> tuple[str, dict[str, Any]]:
        """What is answered, which a stop does not wait for."""
        judging = asyncio.create_task(self._judged(request))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((judging, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if judging.done():
            return judging.result()
        judging.cancel()
        return "unjudged", result("failed", _STOPPED)

    async def _judged(self, request: TaskRequest) -> tuple[str, dict[str, Any]]:
        """The verdict, and what is answered."""
        try:
            async with self._turn:
                ruling = await self._ruling(request)
                if not request.is_speculative:
                    entry = ruling.entry("run-task", request.about)
                    await asyncio.to_thread(
                        self._means.log.append, entry, self._means.clock.now()
                    )
        except GuardrailError as error:
            reason = str(error)
            await self._unjudged(request, reason)
            return "unjudged", result("failed", reason)
        except Exception as error:  # noqa: BLE001  # a bug: what it says may be a secret
            await self._unjudged(request, type(error).__name__)
            return "unjudged", result("failed", _FAILED)
        decision, rendering = ruling.decision, ruling.rendering
        outcomes = (
            outcomes_of(decision, rendering) if request.capabilities.outcomes else []
        )
        status = status_of(decision.verdict)
        line = counted(decision, rendering)
        return decision.verdict.value, result(status, line, outcomes)

    async def _ruling(self, request: TaskRequest) -> Ruling:
        name = f"{request.workspace_name} {request.run_id}".strip()
        if request.stage == "pre_plan":
            url = request.configuration_version_download_url
            if not url:
                raise InputError("the run has no code that could be judged")
            archive = await self._means.hcp.fetch(url, request.access_token)
            folder = request.workspace_working_directory or ""
            return await asyncio.to_thread(
                self._means.judge.code, archive, folder, name, request.workspace_name
            )
        if not request.plan_json_api_url:
            raise InputError("the run has no plan that could be judged")
        plan = await self._means.hcp.fetch(
            request.plan_json_api_url, request.access_token
        )
        return await asyncio.to_thread(
            self._means.judge.plan, plan, name, request.workspace_name
        )

    async def _unjudged(self, request: TaskRequest, reason: str) -> None:
        """Keep that a run was not judged, where the log can be written."""
        say_event("run-task.unjudged", reason=reason, **request.about)
        if request.is_speculative:
            return
        entry = Entry(
            kind="run-task",
            verdict="unjudged",
            sha256="",
            library_sha256="",
            as_of=self._means.clock.now().date().isoformat(),
            reason=reason,
            about=request.about,
        )
        with contextlib.suppress(GuardrailError):
            await asyncio.to_thread(
                self._means.log.append, entry, self._means.clock.now()
            )

    async def _answer(self, request: TaskRequest, answer: dict[str, Any]) -> None:
        try:
            await self._means.hcp.answer(request, answer)
        except GuardrailError as error:
            self._means.metrics.unanswered()
            say_event("run-task.unanswered", reason=str(error), **request.about)

    async def _beat(self, request: TaskRequest) -> None:
        """Say now and again that the task runs."""
        line = "guardrail judges this run"
        with contextlib.suppress(GuardrailError):
            while True:
                await self._means.hcp.tell(request, result("running", line))
                await self._means.clock.sleep(_HEARTBEAT_S)


def _counts(decision: Decision) -> dict[str, int]:
    from guardrail.reports.wording import summary

    return {
        name: value
        for name, value in msgspec.structs.asdict(summary(decision)).items()
        if value
    }


def _blocking(decision: Decision) -> tuple[str, ...]:
    """Rule, effect and address of what keeps the verdict from being allow."""
    if decision.verdict is Verdict.ALLOW:
        return ()
    return tuple(
        f"{one.breach.rule.id} {one.effect.value} {one.address}"
        for one in decision.findings
        if one.effect.value in {"deny", "review"}
    )[:1000]
