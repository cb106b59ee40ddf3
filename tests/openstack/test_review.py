from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guardrail.cli import main
from tests.openstack import plants
from tests.openstack.minicloud import PASSWORD, Minicloud
from tests.openstack.tenants import ONE_CLOUD, QUIET, Tenants, connection, fresh
from tests.unit.openstack.made import OWN_CLOUD
from tests.waiting import until

pytestmark = [pytest.mark.openstack, ONE_CLOUD, QUIET]
WANTED = {
    "server": "deny",
    "volume": "review",
    "kept": "allow",
    "image": "deny",
    "backup": "deny",
    "share": "deny",
    "kept share": "allow",
    "kept snapshot": "allow",
    "database": "deny",
    "database backup": "review",  # of something sensitive, in a zone nobody knows
    "container": "deny",
    "tapes": "deny",
    "balancer": "deny",
    "plain balancer": "allow",
    "secret": "deny",
}
LABELLED = {"server", "image", "database", "tapes", "plain secret"}
"""What is of the project that is sensitive."""


@pytest.fixture(scope="module")
def planted(cloud: Minicloud, tenants: Tenants) -> Iterator[dict[str, str]]:
    with plants.planted(cloud, tenants) as names:
        yield names


class Said(NamedTuple):
    code: int
    document: Any
    error: str

    def verdicts(self) -> dict[str, str]:
        return {
            one["address"].rpartition(".")[2]: one["verdict"]
            for one in self.document["resources"]
        }

    def unseen(self) -> dict[str, str]:
        """What was not listed, to why."""
        told = (
            one["message"].partition(" could not be listed, so they were not judged: ")
            for one in self.document["notes"]
            if one["id"] == "unseen"
        )
        return {what: why for what, _between, why in told}


class Review:
    """`guardrail review openstack` in this process, for a cloud that listens here."""

    def __init__(self, cloud: Minicloud, folder: Path, capture: Any) -> None:
        self.cloud, self.folder, self._capture = cloud, folder, capture
        self.clouds = folder / "clouds.yaml"
        self.organisation = folder / "organisation.yaml"
        self.organisation.write_text(
            OWN_CLOUD.replace("keystone.cloud.example", "127.0.0.1")
            .replace("network]", "network, file-storage, object-storage, database]")
            .replace("block-storage]", "block-storage, file-storage, backup]")
        )

    def __call__(self, *words: str, project: str = "admin", **user: str) -> Said:
        auth = {
            "auth_url": self.cloud.auth_url, "username": "admin", "password": PASSWORD,
            "project_name": project, "user_domain_id": "default",
            "project_domain_id": "default", **user,
        }  # fmt: skip
        region = {} if "--os-region" in words else {"region_name": "RegionOne"}
        self.clouds.write_text(json.dumps({"clouds": {"c": {"auth": auth, **region}}}))
        code = main(
            [
                "review", "openstack", "--os-cloud", "c", "--format", "json",
                "--config", str(self.organisation), *words,
            ]
        )  # fmt: skip
        out, err = self._capture.readouterr()
        return Said(code, json.loads(out) if out else None, err.decode())


@pytest.fixture
def review(
    cloud: Minicloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Review:
    found = Review(cloud, tmp_path, capfdbinary)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(found.clouds))
    return found


_BUSY = (
    "select (select count(*) from cinder.volumes where not deleted and status in"
    " ('creating', 'deleting'))"
    " + (select count(*) from nova_cell1.instances where task_state is not null"
    " and deleted = 0)"
    " + (select count(*) from heat.stack where status = 'IN_PROGRESS')"
)
"""How much earlier tests have begun that goes on."""


def _state(cloud: Minicloud) -> str:
    """All that a change would change."""
    found = cloud.database.ask(
        "checksum table cinder.volumes, cinder.snapshots, cinder.backups,"
        " cinder.volume_metadata, glance.images, glance.image_properties,"
        " nova_cell1.instance_metadata, neutron.networks, heat.stack,"
        " keystone.project, manila.shares, manila.share_metadata,"
        " octavia.load_balancer, trove.instances, trove.backups, barbican.secrets,"
        " barbican.secret_user_metadata"
    )
    assert len(found.splitlines()) == 17
    assert "NULL" not in found
    return found


def test_what_is_planted_is_found_and_nothing_is_changed(
    cloud: Minicloud, planted: dict[str, str], review: Review
) -> None:
    until(lambda: cloud.database.ask(_BUSY) == "0", "nothing is being made any more")
    before = _state(cloud)
    said = review("--all-projects")
    assert said.code == 10
    verdicts = said.verdicts()
    assert {what: verdicts[planted[what]] for what in WANTED} == WANTED
    assert planted["plain secret"] not in verdicts  # Barbican shows it to its project
    assert set(said.unseen()) == {
        "stacks of other projects (RegionOne)",  # by Heat's default policy
        "secrets (RegionOne) of other projects can be seen by those alone, "
        "so they were not judged",
    }
    assert _state(cloud) == before
    assert said.error == ""  # no progress: it is no terminal


