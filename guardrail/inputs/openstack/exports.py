"""What `openstack … list -f json` and `show -f json` say of what is there already.

Source: OpenStack, python-openstackclient and the plugins of its services,
https://docs.openstack.org/python-openstackclient, 10.5.0: the columns of each command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import bounded
from guardrail.inputs.openstack.words import KEY, PROVIDER, TYPES
from guardrail.inputs.source import Source
from guardrail.model import (
    Attributes,
    Change,
    Gap,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    Unknown,
    say,
)

KIND = "openstack-export"
MOST_ROWS = 100_000

_LISTS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = tuple(
    (noun, frozenset(columns.split()), frozenset(one_of.split()))
    for noun, columns, one_of in (
        ("stack resource", "resource_name resource_type resource_status", ""),
        ("server", "id name status networks", "flavor flavor_name flavor_id"),
        ("server", "id name addresses flavor image", ""),
        ("volume", "id name status size attached_to", ""),
        ("volume", "id name size volume_type attachments", ""),
        ("volume backup", "id name size object_count", ""),
        ("volume backup", "id name status size incremental", ""),
        ("volume snapshot", "id name size volume_id", ""),
        ("volume snapshot", "id name description status size", ""),
        ("share", "id name size share_proto", ""),
        ("stack", "id stack_name stack_status", ""),
        ("image", "id name disk_format container_format", ""),
        ("loadbalancer", "id name vip_address provisioning_status", ""),
        ("database", "id name datastore", ""),
        ("cluster", "uuid name node_count master_count", ""),
        ("secret", "secret_href name status", ""),
        ("container", "account container", ""),
        ("container", "name bytes count", ""),
        ("network", "id name subnets", ""),
    )
)
"""Noun, columns that it has, and columns of which it has one; the first that fits."""
_EXACTLY = {
    frozenset({"id", "name", "status"}): "image",
    frozenset({"name"}): "container",
}
"""Lists of few columns, which nothing else may stand beside."""
_LABELS = ("properties", "metadata", "tags", "labels")
_MAPS = ("properties", "metadata", "labels")
_PAIR = re.compile(r"([^=,\s][^=,]*)='([^']*)'(?:, |\Z)")
_NAMES = ("name", "resource_name", "stack_name", "container", "id", "uuid")
_TEMPLATE_PROVIDER = "openstack.org/openstack/heat"


def noun_of(rows: Sequence[object]) -> str:
    """What rows are exports of; "" where they are none, or nobody can tell."""
    nouns = {_noun(row) for row in rows}
    return nouns.pop() if len(nouns) == 1 else ""


def _noun(row: object) -> str:
    if not isinstance(row, Mapping):
        return ""
    columns = frozenset(map(_column, row))
    for noun, wanted, one_of in _LISTS:
        if wanted <= columns and (not one_of or one_of & columns):
            return noun
    return _EXACTLY.get(columns, "")


def _column(name: str) -> str:
    """A column as `show` writes it: lists have titles."""
    return re.sub(r"[ -]+", "_", name.strip().lower())


def rows_of(content: bytes) -> list[Any]:
    """The rows of an export.

    Raises:
        InputError: It is no JSON that can be read, or states a key twice.
    """
    try:
        found = json.loads(content, object_pairs_hook=_pairs)
    except ValueError as error:
        raise InputError("the export is no JSON that can be read") from error
    rows = found if isinstance(found, list) else [found]
    if len(rows) > MOST_ROWS:
        raise InputError(f"the export has more than {MOST_ROWS} rows")
    return rows


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of `pairs`.

    Raises:
        InputError: A key is stated twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InputError("the export states a key twice")
    return found


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row by the columns that are meant.

    Raises:
        InputError: It states one twice.
    """
    return _pairs([(_column(key), value) for key, value in row.items()])


