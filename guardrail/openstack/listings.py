"""What is listed of a cloud, and how each thing is read; nothing else is asked for.

Source: OpenStack, API references of Nova, Cinder, Glance, Manila, Swift, Heat, Neutron,
Octavia, Trove and Barbican, https://docs.openstack.org/api-quick-start/, read
2026-11-22; answers of release 2026.2 for the first three, Heat and Neutron.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from guardrail.openstack.bodies import listed, mapping, text
from guardrail.openstack.placed import (
    BACKUP,
    IMAGE,
    NETWORK,
    SERVER,
    SNAPSHOT,
    STACK,
    VOLUME,
)

Row: TypeAlias = Mapping[str, Any]
CONTAINER = "openstack_objectstorage_container_v1"
BALANCER = "openstack_lb_loadbalancer_v2"
DATABASE = "openstack_db_instance_v1"
SECRET = "openstack_keymanager_secret_v1"  # noqa: S105  # the type of one
SHARE = "openstack_sharedfilesystem_share_v2"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a cloud: who it is, its labels and areas, what it is made of."""

    id: str
    name: str
    project: str
    """Id; "" where the service does not say, so that of the credentials."""
    attributes: Mapping[str, Any] = {}
    """In the words of the provider profile."""
    unknown: frozenset[str] = frozenset()
    """Attributes that the service did not show."""
    links: tuple[tuple[str, str], ...] = ()
    """Attribute to the id of what it names."""
    host: str = ""
    """Hypervisor, where the credentials may see it."""
    open: bool = False
    """Whether it is open to other projects."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One list of one service."""

    noun: str
    service: str
    """Type in the catalogue."""
    version: str
    path: str
    key: str
    """Under which the list stands in the answer."""
    type: str
    read: Callable[[Row], Seen]
    microversion: str = ""
    """The one wanted; a service that knows only lower ones is asked by its highest."""
    all_projects: Mapping[str, str] = {}
    """What asks for the things of every project."""
    own: Mapping[str, str] = {}
    """What asks for those of one project alone; `{}` stands for its id."""
    all_path: str = ""
    """Where the things of every project are, if elsewhere."""
    labels: str = ""
    """Where the metadata of one thing is, if elsewhere; `{}` stands for its id."""
    projects: bool = True
    """Whether the things of other projects are to be had."""


