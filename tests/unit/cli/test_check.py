from __future__ import annotations

import io
import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import main
from guardrail.cli.exits import EXITS
from guardrail.cli.judging import exit_code
from guardrail.decision import Verdict
from guardrail.reports import WRITERS
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said

DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"
ALLOWED = ROOT / "terraform-examples" / "scaleway-public-website" / "plan.json"
REVIEWED = ROOT / "terraform-examples" / "azure-unlabelled" / "plan.json"
OPENSTACK = ROOT / "fixtures" / "plans" / "openstack-environment" / "plan.json"
STATE = ("--body", "state")


def verdicts(said: Said) -> list[str]:
    return [one["verdict"] for one in said.document["resources"]]


# Exit codes


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.ALLOW, 0), (Verdict.DENY, 10), (Verdict.REVIEW, 11)],
)
def test_every_verdict_has_its_code(verdict: Verdict, code: int) -> None:
    assert exit_code(verdict) == code
    assert EXITS[code].startswith(verdict.value)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((ALLOWED, *STATE), 0),
        ((DEMO, *STATE), 10),
        ((REVIEWED, *STATE), 11),
        ((), 2),
        ((DEMO, "--no-such-option"), 2),
        ((DEMO, "--format", "yaml"), 2),
        ((DEMO, "--body", "nobody"), 2),
        ((DEMO, "--as-of", "yesterday"), 2),
        ((DEMO, "--as-of", "2026-02-30"), 2),
        ((DEMO, "--rules", "none"), 2),
        ((DEMO, "--existing", "ignore"), 2),
        ((DEMO, "--lang", "de"), 2),
        ((DEMO, "--class", "hush"), 2),
        ((DEMO, "--category", "hush"), 2),
        ((DEMO, "--env", "NAME"), 2),
        ((DEMO, "--env", "=value"), 2),
        ((DEMO, "--config", "none.yaml"), 2),
        ((DEMO, "--output", "a", "--output", "b"), 2),
        ((DEMO, "--format", "json", "--format", "text"), 2),
        ((DEMO, "--output", "none/report"), 2),
        ((DEMO, "--output", "."), 2),
        (("none.json",), 3),
        ((ROOT,), 3),
        ((ROOT / "README.md",), 3),
        ((DEMO, "--library", "none"), 4),
        ((DEMO, "--as-of", "1990-01-01"), 4),
    ],
)
def test_each_way_to_end_has_its_code(
    arguments: tuple[object, ...], code: int, ask: Ask
) -> None:
    said = ask("check", *arguments)

    assert said.code == code, said
    assert bool(said.out) is (code in {0, 10, 11})


def test_no_verb_is_a_wrong_command_line(ask: Ask) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])

    assert caught.value.code == 2
    assert ask("nonsense").code == 2


def test_a_failure_is_told_in_one_line_without_a_traceback(ask: Ask) -> None:
    said = ask("check", "none.json")

    assert said.err.startswith("guardrail: none.json: it cannot be read: ")
    assert said.err.count("\n") == 1


