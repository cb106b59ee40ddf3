"""Addresses as Terraform writes them.

An instance key may hold dots, brackets and escaped quotes, so an address is parsed,
never split.

Source: HashiCorp, terraform, internal/addrs/instance_key.go (`toHCLQuotedString`),
tag v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NoReturn, TypeAlias, assert_never

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import bounded, shown


class Every(Enum):
    """The key of an instance that is not known yet."""

    EVERY = "*"


Key: TypeAlias = int | str | Every | None
"""The key of an instance; None where the block has neither count nor for_each."""


class Index(msgspec.Struct, frozen=True):
    """A step into an instance, list or map: `[0]`, `["a.b"]`, `[*]`."""

    key: Key


Step: TypeAlias = str | Index


class Call(msgspec.Struct, frozen=True):
    """One instance of a module call."""

    name: str
    key: Key = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a resource instance."""

    modules: tuple[Call, ...] = ()
    data: bool = False
    type: str
    name: str
    key: Key = None

    @property
    def configuration(self) -> str:
        """The address of the block that it comes from: without instance keys."""
        calls = "".join(f"module.{call.name}." for call in self.modules)
        return f"{calls}{'data.' if self.data else ''}{self.type}.{self.name}"

    def __str__(self) -> str:
        calls = "".join(f"module.{m.name}{key_text(m.key)}." for m in self.modules)
        kind = "data." if self.data else ""
        return f"{calls}{kind}{self.type}.{self.name}{key_text(self.key)}"


_NAME = re.compile(r'[^\s.\[\]"]+')
_NUMBER = re.compile(r"\[(0|[1-9][0-9]{0,18})\]")
_STRING = re.compile(r'\["([^"\\]*(?:\\.[^"\\]*)*)"\]')
_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))|([$%])\5(?=\{)",
    re.DOTALL,
)
_LETTERS = {
    "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\",
    "a": "\a", "b": "\b", "f": "\f", "v": "\v",
}  # fmt: skip
_WRITTEN = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}
_TEMPLATE = re.compile(r"([$%])(?=\{)")


def parse(text: str) -> Address:
    """The address that `text` writes.

    Raises:
        InputError: It is not the address of a resource.
    """
    bounded(text, where="")
    steps, rest = _steps(text)
    if rest:
        _refuse(text)
    position, calls = _calls(steps)
    data = steps[position : position + 1] == ("data",)
    match steps[position + data :]:
        case (str(type_), str(name)):
            key: Key = None
        case (str(type_), str(name), Index(key=key)):
            pass
        case _:
            _refuse(text)
    return Address(modules=calls, data=data, type=type_, name=name, key=key)


def parse_module(text: str) -> tuple[Call, ...]:
    """The module calls that `text` writes; none for "", the root.

    Raises:
        InputError: It is not the address of a module.
    """
    bounded(text, where="")
    steps, rest = _steps(text) if text else ((), "")
    position, calls = _calls(steps)
    if rest or position < len(steps):
        _refuse(text)
    return calls


def parse_key(text: str) -> Key:
    """The instance key that `text` writes, brackets included; None for "".

    Raises:
        InputError: It is not an instance key.
    """
    if not text:
        return None
    key, end = _index(text, 0)
    if end != len(text):
        _refuse(text)
    return key


def traversal(text: str) -> tuple[Step, ...]:
    """The steps of a reference in an expression, as far as they can be read."""
    return _steps(text)[0]


def key_text(key: Key) -> str:
    """`key` with its brackets, as Terraform writes it."""
    match key:
        case None:
            return ""
        case Every():
            return "[*]"
        case int():
            return f"[{key}]"
        case str():
            return f'["{_quoted(key)}"]'
        case _:
            assert_never(key)


def plain_name(text: str) -> bool:
    """Whether `text` can stand between the dots of an address."""
    return _NAME.fullmatch(text) is not None


def _steps(text: str) -> tuple[tuple[Step, ...], str]:
    """The steps of `text`, and the rest that could not be read."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        if text[position] == "[" and steps:
            key, end = _index(text, position)
            if end == position:
                break
            steps.append(Index(key))
            position = end
            continue
        start = position + (text[position] == "." and bool(steps))
        found = _NAME.match(text, start)
        if found is None or (start == position and steps):
            break
        steps.append(found[0])
        position = found.end()
    return tuple(steps), text[position:]


def _index(text: str, position: int) -> tuple[Key, int]:
    """The key at `position` and where it ends; the same position when there is none."""
    if text.startswith("[*]", position):
        return Every.EVERY, position + 3
    if found := _NUMBER.match(text, position):
        return int(found[1]), found.end()
    if found := _STRING.match(text, position):
        key = _unquoted(found[1])
        if key is not None:
            return key, found.end()
    return None, position


def _calls(steps: tuple[Step, ...]) -> tuple[int, tuple[Call, ...]]:
    """Where the module calls at the head of `steps` end, and the calls."""
    calls: list[Call] = []
    position = 0
    while position + 1 < len(steps) and steps[position] == "module":
        name, key = steps[position + 1], None
        if not isinstance(name, str):
            break
        position += 2
        if position < len(steps) and isinstance(index := steps[position], Index):
            key = index.key
            position += 1
        calls.append(Call(name, key))
    return position, tuple(calls)


def _unquoted(written: str) -> str | None:
    """The string that is written so in an address; None when it is badly escaped."""
    if "\\" not in written and "{" not in written:
        return written
    try:
        return _ESCAPE.sub(_letter, written)
    except (KeyError, ValueError, OverflowError):
        return None


def _letter(escape: re.Match[str]) -> str:
    short, long, byte, letter, template = escape.groups()
    if template:
        return str(template)
    if letter:
        return _LETTERS[letter]
    point = int(short or long or byte, 16)
    if 0xD800 <= point < 0xE000:
        raise ValueError("half of a character")
    return chr(point)


def _quoted(key: str) -> str:
    return _TEMPLATE.sub(r"\1\1", "".join(_written(letter) for letter in key))


def _written(letter: str) -> str:
    if letter in _WRITTEN:
        return _WRITTEN[letter]
    if letter.isprintable():
        return letter
    point = ord(letter)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _refuse(text: str) -> NoReturn:
    """Nothing: it raises.

    Raises:
        InputError: Always.
    """
    raise InputError(
        f"`{shown(text)}` is not an address",
        remedy="Give the plan as `terraform show -json` wrote it",
    )
