"""No secret of a plan is ever printed, and nothing in it can move a terminal."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import guardrail.gate
from guardrail.cli import main
from guardrail.library import shipped, write_compiled
from guardrail.reports import WRITERS
from tests.conftest import ROOT

FOLDER = ROOT / "fixtures" / "plans" / "canaries"
PLAN = FOLDER / "plan.json"
BINARY = FOLDER / "tfplan"
ODD_KEYS = ROOT / "fixtures" / "plans" / "aws-odd-keys" / "plan.json"
CANARIES = (FOLDER / "canaries.txt").read_text(encoding="utf-8").split()
STATE = ("--body", "state", "--as-of", "2026-11-22")
VARIABLES = [
    name
    for name, one in json.loads(PLAN.read_bytes())["variables"].items()
    if isinstance(one.get("value"), str)
]
WAYS = [
    (),
    ("--existing", "enforce"),
    ("--class", "classified"),
    ("--rules", "law"),
    ("--rules", "baseline"),
    ("--category", "health", "--class", "sensitive"),
    ("--src", str(FOLDER)),
]


class Said(NamedTuple):
    """What one run says."""

    code: int
    out: bytes
    err: str

    @property
    def everything(self) -> str:
        return self.out.decode() + self.err


class Terminal(io.TextIOWrapper):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def check(*arguments: object, terminal: bool = False) -> Said:
    kind = Terminal if terminal else io.TextIOWrapper
    out, err = kind(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(["check", *map(str, arguments)])
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 1
    out.flush()
    return Said(code, out.buffer.getvalue(), err.getvalue())  # type: ignore[attr-defined]


def told(said: Said) -> list[str]:
    """The canaries that a run lets out, in whatever spelling."""
    text = said.everything
    spelt = text + json.dumps(text) + text.replace("\n", "").replace(" ", "")
    return [canary for canary in CANARIES if canary in spelt]


def test_the_plan_holds_every_canary() -> None:
    plan = PLAN.read_text(encoding="utf-8")
    encoded = [canary for canary in CANARIES if canary not in plan]

    assert len(CANARIES) >= 20
    assert encoded == ["CANARY-7f3a-user-data"]
    assert base64.b64decode(CANARIES[-1]).decode().strip().endswith(encoded[0])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("format_", sorted(WRITERS))
@pytest.mark.parametrize("plan", [PLAN, BINARY, FOLDER], ids=["json", "binary", "code"])
def test_no_report_tells_a_secret(
    plan: Path,
    format_: str,
    language: str,
    way: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guardrail.gate, "find_executable", lambda *_a, **_k: None)
    monkeypatch.setattr(guardrail.gate, "show", lambda *_a, **_k: PLAN.read_bytes())
    said = check(plan, *STATE, "--format", format_, "--lang", language, *way)

    assert told(said) == []
    assert said.code == (2 if plan is FOLDER and "--src" in way else 10)


def test_a_binary_plan_that_nobody_can_show_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("TERRAFORM_CLI_PATH", "TOFU_CLI_PATH"):
        monkeypatch.delenv(name, raising=False)
    said = check(BINARY, *STATE)

    assert told(said) == []
    assert (said.code, said.out) == (3, b"")


def test_no_value_of_a_variable_of_code_is_told() -> None:
    given = [f"--var={name}={CANARIES[0]}-option" for name in VARIABLES]

    assert given
    for format_ in WRITERS:
        said = check(FOLDER, *STATE, *given, "--format", format_)

        assert (said.code, told(said)) == (10, [])


def test_no_report_on_a_terminal_tells_a_secret() -> None:
    assert told(check(PLAN, *STATE, terminal=True)) == []


def cuts() -> Iterator[int]:
    size = PLAN.stat().st_size
    yield from range(1, size, size // 40)
    yield size - 2


@pytest.mark.parametrize("cut", list(cuts()))
def test_a_truncated_plan_is_refused_and_tells_no_secret(
    cut: int, tmp_path: Path
) -> None:
    part = tmp_path / "plan.json"
    part.write_bytes(PLAN.read_bytes()[:cut])
    said = check(part, *STATE)

    assert (said.code, said.out) == (3, b"")
    assert told(said) == []


def holes() -> list[str]:
    """What a byte of a plan may be spoiled with."""
    return ['"', "}", "]", ",", "\\", "\x00", "null"]


@pytest.mark.parametrize("spoil", holes())
def test_a_damaged_plan_tells_no_secret(spoil: str, tmp_path: Path) -> None:
    text = PLAN.read_text(encoding="utf-8")
    for canary in [one for one in CANARIES if one in text][::4]:
        at = text.index(canary)
        path = tmp_path / "plan.json"
        path.write_text(text[:at] + spoil + text[at:], encoding="utf-8")

        assert told(check(path, *STATE)) == []


def replaced(tmp_path: Path, **members: object) -> Path:
    """The plan with some of its top-level members replaced."""
    document = json.loads(PLAN.read_bytes()) | members
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "members",
    [
        {"format_version": "2.0"},
        {"errored": True},
        {"resource_changes": {}},
        {"configuration": []},
        {"configuration": None},
        {"prior_state": 7},
        {"planned_values": []},
        {"terraform_version": 7},
    ],
)
def test_a_plan_of_another_shape_tells_no_secret(
    members: dict[str, Any], tmp_path: Path
) -> None:
    assert told(check(replaced(tmp_path, **members), *STATE)) == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--category", "hush"), 2),
        (("--class", "hush"), 2),
        (("--env", "hush"), 2),
        (("--output", "none/report"), 2),
        (("--no-such-option",), 2),
        (("--config", PLAN), 4),
        (("--library", FOLDER), 4),
        (("--derogations", FOLDER), 10),
    ],
)
def test_a_wrong_command_line_tells_no_secret(
    options: tuple[object, ...], code: int
) -> None:
    said = check(PLAN, *STATE, *options)

    assert said.code == code
    assert told(said) == []


def test_an_attested_environment_is_not_repeated() -> None:
    hush = "hush-2f8c1d"
    url = f"AWS_ENDPOINT_URL=https://key:{hush}@aws.example/{hush}?token={hush}"
    for format_ in WRITERS:
        said = check(PLAN, *STATE, "--env", url, "--format", format_)

        assert hush not in said.everything


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that loads and makes the judgement crash."""
    folder = tmp_path_factory.mktemp("library") / "policies"
    shutil.copytree(shipped(), folder)
    for path in (folder / "regions").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("(?P<region>", "(?P<nowhere>"), encoding="utf-8")
    write_compiled(folder)
    return folder


