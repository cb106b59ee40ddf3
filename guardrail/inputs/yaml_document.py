"""YAML and JSON documents as plain values, with the line of every key.

As PyYAML's safe loader reads them, which is what Heat and Ansible use; but no key may
be stated twice, and what aliases expand to is bounded. Days stay texts, as in Heat.

Source: OpenStack, heat, heat/common/template_format.py, 27.0.1,
https://opendev.org/openstack/heat
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import yaml

from guardrail.errors import InputError
from guardrail.inputs.identifiers import shown

LARGEST = 8 << 20
"""Bytes of the largest document."""
DEEPEST = 80
MOST = 400_000
"""Values in a document, aliases expanded."""

_PREFIX = "tag:yaml.org,2002:"
_MERGE = _PREFIX + "merge"
_TEXTS = frozenset({"str", "timestamp", "value"})
_SCALARS = frozenset({"null", "bool", "int", "float", *_TEXTS})
_JINJA = re.compile(r"\{\{|\{%|\{#")
_RENDER = "Render the template with Jinja first, and give what comes out"


class Section(dict[str, Any]):
    """A mapping that knows the line of each of its keys, from 1."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Tagged:
    """A value under a tag of its own (`!vault`): nothing is known of it."""

    def __init__(self, tag: str) -> None:
        self.tag = tag


def document(content: bytes, *, where: str = "", tags: bool = False) -> Any:
    """The one document in `content`; mappings are `Section`s.

    With `tags`, what stands under an unknown tag is `Tagged`; else it is refused.

    Raises:
        InputError: It is no YAML, is a Jinja template, or asks for too much.
    """
    if len(content) > LARGEST:
        raise InputError(f"it has more than {LARGEST} bytes", where=where)
    text = content.decode(errors="replace")
    try:
        if text.lstrip()[:1] == "{" and (found := _json(text)) is not None:
            return found
        _refuse_jinja(text)
        return _Builder(text, tags=tags).one()
    except _JinjaError as error:
        raise InputError(
            f"it is a Jinja template that was not rendered ({error})",
            where=where,
            remedy=_RENDER,
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        if _JINJA.search(text):
            raise InputError(
                "it is no YAML, and looks like a Jinja template that was not rendered",
                where=where,
                remedy=_RENDER,
            ) from error
        raise InputError(f"it is no YAML that can be read: {_told(error)}", where=where,
                         remedy="Correct the file") from error  # fmt: skip


def _json(text: str) -> Section | None:
    """The object in a JSON text, without lines; None where it is none.

    Raises:
        YAMLError: It states a key twice.
    """
    try:
        found = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_number)
    except ValueError:
        return None
    return found if isinstance(found, Section) else None


def _no_number(text: str) -> NoReturn:
    """Nothing: JSON knows no such number.

    Raises:
        ValueError: Always.
    """
    raise ValueError(text)


def _pairs(pairs: list[tuple[str, Any]]) -> Section:
    """The mapping of `pairs`.

    Raises:
        YAMLError: A key is stated twice.
    """
    section = Section(0)
    for key, value in pairs:
        if key in section:
            raise yaml.YAMLError(f"the key `{shown(key)}` is stated twice")
        section[key] = value
    return section


class _JinjaError(Exception):
    """The document is a template of a document."""


