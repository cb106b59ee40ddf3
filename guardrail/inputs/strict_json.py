"""JSON in which no object states a key twice.

Every decoder here lets the last of two equal keys win; another reader of the same file
may take the first. So what was decoded is encoded again: the same bytes prove that
nothing was dropped. That proof runs in C. Only what fails it, because its keys are
escaped in another way or because of a duplicate, is parsed again with care.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import pointer, shown

T = TypeVar("T")

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode
_any = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

_FAILURES = (msgspec.MsgspecError, UnicodeError, RecursionError)
_SMALL = 8192
_END = 16


def compact(document: bytes) -> bytes:
    """The same JSON without insignificant whitespace.

    Raises:
        InputError: It is not JSON.
    """
    try:
        return msgspec.json.format(document, indent=-1)
    except _FAILURES as error:
        _refuse(error, "")


def document(content: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object with any whitespace, as compact JSON.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    try:
        found = _members(content)
        if _sized(found) == len(content) - _blank_end(content):
            return found
    except _FAILURES as error:
        _refuse(error, "")
    return members(compact(content))


def members(document: bytes, *, where: str = "") -> dict[str, msgspec.Raw]:
    """The members of a compact JSON object, as JSON.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    try:
        found = _members(document)
        if _encode(found) != document:
            _prove(document, where)
    except _FAILURES as error:
        _refuse(error, where)
    return found


def attribute_members(document: bytes) -> dict[str, msgspec.Raw]:
    """As `members`, for the values and masks of resources; masks repeat.

    Raises:
        InputError: It is not an object, or states a key twice.
    """
    return _remembered(document) if len(document) < _SMALL else members(document)


@lru_cache(maxsize=64)
def _remembered(document: bytes) -> dict[str, msgspec.Raw]:
    return members(document)


def objects(document: bytes, *, where: str) -> list[dict[str, msgspec.Raw]]:
    """The members of each object of a compact JSON array.

    Raises:
        InputError: It is not an array of objects, or one states a key twice.
    """
    try:
        found = _objects(document)
        if _encode(found) != document:
            _prove(document, where)
    except _FAILURES as error:
        _refuse(error, where)
    return found


def value(document: bytes, *, where: str) -> Any:
    """The value of compact JSON, in which no object at any depth states a key twice.

    Raises:
        InputError: It is not JSON, or an object states a key twice.
    """
    try:
        found = _any(document)
        if _encode(found) != document:
            _prove(document, where)
    except _FAILURES as error:
        _refuse(error, where)
    return found


def typed(document: bytes, type_: type[T], *, where: str) -> T:
    """The value of compact JSON as a `type_`; unknown members are passed over.

    Raises:
        InputError: It is not JSON, has another shape, or states a key twice.
    """
    return converted(value(document, where=where), type_, where=where)


def converted(found: object, type_: type[T], *, where: str) -> T:
    """A decoded value as a `type_`; unknown members are passed over.

    Raises:
        InputError: It has another shape.
    """
    try:
        return msgspec.convert(found, type_)
    except _FAILURES as error:
        _refuse(error, where)


def decoded(document: bytes, decoder: msgspec.json.Decoder[T], *, where: str) -> T:
    """What `decoder` makes of JSON; duplicates are not looked for.

    Raises:
        InputError: It is not JSON, or has another shape.
    """
    try:
        return decoder.decode(document)
    except _FAILURES as error:
        _refuse(error, where)


def says_all(found: object, document: bytes) -> bool:
    """Whether `found`, encoded, is `document` to the byte: nothing was dropped."""
    return _encode(found) == document


def _sized(found: dict[str, msgspec.Raw]) -> int:
    """The length of the shortest JSON that says `found`.

    A document of that length says nothing else. This spares the copy that encoding a
    whole plan would make.
    """
    keys = len(_encode(dict.fromkeys(found, msgspec.Raw(b""))))
    return keys + sum(memoryview(raw).nbytes for raw in found.values())


def _blank_end(content: bytes) -> int:
    end = content[-_END:]
    return len(end) - len(end.rstrip(b" \t\r\n"))


class _Twice:
    """An object that states a key twice."""

    def __init__(self, key: str) -> None:
        self.key = key


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    return _Twice(next(k for k, _ in pairs if k in seen or seen.add(k)))  # type: ignore[func-returns-value]  # add gives None


def _prove(document: bytes, where: str) -> None:
    """Nothing, when no object at any depth states a key twice.

    Raises:
        InputError: One does.
    """
    try:
        tree = json.loads(
            bytes(document), object_pairs_hook=_distinct, parse_int=str, parse_float=str
        )
    except ValueError as error:
        _refuse(error, where)
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), tree)]
    while pending:
        path, item = pending.pop()
        if isinstance(item, _Twice):
            raise InputError(
                f"the key `{shown(item.key)}` is stated twice: readers of this file "
                "may disagree on what it says",
                where=where + pointer(*path),
                remedy="Make the plan again with `terraform show -json`",
            )
        if isinstance(item, dict):
            pending.extend(((*path, key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            pending.extend(((*path, i), inner) for i, inner in enumerate(item))


def _refuse(error: Exception, where: str) -> NoReturn:
    """Nothing: it raises what says what is wrong with the JSON, never a value of it.

    Raises:
        InputError: Always.
    """
    remedy = "Make the plan again with `terraform show -json`"
    if isinstance(error, RecursionError):
        message = "the JSON is nested too deeply"
    elif isinstance(error, msgspec.ValidationError):
        message, _, path = str(error).partition(" - at `$")
        where += _pointer_of(path)
    elif "truncated" in str(error):
        message = "the JSON ends too early: it was cut off"
    else:
        message = f"not valid JSON: {str(error).removeprefix('JSON is malformed: ')}"
    raise InputError(shown(message), where=where, remedy=remedy) from error


def _pointer_of(path: str) -> str:
    """The JSON Pointer for a path of msgspec's: `[3].change.actions` + a backtick."""
    return path.rstrip("`").replace("[...]", "/*").replace("[", ".").replace(
        "]", ""
    ).replace(".", "/")
