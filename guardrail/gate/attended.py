"""A program that somebody watches: its output is theirs, and so are their signals.

It is asked to stop and never killed: an apply that is cut off leaves resources that no
state knows of.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FOREVER = 10**9
"""A limit that never comes: waiting with one looks up again and again.

Without any, a signal that comes just before the wait would be heard after its end.
"""
NOT_STARTED = 127
"""The exit code of a program that could not be started, as a shell gives it."""


def attend(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    output: int | None,
    timeout_s: float | None,
) -> int:
    """The exit code of `command`, which writes to the descriptor `output`.

    None for `output` is our own. After `timeout_s` it is interrupted once, and waited
    for; None is no limit.
    """
    with _Signals() as signals:
        try:
            process = subprocess.Popen(  # noqa: S603  # no shell, and the caller's program
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                start_new_session=True,
            )
        except OSError:
            return NOT_STARTED
        signals.pass_to(process.pid)
        try:
            return process.wait(_FOREVER if timeout_s is None else timeout_s)
        except subprocess.TimeoutExpired:
            _tell(process.pid, signal.SIGINT)
            return process.wait(_FOREVER)


class _Signals:
    """What is asked of this program while it waits for another, passed on to that."""

    def __init__(self) -> None:
        """Nothing was asked yet, and nobody is there to be told."""
        self._asked: list[int] = []
        self._group: int | None = None
        self._restored = contextlib.ExitStack()

    def __enter__(self) -> _Signals:
        # Only the main thread may say what a signal does; elsewhere none arrives.
        if threading.current_thread() is threading.main_thread():
            for one in SIGNALS:
                self._restored.callback(signal.signal, one, signal.getsignal(one))
                signal.signal(one, self._heard)
        return self

    def __exit__(self, *_error: object) -> None:
        self._restored.close()

    def pass_to(self, group: int) -> None:
        """Pass what was asked, and what will be, to a process group."""
        self._group = group
        for number in self._asked:
            _tell(group, number)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if self._group is None:
            self._asked.append(number)
        else:
            _tell(self._group, number)


def _tell(group: int, number: int) -> None:
    """Send a signal to a process group, if it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


@contextlib.contextmanager
def private_file(content: bytes = b"") -> Iterator[Path]:
    """A file that nobody else may read or change, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="guardrail-") as folder:
        path = Path(folder) / "tfplan"
        path.touch(mode=0o600)
        path.write_bytes(content)
        yield path
