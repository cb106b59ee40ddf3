"""The plans in the repository are what Terraform makes of the code beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

REMAKE = ROOT / "fixtures" / "remake" / "remake.py"


@pytest.mark.terraform
def test_terraform_makes_the_same_plans_again() -> None:
    if shutil.which("terraform") is None:
        if os.environ.get("CI"):
            pytest.fail("terraform is not installed, and CI must run this")
        pytest.skip("terraform is not installed")
    done = subprocess.run(
        [sys.executable, str(REMAKE), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "as they should be" in done.stdout + done.stderr
