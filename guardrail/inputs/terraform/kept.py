"""Where the state is kept, by a binary plan: with all that `terraform init` was told.

`-backend-config` overrides the code, and leaves no trace in it. Of the changes in a
binary plan only this is read: a message of protocol buffers in which all but one field
is passed over.

Source: HashiCorp, terraform, internal/plans/planproto/planfile.proto (`Plan.backend`,
`Backend`, `DynamicValue`), tag v1.11.4, https://github.com/hashicorp/terraform;
Google, "Protocol Buffers: Encoding", https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.identifiers import bounded, shown
from guardrail.inputs.terraform.document import SHOW
from guardrail.model import Evidence, Known, say

_BACKEND = 13
_TYPE, _CONFIGURATION = 1, 2
_MSGPACK = 1
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_FIXED = {_FIXED_64: 8, _FIXED_32: 4}
_LONGEST_NUMBER = 10


def kept(plan: bytes) -> hcl.Backend | None:
    """The backend in `plan`, the changes of a binary plan; None where none is stated.

    Without a place in the code, which the changes do not know.

    Raises:
        InputError: It is damaged.
    """
    try:
        backend = _bytes(plan, _BACKEND)
        if backend is None:
            return None
        type_ = (_bytes(backend, _TYPE) or b"").decode()
        packed = _bytes(_bytes(backend, _CONFIGURATION) or b"", _MSGPACK)
        stated = msgspec.msgpack.decode(packed or b"\x80", type=dict[str, Any])
    except (IndexError, ValueError, msgspec.DecodeError) as error:
        raise InputError("the changes in the plan are damaged", remedy=SHOW) from error
    return hcl.Backend(
        type=bounded(type_, where="/backend"),
        settings={
            name: Known(
                value,
                Evidence.CONSTANT,
                say("backend {}: {} is as the plan has it", shown(type_), shown(name)),
            )
            for name, value in stated.items()
            if value is not None
        },
        file="",
        line=0,
    )


def _bytes(message: bytes, wanted: int) -> bytes | None:
    """The last field of a number, of those that hold bytes."""
    found = None
    for number, start, end in _fields(message):
        if number == wanted:
            found = message[start:end]
    return found


def _fields(message: bytes) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of each field that holds bytes.

    Raises:
        ValueError: There is something else, or the message ends too early.
    """
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == _VARINT:
            _value, at = _number(message, at)
        elif kind == _BYTES:
            size, at = _number(message, at)
            yield key >> 3, at, at + size
            at += size
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            raise ValueError(kind)
    if at > len(message):
        raise ValueError(at)


def _number(message: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place behind it.

    Raises:
        ValueError: It is too long.
        IndexError: The message ends in it.
    """
    value = 0
    for place in range(_LONGEST_NUMBER):
        byte = message[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError(value)
