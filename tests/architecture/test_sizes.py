from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted((ROOT / "guardrail").rglob("*.py"))
LONGEST = 420
LONGEST_HCL = 700
"""A language and its evaluation read better in one piece."""
SIZES = "C901,PLR0912,PLR0913,PLR0915"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_read_in_one_go(path: Path) -> None:
    longest = LONGEST_HCL if path.parent.name == "hcl" else LONGEST

    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest


def test_a_function_is_seen_whole() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "check", "--no-cache"),
            *("--select", SIZES, "guardrail"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_no_module_is_named_after_nothing() -> None:
    empty = {"utils", "util", "helpers", "common", "misc", "shared", "base", "core"}

    assert not empty & {path.stem for path in MODULES}
