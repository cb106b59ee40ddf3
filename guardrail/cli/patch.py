"""Changes to files: as a unified diff, or in place, each whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from guardrail.errors import ConfigurationError


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what it is to be."""

    path: Path
    name: str
    """As a diff names it, from the folder in which it is applied."""
    before: bytes | None
    """None where there is no file yet."""
    after: bytes


_UNENDED = b"\n\\ No newline at end of file\n"


def unified(changes: Sequence[Change]) -> bytes:
    """The changes as a patch for `git apply` or `patch -p1`."""
    return b"".join(line for change in changes for line in _hunks(change))


def _hunks(change: Change) -> Iterator[bytes]:
    name = change.name.encode(errors="surrogateescape")
    before = b"/dev/null" if change.before is None else b"a/" + name
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(change.before or b""),
        _lines(change.after),
        before,
        b"b/" + name,
    )
    for line in lines:
        yield (
            line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        )


def _lines(content: bytes) -> list[bytes]:
    """Lines with their ends; only a line feed ends one."""
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def put(change: Change) -> None:
    """Write a file in place: an interruption leaves the old one, and its mode stays.

    Raises:
        ConfigurationError: It cannot be written, or is not what was read any more.
    """
    path = change.path
    try:
        found = _content(path)
        if found != change.before:
            raise ConfigurationError("it was changed meanwhile", where=str(path))
        _replace(path, change.after)
    except OSError as error:
        message = f"it cannot be written: {error.strerror}"
        raise ConfigurationError(message, where=str(path)) from error


def _content(path: Path) -> bytes | None:
    """The content of a regular file; None where there is none.

    Raises:
        OSError: It cannot be read, or is a link.
    """
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _replace(path: Path, content: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """See that the name of a file is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
