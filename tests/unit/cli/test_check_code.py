"""`guardrail check` on a folder of Terraform code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardrail.cli import main
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said

DEMO = ROOT / "terraform-examples" / "demo"
STATE = ("--body", "state")
CODE = """
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}
variable "region" {}
variable "tags" {
  type    = list(string)
  default = ["data_class=public"]
}
provider "scaleway" { region = var.region }
resource "scaleway_object_bucket" "b" {
  region = var.region
  tags   = var.tags
}
"""
ENVIRONMENT = ("--env", "SCW_DEFAULT_REGION=", "--env", "SCW_API_URL=")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "main.tf").write_text(CODE)
    return folder


def region(said: Said) -> object:
    (one,) = said.document["resources"]
    return one["landings"][0]["region"]


def test_a_folder_is_judged(ask: Ask) -> None:
    said = ask("check", DEMO, *STATE, "--format", "json")

    assert said.code == 10
    (origin,) = said.document["inputs"]
    assert (origin["kind"], origin["path"]) == ("terraform-code", str(DEMO))
    assert {one["address"]: one["verdict"] for one in said.document["resources"]} == {
        "aws_db_instance.register": "review",
        "aws_s3_bucket.case_files": "allow",
        "aws_s3_bucket.hearings": "deny",
    }


def test_variables_are_stated_by_option_file_or_environment(
    code: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(*options: object) -> Said:
        return ask("check", code, *STATE, *options, "--format", "json")

    file = tmp_path / "x.tfvars"
    file.write_text('region = "pl-waw"')

    assert region(judged()) is None
    assert region(judged("--var", "region=nl-ams")) == "nl-ams"
    assert region(judged("--var-file", file)) == "pl-waw"
    both = ("--var-file", file, "--var", "region=nl-ams")
    assert region(judged(*both)) == "nl-ams"
    assert region(judged(*both[2:], *both[:2])) == "pl-waw"
    monkeypatch.setenv("TF_VAR_region", "fr-par")
    assert region(judged()) == "fr-par"
    assert region(judged(*both)) == "nl-ams"


@pytest.mark.parametrize("format_", ["text", "json"])
def test_values_of_variables_are_never_printed(
    format_: str, code: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "x.tfvars"
    file.write_text('tags = ["token=hush-file"]')
    monkeypatch.setenv("TF_VAR_other", "hush-environment")
    said = ask(
        "check", code, *STATE, "--var-file", file, "--var", 'tags=["a=hush-option"]',
        "--format", format_,
    )  # fmt: skip

    assert said.code in {0, 10, 11}
    assert "hush" not in said.out + said.err


@pytest.mark.parametrize(
    ("options", "code_", "message"),
    [
        (("--var", "hush"), 2, "--var takes NAME=VALUE"),
        (("--var", "regoin=hush"), 2, "no variable `regoin`"),
        (("--var", "tags=[hush"), 3, "--var tags cannot be read"),
        (("--var-file", "gone.tfvars"), 3, "gone.tfvars"),
        (("--src", "."), 2, "--src"),
    ],
)
def test_what_is_stated_wrongly_is_refused(
    options: tuple[str, ...], code_: int, message: str, code: Path, ask: Ask
) -> None:
    said = ask("check", code, *STATE, *options)

    assert (said.code, said.out) == (code_, "")
    assert message in said.err
    assert "hush" not in said.err


@pytest.mark.parametrize("option", ["--var", "--var-file"])
def test_a_plan_takes_no_variables(option: str, ask: Ask) -> None:
    said = ask("check", DEMO / "plan.json", *STATE, option, "a=hush")

    assert said.code == 2
    assert option in said.err
    assert "hush" not in said.err


@pytest.mark.parametrize("name", ["main.tf", "main.tofu", "main.tf.json"])
def test_a_file_of_code_is_told_from_a_folder(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    document: dict[str, object] = {"resource": {"a_b": {"c": {}}}}
    path.write_text(json.dumps(document) if name.endswith("json") else CODE)

    assert main(["check", str(path)]) == 3
    assert "Give the folder that it is in" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["README", "x.tfvars", ".x.tf"])
def test_a_folder_without_code_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("")

    assert main(["check", str(tmp_path)]) == 3
    assert "no Terraform code" in capsys.readouterr().err


def test_code_that_cannot_be_read_is_not_green(code: Path, ask: Ask) -> None:
    (code / "more.tf").write_text("resource {")
    said = ask("check", code, *STATE)

    assert (said.code, said.out) == (3, "")
    assert "more.tf" in said.err


def test_a_module_that_is_not_there_is_for_review(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "main.tf").write_text('module "vpc" { source = "x/vpc/aws" }')
    said = ask("check", tmp_path, *STATE)

    assert said.code == 11
    assert "module.vpc" in said.out
    assert "terraform init -backend=false" in said.out


def test_the_named_program_says_whose_files_are_read(code: Path, ask: Ask) -> None:
    (code / "main.tofu").write_text("")

    def judged(*options: str) -> list[str]:
        said = ask("check", code, *STATE, "--format", "json", *options)
        return [one["address"] for one in said.document["resources"]]

    assert judged() == []
    assert judged("--terraform-bin", "/usr/bin/tofu") == []
    assert judged("--terraform-bin", "terraform") == ["scaleway_object_bucket.b"]


def test_what_the_folder_holds_of_guardrail_is_in_force(code: Path, ask: Ask) -> None:
    (code / "guardrail.yaml").write_text("body: state\n")

    assert ask("check", code, "--format", "json").document["body"] == "state"


REPEATED = CODE.replace(
    "  region = var.region\n  tags", "  for_each = var.names\n  tags"
)


@pytest.mark.parametrize(
    ("part", "code_"),
    [
        ('mappings: [{addresses: ["*b[\\"x\\"]"], class: sensitive}]', 11),
        ('mappings: [{addresses: ["*.b[*"], class: public}]', 0),
        (
            'mappings: [{addresses: ["scaleway_object_bucket.c[\\"x\\"]"], class: sensitive}]',
            0,
        ),
        ("", 0),
    ],
)
def test_what_is_stated_of_one_instance_is_not_lost_where_all_are_unknown(
    part: str, code_: int, code: Path, ask: Ask
) -> None:
    (code / "main.tf").write_text(REPEATED + 'variable "names" {}\n')
    (code / "guardrail.yaml").write_text(f"body: state\n{part}\n")
    said = ask("check", code, "--var", "region=fr-par", *ENVIRONMENT)

    assert said.code == code_
    assert ("single instances" in said.out) is (code_ == 11)
