"""What we say is known is what Terraform has: expressions and whole configurations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guardrail.inputs.hcl import Source, Tree, from_directory
from guardrail.inputs.hcl.cty import Type, Unk, Val, plain
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform

CORPUS = ROOT / "tests" / "unit" / "inputs" / "hcl" / "corpus"
NOTHING = object()


def expressions() -> list[str]:
    lines = (CORPUS / "expressions.txt").read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]


def terraform(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of Terraform that reaches no network and reads no configuration of ours."""
    if shutil.which("terraform") is None:
        if os.environ.get("CI"):
            pytest.fail("terraform is not installed, and CI must run this")
        pytest.skip("terraform is not installed")
    (directory / "cli.tfrc").write_text("disable_checkpoint = true\n")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {
        "TF_CLI_CONFIG_FILE": str(directory / "cli.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    return subprocess.run(
        ["terraform", *arguments],
        cwd=directory,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def planned(directory: Path, *options: str) -> Mapping[str, Any]:
    """The plan of the configuration in a directory, as JSON."""
    for arguments in (
        ("init", "-backend=false", "-input=false", "-no-color"),
        ("plan", "-input=false", "-no-color", "-out=tfplan", *options),
    ):
        done = terraform(directory, *arguments)
        assert done.returncode == 0, done.stderr[-6000:]
    shown = terraform(directory, "show", "-json", "tfplan")
    found: Mapping[str, Any] = json.loads(shown.stdout)
    return found
