from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from guardrail.cli import main
from tests.openstack.minicloud import ORGANISATION, Minicloud
from tests.openstack.tenants import (
    PROBES,
    QUIET,
    Tenants,
    connection,
    fresh,
    until_taken_up,
)

pytestmark = [pytest.mark.openstack, QUIET]
_BACKUP = (
    "insert into cinder.backups (created_at, updated_at, deleted, id, volume_id, user_id,"
    " project_id, host, availability_zone, display_name, status, size, service, container,"
    " num_dependent_backups, object_count) values (now(), now(), 0, uuid(), '{volume}',"
    " 'u', '{project}', 'h', 'standard', '{name}', 'available', 1, 'swift', 'c', 0, 1)"
)
_GONE = "update cinder.backups set deleted = 1 where display_name = '{name}'"
"""No service for backups runs, so one is planted where Cinder keeps them."""


@pytest.fixture
def planted(cloud: Minicloud, tenants: Tenants) -> Iterator[dict[str, str]]:
    """What a cloud may hold that was there before the filter; by what it is."""
    cloud.admit(mode="observe")
    # Also that of Glance, which Nova asks for the image of a server.
    for service in PROBES:
        until_taken_up(partial(tenants.let_through, service))
    mail, loose, archive, image = map(fresh, ("mail", "loose", "archive", "image"))
    sensitive, other = tenants.connect("sensitive"), tenants.connect("unlabelled")
    server = sensitive.compute.create_server(
        **tenants.server("standard") | {"name": mail}
    )
    server = sensitive.compute.wait_for_server(server, wait=180)
    sensitive.compute.create_server_image(server, image)
    (made,) = connection(cloud).image.images(name=image)
    connection(cloud).image.update_image(made, visibility="public")
    volume = other.block_storage.create_volume(
        name=loose, size=1, availability_zone="standard"
    )
    kept = other.block_storage.create_volume(
        name=archive,
        size=1,
        availability_zone="qualified",
        metadata={"data_class": "sensitive"},
    )
    for one in (volume, kept):
        other.block_storage.wait_for_status(one, "available", wait=120)
    backup = fresh("backup")
    cloud.sql(
        _BACKUP.format(volume=kept.id, project=tenants.ids["unlabelled"], name=backup)
    )
    yield {
        "server": mail, "volume": loose, "kept": archive, "image": image,
        "backup": backup,
    }  # fmt: skip
    cloud.sql(_GONE.format(name=backup))
    sensitive.compute.delete_server(server)
    connection(cloud).image.delete_image(made)
    for one in (volume, kept):
        other.block_storage.delete_volume(one)


def _organisation(folder: Path) -> Path:
    file = folder / "organisation.yaml"
    file.write_text(ORGANISATION.replace("keystone.cloud.example", "127.0.0.1"))
    return file


def _told(text: bytes, planted: dict[str, str]) -> dict[str, str]:
    """Verdict on each thing that was planted."""
    verdicts = {
        one["address"].rpartition(".")[2]: one["verdict"]
        for one in json.loads(text)["resources"]
    }
    return {what: verdicts[name] for what, name in planted.items()}


WANTED = {
    "server": "deny",
    "volume": "review",
    "kept": "allow",
    "image": "deny",
    "backup": "deny",
}


def _state(cloud: Minicloud) -> str:
    """All that a change would change."""
    found = cloud.sql(
        "checksum table cinder.volumes, cinder.snapshots, cinder.backups,"
        " cinder.volume_metadata, glance.images, glance.image_properties,"
        " nova_cell1.instance_metadata, neutron.networks, heat.stack, keystone.project"
    )
    assert len(found.splitlines()) == 10
    assert "NULL" not in found
    return found


def test_what_is_planted_is_found_and_nothing_is_changed(
    cloud: Minicloud,
    planted: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(cloud.clouds_yaml))
    before = _state(cloud)
    code = main(
        [
            "review", "openstack", "--os-cloud", "minicloud", "--all-projects",
            "--config", str(_organisation(tmp_path)), "--format", "json",
        ]
    )  # fmt: skip
    assert code == 10
    assert _told(capfdbinary.readouterr().out, planted) == WANTED
    assert _state(cloud) == before


def test_the_client_reviews_its_own_cloud(
    cloud: Minicloud, planted: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            str(cloud.venv / "bin" / "openstack"), "--os-cloud", "minicloud",
            "guardrail", "review", "--all-projects", "--format", "json",
            "--config", str(_organisation(tmp_path)),
        ],
        env={"OS_CLIENT_CONFIG_FILE": str(cloud.clouds_yaml), "PYTHONWARNINGS": "ignore"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=180,
    )  # fmt: skip
    assert done.returncode == 10, done.stderr
    assert _told(done.stdout, planted) == WANTED
