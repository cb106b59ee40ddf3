"""The server: what it answers to whom, and what it keeps."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from guardrail.errors import ConfigurationError, GuardrailError, LibraryError
from guardrail.server import app as module
from guardrail.server.app import PolicyReply, Server
from guardrail.server.clock import Clock
from guardrail.server.court import Court
from guardrail.server.log import Entry, LogError, open_log
from guardrail.server.settings import Settings, keys_of, read_settings
from tests.conftest import ROOT
from tests.unit.server.double import (
    APP,
    KEY,
    NOW,
    STORE,
    TOKEN,
    Double,
    body,
    signature,
)
from tests.waiting import until

PLANS = ROOT / "fixtures" / "plans"
DENIED = (PLANS / "aws-tags" / "plan.json").read_bytes()
ALLOWED = (PLANS / "no-placement" / "plan.json").read_bytes()
TEST = {"access_token": "test-token"}
CLIENT = "a-token-of-a-client"
WITH_TOKEN = {"Authorization": f"Bearer {CLIENT}"}


class House:
    """A folder with the files that a server names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.double = Double(DENIED)
        (folder / "guardrail.yaml").write_text("body: state\n")
        (folder / "hmac.key").write_bytes(KEY + b"\n")
        self.url = f"sqlite:///{folder / 'log.db'}"
        self.settings = self.read()

    def read(self, **members: Any) -> Settings:
        path = self.folder / "server.yaml"
        stated = {
            "organisation": "guardrail.yaml",
            "log": self.url,
            "run_task_key_files": ["hmac.key"],
            "run_task_hosts": [APP, STORE],
            "private_hosts": True,
            "clients": [
                {"name": "ci", "sha256": hashlib.sha256(CLIENT.encode()).hexdigest()}
            ],
            "stop_s": 5,
            **members,
        }
        path.write_text(json.dumps(stated))
        return read_settings(path)

    @contextmanager
    def open(
        self, policy: PolicyReply | None = None, now: datetime = NOW
    ) -> Iterator[TestClient]:
        clock = msgspec.structs.replace(self.double.clock, now=lambda: now)
        server = Server(self.settings, policy, clock)
        with TestClient(server.application(), raise_server_exceptions=False) as client:
            yield client

    @property
    def kept(self) -> list[Entry]:
        log = open_log(self.url)
        return [msgspec.json.decode(one.content, type=Entry) for one in log.rows()]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setattr(module, "client", lambda *_a: made.double.client())
    return made


def send(client: TestClient, content: bytes, mark: str | None = None) -> int:
    headers = {"X-TFC-Task-Signature": signature(content) if mark is None else mark}
    return client.post("/run-task", content=content, headers=headers).status_code


def test_a_run_task_is_taken_on_and_answered(house: House) -> None:
    with house.open() as client:
        assert send(client, body()) == 200
        until(lambda: house.double.finals, "it is answered")
    (final,) = house.double.finals
    (kept,) = house.kept
    outcomes = final["relationships"]["outcomes"]["data"]

    assert final["attributes"]["status"] == "failed"
    assert "denied" in final["attributes"]["message"]
    assert outcomes[0]["type"] == "task-result-outcomes"
    assert outcomes[0]["attributes"]["tags"]["Status"][0]["level"] == "error"
    assert kept.verdict == "deny"
    assert kept.about["workspace"] == "archives"
    assert any(one.startswith("baseline-sensitive deny ") for one in kept.findings)


def test_what_is_allowed_has_passed(house: House) -> None:
    house.double.plan = ALLOWED
    with house.open() as client:
        send(client, body())
        until(lambda: house.double.finals, "it is answered")

    assert house.double.finals[0]["attributes"]["status"] == "passed"


@pytest.mark.parametrize(
    "mark", ["", "0" * 128, signature(body(), b"another key of the tests"), "é"]
)
def test_a_request_that_is_not_authentic_is_refused(house: House, mark: str) -> None:
    with house.open() as client:
        headers = {b"X-TFC-Task-Signature": mark.encode("latin-1")}
        answer = client.post("/run-task", content=body(), headers=headers)
        time.sleep(0.05)
        metrics = client.get("/metrics").text

    assert answer.status_code == 401
    assert house.double.tokens == []
    assert 'guardrail_refused_requests_total{kind="run-task"} 1.0' in metrics


