"""Sensitivity that follows the data, on plans that Terraform made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.integration.test_acceptance import DENY, PLANS, STATE, check, verdicts

EXAMPLES = ROOT / "terraform-examples"


def found(report: dict[str, Any], address: str) -> dict[str, Any]:
    (one,) = [one for one in report["resources"] if one["address"] == address]
    return dict(one)


def chain(report: dict[str, Any], address: str) -> list[str]:
    """What is said of the class, from the own label on."""
    return [step["detail"] for step in found(report, address)["class_because"]]


def judged(name: str, *arguments: str, home: Path = PLANS) -> dict[str, Any]:
    code, report = check(home / name / "plan.json", *STATE, *arguments)
    assert code == DENY
    return report


NO_LABEL = "no label of sensitivity was found"
REGISTER = "aws_db_instance.register: label `tags.data_class`"


def test_a_copy_at_another_operator_is_what_it_was_copied_from() -> None:
    report = judged("two-clouds-backup-leak", home=EXAMPLES)

    assert verdicts(report)["aws_s3_bucket.files"] == "allow"
    assert verdicts(report)["aws_s3_bucket.copy"] == "deny"
    assert chain(report, "aws_s3_bucket.copy") == [
        NO_LABEL,
        "the word `foyers fiscaux` in `bucket`",
        "aws_s3_bucket.files: label `tags.data_class`",
        "copied to aws_datasync_location_object_storage.source",
        "copied to aws_datasync_task.nightly",
        "copied to aws_datasync_location_s3.destination",
        "copied to aws_s3_bucket.copy",
    ]
    assert {
        "source": "aws_datasync_task.nightly",
        "target": "aws_datasync_location_s3.destination",
        "kind": "copies",
        "certain": True,
        "because": "`destination_location_arn` of aws_datasync_task.nightly",
        "input": 0,
    } in report["flows"]


def test_a_replica_in_another_region_is_what_its_source_is() -> None:
    """Its owner declared less, and the chain says so."""
    report = judged("flows-databases")
    replica = found(report, "aws_db_instance.replica")

    assert (replica["verdict"], replica["class"]) == ("deny", "sensitive")
    assert replica["categories"] == ["citizens-personal"]
    assert replica["landings"][0]["region"] == "us-east-1"
    assert chain(report, "aws_db_instance.replica") == [
        "label `tags.data_class`",
        REGISTER,
        "replicated to aws_db_instance.replica",
    ]


def test_a_restored_snapshot_is_what_was_saved() -> None:
    assert chain(judged("flows-databases"), "aws_db_instance.restored") == [
        NO_LABEL,
        REGISTER,
        "backed up to aws_db_snapshot.before_migration",
        "copied to aws_db_instance.restored",
    ]


def test_a_migration_to_another_operator_takes_the_class_along() -> None:
    report = judged("flows-databases")
    elsewhere = found(report, "azurerm_postgresql_flexible_server.elsewhere")

    assert elsewhere["verdict"] == "deny"
    assert elsewhere["landings"][0]["offer"] == "azure"
    assert chain(report, elsewhere["address"])[1:] == [
        REGISTER,
        "copied to aws_dms_endpoint.source",
        "copied to aws_dms_replication_task.migration",
        "copied to aws_dms_endpoint.target",
        "copied to azurerm_postgresql_flexible_server.elsewhere",
    ]


def test_an_application_that_knows_an_address_is_for_review() -> None:
    report = judged("flows-databases")

    assert verdicts(report)["aws_lambda_function.search"] == "review"
    assert chain(report, "aws_lambda_function.search") == [
        "label `tags.data_class`",
        REGISTER,
        "perhaps connected to aws_lambda_function.search",
    ]


def test_what_goes_from_an_own_cloud_to_another_operator_is_seen() -> None:
    report = judged("flows-openstack-to-aws")

    assert verdicts(report)["aws_s3_bucket.backup"] == "deny"
    assert chain(report, "aws_s3_bucket.backup")[1:] == [
        "openstack_objectstorage_container_v1.exports: label `metadata.data_class`",
        "replicated to aws_s3_bucket.backup",
    ]
    # A volume, by the server that it is attached to, to what a script there writes to.
    assert verdicts(report)["aws_s3_bucket.nightly"] == "review"
    assert chain(report, "aws_s3_bucket.nightly")[1:] == [
        "openstack_blockstorage_volume_v3.cases: label `metadata.data_class`",
        "attached to openstack_compute_volume_attach_v2.cases",
        "attached to openstack_compute_instance_v2.cases",
        "perhaps connected to aws_s3_bucket.nightly",
    ]


def test_logs_that_end_with_a_log_service_keep_their_class() -> None:
    report = judged("flows-logs")
    stream = found(report, "aws_kinesis_firehose_delivery_stream.out")

    assert stream["verdict"] == "deny"
    assert stream["categories"] == ["health"]
    assert "datadog" in {landing["offer"] for landing in stream["landings"]}
    assert ("baseline-sensitive", "stream") in {
        (finding["rule"], finding["landing"])
        for finding in report["findings"]
        if finding["address"] == stream["address"] and finding["outcome"] == "deny"
    }
    # Named by its ARN alone.
    assert verdicts(report)["aws_s3_bucket.failed"] == "deny"


def test_a_public_bucket_stays_public_in_a_sensitive_stack() -> None:
    report = judged("flows-logs", "--class", "sensitive")
    site = found(report, "aws_s3_bucket.site")

    assert (site["verdict"], site["class"]) == ("allow", "public")


def test_tags_merged_with_an_unknown_are_unknown() -> None:
    _code, report = check(PLANS / "aws-tags" / "plan.json", *STATE)
    details = {
        one["address"]: one["class_because"][0]["detail"] for one in report["resources"]
    }

    assert any("not known yet" in detail for detail in details.values())


@pytest.mark.parametrize(
    ("address", "class_"),
    [
        ('aws_s3_bucket.one["site"]', "public"),
        ('aws_s3_bucket.one["mail"]', "internal"),
        ('aws_s3_bucket.one["files"]', "sensitive"),
        ('module.store["site"].aws_s3_bucket.original', "public"),
    ],
)
def test_originals_of_one_block_stay_apart(address: str, class_: str) -> None:
    assert found(judged("flows-instances"), address)["class"] == class_


@pytest.mark.parametrize(
    ("copy", "verdict", "originals"),
    [
        ('aws_s3_bucket.copy["site"]', "review", []),
        ('aws_s3_bucket.copy["mail"]', "review", ["mail"]),
        ('aws_s3_bucket.copy["files"]', "deny", ["files"]),
        ('module.store["site"].aws_s3_bucket.copy', "review", []),
        ('module.store["mail"].aws_s3_bucket.copy', "review", ["mail"]),
        ('module.store["files"].aws_s3_bucket.copy', "deny", ["files"]),
        # A stated key; all of them; and a key that nobody can tell.
        ("aws_s3_bucket.fixed", "review", []),
        ("aws_s3_bucket.archive", "deny", ["files"]),
        ("aws_s3_bucket.mirror[0]", "deny", ["files"]),
    ],
)
def test_each_copy_is_of_its_own_original(
    copy: str, verdict: str, originals: list[str]
) -> None:
    report = judged("flows-instances")
    steps = found(report, copy)["class_because"]
    labels = [step["address"] for step in steps if step["source"] == "tag"]

    assert verdicts(report)[copy] == verdict
    assert [address.split('"')[1] for address in labels] == originals


@pytest.mark.parametrize(
    ("address", "class_", "because"),
    [
        ("aws_ebs_volume.files", "sensitive", "label `aws_ec2_tag.files.data_class`"),
        ("aws_ebs_volume.doubtful", None, "conflicting labels at `tags.data_class`"),
        (
            "aws_autoscaling_group.workers",
            "sensitive",
            "label `aws_autoscaling_group_tag.workers.data_class`",
        ),
        ("aws_autoscaling_group.labelled", "public", "label `tag.data_class`"),
        (
            "aws_dynamodb_table.sessions",
            "sensitive",
            "label `aws_dynamodb_tag.sessions.data_class`",
        ),
        (
            "google_storage_bucket.scans",
            "sensitive",
            "label `google_tags_tag_binding.scans.data_class`",
        ),
        (
            "ovh_cloud_project_storage.forms",
            "sensitive",
            "label `ovh_iam_resource_tags.forms.data_class`",
        ),
    ],
)
def test_labels_that_another_resource_sets_are_read(
    address: str, class_: str | None, because: str
) -> None:
    report = judged("flows-outside-tags")

    assert found(report, address)["class"] == class_
    assert chain(report, address)[0] == because
