"""A zip archive read in place: nothing is extracted, and little is trusted.

Readers of zip files disagree on archives that contradict themselves. Terraform writes
plain ones, so whatever is out of the ordinary is refused: names that escape or repeat,
links, encryption, zip64, entries that overlap, bytes before or behind.

Source: PKWARE, APPNOTE.TXT, version 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16,
2022-11-01, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NoReturn

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import LONGEST, shown

MOST_ENTRIES: Final = 20_000
LARGEST: Final = 64 << 20
"""Bytes of the largest entry that is read, unless more is asked for."""
LARGEST_TOGETHER: Final = 1 << 30
"""Bytes of all entries together, as the archive states them."""
STEEPEST: Final = 200
"""How many times smaller an entry of more than `FREE` bytes may have become."""
FREE: Final = 1 << 20

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _KNOWN_FLAGS = 0x1, 0x80E
"""Bits 1 and 2 tell how hard it was compressed, 3 that sizes follow, 11 UTF-8."""
_STORED, _DEFLATED = 0, 8
_UNIX, _LINK = 3, 0o12
_REMEDY = (
    "Make the plan again with `terraform plan -out=tfplan`, "
    "and hand the file on as it is"
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, as the directory of the archive describes it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    """Bytes in the archive."""
    size: int
    """Bytes when unpacked."""
    offset: int
    """Of the header before its content."""


class Archive:
    """The entries of an archive; each is unpacked when it is asked for."""

    def __init__(self, content: bytes) -> None:
        """The archive in `content`.

        Raises:
            InputError: It is damaged, hostile, or no plain zip archive.
        """
        self._content = memoryview(content)
        listed = list(_listed(self._content))
        self.entries: Mapping[str, Entry] = {entry.name: entry for entry in listed}
        if len(self.entries) < len(listed):
            _refuse("it holds two entries of one name")
        if sum(entry.size for entry in listed) > LARGEST_TOGETHER:
            _refuse(f"it unpacks to more than {LARGEST_TOGETHER} bytes")
        self._starts = _starts(self._content, listed)

    def read(self, name: str, largest: int | None = None) -> bytes:
        """The content of an entry of at most `largest` bytes, `LARGEST` if not said.

        Raises:
            InputError: It is damaged, or too large.
        """
        entry = self.entries[name]
        limit = LARGEST if largest is None else largest
        if entry.size > limit:
            _refuse(f"`{shown(name)}` unpacks to more than {limit} bytes")
        if entry.size > FREE and entry.size > STEEPEST * entry.packed:
            _refuse(f"`{shown(name)}` unpacks to more than {STEEPEST} times its size")
        start = self._starts[name]
        packed = self._content[start : start + entry.packed]
        found = bytes(packed) if entry.method == _STORED else _unpacked(packed, entry)
        if len(found) != entry.size or zlib.crc32(found) != entry.crc:
            _refuse(f"`{shown(name)}` is damaged")
        return found


def _unpacked(packed: memoryview, entry: Entry) -> bytes:
    """The deflated content of an entry, not more than it states and a byte.

    Raises:
        InputError: It is damaged.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = stream.decompress(packed, entry.size + 1)
    except zlib.error as error:
        _refuse(f"`{shown(entry.name)}` is damaged", error)
    if not stream.eof and len(found) <= entry.size:
        _refuse(f"`{shown(entry.name)}` is damaged")
    return found


def _listed(content: memoryview) -> Iterator[Entry]:
    """The entries that the directory at the end lists.

    Raises:
        InputError: The directory is damaged or hostile, or there are too many.
    """
    start = len(content) - _END.size
    if start < 0 or bytes(content[start : start + 4]) != b"PK\5\6":
        _refuse("the directory at its end is missing: it was cut off, or added to")
    _, disk, first, here, count, size, at, comment = _END.unpack_from(content, start)
    if count > MOST_ENTRIES or at == 0xFFFFFFFF:
        _refuse(f"it holds more than {MOST_ENTRIES} entries")
    if disk or first or here != count or comment or at + size != start:
        _refuse("its directory contradicts itself")
    for _ in range(count):
        if at + _CENTRAL.size > start:
            _refuse("its directory is damaged")
        entry, at = _entry(content, at)
        yield entry
    if at != start:
        _refuse("its directory is damaged")


def _entry(content: memoryview, at: int) -> tuple[Entry, int]:
    """The entry that is described at `at`, and where the next one is.

    Raises:
        InputError: It is damaged or hostile.
    """
    (
        magic, made, _needed, flags, method, _time, _date, crc, packed, size,
        name_size, extra_size, comment_size, _disk, _inner, attributes, offset,
    ) = _CENTRAL.unpack_from(content, at)  # fmt: skip
    at += _CENTRAL.size
    if magic != b"PK\1\2":
        _refuse("its directory is damaged")
    name = _name(bytes(content[at : at + name_size]))
    if flags & _ENCRYPTED:
        _refuse(f"`{shown(name)}` is encrypted")
    if flags & ~_KNOWN_FLAGS or method not in {_STORED, _DEFLATED}:
        _refuse(f"`{shown(name)}` is packed in an unknown way")
    if made >> 8 == _UNIX and attributes >> 28 == _LINK:
        _refuse(f"`{shown(name)}` is a link")
    entry = Entry(
        name=name, flags=flags, method=method,
        crc=crc, packed=packed, size=size, offset=offset,
    )  # fmt: skip
    return entry, at + name_size + extra_size + comment_size


def _name(written: bytes) -> str:
    """The name of an entry: a relative path that stays below where it begins.

    Raises:
        InputError: It is none.
    """
    try:
        name = written.decode()
    except UnicodeDecodeError as error:
        _refuse("the name of an entry is not UTF-8", error)
    steps = name.removesuffix("/").split("/")
    if (
        {"", ".", ".."}.intersection(steps)
        or "\\" in name
        or ":" in steps[0]
        or len(name) > LONGEST
        or not name.isprintable()
    ):
        _refuse(f"the name `{shown(name)}` of an entry leads out of it")
    return name


def _starts(content: memoryview, listed: list[Entry]) -> dict[str, int]:
    """Where the content of each entry begins; they follow one another.

    Raises:
        InputError: Entries overlap, or one is not what the directory says.
    """
    starts = {}
    end = 0
    directory = _END.unpack_from(content, len(content) - _END.size)[6]
    for entry in sorted(listed, key=lambda one: one.offset):
        at = entry.offset + _LOCAL.size
        if entry.offset < end or at > directory:
            _refuse("its entries overlap")
        magic, _needed, flags, method, *_rest, name_size, extra_size = (
            _LOCAL.unpack_from(content, entry.offset)
        )
        name = bytes(content[at : at + name_size])
        stated = (b"PK\3\4", entry.flags, entry.method, entry.name.encode())
        if (magic, flags, method, name) != stated:
            _refuse(f"`{shown(entry.name)}` is not what the directory says")
        starts[entry.name] = at + name_size + extra_size
        end = starts[entry.name] + entry.packed
    if end > directory:
        _refuse("its entries overlap")
    return starts


def _refuse(what: str, cause: Exception | None = None) -> NoReturn:
    """Nothing: it raises.

    Raises:
        InputError: Always.
    """
    message = f"this archive cannot be read: {what}"
    raise InputError(message, remedy=_REMEDY) from cause
