"""Requests to Nova that place data.

Source: OpenStack, Compute API, https://docs.openstack.org/api-ref/compute/; the route
table of nova 34.0.0, nova/api/openstack/compute/routes.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.model import Change, say
from guardrail.openstack.bodies import (
    labels,
    listed,
    mapping,
    relabelled,
    text,
    zone_of,
)
from guardrail.openstack.call import OTHER, Call, Passed, Route, Surface
from guardrail.openstack.placed import IMAGE, SERVER, SNAPSHOT, VOLUME, Given, Placed
from guardrail.openstack.sources import given_of

# Everything else that can be done to a server is judged with the server as it is.
HARMLESS = frozenset(
    {
        "addfixedip", "addfloatingip", "addsecuritygroup", "changepassword",
        "confirmresize", "forcedelete", "injectnetworkinfo", "lock",
        "os-getconsoleoutput", "os-getrdpconsole", "os-getserialconsole",
        "os-getspiceconsole", "os-getvncconsole", "os-resetstate", "os-start",
        "os-stop", "pause", "reboot", "removefixedip", "removefloatingip",
        "removesecuritygroup", "resetnetwork", "restore", "resume", "revertresize",
        "shelveoffload", "suspend", "trigger_crash_dump", "unlock",
        "unpause", "unrescue",
    }
)  # fmt: skip
_IMAGING = frozenset({"createimage", "createbackup", "shelve"})
_FROM_IMAGE = {"rebuild": "imageRef", "rescue": "rescue_image_ref"}
"""Action to what names the image that it puts on the server."""
_KINDS = {
    "image": ("image", "images"),
    "volume": ("volume", "volumes"),
    "snapshot": ("volume", "snapshots"),
}
"""Source of a disk to the service that has it, and its path there."""
_MOVING = frozenset({"evacuate", "migrate", "os-migratelive", "resize", "unshelve"})
"""What may lead to another host: only a zone that was asked for binds Nova then."""
_ZONE = "OS-EXT-AZ:availability_zone"
_PINNED = "pinned_availability_zone"
"""The zone that was asked for; since 2.96 (Nova 29, of 2024.1)."""
_PLAIN_ZONE = "availability_zone"


def create(call: Call) -> Sequence[Placed]:
    """The server, and the volumes that Nova is asked to make for it."""
    server = call.inside("server")
    found, unknown = labels(server)
    zone = _zone(server.get("availability_zone"))
    sources = dict.fromkeys([*_images(server.get("imageRef")), *_disk_sources(server)])
    made = Placed(
        type=SERVER,
        attributes={**found, **zone},
        unknown=unknown,
        sources=tuple(_given(call, *one) for one in sources),
    )
    volumes = [
        Placed(
            type=VOLUME,
            attributes={**found, "volume_type": text(disk.get("volume_type"))},
            unknown=unknown,
        )
        for disk in _disks(server)
        if not _volume_of(disk) and disk.get("destination_type") != "local"
    ]
    return [made, *volumes]


def _disks(server: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The disks that a server asks for, in both forms."""
    for name in ("block_device_mapping_v2", "block_device_mapping"):
        yield from listed(server.get(name))


def _volume_of(disk: Mapping[str, Any]) -> str:
    """The volume that is attached as a disk; "" where a new one is made."""
    named = disk.get("uuid") if disk.get("source_type") == "volume" else ""
    return text(disk.get("volume_id")) or text(named)


