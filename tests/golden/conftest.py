from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

HERE = Path(__file__).parent
Compare: TypeAlias = Callable[[str, bytes], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Compare:
    """Compares bytes with a file beside this one, or rewrites the file."""

    def compare(name: str, found: bytes) -> None:
        path = HERE / name
        if request.config.getoption("--refresh-golden"):
            path.write_bytes(found)
        assert found.decode() == path.read_bytes().decode()

    return compare
