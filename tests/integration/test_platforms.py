"""What `guardrail init` writes does what its page says, run as the platform runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import yaml

from guardrail.library import shipped
from guardrail.platforms import Platform, platforms
from tests.conftest import CLOCK, ROOT

pytestmark = pytest.mark.slow  # each of them starts programs

KNOWN = {one.id: one for one in platforms(shipped())}
DENIED = ROOT / "terraform-examples" / "demo"
ALLOWED = ROOT / "fixtures" / "plans" / "no-placement"
VALUES = {"body": "state", "folder": ".", "folders": '["."]'}
FAILED = re.compile(r'([1-9][0-9]* failure|failures": \[)')


def content(platform: str, path: str) -> str:
    (file,) = [one for one in KNOWN[platform].files if one.path == path]
    return file.filled(VALUES)


def document(platform: str, path: str) -> Any:
    return yaml.safe_load(content(platform, path))


def shell(
    script: str, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A script, with this guardrail on the path and nothing to install."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    for name, text in {
        "guardrail": f'exec {sys.executable} -m guardrail "$@"',
        "pip": "exit 0",
        "python": f'[ "$2" = pip ] && exit 0; exec {sys.executable} "$@"',
        "python3": f'[ "$2" = pip ] && exit 0; exec {sys.executable} "$@"',
        "terraform": f"cat {folder}/plan.json",
    }.items():
        (bin_ / name).write_text(f"#!/bin/sh\n{text}\n")
        (bin_ / name).chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{bin_}:/usr/bin:/bin", "PYTHONPATH": f"{CLOCK}:{ROOT}",
        **variables,
    }  # fmt: skip
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(params=[(DENIED, 10), (ALLOWED, 0)], ids=["denied", "allowed"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """A folder as a pipeline has it, and the exit code of its plan."""
    source, code = request.param
    for name in ("plan.json", "main.tf", "tfplan"):
        shutil.copy(source / name, tmp_path / name)
    (tmp_path / "guardrail.yaml").write_text(
        content("project", "guardrail.yaml"), "utf-8"
    )
    return tmp_path, code


@pytest.mark.parametrize("platform", KNOWN.values(), ids=list(KNOWN))
def test_every_file_can_be_read_by_its_platform(platform: Platform) -> None:
    for file in platform.files:
        text = file.filled(VALUES)
        assert "{{folder" not in text
        assert "{{body" not in text
        if file.path.endswith((".yml", ".yaml")):
            assert yaml.safe_load(text)
        if file.path.endswith(".sh"):
            assert subprocess.run(["sh", "-n"], input=text, text=True).returncode == 0


def test_github_fails_on_deny_annotates_and_uploads(case: tuple[Path, int]) -> None:
    folder, code = case
    steps = document("github", ".github/workflows/guardrail.yml")["jobs"]["guardrail"][
        "steps"
    ]
    (step,) = [one for one in steps if one.get("name") == "guardrail"]
    script = step["run"].replace("tfplan", "plan.json --src .")
    done = shell(script, folder, GITHUB_STEP_SUMMARY=str(folder / "summary.md"))

    assert done.returncode == code, done.stderr
    assert ("::error file=" in done.stderr) is (code == 10)
    assert (folder / "summary.md").read_text("utf-8").startswith("## guardrail: ")
    results = json.loads((folder / "guardrail.sarif").read_bytes())["runs"][0][
        "results"
    ]
    assert bool(results) is (code == 10)


def test_the_composite_action_does_the_same_and_obeys_no_input(
    case: tuple[Path, int],
) -> None:
    folder, code = case
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    script = action["runs"]["steps"][1]["run"]
    stated = {
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "PLAN": "plan.json",
        "OPTIONS": "--src . --lang fr",
        "SARIF": "out.sarif",
    }
    done = shell(script, folder, **stated)
    evil = shell(
        script, folder, **{**stated, "OPTIONS": "--src . ; touch evil $(touch evil)"}
    )

    assert done.returncode == code, done.stderr
    assert (folder / "out.sarif").is_file()
    assert evil.returncode == 2
    assert not (folder / "evil").exists()
    assert "${{" not in script


@pytest.mark.parametrize("form", ["component", "included"])
def test_gitlab_fails_on_deny_and_keeps_reports(
    case: tuple[Path, int], form: str
) -> None:
    folder, code = case
    if form == "component":
        text = (ROOT / "templates" / "guardrail.yml").read_text("utf-8")
        job = list(yaml.safe_load_all(text))[1]["guardrail"]
        variables = {"GUARDRAIL_PLAN": "plan.json", "GUARDRAIL_OPTIONS": "--src ."}
    else:
        job = document("gitlab", ".gitlab/guardrail.yml")["guardrail"]
        variables = job["variables"]
    done = shell(
        "\n".join([*job["before_script"], *job["script"]]), folder, **variables
    )
    reports = job["artifacts"]["reports"]
    issues = json.loads((folder / reports["codequality"]).read_bytes())
    suite = Xml.parse(folder / reports["junit"]).getroot()

    assert done.returncode == code, done.stderr
    assert bool(issues) is (code == 10)
    assert bool(suite.findall(".//failure")) is (code == 10)


def test_pre_commit_judges_the_code(case: tuple[Path, int]) -> None:
    folder, code = case
    (hook,) = document("pre-commit", ".pre-commit-config.yaml")["repos"][0]["hooks"]
    (shared,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for entry in (hook["entry"], " ".join([shared["entry"], *shared["args"]])):
        assert shell(entry, folder).returncode in {code, 11}
    assert re.search(hook["files"], "infra/main.tf")
    assert not re.search(hook["files"], "main.tfx")


def test_atlantis_reads_deny_as_failed_and_allow_as_passed(
    case: tuple[Path, int],
) -> None:
    folder, code = case
    workflow = document("atlantis", "atlantis-guardrail.yaml")["workflows"]["guardrail"]
    run = workflow["policy_check"]["steps"][1]["run"]
    done = shell(run, folder, SHOWFILE=str(folder / "plan.json"))
    failed = (
        not done.stdout
        or FAILED.search(done.stdout)
        or (done.stdout.strip().startswith("FAIL"))
    )

    assert done.returncode == 0, done.stderr
    assert bool(failed) is (code == 10)


def test_spacelift_has_a_verdict_for_its_policy(case: tuple[Path, int]) -> None:
    folder, code = case
    hooks = document("spacelift", ".spacelift/config.yml")["stack_defaults"]
    done = shell("\n".join([*hooks["before_init"], *hooks["after_plan"]]), folder)
    report = json.loads((folder / "guardrail.custom.spacelift.json").read_bytes())

    assert done.returncode == 0, done.stderr
    assert (report["verdict"] == "allow") is (code == 0)
    assert "third_party_metadata.custom.guardrail.verdict" in (
        content("spacelift", "spacelift-guardrail.rego")
    )


def test_env0_fails_on_deny(case: tuple[Path, int]) -> None:
    folder, code = case
    (step,) = document("env0", "env0.yml")["deploy"]["steps"]["terraformPlan"]["after"]

    assert shell(step["run"], folder).returncode == code


def test_jenkins_fails_on_deny(case: tuple[Path, int]) -> None:
    folder, code = case
    lines = re.findall(r"sh '([^']+)'", content("jenkins", "guardrail.Jenkinsfile"))
    script = (
        lines[1].replace(".guardrail/bin/", "").replace("tfplan", "plan.json --src .")
    )

    assert len(lines) == 2
    assert shell(script, folder).returncode == code
    assert (folder / "guardrail.junit.xml").is_file()


def test_terragrunt_applies_nothing_unless_all_is_allowed(
    case: tuple[Path, int], tmp_path: Path
) -> None:
    folder, code = case
    (tmp_path / "bin").mkdir(exist_ok=True)
    fake = tmp_path / "bin" / "terragrunt"
    fake.write_text(
        "#!/bin/sh\n"
        'echo "$@" >> asked\n'
        'case "$*" in *"-- plan"*) mkdir -p "$4/a" "$4/b";'
        f' cp {ALLOWED}/plan.json "$4/a/tfplan.json"; cp plan.json "$4/b/tfplan.json";;'
        " esac\n"
    )
    fake.chmod(0o755)
    done = shell(content("terragrunt", "guardrail-run-all.sh"), folder)
    asked = (folder / "asked").read_text()

    assert (done.returncode == 0) is (code == 0), done.stderr
    assert ("-- apply" in asked) is (code == 0)
    assert done.stdout.count("verdict: ") >= 2


def test_the_server_of_a_repository_starts(case: tuple[Path, int]) -> None:
    from guardrail.server.settings import keys_of, read_settings

    folder, _code = case
    (folder / "hmac.key").write_text("a key of sixteen bytes or more")
    path = folder / "guardrail-server.yaml"
    path.write_text(content("hcp-terraform", "guardrail-server.yaml"), "utf-8")
    settings = read_settings(path)

    assert settings.organisation == str(folder / "guardrail.yaml")
    assert len(keys_of(settings)) == 1
