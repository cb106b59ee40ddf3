"""`guardrail serve` and `guardrail log`, from the command line."""

from __future__ import annotations

import gc
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from guardrail.cli import main, serve
from guardrail.errors import GuardrailError
from guardrail.server.log import Entry, open_log
from tests.unit.server.test_app import House

OLD = Entry(kind="decision", verdict="deny", sha256="", library_sha256="", as_of="")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield House(tmp_path)
    logging.root.handlers[:], logging.root.level = handlers, level
    gc.enable()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What uvicorn was to run, and how."""
    found: dict[str, Any] = {}

    def run(application: Any, **how: Any) -> None:
        found.update(how, application=application)

    monkeypatch.setattr(uvicorn, "run", run)
    return found


@pytest.mark.slow
def test_it_serves_what_the_settings_say(house: House, ran: dict[str, Any]) -> None:
    settings = str(house.folder / "server.yaml")

    assert main(["serve", "--config", settings, "--port", "9999"]) == 0
    assert ran["port"] == 9999
    assert ran["host"] == "127.0.0.1"
    assert gc.isenabled()
    with TestClient(ran["application"]) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/oslo-policy/x").status_code == 404


def test_it_answers_oslo_policy_where_admission_is_set_up(
    house: House, ran: dict[str, Any]
) -> None:
    (house.folder / "admission.yaml").write_text(
        "cloud: {auth_url: https://keystone.example/v3}\norganisation: guardrail.yaml\n"
    )
    house.read(admission="admission.yaml")
    main(["serve", "--config", str(house.folder / "server.yaml")])
    with TestClient(ran["application"]) as client:
        answer = client.post("/oslo-policy/volume:create", content=b"nonsense")

    assert answer.content == b"False"


def test_settings_that_cannot_be_used_are_a_wrong_option(tmp_path: Path) -> None:
    assert main(["serve", "--config", str(tmp_path / "nowhere.yaml")]) == 2


def test_without_the_extra_it_says_what_to_install(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.setitem(sys.modules, "guardrail.server.log", None)
    settings = str(house.folder / "server.yaml")

    assert main(["serve", "--config", settings]) == 2
    assert "guardrail[server]" in capsys.readouterr().err
    assert main(["log", "verify", house.url]) == 2
    assert "guardrail[server]" in capsys.readouterr().err


def test_admission_that_cannot_be_read_stops_it(house: House) -> None:
    with pytest.raises(GuardrailError):
        serve._policy(str(house.folder / "nowhere.yaml"))


def test_a_log_is_verified_listed_and_let_go(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    log = open_log(house.url)
    log.append(OLD, datetime(2020, 1, 1, tzinfo=UTC))
    log.append(OLD, datetime.now(UTC))

    assert main(["log", "verify", house.url]) == 0
    assert "2 rows from 1 on, whole; seal " in capsys.readouterr().out
    assert main(["log", "list", house.url, "--after", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["decision"]["verdict"] == "deny"
    assert main(["log", "forget", house.url, "--days", "0"]) == 2
    assert main(["log", "forget", house.url, "--days", "365"]) == 0
    assert "1 rows let go" in capsys.readouterr().out
    assert [row.number for row in log.rows()] == [2]


def test_a_log_that_was_changed_is_told(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.unit.server.test_log import change

    log = open_log(house.url)
    log.append(OLD, datetime.now(UTC))
    log.close()
    change(house.url, "UPDATE guardrail_decision SET content = '{}'")

    assert main(["log", "verify", house.url]) == 10
    assert "row 1 is not as it was written" in capsys.readouterr().err


def test_a_log_that_cannot_be_reached_is_a_wrong_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "verify", f"sqlite:///{tmp_path}/hunter2/x.db"]) == 2
    assert "hunter2" not in capsys.readouterr().err
