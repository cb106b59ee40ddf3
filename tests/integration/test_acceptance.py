"""What the main job promises, on plans that Terraform made, through the command line."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrail.cli import main
from tests.conftest import ROOT

PLANS = ROOT / "fixtures" / "plans"
NOT_A_PLAN = ROOT / "fixtures" / "not-a-plan"
EXAMPLES = ROOT / "terraform-examples"
STATE = ("--body", "state", "--as-of", "2026-11-22")
DENY, REVIEW, ALLOW, UNREADABLE = 10, 11, 0, 3


def check(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the JSON report."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        code = main(["check", str(path), *arguments, "--format", "json"])
    out.seek(0)
    text = out.read()
    return code, json.loads(text) if text else {}


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["verdict"] for one in report["resources"]}


def landing(report: dict[str, Any], address: str) -> dict[str, Any]:
    found = next(one for one in report["resources"] if one["address"] == address)
    (primary,) = found["landings"]
    assert isinstance(primary, dict)
    return primary


def missing(report: dict[str, Any], address: str) -> str:
    return " ".join(
        line
        for finding in report["findings"]
        if finding["address"] == address
        for line in finding["missing"]
    )


def test_sensitive_and_particular_buckets_on_aws_are_denied() -> None:
    code, report = check(PLANS / "aws-buckets-default" / "plan.json", *STATE)

    assert code == DENY
    assert verdicts(report) == {
        "aws_s3_bucket.particular": "deny",
        "aws_s3_bucket.public": "allow",
        "aws_s3_bucket.sensitive": "deny",
        "aws_s3_bucket.unlabelled": "review",
    }
    seen = landing(report, "aws_s3_bucket.particular")
    assert (seen["offer"], seen["operator"]) == ("aws", "amazon-web-services")
    assert (seen["region"], seen["country"]) == ("eu-west-3", "FR")
    assert seen["qualifications"] == []
    assert "us-cloud-act" in seen["exposures"]


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2026-11-22", "allow"),
        ("2026-11-30", "allow"),
        ("2026-12-01", "deny"),
    ],
)
def test_the_same_bucket_at_outscale_holds_as_long_as_the_offer_is_qualified(
    day: str, verdict: str
) -> None:
    plan = PLANS / "outscale-via-aws-endpoints" / "plan.json"
    _code, report = check(plan, "--body", "state", "--as-of", day)

    assert verdicts(report)["aws_s3_bucket.osc"] == verdict
    assert landing(report, "aws_s3_bucket.osc")["offer"] == "outscale-cloudgouv"


@pytest.mark.parametrize(
    "bucket",
    ["variable", "local", "function", "literal_function", "dynamic", "other_service"],
)
def test_an_endpoint_that_the_plan_does_not_show_is_never_allowed(bucket: str) -> None:
    _code, report = check(PLANS / "outscale-via-aws-endpoints" / "plan.json", *STATE)

    assert verdicts(report)[f"aws_s3_bucket.{bucket}"] == "review"
    assert missing(report, f"aws_s3_bucket.{bucket}")


@pytest.mark.parametrize(
    ("bucket", "fact"),
    [
        ("output_region", "region"),
        ("output_endpoint", "endpoints"),
        ("conditional", "region"),
        ("environment_only", "region"),
        ("local_value", "local.region"),
    ],
)
def test_an_unknown_region_or_endpoint_is_for_review_and_names_the_fact(
    bucket: str, fact: str
) -> None:
    _code, report = check(PLANS / "aws-region-unknown" / "plan.json", *STATE)

    assert verdicts(report)[f"aws_s3_bucket.{bucket}"] == "review"
    assert fact in missing(report, f"aws_s3_bucket.{bucket}")


def test_a_reference_is_never_read_as_the_region() -> None:
    _code, report = check(PLANS / "aws-region-unknown" / "plan.json", *STATE)
    seen = landing(report, "aws_s3_bucket.lying_replace")

    assert (seen["region"], seen["country"]) == (None, None)
    assert seen["evidence"] == "E7"


def test_a_google_bucket_in_the_universe_of_s3ns_is_allowed() -> None:
    _code, report = check(PLANS / "google-universe" / "plan.json", *STATE)
    found = verdicts(report)

    assert found["google_storage_bucket.s3ns"] == "allow"
    assert landing(report, "google_storage_bucket.s3ns")["offer"] == "s3ns-premi3ns"
    assert found["google_storage_bucket.google"] == "deny"
    assert found["google_storage_bucket.s3ns_variable"] == "review"
    assert found["google_storage_bucket.hostile"] == "review"


def test_openstack_at_ovhcloud_public_cloud_is_denied() -> None:
    code, report = check(PLANS / "openstack-ovh" / "plan.json", *STATE)
    address = "openstack_blockstorage_volume_v3.data"

    assert code == DENY
    assert verdicts(report)[address] == "deny"
    assert landing(report, address)["offer"] == "ovhcloud-public-cloud"


def test_hosts_that_only_look_like_an_operator_are_nobodys() -> None:
    _code, report = check(PLANS / "hostile-endpoints" / "plan.json", *STATE)
    allowed = {name for name, verdict in verdicts(report).items() if verdict == "allow"}

    assert allowed == {
        f"aws_s3_bucket.{name}"
        for name in (
            "bare_host",
            "path",
            "port",
            "trailing_dot",
            "upper_case",
            "userinfo",
        )
    }


@pytest.mark.parametrize("plan", ["destroy-plan", "empty-configuration"])
def test_plans_that_put_nothing_anywhere_are_allowed(plan: str) -> None:
    code, _report = check(PLANS / plan / "plan.json", *STATE)

    assert code == ALLOW


def test_a_partial_plan_is_for_review_at_least() -> None:
    code, report = check(PLANS / "targeted-plan" / "plan.json", *STATE)

    assert code in {REVIEW, DENY}
    assert report["inputs"][0]["complete"] is False


def test_an_errored_plan_is_unreadable() -> None:
    assert check(PLANS / "errored-plan" / "plan.json", *STATE) == (UNREADABLE, {})


READABLE = {"utf-8-bom.json", "utf-16-le.json", "utf-16-be.json", "format-0.2.json"}


@pytest.mark.parametrize(
    "name",
    sorted(path.name for path in NOT_A_PLAN.iterdir() if path.name != "README.md"),
)
def test_what_is_not_a_plan_is_never_green(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", str(NOT_A_PLAN / name), *STATE])

    if name in READABLE:
        assert code in {DENY, REVIEW}
    else:
        assert code == UNREADABLE
        assert capsys.readouterr().err.startswith("guardrail: ")


def examples() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.parent.name, case)
        for path in sorted(EXAMPLES.glob("*/expected.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(name, case, id=f"{name} {' '.join(case['args'])}")
        for name, case in examples()
    ],
)
def test_each_example_gets_the_verdict_that_it_states(
    name: str, expected: dict[str, Any]
) -> None:
    code, report = check(EXAMPLES / name / "plan.json", *expected["args"])
    found = verdicts(report)

    assert (report["verdict"], code) == (expected["verdict"], expected["exit"])
    assert {address: found[address] for address in expected["resources"]} == expected[
        "resources"
    ]


@pytest.mark.parametrize("plan", sorted(path.name for path in PLANS.iterdir()))
def test_every_real_plan_is_judged_or_refused_without_a_bug(plan: str) -> None:
    code, report = check(PLANS / plan / "plan.json", *STATE)

    assert code in {ALLOW, DENY, REVIEW, UNREADABLE}
    assert (code == UNREADABLE) is (report == {})