def test_the_workspace_is_stated_where_mappings_tell_them_apart(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plan.json").write_bytes(DEMO.read_bytes())
    secret = "mappings: [{addresses: ['*'], class: classified, workspaces: [prod]}]"
    (tmp_path / "guardrail.yaml").write_text(f"{secret}\n")

    def classes(*stated: str) -> set[str]:
        document = ask("check", "plan.json", "--format", "json", *stated).document
        return {one["class"] for one in document["resources"]}

    unsaid = ask("check", "plan.json")
    assert "state it with --workspace" in " ".join(unsaid.out.split())
    assert classes("--workspace", "prod") == {"classified"}
    assert "classified" not in classes("--workspace", "test")
    monkeypatch.setenv("TF_WORKSPACE", "prod")
    assert classes() == {"classified"}


def test_an_unknown_word_is_told_with_those_that_are_known(ask: Ask) -> None:
    assert "there are: public, internal" in ask("check", DEMO, "--class", "hush").err
    assert "health" in ask("check", DEMO, "--category", "hush").err


def test_a_bug_is_code_1_and_tells_no_value(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> bytes:
        raise RuntimeError("hunter2")

    monkeypatch.setitem(WRITERS, "text", broken)
    said = ask("check", DEMO)

    assert said.code == 1
    assert "a bug: RuntimeError; please report it" in said.err
    assert "hunter2" not in said.err


def test_the_version_is_told(ask: Ask) -> None:
    from guardrail import __version__

    assert ask("--version").out == f"guardrail {__version__}\n"


def test_the_module_is_the_same_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["guardrail", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("guardrail", run_name="__main__")

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("guardrail ")


# Formats and places


@pytest.mark.parametrize("plan", [ALLOWED, DEMO, REVIEWED])
def test_the_format_never_changes_the_exit_code(plan: Path, ask: Ask) -> None:
    codes = {
        ask("check", plan, *STATE, "--format", name, "--lang", language).code
        for name in WRITERS
        for language in ("en", "fr")
    }

    assert len(codes) == 1


def test_formats_and_places_go_in_pairs(ask: Ask, tmp_path: Path) -> None:
    said = ask(
        *("check", DEMO, *STATE),
        *("--format", "json", "--output", "report.json", "--format", "text"),
    )

    assert json.loads((tmp_path / "report.json").read_bytes())["verdict"] == "deny"
    assert said.out.startswith("guardrail ")


def test_a_report_in_a_file_is_what_standard_output_would_show(
    ask: Ask, tmp_path: Path
) -> None:
    shown = ask("check", DEMO, *STATE)
    stored = ask("check", DEMO, *STATE, "--output", "report.txt")

    assert stored.out == ""
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == shown.out


def test_a_run_that_fails_leaves_the_old_report(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("old")
    ask("check", "none.json", "--output", "report.txt")

    assert (tmp_path / "report.txt").read_text() == "old"


# Inputs


def test_several_inputs_are_judged_in_one_run_and_the_worst_counts(ask: Ask) -> None:
    said = ask("check", ALLOWED, DEMO, *STATE, "--format", "json")

    assert said.code == 10
    assert [one["path"] for one in said.document["inputs"]] == [str(ALLOWED), str(DEMO)]
    assert {one["input"] for one in said.document["resources"]} == {0, 1}


def test_an_input_given_twice_is_judged_once(ask: Ask) -> None:
    said = ask("check", DEMO, DEMO, *STATE, "--format", "json")

    assert len(said.document["inputs"]) == 1


def test_one_input_that_cannot_be_read_spoils_the_run(ask: Ask) -> None:
    assert ask("check", ALLOWED, "none.json", *STATE).code == 3


class Stdin(io.TextIOWrapper):
    """Standard input with a plan in it."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.BytesIO(path.read_bytes()))


def test_a_plan_may_come_from_standard_input(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(DEMO))
    said = ask("check", "-", *STATE, "--format", "json")

    assert (said.code, said.document["inputs"][0]["path"]) == (10, "-")


def test_the_name_of_an_input_need_not_be_a_text(ask: Ask, tmp_path: Path) -> None:
    name = "plan-\udcff.json"
    shutil.copy(DEMO, tmp_path / name)

    assert ask("check", name, *STATE).code == 10
    assert ask("check", name, *STATE, "--format", "json").code == 10


# What is stated beside the input


def test_the_class_of_the_stack_is_stated_on_the_command_line(ask: Ask) -> None:
    said = ask("check", REVIEWED, *STATE, "--class", "public", "--format", "json")

    assert said.code == 0


def test_an_attested_variable_settles_the_place(ask: Ask) -> None:
    before = ask("check", OPENSTACK, *STATE, "--format", "json").document
    url = "OS_AUTH_URL=https://auth.cloud.ovh.net/v3"
    after = ask(
        *("check", OPENSTACK, *STATE, "--format", "json"),
        *("--env", url, "--env", "OS_REGION_NAME=GRA9"),
    ).document

    def offers(report: Any) -> set[str | None]:
        return {
            landing["offer"]
            for one in report["resources"]
            for landing in one["landings"]
            if one["judged"]
        }

    assert None in offers(before)
    assert "ovhcloud-public-cloud" in offers(after)


def test_the_organisations_file_is_named_by_option_or_environment(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "org.yaml").write_text("body: private")
    named = ask("check", DEMO, "--config", "org.yaml", "--format", "json").document
    monkeypatch.setenv("GUARDRAIL_CONFIG", "org.yaml")
    found = ask("check", DEMO, "--format", "json").document

    assert named["body"] == found["body"] == "private"


def test_a_configuration_with_an_unknown_word_is_a_wrong_command_line(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "org.yaml").write_text("data: {class: hush}")

    assert ask("check", DEMO, "--config", "org.yaml").code == 2


def test_a_malformed_configuration_leaves_nothing_to_judge_by(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "org.yaml").write_text("body: 7")

    assert ask("check", DEMO, "--config", "org.yaml").code == 4


@pytest.mark.parametrize(("rules", "layer"), [("law", False), ("baseline", True)])
def test_the_rules_asked_for_are_those_in_force(
    rules: str, layer: bool, ask: Ask
) -> None:
    report = ask("check", DEMO, *STATE, "--rules", rules, "--format", "json").document

    assert ("baseline-sensitive" in report["library"]["rules"]) is layer


def test_what_exists_blocks_where_it_is_enforced(ask: Ask) -> None:
    still = ROOT / "fixtures" / "plans" / "nothing-changes" / "plan.json"
    data = ("--class", "sensitive")

    assert ask("check", still, *STATE, *data).code == 0
    assert ask("check", still, *STATE, *data, "--existing", "enforce").code == 10


def test_the_language_comes_from_option_or_environment(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask("check", DEMO, *STATE, "--lang", "fr").out
    monkeypatch.setenv("GUARDRAIL_LANG", "fr")
    found = ask("check", DEMO, *STATE).out

    assert "REFUS" in asked
    assert found == asked


def test_a_language_in_the_environment_that_is_not_spoken_is_refused(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRAIL_LANG", "de")

    assert ask("check", DEMO, *STATE).code == 2


def test_the_day_is_today_where_none_is_stated(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    from guardrail.cli import judging

    monkeypatch.setattr(judging, "today", lambda: date(2026, 11, 22))
    stated = ask("check", DEMO, *STATE, "--format", "json").document
    code = main(["check", str(DEMO), *STATE, "--output", "out"])

    assert code == 10
    assert stated["as_of"] == "2026-11-22"


# Colour


class Terminal(io.TextIOWrapper):
    """A terminal that keeps what it shows."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> bytes:
        self.seek(0)
        return bytes(self.buffer.read())


def test_a_terminal_gets_colour_unless_it_wants_none(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    first, second = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", first)
    ask("check", DEMO, *STATE)
    monkeypatch.setattr(sys, "stdout", second)
    monkeypatch.setenv("NO_COLOR", "1")
    ask("check", DEMO, *STATE)

    assert b"\x1b[31;1m" in first.shown
    assert b"\x1b" not in second.shown


def test_a_pipe_gets_no_colour(ask: Ask) -> None:
    assert "\x1b" not in ask("check", DEMO, *STATE).out


# Presets


def test_a_preset_writes_what_its_program_reads_and_exits_as_it_wants(
    ask: Ask,
) -> None:
    said = ask("check", DEMO, *STATE, "--preset", "atlantis")

    assert said.code == 0
    assert said.out.startswith("FAIL - ")
    assert said.out.rstrip().endswith(" failures")


@pytest.mark.parametrize("option", [["--format", "json"], ["--output", "x"]])
def test_a_preset_is_its_own_format(ask: Ask, option: list[str]) -> None:
    assert ask("check", DEMO, *STATE, "--preset", "atlantis", *option).code == 2


def test_a_preset_never_hides_what_could_not_be_judged(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_text("{")

    assert ask("check", tmp_path / "plan.json", "--preset", "atlantis").code == 3
