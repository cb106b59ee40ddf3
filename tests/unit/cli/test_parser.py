"""The command line starts quickly, and its help fits the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardrail.cli import VERBS, _import_msgspec, _parser
from guardrail.cli.parser import Help
from tests.conftest import ROOT

PLAN = ROOT / "terraform-examples" / "demo" / "plan.json"
LOADED = """
import sys
from guardrail.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("\\n", *sorted(sys.modules))
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that a run of `guardrail` has imported when it ends."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_what_needs_no_verb_loads_none(asked: str) -> None:
    modules = loaded(asked)

    assert not {
        one for one in modules if one.startswith(("guardrail.cli.", "msgspec"))
    } - {
        "guardrail.cli.exits",
        "guardrail.cli.parser",
    }


def test_judging_loads_what_it_needs() -> None:
    modules = loaded("check", str(PLAN), "--body", "state")

    assert {"msgspec", "guardrail.assessment"} <= modules
    assert not modules & {
        "typing_extensions", "inspect", "dataclasses", "calendar", "shutil",
        "tempfile", "subprocess", "socket", "logging", "yaml", "jsonschema", "idna",
        "guardrail.inputs.hcl", "guardrail.inputs.heat", "guardrail.gate",
        "guardrail.cli.explain", "guardrail.shapes", "guardrail.tagging",
    }  # fmt: skip


@pytest.mark.parametrize("there", [set(), {"msgspec"}, {"typing_extensions"}])
def test_msgspec_is_imported_without_what_typing_has(
    monkeypatch: pytest.MonkeyPatch, there: set[str]
) -> None:
    for name in ("msgspec", "typing_extensions"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in there:
        monkeypatch.setitem(sys.modules, name, sys)

    _import_msgspec()

    wanted = there or {"msgspec"}
    assert {"msgspec", "typing_extensions"} & sys.modules.keys() == wanted


def test_no_verb_is_added_but_the_one_that_is_named() -> None:
    every, one = _parser([]).format_help(), _parser(["check"]).format_help()

    assert all(f"    {verb}" in every for verb in VERBS)
    assert all(f"    {verb} " not in one for verb in VERBS)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard output: what it is given can be set on the number."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as file:
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.setattr(sys, "__stdout__", file)
        yield ours
    os.close(ours)


def width() -> int:
    return Help("guardrail")._width + 2


@pytest.mark.parametrize(("columns", "wanted"), [(132, 132), (0, 80)])
def test_help_is_as_wide_as_the_terminal(
    terminal: int, columns: int, wanted: int
) -> None:
    termios.tcsetwinsize(terminal, (40, columns))

    assert width() == wanted


@pytest.mark.parametrize(("stated", "wanted"), [("60", 60), ("0", 132), ("x", 132)])
def test_columns_are_wider_than_the_terminal_says(
    terminal: int, monkeypatch: pytest.MonkeyPatch, stated: str, wanted: int
) -> None:
    termios.tcsetwinsize(terminal, (40, 132))
    monkeypatch.setenv("COLUMNS", stated)

    assert width() == wanted


def test_help_without_a_terminal_has_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "__stdout__", None)

    assert width() == 80

    with (tmp_path / "help").open("w") as file:
        monkeypatch.setattr(sys, "__stdout__", file)

        assert width() == 80
