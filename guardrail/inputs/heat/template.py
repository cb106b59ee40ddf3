"""A template as it stands: its version, sections, and where each resource is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.dialects import VERSION_KEYS, Dialect, dialect_of
from guardrail.inputs.identifiers import bounded, shown
from guardrail.inputs.yaml_document import Section, document

FILE_TYPES = (".yaml", ".yml", ".template")
"""Endings by which a type is the file of a template."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A resource as a template declares it."""

    name: str
    type: str
    properties: Any
    metadata: Any
    depends_on: tuple[str, ...]
    condition: Any
    """None when it has none."""
    external_id: Any
    """What says that it is there already, and only adopted; None when nothing does."""
    line: int


class Template(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One template, read."""

    file: str
    """Path from the folder of the first template, as it is looked up."""
    version: str
    dialect: Dialect
    parameters: Mapping[str, Mapping[str, Any]]
    resources: Mapping[str, Declared]
    outputs: Mapping[str, Mapping[str, Any]]
    conditions: Mapping[str, Any]
    mappings: Mapping[str, Any]


def parsed(content: bytes, file: str) -> Template:
    """The template in `content`.

    Raises:
        InputError: It is none, or malformed.
        UnsupportedFormatError: Its version is unknown.
    """
    return template_of(document(content, where=file), file)


def is_template(found: object) -> bool:
    """Whether a document is a template of any version."""
    return isinstance(found, dict) and any(key in found for key in VERSION_KEYS)


def template_of(found: object, file: str) -> Template:
    """The template that a document is.

    Raises:
        InputError: It is none, or malformed.
        UnsupportedFormatError: Its version is unknown.
    """
    if not isinstance(found, Section):
        raise InputError("a template is a mapping", where=file)
    try:
        version, dialect = dialect_of(found)
        words = dialect.words
        return Template(
            file=file,
            version=version,
            dialect=dialect,
            parameters=_entries(found, words.parameters),
            resources={
                name: _declared(bounded(name, where="resources"), entry, found, dialect)
                for name, entry in _entries(found, words.resources).items()
            },
            outputs=_entries(found, words.outputs),
            conditions=_section(found, words.conditions),
            mappings=_section(found, words.mappings),
        )
    except InputError as error:
        where = f"{file}: {error.where}" if error.where else file
        message = str(error.args[0])
        raise type(error)(message, where=where, remedy=error.remedy) from error


def _section(found: Section, name: str) -> Mapping[str, Any]:
    """A section; an empty one where it is not stated.

    Raises:
        InputError: It is no mapping.
    """
    section = found.get(name) if name else None
    if section is None:
        return Section(0)
    if not isinstance(section, Section):
        raise InputError("a mapping is expected", where=name)
    return section


def _entries(found: Section, name: str) -> Mapping[str, Section]:
    """A section of which every entry is a mapping.

    Raises:
        InputError: It, or an entry, is none.
    """
    section = _section(found, name)
    for key, entry in section.items():
        if not isinstance(entry, Section):
            raise InputError("a mapping is expected", where=f"{name}/{shown(key)}")
    return section


def _declared(
    name: str, entry: Mapping[str, Any], found: Section, dialect: Dialect
) -> Declared:
    """A resource.

    Raises:
        InputError: It has no type.
    """
    words = dialect.words
    where = f"{words.resources}/{shown(name)}"
    type_ = entry.get(words.type)
    if not isinstance(type_, str) or not type_:
        raise InputError("a resource needs a type", where=where)
    stated = entry.get(words.depends_on) or []
    names = [stated] if isinstance(stated, str) else stated
    if not isinstance(names, list):
        raise InputError("a list is expected", where=f"{where}/{words.depends_on}")
    lines = found[words.resources].lines
    conditional = bool(dialect.condition_functions)
    return Declared(
        name=name,
        type=bounded(type_, where=where),
        properties=entry.get(words.properties),
        metadata=entry.get(words.metadata),
        depends_on=tuple(one for one in names if isinstance(one, str)),
        condition=entry.get(words.condition) if conditional else None,
        external_id=entry.get("external_id") if conditional else None,
        line=lines.get(name, 0),
    )
