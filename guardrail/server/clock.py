"""The time, for the server: tests have their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec


def _now() -> datetime:
    return datetime.now(UTC)


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """What time it is, and how to wait."""

    now: Callable[[], datetime] = _now
    """With its zone."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
