"""The files that a Heat template is deployed with: nested templates, scripts, others.

Only what a template or an environment names is read, and only below the folder of the
one or the other, or below the folder that the user names; no link leads out of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from guardrail.errors import InputError
from guardrail.inputs.heat import environment, stack
from guardrail.inputs.manifests import may_be_heat
from guardrail.inputs.source import GivenTemplate

LARGEST = 8 << 20
LARGEST_TOGETHER = 64 << 20
MOST_FILES = 2_000


def given_template(
    content: bytes,
    path: Path,
    *,
    environments: Sequence[tuple[Path, bytes]] = (),
    parameters: dict[str, str],
    root: Path | None = None,
) -> GivenTemplate:
    """What the template `content` of the file `path` is deployed with.

    Raises:
        InputError: A template or environment is malformed, or there is too much.
    """
    folder = path.resolve().parent
    beside = [one.resolve().parent for one, _content in environments]
    roots = [root.resolve()] if root else [folder, *beside]
    named = [
        (Path(os.path.relpath(one.resolve(), folder)).as_posix(), found)
        for one, found in environments
    ]
    reader = _Reader(folder, roots)
    reader.read(stack.wanted(content, path.name))
    for name, found in named:
        reader.read(environment.referenced(found, name))
    return GivenTemplate(
        files=reader.files, environments=tuple(named), parameters=parameters
    )


class _Reader:
    """Reads files that are named by their path from a folder, and what they name."""

    def __init__(self, folder: Path, roots: Iterable[Path]) -> None:
        self._folder = folder
        self._roots = tuple(roots)
        self._size = 0
        self._seen: set[str] = set()
        self.files: dict[str, bytes] = {}

    def read(self, names: Iterable[str]) -> None:
        """Read files and what they name; what may not be read is left out.

        Raises:
            InputError: A template is malformed, or there is too much.
        """
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in self._seen:
                continue
            self._seen.add(name)
            content = self._content(name)
            if content is None:
                continue
            self._size += len(content)
            if self._size > LARGEST_TOGETHER or len(self.files) >= MOST_FILES:
                raise InputError(
                    "the template names too many files, or too large ones",
                    where=str(self._folder),
                )
            self.files[name] = content
            if may_be_heat(content):
                pending += stack.wanted(content, name)

    def _content(self, name: str) -> bytes | None:
        """The content of a regular file inside of the roots; None for all others."""
        try:
            path = (self._folder / name).resolve(strict=True)
            if not any(path.is_relative_to(root) for root in self._roots):
                return None
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags), "rb") as file:
                found = os.fstat(file.fileno())
                fits = stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST
                return file.read(LARGEST) if fits else None
        except (OSError, ValueError, RuntimeError):
            return None
