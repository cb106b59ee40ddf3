"""The syntax trees of the package, each read once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "guardrail"


@cache
def trees() -> Mapping[Path, ast.Module]:
    """The tree of each module, by its path."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
