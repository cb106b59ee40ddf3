"""Requests to Cinder that place data.

Source: OpenStack, Block Storage API v3, https://docs.openstack.org/api-ref/block-storage/v3/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.model import Change
from guardrail.openstack.bodies import labels, mapping, relabelled, text
from guardrail.openstack.call import OTHER, Call, Passed, Route, Surface
from guardrail.openstack.placed import (
    BACKUP,
    IMAGE,
    SNAPSHOT,
    VOLUME,
    Given,
    Placed,
)
from guardrail.openstack.sources import given_of

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
_OF_GROUPS = frozenset(
    {"delete", "disable_replication", "list_replication_targets", "reset_status"}
)
_UNSEEN = frozenset({"metadata"})


def create(call: Call) -> Sequence[Placed]:
    """The volume, of itself and with what it copies."""
    asked = call.inside("volume")
    found, unknown = labels(asked)
    return [
        Placed(
            type=VOLUME,
            attributes={
                **found,
                "availability_zone": text(asked.get("availability_zone")),
                "volume_type": text(asked.get("volume_type")),
            },
            unknown=unknown,
            sources=tuple(_sources(call, asked)),
        )
    ]


def manage(call: Call) -> Sequence[Placed]:
    """A volume that is there already, on a host that may be in any zone."""
    return [
        msgspec.structs.replace(
            one, attributes={**one.attributes, "availability_zone": ""}
        )
        for one in create(call)
    ]


def _sources(call: Call, asked: Mapping[str, Any]) -> Iterator[Given]:
    """The volume, snapshot, backup or image that is copied.

    Cinder itself keeps the properties of an image with the volume, and hands them on.
    """
    for name, path, kind in (
        ("source_volid", "volumes", "volume"),
        ("snapshot_id", "snapshots", "snapshot"),
        ("backup_id", "backups", "backup"),
    ):
        if asked.get(name):
            yield given_of(kind, call.show(path, text(asked[name])))
    for name in ("imageRef", "image_id"):
        if image := text(asked.get(name)).rstrip("/").rpartition("/")[2]:
            yield given_of("image", call.ask("image", "images", image), lasting=True)


def act(call: Call) -> Sequence[Placed]:
    """The volume as it is after the action, or the image made of it."""
    asked = mapping(call.body)
    if asked and HARMLESS.issuperset(name.lower() for name in asked):
        return []
    volume = _volume(call, call.names[0])
    return [
        _after(call, volume, name.lower(), mapping(terms))
        for name, terms in asked.items() or {"": None}.items()
        if name.lower() not in HARMLESS
    ]


def _after(call: Call, volume: Placed, action: str, terms: Mapping[str, Any]) -> Placed:
    """What one action makes of a volume."""
    attributes = dict(volume.attributes)
    if action == "os-volume_upload_image":
        return msgspec.structs.replace(
            volume,
            type=IMAGE,
            attributes={"properties": attributes["all_metadata"]},
            unknown=frozenset(),
            change=Change.CREATE,
            sources=(volume.given,),
        )
    if action == "os-retype":
        attributes["volume_type"] = text(terms.get("new_type"))
    if action == "os-migrate_volume":
        attributes["availability_zone"] = ""
    sources = tuple(_sources(call, terms)) if action == "os-reimage" else ()
    return msgspec.structs.replace(volume, attributes=attributes, sources=sources)


def relabel(call: Call) -> Sequence[Placed]:
    """The volume with the metadata that is put on it."""
    body = mapping(call.body)
    inside = mapping(body.get("volume"))
    given: dict[str, Any] = {}
    for part in (body.get("metadata"), body.get("meta"), inside.get("metadata")):
        given |= mapping(part)
    volume = _volume(call, call.names[0])
    attributes = relabelled(volume.attributes, given)
    attributes["all_metadata"] |= volume.attributes["all_metadata"]
    return [msgspec.structs.replace(volume, attributes=attributes)]


def rename(call: Call) -> Sequence[Placed]:
    """Nothing, unless metadata comes with the names."""
    body = mapping(call.body)
    return relabel(call) if "metadata" in mapping(body.get("volume")) else []


def _volume(call: Call, name: str) -> Placed:
    """A volume as Cinder shows it to the caller."""
    answer = call.show("volumes", name)
    volume, given = mapping(answer.get("volume")), given_of("volume", answer)
    return Placed(
        type=VOLUME,
        attributes={
            **given.labels,
            "availability_zone": text(volume.get("availability_zone")),
            "volume_type": text(volume.get("volume_type")),
        },
        unknown=given.unknown,
        change=Change.UPDATE,
        project=given.project,
    )


def snapshot(call: Call) -> Sequence[Placed]:
    """The snapshot, which lies where its volume does."""
    return [_copy(call, call.inside("snapshot"), SNAPSHOT)]


def backup(call: Call) -> Sequence[Placed]:
    """The backup, which lies where the service for backups keeps it."""
    asked = call.inside("backup")
    made = _copy(call, asked, BACKUP)
    snapshot_ = _sources(call, {"snapshot_id": asked.get("snapshot_id")})
    zone = text(asked.get("availability_zone"))
    attributes = {**made.attributes, "availability_zone": zone}
    sources = (*made.sources, *snapshot_)
    return [msgspec.structs.replace(made, attributes=attributes, sources=sources)]


def _copy(call: Call, asked: Mapping[str, Any], kind: str) -> Placed:
    """A copy of a volume where the volume is, with the labels that it is given."""
    volume = _volume(call, text(asked.get("volume_id")))
    found, _unknown = labels(asked)
    made = volume.carrying(Given(labels=found))
    return msgspec.structs.replace(
        made, type=kind, change=Change.CREATE, sources=(volume.given,)
    )


def restore(call: Call) -> Sequence[Placed]:
    """The volume that a backup is put on; its place is known where it is named.

    Of a new one Cinder takes the labels from the backup.
    """
    answer = call.show("backups", call.names[0])
    named = text(call.inside("restore").get("volume_id"))
    source = given_of("backup", answer, lasting=not named)
    made = _volume(call, named) if named else Placed(type=VOLUME, attributes={})
    return [msgspec.structs.replace(made, sources=(source,))]


def of_group(call: Call) -> Sequence[Placed]:
    """Nothing for what takes away; else volumes, wherever they may be."""
    asked = mapping(call.body)
    if asked and _OF_GROUPS.issuperset(name.lower() for name in asked):
        return []
    return unseen(call)


def unseen(_call: Call) -> Sequence[Placed]:
    """A volume of which the request shows neither place nor labels."""
    return [Placed(type=VOLUME, attributes={}, unknown=_UNSEEN)]


def unseen_snapshot(_call: Call) -> Sequence[Placed]:
    """Snapshots of which the request shows neither place nor labels."""
    return [Placed(type=SNAPSHOT, attributes={}, unknown=_UNSEEN)]


SURFACE = Surface(
    judged=(
        Route(("POST",), "volumes", create),
        Route(("POST",), "volumes/{}/action", act),
        Route(("PUT",), "volumes/{}", rename),
        Route(("POST", "PUT"), "volumes/{}/metadata", relabel),
        Route(("PUT",), "volumes/{}/metadata/{}", relabel),
        Route(("POST",), "snapshots", snapshot),
        Route(("POST",), "backups", backup),
        Route(("POST",), "backups/{}/restore", restore),
        Route(("POST",), "volume-transfers/{}/accept", unseen),
        Route(("POST",), "os-volume-transfer/{}/accept", unseen),
        Route(("POST",), "manageable_volumes", manage),
        Route(("POST",), "os-volume-manage", manage),
        Route(("POST",), "manageable_snapshots", unseen_snapshot),
        Route(("POST",), "os-snapshot-manage", unseen_snapshot),
        Route(("POST",), "groups/action", unseen),
        Route(("POST",), "groups/{}/action", of_group),
        Route(("POST",), "group_snapshots", unseen_snapshot),
        Route(("POST",), "consistencygroups/create_from_src", unseen),
        Route(("POST",), "cgsnapshots", unseen_snapshot),
    ),
    passed=(
        Passed(
            ("POST", "PUT"),
            ("snapshots/{}", "snapshots/{}/metadata", "snapshots/{}/metadata/{}",
             "backups/{}", "group_snapshots/{}", "cgsnapshots/{}"),
            "names and labels of a copy; the volume made of it is judged by them",
        ),
        Passed(
            ("POST",),
            ("snapshots/{}/action", "backups/{}/action", "group_snapshots/{}/action"),
            "states of a copy",
        ),
        Passed(
            ("POST", "PUT"),
            ("groups", "groups/{}", "consistencygroups", "consistencygroups/{}",
             "consistencygroups/{}/action", "consistencygroups/{}/update",
             "consistencygroups/{}/delete"),
            "groups volumes that are there",
        ),
        Passed(
            ("POST",),
            ("volume-transfers", "os-volume-transfer"),
            "offers a volume; taking it is judged",
        ),
        Passed(
            ("POST", "PUT"),
            ("attachments", "attachments/{}", "attachments/{}/action"),
            "connects a volume for Nova, which has judged it",
        ),
        Passed(
            ("POST",),
            ("backups/import_record",),
            "a record of a backup; putting it on a volume is judged",
        ),
        Passed(
            ("POST", "PUT"),
            ("types", "types/{}", "types/{}/action", "types/{}/encryption",
             "types/{}/encryption/{}", "types/{}/extra_specs",
             "types/{}/extra_specs/{}", "types/{}/os-volume-type-access",
             "group_types", "group_types/{}", "group_types/{}/group_specs",
             "group_types/{}/group_specs/{}", "qos-specs", "qos-specs/{}",
             "qos-specs/{}/delete_keys", "default-types/{}", "os-quota-sets/{}",
             "os-quota-class-sets/{}", "clusters/enable", "clusters/disable",
             "os-services/enable", "os-services/disable",
             "os-services/disable-log-reason", "os-services/freeze",
             "os-services/thaw", "os-services/get-log", "os-services/set-log",
             "os-services/failover_host", "os-hosts", "os-hosts/{}", "workers",
             "workers/cleanup"),
            "how the cloud is run",
        ),
    ),
    other=OTHER,
)  # fmt: skip
