from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.inputs.openstack import exports
from guardrail.inputs.source import Source
from guardrail.model import Change, Known, Stack, Unknown

SERVER = {
    "ID": "1", "Name": "web", "Status": "ACTIVE", "Networks": "n", "Image": "i", "Flavor": "f"
}  # fmt: skip


def export(document: object) -> Stack:
    return read(json.dumps(document).encode(), path="x.json")


def metadata(found: Stack) -> Any:
    return found.resources[0].attributes.pick(("metadata",)).get("metadata")


@pytest.mark.parametrize(
    ("columns", "type_"),
    [
        ("ID,Name,Status,Networks,Image,Flavor", "openstack_compute_instance_v2"),
        (
            "ID,Name,Status,Task State,Networks,Flavor Name",
            "openstack_compute_instance_v2",
        ),
        ("id,name,addresses,flavor,image,status", "openstack_compute_instance_v2"),
        ("ID,Name,Status,Size,Attached to", "openstack_blockstorage_volume_v3"),
        ("attachments,id,name,size,volume_type", "openstack_blockstorage_volume_v3"),
        ("ID,Name,Description,Status,Size", "openstack_blockstorage_snapshot_v3"),
        ("id,name,size,volume_id,status", "openstack_blockstorage_snapshot_v3"),
        (
            "ID,Name,Description,Status,Size,Incremental",
            "openstack_blockstorage_backup_v3",
        ),
        (
            "id,name,size,volume_id,object_count,container",
            "openstack_blockstorage_backup_v3",
        ),
        ("ID,Name,Size,Share Proto,Status", "openstack_sharedfilesystem_share_v2"),
        ("ID,Stack Name,Stack Status", "openstack_orchestration_stack_v1"),
        ("ID,Name,Status", "openstack_images_image_v2"),
        ("id,name,disk_format,container_format", "openstack_images_image_v2"),
        ("Name", "openstack_objectstorage_container_v1"),
        ("Name,Bytes,Count", "openstack_objectstorage_container_v1"),
        ("account,container,object_count", "openstack_objectstorage_container_v1"),
        (
            "id,name,project_id,vip_address,provisioning_status",
            "openstack_lb_loadbalancer_v2",
        ),
        ("ID,Name,Datastore", "openstack_db_instance_v1"),
        (
            "uuid,name,keypair,node_count,master_count",
            "openstack_containerinfra_cluster_v1",
        ),
        ("Secret href,Name,Status", "openstack_keymanager_secret_v1"),
        ("ID,Name,Subnets", "openstack_networking_network_v2"),
    ],
)
def test_an_export_is_known_by_its_columns(columns: str, type_: str) -> None:
    row = dict.fromkeys(columns.split(","), "x")
    for document in ([row], row):
        if document is row and columns == "Name":
            continue
        [resource] = export(document).resources

        assert resource.type == type_
        assert resource.change is Change.NO_OP


def test_what_a_stack_holds_has_the_types_of_its_template() -> None:
    row = {
        "resource_name": "data", "physical_resource_id": "x", "updated_time": "t",
        "resource_type": "OS::Cinder::Volume", "resource_status": "CREATE_COMPLETE",
    }  # fmt: skip
    found = export([row])

    assert found.resources[0].type == "OS::Cinder::Volume"
    assert found.resources[0].address == "stack_resource.data"
    assert found.origin.producer == "openstack stack resource"


@pytest.mark.parametrize(
    "properties",
    [{"data_class": "public"}, "data_class='public'", "data_class='public', a='b, c'"],
)
def test_labels_are_read_in_the_form_of_any_client(properties: object) -> None:
    found = metadata(export([{**SERVER, "Properties": properties}]))

    assert isinstance(found, Known)
    assert found.value["data_class"] == "public"


@pytest.mark.parametrize(
    "more", [{}, {"Tags": ["x"]}, {"Properties": "odd"}, {"Properties": 5}]
)
def test_labels_that_were_not_exported_are_unknown(more: dict[str, object]) -> None:
    found = metadata(export([{**SERVER, **more}]))

    assert isinstance(found, Unknown)
    assert "--long" in found.remedy


def test_no_labels_are_none() -> None:
    nothing: tuple[object, ...] = ({}, None)
    for empty in nothing:
        found = metadata(export([{**SERVER, "Properties": empty}]))

        assert not isinstance(found, Unknown)


def test_names_may_repeat_or_be_missing_and_zones_are_kept() -> None:
    rows = [SERVER, SERVER, {**SERVER, "Name": "", "ID": ""}]
    found = export([{**one, "Availability Zone": "az"} for one in rows])

    assert [one.address for one in found.resources] == [
        "server.web",
        "server.web[1]",
        "server.[2]",
    ]
    zone = (
        found.resources[0]
        .attributes.pick(("availability_zone",))
        .get("availability_zone")
    )
    assert isinstance(zone, Known)
    assert [gap.id for gap in found.gaps] == ["existing"]


@pytest.mark.parametrize(
    "document",
    [[], [{"a": 1}], [SERVER, {"Name": "x"}], [1], {"id": "x"}, [[SERVER]]],
)
def test_what_is_no_export_is_refused(document: object) -> None:
    with pytest.raises(InputError, match="not a plan"):
        export(document)


def test_an_export_is_read_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="array"):
        read(b'[{"Name": "a", "Name": "b"}]', path="x")
    with pytest.raises(InputError, match="array"):
        read(b'[{"Name": "a"', path="x")
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    with pytest.raises(InputError, match="array"):
        read(b'[{"Name": "a"}, {"Name": "b"}]', path="x")


def test_columns_of_nothing_that_is_known_are_refused() -> None:
    source = Source(path="p", sha256="", members={}, content=b'[{"a": 1}]')

    with pytest.raises(InputError, match="columns"):
        exports.read(source)


def test_no_row_hides_another_whatever_it_is_called() -> None:
    names = ["a", "a[2]", "a", "a[2]", "", "", "."]

    found = export([{**SERVER, "ID": "", "Name": name} for name in names])

    assert len({one.address for one in found.resources}) == len(names)


def test_a_column_that_is_stated_in_two_ways_is_refused() -> None:
    row = {**SERVER, "Availability Zone": "a", "availability_zone": "b"}

    with pytest.raises(InputError, match="twice"):
        export([row])
