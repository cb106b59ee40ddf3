"""JSON in which no object states a key twice.

Every decoder here lets the last of two equal keys win; another reader of the same file
may take the first. So what was decoded is encoded again. That gives the shortest JSON
that says it, and a compact document that is just as long says nothing else: no key was
dropped. That proof runs in C. Only what fails it, because it escapes what it need not
or because of a duplicate, is parsed again with care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import pointer, shown

T = TypeVar("T")

REMEDY = "Make the plan again with `terraform show -json`"

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
_any = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

_FAILURES = (msgspec.MsgspecError, UnicodeError, RecursionError)
_END = 16
"""Bytes at the end of a document in which line feeds are looked for."""


def document(content: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object with any whitespace, as compact JSON.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    end = content[-_END:]
    size = len(content) - (len(end) - len(end.rstrip(b" \t\r\n")))
    try:
        found = _members(content)
        # The keys alone are encoded: encoding it all would copy the whole plan.
        keys = len(_encode(dict.fromkeys(found, msgspec.Raw(b""))))
        if keys + sum(memoryview(raw).nbytes for raw in found.values()) == size:
            return found
        return members(msgspec.json.format(content, indent=-1))
    except _FAILURES as error:
        _refuse(error, "")


def members(content: bytes, *, where: str = "") -> dict[str, msgspec.Raw]:
    """The members of a compact JSON object, as JSON.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    return _proven(content, _members, where)


def objects(content: bytes, *, where: str) -> list[dict[str, msgspec.Raw]]:
    """The members of each object of a compact JSON array.

    Raises:
        InputError: It is not an array of objects, or one states a key twice.
    """
    return _proven(content, _objects, where)


def value(content: bytes, *, where: str) -> Any:
    """The value of compact JSON, in which no object at any depth states a key twice.

    Raises:
        InputError: It is not JSON, or an object states a key twice.
    """
    return _proven(content, _any, where)


def typed(content: bytes, type_: type[T], *, where: str) -> T:
    """The value of compact JSON as a `type_`; unknown members are passed over.

    Raises:
        InputError: It is not JSON, has another shape, or states a key twice.
    """
    return converted(value(content, where=where), type_, where=where)


def converted(found: object, type_: type[T], *, where: str) -> T:
    """A decoded value as a `type_`; unknown members are passed over.

    Raises:
        InputError: It has another shape.
    """
    try:
        return msgspec.convert(found, type_)
    except _FAILURES as error:
        _refuse(error, where)


def decoded(content: bytes, decoder: msgspec.json.Decoder[T], *, where: str) -> T:
    """What `decoder` makes of JSON; duplicates are not looked for.

    Raises:
        InputError: It is not JSON, or has another shape.
    """
    try:
        return decoder.decode(content)
    except _FAILURES as error:
        _refuse(error, where)


def says_all(found: object, content: bytes) -> bool:
    """Whether nothing that compact JSON says was dropped when `found` was made of it.

    `found` must hold nothing that was not there: no default that would be encoded.
    """
    return len(_encode(found)) == memoryview(content).nbytes


def prove(content: bytes, *, where: str) -> None:
    """Nothing, when no object at any depth states a key twice.

    Raises:
        InputError: One does.
    """
    import json  # only here: not every plan needs it, and it costs start-up time

    try:
        tree = json.loads(
            bytes(content), object_pairs_hook=_distinct, parse_int=str, parse_float=str
        )
    except (ValueError, RecursionError) as error:
        _refuse(error, where)
    for path, item in _walk(tree):
        if isinstance(item, _Twice):
            raise InputError(
                f"the key `{shown(item.key)}` is stated twice: readers of this file "
                "may disagree on what it says",
                where=where + pointer(*path),
                remedy=REMEDY,
            )


def _proven(content: bytes, decode: Callable[[bytes], T], where: str) -> T:
    """What `decode` makes of `content`, when it drops nothing.

    Raises:
        InputError: It is not JSON, has another shape, or states a key twice.
    """
    try:
        found = decode(content)
        whole = says_all(found, content)
    except _FAILURES as error:
        _refuse(error, where)
    if not whole:
        prove(content, where=where)
    return found


class _Twice:
    """An object that states a key twice."""

    def __init__(self, key: str) -> None:
        self.key = key


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counted = Counter(key for key, _ in pairs)
    return _Twice(counted.most_common(1)[0][0])


def _walk(tree: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Everything in a tree, each with its path."""
    pending: list[tuple[tuple[str | int, ...], object]] = [((), tree)]
    while pending:
        path, item = pending.pop()
        yield path, item
        if isinstance(item, dict):
            pending.extend(((*path, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            pending.extend(((*path, i), inner) for i, inner in enumerate(item))


def _refuse(error: Exception, where: str) -> NoReturn:
    """Nothing: it raises what says what is wrong with the JSON, never a value of it.

    Raises:
        InputError: Always.
    """
    if isinstance(error, RecursionError):
        message = "the JSON is nested too deeply"
    elif isinstance(error, msgspec.ValidationError):
        message, _, path = str(error).partition(" - at `$")
        where += _pointer_of(path)
    elif "truncated" in str(error):
        message = "the JSON ends too early: it was cut off"
    elif isinstance(error, msgspec.MsgspecError):
        message = f"not valid JSON: {str(error).removeprefix('JSON is malformed: ')}"
    else:
        message = "not valid JSON"
    raise InputError(shown(message), where=where, remedy=REMEDY) from error


def _pointer_of(path: str) -> str:
    """The JSON Pointer for a path of msgspec's: "[3].change.actions`"."""
    dotted = path.rstrip("`").replace("[...]", ".*").replace("[", ".").replace("]", "")
    return dotted.replace(".", "/")
