"""Real services behind the filter: sensitive data goes where it may, and nowhere else."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from openstack import exceptions

from tests.openstack.files import put
from tests.openstack.minicloud import Minicloud
from tests.openstack.stacks import ended, stack
from tests.openstack.tenants import ONE_CLOUD, PATIENCE, QUIET, Tenants, fresh
from tests.waiting import until

pytestmark = [pytest.mark.openstack, ONE_CLOUD, QUIET]
REASON = "guardrail: refused"
VERDICT = "Guardrail-Verdict"


def test_a_sensitive_server_goes_to_the_qualified_zone_alone(tenants: Tenants) -> None:
    compute = tenants.connect("sensitive").compute
    for zone in ("standard", None):
        with pytest.raises(exceptions.ForbiddenException, match=REASON):
            compute.create_server(**tenants.server(zone))
    server = compute.create_server(**tenants.server("qualified"))
    server = compute.wait_for_server(server, **PATIENCE)

    assert server.availability_zone == "qualified"


def test_internal_data_goes_anywhere(tenants: Tenants) -> None:
    compute = tenants.connect("internal").compute
    server = compute.create_server(**tenants.server("standard"))

    assert compute.wait_for_server(server, **PATIENCE).status == "ACTIVE"


def test_a_label_on_the_server_counts(tenants: Tenants) -> None:
    compute = tenants.connect("unlabelled").compute
    with pytest.raises(exceptions.ForbiddenException, match="until it can be decided"):
        compute.create_server(**tenants.server("standard"))
    label = {"data_class": "sensitive"}
    with pytest.raises(exceptions.ForbiddenException, match=f"{REASON}. Sensitive"):
        compute.create_server(**tenants.server("standard", metadata=label))
    public = tenants.server("standard", metadata={"data_class": "public"})

    assert compute.create_server(**public).id


def test_what_is_done_to_a_server_is_judged_with_the_server_as_it_is(
    tenants: Tenants,
) -> None:
    compute = tenants.connect("unlabelled").compute
    public = tenants.server("standard", metadata={"data_class": "public"})
    server = compute.create_server(**public)
    server = compute.wait_for_server(server, **PATIENCE)

    compute.reboot_server(server, "SOFT")
    with pytest.raises(exceptions.ForbiddenException, match=REASON):
        compute.set_server_metadata(server, data_class="sensitive")
    labelled = {"metadata": {"data_class": "sensitive"}}
    body = {"rebuild": {"imageRef": tenants.image, **labelled}}
    answer = tenants.post(
        "nova", f"/v2.1/servers/{server.id}/action", "unlabelled", json=body
    )
    assert answer.status_code == 403
    assert compute.get_server(server.id).metadata == {"data_class": "public"}


def test_a_sensitive_volume_goes_to_the_qualified_zone_alone(tenants: Tenants) -> None:
    storage = tenants.connect("sensitive").block_storage
    for place in ({"availability_zone": "standard"}, {}):
        with pytest.raises(exceptions.ForbiddenException, match=REASON):
            storage.create_volume(name="v", size=1, **place)
    volume = storage.create_volume(name="v", size=1, availability_zone="qualified")
    storage.wait_for_status(volume, "available", **PATIENCE)
    snapshot_refused = tenants.post(
        "cinder",
        f"/v3/{tenants.ids['sensitive']}/snapshots",
        "sensitive",
        json={"snapshot": {"volume_id": volume.id}},
    )

    assert snapshot_refused.status_code == 403, "no qualification covers snapshots here"
    storage.extend_volume(volume, 2)


def test_a_sensitive_stack_goes_to_the_qualified_zone_alone(tenants: Tenants) -> None:
    engine = tenants.connect("sensitive").orchestration
    for zone in ("standard", {"get_param": "zone"}):
        with pytest.raises(exceptions.SDKException, match=REASON):
            engine.create_stack(name="no", template=stack(zone), parameters={})
    made = engine.create_stack(
        name=fresh("yes"),
        template=stack({"get_param": "zone"}),
        parameters={"zone": "qualified"},
    )
    found = ended(engine, made.id)

    assert found.status == "CREATE_COMPLETE", found.status_reason


def test_the_calls_of_the_engine_are_judged_too(
    cloud: Minicloud, tenants: Tenants
) -> None:
    """What Heat lets through because nobody knew it, Nova sees resolved."""
    engine = tenants.connect("sensitive").orchestration
    paste = cloud.folder / "etc" / "heat" / "api-paste.ini"
    behind = paste.read_text()
    paste.write_text(behind.replace(" guardrail ", " "))
    cloud.restart("heat")
    try:
        made = engine.create_stack(
            name=fresh("late"), template=stack("standard"), parameters={}
        )
        found = ended(engine, made.id)
        assert found.status == "CREATE_FAILED"
        assert REASON in found.status_reason
    finally:
        paste.write_text(behind)
        cloud.restart("heat")


BAD = {
    "name": "x",
    "flavorRef": "1",
    "availability_zone": "standard",
    "networks": "none",
}


@pytest.mark.parametrize(
    "path",
    [
        "/v2/servers",
        "/v2.1/servers",
        "/v2.1/servers/",
        "/v2.1/{project}/servers",
        "/v2/{project}/servers",
        "/v2.1/%73ervers",
        "/v2.1//servers",
        "/v2.1/servers.json",
        "/v2.1/os-volumes_boot",
    ],
)
def test_no_other_way_leads_to_a_server(tenants: Tenants, path: str) -> None:
    path = path.format(project=tenants.ids["sensitive"])
    answer = tenants.post("nova", path, "sensitive", json={"server": BAD})

    assert answer.status_code == 403
    assert answer.json()["forbidden"]["message"].startswith(REASON)


@pytest.mark.parametrize(
    "how",
    [
        {
            "data": json.dumps({"server": BAD}),
            "headers": {"Content-Type": "text/plain"},
        },
        {"data": iter([json.dumps({"server": BAD}).encode()])},
        {
            "data": b'{"server": {"availability_zone": "qualified"}, "server": '
            + json.dumps(BAD).encode()
            + b"}",
        },
        {"data": json.dumps({"server": BAD}), "headers": {"Content-Encoding": "gzip"}},
        {"data": json.dumps({"server": BAD}).encode("utf-16")},
        {"data": b'{"server": {"x": "' + b"y" * 2_000_000 + b'"}}'},
        {"json": {"server": BAD}, "headers": {"X-HTTP-Method-Override": "GET"}},
    ],
    ids=["text", "chunked", "twice", "gzip", "utf-16", "huge", "override"],
)
def test_no_form_of_a_body_slips_by(tenants: Tenants, how: dict[str, Any]) -> None:
    how.setdefault("headers", {}).setdefault("Content-Type", "application/json")
    before = len(list(tenants.connect("sensitive").compute.servers()))
    answer = tenants.post("nova", "/v2.1/servers", "sensitive", **how)

    assert answer.status_code in {400, 403, 413}, answer.text
    assert len(list(tenants.connect("sensitive").compute.servers())) == before


def test_a_host_that_is_named_beside_a_zone_may_be_in_another(
    tenants: Tenants,
) -> None:
    compute = tenants.connect("sensitive").compute
    with pytest.raises(exceptions.ForbiddenException, match="until it can be decided"):
        compute.create_server(**tenants.server("qualified:standard-host"))


def test_a_zone_that_nobody_asked_for_holds_no_server(tenants: Tenants) -> None:
    """It is labelled where it lies well; the next move could lead anywhere."""
    compute = tenants.connect("internal").compute
    (standard,) = compute.services(binary="nova-compute", host="standard-host")
    compute.disable_service(standard)  # so the scheduler has one place to go to
    try:
        server = compute.create_server(**tenants.server(None))
        server = compute.wait_for_server(server, **PATIENCE)
    finally:
        compute.enable_service(standard)
    assert server.availability_zone == "qualified"
    compute.set_server_metadata(server, data_class="sensitive")
    for action in ({"migrate": None}, {"resize": {"flavorRef": tenants.flavor}}):
        path = f"/v2.1/servers/{server.id}/action"
        assert tenants.post("nova", path, "internal", json=action).status_code == 403


def test_what_is_made_of_labelled_data_is_labelled_and_lies_well(
    tenants: Tenants,
) -> None:
    cloud = tenants.connect("internal")
    storage, compute = cloud.block_storage, cloud.compute
    label = {"data_class": "sensitive"}
    place = {"size": 1, "availability_zone": "qualified"}
    ledger = storage.create_volume(name="ledger", metadata=label, **place)
    storage.wait_for_status(ledger, "available", **PATIENCE)
    for made in (
        {"availability_zone": "standard"},
        {"availability_zone": "standard", "metadata": {"data_class": "public"}},
        {"availability_zone": "standard", "metadata": label},
        {"availability_zone": "qualified"},
    ):
        with pytest.raises(exceptions.ForbiddenException):
            storage.create_volume(size=1, source_volume_id=ledger.id, **made)
    copy = storage.create_volume(source_volume_id=ledger.id, metadata=label, **place)
    assert copy.id

    disks = [{"source_type": "volume", "destination_type": "volume",
              "uuid": ledger.id, "boot_index": 0}]  # fmt: skip
    with pytest.raises(exceptions.ForbiddenException, match=REASON):
        compute.create_server(**tenants.server("standard", block_device_mapping=disks))
    server = compute.create_server(**tenants.server("standard"))
    server = compute.wait_for_server(server, **PATIENCE)
    with pytest.raises(exceptions.ForbiddenException, match=REASON):
        compute.create_volume_attachment(server, volume_id=ledger.id)


def test_an_image_hands_its_label_on(tenants: Tenants) -> None:
    image = tenants.connect("admin").image.create_image(
        name="payroll", data=b"x", disk_format="raw", container_format="bare",
        visibility="public", data_class="internal",
    )  # fmt: skip
    compute = tenants.connect("unlabelled").compute
    asked = {**tenants.server("qualified"), "image_id": image.id}
    with pytest.raises(exceptions.ForbiddenException, match="label the copy"):
        compute.create_server(**asked, metadata={"data_class": "public"})
    assert compute.create_server(**asked, metadata={"data_class": "internal"}).id


def test_images_and_networks_pass_through_their_filters(tenants: Tenants) -> None:
    refused = tenants.post(
        "neutron",
        "/v2.0/networks",
        "internal",
        json={"network": {"name": "n", "tags": ["data_class=sensitive"]}},
    )
    assert refused.status_code == 403
    assert REASON in refused.json()["NeutronError"]["message"]
    plain = tenants.post(
        "neutron", "/v2.0/networks", "internal", json={"network": {"name": "n"}}
    )
    assert plain.status_code == 201
    assert plain.headers[VERDICT] == "allow; mode=enforce"
    image = tenants.connect("sensitive").image
    with pytest.raises(exceptions.ForbiddenException, match=REASON):
        image.create_image(name="i", disk_format="raw", container_format="bare")
    image = tenants.connect("internal").image
    made = image.create_image(
        name="i", data=b"x", disk_format="raw", container_format="bare"
    )
    assert image.get_image(made.id).status == "active"


def test_the_client_of_the_command_line_prints_the_reason(
    cloud: Minicloud, tenants: Tenants
) -> None:
    done = subprocess.run(
        [
            cloud.venv / "bin" / "openstack", "--os-cloud", "minicloud",
            "--os-project-name", "sensitive", "server", "create", "--image",
            tenants.image, "--flavor", tenants.flavor, "--network", tenants.network,
            "--availability-zone", "standard", "s",
        ],
        env={"OS_CLIENT_CONFIG_FILE": str(cloud.files.clouds)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert REASON in done.stderr
    assert "Qualified in this cloud: zone qualified." in done.stderr


def test_an_observer_lets_through_and_is_seen(
    cloud: Minicloud, tenants: Tenants
) -> None:
    tenants.let_observe()
    body = {"volume": {"size": 1, "availability_zone": "standard"}}
    path = f"/v3/{tenants.ids['sensitive']}/volumes"
    answer = tenants.post("cinder", path, "sensitive", json=body)

    assert answer.status_code == 202
    assert answer.headers[VERDICT] == "deny; mode=observe"
    assert '"mode": "observe"' in cloud.log("cinder", "<frozen", "uwsgi")


def test_a_label_that_changes_in_keystone_counts_at_once(
    cloud: Minicloud, tenants: Tenants
) -> None:
    identity = tenants.connect("admin").identity
    name = fresh("later")
    project = identity.create_project(name=name, domain_id="default")
    user = identity.find_user("admin", domain_id="default", ignore_missing=False)
    identity.assign_project_role_to_user(
        project, user, identity.find_role("admin", ignore_missing=False)
    )
    path, body = (
        f"/v3/{project.id}/volumes",
        {"volume": {"size": 1, "availability_zone": "standard"}},
    )

    assert tenants.post("cinder", path, name, json=body).status_code == 403
    identity.update_project(project, tags=["data_class=internal"])
    until(
        lambda: tenants.post("cinder", path, name, json=body).status_code == 202,
        "the label counts",
    )


def test_when_labels_cannot_be_read_nothing_is_let_through(
    cloud: Minicloud, tenants: Tenants
) -> None:
    def status() -> int:
        return tenants.probe("cinder", "internal").status_code

    whole = cloud.files.clouds.read_text()
    put(cloud.files.clouds, whole.replace(cloud.auth_url, "http://127.0.0.1:9/v3"))
    until(lambda: status() == 503, "no label can be read")
    cloud.files.restore()
    until(lambda: status() == 400, "labels can be read again")


def test_a_broken_file_keeps_what_is_in_force_and_is_told(
    cloud: Minicloud, tenants: Tenants
) -> None:
    put(cloud.folder / "guardrail" / "admission.yaml", "mode: [")

    def told() -> bool:
        assert tenants.refused("cinder")
        return "in-force.kept" in cloud.log("cinder", "<frozen", "uwsgi")

    until(told, "what is wrong with the file is told")
