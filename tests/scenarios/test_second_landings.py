"""Where copies go, and where what has no place of its own is, in real plans."""

from __future__ import annotations

from datetime import date

import pytest

from guardrail.assessment import Circumstances, assess
from guardrail.inputs import read
from guardrail.library import Library
from guardrail.model import Known
from guardrail.placement import Landing
from tests.conftest import ROOT

DAY = date(2026, 11, 22)
LANDINGS = {
    "second-landings": {
        "aws_backup_plan.leak": [
            "primary aws eu-west-3 FR",
            "backup aws us-west-2 US",
        ],
        "aws_dynamodb_table.replicated": [
            "primary aws eu-west-3 FR",
            "replica ? eu-atlantis-1 ?",
            "replica-2 aws us-east-1 US",
        ],
        "azurerm_recovery_services_vault.defaulted": [
            "primary azure westeurope NL",
            "backup azure northeurope IE",
        ],
        "azurerm_storage_account.brazil": [
            "primary azure brazilsouth BR",
            "replica azure southcentralus US",
        ],
        "azurerm_storage_account.local": ["primary azure francecentral FR"],
        "azurerm_storage_container.inside": ["primary azure brazilsouth BR"],
        "google_compute_disk.zonal": ["primary s3ns-premi3ns u-france-east1 FR"],
        "google_logging_project_sink.leak": [
            "primary s3ns-premi3ns u-france-east1 FR",
            "log datadog ? ?",
        ],
        "google_storage_bucket.kept": ["primary s3ns-premi3ns u-france-east1 FR"],
        "google_storage_bucket.zonal": ["primary s3ns-premi3ns u-france-east1 FR"],
    },
    "kubernetes-in-cluster": {
        "aws_eks_cluster.main": ["primary aws eu-west-3 FR"],
        "kubernetes_persistent_volume_claim_v1.host": [
            "primary ovhcloud-public-cloud gra FR"
        ],
        "kubernetes_persistent_volume_claim_v1.login": ["primary aws us-east-1 US"],
        "kubernetes_persistent_volume_claim_v1.nowhere": ["primary ? ? ?"],
        "kubernetes_persistent_volume_claim_v1.reference": ["primary aws eu-west-3 FR"],
    },
    "saas-two-operators": {
        "ec_deployment.logs": [
            "primary elastic-cloud azure-francecentral ?",
            "host azure francecentral FR",
        ],
        "mongodbatlas_advanced_cluster.two_clouds": [
            "primary mongodb-atlas EU_WEST_3 ?",
            "primary-2 mongodb-atlas EUROPE_WEST_9 ?",
            "host aws eu-west-3 FR",
            "host-2 google-cloud europe-west-9 ?",
        ],
    },
    "ovh-native": {
        "ovh_cloud_project_storage.replicated": [
            "primary ovhcloud-public-cloud gra FR",
            "replica ovhcloud-public-cloud bhs CA",
        ],
    },
}


def told(landing: Landing) -> str:
    parts = (
        landing.role,
        landing.offer.value if isinstance(landing.offer, Known) else "?",
        landing.region.value if isinstance(landing.region, Known) else "?",
        "/".join(landing.countries.value)
        if isinstance(landing.countries, Known)
        else "?",
    )
    return " ".join(parts)


@pytest.mark.parametrize("name", LANDINGS)
def test_data_goes_where_the_plan_says(name: str, library: Library) -> None:
    plan = ROOT / "fixtures" / "plans" / name / "plan.json"
    stack = read(plan.read_bytes(), path=name)
    knowledge = library.knowledge(DAY, frozenset({"baseline"}))
    around = Circumstances(as_of=DAY, body=Known("state"))
    found = {
        one.resource.address: [told(landing) for landing in one.landings]
        for one in assess(stack, knowledge, around).resources
    }
    expected = LANDINGS[name]

    assert {address: found[address] for address in expected} == expected


def test_a_key_in_an_address_is_never_printed(library: Library) -> None:
    plan = ROOT / "fixtures" / "plans" / "second-landings" / "plan.json"
    stack = read(plan.read_bytes(), path="plan.json")
    knowledge = library.knowledge(DAY, frozenset({"baseline"}))
    decision = assess(stack, knowledge, Circumstances(as_of=DAY, body=Known("state")))

    assert "dd-api-key" not in repr([one.landings for one in decision.resources])


def test_what_a_cluster_holds_rests_on_a_hint(library: Library) -> None:
    plan = ROOT / "fixtures" / "plans" / "kubernetes-in-cluster" / "plan.json"
    stack = read(plan.read_bytes(), path="plan.json")
    knowledge = library.knowledge(DAY, frozenset({"baseline"}))
    decision = assess(stack, knowledge, Circumstances(as_of=DAY, body=Known("state")))
    firm = {
        one.resource.address.rpartition(".")[2]: one.landings[0].evidence.firm
        for one in decision.resources
        if one.resource.type.startswith("kubernetes_")
    }

    assert firm == {"host": True, "login": False, "nowhere": False, "reference": False}
