"""Streams, logs and copies whose data comes from where the code does not show.

The stack is declared public, so that nothing else keeps it from being allowed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_acceptance import ALLOW, REVIEW, STATE, check, verdicts

PUBLIC = (*STATE, "--class", "public")
BUCKET = 'resource "aws_s3_bucket" "to" {\n  bucket = "archive"\n}\n'
STREAM = 'resource "aws_kinesis_stream" "own" {\n  name = "events"\n}\n'
GROUP = 'resource "aws_cloudwatch_log_group" "own" {\n  name = "/app/web"\n}\n'
FIREHOSE = """
resource "aws_kinesis_firehose_delivery_stream" "it" {
  name        = "it"
  destination = "extended_s3"
  kinesis_source_configuration {
    kinesis_stream_arn = %s
    role_arn           = "arn:aws:iam::123456789012:role/r"
  }
  extended_s3_configuration {
    bucket_arn = aws_s3_bucket.to.arn
    role_arn   = "arn:aws:iam::123456789012:role/r"
  }
}
"""
FILTER = """
resource "aws_cloudwatch_log_subscription_filter" "it" {
  name            = "it"
  log_group_name  = %s
  destination_arn = "arn:aws:firehose:eu-west-3:123456789012:deliverystream/d"
  filter_pattern  = ""
}
"""
MIGRATION = """
resource "aws_dms_endpoint" "it" {
  endpoint_id   = "from"
  endpoint_type = "source"
  engine_name   = "postgres"
  server_name   = %s
}
resource "aws_dms_endpoint" "target" {
  endpoint_id   = "target"
  endpoint_type = "target"
  engine_name   = "s3"
  s3_settings {
    bucket_name = aws_s3_bucket.to.bucket
  }
}
resource "aws_dms_replication_task" "task" {
  replication_task_id = "task"
  migration_type      = "cdc"
  source_endpoint_arn = aws_dms_endpoint.it.endpoint_arn
  target_endpoint_arn = aws_dms_endpoint.target.endpoint_arn
  table_mappings      = "{}"
}
"""
DATABASE = """
resource "aws_db_instance" "own" {
  identifier     = "own"
  instance_class = "db.t3.micro"
}
"""
SINK = """
resource "google_storage_bucket" "logs" {
  name     = "logs"
  location = "europe-west9"
}
resource "google_logging_project_sink" "it" {
  name        = "it"
  destination = "storage.googleapis.com/${google_storage_bucket.logs.name}"
}
"""
CACHE = """
resource "aws_cloudfront_distribution" "it" {
  enabled = true
  origin {
    origin_id   = "o"
    domain_name = %s
  }
}
"""
STREAMS = """
resource "openstack_objectstorage_container_v1" "unrelated" {
  name = "unrelated"
}
resource "google_pubsub_subscription" "it" {
  name  = "it"
  topic = %s
}
"""
TOPIC = 'resource "google_pubsub_topic" "own" {\n  name = "events"\n}\n'
LOGS = """
resource "azurerm_monitor_diagnostic_setting" "it" {
  name               = "it"
  target_resource_id = "/subscriptions/0/resourceGroups/g/providers/P/vaults/v"
  storage_account_id = "/subscriptions/0/resourceGroups/g/providers/S/accounts/a"
}
"""
LINK = """
terraform {
  required_providers {
    confluent = { source = "confluentinc/confluent" }
  }
}
resource "confluent_cluster_link" "it" {
  link_name = "it"
  source_kafka_cluster {
    id                 = "lkc-000000"
    bootstrap_endpoint = "kafka.example.org:9092"
  }
  destination_kafka_cluster {
    id = confluent_kafka_cluster.own.id
  }
}
resource "confluent_kafka_cluster" "own" {
  display_name = "own"
  cloud        = "AWS"
  region       = "eu-west-3"
}
"""
EDGE = """
terraform {
  required_providers {
    cloudflare = { source = "cloudflare/cloudflare" }
    fastly     = { source = "fastly/fastly" }
  }
}
"""
FASTLY = """
resource "fastly_service_vcl" "it" {
  name = "it"
  backend {
    name    = "site"
    address = "intranet.example.org"
  }
}
"""
TUNNEL = """
resource "cloudflare_zero_trust_tunnel_cloudflared_config" "it" {
  account_id = "a"
  tunnel_id  = "t"
  config     = { ingress = [{ service = "http://intranet.example.org:80" }] }
}
"""
POOL = """
resource "cloudflare_hyperdrive_config" "it" {
  account_id = "a"
  name       = "it"
  origin     = { host = "db.example.org", database = "register" }
}
"""
SERVICE = """
resource "aws_appflow_flow" "it" {
  name = "it"
  source_flow_config {
    connector_type = "Salesforce"
    source_connector_properties {
      salesforce {
        object = "Contact"
      }
    }
  }
  destination_flow_config {
    connector_type = "S3"
    destination_connector_properties {
      s3 {
        bucket_name = aws_s3_bucket.to.bucket
      }
    }
  }
}
"""
TRANSFER = """
resource "google_bigquery_data_transfer_config" "it" {
  display_name   = "it"
  data_source_id = "amazon_s3"
  params         = { data_path = "s3://elsewhere/" }
}
"""
ACCOUNT = """
resource "aws_cloudwatch_log_account_policy" "it" {
  policy_name     = "it"
  policy_type     = "SUBSCRIPTION_FILTER_POLICY"
  policy_document = "{}"
}
"""
UNSEEN = {
    "fastly": (EDGE + FASTLY, set[str]()),
    "tunnel": (EDGE + TUNNEL, set[str]()),
    "query cache": (EDGE + POOL, set[str]()),
    "service": (BUCKET + SERVICE, {"to"}),
    "transfer": (TRANSFER, set[str]()),
    "account policy": (ACCOUNT, set[str]()),
    "firehose": (BUCKET + FIREHOSE % '"arn:aws:kinesis:eu-west-3:1:stream/s"', {"to"}),
    "log filter": (FILTER % '"/other/app"', set[str]()),
    "migration": (BUCKET + MIGRATION % '"db.example.org"', {"to", "target", "task"}),
    "project sink": (SINK, {"logs"}),
    "cache": (CACHE % '"intranet.example.org"', set[str]()),
    "subscription": (STREAMS % '"projects/other/topics/t"', set[str]()),
    "diagnostics": (LOGS, set[str]()),
    "mirror": (LINK, {"own"}),
}
"""What takes data in is `it`; beside it, where that goes in the stack."""
SHOWN = {
    "firehose": BUCKET + STREAM + FIREHOSE % "aws_kinesis_stream.own.arn",
    "log filter": GROUP + FILTER % "aws_cloudwatch_log_group.own.name",
    "log filter by name": GROUP + FILTER % '"/app/web"',
    "migration": BUCKET + DATABASE + MIGRATION % "aws_db_instance.own.address",
    "cache": BUCKET + CACHE % "aws_s3_bucket.to.bucket_regional_domain_name",
    "subscription": TOPIC + STREAMS % "google_pubsub_topic.own.id",
}
"""The same from what is of the stack."""
HEAD = """
provider "aws" {
  region = "eu-west-3"
}
"""


def judged(folder: Path, code: str, *arguments: str) -> tuple[int, dict[str, str]]:
    (folder / "main.tf").write_text(HEAD + code)
    exit_code, report = check(folder, *PUBLIC, *arguments)
    return exit_code, {
        address.rpartition(".")[2]: verdict
        for address, verdict in verdicts(report).items()
    }


@pytest.mark.parametrize("name", UNSEEN)
def test_what_takes_in_what_nobody_sees_is_for_review(
    name: str, tmp_path: Path
) -> None:
    code, reached = UNSEEN[name]
    found, all_ = judged(tmp_path, code)

    assert found == REVIEW
    expected = {"it", *reached}
    assert {one for one, verdict in all_.items() if verdict == "review"} == expected


@pytest.mark.parametrize("name", SHOWN)
def test_what_takes_in_what_is_of_the_stack_is_of_its_class(
    name: str, tmp_path: Path
) -> None:
    found, all_ = judged(tmp_path, SHOWN[name])

    assert (found, set(all_.values())) == (ALLOW, {"allow"})


def test_the_owner_states_the_class_of_all_that_an_account_logs(tmp_path: Path) -> None:
    file = tmp_path / "guardrail.yaml"
    argument = "google_logging_project_sink.it.project"
    file.write_text(f"mappings:\n  - {{addresses: [{argument}], class: public}}\n")

    found, _all = judged(tmp_path, SINK, "--config", str(file))

    assert found == ALLOW


POLICY = """
resource "aws_ebs_volume" "other" {
  availability_zone = "eu-west-3a"
  size              = 1
  tags              = { data_class = "internal", backup = "daily" }
}
resource "aws_dlm_lifecycle_policy" "it" {
  description        = "every night"
  execution_role_arn = "arn:aws:iam::123456789012:role/r"
  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { backup = "daily" }
    schedule {
      name = "daily"
      create_rule {
        interval = 24
      }
      retain_rule {
        count = 7
      }
    }
  }
}
"""


def test_what_a_policy_selects_by_tag_reaches_it(tmp_path: Path) -> None:
    """In the stack, surely; and out of it, nobody knows what."""
    (tmp_path / "main.tf").write_text(HEAD + POLICY)
    code, report = check(tmp_path, *PUBLIC)
    found = {one["address"]: one for one in report["resources"]}[
        "aws_dlm_lifecycle_policy.it"
    ]
    details = [step["detail"] for step in found["class_because"]]

    assert code == REVIEW
    assert found["verdict"] == "review"
    assert "backed up to aws_dlm_lifecycle_policy.it" in details
    assert "aws_ebs_volume.other" in {
        step["address"] for step in found["class_because"]
    }
