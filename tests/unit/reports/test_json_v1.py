from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.decision import EFFECTS, Decision
from guardrail.library import Library
from guardrail.reports import WRITERS, Rendering, render_json
from tests.golden import synthetic

RENDERING = Rendering(
    version="0.0.0", library_sha256="0" * 64, catalogue_date=date(2026, 9, 15)
)


@pytest.fixture(scope="module")
def decision(library: Library) -> Decision:
    return synthetic.decision(library.vocabulary)


def document(*decisions: Decision) -> Any:
    return json.loads(render_json(decisions, RENDERING))


def resource(report: Any, address: str) -> Any:
    return next(one for one in report["resources"] if one["address"] == address)


def test_the_keys_of_the_design_are_all_there(decision: Decision) -> None:
    report = document(decision)

    assert report["schema_version"] == "1.0"
    assert {"tool", "as_of", "body", "language", "inputs", "library", "verdict"} <= set(
        report
    )
    assert {"resources", "judged", "allow", "review", "deny", "derogated"} <= set(
        report["summary"]
    )
    assert {"address", "type", "provider", "kind", "actions", "judged", "verdict"} | {
        "class",
        "categories",
        "class_because",
        "landings",
        "location",
    } <= set(report["resources"][0])
    assert {"rule", "address", "landing", "outcome", "derogation", "message"} | {
        "missing",
        "remediation",
        "alternatives",
        "sources",
        "fingerprint",
    } <= set(report["findings"][0])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("cloud_bucket.allowed", ("acme-trusted", "acme", "fr-1", "FR")),
        ("cloud_bucket.personal", ("far-cloud", "far", "us-1", "US")),
        ("cloud_bucket.hint", ("far-cloud", "far", None, None)),
        ("cloud_bucket.secret", ("far-cloud", "far", None, None)),
        ("cloud_bucket.local", (None, None, None, None)),
    ],
)
def test_what_is_not_known_a_hint_or_a_secret_is_null(
    address: str, shown: tuple[str | None, ...], decision: Decision
) -> None:
    (landing,) = resource(document(decision), address)["landings"]

    assert (
        landing["offer"],
        landing["operator"],
        landing["region"],
        landing["country"],
    ) == shown


def test_a_class_is_null_where_it_is_not_known(decision: Decision) -> None:
    report = document(decision)

    assert resource(report, "cloud_bucket.allowed")["class"] == "sensitive"
    assert resource(report, "cloud_bucket.unlabelled")["class"] is None
    assert resource(report, "cloud_bucket.gone")["class"] is None


def test_counts_are_of_judged_resources(decision: Decision) -> None:
    counted = document(decision)["summary"]

    assert counted["judged"] == sum(counted[v] for v in ("allow", "review", "deny"))
    assert counted["derogated"] == 1
    assert counted["resources"] == len(synthetic.RESOURCES)


def test_several_inputs_are_told_apart_and_summed(decision: Decision) -> None:
    report, one = document(decision, decision), document(decision)

    assert [found["input"] for found in report["findings"]][
        :: len(one["findings"])
    ] == [
        0,
        1,
    ]
    assert report["summary"] == {k: 2 * v for k, v in one["summary"].items()}
    assert len(report["inputs"]) == 2


def test_an_address_and_what_moved_there_are_kept_apart(decision: Decision) -> None:
    judged = decision.resources[0]
    moved = msgspec.structs.replace(
        judged.resource, previous_address="old.one", deposed="abcd1234"
    )
    changed = msgspec.structs.replace(
        decision, resources=(msgspec.structs.replace(judged, resource=moved),)
    )
    (found,) = document(changed)["resources"]

    assert (found["previous_address"], found["deposed"]) == ("old.one", "abcd1234")


def test_a_missing_fact_says_how_to_supply_it(decision: Decision) -> None:
    found = next(
        one
        for one in document(decision)["findings"]
        if one["address"] == "cloud_bucket.unlabelled" and one["outcome"] == "review"
    )

    assert found["missing"] == [
        "class: no label of sensitivity was found; label it, or declare the class "
        "with --class or in guardrail.yaml"
    ]


def test_a_long_report_comes_in_small_pieces(decision: Decision) -> None:
    """In the order of a short one, and never whole."""
    many = [
        msgspec.structs.replace(
            one,
            resource=msgspec.structs.replace(
                one.resource, address=f"{one.resource.address}[{number}]"
            ),
        )
        for number in range(300)
        for one in decision.resources
    ]
    long = msgspec.structs.replace(decision, resources=tuple(many))
    pieces = list(WRITERS["json"]([decision, long], RENDERING))
    report = json.loads(b"".join(pieces))
    short = document(decision)
    found = [one for one in report["findings"] if one["input"]]

    assert max(map(len, pieces)) * 10 < sum(map(len, pieces))
    assert [one for one in report["findings"] if not one["input"]] == short["findings"]
    assert len(found) == 300 * len(short["findings"])
    assert [one["address"] for one in report["resources"]] == [
        one.resource.address for one in (*decision.resources, *many)
    ]
    order = {effect.value: place for place, effect in enumerate(EFFECTS)}
    keys = [
        (order[one["outcome"]], one["rule"], one["address"], one["landing"])
        for one in found
    ]
    assert keys == sorted(keys)


def test_flows_are_listed(leak: Decision) -> None:
    report = document(leak, leak)

    assert len(report["flows"]) == 2 * len(leak.flows) > 0
    assert report["flows"][0] == {
        "source": leak.flows[0].source,
        "target": leak.flows[0].target,
        "kind": leak.flows[0].kind,
        "certain": leak.flows[0].certain,
        "because": leak.flows[0].because,
        "input": 0,
    }
    assert report["flows"][-1]["input"] == 1
