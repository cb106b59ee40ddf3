"""Requests to Nova that place data.

Source: OpenStack, Compute API, https://docs.openstack.org/api-ref/compute/; the route
table of nova 34.0.0, nova/api/openstack/compute/routes.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.model import Change
from guardrail.openstack.bodies import labels, listed, mapping, relabelled, text
from guardrail.openstack.call import Call, Route
from guardrail.openstack.placed import IMAGE, SERVER, SNAPSHOT, VOLUME, Placed

# Everything else that can be done to a server is judged with the server as it is.
HARMLESS = frozenset(
    {
        "addfixedip", "addfloatingip", "addsecuritygroup", "changepassword",
        "confirmresize", "forcedelete", "injectnetworkinfo", "lock",
        "os-getconsoleoutput", "os-getrdpconsole", "os-getserialconsole",
        "os-getspiceconsole", "os-getvncconsole", "os-resetstate", "os-start",
        "os-stop", "pause", "reboot", "removefixedip", "removefloatingip",
        "removesecuritygroup", "resetnetwork", "restore", "resume", "revertresize",
        "shelve", "shelveoffload", "suspend", "trigger_crash_dump", "unlock",
        "unpause", "unrescue",
    }
)  # fmt: skip
_IMAGING = frozenset({"createimage", "createbackup"})
_ZONE = "OS-EXT-AZ:availability_zone"


def create(call: Call) -> Sequence[Placed]:
    """The server, and the volumes that Nova is asked to make for it."""
    server = call.inside("server")
    found, unknown = labels(server)
    zone = _zone(server.get("availability_zone"))
    made = Placed(type=SERVER, attributes={**found, **zone}, unknown=unknown)
    volumes = [
        Placed(
            type=VOLUME,
            attributes={**found, "volume_type": text(disk.get("volume_type"))},
            unknown=unknown,
        )
        for disk in _disks(server)
    ]
    return [made, *volumes]


def _disks(server: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries that ask for a new volume."""
    for name in ("block_device_mapping_v2", "block_device_mapping"):
        for disk in listed(server.get(name)):
            fresh = disk.get("source_type") != "volume" and not disk.get("volume_id")
            if fresh and disk.get("destination_type") != "local":
                yield disk


def _zone(stated: object) -> dict[str, str]:
    """The availability zone of `zone`, `zone:host` or `zone:host:node`."""
    return {"availability_zone": text(stated).partition(":")[0]}


def act(call: Call) -> Sequence[Placed]:
    """The server as it is after the action, or the image made of it."""
    asked = call.body if isinstance(call.body, dict) else {}
    if asked and HARMLESS.issuperset(name.lower() for name in asked):
        return []
    server = _server(call)
    return [
        _after(server, name.lower(), mapping(terms))
        for name, terms in asked.items() or {"": None}.items()
        if name.lower() not in HARMLESS
    ]


def _after(server: Placed, action: str, terms: Mapping[str, Any]) -> Placed:
    """What one action makes of a server.

    Rebuild replaces the metadata: the new and the old both count, for the disk of a
    volume-backed server stays.
    """
    attributes = relabelled(server.attributes, mapping(terms.get("metadata")))
    if action in _IMAGING:
        return msgspec.structs.replace(
            server, type=IMAGE, attributes=attributes, change=Change.CREATE
        )
    if action == "unshelve" and "availability_zone" in terms:
        attributes |= _zone(terms["availability_zone"])
    if terms.get("host"):
        attributes["availability_zone"] = ""
    return _changed(server, attributes)


def relabel(call: Call) -> Sequence[Placed]:
    """The server with the metadata that is put on it."""
    body = mapping(call.body)
    given = {**mapping(body.get("metadata")), **mapping(body.get("meta"))}
    server = _server(call)
    return [_changed(server, relabelled(server.attributes, given))]


def retag(call: Call) -> Sequence[Placed]:
    """The server with the tags that are put on it."""
    given = mapping(call.body).get("tags")
    added = [call.names[1]] if len(call.names) > 1 else []
    added += given if isinstance(given, list) else []
    server = _server(call)
    tags = [*server.attributes.get("tags", []), *added]
    return [_changed(server, {**server.attributes, "tags": tags})]


def touch(call: Call) -> Sequence[Placed]:
    """The server as it is."""
    return [_server(call)]


def _changed(server: Placed, attributes: Mapping[str, Any]) -> Placed:
    return msgspec.structs.replace(server, attributes=attributes)


def _server(call: Call) -> Placed:
    """The server of the path, as Nova shows it to the caller."""
    server = mapping(call.show("servers", call.names[0]).get("server"))
    found, unknown = labels(server, wanted=("metadata", "tags"))
    return Placed(
        type=SERVER,
        attributes={**found, **_zone(server.get(_ZONE))},
        unknown=unknown,
        change=Change.UPDATE,
        project=text(server.get("tenant_id")),
    )


def volume(call: Call) -> Sequence[Placed]:
    """A volume, through Nova's proxy of old."""
    asked = call.inside("volume")
    found, unknown = labels(asked)
    return [
        Placed(
            type=VOLUME,
            attributes={
                **found,
                **_zone(asked.get("availability_zone")),
                "volume_type": text(asked.get("volume_type")),
            },
            unknown=unknown,
        )
    ]


def snapshot(_call: Call) -> Sequence[Placed]:
    """A snapshot of a volume, which Nova does not show."""
    return [Placed(type=SNAPSHOT, attributes={}, unknown=frozenset({"metadata"}))]


ROUTES = (
    Route(("POST",), "servers", create),
    Route(("POST",), "os-volumes_boot", create),
    Route(("POST",), "servers/{}/action", act),
    Route(("POST",), "os-volumes_boot/{}/action", act),
    Route(("POST", "PUT"), "servers/{}/metadata", relabel),
    Route(("PUT",), "servers/{}/metadata/{}", relabel),
    Route(("PUT",), "servers/{}/tags", retag),
    Route(("PUT",), "servers/{}/tags/{}", retag),
    Route(("POST",), "servers/{}/os-volume_attachments", touch),
    Route(("PUT",), "servers/{}/os-volume_attachments/{}", touch),
    Route(("POST",), "os-volumes", volume),
    Route(("POST",), "os-snapshots", snapshot),
)
