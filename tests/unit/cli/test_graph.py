from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.cli import graph
from guardrail.reports.picture import DRAWERS, LEVELS
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask

LEAK = ROOT / "terraform-examples" / "two-clouds-backup-leak" / "plan.json"
BEGINNINGS = {"svg": "<svg ", "mermaid": "flowchart ", "dot": "digraph "}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((LEAK,), 0),
        ((LEAK, "--body", "state", "--lang", "fr"), 0),
        ((LEAK, "--group", "module"), 0),
        ((), 2),
        ((LEAK, LEAK), 2),
        ((LEAK, "--format", "png"), 2),
        ((LEAK, "--group", "operator"), 2),
        ((LEAK, "--output", "none/picture"), 2),
        ((LEAK, "--config", "none.yaml"), 2),
        (("none.json",), 3),
        ((ROOT / "README.md",), 3),
        ((LEAK, "--library", "none"), 4),
    ],
)
def test_the_code_says_whether_the_picture_was_made(
    arguments: tuple[object, ...], code: int, ask: Ask
) -> None:
    said = ask("graph", *arguments)

    assert said.code == code, said
    assert bool(said.out) is (code == 0)


def test_what_can_be_asked_is_what_can_be_drawn(ask: Ask) -> None:
    assert sorted(DRAWERS) == sorted(graph._FORMATS) == sorted(BEGINNINGS)
    assert sorted(LEVELS) == sorted(graph._GROUPINGS)
    for format_, beginning in BEGINNINGS.items():
        assert ask("graph", LEAK, "--format", format_).out.startswith(beginning)


def test_a_picture_goes_to_its_file(ask: Ask, tmp_path: Path) -> None:
    said = ask("graph", LEAK, "--output", "stack.svg")

    assert (said.code, said.out) == (0, "")
    assert (tmp_path / "stack.svg").read_text().startswith("<svg ")


def test_the_options_of_check_judge_here_too(ask: Ask) -> None:
    plain = ask("graph", LEAK, "--format", "dot").out
    stated = ask("graph", LEAK, "--format", "dot", "--class", "public").out

    assert "no label" not in plain
    assert plain != stated


def test_help_says_what_the_code_means(ask: Ask) -> None:
    assert "The exit code is 0 when the picture was made" in ask("graph", "--help").out