def test_a_project_sees_its_own_and_its_tags_hold_for_all_of_it(
    planted: dict[str, str], review: Review
) -> None:
    said = review(project="sensitive")
    verdicts = said.verdicts()
    for what, name in planted.items():
        assert verdicts.get(name) == ("deny" if what in LABELLED else None), what
    assert said.unseen() == {}


def test_every_page_of_the_real_services_is_read(
    cloud: Minicloud, tenants: Tenants, planted: dict[str, str], review: Review
) -> None:
    admin = connection(cloud)
    for service, path in (
        (admin.compute, "/servers/detail?all_tenants=1"),
        (admin.block_storage, "/volumes/detail?all_tenants=1"),
        (admin.database, "/backups?all_projects=true"),
        (admin.load_balancer, "/lbaas/loadbalancers"),
    ):
        assert service.get(path).json().keys() != {path.split("/")[1]}, path
    key = tenants.connect("sensitive").key_manager
    names = {key.create_secret(name=fresh("page")).name for _ in range(3)}
    assert len(key.get("/secrets").json()["secrets"]) == 1
    assert names < review(project="sensitive").verdicts().keys()


def test_who_may_only_read_is_told_what_he_may_not(
    tenants: Tenants, planted: dict[str, str], review: Review
) -> None:
    """Swift and Barbican have their own roles; all else shows itself to a reader."""
    identity, reader = connection(tenants.cloud).identity, fresh("reader")
    user = identity.create_user(name=reader, password=PASSWORD, domain_id="default")
    role = identity.find_role("reader", ignore_missing=False)
    identity.assign_project_role_to_user(tenants.ids["unlabelled"], user, role)
    said = review(project="unlabelled", username=reader)
    verdicts = said.verdicts()
    for what in ("volume", "backup", "share", "balancer", "database backup"):
        assert verdicts[planted[what]] == WANTED[what]
    refused = "it answers with status 403"
    assert said.unseen() == {
        "containers of unlabelled (RegionOne)": refused,
        "secrets (RegionOne)": refused,
    }
    assert said.document["inputs"][0]["complete"] is False
    everything = review("--all-projects", project="unlabelled", username=reader)
    assert everything.verdicts().keys() >= verdicts.keys()
    assert everything.code == said.code == 10
    hidden = "none is shown, and the credentials have no role `admin`"
    unseen = everything.unseen()
    assert unseen["servers of other projects (RegionOne)"] == refused
    assert unseen["volumes of other projects (RegionOne)"] == hidden
    assert unseen["projects"] == refused


@contextmanager
def _region(cloud: Minicloud, **urls: str) -> Iterator[None]:
    """A second region, where services are at addresses."""
    identity = connection(cloud).identity
    with ExitStack() as stack:
        region = identity.create_region(id="Two")
        stack.callback(identity.delete_region, region)
        for kind, url in urls.items():
            service = next(identity.services(type=kind.replace("_", "-")))
            endpoint = identity.create_endpoint(
                service_id=service.id, interface="public", url=url, region_id="Two"
            )
            stack.callback(identity.delete_endpoint, endpoint)
        yield


def test_a_service_that_is_down_silent_or_something_else_is_told(
    cloud: Minicloud, planted: dict[str, str], review: Review
) -> None:
    with socket.socket() as dead, socket.create_server(("127.0.0.1", 0)) as silent:
        dead.bind(("127.0.0.1", 0))
        urls = {
            "compute": f"http://127.0.0.1:{dead.getsockname()[1]}/v2.1",
            "load_balancer": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "image": cloud.url("glance"),
            "sharev2": cloud.url("octavia"),  # another service stands there
        }
        with _region(cloud, **urls):
            words = "--all-projects", "--service-timeout", "20", "--os-region", "Two"
            said = review(*words)
    assert said.code == 10
    assert said.verdicts()[planted["image"]] == "deny"
    unseen = {what.removesuffix(" (Two)"): why for what, why in said.unseen().items()}
    assert unseen == {
        **dict.fromkeys(
            ("zones of servers", "aggregates", "servers"),
            "it cannot be reached (ConnectFailure)",
        ),
        "load balancers": "it was not read to its end in 20 s",
        **dict.fromkeys(
            ("types of shares", "shares", "snapshots of shares"),
            "it answers with status 404",
        ),
    }


def test_the_client_reviews_its_own_cloud(
    cloud: Minicloud, planted: dict[str, str], review: Review
) -> None:
    done = subprocess.run(
        [
            str(cloud.venv / "bin" / "openstack"), "--os-cloud", "minicloud",
            "guardrail", "review", "--all-projects", "--format", "json",
            "--config", str(review.organisation),
        ],
        env={"OS_CLIENT_CONFIG_FILE": str(cloud.files.clouds), "PYTHONWARNINGS": "ignore"},
        cwd=review.folder,
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 10, done.stderr
    verdicts = Said(10, json.loads(done.stdout), "").verdicts()
    assert {what: verdicts[planted[what]] for what in WANTED} == WANTED
