"""Run tasks at work: nothing ends `passed` that was not allowed and kept."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from guardrail.decision import Decision, Verdict
from guardrail.errors import InputError
from guardrail.model import Origin
from guardrail.reports import Rendering
from guardrail.server.log import DecisionLog, Entry, LogError, open_log
from guardrail.server.metrics import Metrics
from guardrail.server.run_task import TaskRequest
from guardrail.server.work import Means, Ruling, Work
from tests.unit.server.double import NOW, TOKEN, Double, request
from tests.waiting import LIMIT_S, until

RENDERING = Rendering(
    version="1", library_sha256="cd" * 32, catalogue_date=date(2026, 9, 15)
)


def ruling(verdict: Verdict = Verdict.ALLOW) -> Ruling:
    decision = Decision(
        verdict=verdict,
        as_of=date(2026, 11, 22),
        body="state",
        origin=Origin(kind="terraform-plan", path="p", sha256="ab", producer="x"),
        rules=(),
        resources=(),
        notes=(),
        classes=(),
    )
    return Ruling(decision=decision, rendering=RENDERING)


class Bench:
    """A judge who does as he is told, and remembers what he was given."""

    def __init__(self, act: Callable[[], Ruling] = ruling) -> None:
        self._act = act
        self.given: list[tuple[bytes, str]] = []
        self.workspaces: list[str] = []

    def plan(self, document: bytes, name: str, workspace: str) -> Ruling:
        self.given.append((document, name))
        self.workspaces.append(workspace)
        return self._act()

    def code(self, archive: bytes, folder: str, name: str, workspace: str) -> Ruling:
        self.given.append((archive, f"{folder}|{name}"))
        self.workspaces.append(workspace)
        return self._act()


class Scene:
    """One server's work, with a double of HCP."""

    def __init__(self, folder: Path, act: Callable[[], Ruling] = ruling) -> None:
        self.double = Double(b"the plan")
        self.bench = Bench(act)
        self.log = open_log(f"sqlite:///{folder / 'log.db'}")
        self.metrics = Metrics()
        self.most = 1000
        self.taken: list[bool] = []

    def work(self, at_once: int = 2) -> Work:
        means = Means(
            judge=self.bench, hcp=self.double.hcp(), log=self.log,
            metrics=self.metrics, clock=self.double.clock,
        )  # fmt: skip
        return Work(means, at_once)

    def run(self, *requests: TaskRequest) -> None:
        async def all_of_them() -> None:
            work = self.work()
            self.taken = [work.accept(one, self.most) for one in requests]
            while work.waiting:
                await asyncio.sleep(0.001)

        asyncio.run(all_of_them())

    @property
    def final(self) -> dict[str, Any]:
        (one,) = self.double.finals
        return dict(one["attributes"])

    @property
    def kept(self) -> list[Entry]:
        return [msgspec.json.decode(one.content, type=Entry) for one in self.log.rows()]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_what_is_allowed_has_passed_and_is_kept(scene: Scene) -> None:
    scene.run(request())
    (kept,) = scene.kept

    assert scene.final["status"] == "passed"
    assert scene.double.statuses[0] == "running"
    assert kept.verdict == "allow"
    assert kept.about["run"] == "run-1"
    assert scene.bench.given == [(b"the plan", "archives run-1")]
    assert scene.bench.workspaces == ["archives"]
    assert b'guardrail_decisions_total{kind="run-task",verdict="allow"} 1.0' in (
        scene.metrics.shown()
    )


@pytest.mark.parametrize("verdict", [Verdict.DENY, Verdict.REVIEW])
def test_what_is_not_allowed_has_failed(tmp_path: Path, verdict: Verdict) -> None:
    scene = Scene(tmp_path, lambda: ruling(verdict))
    scene.run(request())

    assert scene.final["status"] == "failed"
    assert scene.kept[0].verdict == verdict.value


def raising(error: Exception) -> Callable[[], Ruling]:
    def act() -> Ruling:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("no plan", remedy="Make one"), "no plan. Make one"),
        (ValueError("hunter2"), "could not judge"),
        (MemoryError(), "could not judge"),
    ],
)
def test_what_cannot_be_judged_has_failed_and_says_why(
    tmp_path: Path, error: Exception, said: str
) -> None:
    scene = Scene(tmp_path, raising(error))
    scene.run(request())

    assert scene.final["status"] == "failed"
    assert said in scene.final["message"]
    assert "hunter2" not in str(scene.double.results)
    assert scene.kept[0].verdict == "unjudged"
    assert "hunter2" not in scene.kept[0].reason


def test_what_cannot_be_kept_has_failed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_log: DecisionLog, _entry: Entry, _now: datetime) -> int:
        raise LogError("the decision log cannot be used")

    monkeypatch.setattr(DecisionLog, "append", fails)
    scene.run(request())

    assert scene.final["status"] == "failed"
    assert "log" in scene.final["message"]


def test_a_plan_that_is_not_there_has_failed(scene: Scene) -> None:
    scene.double.api.append(404)
    scene.run(request())

    assert scene.final["status"] == "failed"
    assert "404" in scene.kept[0].reason


