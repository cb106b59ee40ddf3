"""A binary plan, and its JSON with the code: one decision, by two ways in."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import guardrail.gate
from guardrail.cli import main
from tests.integration.laboratory import CASES, command_line_configuration
from tests.integration.test_acceptance import (
    ALLOW,
    DENY,
    PLANS,
    REVIEW,
    STATE,
    UNREADABLE,
    check,
    landing,
    missing,
    verdicts,
)

MADE = [case for case in CASES if case.parent == PLANS]
SHOWN = ["aws-modules", "demo", "drift", "errored-plan", "outscale-via-aws-endpoints"]
"""Of the others, `test_remake.py` sees to it that Terraform shows what is committed."""
HIDDEN = ["variable", "local", "function", "literal_function", "dynamic"]


def named(case: Path) -> str:
    return case.name


def with_source(case: Path) -> tuple[int, dict[str, Any]]:
    return check(case / "plan.json", "--src", str(case), *STATE)


def same(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what says which file it was made of."""
    return {name: one for name, one in report.items() if name != "inputs"}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_both_forms_of_one_plan_get_the_same_report(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform makes `plan.json` of `tfplan`, as `test_remake.py` sees to."""
    document = (case / "plan.json").read_bytes()
    monkeypatch.setattr(guardrail.gate, "find_executable", lambda *_a, **_k: None)
    monkeypatch.setattr(guardrail.gate, "show", lambda *_a, **_k: document)
    by_source = with_source(case)
    by_binary = check(case / "tfplan", *STATE)

    assert by_binary[0] == by_source[0]
    assert same(by_binary[1]) == same(by_source[1])
    if by_binary[1]:
        (origin,) = by_binary[1]["inputs"]
        assert origin["path"].endswith("tfplan")
        assert origin["sha256"] != by_source[1]["inputs"][0]["sha256"]


@pytest.mark.slow
@pytest.mark.parametrize("case", MADE, ids=named)
def test_what_the_json_knows_for_sure_stays_when_the_code_is_given(case: Path) -> None:
    _code, alone = check(case / "plan.json", *STATE)
    _code, beside = with_source(case)
    pairs = zip(alone.get("resources", []), beside.get("resources", []), strict=True)
    for before, after in pairs:
        landings = zip(before["landings"], after["landings"], strict=True)
        for old, new in landings:
            if old["evidence"] in {"E1", "E2", "E3"} and old["offer"]:
                assert new["offer"] == old["offer"]


def test_endpoints_that_only_the_code_shows_are_judged() -> None:
    _code, report = with_source(PLANS / "outscale-via-aws-endpoints")
    found = verdicts(report)

    for name in HIDDEN:
        address = f"aws_s3_bucket.{name}"
        assert found[address] == "allow"
        assert landing(report, address)["offer"] == "outscale-cloudgouv"
        assert landing(report, address)["evidence"] == "E4"
    assert found["aws_s3_bucket.other_service"] == "review"
    assert found["aws_s3_bucket.public_region"] == "deny"


def test_a_region_behind_a_function_is_the_one_that_it_gives() -> None:
    _code, report = with_source(PLANS / "aws-region-unknown")

    assert landing(report, "aws_s3_bucket.lying_replace")["region"] == "us-west-2"
    assert landing(report, "aws_s3_bucket.conditional")["region"] == "us-east-1"
    for name in ("output_region", "output_endpoint", "environment_only"):
        assert verdicts(report)[f"aws_s3_bucket.{name}"] == "review"
        assert missing(report, f"aws_s3_bucket.{name}")


def test_a_renamed_provider_is_placed_where_it_is_inherited_from() -> None:
    _code, report = with_source(PLANS / "aws-modules")
    seen = landing(report, "module.renamed.aws_s3_bucket.b")

    assert (seen["offer"], seen["region"]) == ("aws", "eu-west-3")


def test_resources_say_where_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    case = PLANS / "aws-modules"
    _code, report = with_source(case)
    places = {one["address"]: one["location"] for one in report["resources"]}

    expected = {"file": "renamed/main.tf", "line": 7}
    assert places["module.renamed.aws_s3_bucket.b"] == expected
    main(["check", str(case / "plan.json"), "--src", str(case), *STATE])
    assert "aws_s3_bucket.b (renamed/main.tf:7)" in capsys.readouterr().out


def test_no_secret_of_the_code_is_shown() -> None:
    case = PLANS / "canaries"
    canaries = (case / "canaries.txt").read_text().split()
    text = json.dumps(with_source(case)[1])

    assert canaries
    assert not [canary for canary in canaries if canary in text]


def test_the_code_of_another_plan_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, other = PLANS / "aws-tags" / "plan.json", PLANS / "aws-modules"
    code = main(["check", str(path), "--src", str(other), *STATE])

    assert code == UNREADABLE
    assert "not what the plan was made from" in capsys.readouterr().err


def test_a_binary_plan_without_terraform_is_not_green(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("TERRAFORM_CLI_PATH", "TOFU_CLI_PATH"):
        monkeypatch.delenv(name, raising=False)
    code = main(["check", str(PLANS / "aws-tags" / "tfplan"), *STATE])

    assert code == UNREADABLE
    assert "--terraform-bin" in capsys.readouterr().err


def test_a_binary_plan_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = PLANS / "aws-tags"
    document = (case / "plan.json").read_bytes()
    monkeypatch.setattr(guardrail.gate, "find_executable", lambda *_a, **_k: None)
    monkeypatch.setattr(guardrail.gate, "show", lambda *_a, **_k: document)
    stdin = io.TextIOWrapper(io.BytesIO((case / "tfplan").read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)

    assert check(Path("-"), *STATE)[0] == DENY


def test_a_program_that_is_none_is_a_wrong_option() -> None:
    plan = str(PLANS / "aws-tags" / "tfplan")

    assert main(["check", plan, "--terraform-bin", "/nowhere/terraform"]) == 2


def test_a_program_that_shows_another_plan_is_believed_no_more_than_its_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = tmp_path / "terraform"
    fake.write_text('#!/bin/sh\necho \'{"format_version": "9.0"}\'\n')
    fake.chmod(0o755)
    plan = str(PLANS / "aws-tags" / "tfplan")

    assert main(["check", plan, "--terraform-bin", str(fake), *STATE]) == UNREADABLE
    assert "terraform show" in capsys.readouterr().err


@pytest.mark.terraform
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in SHOWN], ids=named
)
def test_terraform_shows_a_binary_plan(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(command_line_configuration()))
    monkeypatch.setenv("TF_LOG", "trace")
    work = tmp_path / "work"
    kept = shutil.ignore_patterns("plan.json*", "*.yaml", "derogations", "before")
    shutil.copytree(case, work, ignore=kept)
    subprocess.run(
        ["terraform", "init", "-input=false"],
        cwd=work,
        env={**os.environ, "TF_LOG": ""},  # as whoever runs the tests
        capture_output=True,
        timeout=120,
        check=True,
    )
    code, report = check(case / "tfplan", "--src", str(work), *STATE)
    expected_code, expected = with_source(case)

    assert code == expected_code
    assert code in {ALLOW, DENY, REVIEW, UNREADABLE}
    assert same(report) == same(expected)


@pytest.mark.terraform
def test_providers_that_are_not_installed_are_named_with_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(command_line_configuration()))
    monkeypatch.chdir(tmp_path)
    code = main(["check", str(PLANS / "aws-tags" / "tfplan"), *STATE])

    assert code == UNREADABLE
    assert "terraform init" in capsys.readouterr().err
