from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from guardrail.cli import main
from guardrail.errors import ConfigurationError, InputError
from guardrail.openstack.asking import Asking, UnansweredError
from guardrail.openstack.cloud import Cloud, configured
from guardrail.openstack.inventory import Inventory, Taking
from guardrail.openstack.read_only import ReadOnlyError, read_only
from guardrail.openstack.rows import Seen
from tests.unit.openstack.made import OWN_CLOUD
from tests.unit.openstack.replay import KEYSTONE, Replay, replayed

pytestmark = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning", "ignore::DeprecationWarning"
)
OWN = "b4546789ebd44af2aca248d6a27bfdb9"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Replay:
    return replayed(monkeypatch, tmp_path)


class Said(NamedTuple):
    code: int
    document: Any
    text: str

    def verdicts(self) -> dict[str, str]:
        return {
            one["address"].removeprefix("project."): one["verdict"]
            for one in self.document["resources"]
        }

    def notes(self, id_: str) -> list[str]:
        return [one["message"] for one in self.document["notes"] if one["id"] == id_]


Ask = Callable[..., Said]


@pytest.fixture
def ask(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Ask:
    (tmp_path / "organisation.yaml").write_text(OWN_CLOUD)

    def asked(*words: str, cloud: str = "minicloud") -> Said:
        code = main(
            [
                "review", "openstack", "--os-cloud", cloud, "--as-of", "2026-11-22",
                "--config", str(tmp_path / "organisation.yaml"), "--format", "json",
                *words,
            ]
        )  # fmt: skip
        out, err = capfdbinary.readouterr()
        return Said(code, json.loads(out) if out else None, (out + err).decode())

    return asked


def taken(*, everything: bool = True, seconds: float = 60, **how: Any) -> Inventory:
    cloud = Cloud(configured("minicloud", None), seconds, **how)
    return Taking(cloud, lambda _what: None, everything=everything).taken()


def messages(found: Inventory) -> list[str]:
    return [gap.message for gap in found.gaps if gap.blocks]


# --- what a real cloud holds


def test_what_was_planted_is_found(cloud: Replay, ask: Ask) -> None:
    said = ask("--all-projects")
    verdicts = said.verdicts()
    assert said.code == 10
    denied = {address for address, verdict in verdicts.items() if verdict == "deny"}
    assert denied == {
        "sensitive.openstack_blockstorage_snapshot_v3.ledger-snap",
        "sensitive.openstack_blockstorage_volume_v3.ledger",
        "sensitive.openstack_compute_instance_v2.mail",
        "unlabelled.openstack_blockstorage_backup_v3.archive-backup",
        "unlabelled.openstack_blockstorage_volume_v3.disk",
        # Nova copied `data_class: public` from the image of the server.
        "sensitive.openstack_images_image_v2.mail-image",
        "unlabelled.openstack_images_image_v2.payroll-image",
    }
    assert verdicts["unlabelled.openstack_blockstorage_volume_v3.loose"] == "review"
    assert verdicts["sensitive.openstack_blockstorage_volume_v3.kept"] == "allow"
    assert any("payroll-image" in one for one in said.notes("open"))
    assert not any(one["existing"] for one in said.document["resources"])


def test_nothing_is_asked_but_to_read(cloud: Replay, ask: Ask) -> None:
    ask("--all-projects")
    asked = {method for method, url in cloud.asked if not url.endswith("/auth/tokens")}
    assert asked == {"GET"}
    for headers in cloud.headers:
        assert headers["User-Agent"].startswith("guardrail")


def test_nothing_secret_is_told(cloud: Replay, ask: Ask) -> None:
    kept = json.dumps(list(cloud.answers.values()))
    assert "c2VjcmV0" in kept  # user data, which Nova shows to an administrator
    said = ask("--all-projects")
    for secret in ("c2VjcmV0", "hunter2", "a-token"):
        assert secret not in said.text


def test_one_project_is_asked_for_its_own(cloud: Replay, ask: Ask) -> None:
    said = ask("--service-timeout", "30")
    assert set(said.verdicts()) == {
        "admin.openstack_orchestration_stack_v1.site",
        "admin.openstack_images_image_v2.tiny",
        "admin.openstack_networking_network_v2.shared",
    }
    assert said.code == 0
    assert not any("all_tenants" in url for _method, url in cloud.asked)


def test_services_that_are_not_there_are_noted(cloud: Replay, ask: Ask) -> None:
    said = ask()
    assert "the catalogue has no service for shares (RegionOne)" in said.notes(
        "no-service"
    )
    assert said.notes("elsewhere") == ["services that no review reads: placement"]
    assert "zone of this cloud: qualified, standard" in said.notes("areas")


def test_the_order_of_answers_changes_nothing(cloud: Replay, ask: Ask) -> None:
    first = ask("--all-projects")
    for one in cloud.answers.values():
        body = one["body"]
        if isinstance(body, dict):
            for value in body.values():
                if isinstance(value, list):
                    value.reverse()
    assert ask("--all-projects").document == first.document


# --- what cannot be seen


def test_a_service_that_refuses_fails_or_is_down_is_told(
    cloud: Replay, ask: Ask
) -> None:
    for path, status in (("/volumes/detail", 403), ("/servers/detail", 500)):
        for method, url in list(cloud.answers):
            if path in url:
                cloud.answer(url, {}, status=status, method=method)
    for method, url in list(cloud.answers):
        if "/backups/" in url:
            del cloud.answers[method, url]
    said = ask()
    assert said.code == 11
    assert said.document["inputs"][0]["complete"] is False
    assert said.notes("unseen") == [
        "servers (RegionOne) could not be listed, so they were not judged: "
        "it answers with status 500",
        "volumes (RegionOne) could not be listed, so they were not judged: "
        "it answers with status 403",
        "backups (RegionOne) could not be listed, so they were not judged: "
        "it cannot be reached (ConnectFailure)",
    ]
    assert "hunter2" not in said.text


def test_who_may_not_see_all_sees_his_own_and_is_told(cloud: Replay) -> None:
    found = taken()
    (stacks,) = [one for one in messages(found) if one.startswith("stacks")]
    assert "403" in stacks  # by the default policy of Heat, for anybody
    heat = [url for _method, url in cloud.asked if "/stacks" in url]
    assert [url.partition("?")[2] for url in heat] == ["global_tenant=true", ""]


def test_projects_that_cannot_be_read_are_told(cloud: Replay) -> None:
    cloud.answer(f"{KEYSTONE}/projects", {}, status=403)
    found = taken()
    told = messages(found)
    assert told[0].startswith("projects could not be listed")
    (unread,) = [one for one in told if one.startswith("labels of projects")]
    others = [one.id for one in found.projects if one.id != OWN]
    assert others
    assert all(one in unread for one in others)


def test_the_own_project_keeps_its_labels_where_others_cannot_be_read(
    cloud: Replay,
) -> None:
    cloud.answer(f"{KEYSTONE}/projects", {}, status=403)
    assert any(one.name == "admin" for one in taken().projects)


def test_who_administers_nothing_is_told_that_he_may_see_his_own_alone(
    cloud: Replay,
) -> None:
    token: Any = cloud.answers["POST", f"{KEYSTONE}/auth/tokens"]["body"]["token"]
    token["roles"] = [{"id": "r", "name": "reader"}]
    volumes = cloud.url("/volumes/detail?all")
    rows = cloud.answers["GET", volumes]["body"]["volumes"]
    why = "none is shown, and the credentials have no role `admin`"
    assert not any(why in one for one in messages(taken()) if "volumes" in one)
    for row in rows:
        row["os-vol-tenant-attr:tenant_id"] = OWN
    (told,) = [one for one in messages(taken()) if why in one and "volumes" in one]
    assert told.startswith("volumes of other projects (RegionOne) could not be listed")


def test_things_that_nobody_is_said_to_have_are_told(cloud: Replay, ask: Ask) -> None:
    (row,) = cloud.answers["GET", cloud.url("/backups/detail?all")]["body"]["backups"]
    del row["os-backup-project-attr:project_id"]
    said = ask("--all-projects")
    assert "-.openstack_blockstorage_backup_v3.archive-backup" in said.verdicts()
    (told,) = said.notes("projects-unseen")
    assert told == "whose they are is not shown: backups (RegionOne)"


@pytest.mark.parametrize("body", [{}, {"project": {"id": OWN, "name": "admin"}}])
def test_a_project_without_its_labels_is_told(cloud: Replay, body: object) -> None:
    cloud.answer(f"{KEYSTONE}/projects/{OWN}", body)
    assert any("projects could not" in one for one in messages(taken(everything=False)))


@pytest.mark.parametrize(
    "body", [b"<html>", b"[" * 99_999, [], {}, {"servers": {}}, {"servers": ["x"]}]
)
def test_an_answer_that_is_no_list_is_told(cloud: Replay, body: object) -> None:
    cloud.answer(cloud.url("/servers/detail?all"), body)
    assert any("servers (" in one for one in messages(taken()))


def test_areas_that_are_refused_are_not_missed_and_those_that_fail_are(
    cloud: Replay,
) -> None:
    cloud.answer(cloud.url("/os-aggregates"), {}, status=403)
    cloud.answer(cloud.url("/types"), {}, status=500)
    found = taken()
    assert found.areas == {"zone": ("qualified", "standard")}
    told = [one for one in messages(found) if not one.startswith("stacks")]
    assert [one.partition(" (")[0] for one in told] == ["types of volumes"]


def test_a_cloud_without_aggregates_says_nothing_of_them(
    cloud: Replay, ask: Ask
) -> None:
    cloud.answer(cloud.url("/os-aggregates"), {"aggregates": []})
    assert not any("aggregate" in one for one in ask().notes("areas"))


def test_what_is_made_of_something_gone_stands_alone(cloud: Replay, ask: Ask) -> None:
    url = cloud.url("/backups/detail?all")
    (backup,) = cloud.answers["GET", url]["body"]["backups"]
    backup["volume_id"] = "deleted"
    verdicts = ask("--all-projects").verdicts()
    name = "unlabelled.openstack_blockstorage_backup_v3.archive-backup"
    assert verdicts[name] == "review"  # nobody knows what it holds


def test_a_slow_service_ends_its_budget(cloud: Replay) -> None:
    ticks = iter(range(0, 100_000, 40))
    found = taken(clock=lambda: float(next(ticks)), seconds=30)
    late = [one for one in messages(found) if "not read to its end in 30 s" in one]
    assert len(late) > 5


# --- pages


def paged(cloud: Replay, **following: Any) -> list[str]:
    row = {"id": "1", "name": "one", "status": "active", "tags": []}
    images = "http://glance.cloud.example/v2/images"
    cloud.answer(images, {"images": [row], **following})
    more = {"images": [{**row, "id": "2", "name": "two"}]}
    cloud.answer(f"{images}?marker=1", more)
    return [one.seen.name for one in taken().things if "images" in one.type]


@pytest.mark.parametrize(
    "following",
    [
        {"next": "/v2/images?marker=1"},
        {"next": "http://evil.example/steal?marker=1"},
        {"images_links": [{"rel": "next", "href": "http://x/?marker=1"}]},
        {"of_images_links": [{"rel": "next", "href": "http://x/?marker=1"}]},
        {"links": [{"rel": "next", "href": "http://x/?marker=1"}]},
        {"links": {"next": "http://x/?marker=1", "self": "http://x/"}},
    ],
)
def test_every_page_is_read_and_no_link_leads_away(
    cloud: Replay, following: dict[str, Any]
) -> None:
    assert paged(cloud, **following) == ["one", "two"]
    assert not any("evil" in url for _method, url in cloud.asked)


@pytest.mark.parametrize(
    "following", [{"next": None}, {"links": [{"rel": "self", "href": "?marker=1"}, 1]}]
)
def test_a_list_without_a_next_page_ends(
    cloud: Replay, following: dict[str, Any]
) -> None:
    assert paged(cloud, **following) == ["one"]


def test_a_list_that_never_ends_is_told(cloud: Replay) -> None:
    images = "http://glance.cloud.example/v2/images"
    body = {"images": [{"id": "1", "name": "one"}], "next": "/v2/images?marker=1"}
    for url in (images, f"{images}?marker=1"):
        cloud.answer(url, body)
    assert any("does not come to its end" in one for one in messages(taken()))


def test_a_list_that_is_cut_off_is_told(cloud: Replay) -> None:
    projects = cloud.answers["GET", f"{KEYSTONE}/projects"]["body"]
    projects["truncated"] = True
    assert any("does not come to its end" in one for one in messages(taken()))


# --- services that the recorded cloud does not have, by their API references


def test_shares_balancers_databases_and_secrets_are_read(cloud: Replay) -> None:
    for kind, url in (
        ("sharev2", "http://manila.example/v2"),
        ("load-balancer", "http://octavia.example"),
        ("database", "http://trove.example/v1"),
        ("key-manager", "http://barbican.example"),
    ):
        cloud.serve(kind, url)
    cloud.answer(
        "http://manila.example/v2/shares/detail?all_tenants=1",
        {"shares": [{
            "id": "s", "name": "files", "project_id": OWN, "metadata": {"a": "b"},
            "availability_zone": "standard", "is_public": True,
            "share_type_name": "slow",
        }]},
    )  # fmt: skip
    cloud.answer("http://manila.example/v2/types", {"share_types": []})
    cloud.answer(
        "http://manila.example/v2/snapshots/detail?all_tenants=1",
        {"snapshots": [
            {"id": "t", "name": "yesterday", "project_id": OWN, "share_id": "s"}
        ]},
    )  # fmt: skip
    cloud.answer(
        "http://octavia.example/v2/lbaas/loadbalancers",
        {
            "loadbalancers": [
                {"id": "l", "name": "front", "project_id": OWN, "tags": []}
            ]
        },
    )
    cloud.answer(
        "http://trove.example/v1/mgmt/instances?include_clustered=true&deleted=false",
        {"instances": [
            {"id": "d", "name": "main", "tenant_id": OWN},
            {"id": "e", "name": "copy", "tenant_id": OWN, "replica_of": {"id": "d"}},
        ]},
    )  # fmt: skip
    cloud.answer(
        "http://trove.example/v1/backups?all_projects=true",
        {"backups": [
            {"id": "b", "name": "kept", "project_id": OWN, "instance_id": "d"}
        ]},
    )  # fmt: skip
    for host, version, path in (("octavia", "v2.0", "v2"), ("barbican", "v1", "v1/")):
        link = {"rel": "self", "href": f"http://{host}.example/{path}"}
        version_ = {"id": version, "status": "CURRENT", "links": [link]}
        cloud.answer(f"http://{host}.example/", {"versions": [version_]})
    secret = "http://barbican.example/v1/secrets"
    rows = [{"name": name, "secret_ref": f"{secret}/{name}"} for name in ("k", "l")]
    cloud.answer(secret, {"secrets": rows})
    cloud.answer(f"{secret}/k/metadata", {"metadata": {"data_class": "internal"}})
    cloud.answer(f"{secret}/l/metadata", {}, status=403)  # its creator's alone
    found = taken()
    seen = {one.seen.name: one.seen for one in found.things}
    assert seen["files"].open
    assert seen["files"].attributes["share_type"] == "slow"
    assert seen["yesterday"].links == (("share_id", "s"),)
    assert seen["kept"].links == (("instance_id", "d"),)
    assert seen["front"].unknown == frozenset()
    assert seen["copy"].links == (("replica_of", "d"),)
    assert seen["k"].attributes == {"metadata": {"data_class": "internal"}}
    assert (seen["k"].id, seen["k"].project) == ("k", OWN)
    assert seen["l"].unknown == {"metadata"}
    assert not any("payload" in url for _method, url in cloud.asked)
    assert any("secrets (RegionOne) of other" in one for one in messages(found))
    del cloud.answers["GET", f"{secret}/l/metadata"]
    assert any("secrets (RegionOne) could not" in one for one in messages(taken()))


@pytest.fixture
def swift(cloud: Replay) -> str:
    """The account of the credentials' project, with one container; others are empty."""
    account = f"http://swift.example/v1/AUTH_{OWN}"
    cloud.serve("object-store", account)
    for one in cloud.answers["GET", f"{KEYSTONE}/projects"]["body"]["projects"]:
        cloud.answer(f"{account.replace(OWN, one['id'])}/?format=json", [])
    cloud.answer(f"{account}/?format=json", [{"name": "web/site"}])
    cloud.answer(f"{account}/?format=json&marker=web%2Fsite", [])
    cloud.answer(
        f"{account}/web%2Fsite",
        method="HEAD",
        headers={
            "X-Container-Meta-Data-Class": "public",
            "X-Container-Read": ".r:*",
            "X-Storage-Policy": "gold",
            "X-Container-Sync-To": "//realm/far/AUTH_a/copy",
        },
    )
    return account


def containers(found: Inventory) -> list[Seen]:
    return [one.seen for one in found.things if "objectstorage" in one.type]


def test_containers_are_read_in_the_account_of_each_project(
    cloud: Replay, swift: str
) -> None:
    (container,) = containers(taken())
    assert container.attributes == {
        "metadata": {"data-class": "public"},
        "storage_policy": "gold",
        "container_sync_to": "//realm/far/AUTH_a/copy",
    }
    assert container.open
    accounts = {url for _method, url in cloud.asked if url.endswith("?format=json")}
    assert len(accounts) > 1
    cloud.answer(f"{swift}/web%2Fsite", method="HEAD", status=403)
    (container,) = containers(taken())
    assert container.unknown == {"metadata"}
    del cloud.answers["HEAD", f"{swift}/web%2Fsite"]
    assert any("containers (" in one for one in messages(taken()))


@pytest.mark.parametrize(
    ("acl", "wanted"),
    [
        ("", False),
        (".rlistings", False),
        (f"{OWN}:somebody, {OWN}:*", False),
        (".r:*,.rlistings", True),
        ("*:somebody", True),
        ("other:*", True),
    ],
)
def test_a_container_is_open_to_whom_its_list_of_readers_names(
    cloud: Replay, swift: str, acl: str, *, wanted: bool
) -> None:
    head = f"{swift}/web%2Fsite"
    cloud.answer(head, method="HEAD", headers={"X-Container-Read": acl})
    (container,) = containers(taken())
    assert container.open is wanted


def test_an_account_that_refuses_hides_no_other(cloud: Replay, swift: str) -> None:
    projects = cloud.answers["GET", f"{KEYSTONE}/projects"]["body"]["projects"]
    projects.sort(key=lambda one: one["id"] == OWN)  # the own one comes last
    for one in projects[:-1]:
        url = f"{swift.replace(OWN, one['id'])}/?format=json"
        cloud.answer(url, {}, status=403)
    found = taken()
    assert [one.name for one in containers(found)] == ["web/site"]
    (told,) = [one for one in messages(found) if one.startswith("containers of")]
    assert all(one["name"] in told for one in projects[:-1])


def test_an_address_for_all_accounts_shows_those_of_the_own_project(
    cloud: Replay,
) -> None:
    cloud.serve("object-store", "http://ceph.example/swift/v1")
    cloud.answer("http://ceph.example/swift/v1/?format=json", [])
    (told,) = [one for one in messages(taken()) if one.startswith("containers of")]
    assert told.endswith("its address names no project")
    assert "admin" not in told


def test_an_account_that_is_no_list_is_told(cloud: Replay, swift: str) -> None:
    cloud.answer(f"{swift}/?format=json", {})
    assert any("not the list of the API" in one for one in messages(taken()))


# --- images that Nova makes, and older services


def test_an_image_of_a_volume_backed_server_names_its_disks(cloud: Replay) -> None:
    disks = json.dumps([{"snapshot_id": "s", "volume_id": None}])
    rows = [
        {"id": "1", "name": "one", "block_device_mapping": disks, "stores": "a,b"},
        {"id": "2", "name": "two", "block_device_mapping": "no JSON"},
    ]
    cloud.answer("http://glance.cloud.example/v2/images", {"images": rows})
    one, two = [t.seen for t in taken().things if "images" in t.type]
    assert one.links == (("block_device_mapping.snapshot_id", "s"),)
    assert one.attributes["store"] == ["a", "b"]
    assert one.unknown == {"tags"}
    assert two.links == ()


@pytest.mark.parametrize(
    "written",
    [
        "[" * 60_000,
        "[" * 900 + "]" * 900,
        '{"a":' * 30_000,
        '"\\"x\\""',
        "\ud800",
        "{}",
    ],
)
def test_what_a_tenant_writes_on_an_image_ends_no_review(
    cloud: Replay, written: str
) -> None:
    row = {"id": "1", "name": "one", "block_device_mapping": written}
    cloud.answer("http://glance.cloud.example/v2/images", {"images": [row]})
    (image,) = [one.seen for one in taken().things if "images" in one.type]
    assert image.links == ()


def test_an_old_service_is_asked_by_the_highest_version_it_has(cloud: Replay) -> None:
    url = "http://nova.cloud.example/v2.1/"
    version = cloud.answers["GET", url]["body"]["version"]
    version["version"] = "2.10"
    taken()
    asked = dict(zip(cloud.asked, cloud.headers, strict=True))
    servers = ("GET", cloud.url("/servers/detail?all"))
    assert asked[servers]["OpenStack-API-Version"] == "compute 2.10"
    version["version"] = ""
    cloud.asked.clear()
    cloud.headers.clear()
    taken()
    asked = dict(zip(cloud.asked, cloud.headers, strict=True))
    assert "OpenStack-API-Version" not in asked[servers]


# --- regions


def test_every_region_is_reviewed_where_none_is_stated(
    cloud: Replay, ask: Ask, tmp_path: Path
) -> None:
    images = "http://images.two.example/v2"
    cloud.serve("image", images, region="Two")
    cloud.serve("identity", KEYSTONE, region="Two")
    cloud.answer(
        f"{images}/images", {"images": [{"id": "i", "name": "far", "tags": []}]}
    )
    said = ask("--all-projects")
    assert said.notes("elsewhere")[0] == "regions that were not reviewed: Two"
    file = tmp_path / "clouds.yaml"
    file.write_text(file.read_text().replace("region_name: RegionOne", ""))
    addresses = [one["address"] for one in ask("--all-projects").document["resources"]]
    assert "region.Two.project.-.openstack_images_image_v2.far" in addresses
    assert all(one.startswith("region.") for one in addresses)


def test_what_is_made_of_something_in_another_region_is_as_sensitive(
    cloud: Replay, ask: Ask, tmp_path: Path
) -> None:
    images = "http://images.two.example/v2"
    cloud.serve("image", images, region="Two")
    image = {"id": "far-1", "name": "far", "tags": ["data_class=sensitive"]}
    cloud.answer(f"{images}/images", {"images": [image]})
    for row in cloud.answers["GET", cloud.url("/volumes/detail?all")]["body"][
        "volumes"
    ]:
        if row["name"] == "loose":
            row["volume_image_metadata"] = {"image_id": "far-1"}
    name = "region.RegionOne.project.unlabelled.openstack_blockstorage_volume_v3.loose"
    file = tmp_path / "clouds.yaml"
    file.write_text(file.read_text().replace("region_name: RegionOne", ""))
    (found,) = [
        one
        for one in ask("--all-projects").document["resources"]
        if one["address"] == name
    ]
    assert found["verdict"] == "deny"
    assert any("far" in str(one) for one in found["class_because"])


def test_one_keystone_may_serve_the_regions(
    cloud: Replay, ask: Ask, tmp_path: Path
) -> None:
    cloud.serve("image", "http://images.two.example/v2", region="Two")
    cloud.answer("http://images.two.example/v2/images", {"images": []})
    file = tmp_path / "clouds.yaml"
    file.write_text(file.read_text().replace("RegionOne", "Two"))
    said = ask("--all-projects")
    assert not any("projects" in one for one in said.notes("unseen"))


def test_a_region_that_is_not_there_is_no_green(
    cloud: Replay, ask: Ask, tmp_path: Path
) -> None:
    assert ask("--os-region", "Elsewhere").code == 2  # the entry is of one region
    file = tmp_path / "clouds.yaml"
    file.write_text(file.read_text().replace("region_name: RegionOne", ""))
    said = ask("--os-region", "Elsewhere")
    assert said.code == 3
    assert "no such region" in said.text


def test_a_service_of_another_interface_is_told(cloud: Replay) -> None:
    for service in cloud.catalogue():
        if service["type"] == "compute":
            service["endpoints"] = [
                one for one in service["endpoints"] if one["interface"] != "public"
            ] or [{**service["endpoints"][0], "interface": "internal"}]
    assert any("servers (" in one for one in messages(taken()))


def test_an_account_without_an_address_is_told(cloud: Replay) -> None:
    cloud.serve("object-store", "http://swift.example/v1")
    cloud.catalogue()[-1]["endpoints"][0]["interface"] = "internal"
    for _ in range(2):  # whosever account is asked for first
        assert any("containers (" in one for one in messages(taken()))
        cloud.answers["GET", f"{KEYSTONE}/projects"]["body"]["projects"].reverse()


def test_credentials_without_a_catalogue_have_no_address() -> None:
    asking = Asking(Session(auth=NoAuth()), {"service_type": "x"}, 1, lambda: 0.0)
    with pytest.raises(UnansweredError, match="no address"):
        asking.endpoint()


def test_time_that_ends_while_a_service_is_silent_is_told(cloud: Replay) -> None:
    ticks = iter([0.0, 0.0, 0.0, 5.0])
    terms = {"endpoint_override": "http://silent.example"}
    asking = Asking(Session(auth=NoAuth()), terms, 1, lambda: next(ticks))
    with pytest.raises(UnansweredError, match="not read to its end in 1 s"):
        asking.get("/")


# --- names and classes


def test_names_that_are_no_address_give_way_to_ids(cloud: Replay, ask: Ask) -> None:
    row = {"tags": [], "owner": OWN}
    rows = [
        {**row, "id": "i-1", "name": "same"},
        {**row, "id": "i-2", "name": "same"},
        {**row, "id": "i-3", "name": "* \x1b[2J"},
        {**row, "id": "../../x", "name": ""},
        {**row, "id": "i-4", "name": "x" * 300},
    ]
    cloud.answer(cloud.url("/v2/images?owner"), {"images": rows})
    cloud.answer(cloud.url("/networks?project_id"), {"networks": []})
    said = ask()
    names = {one.rpartition(".")[2] for one in said.verdicts()}
    assert {"i-1", "i-2", "i-3", "i-4"} < names
    assert len(names - {"site"}) == 5
    assert "\x1b" not in said.text


def test_a_label_of_a_project_and_the_floor_of_the_organisation_both_hold(
    cloud: Replay, ask: Ask, tmp_path: Path
) -> None:
    image = {"id": "i", "name": "one", "tags": ["data_class=public"], "owner": OWN}
    cloud.answer(cloud.url("/v2/images?owner"), {"images": [image]})
    project = cloud.answers["GET", f"{KEYSTONE}/projects/{OWN}"]["body"]["project"]
    project["tags"] = ["data_class=internal", "data_categories=health", "other", "=x"]
    (found,) = [o for o in ask().document["resources"] if "images" in o["address"]]
    assert (found["class"], found["categories"]) == ("internal", ["health"])
    file = tmp_path / "organisation.yaml"
    floor = 'floor: [{addresses: ["*"], class: personal}]\n'
    file.write_text(OWN_CLOUD + floor)
    (found,) = [o for o in ask().document["resources"] if "images" in o["address"]]
    assert (found["class"], found["categories"]) == ("personal", ["health"])


# --- who may ask


def test_no_token_no_review(cloud: Replay, ask: Ask) -> None:
    cloud.answer(f"{KEYSTONE}/auth/tokens", {}, status=401, method="POST")
    said = ask()
    assert said.code == 3
    assert "gives no token (Unauthorized)" in said.text
    assert "hunter2" not in said.text


def test_credentials_of_no_project_are_refused(cloud: Replay) -> None:
    token = cloud.answers["POST", f"{KEYSTONE}/auth/tokens"]["body"]["token"]
    del token["project"]
    with pytest.raises(InputError, match="for no project"):
        taken()


def test_a_cloud_that_nobody_names_is_a_wrong_command(ask: Ask, tmp_path: Path) -> None:
    assert ask(cloud="none-such").code == 2


def test_an_environment_that_names_no_cloud_is_a_wrong_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    with pytest.raises(ConfigurationError, match="there is no such cloud"):
        configured(None, None)


def test_what_is_not_installed_is_told(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "openstack.config", None)
    with pytest.raises(ConfigurationError, match="not installed"):
        configured("minicloud", None)
    monkeypatch.setitem(sys.modules, "guardrail.openstack.cloud", None)
    said = ask()
    assert said.code == 2
    assert "guardrail[openstack]" in said.text


@pytest.mark.parametrize("words", ["x", "0", "-1", "nan", "1e9"])
def test_a_budget_is_a_time(ask: Ask, words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        ask("--service-timeout", words)
    assert ended.value.code == 2


# --- the session


def _ever() -> float:
    return 60.0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_session_with_a_token_sends_nothing_but_what_reads(
    cloud: Replay, method: str
) -> None:
    session = read_only(configured("minicloud", "RegionOne").get_session(), _ever)
    with pytest.raises(Exception, match=f"{method} is not sent"):
        session.request("http://nova.cloud.example/v2.1/servers", method)
    assert method not in [one for one, url in cloud.asked if "servers" in url]


def test_what_a_secret_holds_is_not_fetched(cloud: Replay) -> None:
    plain = read_only(Session(), _ever).session
    for url in (
        "http://b.example/v1/secrets/k/payload",
        "http://b.example/payload/?a=b",
    ):
        with pytest.raises(ReadOnlyError, match="not fetched"):
            plain.get(url)
    assert cloud.asked == []


def test_no_redirect_is_followed(cloud: Replay) -> None:
    away = {"Location": "http://evil.example/"}
    cloud.answer(cloud.url("/os-aggregates"), {}, status=302, headers=away)
    assert any("aggregates (" in one for one in messages(taken()))
    assert not any("evil" in url for _method, url in cloud.asked)


def test_only_who_has_no_token_may_post(cloud: Replay) -> None:
    plain = read_only(Session(), _ever).session
    with pytest.raises(ReadOnlyError):
        plain.delete("http://nova.cloud.example/")
    with pytest.raises(requests.ConnectionError):
        plain.post("http://nova.cloud.example/")  # it was sent, and nobody is there


# --- progress


class Terminal:
    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_a_terminal_is_told_what_is_read_and_wiped(
    cloud: Replay, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    ask()
    assert "servers RegionOne …" in terminal.text
    assert terminal.text.endswith("\r\x1b[K")


def test_a_pipe_hears_nothing(cloud: Replay, ask: Ask) -> None:
    assert "servers RegionOne" not in ask().text
