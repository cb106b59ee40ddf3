"""Compiles the library when the package is built or installed from a checkout."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileLibrary(BuildHookInterface[Any]):
    """Writes `policies/.compiled.json`, or stops the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the library of this checkout."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from guardrail.library import write_compiled
        finally:
            sys.path.pop(0)
        write_compiled(root / "policies")
        compileall.compile_dir(root / "guardrail", quiet=1)
        build_data["artifacts"].append("policies/.compiled.json")
