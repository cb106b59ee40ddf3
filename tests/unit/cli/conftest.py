from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from guardrail.cli import main


class Said(NamedTuple):
    """What one run of the command line says."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Ask: TypeAlias = Callable[..., Said]


@pytest.fixture
def ask(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> Ask:
    """Runs the command line in an empty folder, as of 2026-11-22 when not told."""
    monkeypatch.chdir(tmp_path)
    for name in ("GUARDRAIL_CONFIG", "GUARDRAIL_LANG"):
        monkeypatch.delenv(name, raising=False)

    def asked(*arguments: object) -> Said:
        words = [str(one) for one in arguments]
        if "--as-of" not in words and "--help" not in words:
            words += ["--as-of", "2026-11-22"]
        try:
            code = main(words)
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 1
        out, err = capsysbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    return asked


def too_wide(text: str, width: int = 80) -> list[str]:
    """The lines wider than the page, but for one word that cannot be broken."""
    return [
        line
        for line in text.splitlines()
        if len(line) > width and len(line.split()) > 1 and "://" not in line
    ]
