"""Names that a document gives to things: bounded, and safe to print."""

from __future__ import annotations

import re
import unicodedata

from guardrail.errors import InputError

LONGEST = 4096
"""Characters of the longest address, type, name or key that is read."""

_SHOWN = 160
_LOGIN = re.compile(r"(?<=://)[^/?#]*@|[?#].*", re.DOTALL)
"""What may be a secret in an address of the network: its login, query and fragment."""
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def bounded(text: str, *, where: str) -> str:
    """`text`, an identifier.

    Raises:
        InputError: It is too long, or holds characters that steer a terminal or hide.
    """
    if len(text) > LONGEST:
        raise InputError(f"a name is longer than {LONGEST} characters", where=where)
    if not text.isprintable() and not _safe(text):
        raise InputError(
            f"the name `{shown(text)}` holds control or invisible characters",
            where=where,
        )
    return text


def shown(text: str) -> str:
    """`text` as it may stand in a message: printable, and of bounded length."""
    printable = "".join(letter for letter in text[:_SHOWN] if letter.isprintable())
    return printable + "…" if len(text) > _SHOWN else printable


def public(name: str) -> str:
    """`name`, without what may be a secret where it is an address of the network."""
    return _LOGIN.sub("", name) if "://" in name else name


def pointer(*steps: str | int) -> str:
    """A JSON Pointer to the place at `steps`.

    Source: IETF, RFC 6901, section 3, 2013-04, https://www.rfc-editor.org/rfc/rfc6901
    """
    escaped = [shown(str(step)).replace("~", "~0").replace("/", "~1") for step in steps]
    return "".join(f"/{step}" for step in escaped)


def _safe(text: str) -> bool:
    return not any(unicodedata.category(letter) in _UNSAFE for letter in text)
