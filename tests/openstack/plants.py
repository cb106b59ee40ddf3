"""What a cloud may hold that was there before the filter, for a review to find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.openstack.minicloud import Minicloud
from tests.openstack.tenants import (
    PATIENCE,
    Tenants,
    connection,
    fresh,
)

_BACKUP = (
    "insert into cinder.backups (created_at, updated_at, deleted, id, volume_id, user_id,"
    " project_id, host, availability_zone, display_name, status, size, service, container,"
    " num_dependent_backups, object_count) values (now(), now(), 0, uuid(), '{volume}',"
    " 'u', '{project}', 'h', 'standard', '{name}', 'available', 1, 'swift', 'c', 0, 1)"
)
_GONE = "update cinder.backups set deleted = 1 where display_name = '{name}'"
_DATABASE_BACKUP = (
    "insert into trove.backups (id, name, tenant_id, state, instance_id, deleted, created,"
    " updated) values (uuid(), '{name}', '{project}', 'COMPLETED', '{instance}', 0, now(),"
    " now())"
)
"""No service makes backups here, so they are planted where the services keep them."""
_ZONES = (
    "insert ignore into manila.availability_zones (id, name, deleted) values"
    " ('z-1', 'standard', 'False'), ('z-2', 'qualified', 'False')"
)
_AVAILABLE = "update manila.share_instances set status = 'available'"
_SENSITIVE = {"data_class": "sensitive"}


@contextmanager
def planted(cloud: Minicloud, tenants: Tenants) -> Iterator[dict[str, str]]:
    """By what it is, the name of what is planted; servers and volumes are taken away."""
    tenants.let_observe()
    names: dict[str, str] = {}
    with _servers(cloud, tenants, names), _volumes(cloud, tenants, names):
        _shares(cloud, tenants, names)
        _databases(cloud, tenants, names)
        _others(cloud, tenants, names)
        tenants.restore()
        yield names


@contextmanager
def _servers(
    cloud: Minicloud, tenants: Tenants, names: dict[str, str]
) -> Iterator[None]:
    names["server"], names["image"] = fresh("mail"), fresh("image")
    compute = tenants.connect("sensitive").compute
    stated = tenants.server("standard") | {"name": names["server"]}
    server = compute.wait_for_server(compute.create_server(**stated), **PATIENCE)
    compute.create_server_image(server, names["image"])
    admin = connection(cloud).image
    (image,) = admin.images(name=names["image"])
    admin.update_image(image, visibility="public")
    yield
    compute.delete_server(server)
    admin.delete_image(image)


@contextmanager
def _volumes(
    cloud: Minicloud, tenants: Tenants, names: dict[str, str]
) -> Iterator[None]:
    storage = tenants.connect("unlabelled").block_storage
    names["volume"], names["kept"] = fresh("loose"), fresh("archive")
    volumes = [
        storage.create_volume(
            name=names["volume"], size=1, availability_zone="standard"
        ),
        storage.create_volume(
            name=names["kept"],
            size=1,
            availability_zone="qualified",
            metadata=_SENSITIVE,
        ),
    ]
    for one in volumes:
        storage.wait_for_status(one, "available", **PATIENCE)
    names["backup"] = fresh("backup")
    cloud.database.ask(
        _BACKUP.format(
            volume=volumes[1].id,
            project=tenants.ids["unlabelled"],
            name=names["backup"],
        )
    )
    yield
    cloud.database.ask(_GONE.format(name=names["backup"]))
    for one in volumes:
        storage.delete_volume(one)


def _shares(cloud: Minicloud, tenants: Tenants, names: dict[str, str]) -> None:
    """Shares in both zones, and a snapshot of one."""
    cloud.database.ask(_ZONES)
    admin = connection(cloud).shared_file_system
    specs = {"driver_handles_share_servers": "false", "snapshot_support": "true"}
    kind = {"name": "standard", "extra_specs": specs}
    _sent(admin.post("/types", json={"share_type": kind}, microversion="2.7"))
    shares = tenants.connect("unlabelled").shared_file_system
    ids: dict[str, str] = {}
    for what, zone in (("share", "standard"), ("kept share", "qualified")):
        names[what] = fresh("files")
        stated = {
            "name": names[what], "share_proto": "NFS", "size": 1,
            "availability_zone": zone, "metadata": _SENSITIVE, "is_public": True,
        }  # fmt: skip
        made = shares.post("/shares", json={"share": stated}, microversion="2.8")
        ids[what] = _sent(made)["share"]["id"]
    cloud.database.ask(_AVAILABLE)  # no service takes them up
    names["kept snapshot"] = fresh("yesterday")
    stated = {"name": names["kept snapshot"], "share_id": ids["kept share"]}
    _sent(shares.post("/snapshots", json={"snapshot": stated}, microversion="2.8"))


def _databases(cloud: Minicloud, tenants: Tenants, names: dict[str, str]) -> None:
    """A database in a project that is sensitive, and its backup in one that is not."""
    manage = partial(cloud.manage, "trove-manage", "trove/trove.conf")
    manage("datastore_update", "mysql", "")
    manage("datastore_version_update", "mysql", "8", "mysql", tenants.image, "", "1")
    names["database"], names["database backup"] = fresh("base"), fresh("dump")
    stated = {
        "name": names["database"], "flavorRef": tenants.flavor, "volume": {"size": 1},
        "datastore": {"type": "mysql", "version": "8"},
        "nics": [{"net-id": tenants.network}],
    }  # fmt: skip
    databases = tenants.connect("sensitive").database
    made = _sent(databases.post("/instances", json={"instance": stated}))
    cloud.database.ask(
        _DATABASE_BACKUP.format(
            name=names["database backup"],
            project=tenants.ids["unlabelled"],
            instance=made["instance"]["id"],
        )
    )


def _others(cloud: Minicloud, tenants: Tenants, names: dict[str, str]) -> None:
    """Containers, load balancers, secrets."""
    labelled, plain = tenants.connect("sensitive"), tenants.connect("unlabelled")
    names["container"], names["tapes"] = fresh("mails"), fresh("tapes")
    shown = {"X-Container-Meta-Data-Class": "sensitive", "X-Container-Read": ".r:*"}
    plain.object_store.put(f"/{names['container']}", headers=shown)
    labelled.object_store.put(f"/{names['tapes']}")
    names["balancer"], names["plain balancer"] = fresh("front"), fresh("front")
    for what, tags in (("balancer", ["data_class=sensitive"]), ("plain balancer", [])):
        subnet = next(plain.network.subnets(network_id=tenants.network))
        plain.load_balancer.create_load_balancer(
            name=names[what], vip_subnet_id=subnet.id, tags=tags
        )
    names["secret"], names["plain secret"] = fresh("key"), fresh("key")
    keys = {"secret": connection(cloud), "plain secret": labelled}
    for what, at in keys.items():
        secret = at.key_manager.create_secret(
            name=names[what], payload="hunter2", payload_content_type="text/plain"
        )
        if what == "secret":
            path = f"/secrets/{secret.id.rpartition('/')[2]}/metadata"
            _sent(at.key_manager.put(path, json={"metadata": _SENSITIVE}))


def _sent(answer: Any) -> Any:
    assert answer.ok, answer.text
    return answer.json()