def read(source: Source) -> Stack:
    """The stack of what an export lists; all of it is there already.

    Raises:
        InputError: It cannot be read, or nobody can tell what it lists.
    """
    rows = rows_of(source.content)
    noun = noun_of(rows)
    if not noun:
        raise InputError(
            "this is not a plan: its columns are of no export that is known",
            remedy="Give the output of `openstack server list --long -f json`, or of "
            "volumes, shares, containers, images, stacks",
        )
    fields = [_fields(row) for row in rows]
    resources = _resources(noun, fields)
    providers = {
        one.provider_configuration.value: one.provider
        for one in resources
        if isinstance(one.provider_configuration, Known)
    }
    return Stack(
        origin=Origin(
            kind=KIND,
            path=source.path,
            sha256=source.sha256,
            producer=f"openstack {noun}",
        ),
        resources=resources,
        providers={
            key: ProviderConfiguration(
                key=key, provider=provider, settings={}, hidden=False
            )
            for key, provider in providers.items()
        },
        gaps=(
            Gap(
                id="existing",
                message=say(
                    "What an export lists is there already: it is reported, and blocks "
                    "only with --existing=enforce."
                ),
                blocks=False,
            ),
        ),
    )


def _resources(noun: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """The resources of rows, each with an address of its own.

    Raises:
        InputError: A name cannot be an address.
    """
    found: dict[str, Resource] = {}
    for number, row in enumerate(rows):
        name = bounded(_name(row), where=f"/{number}")
        address = f"{noun.replace(' ', '_')}.{name}" + ("" if name else f"[{number}]")
        while address in found:
            address = f"{address}[{number}]"
        found[address] = _resource(noun, address, row)
    return tuple(found.values())


def _name(row: Mapping[str, Any]) -> str:
    """What a row is called; "" where it does not say."""
    stated = (row.get(key) for key in _NAMES)
    return next((name for name in stated if isinstance(name, str) and name), "")


def _resource(noun: str, address: str, row: Mapping[str, Any]) -> Resource:
    """The resource of one row.

    Raises:
        InputError: Its type cannot be printed.
    """
    type_, provider, key = TYPES.get(noun.replace(" ", "_"), noun), PROVIDER, KEY
    if noun == "stack resource":
        type_ = bounded(str(row["resource_type"]), where=address)
        provider, key = _TEMPLATE_PROVIDER, "heat"
    return Resource(
        address=address,
        configuration=address,
        type=type_,
        provider=provider,
        provider_configuration=Known(key, because=say("the cloud that was exported")),
        change=Change.NO_OP,
        actions=("no-op",),
        attributes=_attributes(row),
    )


def _attributes(row: Mapping[str, Any]) -> Attributes:
    """The labels and the zone of a row; unknown where the export leaves them out."""
    labels = {name: _labels(row[name]) for name in _LABELS if row.get(name) is not None}
    hidden = [name for name, value in labels.items() if isinstance(value, Unknown)]
    if not any(name in row for name in _MAPS):
        hidden = ["metadata"]
    values = {name: value for name, value in labels.items() if name not in hidden}
    if "properties" in values:
        values["metadata"] = values["properties"]
    zone = row.get("availability_zone", row.get("os_ext_az:availability_zone"))
    if isinstance(zone, str):
        values["availability_zone"] = zone
    mask = {"metadata": 0} if hidden else None
    encode = msgspec.json.encode
    return Attributes(
        encode(values), encode(mask), reasons=(_LEFT_OUT,) if hidden else ()
    )


_LEFT_OUT = Unknown(
    say("the export leaves labels out"),
    say("export with --long, or with `show`"),
)


def _labels(value: Any) -> Any:
    """Labels as a map or a list; an older client writes a map as a text."""
    if isinstance(value, str):
        pairs = _PAIR.findall(value)
        written = ", ".join(f"{key}='{text}'" for key, text in pairs)
        return dict(pairs) if written == value else _LEFT_OUT
    return value if isinstance(value, dict | list) else _LEFT_OUT
