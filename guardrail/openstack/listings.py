"""What is listed of a cloud, and where each thing stands in its row.

Nothing else is asked for but the labels of containers and secrets.

Source: OpenStack, API references of Nova, Cinder, Glance, Manila, Heat, Neutron,
Octavia, Trove and Barbican, https://docs.openstack.org/api-quick-start/, read
2026-11-22; answers of release 2026.2 of all of them.
"""

from __future__ import annotations

from typing import Any

from guardrail.model import say
from guardrail.openstack.bodies import text
from guardrail.openstack.placed import (
    BACKUP,
    IMAGE,
    NETWORK,
    SERVER,
    SNAPSHOT,
    STACK,
    VOLUME,
)
from guardrail.openstack.rows import Listing, Row, Service

CONTAINER = "openstack_objectstorage_container_v1"
BALANCER = "openstack_lb_loadbalancer_v2"
DATABASE = "openstack_db_instance_v1"
DATABASE_BACKUP = "openstack_db_backup_v1"
SECRET = "openstack_keymanager_secret_v1"  # noqa: S105  # the type of one
SHARE = "openstack_sharedfilesystem_share_v2"
SHARE_SNAPSHOT = "openstack_sharedfilesystem_snapshot_v2"
NOVA = Service("compute", "2.1")
CINDER = Service("block-storage", "3")
GLANCE = Service("image", "2")
MANILA = Service("shared-file-system", "2")
HEAT = Service("orchestration", "1")
NEUTRON = Service("network", "2")
OCTAVIA = Service("load-balancer", "2")
TROVE = Service("database", "1")
BARBICAN = Service("key-manager", "1")


def _properties(image: Row) -> dict[str, Any]:
    """What Glance keeps beside the attributes of an image, and where."""
    stores = [one for one in text(image.get("stores")).split(",") if one]
    shown = {name: value for name, value in image.items() if isinstance(value, str)}
    return {"properties": shown, "store": stores}


