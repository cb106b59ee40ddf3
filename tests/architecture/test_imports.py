from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


def test_the_contracts_between_the_rooms_are_kept() -> None:
    done = subprocess.run(
        [LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "Contracts: 5 kept, 0 broken." in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
