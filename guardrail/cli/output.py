"""Reports written where they were asked for; a file is replaced whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from guardrail.errors import ConfigurationError

STANDARD = "-"


def write(report: bytes, target: str) -> None:
    """Write `report` to the file `target`, or to standard output for `-`.

    Raises:
        ConfigurationError: The file cannot be written; what was there is left.
        BrokenPipeError: Nobody reads standard output any more.
    """
    write_pieces((report,), target)


def write_pieces(report: Iterable[bytes], target: str) -> None:
    """Write the pieces of `report` as they come, as `write` does the whole.

    Raises:
        ConfigurationError: The file cannot be written; what was there is left.
        BrokenPipeError: Nobody reads standard output any more.
    """
    try:
        if target == STANDARD:
            _print(report)
        else:
            _store(Path(target), report)
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise ConfigurationError(message, where=target) from error


def _print(report: Iterable[bytes]) -> None:
    if sys.stdout is None:  # it was closed before the program began
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.buffer.writelines(report)
    sys.stdout.buffer.flush()


def _store(path: Path, report: Iterable[bytes]) -> None:
    """Replace a file; write to what is none (`/dev/stdout`), or stands for another."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with path.open("wb") as file:
            file.writelines(report)
    else:
        _replace(path, report)


def _replace(path: Path, content: Iterable[bytes]) -> None:
    import tempfile  # only here: it costs start-up time

    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