@pytest.mark.parametrize("stage", ["post_plan", "pre_apply", "post_apply"])
def test_a_run_without_a_plan_has_failed(scene: Scene, stage: str) -> None:
    scene.run(request(stage=stage, plan_json_api_url=None))

    assert scene.final["status"] == "failed"


def test_before_the_plan_the_code_is_judged(scene: Scene) -> None:
    scene.run(request(stage="pre_plan", workspace_working_directory="prod"))

    assert scene.final["status"] == "passed"
    assert scene.bench.given == [(b"the plan", "prod|archives run-1")]
    assert scene.bench.workspaces == ["archives"]


@pytest.mark.parametrize("url", [None, ""])
def test_before_the_plan_without_code_has_failed(scene: Scene, url: str | None) -> None:
    scene.run(request(stage="pre_plan", configuration_version_download_url=url))

    assert scene.final["status"] == "failed"


def test_a_speculative_run_is_answered_and_not_kept(tmp_path: Path) -> None:
    for act in (ruling, raising(InputError("no plan"))):
        scene = Scene(tmp_path, act)
        scene.run(request(is_speculative=True))

        assert len(scene.double.finals) == 1
        assert scene.kept == []


def test_outcomes_go_to_whom_understands_them(tmp_path: Path) -> None:
    for capable in (True, False):
        scene = Scene(tmp_path)
        scene.run(request(capabilities={"outcomes": capable}))
        assert scene.final["status"] == "passed"


def test_what_is_sent_again_is_worked_on_once(scene: Scene) -> None:
    scene.run(request(), request(), request("taskrs-2"))

    assert scene.taken == [True, True, True]
    assert len(scene.double.finals) == 2
    assert len(scene.bench.given) == 2


def test_what_was_answered_is_not_worked_on_again(scene: Scene) -> None:
    async def twice() -> None:
        work = scene.work()
        for _ in range(2):
            assert work.accept(request(), 10)
            while work.waiting:
                await asyncio.sleep(0.001)

    asyncio.run(twice())

    assert len(scene.double.finals) == 1


def test_only_the_latest_are_remembered(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrail.server.work._REMEMBERED", 1)

    async def thrice() -> None:
        work = scene.work()
        for name in ("a", "b", "a"):
            work.accept(request(name), 10)
            while work.waiting:
                await asyncio.sleep(0.001)

    asyncio.run(thrice())

    assert len(scene.double.finals) == 3


def test_no_more_wait_than_may(scene: Scene) -> None:
    scene.most = 2
    scene.run(*(request(f"taskrs-{count}") for count in range(3)))

    assert scene.taken == [True, True, False]
    assert len(scene.double.finals) == 2


def test_a_stop_answers_what_is_not_judged(tmp_path: Path) -> None:
    going = threading.Event()

    def slow() -> Ruling:
        going.wait(LIMIT_S)
        return ruling()

    scene = Scene(tmp_path, slow)

    async def stopped() -> None:
        work = scene.work()
        for count in range(5):
            work.accept(request(f"taskrs-{count}"), 10)
        await asyncio.sleep(0.05)
        await work.stop(LIMIT_S)
        assert work.stopping
        assert not work.accept(request("late"), 10)
        going.set()

    asyncio.run(stopped())

    assert len(scene.double.finals) == 5
    for one in scene.double.finals:
        assert one["attributes"]["status"] == "failed"
        assert "stopped" in one["attributes"]["message"]


def test_a_stop_without_work_is_at_once(scene: Scene) -> None:
    async def stopped() -> None:
        await scene.work().stop(LIMIT_S)

    started = time.monotonic()
    asyncio.run(stopped())

    assert time.monotonic() - started < LIMIT_S / 2


def test_a_result_that_nobody_takes_is_counted(scene: Scene) -> None:
    scene.double.callback.append(404)
    scene.run(request())

    assert scene.double.finals == []
    assert b"guardrail_unanswered_tasks_total 1.0" in scene.metrics.shown()
    assert len(scene.kept) == 1


def test_it_says_that_it_runs_until_it_is_answered(tmp_path: Path) -> None:
    scenes: list[Scene] = []

    def slow() -> Ruling:
        until(lambda: scenes[0].double.statuses, "it is said that it runs")
        return ruling()

    scenes.append(Scene(tmp_path, slow))
    scenes[0].run(request())

    assert scenes[0].double.statuses == ["running", "passed"]
    assert 240.0 in scenes[0].double.waited


@pytest.mark.slow
def test_two_hundred_at_once_are_all_answered(tmp_path: Path) -> None:
    at_once: list[int] = []
    inside = threading.Semaphore(0)

    def act() -> Ruling:
        inside.release()
        at_once.append(inside._value)
        time.sleep(0.001)
        inside.acquire()
        return ruling()

    scene = Scene(tmp_path, act)
    scene.run(*(request(f"taskrs-{count}") for count in range(200)))

    assert len(scene.double.finals) == 200
    assert {one["task"] for one in scene.double.finals} == {
        f"taskrs-{count}" for count in range(200)
    }
    assert max(at_once) <= 2
    assert scene.log.verify().rows == 200


def test_no_token_is_kept_or_said(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        scene.run(request())

    assert caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in str(scene.kept)
    assert NOW.date().isoformat() == scene.kept[0].as_of