def test_a_request_without_a_signature_is_refused(house: House) -> None:
    with house.open() as client:
        assert client.post("/run-task", content=body()).status_code == 401


def test_a_test_is_answered_and_not_worked_on(house: House) -> None:
    with house.open() as client:
        assert send(client, body(**TEST)) == 200
        time.sleep(0.05)

    assert house.double.tokens == []
    assert house.kept == []


@pytest.mark.parametrize("content", [b"{}", b"", body(stage="post_mortem")])
def test_what_is_no_run_task_is_refused(house: House, content: bytes) -> None:
    with house.open() as client:
        assert send(client, content) == 422


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    with house.open() as client:
        assert send(client, b" " * ((1 << 20) + 1)) == 413


def test_too_many_are_told_to_come_again(house: House) -> None:
    house.settings = house.read(most_waiting=0)
    with house.open() as client:
        content = body()
        answer = client.post(
            "/run-task",
            content=content,
            headers={"X-TFC-Task-Signature": signature(content)},
        )

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"


def test_a_stop_answers_what_waits(house: House) -> None:
    house.double.api.extend([204] * 10_000)
    with house.open() as client:
        for count in range(5):
            assert send(client, body(f"taskrs-{count}")) == 200
    finals = house.double.finals

    assert len(finals) == 5
    assert {one["attributes"]["status"] for one in finals} == {"failed"}


def test_what_is_not_set_up_is_not_served(house: House) -> None:
    house.settings = house.read(run_task_key_files=[], clients=[])
    with house.open() as client:
        assert send(client, body()) == 404
        assert client.post("/v1/decisions", content=DENIED).status_code == 404
        assert client.post("/oslo-policy/x", content=b"").status_code == 404


def decide(client: TestClient, content: bytes, query: str = "", **headers: str) -> Any:
    return client.post(
        f"/v1/decisions{query}", content=content, headers=WITH_TOKEN | headers
    )


def test_a_plan_is_judged_and_the_decision_kept(house: House) -> None:
    with house.open() as client:
        answer = decide(client, DENIED, "?name=prod")
        allowed = decide(client, ALLOWED)
    report = answer.json()

    assert answer.status_code == 200
    assert answer.headers["Guardrail-Verdict"] == report["verdict"] == "deny"
    assert answer.headers["Guardrail-Decision"] == "1"
    assert report["inputs"][0]["path"] == "prod"
    assert report["body"] == "state"
    assert allowed.headers["Guardrail-Verdict"] == "allow"
    assert [one.verdict for one in house.kept] == ["deny", "allow"]
    assert house.kept[0].about == {"client": "ci"}


def test_the_workspace_is_stated_with_the_plan(house: House) -> None:
    mapped = "mappings: [{addresses: ['*'], class: restricted, workspaces: [prod*]}]"
    (house.folder / "guardrail.yaml").write_text(f"body: state\n{mapped}\n")
    example = ROOT / "terraform-examples" / "azure-unlabelled"
    plan = (example / "plan.json").read_bytes()
    with house.open() as client:
        test, prod, unsaid = (
            decide(client, plan, query).json()
            for query in ("?workspace=test", "?workspace=prod-1", "")
        )
        allowed = decide(client, ALLOWED).json()

    assert (test["verdict"], prod["verdict"]) == ("review", "deny")
    assert unsaid["verdict"] == allowed["verdict"] == "review"
    assert "--workspace" in json.dumps(allowed["notes"])


