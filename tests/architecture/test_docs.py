"""The reference is what the code and the policies say."""

from __future__ import annotations

import importlib.util

import pytest

from guardrail.library import Library
from tests.conftest import ROOT


def test_the_reference_is_current(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = ROOT / "docs" / "generate.py"
    spec = importlib.util.spec_from_file_location("generate", path)
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)

    for name, text in generate.pages(library).items():
        assert (path.parent / "reference" / name).read_text() == text, "run `make docs`"
    for name, text in generate.platform_pages().items():
        assert (path.parent / "platforms" / name).read_text() == text, "run `make docs`"
    for name, drawing in generate.pictures().items():
        assert (generate.PICTURES / name).read_text() == drawing, "run `make docs`"
    for name in generate.READMES:
        assert (ROOT / name).read_text() == generate.readme(name), "run `make docs`"
