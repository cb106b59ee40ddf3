from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GROUPED = """
import os
import pytest

@pytest.mark.xdist_group("one-server")
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    with open("workers", "a") as told:
        told.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


@pytest.mark.slow
def test_what_shares_a_server_is_run_by_one_process(tmp_path: Path) -> None:
    """With some releases of pytest it is not, and nothing says so."""
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    workers = (tmp_path / "workers").read_text().split()

    assert len(workers) == 6
    assert len(set(workers)) == 1
