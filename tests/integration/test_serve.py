"""A server that runs, HCP Terraform beside it, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from guardrail.server.log import open_log
from tests.conftest import ROOT
from tests.loopback import hold, port_of
from tests.unit.server.double import KEY, Double, body, signature
from tests.waiting import LIMIT_S, until

ALLOWED = ROOT / "fixtures" / "plans" / "no-placement" / "plan.json"
DENIED = ROOT / "fixtures" / "plans" / "aws-tags" / "plan.json"


class Hcp(Double):
    """The double on two ports: an API, and a store that it redirects to."""

    def __init__(self, plan: bytes) -> None:
        super().__init__(plan)
        self._servers: list[uvicorn.Server] = []
        self.ports: list[int] = []

    @contextmanager
    def open(self) -> Iterator[Hcp]:
        threads = []
        for application in (self._app(), self._store()):
            listening = socket.create_server(("127.0.0.1", 0))
            server = uvicorn.Server(
                uvicorn.Config(application, log_config=None, ws="none")
            )
            thread = threading.Thread(
                target=lambda one=server, at=listening: asyncio.run(one.serve([at]))
            )
            thread.start()
            threads.append(thread)
            self._servers.append(server)
            self.ports.append(port_of(listening))
        until(lambda: all(one.started for one in self._servers), "both have started")
        self.location = f"http://localhost:{self.ports[1]}/plan?X-Signature=x"
        try:
            yield self
        finally:
            for server in self._servers:
                server.should_exit = True
            for thread in threads:
                thread.join()

    def answered(self, more_than: int) -> bool:
        return len(self.finals) > more_than

    def request(self, task: str, **members: Any) -> bytes:
        api = f"http://127.0.0.1:{self.ports[0]}"
        return body(
            task,
            plan_json_api_url=f"{api}/api/plan",
            task_result_callback_url=f"{api}/callback/{task}",
            **members,
        )


class Process:
    """`guardrail serve`, in a process of its own."""

    def __init__(self, folder: Path, **members: Any) -> None:
        self._folder = folder
        self.url = f"sqlite:///{folder / 'log.db'}"
        (folder / "guardrail.yaml").write_text("body: state\n")
        (folder / "hmac.key").write_bytes(KEY)
        settings = {
            "organisation": "guardrail.yaml",
            "log": self.url,
            "run_task_key_files": ["hmac.key"],
            "run_task_hosts": ["127.0.0.1", "localhost"],
            "private_hosts": True,
            "plain_hosts": True,
            **members,
        }
        (folder / "server.yaml").write_text(json.dumps(settings))
        self._held = hold()
        self.port = port_of(self._held)
        self._said = (folder / "said").open("w")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "guardrail", "serve",
                "--config", str(folder / "server.yaml"), "--port", str(self.port),
            ],
            cwd=ROOT, stderr=self._said, stdout=self._said,
        )  # fmt: skip
        until(self._ready, "the server is ready")

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.said
        with contextlib.suppress(OSError):
            return bool(self.get("/readyz"))
        return False

    @property
    def said(self) -> str:
        return (self._folder / "said").read_text()

    def get(self, path: str) -> str:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        with urllib.request.urlopen(asked, timeout=LIMIT_S) as answer:  # noqa: S310  # our own
            return str(answer.read().decode())

    def send(self, content: bytes) -> int:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/run-task",
            data=content,
            headers={"X-TFC-Task-Signature": signature(content)},
        )
        with urllib.request.urlopen(asked, timeout=LIMIT_S) as answer:  # noqa: S310  # our own
            return int(answer.status)

    @property
    def memory_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1])

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(LIMIT_S)
        self._said.close()
        self._held.close()
        return code


@pytest.mark.alone
def test_a_run_is_judged_and_answered(tmp_path: Path) -> None:
    with Hcp(DENIED.read_bytes()).open() as hcp:
        server = Process(tmp_path)
        assert server.send(hcp.request("taskrs-1")) == 200
        until(lambda: hcp.finals, "the first is answered")
        hcp.plan = ALLOWED.read_bytes()
        server.send(hcp.request("taskrs-2"))
        until(lambda: len(hcp.finals) == 2, "the second is answered")
        metrics = server.get("/metrics")
        code = server.end()

    assert [one["attributes"]["status"] for one in hcp.finals] == ["failed", "passed"]
    assert 'guardrail_decisions_total{kind="run-task",verdict="deny"} 1.0' in metrics
    assert code in {0, -signal.SIGTERM}
    assert open_log(server.url).verify().rows == 2
    assert {token for _host, token in hcp.tokens} == {"Bearer a-token-of-one-run", ""}
    for secret in ("a-token-of-one-run", "X-Signature", "a message with a secret"):
        assert secret not in server.said


@pytest.mark.alone
def test_two_hundred_at_once_are_answered_and_memory_stays(tmp_path: Path) -> None:
    """Each plan has 4 MB; two are in memory at a time."""
    document = json.loads(DENIED.read_bytes())
    (change,) = [one for one in document["resource_changes"] if one["change"]["after"]][
        :1
    ]
    document["resource_changes"] = [
        {**change, "address": f"{change['type']}.{change['name']}[{count}]"}
        for count in range(4000)
    ]
    with Hcp(json.dumps(document).encode()).open() as hcp:
        server = Process(tmp_path)
        for count in range(20):
            server.send(hcp.request(f"first-{count}"))
        until(lambda: len(hcp.finals) == 20, "the first are answered")
        before = server.memory_kib
        for count in range(200):
            assert server.send(hcp.request(f"taskrs-{count}")) == 200
        until(lambda: len(hcp.finals) == 220, "all are answered")
        after = server.memory_kib
        server.end()

    assert {one["attributes"]["status"] for one in hcp.finals} == {"failed"}
    assert len({one["task"] for one in hcp.finals}) == 220
    assert after < before * 1.3, (before, after)
    assert open_log(server.url).verify().rows == 220


@pytest.mark.alone
def test_a_server_that_is_killed_loses_nothing_that_was_answered(
    tmp_path: Path,
) -> None:
    with Hcp(ALLOWED.read_bytes()).open() as hcp:
        for turn in range(3):
            server = Process(tmp_path)
            for count in range(40):
                server.send(hcp.request(f"taskrs-{turn}-{count}"))
            until(partial(hcp.answered, turn * 5 + 5), "some are answered")
            server.end(signal.SIGKILL)
            log = open_log(server.url)
            kept = {
                json.loads(row.content)["about"]["task"]: json.loads(row.content)
                for row in log.rows()
            }

            assert log.verify().broken is None
            log.close()
            for one in hcp.finals:
                assert kept[one["task"]]["verdict"] == "allow"


@pytest.mark.alone
def test_a_stop_answers_what_waits_and_passes_nothing(tmp_path: Path) -> None:
    with Hcp(ALLOWED.read_bytes()).open() as hcp:
        hcp.api.extend([204] * 100_000)
        server = Process(tmp_path)
        for count in range(30):
            server.send(hcp.request(f"taskrs-{count}"))
        code = server.end()

    assert code in {0, -signal.SIGTERM}
    assert len(hcp.finals) == 30
    assert {one["attributes"]["status"] for one in hcp.finals} == {"failed"}
