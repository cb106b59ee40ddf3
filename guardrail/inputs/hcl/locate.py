"""Where the top-level blocks of Terraform code stand, found in one pass.

Parsing is slow and most blocks are never asked for. So a block is cut out by its braces
alone, past strings, templates, heredocs and comments, and parsed when somebody asks.

Source: HashiCorp, hcl, hclsyntax/scan_tokens.rl, tag v2.23.0,
https://github.com/hashicorp/hcl; terraform, internal/configs/parser_config_dir.go, tag
v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.hcl.tokens import (
    HEREDOC_START,
    HEREDOC_TEXT,
    NAME,
    QUOTED_TEXT,
    WHITE,
    UnreadableError,
    unescaped,
)
from guardrail.inputs.identifiers import shown
from guardrail.model import Unknown, say

LARGEST = 64 << 20
"""Bytes of the largest file that is read."""
DEEPEST = 100
"""Levels of blocks, brackets and templates inside each other."""

REMEDY = say("see that `terraform validate` accepts the code")

_IDLE = re.compile(r'(?:[^"{}#/<]++|"[^"\\$%\n]*+"|/(?![/*])|<(?!<))*+')
_BETWEEN = re.compile(
    r"(?:[ \t\r\n]++|#[^\n]*+|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+"
)
_GAP = r"(?:[ \t]++|/\*(?:[^*\n]++|\*(?!/))*+\*/)*+"
_LABEL = re.compile(rf'{_GAP}(?:"((?:[^"\\\n]++|\\.)*+)"|({NAME}))')
_TYPE = re.compile(rf"({NAME})")
_OPEN = re.compile(rf"{_GAP}\{{")

_CODE = frozenset({"{", "$"})
_QUOTE = '"'

_LABELS = {
    "resource": 2, "data": 2, "ephemeral": 2, "action": 2,
    "provider": 1, "variable": 1, "output": 1, "module": 1,
    "locals": 0, "terraform": 0,
}  # fmt: skip
"""Type of the blocks that are read from JSON to the number of their labels."""


class Block(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A top-level block, not parsed yet."""

    type: str
    labels: tuple[str, ...]
    file: str
    line: int
    """Of its first character, from 1."""
    text: str = ""
    """The whole file."""
    start: int = 0
    """Offset of the first character inside the braces."""
    end: int = 0
    """Offset of the closing brace."""
    members: Mapping[str, Any] | None = None
    """What a JSON file says instead; None in the native syntax."""
    overrides: bool = False
    """Whether it stands in an override file, and amends a block of the same name."""


class Located(msgspec.Struct, frozen=True, eq=False):
    """The blocks of one module."""

    blocks: tuple[Block, ...]
    """In the order in which Terraform loads them, override files last."""
    problem: Unknown | None
    """Why nothing that is said of the module is sure: a file that cannot be read."""


def locate(files: Mapping[str, bytes], *, tofu: bool = False) -> Located:
    """The top-level blocks in the files of one module; other files are passed over.

    `tofu`: as OpenTofu reads them, for which `a.tofu` replaces `a.tf`.
    """
    blocks: list[Block] = []
    problem: Unknown | None = None
    for name in _loaded(files, tofu=tofu):
        try:
            blocks += _blocks(name, files[name])
        except InputError as error:
            reason = say("{} cannot be read: {}", shown(name), error.args[0])
            problem = problem or Unknown(reason, REMEDY)
    return Located(tuple(blocks), problem)


def is_code(name: str) -> bool:
    """Whether a file of this name is one that Terraform or OpenTofu loads as code."""
    return bool(_loaded({name: b""}, tofu=True))


def _loaded(files: Mapping[str, bytes], *, tofu: bool) -> list[str]:
    """The names of the files that count, in the order in which they are loaded."""
    suffixes = (
        (".tofu", ".tofu.json", ".tf", ".tf.json") if tofu else (".tf", ".tf.json")
    )
    names = [
        name
        for name in files
        if name.endswith(suffixes) and "/" not in name and not _ignored(name)
    ]
    if tofu:
        names = [name for name in names if shadow(name) not in files]
    return sorted(names, key=lambda name: (_is_override(name), name))


def _ignored(name: str) -> bool:
    """Whether it is the file of an editor, or hidden."""
    backup = name.startswith("#") and name.endswith("#")
    return name.startswith(".") or name.endswith("~") or backup


def shadow(name: str) -> str:
    """The file that OpenTofu reads in the place of `name`."""
    stem, dot, rest = name.rpartition(".tf")
    return f"{stem}.tofu{rest}" if dot and rest in {"", ".json"} else ""


def _is_override(name: str) -> bool:
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def _blocks(name: str, content: bytes) -> Iterator[Block]:
    """The blocks of one file.

    Raises:
        InputError: It is too large, not UTF-8, or its braces do not match.
    """
    if len(content) > LARGEST:
        raise InputError(say("it has more than {} bytes", str(LARGEST)))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(say("it is not UTF-8")) from error
    overrides = _is_override(name)
    if name.endswith(".json"):
        return _json_blocks(name, text, overrides=overrides)
    return _native_blocks(name, text, overrides=overrides)