def test_the_class_is_stated_with_the_plan(house: House) -> None:
    example = ROOT / "terraform-examples" / "azure-unlabelled"
    plan = (example / "plan.json").read_bytes()
    with house.open() as client:
        unstated = decide(client, plan).json()
        stated = decide(client, plan, "?class=sensitive&category=health").json()

    assert unstated["verdict"] == "review"
    assert stated["verdict"] == "deny"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?class=nonsense", 422), ("?clas=public", 422), ("?class=public&class=x", 422),
        ("?category=nonsense", 422),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(house: House, query: str, code: int) -> None:
    with house.open() as client:
        answer = decide(client, ALLOWED, query)

    assert answer.status_code == code
    assert house.kept == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"no", b"PK\x03\x04", (PLANS / "aws-tags" / "tfplan").read_bytes()],
)
def test_what_is_no_plan_is_refused(house: House, content: bytes) -> None:
    with house.open() as client:
        answer = decide(client, content)

    assert answer.status_code == 422
    assert answer.json()["error"]


def test_a_plan_that_is_too_large_is_refused(house: House) -> None:
    house.settings = house.read(largest_plan_bytes=100)
    with house.open() as client:
        assert decide(client, DENIED).status_code == 413


@pytest.mark.parametrize(
    "mark", ["", "Bearer", "Bearer x", f"Basic {CLIENT}", CLIENT, f"Bearer {CLIENT}x"]
)
def test_who_is_not_known_is_refused(house: House, mark: str) -> None:
    with house.open() as client:
        answer = decide(client, DENIED, Authorization=mark)

    assert answer.status_code == 401
    assert house.kept == []


def test_what_cannot_be_kept_is_not_answered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any) -> int:
        raise LogError("the decision log cannot be used")

    with house.open() as client:
        monkeypatch.setattr("guardrail.server.log.DecisionLog.append", fails)
        answer = decide(client, ALLOWED)

    assert answer.status_code == 503
    assert "Guardrail-Verdict" not in answer.headers


def test_a_bug_says_nothing_of_what_it_met(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any) -> None:
        raise ValueError("hunter2")

    with house.open() as client:
        monkeypatch.setattr(Court, "decide", fails)
        answer = decide(client, ALLOWED)

    assert answer.status_code == 500
    assert "hunter2" not in answer.text


def test_checks_of_oslo_policy_are_passed_on(house: House) -> None:
    asked: list[tuple[str, bytes, str]] = []

    def policy(kind: str, content: bytes, path: str) -> bytes:
        asked.append((kind, content, path))
        return b"False"

    with house.open(policy) as client:
        answer = client.post(
            "/oslo-policy/volume:create",
            content=b"rule=x",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    assert answer.content == b"False"
    assert asked == [
        ("application/x-www-form-urlencoded", b"rule=x", "/oslo-policy/volume:create")
    ]


def test_it_says_whether_it_lives_and_is_ready(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any) -> None:
        raise LibraryError("the registry is too old")

    with house.open() as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.get("/readyz").json() == {"status": "ready"}
        monkeypatch.setattr(Court, "ready", fails)
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "too old" in answer.text


def test_it_is_not_ready_before_it_runs_or_while_it_stops(house: House) -> None:
    server = Server(house.settings, None, house.double.clock)
    client = TestClient(server.application())

    assert client.get("/readyz").status_code == 503
    assert (
        client.post(
            "/run-task",
            content=body(),
            headers={"X-TFC-Task-Signature": signature(body())},
        ).status_code
        == 503
    )
    assert "guardrail_waiting_tasks 0.0" in client.get("/metrics").text


def test_it_describes_what_it_serves(house: House) -> None:
    with house.open() as client:
        described = client.get("/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert {"/run-task", "/v1/decisions", "/metrics"} < set(described["paths"])
    assert "Report" in described["components"]["schemas"]


def test_what_is_older_than_it_is_kept_is_let_go(house: House) -> None:
    log = open_log(house.url)
    old = Entry(kind="k", verdict="deny", sha256="", library_sha256="", as_of="")
    log.append(old, datetime(2020, 1, 1, tzinfo=UTC))
    log.append(old, NOW)
    house.settings = house.read(keep_days=365)
    with house.open() as client:
        until(lambda: len(house.kept) == 1, "the old one is let go")
        assert client.get("/healthz").status_code == 200

    assert len(house.kept) == 1


def test_a_log_that_cannot_be_pruned_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_arguments: Any) -> int:
        raise LogError("the decision log cannot be used")

    monkeypatch.setattr("guardrail.server.log.DecisionLog.forget", fails)
    house.settings = house.read(keep_days=1)
    with caplog.at_level("INFO"), house.open() as client:
        until(lambda: "log.not-pruned" in caplog.text, "it is told")
        assert client.get("/readyz").status_code == 200


def test_a_registry_that_is_too_old_is_not_judged_by(house: House) -> None:
    late = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(LibraryError), house.open(now=late):
        pass


def test_the_next_day_is_judged_as_of_that_day(house: House) -> None:
    plan = (
        ROOT / "terraform-examples" / "qualification-ends" / "plan.json"
    ).read_bytes()
    days = [datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)]
    clock = Clock(now=lambda: days[0])
    court = Court(house.settings, clock)
    first = court.plan(plan, "").decision.verdict.value
    days.pop(0)

    assert (first, court.plan(plan, "").decision.verdict.value) == ("allow", "deny")


