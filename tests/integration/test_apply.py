"""`guardrail apply` with real Terraform: the state says what was applied."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.laboratory import command_line_configuration
from tests.waiting import until

CODE = """
terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}
variable "class" {}
provider "openstack" {
  auth_url = "https://keystone.cloud.interne.example/v3"
  region   = "paris"
}
resource "openstack_blockstorage_volume_v3" "files" {
  name     = "files"
  size     = 1
  metadata = { data_sensitivity = var.class }
}
"""
CONFIGURATION = """
body: state
offers:
  - id: our-cloud
    operator: our-ministry
    hosting: internal
    country: FR
    recognise:
      - provider: terraform-provider-openstack/openstack
        host: keystone.cloud.interne.example
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root module after `terraform init`."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(command_line_configuration()))
    folder = tmp_path / "stack"
    folder.mkdir()
    (folder / "main.tf").write_text(CODE)
    (folder / "guardrail.yaml").write_text(CONFIGURATION)
    terraform(folder, "init", "-input=false")
    return folder


def terraform(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["terraform", *arguments], cwd=folder, capture_output=True, check=True,
    )  # fmt: skip


def gate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "guardrail", "apply", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def applied(folder: Path) -> list[dict[str, Any]]:
    state = folder / "terraform.tfstate"
    found: list[dict[str, Any]] = (
        json.loads(state.read_text())["resources"] if state.exists() else []
    )
    return found


@pytest.mark.terraform
def test_what_is_allowed_is_applied(work: Path) -> None:
    done = gate(work, "--auto-approve", "--", "-var=class=sensitive")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Apply complete" in done.stdout
    assert [one["name"] for one in applied(work)] == ["files"]


@pytest.mark.terraform
def test_what_is_denied_or_for_review_is_not(work: Path) -> None:
    (work / "guardrail.yaml").write_text("body: state\n")
    review = gate(work, "--auto-approve", "--", "-var=class=sensitive")
    code = CODE.replace("keystone.cloud.interne.example", "auth.cloud.ovh.net")
    (work / "main.tf").write_text(code.replace("paris", "GRA11"))
    denied = gate(work, "--auto-approve", "--", "-var=class=sensitive")

    assert review.returncode == 11, review.stdout + review.stderr
    assert denied.returncode == 10, denied.stdout + denied.stderr
    assert applied(work) == []


@pytest.mark.terraform
def test_the_plan_that_was_judged_is_applied_whatever_happens_to_its_file(
    work: Path, tmp_path: Path
) -> None:
    """The file is swapped, while it is judged, for one that would be denied."""
    terraform(work, "plan", "-var=class=sensitive", "-out=tfplan")
    other = tmp_path / "other"
    shutil.copytree(work, other)
    terraform(other, "plan", "-var=class=public", "-out=tfplan")
    swap = program(
        tmp_path,
        f'case "$1" in show) cp {other}/tfplan {work}/tfplan;; esac\n'
        f'exec {shutil.which("terraform")} "$@"',
    )
    done = gate(work, "tfplan", "--terraform-bin", str(swap))
    (one,) = applied(work)
    metadata = one["instances"][0]["attributes"]["metadata"]

    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "tfplan").read_bytes() == (other / "tfplan").read_bytes()
    assert metadata == {"data_sensitivity": "sensitive"}


@pytest.mark.terraform
def test_a_plan_that_is_stale_is_not_applied(work: Path) -> None:
    terraform(work, "plan", "-var=class=sensitive", "-out=tfplan")
    terraform(work, "apply", "-auto-approve", "-var=class=public")
    done = gate(work, "tfplan")
    (one,) = applied(work)

    assert done.returncode == 5, done.stdout + done.stderr
    assert "was allowed" in done.stderr
    assert "public" in json.dumps(one)


@pytest.mark.terraform
def test_a_plan_that_cannot_be_made_is_unreadable(work: Path) -> None:
    done = gate(work, "--auto-approve")  # the variable has no value

    assert done.returncode == 3, done.stdout + done.stderr
    assert "Nothing was judged or applied" in done.stderr
    assert applied(work) == []


@pytest.mark.terraform
def test_an_argument_from_the_environment_cannot_bring_another_plan(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terraform(work, "plan", "-var=class=public", "-out=other")
    terraform(work, "plan", "-var=class=sensitive", "-out=tfplan")
    monkeypatch.setenv("TF_CLI_ARGS_apply", str(work / "other"))
    done = gate(work, "tfplan")

    assert done.returncode == 5
    assert applied(work) == []


@pytest.mark.terraform
def test_an_apply_that_is_interrupted_leaves_a_state(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform is asked to stop, and guardrail waits until it has written its state."""
    ready = tmp_path / "ready"
    type_ = "openstack_blockstorage_volume_v3"
    told = {"name": "slow", "file": str(ready)}
    monkeypatch.setenv("STUB_SLOW", json.dumps({type_: told}))
    slow = CODE + (
        f'resource "{type_}" "slow" {{\n'
        f'  name = "slow"\n  size = 1\n  description = {type_}.files.id\n'
        "  metadata = { data_sensitivity = var.class }\n}\n"
        'resource "terraform_data" "after" {\n'
        f"  input = {type_}.slow.id\n}}\n"
    )
    (work / "main.tf").write_text(slow)
    terraform(work, "init", "-input=false")
    gated = subprocess.Popen(
        [sys.executable, "-m", "guardrail", "apply", "--auto-approve", "--",
         "-var=class=sensitive"],
        cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=dict(os.environ),
    )  # fmt: skip
    until(lambda: ready.exists() or gated.poll() is not None, "it is being applied")
    gated.send_signal(signal.SIGTERM)
    _out, said = gated.communicate()
    names = [one["name"] for one in applied(work)]

    assert gated.returncode == 5, said
    assert "files" in names
    assert "after" not in names


def program(folder: Path, text: str) -> Path:
    path = folder / "terraform"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