def _disk_sources(server: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the disks of a server are, or are made of: kind and id."""
    for disk in _disks(server):
        for kind in ("volume", "snapshot"):
            if named := text(disk.get(f"{kind}_id")):
                yield kind, named
        kind, named = text(disk.get("source_type")), text(disk.get("uuid"))
        if named and kind not in {"", "blank"}:
            yield kind, named


def _images(named: object) -> list[tuple[str, str]]:
    """The image of a reference, which was an address once."""
    last = text(named).rstrip("/").rpartition("/")[2]
    return [("image", last)] if last else []


def _given(call: Call, kind: str, name: str) -> Given:
    """A source as its service shows it to the caller.

    Raises:
        InputError: There is no such kind of source.
    """
    if kind not in _KINDS:
        raise InputError(say("it is made of something that is not known"))
    service, path = _KINDS[kind]
    return given_of(kind, call.ask(service, path, name))


def _zone(stated: object) -> dict[str, str]:
    return {"availability_zone": zone_of(stated)}


def act(call: Call) -> Sequence[Placed]:
    """The server as it is after the action, or the image made of it."""
    asked = call.body if isinstance(call.body, dict) else {}
    if asked and HARMLESS.issuperset(name.lower() for name in asked):
        return []
    server = _server(call)
    return [
        _after(call, server, name.lower(), mapping(terms))
        for name, terms in asked.items() or {"": None}.items()
        if name.lower() not in HARMLESS
    ]


def _after(call: Call, server: Placed, action: str, terms: Mapping[str, Any]) -> Placed:
    """What one action makes of a server.

    Rebuild replaces the metadata: the new and the old both count, for the disk of a
    volume-backed server stays.
    """
    given = mapping(terms.get("metadata"))
    if action in _IMAGING:
        # While it is shelved, Nova keeps the labels with the server itself.
        source = msgspec.structs.replace(server.given, lasting=action == "shelve")
        return msgspec.structs.replace(
            server,
            type=IMAGE,
            attributes={"properties": given},
            unknown=frozenset(),
            change=Change.CREATE,
            sources=(source,),
        )
    attributes = relabelled(server.attributes, given)
    if action in _MOVING:
        attributes |= _zone(_shown(call).get(_PINNED))
    images = _images(terms.get(_FROM_IMAGE.get(action, "")))
    server = msgspec.structs.replace(
        server, sources=tuple(_given(call, *one) for one in images)
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


def attach(call: Call) -> Sequence[Placed]:
    """The server with the data of the volume that is attached to it."""
    named = text(call.inside("volumeAttachment").get("volumeId"))
    source = _given(call, "volume", named)
    return [msgspec.structs.replace(_server(call), sources=(source,))]


def swap(call: Call) -> Sequence[Placed]:
    """The server with another volume, which takes the data of the one that was there.

    Only the way in which it is detached may change, too: then they are the same.
    """
    old = _given(call, "volume", call.names[1])
    named = text(call.inside("volumeAttachment").get("volumeId"))
    server = msgspec.structs.replace(_server(call), sources=(old,))
    if named in {"", call.names[1]}:
        return [server]
    found = call.ask("volume", "volumes", named)
    new = given_of("volume", found)
    volume = Placed(
        type=VOLUME,
        attributes={
            **new.labels,
            "availability_zone": text(mapping(found.get("volume")).get(_PLAIN_ZONE)),
        },
        change=Change.UPDATE,
        sources=(old,),
    )
    return [msgspec.structs.replace(server, sources=(old, new)), volume]


def _changed(server: Placed, attributes: Mapping[str, Any]) -> Placed:
    return msgspec.structs.replace(server, attributes=attributes)


def _shown(call: Call) -> Mapping[str, Any]:
    """The server of the path, as Nova shows it to the caller."""
    return mapping(call.show("servers", call.names[0]).get("server"))


def _server(call: Call) -> Placed:
    """The server of the path, with what is read of it."""
    server = _shown(call)
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


SURFACE = Surface(
    judged=(
    Route(("POST",), "servers", create),
    Route(("POST",), "os-volumes_boot", create),
    Route(("POST",), "servers/{}/action", act),
    Route(("POST",), "os-volumes_boot/{}/action", act),
    Route(("POST", "PUT"), "servers/{}/metadata", relabel),
    Route(("PUT",), "servers/{}/metadata/{}", relabel),
    Route(("PUT",), "servers/{}/tags", retag),
    Route(("PUT",), "servers/{}/tags/{}", retag),
    Route(("POST",), "servers/{}/os-volume_attachments", attach),
    Route(("PUT",), "servers/{}/os-volume_attachments/{}", swap),
    Route(("POST",), "servers/{}/shares", touch),
    Route(("POST",), "os-volumes", volume),
    Route(("POST",), "os-snapshots", snapshot),
    ),
    passed=(
        Passed(
            ("PUT",),
            ("servers/{}", "os-volumes_boot/{}"),
            "names and addresses of a server",
        ),
        Passed(
            ("POST",),
            ("servers/{}/os-interface", "servers/{}/consoles",
             "servers/{}/remote-consoles", "servers/{}/migrations/{}/action"),
            "ports and consoles of a server, the end of a migration under way",
        ),
        Passed(
            ("POST", "PUT"),
            ("images/{}/metadata", "images/{}/metadata/{}"),
            "Glance is asked in turn",
        ),
        Passed(
            ("POST", "PUT"),
            ("os-keypairs", "os-server-groups", "os-security-groups",
             "os-security-groups/{}", "os-security-group-rules",
             "os-security-group-default-rules", "os-floating-ips",
             "os-floating-ips-bulk", "os-floating-ips-bulk/{}",
             "os-floating-ip-dns/{}", "os-floating-ip-dns/{}/entries/{}",
             "os-fixed-ips/{}/action", "os-networks", "os-networks/add",
             "os-networks/{}/action", "os-tenant-networks", "os-certificates"),
            "holds no data",
        ),
        Passed(
            ("POST", "PUT"),
            ("flavors", "flavors/{}", "flavors/{}/action", "flavors/{}/os-extra_specs",
             "flavors/{}/os-extra_specs/{}", "os-quota-sets/{}",
             "os-quota-class-sets/{}", "os-services/{}", "os-services/enable",
             "os-services/disable", "os-services/disable-log-reason",
             "os-services/force-down", "os-hosts/{}", "os-agents", "os-agents/{}",
             "os-cells", "os-cells/{}", "os-cells/sync_instances", "os-cloudpipe",
             "os-cloudpipe/{}", "os-baremetal-nodes", "os-baremetal-nodes/{}/action"),
            "how the cloud is run",
        ),
        Passed(
            ("POST", "PUT"),
            ("os-aggregates", "os-aggregates/{}", "os-aggregates/{}/action",
             "os-aggregates/{}/images"),
            "where hosts are: who runs the cloud answers for its zones",
        ),
        Passed(
            ("POST",),
            ("os-assisted-volume-snapshots", "os-server-external-events"),
            "other services tell Nova what they have done",
        ),
    ),
    other=OTHER,
)  # fmt: skip