def test_what_the_organisation_changes_is_taken_up_if_it_can_be_read(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    court = Court(house.settings, Clock(now=lambda: NOW))
    file = house.folder / "guardrail.yaml"

    def notes() -> list[str]:
        court._in_force.refresh()
        return [one.id for one in court.plan(DENIED, "").decision.notes]

    before = notes()
    file.write_text("body: private\n")
    assert notes() == before
    assert court.plan(DENIED, "").decision.body == "private"
    file.write_text("body: [")
    assert set(notes()) == {"kept", *before}
    assert court.plan(DENIED, "").decision.body == "private"
    assert '"event": "in-force.kept"' in caplog.text


def test_the_log_beside_the_files_is_no_change_of_them(house: House) -> None:
    court = Court(house.settings, Clock(now=lambda: NOW))
    before = court._in_force.current()
    (house.folder / "log.db").write_text("grown")
    court._in_force.refresh()

    assert court._in_force.current() is before


def test_no_secret_is_said(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), house.open() as client:
        send(client, body())
        decide(client, DENIED)
        until(lambda: house.double.finals, "it is answered")
    said = "\n".join(
        one.getMessage() for one in caplog.records if "guardrail" in one.name
    )

    assert "run-task.judged" in said
    for secret in (TOKEN, CLIENT, "X-Signature", "a message with a secret"):
        assert secret not in said


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"unknown": 1}, "unknown"),
        ({"organisation": 1}, "organisation"),
        ({"run_task_key_files": ["nowhere"]}, "nowhere"),
        ({"run_task_key_files": ["short"]}, "16 bytes"),
        ({"organisation": "nowhere.yaml"}, "nowhere.yaml"),
        ({"log": "mysql://x"}, "SQLite or PostgreSQL"),
        ({"library": "."}, "library|catalogue"),
    ],
)
def test_settings_that_are_not_usable_stop_it(
    house: House, members: dict[str, Any], said: str
) -> None:
    (house.folder / "short").write_bytes(b"short")
    with pytest.raises(GuardrailError, match=said):
        house.settings = house.read(**members)
        Server(house.settings, None, house.double.clock)


def test_settings_that_are_not_there_stop_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_settings(tmp_path / "nowhere.yaml")


def test_files_are_named_from_the_settings(house: House) -> None:
    assert house.settings.organisation == str(house.folder / "guardrail.yaml")
    assert keys_of(house.settings) == (KEY,)


def test_before_the_plan_the_code_of_the_run_is_judged(house: House) -> None:
    from tests.unit.server.test_archive import packed

    code = (ROOT / "terraform-examples" / "demo" / "main.tf").read_bytes()
    house.double.plan = packed({"prod/main.tf": code})
    with house.open() as client:
        send(client, body(stage="pre_plan", workspace_working_directory="prod"))
        until(lambda: house.double.finals, "it is answered")
    (kept,) = house.kept

    assert house.double.finals[0]["attributes"]["status"] == "failed"
    assert kept.verdict == "deny"
    assert any("aws_s3_bucket.hearings" in one for one in kept.findings)
