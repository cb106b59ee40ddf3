"""The workshop of `fixtures/remake`, for tests that run Terraform."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

REMAKE = ROOT / "fixtures" / "remake"
LAB = ROOT / ".cache" / "terraform-lab"
CASES = sorted(
    path.parent
    for home in ("fixtures/plans", "fixtures/doctrine", "terraform-examples")
    for path in (ROOT / home).glob("*/case.json")
)
"""The folders of code, each with the plan that Terraform made of it."""


def need_terraform() -> None:
    """Skip where there is no Terraform; but never in continuous integration."""
    if shutil.which("terraform") is None:
        if os.environ.get("CI"):
            pytest.fail("terraform is not installed, and CI must run this")
        pytest.skip("terraform is not installed")


@cache
def workshop() -> Any:
    """The program that remakes the plans, as a module."""
    sys.path.insert(0, str(REMAKE))
    try:
        import remake  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(REMAKE))
    return remake


@cache
def laboratory() -> Any:
    """A Terraform that needs no network, shared by all processes that test."""
    need_terraform()
    return workshop().lab_at(LAB)


def command_line_configuration() -> Path:
    """What points Terraform at the providers of the laboratory."""
    found: Path = laboratory().root / "terraform.rc"
    return found