_ZONE = {"availability_zone": "availability_zone"}
_EVERY = {"all_tenants": "1"}
_OWNED = {"project_id": "{}"}
_CLUSTERED = {"include_clustered": "true"}
LISTINGS = (
    Listing(
        noun=say("servers"),
        type=SERVER,
        service=NOVA,
        microversion="2.26",  # the first that shows tags
        path="/servers/detail",
        every=_EVERY,
        project="tenant_id",
        labels=("metadata", "tags"),
        areas={"availability_zone": "OS-EXT-AZ:availability_zone"},
        made_of=(
            ("image_id", "image.id"),
            ("block_device.uuid", "os-extended-volumes:volumes_attached.id"),
        ),
        host="OS-EXT-SRV-ATTR:host",
    ),
    Listing(
        noun=say("volumes"),
        type=VOLUME,
        service=CINDER,
        path="/volumes/detail",
        every=_EVERY,
        project="os-vol-tenant-attr:tenant_id",
        labels=("metadata",),
        areas={**_ZONE, "volume_type": "volume_type"},
        made_of=(
            ("snapshot_id", "snapshot_id"),
            ("source_vol_id", "source_volid"),
            ("image_id", "volume_image_metadata.image_id"),
        ),
    ),
    Listing(
        noun=say("snapshots"),
        type=SNAPSHOT,
        service=CINDER,
        path="/snapshots/detail",
        every=_EVERY,
        project="os-extended-snapshot-attributes:project_id",
        labels=("metadata",),
        made_of=(("volume_id", "volume_id"),),
    ),
    Listing(
        noun=say("backups"),
        type=BACKUP,
        service=CINDER,
        microversion="3.43",  # the first that shows metadata
        path="/backups/detail",
        every=_EVERY,
        project="os-backup-project-attr:project_id",
        labels=("metadata",),
        areas=_ZONE,
        made_of=(("volume_id", "volume_id"), ("snapshot_id", "snapshot_id")),
    ),
    Listing(
        noun=say("images"),
        type=IMAGE,
        service=GLANCE,
        path="/images",
        own={"owner": "{}"},
        project="owner",
        labels=("tags",),
        properties=_properties,
        made_of=(
            ("instance_uuid", "instance_uuid"),
            # The disks of a server of which it was made; Nova keeps them as JSON.
            ("block_device_mapping.volume_id", "block_device_mapping.volume_id"),
            ("block_device_mapping.snapshot_id", "block_device_mapping.snapshot_id"),
        ),
        open={"visibility": ("public", "community", "shared")},
    ),
    Listing(
        noun=say("shares"),
        type=SHARE,
        service=MANILA,
        microversion="2.8",  # the first that shows whether it is public
        path="/shares/detail",
        every=_EVERY,
        labels=("metadata",),
        areas={**_ZONE, "share_type": "share_type_name"},
        made_of=(("snapshot_id", "snapshot_id"),),
        open={"is_public": (True,)},
    ),
    Listing(
        noun=say("snapshots of shares"),
        type=SHARE_SNAPSHOT,
        service=MANILA,
        microversion="2.73",  # the first that shows metadata
        path="/snapshots/detail",
        every=_EVERY,
        labels=("metadata",),
        made_of=(("share_id", "share_id"),),
    ),
    Listing(
        noun=say("stacks"),
        type=STACK,
        service=HEAT,
        path="/stacks",
        every={"global_tenant": "true"},
        name="stack_name",
        project="project",
    ),
    Listing(
        noun=say("networks"),
        type=NETWORK,
        service=NEUTRON,
        path="/networks",
        own=_OWNED,
        labels=("tags",),
        areas={
            "availability_zone": "availability_zones",
            "availability_zone_hints": "availability_zone_hints",
        },
        open={"shared": (True,)},
    ),
    Listing(
        noun=say("load balancers"),
        type=BALANCER,
        service=OCTAVIA,
        path="/lbaas/loadbalancers",
        own=_OWNED,
        labels=("tags",),
        areas=_ZONE,
    ),
    Listing(
        noun=say("databases"),
        type=DATABASE,
        service=TROVE,
        path="/instances",
        own=_CLUSTERED,
        every={**_CLUSTERED, "deleted": "false"},
        every_path="/mgmt/instances",
        project="tenant_id",
        made_of=(("replica_of", "replica_of.id"),),
    ),
    Listing(
        noun=say("backups of databases"),
        type=DATABASE_BACKUP,
        service=TROVE,
        path="/backups",
        every={"all_projects": "true"},
        made_of=(("instance_id", "instance_id"), ("parent_id", "parent_id")),
    ),
    Listing(
        noun=say("secrets"),
        type=SECRET,
        service=BARBICAN,
        path="/secrets",
        others=False,
        labels_path="/secrets/{}/metadata",
        id="secret_ref",
        project="",
        labels=("metadata",),
    ),
)
AREAS = (
    Listing(
        noun=say("zones of servers"),
        type="zone",
        service=NOVA,
        path="/os-availability-zone",
        key="availabilityZoneInfo",
        name="zoneName",
    ),
    Listing(
        noun=say("zones of volumes"),
        type="zone",
        service=CINDER,
        path="/os-availability-zone",
        key="availabilityZoneInfo",
        name="zoneName",
    ),
    Listing(
        noun=say("types of volumes"),
        type="volume-type",
        service=CINDER,
        path="/types",
        key="volume_types",
    ),
    Listing(
        noun=say("types of shares"),
        type="share-type",
        service=MANILA,
        microversion="2.7",  # the first that calls them so
        path="/types",
        key="share_types",
    ),
    Listing(
        noun=say("aggregates"),
        type="aggregate",
        service=NOVA,
        path="/os-aggregates",
        key="aggregates",
    ),
)
"""The names of the areas there are; the type is the word of the provider profile."""
