"""Plans made and applied, by a program that says what it was asked."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from guardrail.errors import ConfigurationError, InputError
from guardrail.gate import Deployment, Executable, apply, plan
from tests.unit.gate.test_terraform import program

FAKE = """
echo "$@" >> {log}
echo "$PWD ${{TF_IN_AUTOMATION:-no}} ${{ASKED:-}}" >> {log}
for last; do :; done
case "$1" in
  plan) printf '%s' "{made}" > "${{last#-out=}}" ;;
  apply) cat "$last" >> {log} ;;
esac
exit {code}
"""


def deployment(
    tmp_path: Path, made: str = "PK-plan", code: int = 0, *, coloured: bool = False
) -> Deployment:
    log = tmp_path / "log"
    text = FAKE.format(log=log, made=made, code=code)
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return Deployment(
        executable=Executable(
            program(tmp_path / "bin", "terraform", text), "terraform"
        ),
        folder=folder,
        environment={"PATH": os.environ["PATH"], "ASKED": "yes"},
        coloured=coloured,
    )


def said(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text().splitlines()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_plan_is_made_with_the_options_of_the_user(tmp_path: Path) -> None:
    content = plan(deployment(tmp_path), ["-var-file=prod.tfvars", "-destroy"])
    asked, place = said(tmp_path)
    *options, out = asked.split()

    assert content == b"PK-plan"
    assert options == [
        "plan", "-input=false", "-no-color", "-var-file=prod.tfvars", "-destroy",
    ]  # fmt: skip
    assert place == f"{tmp_path / 'work'} true yes"
    assert not Path(out.removeprefix("-out=")).exists()


def test_a_terminal_may_have_colour(tmp_path: Path) -> None:
    plan(deployment(tmp_path, coloured=True), [])

    assert "-no-color" not in said(tmp_path)[0]


@pytest.mark.parametrize(("made", "code"), [("PK", 1), ("", 0)])
def test_no_plan_is_an_error(tmp_path: Path, made: str, code: int) -> None:
    with pytest.raises(InputError, match="made no plan"):
        plan(deployment(tmp_path, made, code), [])


def test_what_was_judged_is_applied_in_the_same_environment(tmp_path: Path) -> None:
    content = b"the very plan"
    code = apply(deployment(tmp_path), content, digest(content), ["-parallelism=1"])
    asked, place, applied = said(tmp_path)
    *options, path = asked.split()

    assert code == 0
    assert options == ["apply", "-input=false", "-no-color", "-parallelism=1"]
    assert applied == "the very plan"
    assert place == f"{tmp_path / 'work'} no yes"
    assert not Path(path).exists()


def test_another_plan_is_not_applied(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the one that was judged"):
        apply(deployment(tmp_path), b"other", digest(b"judged"), [])

    assert not (tmp_path / "log").exists()


def test_the_exit_code_of_terraform_is_given(tmp_path: Path) -> None:
    assert apply(deployment(tmp_path, code=9), b"x", digest(b"x"), []) == 9


@pytest.mark.parametrize(
    "argument",
    [
        "other.tfplan", "-", "", "-out=x", "--out=x", "-out", "-chdir=/tmp",
        "-input=true", "-json", "--json", "-help", "-version",
    ],
)  # fmt: skip
def test_what_would_take_the_plan_away_is_refused(
    tmp_path: Path, argument: str
) -> None:
    made = deployment(tmp_path)
    with pytest.raises(ConfigurationError):
        plan(made, [argument])
    with pytest.raises(ConfigurationError):
        apply(made, b"x", digest(b"x"), [argument])

    assert not (tmp_path / "log").exists()
