"""Bytes of any Unicode encoding, as UTF-8 without a mark.

PowerShell 5 writes `terraform show -json > plan.json` as UTF-16 with a mark.
"""

from __future__ import annotations

import codecs

from guardrail.errors import InputError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK = 1 << 20


def utf8(document: bytes) -> bytes:
    """`document` as UTF-8 without a byte order mark, and proven to be UTF-8.

    Raises:
        InputError: It is in no encoding of Unicode.
    """
    for mark, encoding in _MARKS:
        if document.startswith(mark):
            return _converted(document[len(mark) :], encoding)
    if document[1:2] == b"\0" and document[:1] != b"\0":
        return _converted(document, "utf-16-le")
    if document[:1] == b"\0" and document[1:2] not in {b"", b"\0"}:
        return _converted(document, "utf-16-be")
    return _converted(document, "utf-8")


def _converted(document: bytes, encoding: str) -> bytes:
    try:
        if encoding != "utf-8":
            return document.decode(encoding).encode()
        if not document.isascii():
            _prove(document)
    except UnicodeError as error:
        raise InputError(
            f"the input is not text: it is not valid {encoding.upper()}",
            remedy="Give the output of `terraform show -json`, as it was written",
        ) from error
    return document


def _prove(document: bytes) -> None:
    """Nothing, for valid UTF-8.

    In blocks: the whole as `str` can take four times the memory.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(document)
    for start in range(0, len(view), _BLOCK):
        decoder.decode(view[start : start + _BLOCK])
    decoder.decode(b"", final=True)
