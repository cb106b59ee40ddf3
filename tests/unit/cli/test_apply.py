"""`guardrail apply`, with a program in the place of Terraform that says what it does."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from shlex import quote

import pytest

from guardrail.cli import options
from guardrail.cli.attested import in_force
from guardrail.errors import ConfigurationError
from guardrail.library import load_library, shipped
from guardrail.placement import AttestedFile, Environment, telling
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said
from tests.unit.gate.test_terraform import program

PLANS = ROOT / "fixtures" / "plans"
FAKE = """
echo "$1" >> {log}
for last; do :; done
case "$1" in
  plan) echo planning; cp {case}/tfplan "${{last#-out=}}" ;;
  show) cat {case}/plan.json ;;
  apply) echo applying; cmp -s "$last" {case}/tfplan && echo same >> {log}; exit {code} ;;
esac
"""


class Gate:
    """A folder with a Terraform of which the plan is that of a case."""

    def __init__(self, ask: Ask, folder: Path, case: Path, code: int = 0) -> None:
        self._ask = ask
        self._log = folder / "log"
        text = FAKE.format(log=quote(str(self._log)), case=quote(str(case)), code=code)
        self.program = program(folder / "bin", "terraform", text)
        self.plan = case / "tfplan"

    def __call__(self, *arguments: object) -> Said:
        words = [*arguments, "--as-of", options.today()]
        if "--" in arguments:
            place = words.index("--")
            words = [*words[:place], *words[-2:], *words[place:-2]]
        return self._ask("apply", "--terraform-bin", self.program, *words)

    @property
    def ran(self) -> list[str]:
        return self._log.read_text().split() if self._log.exists() else []


@pytest.fixture
def allowed(ask: Ask, tmp_path: Path) -> Gate:
    return Gate(ask, tmp_path, PLANS / "no-placement")


@pytest.fixture
def denied(ask: Ask, tmp_path: Path) -> Gate:
    return Gate(ask, tmp_path, PLANS / "aws-tags")


def test_what_is_allowed_is_applied(allowed: Gate) -> None:
    said = allowed(allowed.plan)

    assert said.code == 0
    assert allowed.ran == ["show", "apply", "same"]
    assert "verdict: ALLOW" in said.out


def test_a_plan_is_made_where_none_is_given(allowed: Gate) -> None:
    said = allowed("--auto-approve", "--", "-var=a=b")

    assert said.code == 0
    assert allowed.ran == ["plan", "show", "apply", "same"]


def test_what_is_denied_is_not_applied(denied: Gate) -> None:
    for arguments in ([denied.plan], ["--auto-approve"]):
        said = denied(*arguments, "--body", "state")

        assert said.code == 10
        assert "nothing was applied" in said.err
    assert "apply" not in denied.ran


def test_what_is_for_review_is_not_applied(ask: Ask, tmp_path: Path) -> None:
    gate = Gate(ask, tmp_path, PLANS / "openstack-no-block")
    said = gate(gate.plan, "--class", "sensitive", "--body", "state")

    assert said.code == 11
    assert "apply" not in gate.ran


def test_the_environment_here_is_the_one_it_is_judged_under(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(ask, tmp_path, PLANS / "openstack-environment")
    judged = [gate.plan, "--class", "sensitive", "--body", "state"]
    monkeypatch.setenv("OS_AUTH_URL", "https://auth.cloud.ovh.net/v3")
    monkeypatch.setenv("OS_REGION_NAME", "GRA11")
    said = gate(*judged)

    assert said.code == 10
    assert "ovhcloud-public-cloud" in said.out
    assert gate(*judged, "--env", "OS_REGION_NAME=GRA11").code == 10
    other = gate(*judged, "--env", "OS_REGION_NAME=SBG5")
    assert other.code == 2
    assert "OS_REGION_NAME" in other.err
    assert "GRA11" not in other.err


def test_it_fails_as_terraform_fails(ask: Ask, tmp_path: Path) -> None:
    gate = Gate(ask, tmp_path, PLANS / "no-placement", code=1)
    said = gate(gate.plan)

    assert said.code == 5
    assert "`terraform apply` failed (exit code 1)" in said.err


def test_only_a_binary_plan_can_be_applied(allowed: Gate) -> None:
    said = allowed(PLANS / "no-placement" / "plan.json")

    assert said.code == 3
    assert "terraform plan -out" in said.err
    assert allowed.ran == []


def test_another_day_is_refused(ask: Ask, allowed: Gate) -> None:
    said = ask("apply", allowed.plan, "--as-of", "2016-01-01")

    assert said.code == 2
    assert allowed.ran == []


@pytest.mark.parametrize("argument", ["other.tfplan", "-out=x"])
def test_no_argument_takes_the_plan_away(allowed: Gate, argument: str) -> None:
    assert allowed(allowed.plan, "--", argument).code == 2
    assert "apply" not in allowed.ran


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "soon"])
def test_a_time_is_a_positive_number(allowed: Gate, seconds: str) -> None:
    assert allowed(allowed.plan, "--timeout", seconds).code == 2


def test_a_time_may_be_set(allowed: Gate) -> None:
    assert allowed(allowed.plan, "--timeout", "60").code == 0


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("y", 5), ("", 5)])
def test_a_person_is_asked_before_what_was_planned_here(
    allowed: Gate, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO(f"{answer}\n".encode())))
    said = allowed()

    assert said.code == code
    assert ("apply" in allowed.ran) is (code == 0)
    assert "Only `yes`" in said.err


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(io.BytesIO(b"yes\n"))])
def test_where_nobody_can_be_asked_it_must_be_said(
    allowed: Gate, monkeypatch: pytest.MonkeyPatch, stdin: io.TextIOWrapper | None
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    said = allowed()

    assert said.code == 2
    assert "--auto-approve" in said.err
    assert allowed.ran == []


def test_terraform_writes_beside_a_report_that_a_program_reads(allowed: Gate) -> None:
    said = allowed("--auto-approve", "--format", "json")

    assert said.document["verdict"] == "allow"


def test_only_what_says_where_a_provider_goes_is_looked_at() -> None:
    profiles = load_library(shipped()).registry.providers.values()
    given = {
        "OS_AUTH_URL": "https://a.example", "AWS_ENDPOINT_URL_S3": "https://b.example",
        "AWS_SECRET_ACCESS_KEY": "x", "PATH": "/bin", "TF_VAR_password": "y",
        "AWS_PROFILE": "c", "AWS_CONFIG_FILE": "d", "": "e",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }  # fmt: skip

    assert sorted(telling(profiles, given)) == [
        "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL_S3",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE", "OS_AUTH_URL",
    ]  # fmt: skip


def test_an_attested_variable_that_is_not_set_here_is_refused() -> None:
    profiles = load_library(shipped()).registry.providers.values()
    attested = Environment(values={"OS_CLOUD": "secret-name", "OS_AUTH_URL": ""})
    with pytest.raises(ConfigurationError, match="OS_CLOUD") as caught:
        in_force(attested, {}, profiles)

    assert "secret-name" not in str(caught.value)
    unset = Environment(values={"OS_AUTH_URL": "", "OS_PASSWORD": "not looked at"})
    found = in_force(unset, {"A": "b"}, profiles)
    assert (found.values, found.complete) == ({"A": "b"}, True)


@pytest.mark.parametrize("named", ["", "/elsewhere/aws.config"])
def test_an_attested_file_that_is_not_read_here_is_refused(named: str) -> None:
    profiles = load_library(shipped()).registry.providers.values()
    file = AttestedFile(
        format="aws-config", name="aws.config", path="/here/aws.config", entries={}
    )
    attested = Environment(files=(file,))
    with pytest.raises(ConfigurationError, match="AWS_CONFIG_FILE"):
        in_force(attested, {"AWS_CONFIG_FILE": named}, profiles)

    read = in_force(attested, {"AWS_CONFIG_FILE": "/here/aws.config"}, profiles)
    assert read.files == (file,)


def test_the_help_has_an_example(ask: Ask) -> None:
    said = ask("apply", "--help")

    assert said.code == 0
    assert "guardrail apply tfplan" in said.out
