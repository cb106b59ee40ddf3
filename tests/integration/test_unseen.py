"""Copies of which the input does not show where their data comes from: never allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_acceptance import (
    DENY,
    PLANS,
    REVIEW,
    STATE,
    check,
    missing,
    verdicts,
)

FOLDER = PLANS / "flows-unseen"
PLAN = FOLDER / "plan.json"
UNSEEN = {
    "aws_db_instance.dynamic",
    "aws_db_instance.literal",
    "aws_db_instance.local",
    "aws_db_instance.module",
    "aws_db_instance.through",
    "aws_ebs_volume.conditional",
    'aws_ebs_volume.each["other"]',
    "aws_ebs_volume.merged_unknown",
}
"""Their data comes from elsewhere, whatever shows the stack."""
CLEAR_BY_CODE = {"aws_ebs_volume.own_local", 'aws_ebs_volume.each["own"]'}
"""Their data comes from the stack, and only the code shows it."""


def review_of(path: Path, *arguments: str) -> set[str]:
    code, report = check(path, *STATE, *arguments)
    assert code == REVIEW
    found = verdicts(report)
    assert set(found.values()) == {"allow", "review"}
    assert len(found) == 18
    return {address for address, verdict in found.items() if verdict == "review"}


def test_the_plan_as_json_alone_leaves_most_open() -> None:
    assert review_of(PLAN) == UNSEEN | CLEAR_BY_CODE


def test_the_code_shows_what_is_of_the_stack() -> None:
    assert review_of(PLAN, "--src", str(FOLDER)) == UNSEEN
    assert review_of(FOLDER) == UNSEEN


def test_a_dynamic_block_beside_a_written_one_is_not_overlooked() -> None:
    """In the JSON there is no trace of it but its values; the code shows the rest."""
    folder = PLANS / "flows-hidden"
    code = ("--src", str(folder))
    elsewhere = {"aws_instance.any", "aws_instance.known", "aws_instance.unknown"}
    for arguments, expected in (
        ((), elsewhere | {"aws_instance.own"}),
        (code, elsewhere),
    ):
        _code, report = check(folder / "plan.json", *STATE, *arguments)
        found = verdicts(report)
        assert {
            one for one, verdict in found.items() if verdict == "review"
        } == expected
        copying = "aws_s3_bucket_replication_configuration.two"
        (landings,) = (
            one["landings"] for one in report["resources"] if one["address"] == copying
        )
        assert [(one["role"], one["offer"]) for one in landings] == [
            ("primary", "aws"),
            ("replica", None),
        ]


def test_what_is_missing_is_said_and_how_to_supply_it() -> None:
    _code, report = check(PLAN, *STATE)

    told = missing(report, "aws_db_instance.local")
    assert "where `replicate_source_db` takes its data from is not known" in told
    assert "--src DIR" in told
    assert "map aws_db_instance.local.replicate_source_db in guardrail.yaml" in told
    told = missing(report, "aws_db_instance.literal")
    assert "`snapshot_identifier` names data outside of the stack" in told
    assert "aws_db_instance.literal.snapshot_identifier" in told
    told = missing(report, 'aws_ebs_volume.each["other"]')
    assert "map aws_ebs_volume.each[*].snapshot_id in guardrail.yaml" in told


@pytest.mark.parametrize(
    ("stated", "class_", "code", "verdict"),
    [
        ("aws_db_instance.local.replicate_source_db", "public", REVIEW, "allow"),
        ("*.replicate_source_db", "public", REVIEW, "allow"),
        ("aws_db_instance.local[*].replicate_source_db", "public", REVIEW, "review"),
        ("aws_db_instance.local.replicate_source_db", "sensitive", DENY, "deny"),
        ("aws_db_instance.local", "public", REVIEW, "review"),
        ("aws_db_instance.*", "public", REVIEW, "review"),
    ],
)
def test_the_owner_states_the_class_of_what_comes_in(
    stated: str, class_: str, code: int, verdict: str, tmp_path: Path
) -> None:
    """What is stated of the copy itself says nothing of what flows into it."""
    file = tmp_path / "guardrail.yaml"
    file.write_text(f"mappings:\n  - {{addresses: ['{stated}'], class: {class_}}}\n")

    found, report = check(PLAN, *STATE, "--config", str(file))

    assert found == code
    assert verdicts(report)["aws_db_instance.local"] == verdict


def test_a_heat_template_is_no_different(tmp_path: Path) -> None:
    template = tmp_path / "stack.yaml"
    template.write_text(HEAT)

    code, report = check(template, *STATE)

    assert code == REVIEW
    assert verdicts(report) == {
        "direct": "allow",
        "either": "review",
        "hidden": "review",
        "literal": "review",
        "own": "allow",
        "parameter": "review",
        "unset": "allow",
        "yaql": "review",
    }


HEAT = """
heat_template_version: 2018-08-31
parameters:
  from: {type: string}
  secret: {type: string, hidden: true, default: 11111111-2222-3333-4444-555555555555}
  known: {type: string, default: 66666666-2222-3333-4444-555555555555}
conditions:
  chosen: {equals: [{get_param: from}, x]}
resources:
""" + "".join(
    f"  {name}:\n    type: OS::Cinder::Volume\n"
    f"    properties: {{metadata: {{data_class: public}}, {properties}}}\n"
    for name, properties in {
        "own": "size: 1",
        "unset": "size: 1, image: debian-12",
        "direct": "source_volid: {get_resource: own}",
        "parameter": "source_volid: {get_param: from}",
        "hidden": "source_volid: {get_param: secret}",
        "literal": "source_volid: {get_param: known}",
        "either": "source_volid: "
        "{if: [chosen, {get_resource: own}, {get_param: known}]}",
        "yaql": "source_volid: "
        "{yaql: {expression: $.data.x, data: {x: {get_param: from}}}}",
    }.items()
)