def _native_blocks(name: str, text: str, *, overrides: bool) -> Iterator[Block]:
    """The blocks of a file in the native syntax.

    Raises:
        InputError: Something else than a block stands there.
    """
    at, counted, line = 0, 0, 1
    while True:
        at = _matched_end(_BETWEEN, text, at)
        if at == len(text):
            return
        line += text.count("\n", counted, at)
        counted = at
        head = _head(text, at)
        end = _block_end(text, head[2]) if head else -1
        if head is None or end < 0:
            raise InputError(say("line {} does not begin a whole block", str(line)))
        type_, labels, start = head
        yield Block(
            type=type_, labels=labels, file=name, line=line,
            text=text, start=start, end=end - 1, overrides=overrides,
        )  # fmt: skip
        at = end


def _head(text: str, at: int) -> tuple[str, tuple[str, ...], int] | None:
    """Type and labels of the block at `at`, and where its inside begins."""
    kind = _TYPE.match(text, at)
    if kind is None:
        return None
    at = kind.end()
    labels: list[str] = []
    while label := _LABEL.match(text, at):
        quoted, bare = label.groups()
        try:
            labels.append(bare if quoted is None else unescaped(quoted))
        except UnreadableError:
            return None
        at = label.end()
    brace = _OPEN.match(text, at)
    return (kind[1], tuple(labels), brace.end()) if brace else None


def _block_end(text: str, at: int) -> int:
    """The offset behind the brace that closes the block whose inside begins at `at`.

    Less than 0 where there is none. The stack holds what is open: `{` a brace, `$` a
    template in code, `"` a string, and `<END` or `>END` a heredoc, at the start of a
    line or behind a template in it.
    """
    stack = ["{"]
    while stack:
        top = stack[-1]
        if top in _CODE:
            at = _in_code(text, at, stack)
        elif top == _QUOTE:
            at = _in_string(text, at, stack)
        else:
            at = _in_heredoc(text, at, stack)
        if at < 0 or len(stack) > DEEPEST:
            return -1
    return at


def _in_code(text: str, at: int, stack: list[str]) -> int:
    at = _matched_end(_IDLE, text, at)
    match text[at : at + 1]:
        case "{":
            stack.append("{")
        case "}":
            stack.pop()
        case '"':
            stack.append(_QUOTE)
        case "<":
            if found := HEREDOC_START.match(text, at):
                stack.append(f"<{found[2]}")
                return found.end()
        case "#" | "/":
            return _behind_comment(text, at)
        case _:
            return -1
    return at + 1


def _behind_comment(text: str, at: int) -> int:
    """The end of the comment at `at`; less than 0 where it does not end."""
    if text.startswith("/*", at):
        closed = text.find("*/", at + 2)
        return closed + 2 if closed >= 0 else -1
    return text.find("\n", at)


def _in_string(text: str, at: int, stack: list[str]) -> int:
    at = _matched_end(QUOTED_TEXT, text, at)
    match text[at : at + 1]:
        case '"':
            stack.pop()
            return at + 1
        case "$" | "%":
            stack.append("$")
            return at + 2
        case _:
            return -1


def _in_heredoc(text: str, at: int, stack: list[str]) -> int:
    end = _matched_end(HEREDOC_TEXT, text, at)
    entry = stack[-1]
    if text[end : end + 1] in {"$", "%"}:
        stack[-1] = f">{entry[1:]}"
        stack.append("$")
        return end + 2
    if entry[0] == "<" and text[at:end].strip(WHITE) == entry[1:]:
        stack.pop()
        return end
    stack[-1] = f"<{entry[1:]}"
    return end + 1 if end < len(text) else -1


def _matched_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a match of `pattern`, which fits everywhere, ends."""
    found = pattern.match(text, at)
    return found.end() if found else at


def _json_blocks(name: str, text: str, *, overrides: bool) -> Iterator[Block]:
    """The blocks of a file in the JSON syntax.

    Raises:
        InputError: It is not JSON, states a key twice, or has another shape.
    """
    try:
        root = json_value(text)
    except ValueError as error:
        raise InputError(say("it is not JSON, or states a key twice")) from error
    for type_, item in _members(root):
        if type_ in _LABELS:
            for labels, members in _labelled(item, _LABELS[type_]):
                yield Block(
                    type=type_, labels=labels, file=name,
                    line=_json_line(text, (type_, *labels)),
                    members=members, overrides=overrides,
                )  # fmt: skip


def _labelled(item: Any, labels: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The bodies below `labels` levels of labels.

    Raises:
        InputError: It has another shape.
    """
    for one in item if isinstance(item, list) else [item]:
        if not labels:
            yield (), dict(_members(one))
            continue
        for label, inner in _members(one):
            for rest, members in _labelled(inner, labels - 1):
                yield (label, *rest), members


def _members(item: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object, comments aside.

    Raises:
        InputError: It is not an object.
    """
    if not isinstance(item, dict):
        raise InputError(say("it does not have the shape of a configuration"))
    return ((key, inner) for key, inner in item.items() if key != "//")


def _json_line(text: str, path: tuple[str, ...]) -> int:
    """The line on which the keys of `path` have been seen one after another."""
    at = 0
    for key in path:
        found = re.compile(rf"{re.escape(json.dumps(key))}\s*+:").search(text, at)
        at = found.end() if found else at
    return text.count("\n", 0, at) + 1


def json_value(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is none, states a key twice, or is nested too deeply.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_distinct,
            parse_float=Decimal,
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object.

    Raises:
        ValueError: A key is stated twice.
    """
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is stated twice")
    return members
