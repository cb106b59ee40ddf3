"""Lets guardrail read the clock of the day that the fixtures were made for.

The registry ages, qualifications end and rules change, so tests that asked the real
clock would fail one day. `tests/conftest.py` imports this, and puts its folder on
`PYTHONPATH`: Python imports a module of this name by itself, in every process that a
test starts. The day is noon when a process starts, and goes on from there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

CLOCKS = {
    "guardrail.cli.attest",
    "guardrail.cli.log",
    "guardrail.cli.options",
    "guardrail.openstack.clock",
    "guardrail.server.clock",
}
"""The modules that ask what time it is."""
_NOON, _STARTED = datetime(2026, 11, 22, 12, tzinfo=UTC), time.monotonic()


class Moment(datetime):
    """A `datetime` of which `now` is on the day of the fixtures."""

    @classmethod
    def now(  # type: ignore[override]  # a plain one: encoders know no other
        cls, tz: tzinfo | None = None
    ) -> datetime:
        """That day's noon, and as long after it as the process runs."""
        return (_NOON + timedelta(seconds=time.monotonic() - _STARTED)).astimezone(tz)


class Finder:
    """Finds the modules that ask what time it is, and gives them our `datetime`."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is, whose global name is another after it has run."""
        if name not in CLOCKS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                run(module)
                module.__dict__["datetime"] = Moment

            loader: Any = spec.loader  # of this module alone
            loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Finder)