def test_a_broken_library_tells_no_secret(broken: Path) -> None:
    said = check(PLAN, *STATE, "--library", broken)

    assert (said.code, said.out) == (1, b"")
    assert "a bug: IndexError; please report it" in said.err
    assert told(said) == []


def test_a_crash_whose_message_holds_the_plan_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*arguments: object) -> bytes:
        raise RuntimeError(PLAN.read_text(encoding="utf-8"))

    monkeypatch.setitem(WRITERS, "text", crash)
    crashed = check(PLAN, *STATE)

    assert (crashed.code, crashed.out) == (1, b"")
    assert "a bug: RuntimeError" in crashed.err
    assert told(crashed) == []


# Control characters

NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egreen\r\nALLOW    everything"


def unprintable(said: Said) -> list[str]:
    """The characters of a run that are neither text nor the end of a line."""
    text = said.everything
    return [char for char in text if not char.isprintable() and char != "\n"]


def nasty_plan(tmp_path: Path) -> Path:
    """A plan with control characters wherever its author could put them."""
    text = ODD_KEYS.read_text(encoding="utf-8")
    document = json.loads(text.replace("eu-west-3", json.dumps(NASTY)[1:-1]))
    document["terraform_version"] = f"1.11.4{NASTY}"
    path = tmp_path / f"plan{NASTY}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "fr"])
def test_control_characters_never_reach_the_terminal(
    language: str, tmp_path: Path
) -> None:
    said = check(nasty_plan(tmp_path), *STATE, "--lang", language)

    assert unprintable(said) == []


def test_a_terminal_gets_no_other_escape_than_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    said = check(nasty_plan(tmp_path), *STATE, terminal=True)
    plain = re.sub("\x1b\\[(?:31;1|33;1|32;1|36|0)m", "", said.out.decode())

    assert plain != said.out.decode()
    assert unprintable(Said(0, plain.encode(), said.err)) == []


def test_control_characters_in_an_address_never_reach_the_terminal(
    tmp_path: Path,
) -> None:
    document = json.loads(ODD_KEYS.read_bytes())
    for change in document["resource_changes"]:
        change["address"] = change["address"].replace('"]', f'{NASTY}"]')
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    assert unprintable(check(path, *STATE)) == []


def test_a_key_with_a_line_end_makes_no_line_of_its_own() -> None:
    said = check(ODD_KEYS, *STATE)

    assert said.code == 10
    assert unprintable(said) == []
