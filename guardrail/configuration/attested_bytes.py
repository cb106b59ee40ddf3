"""Files that are attested, read whole; errors never repeat what is in them."""

from __future__ import annotations

from pathlib import Path

from guardrail.errors import ConfigurationError

_LIMIT_BYTES = 1 << 20


def content_of(path: Path) -> bytes:
    """What is in the file at `path`.

    Raises:
        ConfigurationError: It cannot be read, or is too large.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read: {error.strerror}", where=str(path)
        ) from error
    if len(content) > _LIMIT_BYTES:
        raise ConfigurationError("the file is too large", where=str(path))
    return content


def text_of(content: bytes, name: str) -> str:
    """`content` as text.

    Raises:
        ConfigurationError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            "it is not UTF-8", where=f"{name}, line {line}"
        ) from None
