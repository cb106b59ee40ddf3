"""Reports written where they were asked for; a file is replaced whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from guardrail.errors import ConfigurationError

STANDARD = "-"


def write(report: bytes, target: str) -> None:
    """Write `report` to the file `target`, or to standard output for `-`.

    Raises:
        ConfigurationError: The file cannot be written; what was there is left.
    """
    if target == STANDARD:
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    try:
        _replace(path, report)
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise ConfigurationError(message, where=target) from error


def _replace(path: Path, content: bytes) -> None:
    import tempfile  # only here: it costs start-up time

    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
