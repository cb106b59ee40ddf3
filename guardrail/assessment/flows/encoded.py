"""Texts inside of a text that are written in base64, and perhaps compressed."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from itertools import islice

LONGEST = 65_536
"""Letters of a text that are looked through."""

_CODED = re.compile(r"[A-Za-z0-9+/]{16,}(?:\r?\n[A-Za-z0-9+/]{4,})*={0,2}")
"""What may be base64, in one line or several."""
_MOST = 64
"""Parts of one text that are decoded."""
_DEEPEST = 3
"""Texts inside of each other: a script in a file in a message."""
_GZIP = b"\x1f\x8b"


def decoded(text: str, depth: int = 1) -> Iterator[str]:
    """The texts that stand encoded in `text`, and those in them; never more than a few.

    What merely looks like base64 comes out as letters that mean nothing.
    """
    for found in islice(_CODED.finditer(text, 0, 2 * LONGEST), _MOST):
        plain = _plain(found[0])
        if plain:
            yield plain
            if depth < _DEEPEST:
                yield from decoded(plain, depth + 1)


def _plain(coded: str) -> str:
    """The text that is written in base64; "" where none is."""
    try:
        content = binascii.a2b_base64(coded)
        if content.startswith(_GZIP):
            content = zlib.decompressobj(wbits=31).decompress(content, LONGEST)
    except (binascii.Error, zlib.error):
        return ""
    try:
        return content[:LONGEST].decode()
    except UnicodeDecodeError:
        return ""