def _told(error: Exception) -> str:
    """What a parser says, without what it quotes: that may be a secret."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        return line + shown((error.problem or error.context or "").partition("'")[0])
    return shown(str(error).partition("\n")[0])


def _refuse_jinja(text: str) -> None:
    """Nothing, unless Jinja is at work outside of the values.

    A comment is as good a place for `{% if … %}` as any. In values (scripts, for
    instance) the marks may well be meant for somebody else.

    Raises:
        _JinjaError: It is.
        YAMLError: It cannot be read.
    """
    if not _JINJA.search(text):
        return
    at = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            _refuse_between(text[at : token.start_mark.index])
            at = token.end_mark.index
    _refuse_between(text[at:])


def _refuse_between(text: str) -> None:
    """Nothing, unless a Jinja mark stands in `text`.

    Raises:
        _JinjaError: One does.
    """
    found = _JINJA.search(text)
    if found is not None:
        raise _JinjaError(f"`{found.group()}` stands outside of any value")


class _Builder:
    """Builds values of the events of the parser."""

    def __init__(self, text: str, *, tags: bool) -> None:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        self._scalars = yaml.SafeLoader("")
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._tags = tags
        self._weight = 0

    def one(self) -> Any:
        """The value of the only document; None when there is none.

        Raises:
            YAMLError: It is malformed, or there are several.
        """
        found: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    raise yaml.YAMLError("there are several documents in it")
                found.append(self._value(next(self._events), 0))
        return found[0] if found else None

    def _value(self, event: yaml.Event, depth: int) -> Any:
        """The value that begins with `event`.

        Raises:
            YAMLError: It is malformed, or too large.
        """
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise yaml.YAMLError("an alias leads nowhere")
            value, weight = self._anchors[event.anchor]
            self._count(weight)
            return value
        if depth > DEEPEST:
            raise yaml.YAMLError(f"it is nested deeper than {DEEPEST} levels")
        before = self._weight
        self._count(1)
        value = self._built(event, depth)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = value, self._weight - before
        return value

    def _built(self, event: yaml.Event, depth: int) -> Any:
        """The value that begins with `event`, which is no alias.

        Raises:
            YAMLError: It is malformed, or too large.
        """
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        collection = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        odd = self._odd(event, collection)
        value = (
            self._mapping(event, depth) if collection == "map" else self._list(depth)
        )
        return odd or value

    def _list(self, depth: int) -> list[Any]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, start: yaml.Event, depth: int) -> Section:
        """The mapping whose keys come next.

        Raises:
            YAMLError: A key is stated twice, or is no scalar.
        """
        section = Section(_line(start))
        merged: list[Any] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise yaml.YAMLError(f"line {_line(event)}: a key is no scalar")
            if self._tag(event) == _MERGE:
                merged.append(self._value(next(self._events), depth + 1))
                continue
            key = _as_key(self._scalar(event))
            line = _line(event)
            if key in section:
                twice = f"the key `{shown(key)}` is stated twice"
                raise yaml.YAMLError(f"line {line}: {twice}")
            section[key] = self._value(next(self._events), depth + 1)
            section.lines[key] = line
        for value in merged:
            _merge(section, value)
        return section

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        """What a scalar says.

        Raises:
            YAMLError: Its tag is unknown.
            ValueError: It is not what its tag says.
        """
        tag = self._tag(event)
        word = tag.removeprefix(_PREFIX)
        if word in _TEXTS:
            return event.value
        if word not in _SCALARS or not tag.startswith(_PREFIX):
            return self._odd(event, "")
        found = self._scalars.construct_object(yaml.ScalarNode(tag, event.value))
        finite = not isinstance(found, float) or abs(found) < float("inf")
        small = not isinstance(found, int) or abs(found) < 1 << 63
        return found if finite and small else event.value

    def _tag(self, event: yaml.ScalarEvent) -> str:
        if event.tag not in {None, "!"}:
            return str(event.tag)
        resolve: Callable[..., str] = self._scalars.resolve
        return resolve(yaml.ScalarNode, event.value, event.implicit)

    def _odd(self, event: yaml.Event, usual: str) -> Tagged | None:
        """What stands for a value under a tag that is not the usual one.

        Raises:
            YAMLError: Such tags are not read.
        """
        tag = getattr(event, "tag", None)
        if tag in {None, "!", _PREFIX + usual}:
            return None
        if not self._tags:
            line = _line(event)
            raise yaml.YAMLError(f"line {line}: the tag `{shown(str(tag))}` is unknown")
        return Tagged(str(tag))

    def _count(self, weight: int) -> None:
        """Nothing, while the document is not too large.

        Raises:
            YAMLError: It is.
        """
        self._weight += weight
        if self._weight > MOST:
            raise yaml.YAMLError(f"it holds more than {MOST} values")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _as_key(key: Any) -> str:
    """A key as JSON would write it."""
    if isinstance(key, str):
        return key
    words = {None: "null", True: "true", False: "false"}
    return words[key] if key is None or isinstance(key, bool) else str(key)


def _merge(section: Section, value: Any) -> None:
    """Add what `<<` brings in where the mapping does not state it itself.

    Raises:
        YAMLError: It is no mapping, and no list of them.
    """
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, Section):
            raise yaml.YAMLError("what is merged in is no mapping")
        for key, item in one.items():
            if key not in section:
                section[key] = item
                section.lines[key] = one.lines.get(key, 0)
