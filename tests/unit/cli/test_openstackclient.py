from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

with warnings.catch_warnings():  # osc_lib deprecates a module of its own
    warnings.simplefilter("ignore", DeprecationWarning)
    from guardrail.cli import openstackclient
    from guardrail.cli.openstackclient import Check, Review, Where
from guardrail.openstack.cloud import configured
from tests.unit.openstack.replay import Replay, replayed

pytestmark = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning", "ignore::DeprecationWarning"
)


def command(kind: type, app: object = None) -> tuple[Any, Any]:
    found = kind(app, SimpleNamespace())
    return found, found.get_parser(f"openstack guardrail {kind.__name__.lower()}")


def test_the_client_finds_what_it_wants_of_a_plugin() -> None:
    parser = object()
    assert openstackclient.build_option_parser(parser) is parser  # type: ignore[arg-type]
    assert openstackclient.make_client(None) is None  # type: ignore[func-returns-value]
    versions = openstackclient.API_VERSIONS
    assert openstackclient.DEFAULT_API_VERSION in versions
    assert openstackclient.API_VERSION_OPTION.startswith("os_")


@pytest.mark.parametrize("kind", [Check, Where])
def test_a_verb_needs_no_cloud_and_speaks_as_the_client(kind: type) -> None:
    found, parser = command(kind)
    assert found.auth_required is False
    text = parser.format_help()
    assert "  openstack guardrail" in text
    assert "--body" in text


def test_exit_codes_are_kept(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    found, parser = command(Check)
    options = parser.parse_args([str(tmp_path / "none.json")])
    assert found.take_action(options) == 3
    assert b"guardrail: " in capfdbinary.readouterr().err
    found, parser = command(Where)
    options = parser.parse_args(
        ["--class", "sensitive", "--body", "state", "--service", "iaas"]
    )
    assert found.take_action(options) == 0


def test_a_review_goes_where_the_client_goes(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    cloud: Replay = replayed(monkeypatch, tmp_path)
    connection = SimpleNamespace(config=configured("minicloud", None))
    manager = SimpleNamespace(sdk_connection=connection)
    found, parser = command(Review, SimpleNamespace(client_manager=manager))
    assert "--all-projects" in parser.format_help()
    assert found.auth_required is True
    code = found.take_action(parser.parse_args(["--all-projects", "--body", "state"]))
    assert code == 11  # nobody says whose cloud it is
    assert any("/servers/detail" in url for _method, url in cloud.asked)
    assert "mail-image" in capfdbinary.readouterr().out.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--help"], 0, "usage: openstack"),
        (["help", "guardrail", "check"], 0, "openstack guardrail check"),
        (
            [
                "guardrail",
                "where",
                "--class",
                "sensitive",
                "--body",
                "state",
                "--service",
                "iaas",
            ],
            0,
            "nubo",
        ),
        (
            ["guardrail", "check", "no-such-file.json"],
            3,
            "guardrail: no-such-file.json",
        ),
    ],
)
def test_the_real_client_works_with_us_installed(
    words: list[str], code: int, told: str, tmp_path: Path
) -> None:
    client = Path(sys.executable).with_name("openstack")
    stated = {name: os.environ[name] for name in os.environ if name[:3] != "OS_"}
    done = subprocess.run(
        [str(client), *words],
        cwd=tmp_path,
        env={**stated, "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done
