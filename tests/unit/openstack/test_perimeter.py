"""Qualifications that cover a part of a cloud: by zone, type of volume, or operator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guardrail.openstack.admission import Admission
from guardrail.openstack.regime import Regimes
from tests.unit.openstack.made import (
    DAY,
    ORGANISATION,
    Answer,
    Service,
    call,
    environ,
    folder,
)

HELD = "{scheme: secnumcloud, version: '3.2', since: 2026-01-01, until: 2027-12-31"
TYPED = f"""
    qualifications:
      - {HELD}, services: [iaas, block-storage],
         perimeter: {{zone: [qualified], volume-type: [vault]}}}}
"""
AGGREGATE = f"""
    qualifications:
      - {HELD}, perimeter: {{aggregate: [vault]}}}}
"""


def asked(path: Path, qualifications: str, line: str, body: object) -> Answer:
    settings = folder(path)
    offer = ORGANISATION.partition("    qualifications:")[0].rstrip() + qualifications
    (path / "guardrail.yaml").write_text(offer)
    service = "nova" if line.endswith("servers") else "cinder"
    guard = Admission(Service(), service, Regimes(settings, lambda: DAY))
    method, _space, where = line.partition(" ")
    return call(guard, environ(method, where, body))


@pytest.mark.parametrize(
    ("volume", "verdict"),
    [
        ({"availability_zone": "qualified", "volume_type": "vault"}, "allow"),
        ({"availability_zone": "qualified", "volume_type": "plain"}, "deny"),
        ({"availability_zone": "standard", "volume_type": "vault"}, "deny"),
        ({"availability_zone": "qualified"}, "review"),
        ({"volume_type": "vault"}, "review"),
        ({"availability_zone": "standard"}, "deny"),
    ],
)
def test_every_area_of_a_perimeter_must_hold(
    tmp_path: Path, volume: dict[str, Any], verdict: str
) -> None:
    answer = asked(tmp_path, TYPED, "POST /p/volumes", {"volume": volume})

    assert answer.verdict == f"{verdict}; mode=enforce"


def test_what_is_missing_is_told_and_what_is_known_is_not(tmp_path: Path) -> None:
    body = {"volume": {"availability_zone": "qualified"}}
    answer = asked(tmp_path, TYPED, "POST /p/volumes", body)
    message = answer.document["forbidden"]["message"]

    assert (
        "The volume-type is not stated: the cloud chooses; covered: volume-type vault."
        in message
    )
    assert "The zone is not stated" not in message


def test_a_server_has_no_type_of_volume_so_it_is_not_covered(tmp_path: Path) -> None:
    body = {"server": {"availability_zone": "qualified"}}

    assert asked(tmp_path, TYPED, "POST /servers", body).verdict.startswith("deny")


def test_an_area_that_no_request_shows_is_not_known(tmp_path: Path) -> None:
    body = {"server": {"availability_zone": "qualified"}}
    answer = asked(tmp_path, AGGREGATE, "POST /servers", body)

    assert answer.verdict == "review; mode=enforce"
    assert (
        "The aggregate is not stated: the cloud chooses; covered: aggregate vault."
        in answer.content.decode()
    )


def test_two_operators_at_one_host_are_told_apart_by_zone(tmp_path: Path) -> None:
    settings = folder(tmp_path)
    (tmp_path / "guardrail.yaml").write_text(
        """
body: state
offers:
  - id: inner
    operator: our-ministry
    hosting: internal
    country: FR
    services: [iaas]
    recognise:
      - {provider: terraform-provider-openstack/openstack, host: keystone.cloud.example,
         areas: {zone: [Inner]}}
  - id: outer
    operator: somebody
    hosting: commercial
    country: FR
    services: [iaas]
    recognise:
      - {provider: terraform-provider-openstack/openstack, host: keystone.cloud.example,
         areas: {zone: [outer]}}
"""
    )
    guard = Admission(Service(), "nova", Regimes(settings, lambda: DAY))
    found = {
        zone: call(
            guard, environ("POST", "/servers", {"server": {"availability_zone": zone}})
        ).verdict.partition(";")[0]
        for zone in ("inner", "INNER", "outer", "third", "")
    }

    assert found == {
        "inner": "allow",
        "INNER": "allow",
        "outer": "deny",
        "third": "review",
        "": "review",
    }


def test_several_zones_are_no_place(tmp_path: Path) -> None:
    settings = folder(tmp_path)
    guard = Admission(Service(), "neutron", Regimes(settings, lambda: DAY))
    network = {
        "availability_zone_hints": ["qualified", "standard"],
        "tags": ["data_class=sensitive"],
    }
    qualified = ORGANISATION.replace("[iaas, block-storage, backup]", "[network]")
    (tmp_path / "guardrail.yaml").write_text(qualified)
    guard = Admission(Service(), "neutron", Regimes(settings, lambda: DAY))
    answer = call(guard, environ("POST", "/v2.0/networks", {"network": network}))

    assert answer.verdict == "review; mode=enforce"
    assert "Several are stated as zone" in answer.content.decode()
