"""The JSON of a binary plan, from programs that are Terraform or say that they are."""

from __future__ import annotations

import json
import logging
import os
import runpy
import signal
import sys
from pathlib import Path

import pytest

import guardrail.gate
from guardrail.errors import ConfigurationError, InputError
from guardrail.gate import Executable, find_executable, show
from guardrail.gate.attended import SIGNALS
from guardrail.gate.process import Limits
from tests.unit.gate.test_process import found_in
from tests.waiting import LIMIT_S, until

SECRET = "hunter2-secret"
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
LIMITS = Limits(timeout_s=LIMIT_S, output_bytes=100_000)


def program(folder: Path, name: str, text: str) -> Path:
    """A program that a shell runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def shown(
    tmp_path: Path, text: str, limits: Limits = LIMITS, **environment: str
) -> bytes:
    fake = program(tmp_path / "bin", "terraform", text)
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    variables = {**ENVIRONMENT, **environment}
    return show(
        b"the plan", Executable(fake, "terraform"), [work], variables, limits=limits
    )


def failure(tmp_path: Path, text: str, limits: Limits = LIMITS) -> InputError:
    with pytest.raises(InputError) as caught:
        shown(tmp_path, text, limits)
    return caught.value


def test_the_plan_is_shown_as_json_from_a_copy(tmp_path: Path) -> None:
    found = shown(tmp_path, 'echo "$@"; cat "$4"')
    words, _line, content = found.decode().partition("\n")
    *options, copy = words.split()

    assert options == ["show", "-json", "-no-color"]
    assert content == "the plan"
    assert Path(copy).is_absolute()
    assert not Path(copy).exists()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    shown(tmp_path, "echo 1")

    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "bin", "terraform", "work",
    ]  # fmt: skip


def test_it_sees_the_environment_but_for_what_makes_it_talk(tmp_path: Path) -> None:
    found = shown(
        tmp_path,
        "env",
        TF_LOG="trace",
        TF_LOG_PROVIDER="trace",
        TF_LOG_PATH=str(tmp_path / "log"),
        TF_CLI_ARGS="-help",
        TF_CLI_ARGS_show="-x",
        TF_VAR_a="1",
        AWS_REGION="eu-west-3",
    ).decode()

    assert "TF_VAR_a=1" in found
    assert "AWS_REGION=eu-west-3" in found
    assert "TF_LOG" not in found
    assert "TF_CLI_ARGS" not in found


def test_the_state_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "terraform.tfstate").write_text("this is no JSON")

    assert shown(tmp_path, "echo 1") == b"1\n"


def test_modules_of_python_in_the_folder_are_not_imported(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("python_terraform", "logging", "json", "sitecustomize"):
        (work / f"{name}.py").write_text("raise SystemExit('imported')")

    assert shown(tmp_path, "pwd", PYTHONPATH="") == f"{work}\n".encode()


def test_the_folder_where_init_was_run_is_chosen(tmp_path: Path) -> None:
    fake = Executable(program(tmp_path, "terraform", "pwd"), "terraform")
    first, second = tmp_path / "a", tmp_path / "b"
    (second / ".terraform").mkdir(parents=True)
    first.mkdir()
    folders = [first, second]

    assert show(b"", fake, folders, ENVIRONMENT).decode().strip() == str(second)
    (first / ".terraform").mkdir()
    assert show(b"", fake, folders, ENVIRONMENT).decode().strip() == str(first)
    (second / "data").mkdir()
    variables = {**ENVIRONMENT, "TF_DATA_DIR": "data"}
    assert show(b"", fake, folders, variables).decode().strip() == str(second)


def test_what_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    text = f"sleep {LIMIT_S} & sleep {LIMIT_S}"
    error = failure(tmp_path, text, Limits(timeout_s=1, output_bytes=1000))

    assert "longer than 1 second" in str(error)
    until(lambda: not found_in(tmp_path / "work"), "nothing of it is left")


def test_output_without_end_is_refused(tmp_path: Path) -> None:
    assert "more than 100000 bytes" in str(failure(tmp_path, "yes"))


@pytest.mark.parametrize(
    "text",
    [
        f"echo {SECRET} >&2; exit 1",
        f"echo {SECRET}; exit 1",
        f"echo 'Error: {SECRET}' >&2; exit 1",
        f"echo 'Error: password = \"{SECRET}\"' >&2; exit 1",
        f"printf 'Error: Bad value\\n\\n  secret_key = \"{SECRET}\"\\n' >&2; exit 1",
        f"echo {SECRET} >&2; exit 0",
    ],
)
def test_what_it_says_is_never_repeated(
    tmp_path: Path,
    text: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = failure(tmp_path, text)
    out, err = capfd.readouterr()

    assert SECRET not in f"{error} {error.remedy} {error!r} {caplog.text} {out} {err}"
    assert "terraform show -json" in error.remedy


@pytest.mark.parametrize(
    ("title", "remedy"),
    [
        ("Failed to load plugin schemas", "terraform init"),
        ("Required plugins are not installed", "terraform init"),
        ("Inconsistent dependency lock file", "terraform init"),
        ("Plan created by a different version of Terraform", "--terraform-bin"),
        ("Something else", "terraform show -json tfplan"),
    ],
)
def test_the_title_of_an_error_is_told_and_what_to_do(
    tmp_path: Path, title: str, remedy: str
) -> None:
    error = failure(tmp_path, f"printf '╷\\n│ Error: {title}\\n│ \\n' >&2; exit 1")

    assert title in str(error)
    assert remedy in error.remedy


def test_the_worker_survives_what_is_no_text(tmp_path: Path) -> None:
    assert shown(tmp_path, r"printf '\377'") == b"\xff"


def search(*folders: Path) -> dict[str, str]:
    return {"PATH": ":".join(map(str, folders))}


def test_opentofu_comes_first_for_its_own_plans(tmp_path: Path) -> None:
    terraform = program(tmp_path, "terraform", "")
    tofu = program(tmp_path, "tofu", "")
    path = search(tmp_path)

    assert find_executable(None, path, tofu=False) == Executable(terraform, "terraform")
    assert find_executable(None, path, tofu=True) == Executable(tofu, "tofu")
    tofu.unlink()
    assert find_executable(None, path, tofu=True).name == "terraform"


def test_the_program_behind_the_wrapper_of_an_action_is_taken(tmp_path: Path) -> None:
    program(tmp_path, "terraform", "")
    real = program(tmp_path / "real", "terraform-bin", "")
    variables = {**search(tmp_path), "TERRAFORM_CLI_PATH": str(real.parent)}

    found = find_executable(None, variables, tofu=False)
    assert found == Executable(real, "terraform")


def test_a_program_that_is_stated_is_taken(tmp_path: Path) -> None:
    tofu = program(tmp_path, "tofu-1.10", "")

    assert find_executable(str(tofu), {}, tofu=False) == Executable(tofu, "tofu")
    found = find_executable("tofu-1.10", search(tmp_path), tofu=False)
    assert found.path == tofu


def test_a_program_that_is_stated_and_not_there_is_a_wrong_option() -> None:
    with pytest.raises(ConfigurationError):
        find_executable("/no/such/terraform", {}, tofu=False)


def test_programs_in_the_folder_at_hand_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "terraform", "")
    monkeypatch.chdir(tmp_path)

    for path in ("", ".", ":", "bin:."):
        with pytest.raises(InputError, match="neither is installed") as caught:
            find_executable(None, {"PATH": path}, tofu=False)
        assert "--src DIR" in caught.value.remedy


def test_its_json_is_read(tmp_path: Path) -> None:
    assert json.loads(shown(tmp_path, "echo '{\"a\": 1}'")) == {"a": 1}


@pytest.mark.parametrize(("ends", "code"), [("exit 7", 7), ("kill -TERM $$", 143)])
@pytest.mark.filterwarnings("ignore:The .warn. method:DeprecationWarning")
def test_the_worker_hands_on_what_the_program_says(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    ends: str,
    code: int,
) -> None:
    """As `show` runs it, but in this process."""
    fake = program(tmp_path, "terraform", f'echo "$@"; pwd; {ends}')
    worker = str(Path(guardrail.gate.__file__).with_name("worker.py"))
    asked = ["show", "-json", str(tmp_path / "a plan")]
    monkeypatch.setattr(sys, "argv", [worker, str(fake), str(tmp_path), *asked])
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    monkeypatch.setattr(logging.root.manager, "disable", 0)
    before = {one: signal.getsignal(one) for one in SIGNALS}
    try:
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(worker, run_name="__main__")
        os.kill(os.getpid(), signal.SIGTERM)  # which is Terraform's to obey
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert ended.value.code == code
    assert logging.root.manager.disable == logging.CRITICAL
    assert capfd.readouterr().out == f"{' '.join(asked)}\n{tmp_path}\n"


def test_the_worker_does_nothing_when_it_is_imported() -> None:
    worker = Path(guardrail.gate.__file__).with_name("worker.py")

    assert runpy.run_path(str(worker))["main"]
