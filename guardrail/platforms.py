"""What a repository needs for each platform: the files of `policies/platforms/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from guardrail.errors import LibraryError
from guardrail.placement import Fact, Text
from guardrail.shapes import checked, parsed


class Written(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that a platform reads."""

    path: str
    """From the root of the repository."""
    content: str
    """`{{folder}}`, `{{folders}}` and `{{body}}` stand for what is found or stated."""
    executable: bool = False

    def filled(self, values: Mapping[str, str]) -> str:
        """The content, with what it stands for."""
        text = self.content
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return text


class Platform(Fact, frozen=True, kw_only=True):
    """How guardrail is run on one platform."""

    id: str
    title: Text
    order: int = 100
    """Place in lists; lower first."""
    always: bool = False
    """Whether every repository needs it."""
    detect: tuple[str, ...] = ()
    """Paths that a repository of the platform has; `*` for any name."""
    detect_text: tuple[str, ...] = ()
    """Texts that its Terraform code has."""
    files: tuple[Written, ...]
    explain: Text
    """What the files do."""
    by_hand: Text
    """What to do where a file is there already."""


def platforms(folder: Path) -> tuple[Platform, ...]:
    """The platforms that the library in `folder` knows, in their order.

    Raises:
        LibraryError: A file is malformed, or there is none.
        OSError: A file cannot be read.
    """
    found: Sequence[Platform] = [
        checked(_document(path), Platform, f"platforms/{path.name}")
        for path in sorted((folder / "platforms").glob("*.yaml"))
    ]
    if not found:
        raise LibraryError("it knows no platform", where=str(folder))
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))


def _document(path: Path) -> Any:
    return parsed(path.read_bytes(), f"platforms/{path.name}")
