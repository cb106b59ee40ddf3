"""Waiting for what another process, thread or service does."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT_S = 600
"""So long may it take on a busy machine; only what would never hold gets there."""


def until(holds: Callable[[], object], what: str, every_s: float = 0.02) -> None:
    """Wait until something holds, however long it takes."""
    end = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < end, f"after {LIMIT_S} s it does not hold: {what}"
        time.sleep(every_s)
