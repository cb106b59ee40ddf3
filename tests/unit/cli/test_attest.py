"""`guardrail attest` and `guardrail verify`: what was judged, and may be applied."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from guardrail.cli import apply, attest, judging, main, verify
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said
from tests.unit.gate.test_signing import Pair, pair
from tests.unit.gate.test_terraform import program

TODAY = date(2026, 11, 22)
EXAMPLES = ROOT / "terraform-examples"
PLANS = ROOT / "fixtures" / "plans"


class Bureau:
    """A folder with a plan, keys, and a Terraform that shows the plan of a case."""

    def __init__(self, ask: Ask, folder: Path, case: Path) -> None:
        self._ask = ask
        self.folder = folder
        self.plan = folder / "tfplan"
        self.plan.write_bytes((case / "tfplan").read_bytes())
        self.keys: Pair = pair(folder / "keys")
        self.statement = folder / "tfplan.intoto.json"
        self._program = program(
            folder / "bin", "terraform", f"cat {quote(str(case))}/plan.json"
        )

    def attest(self, *arguments: object) -> Said:
        return self._ask(
            "attest", self.plan, "--key", self.keys.private, "--body", "state",
            "--terraform-bin", self._program, *arguments,
        )  # fmt: skip

    @property
    def predicate(self) -> dict[str, Any]:
        payload = json.loads(self.statement.read_bytes())["payload"]
        found: dict[str, Any] = json.loads(base64.b64decode(payload))["predicate"]
        return found


Days = Callable[[date], None]


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Days:
    """Makes it another day."""

    def make_it(day: date) -> None:
        for module in (attest, apply, judging, verify):
            monkeypatch.setattr(module, "today", lambda: day)

    make_it(TODAY)
    return make_it


@pytest.fixture
def bureau(ask: Ask, tmp_path: Path, days: Days) -> Bureau:
    return Bureau(ask, tmp_path, EXAMPLES / "outscale-cloudgouv")


def verified(bureau: Bureau, *arguments: object, key: Path | None = None) -> int:
    words = [
        "verify", "--plan", bureau.plan, "--attestation", bureau.statement,
        "--key", key or bureau.keys.public, *arguments,
    ]  # fmt: skip
    return main([str(one) for one in words])


def test_what_is_allowed_is_attested_and_verified(
    bureau: Bureau, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    said = bureau.attest()
    judged = bureau.predicate["guardrail"]

    assert said.code == 0
    assert "verdict: ALLOW" in said.out
    assert bureau.predicate["properties"] == ["GUARDRAIL_ALLOW"]
    assert judged["verdict"] == "allow"
    assert judged["body"] == "state"
    assert "baseline-sensitive" in judged["rules"]
    assert bureau.predicate["verifier"]["policies"][0]["name"] == "library"
    assert verified(bureau) == 0
    assert b"SHA256:" in capsysbinary.readouterr().out


def test_it_holds_until_the_verdict_changes_by_itself(
    bureau: Bureau, days: Days
) -> None:
    """The qualification of the offer ends on 2026-11-30."""
    bureau.attest()

    assert bureau.predicate["guardrail"]["expires"] == "2026-12-01"
    days(date(2026, 11, 30))
    assert verified(bureau) == 0
    days(date(2026, 12, 1))
    assert verified(bureau) == 10


def test_it_may_hold_for_less(bureau: Bureau) -> None:
    bureau.attest("--valid-days", 1)

    assert bureau.predicate["guardrail"]["expires"] == "2026-11-23"


def test_it_never_holds_longer_than_the_registry_may_be_used(
    ask: Ask, tmp_path: Path, days: Days
) -> None:
    bureau = Bureau(ask, tmp_path, PLANS / "no-placement")
    bureau.attest()
    refused = date(2026, 9, 15).toordinal() + 181  # as `catalogue.yaml` has it

    assert bureau.predicate["guardrail"]["expires"] == str(date.fromordinal(refused))


@pytest.mark.parametrize(
    ("case", "code", "verdict"),
    [(PLANS / "aws-tags", 10, "deny"), (PLANS / "openstack-no-block", 11, "review")],
)
def test_what_is_not_allowed_is_attested_as_such(
    ask: Ask, tmp_path: Path, days: Days, case: Path, code: int, verdict: str
) -> None:
    bureau = Bureau(ask, tmp_path, case)

    assert bureau.attest("--class", "sensitive").code == code
    assert bureau.predicate["guardrail"]["verdict"] == verdict
    assert bureau.predicate["properties"] == []
    assert verified(bureau) == 10


def test_another_plan_key_or_library_is_refused(
    bureau: Bureau, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    bureau.attest()
    library = bureau.predicate["verifier"]["policies"][0]["digest"]["sha256"]

    assert verified(bureau, "--library-sha256", library) == 0
    assert verified(bureau, "--library-sha256", "0" * 64) == 10
    assert verified(bureau, key=pair(tmp_path / "other").public) == 10
    content = bytearray(bureau.plan.read_bytes())
    content[100] ^= 1
    bureau.plan.write_bytes(bytes(content))
    assert verified(bureau) == 10
    assert b"another plan" in capsysbinary.readouterr().err


def test_a_flipped_bit_is_refused(bureau: Bureau) -> None:
    bureau.attest()
    content = bytearray(bureau.statement.read_bytes())
    content[len(content) // 2] ^= 1
    bureau.statement.write_bytes(bytes(content))

    assert verified(bureau) in {3, 10}


def test_another_environment_is_refused(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.attest("--env", "AWS_ENDPOINT_URL=", "--env", "AWS_PROFILE=ministry")

    assert "ministry" not in bureau.statement.read_text()
    assert verified(bureau) == 10
    monkeypatch.setenv("AWS_PROFILE", "ministry")
    assert verified(bureau) == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    assert verified(bureau) == 10


def test_only_a_binary_plan_of_today_is_attested(bureau: Bureau, ask: Ask) -> None:
    assert bureau.attest("--as-of", "2016-01-01").code == 2
    bureau.plan.write_bytes((PLANS / "no-placement" / "plan.json").read_bytes())
    assert bureau.attest().code == 3
    assert not bureau.statement.exists()


def test_a_wrong_key_writes_nothing(bureau: Bureau, tmp_path: Path) -> None:
    said = bureau.attest("--key", bureau.keys.public)

    assert said.code == 2
    assert not bureau.statement.exists()


def test_derogations_are_named(ask: Ask, tmp_path: Path, days: Days) -> None:
    case = ROOT / "fixtures" / "doctrine" / "microsoft-365-mail-and-drive"
    bureau = Bureau(ask, tmp_path, case)
    filed = sorted((case / "derogations" / "lawful").glob("*.yaml"))
    bureau.attest("--derogations", case / "derogations" / "lawful")
    named = {one["name"] for one in bureau.predicate["verifier"]["policies"]}

    assert len(bureau.predicate["guardrail"]["derogations"]) == len(filed) > 0
    assert set(bureau.predicate["guardrail"]["derogations"]) < named


@pytest.mark.parametrize("number", ["0", "367", "-1", "x", "1.5", "²"])
def test_days_are_few(bureau: Bureau, number: str) -> None:
    assert bureau.attest(f"--valid-days={number}").code == 2


def test_the_statement_may_go_elsewhere(bureau: Bureau, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere.json"
    bureau.attest("--attestation", place)

    assert place.is_file()
    assert not bureau.statement.exists()


@pytest.mark.parametrize("verb", ["attest", "verify"])
def test_the_help_has_an_example(ask: Ask, verb: str) -> None:
    assert "terraform apply tfplan" in ask(verb, "--help").out
