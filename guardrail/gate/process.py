"""A program that runs within bounds of time and output, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec

_BLOCK = 1 << 16
_PAUSE_S = 0.01
_ERRORS_BYTES = 1 << 16
"""Of what it prints as errors, so much is kept; the rest is read and dropped."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long a program may run, and how much it may print."""

    timeout_s: float
    output_bytes: int


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a program."""

    code: int | None
    """Its exit code; None where it was ended, or could not be started."""
    output: bytes = b""
    errors: bytes = b""
    """The beginning of it."""
    late: bool = False
    long: bool = False


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], limits: Limits
) -> Ended:
    """What `command` printed in `folder`; what it started ends with it."""
    deadline = time.monotonic() + limits.timeout_s
    try:
        process = subprocess.Popen(  # noqa: S603  # no shell, and the caller's program
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError:
        return Ended(code=None)
    with process:
        try:
            output, errors, late, long = _followed(process, deadline, limits)
            late = late or not (long or _ends(process.pid, deadline))
        finally:
            # While the leader is not reaped, its number stands for this group alone.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    if late or long:
        return Ended(code=None, late=late, long=long)
    return Ended(code=code, output=output, errors=errors)


def _followed(
    process: subprocess.Popen[bytes], deadline: float, limits: Limits
) -> tuple[bytes, bytes, bool, bool]:
    """Output and errors until both end; whether it took too long, or was too much."""
    output, errors = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream, kept in ((process.stdout, output), (process.stderr, errors)):
            selector.register(_piped(stream), selectors.EVENT_READ, kept)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:
                return b"", b"", True, False
            for key, _events in ready:
                if not _read(key):
                    selector.unregister(key.fileobj)
            del errors[_ERRORS_BYTES:]
            if len(output) > limits.output_bytes:
                return b"", b"", False, True
    return bytes(output), bytes(errors), False, False


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    """A stream that is a pipe, as was asked for."""
    assert stream is not None  # noqa: S101  # mypy cannot see it
    return stream


def _read(key: selectors.SelectorKey) -> int:
    """How much there was to read; it is kept with the key."""
    block = os.read(key.fd, _BLOCK)
    key.data.extend(block)
    return len(block)


def _ends(pid: int, deadline: float) -> bool:
    """Whether a process ends in time; it is left to be reaped."""
    while True:
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_PID, pid, options) is not None:
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_S)