def _labels(row: Row, *wanted: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Labels of a row, and the names of those that it ought to show and does not."""
    shown = {
        name: row[name] for name in ("metadata", "tags") if row.get(name) is not None
    }
    return shown, frozenset(name for name in wanted if row.get(name) is None)


def _links(*stated: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((path, text(id_)) for path, id_ in stated if text(id_))


def _server(row: Row) -> Seen:
    shown, unknown = _labels(row, "metadata", "tags")
    attached = listed(row.get("os-extended-volumes:volumes_attached"))
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("tenant_id")),
        attributes={
            **shown,
            "availability_zone": text(row.get("OS-EXT-AZ:availability_zone")),
        },
        unknown=unknown,
        links=_links(
            ("image_id", mapping(row.get("image")).get("id")),
            *(("block_device.uuid", one.get("id")) for one in attached),
        ),
        host=text(row.get("OS-EXT-SRV-ATTR:host")),
    )


def _volume(row: Row) -> Seen:
    shown, unknown = _labels(row, "metadata")
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("os-vol-tenant-attr:tenant_id")),
        attributes={
            **shown,
            "availability_zone": text(row.get("availability_zone")),
            "volume_type": text(row.get("volume_type")),
        },
        unknown=unknown,
        links=_links(
            ("snapshot_id", row.get("snapshot_id")),
            ("source_vol_id", row.get("source_volid")),
            ("image_id", mapping(row.get("volume_image_metadata")).get("image_id")),
        ),
    )


def _snapshot(row: Row) -> Seen:
    shown, unknown = _labels(row, "metadata")
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("os-extended-snapshot-attributes:project_id")),
        attributes=shown,
        unknown=unknown,
        links=_links(("volume_id", row.get("volume_id"))),
    )


def _backup(row: Row) -> Seen:
    shown, unknown = _labels(row, "metadata")
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("os-backup-project-attr:project_id")),
        attributes={**shown, "availability_zone": text(row.get("availability_zone"))},
        unknown=unknown,
        links=_links(
            ("volume_id", row.get("volume_id")),
            ("snapshot_id", row.get("snapshot_id")),
        ),
    )


def _image(row: Row) -> Seen:
    shown, unknown = _labels(row, "tags")
    disks = _disks(row.get("block_device_mapping"))
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("owner")),
        attributes={
            **shown,
            "properties": {k: v for k, v in row.items() if isinstance(v, str)},
            "store": [one for one in text(row.get("stores")).split(",") if one],
        },
        unknown=unknown,
        links=_links(
            ("instance_uuid", row.get("instance_uuid")),
            *(
                (f"block_device_mapping.{name}", disk.get(name))
                for disk in disks
                for name in ("volume_id", "snapshot_id")
            ),
        ),
        open=row.get("visibility") in {"public", "community", "shared"},
    )


def _disks(stated: object) -> list[Row]:
    """The disks of a server of which an image was made; Nova keeps them as JSON."""
    try:
        return listed(msgspec.json.decode(text(stated)))
    except msgspec.DecodeError:
        return []


def _share(row: Row) -> Seen:
    shown, unknown = _labels(row, "metadata")
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("project_id")),
        attributes={**shown, "availability_zone": text(row.get("availability_zone"))},
        unknown=unknown,
        open=row.get("is_public") is True,
    )


def _stack(row: Row) -> Seen:
    shown, _unknown = _labels(row)
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("stack_name")),
        project=text(row.get("project")),
        attributes=shown,
    )


def _network(row: Row) -> Seen:
    shown, unknown = _labels(row, "tags")
    zones = row.get("availability_zones") or row.get("availability_zone_hints") or []
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("project_id")),
        attributes={**shown, "availability_zone": zones},
        unknown=unknown,
        open=row.get("shared") is True,
    )


def _balancer(row: Row) -> Seen:
    shown, unknown = _labels(row, "tags")
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("project_id")),
        attributes={**shown, "availability_zone": text(row.get("availability_zone"))},
        unknown=unknown,
    )


def _database(row: Row) -> Seen:
    return Seen(
        id=text(row.get("id")),
        name=text(row.get("name")),
        project=text(row.get("tenant_id")),
        links=_links(("replica_of", mapping(row.get("replica_of")).get("id"))),
    )


def _secret(row: Row) -> Seen:
    id_ = text(row.get("secret_ref")).rstrip("/").rpartition("/")[2]
    return Seen(
        id=id_,
        name=text(row.get("name")),
        project="",
        unknown=frozenset({"metadata"}),
    )


_EVERY = {"all_tenants": "1"}
_OWNED = {"project_id": "{}"}
LISTINGS = (
    Listing(
        noun="servers",
        service="compute",
        version="2.1",
        path="/servers/detail",
        key="servers",
        type=SERVER,
        read=_server,
        microversion="2.26",  # the first that shows tags
        all_projects=_EVERY,
    ),
    Listing(
        noun="volumes",
        service="block-storage",
        version="3",
        path="/volumes/detail",
        key="volumes",
        type=VOLUME,
        read=_volume,
        all_projects=_EVERY,
    ),
    Listing(
        noun="snapshots",
        service="block-storage",
        version="3",
        path="/snapshots/detail",
        key="snapshots",
        type=SNAPSHOT,
        read=_snapshot,
        all_projects=_EVERY,
    ),
    Listing(
        noun="backups",
        service="block-storage",
        version="3",
        path="/backups/detail",
        key="backups",
        type=BACKUP,
        read=_backup,
        microversion="3.43",  # the first that shows metadata
        all_projects=_EVERY,
    ),
    Listing(
        noun="images",
        service="image",
        version="2",
        path="/images",
        key="images",
        type=IMAGE,
        read=_image,
        own={"owner": "{}"},
    ),
    Listing(
        noun="shares",
        service="shared-file-system",
        version="2",
        path="/shares/detail",
        key="shares",
        type=SHARE,
        read=_share,
        microversion="2.8",  # the first that shows whether it is public
        all_projects=_EVERY,
    ),
    Listing(
        noun="stacks",
        service="orchestration",
        version="1",
        path="/stacks",
        key="stacks",
        type=STACK,
        read=_stack,
        all_projects={"global_tenant": "true"},
    ),
    Listing(
        noun="networks",
        service="network",
        version="2",
        path="/networks",
        key="networks",
        type=NETWORK,
        read=_network,
        own=_OWNED,
    ),
    Listing(
        noun="load balancers",
        service="load-balancer",
        version="2",
        path="/lbaas/loadbalancers",
        key="loadbalancers",
        type=BALANCER,
        read=_balancer,
        own=_OWNED,
    ),
    Listing(
        noun="databases",
        service="database",
        version="1",
        path="/instances",
        key="instances",
        type=DATABASE,
        read=_database,
        all_path="/mgmt/instances",
    ),
    Listing(
        noun="secrets",
        service="key-manager",
        version="1",
        path="/secrets",
        key="secrets",
        type=SECRET,
        read=_secret,
        labels="/secrets/{}/metadata",
        projects=False,
    ),
)
