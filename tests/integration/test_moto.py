"""`guardrail` before the real provider of AWS applies: moto says what arrived.

Two clouds speak AWS's API here, at addresses of their own: the ministry's, and one of
an American operator. What is denied must not exist in either of them afterwards.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.aws import KEY, REGION, Aws, provider
from tests.integration.laboratory import command_line_configuration

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.xdist_group("moto"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="no real provider"),
]

SENSITIVE = {"data_class": "sensitive"}
PUBLIC = {"data_class": "public"}
REQUIRED = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "3.39.0" }
  }
}
variable "class" { default = "sensitive" }
locals { labels = { data_class = var.class } }
"""
OFFERS = """
body: state
offers:
  - id: our-cloud
    operator: our-ministry
    hosting: internal
    country: FR
    recognise: [{provider: hashicorp/aws, host: 127.0.0.1}]
  - id: cloud-abroad
    operator: amazon-web-services
    hosting: commercial
    country: FR
    recognise: [{provider: hashicorp/aws, host: 127.0.0.2}]
"""


@pytest.fixture(scope="module")
def clouds() -> Iterator[tuple[Aws, Aws]]:
    """Ours, and the one abroad."""
    ours, abroad = Aws("127.0.0.1"), Aws("127.0.0.2")
    try:
        ours.wait()
        abroad.wait()
        ours.bucket("states", PUBLIC)
        abroad.bucket("states", PUBLIC)
        yield ours, abroad
    finally:
        ours.stop()
        abroad.stop()


