"""Pictures of the example, byte for byte. `make golden` rewrites them; look at them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guardrail.decision import Decision
from guardrail.library import Library
from guardrail.reports import Rendering
from guardrail.reports.picture import DRAWERS, picture

HERE = Path(__file__).parent
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("format_", sorted(DRAWERS))
def test_the_picture_of_the_leak(
    format_: str,
    language: str,
    leak: Decision,
    library: Library,
    request: pytest.FixtureRequest,
) -> None:
    rendering = Rendering(
        version="0.0.0",
        library_sha256="0" * 64,
        catalogue_date=date(2026, 9, 15),
        language=language,
        french=library.french,
    )
    found = picture(leak, rendering, format_=format_)
    path = HERE / f"leak.{language}.{format_}"
    if request.config.getoption("--refresh-golden"):
        path.write_bytes(found)

    assert found.decode() == path.read_text(encoding="utf-8")
