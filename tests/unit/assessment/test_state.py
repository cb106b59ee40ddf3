"""The state is judged where its backend keeps it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from guardrail.assessment import Knowledge, assess
from guardrail.decision import Decision, Judged, Verdict
from guardrail.model import Change, Evidence, Known, Resource, StateStore, Unknown
from tests.properties.strategies import resource, stack
from tests.unit.assessment.test_assess import SENSITIVE, STATE

GOV = "https://oos.cloudgouv-eu-west-1.outscale.com"


def constants(values: dict[str, object]) -> dict[str, Known[object]]:
    return {
        name: Known(value, Evidence.CONSTANT, f"backend: {name} is a constant")
        for name, value in values.items()
    }


def decide(
    knowledge: Knowledge, type_: str, settings: dict[str, object], *held: Resource
) -> Decision:
    store = StateStore(
        type=type_, settings=constants(settings), location=("main.tf", 2)
    )
    given = msgspec.structs.replace(stack(list(held)), state=store)
    return assess(given, knowledge, STATE)


def state_of(decision: Decision) -> Judged:
    found = [one for one in decision.resources if one.resource.type.endswith("_state")]
    assert len(found) == 1
    return found[0]


def kept(change: Change = Change.CREATE, /, **labels: str) -> Resource:
    return resource("a", "cloudgouv", labels or SENSITIVE, change)


@pytest.mark.parametrize(
    ("type_", "settings", "offer", "verdict"),
    [
        ("s3", {"region": "eu-west-3"}, "aws", Verdict.DENY),
        ("s3", {}, None, Verdict.REVIEW),
        (
            "s3",
            {"region": "cloudgouv-eu-west-1", "endpoint": GOV},
            "outscale-cloudgouv",
            Verdict.ALLOW,
        ),
        (
            "s3",
            {"region": "cloudgouv-eu-west-1", "endpoints": {"s3": GOV}},
            "outscale-cloudgouv",
            Verdict.ALLOW,
        ),
        ("azurerm", {}, "azure", Verdict.DENY),
        ("gcs", {}, "google-cloud", Verdict.DENY),
        ("remote", {}, "hcp-terraform", Verdict.DENY),
        ("cloud", {"hostname": "app.eu.terraform.io"}, "hcp-terraform", Verdict.DENY),
        ("cloud", {"hostname": "tfe.example.fr"}, None, Verdict.REVIEW),
        (
            "http",
            {"address": "https://s3.eu-west-3.amazonaws.com/x"},
            "aws",
            Verdict.DENY,
        ),
        ("pg", {"conn_str": "postgres://u:hush@db.example/s"}, None, Verdict.REVIEW),
        ("etcd", {}, None, Verdict.REVIEW),
    ],
)
def test_a_state_is_judged_where_it_is_kept(
    knowledge: Knowledge,
    type_: str,
    settings: dict[str, object],
    offer: str | None,
    verdict: Verdict,
) -> None:
    decision = decide(knowledge, type_, settings, kept())
    found = state_of(decision)
    landed = found.landings[0].offer

    assert decision.verdict is found.verdict is verdict
    assert (landed.value if isinstance(landed, Known) else None) == offer
    assert "hush" not in repr(decision)


def test_a_state_is_shown_as_a_resource_of_the_code(knowledge: Knowledge) -> None:
    cloud = state_of(decide(knowledge, "cloud", {}, kept())).resource
    bucket = state_of(decide(knowledge, "s3", {}, kept())).resource

    assert (cloud.address, bucket.address) == (
        "terraform.cloud",
        "terraform.backend.s3",
    )
    assert bucket.location == ("main.tf", 2)


def test_a_state_holds_the_most_sensitive_of_what_is_judged(
    knowledge: Knowledge,
) -> None:
    ranks = knowledge.lexicon.ranks
    labels = {"data_class": "personal", "data_categories": "health"}
    public = resource("b", "cloudgouv", {"data_class": "public"})
    unlabelled = resource("c", "cloudgouv", {})
    known = state_of(decide(knowledge, "s3", {}, kept(**labels), public)).sensitivity
    bounds = state_of(
        decide(knowledge, "s3", {}, kept(**labels), unlabelled)
    ).sensitivity

    assert (known.lowest, known.highest) == (ranks["personal"], ranks["personal"])
    assert known.categories == {"health"}
    assert known.because[0].detail == (
        "the state holds the values of all resources, so those of aws_s3_bucket.a"
    )
    assert (bounds.lowest, bounds.highest) == (ranks["personal"], ranks["particular"])


@pytest.mark.parametrize("change", [Change.DELETE, Change.FORGET])
def test_a_state_that_holds_nothing_judged_is_not_there(
    knowledge: Knowledge, change: Change
) -> None:
    decision = decide(knowledge, "s3", {"region": "eu-west-3"}, kept(change))

    assert decision.verdict is Verdict.ALLOW
    assert len(decision.resources) == 1


def test_a_state_of_which_nothing_changes_is_there_already(
    knowledge: Knowledge,
) -> None:
    still = decide(knowledge, "s3", {"region": "eu-west-3"}, kept(Change.NO_OP))

    assert state_of(still).existing
    assert still.verdict is Verdict.ALLOW


def test_a_public_state_may_be_anywhere(knowledge: Knowledge) -> None:
    public = kept(data_class="public")

    assert decide(knowledge, "s3", {"region": "eu-west-3"}, public).verdict is (
        Verdict.ALLOW
    )


def test_an_attested_environment_is_a_hint_since_init_may_say_more(
    knowledge: Knowledge,
) -> None:
    from guardrail.placement import Environment

    store = StateStore(type="s3", settings={})
    given = msgspec.structs.replace(stack([kept()]), state=store)
    attested: Any = Environment(
        values={"AWS_ENDPOINT_URL_S3": GOV, "AWS_REGION": "cloudgouv-eu-west-1"}
    )
    around = msgspec.structs.replace(STATE, environment=attested)

    found = state_of(assess(given, knowledge, around))

    assert found.verdict is Verdict.REVIEW
    assert not found.landings[0].evidence.firm
    assert isinstance(found.landings[0].offer, Known)


def test_the_service_of_a_backend_may_not_be_known(knowledge: Knowledge) -> None:
    finding = decide(knowledge, "http", {"address": "x.example"}, kept()).findings[0]

    assert finding.breach.service == ""
    assert isinstance(finding.breach.landing.offer, Unknown)