class Stack:
    """A root module on both clouds, after `terraform init`."""

    def __init__(self, folder: Path, clouds: tuple[Aws, Aws], code: str) -> None:
        self.folder = folder
        self.header = REQUIRED + provider(clouds[0]) + provider(clouds[1], "abroad")
        (folder / "guardrail.yaml").write_text(OFFERS)
        self.write(code)
        self.terraform("init", "-input=false")

    def write(self, code: str) -> None:
        (self.folder / "main.tf").write_text(self.header + code)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def terraform(self, *arguments: str) -> str:
        done = self.run("terraform", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def guardrail(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "guardrail", *arguments)

    def plan(self, *options: str) -> dict[str, Any]:
        self.terraform("plan", "-input=false", "-out=tfplan", *options)
        shown: dict[str, Any] = json.loads(self.terraform("show", "-json", "tfplan"))
        (self.folder / "plan.json").write_text(json.dumps(shown))
        return shown

    def report(self, name: str = "tfplan") -> dict[str, Any]:
        done = self.guardrail("check", name, "--format", "json")
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def stack(
    clouds: tuple[Aws, Aws], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Makes a stack of code."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(command_line_configuration()))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return lambda code: Stack(tmp_path, clouds, code)


def of(report: dict[str, Any], address: str) -> dict[str, Any]:
    (found,) = [one for one in report["resources"] if one["address"] == address]
    return dict(found)


def everything(name: str, place: str = "") -> str:
    """A bucket, a machine and a database, labelled."""
    return f"""
resource "aws_s3_bucket" "files" {{
  {place}
  bucket = "{name}"
  tags   = local.labels
}}
resource "aws_instance" "machine" {{
  {place}
  ami           = "ami-12c6146b"
  instance_type = "t3.micro"
  tags          = local.labels
}}
resource "aws_db_instance" "register" {{
  {place}
  identifier          = "{name}"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 10
  username            = "u"
  password            = "no-secret-here"
  skip_final_snapshot = true
  tags                = local.labels
}}
"""


ABROAD = "provider = aws.abroad"


def test_what_is_denied_exists_nowhere(stack: Any, clouds: tuple[Aws, Aws]) -> None:
    before = [cloud.holds() for cloud in clouds]
    made = stack(everything("denied", ABROAD))
    done = made.guardrail("apply", "--auto-approve")

    assert done.returncode == 10, done.stdout + done.stderr
    for address in ("aws_s3_bucket.files", "aws_instance.machine"):
        assert f"DENY     {address}" in done.stdout
    assert [cloud.holds() for cloud in clouds] == before
    assert not (made.folder / "terraform.tfstate").exists()


def test_what_is_allowed_exists_where_it_was_judged_to_be(
    stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    ours, abroad = clouds
    elsewhere = abroad.holds()
    made = stack(everything("allowed"))
    made.plan()
    told = of(made.report(), "aws_db_instance.register")["landings"][0]
    done = made.guardrail("apply", "tfplan")

    assert done.returncode == 0, done.stdout + done.stderr
    assert told["offer"] == "our-cloud"
    assert "endpoint 127.0.0.1" in str(told["because"])
    assert {
        "bucket allowed": SENSITIVE,
        "machine": SENSITIVE,
        "database allowed": SENSITIVE,
    }.items() <= ours.holds().items()
    assert abroad.holds() == elsewhere


@pytest.mark.parametrize(("class_", "exit_code"), [("sensitive", 10), ("public", 0)])
def test_a_plain_pipeline_stops_before_terraform_applies(
    class_: str, exit_code: int, stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    """`plan`, `check`, `apply`: without the gate, only by exit codes."""
    name = f"piped-{class_}"
    made = stack(
        f'resource "aws_s3_bucket" "files" {{\n  {ABROAD}\n  bucket = "{name}"\n'
        "  tags = local.labels\n}\n"
    )
    done = made.run(
        "sh", "-c",
        f"terraform plan -input=false -out=tfplan -var=class={class_}"
        f" && {sys.executable} -m guardrail check tfplan && terraform apply tfplan",
    )  # fmt: skip

    assert done.returncode == exit_code, done.stdout + done.stderr
    assert (f"bucket {name}" in clouds[1].holds()) is (class_ == "public")


def test_what_was_changed_outside_is_judged_as_it_is_now(
    stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    """A plan refreshes: a label set by hand, and a bucket made anew elsewhere."""
    made = stack(
        f'resource "aws_s3_bucket" "files" {{\n  {ABROAD}\n  bucket = "drifting"\n'
        '  tags = { data_class = "public" }\n'
        "  lifecycle { ignore_changes = all }\n}\n"
    )
    made.terraform("apply", "-auto-approve")
    clouds[1].client("s3").delete_bucket(Bucket="drifting")
    clouds[1].bucket("drifting", SENSITIVE, region="eu-west-1")
    drift = made.plan()["resource_drift"]
    report = made.report()
    found = of(report, "aws_s3_bucket.files")
    enforced = made.guardrail("check", "tfplan", "--existing", "enforce")

    assert [one["address"] for one in drift] == ["aws_s3_bucket.files"]
    assert "drift" in [note["id"] for note in report["notes"]]
    assert (found["class"], found["existing"]) == ("sensitive", True)
    assert found["landings"][0]["region"] == "eu-west-1"
    assert report["verdict"] == "allow"
    assert enforced.returncode == 10, enforced.stdout


def test_an_import_of_what_may_not_be_there_is_denied(
    stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    clouds[1].bucket("imported", SENSITIVE)
    made = stack(
        'import {\n  to = aws_s3_bucket.old\n  id = "imported"\n}\n'
        f'resource "aws_s3_bucket" "old" {{\n  {ABROAD}\n  bucket = "imported"\n'
        "  tags = local.labels\n}\n"
    )
    done = made.guardrail("apply", "--auto-approve")

    assert done.returncode == 10, done.stdout + done.stderr
    assert not (made.folder / "terraform.tfstate").exists()


LOOKED_UP = f"""
data "aws_db_instance" "theirs" {{
  {ABROAD}
  db_instance_identifier = "theirs"
}}
data "aws_db_snapshot" "last" {{
  {ABROAD}
  db_instance_identifier = data.aws_db_instance.theirs.id
  most_recent            = true
}}
resource "aws_db_instance" "copy" {{
  {ABROAD}
  identifier          = "copy"
  instance_class      = "db.t3.micro"
  snapshot_identifier = data.aws_db_snapshot.last.id
  skip_final_snapshot = true
  tags                = {{ data_class = "public" }}
}}
"""


def test_the_label_of_a_database_that_is_looked_up_follows_its_data(
    stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    clouds[1].database("theirs", SENSITIVE)
    made = stack(LOOKED_UP)
    made.plan()
    for name in ("plan.json", "tfplan"):
        copy = of(made.report(name), "aws_db_instance.copy")
        chain = [one["detail"] for one in copy["class_because"]]
        assert copy["verdict"] == "deny"
        assert "data.aws_db_instance.theirs: label `tags.data_class`" in chain
    clouds[1].client("rds").remove_tags_from_resource(
        ResourceName="arn:aws:rds:eu-west-3:123456789012:db:theirs",
        TagKeys=["data_class"],
    )
    made.plan()

    assert of(made.report(), "aws_db_instance.copy")["verdict"] == "review"


def backend(cloud: Aws | None) -> str:
    """A backend that keeps the state in a bucket at `cloud`, or where `init` is told."""
    endpoints = f'endpoints = {{ s3 = "{cloud.url}" }}' if cloud else ""
    skipped = "".join(
        f"    skip_{name} = true\n"
        for name in (
            "credentials_validation", "metadata_api_check", "region_validation",
            "requesting_account_id", "s3_checksum",
        )
    )  # fmt: skip
    return f"""
terraform {{
  backend "s3" {{
    bucket         = "states"
    key            = "prod"
    region         = "{REGION}"
    access_key     = "{KEY}"
    secret_key     = "{KEY}"
    use_path_style = true
    {endpoints}
{skipped}  }}
}}
"""


def test_a_state_abroad_is_a_finding(stack: Any, clouds: tuple[Aws, Aws]) -> None:
    """Terraform keeps the state where we say; sensitive data at home, in it abroad."""
    ours, abroad = clouds
    bucket = (
        'resource "aws_s3_bucket" "files" {\n  bucket = "stated"\n'
        "  tags = local.labels\n}\n"
    )
    made = stack(backend(abroad) + bucket)
    done = made.guardrail("apply", "--auto-approve")
    made.plan()
    report = made.report()
    state = of(report, "terraform.backend.s3")

    assert done.returncode == 10, done.stdout + done.stderr
    assert "bucket stated" not in ours.holds()
    assert abroad.keys("states") == []
    assert of(report, "aws_s3_bucket.files")["verdict"] == "allow"
    assert (state["verdict"], state["class"]) == ("deny", "sensitive")
    assert state["landings"][0]["offer"] == "cloud-abroad"

    made.write(backend(ours) + bucket)
    made.terraform("init", "-input=false", "-reconfigure")
    done = made.guardrail("apply", "--auto-approve")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (ours.keys("states"), abroad.keys("states")) == (["prod"], [])


def test_a_state_that_init_alone_was_told_of_is_a_finding(
    stack: Any, clouds: tuple[Aws, Aws]
) -> None:
    """The code says nothing of it, and the JSON neither; the binary plan does."""
    made = stack("")
    made.write(
        backend(None) + 'resource "aws_s3_bucket" "files" {\n  bucket = "told"\n'
        "  tags = local.labels\n}\n"
    )
    told = f'-backend-config=endpoints={{s3="{clouds[1].url}"}}'
    made.terraform("init", "-input=false", told)
    made.plan()
    state = of(made.report(), "terraform.backend.s3")

    assert state["verdict"] == "deny"
    assert state["landings"][0]["offer"] == "cloud-abroad"
    assert "is as the plan has it" in str(state["landings"][0]["because"])
