"""Requests to Cinder that place data.

Source: OpenStack, Block Storage API v3, https://docs.openstack.org/api-ref/block-storage/v3/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from guardrail.model import Change
from guardrail.openstack.bodies import labels, mapping, relabelled, text
from guardrail.openstack.call import Call, Route
from guardrail.openstack.placed import BACKUP, IMAGE, SNAPSHOT, VOLUME, Placed

# Everything else that can be done to a volume is judged with the volume as it is.
HARMLESS = frozenset(
    {
        "os-attach", "os-begin_detaching", "os-detach", "os-extend_volume_completion",
        "os-force_delete", "os-force_detach", "os-initialize_connection",
        "os-migrate_volume_completion", "os-reserve", "os-reset_status",
        "os-roll_detaching", "os-set_bootable", "os-set_image_metadata",
        "os-show_image_metadata", "os-terminate_connection", "os-unmanage",
        "os-unreserve", "os-unset_image_metadata", "os-update_readonly_flag",
    }
)  # fmt: skip
_OWNER = "os-vol-tenant-attr:tenant_id"
_UNSEEN = frozenset({"metadata"})


def create(call: Call) -> Sequence[Placed]:
    """The volume, once with its own labels and once with those of what it copies."""
    asked = call.inside("volume")
    place = {
        "availability_zone": text(asked.get("availability_zone")),
        "volume_type": text(asked.get("volume_type")),
    }
    found, unknown = labels(asked)
    own = Placed(type=VOLUME, attributes={**found, **place}, unknown=unknown)
    copied = [
        Placed(type=VOLUME, attributes={**carried, **place}, unknown=unseen)
        for carried, unseen in _sources(call, asked)
    ]
    return [own, *copied]


def _sources(
    call: Call, asked: Mapping[str, Any]
) -> list[tuple[dict[str, Any], frozenset[str]]]:
    """The labels of the volume, snapshot or backup that is copied."""
    found = []
    for name, path, inside in (
        ("source_volid", "volumes", "volume"),
        ("snapshot_id", "snapshots", "snapshot"),
        ("backup_id", "backups", "backup"),
    ):
        if asked.get(name):
            shown = call.show(path, text(asked[name]))
            found.append(labels(mapping(shown.get(inside)), wanted=("metadata",)))
    return found


def act(call: Call) -> Sequence[Placed]:
    """The volume as it is after the action, or the image made of it."""
    asked = mapping(call.body)
    if asked and HARMLESS.issuperset(name.lower() for name in asked):
        return []
    volume = _volume(call, call.names[0])
    return [
        _after(volume, name.lower(), mapping(terms))
        for name, terms in asked.items() or {"": None}.items()
        if name.lower() not in HARMLESS
    ]


def _after(volume: Placed, action: str, terms: Mapping[str, Any]) -> Placed:
    """What one action makes of a volume."""
    attributes = dict(volume.attributes)
    if action == "os-volume_upload_image":
        return msgspec.structs.replace(volume, type=IMAGE, change=Change.CREATE)
    if action == "os-retype":
        attributes["volume_type"] = text(terms.get("new_type"))
    if action == "os-migrate_volume":
        attributes["availability_zone"] = ""
    return msgspec.structs.replace(volume, attributes=attributes)


def relabel(call: Call) -> Sequence[Placed]:
    """The volume with the metadata that is put on it."""
    body = mapping(call.body)
    given = {**mapping(body.get("metadata")), **mapping(body.get("meta"))}
    volume = _volume(call, call.names[0])
    attributes = relabelled(volume.attributes, given)
    return [msgspec.structs.replace(volume, attributes=attributes)]


def _volume(call: Call, name: str) -> Placed:
    """A volume as Cinder shows it to the caller."""
    volume = mapping(call.show("volumes", name).get("volume"))
    found, unknown = labels(volume, wanted=("metadata",))
    return Placed(
        type=VOLUME,
        attributes={
            **found,
            "availability_zone": text(volume.get("availability_zone")),
            "volume_type": text(volume.get("volume_type")),
        },
        unknown=unknown,
        change=Change.UPDATE,
        project=text(volume.get(_OWNER)),
    )


def snapshot(call: Call) -> Sequence[Placed]:
    """The snapshot, which lies where its volume does."""
    return [_copy(call, call.inside("snapshot"), SNAPSHOT)]


def backup(call: Call) -> Sequence[Placed]:
    """The backup, which lies where the service for backups keeps it."""
    asked = call.inside("backup")
    made = _copy(call, asked, BACKUP)
    zone = text(asked.get("availability_zone"))
    attributes = {**made.attributes, "availability_zone": zone}
    return [msgspec.structs.replace(made, attributes=attributes)]


def _copy(call: Call, asked: Mapping[str, Any], kind: str) -> Placed:
    """A copy of a volume, with its labels and those that are added."""
    volume = _volume(call, text(asked.get("volume_id")))
    added = mapping(asked.get("metadata"))
    return msgspec.structs.replace(
        volume,
        type=kind,
        attributes=relabelled(volume.attributes, added),
        change=Change.CREATE,
    )


def restore(call: Call) -> Sequence[Placed]:
    """The volume that a backup is put on; its place is known where it is named."""
    backup_ = mapping(call.show("backups", call.names[0]).get("backup"))
    found, unknown = labels(backup_, wanted=("metadata",))
    named = text(call.inside("restore").get("volume_id"))
    if not named:
        return [Placed(type=VOLUME, attributes=found, unknown=unknown)]
    volume = _volume(call, named)
    place = {
        name: volume.attributes[name] for name in ("availability_zone", "volume_type")
    }
    return [
        volume,
        msgspec.structs.replace(
            volume, attributes={**found, **place}, unknown=unknown | volume.unknown
        ),
    ]


def unseen(_call: Call) -> Sequence[Placed]:
    """A volume of which the request shows neither place nor labels."""
    return [Placed(type=VOLUME, attributes={}, unknown=_UNSEEN)]


def unseen_snapshot(_call: Call) -> Sequence[Placed]:
    """Snapshots of which the request shows neither place nor labels."""
    return [Placed(type=SNAPSHOT, attributes={}, unknown=_UNSEEN)]


ROUTES = (
    Route(("POST",), "volumes", create),
    Route(("POST",), "volumes/{}/action", act),
    Route(("POST", "PUT"), "volumes/{}/metadata", relabel),
    Route(("PUT",), "volumes/{}/metadata/{}", relabel),
    Route(("POST",), "snapshots", snapshot),
    Route(("POST",), "backups", backup),
    Route(("POST",), "backups/{}/restore", restore),
    Route(("POST",), "volume-transfers/{}/accept", unseen),
    Route(("POST",), "os-volume-transfer/{}/accept", unseen),
    Route(("POST",), "manageable_volumes", create),
    Route(("POST",), "os-volume-manage", create),
    Route(("POST",), "groups/action", unseen),
    Route(("POST",), "group_snapshots", unseen_snapshot),
)
