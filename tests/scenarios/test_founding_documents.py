"""What the founding documents say, system by system: `founding-documents.yaml`.

Every case cites its sentence, and is judged by the command line on its day.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from guardrail.cli import main
from guardrail.library import Library
from guardrail.shapes import checked, parsed
from tests.conftest import ROOT

TABLE = Path(__file__).parent / "founding-documents.yaml"
PLANS = ROOT / "fixtures" / "doctrine"

SYSTEMS = frozenset(
    {
        "bleu",
        "capgemini",
        "cloudwatt",
        "dedicated-cloud",
        "external-catalogue",
        "franceconnect",
        "google-workspace",
        "health-data-platform",
        "ikoula",
        "internal-cloud",
        "microsoft-365",
        "numergy",
        "office-desktop",
        "oodrive",
        "orange",
        "outscale",
        "ovhcloud",
        "ovhcloud-google-licence",
        "s3ns",
        "snap",
    }
)
"""What the documents name."""

NEVER_DEROGATED = frozenset(
    {
        "documents",
        "collaboration",
        "instant-messaging",
        "audio-conference",
        "video-conference",
        "webinar",
    }
)
"""Source: DINUM, note of 2021-09-15."""

BLOCKING = frozenset({"deny", "review"})
QUALIFICATION_OR_EXPOSURE = frozenset(
    {
        "base_qualified",
        "controlled_from",
        "controlled_outside",
        "immune",
        "qualified",
    }
)


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """What every case says of itself."""

    system: str
    note: str
    sentence: str
    source: str
    args: tuple[str, ...]

    @property
    def day(self) -> date:
        return date.fromisoformat(self.args[self.args.index("--as-of") + 1])

    def __str__(self) -> str:
        return f"{self.system} {self.day}: {self.note}"


class Check(Cited, frozen=True, kw_only=True):
    """A plan, and what `guardrail check` must say of it."""

    plan: str
    exit: int
    verdict: str = ""
    """Empty where the tool must refuse to judge."""
    resources: dict[str, str] = {}
    left_out: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    derogated: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    offers: dict[str, str] = {}
    """The offer at which an address lands."""
    exposures: dict[str, tuple[str, ...]] = {}
    """The laws that reach an address; what the report shows, whatever the verdict."""


class Place(Cited, frozen=True, kw_only=True):
    """A kind of data, and what `guardrail where` must say of offers."""

    verdicts: dict[str, str]
    not_offered: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The form of the table."""

    checks: tuple[Check, ...]
    places: tuple[Place, ...]


def table() -> Table:
    return checked(parsed(TABLE.read_bytes(), TABLE.name), Table, TABLE.name)


def cases() -> Iterator[Cited]:
    yield from table().checks
    yield from table().places


def report_of(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the JSON report; empty where there is none."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        code = main([*arguments, "--format", "json"])
    out.seek(0)
    text = out.read()
    return code, json.loads(text) if text else {}


def judge(case: Check) -> tuple[int, dict[str, Any]]:
    return report_of("check", str(PLANS / case.plan / "plan.json"), *case.args)


def rules_of(report: dict[str, Any], *outcomes: str) -> set[str]:
    found = report["findings"]
    return {one["rule"] for one in found if not outcomes or one["outcome"] in outcomes}


def landings(report: dict[str, Any], key: str) -> dict[str, Any]:
    """The value of `key` of the one landing of each address."""
    found = {}
    for resource in report["resources"]:
        (primary,) = resource["landings"]
        found[resource["address"]] = primary[key]
    return found


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in the table start at the root of the repository."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GUARDRAIL_CONFIG", raising=False)


@pytest.mark.parametrize("case", table().checks, ids=str)
def test_the_plan_gets_the_verdict_of_its_day(case: Check) -> None:
    code, report = judge(case)

    assert (code, report.get("verdict", "")) == (case.exit, case.verdict)
    if not case.verdict:
        return
    found = {one["address"]: one["verdict"] for one in report["resources"]}
    stated = {name: v for name, v in found.items() if name not in case.left_out}
    assert stated == case.resources
    assert all(one["judged"] for one in report["resources"])
    assert rules_of(report, *BLOCKING) == set(case.rules)
    assert rules_of(report, "derogated") == set(case.derogated)
    assert not rules_of(report) & set(case.never)


@pytest.mark.parametrize("case", table().checks, ids=str)
def test_the_plan_lands_where_the_table_says(case: Check) -> None:
    if not case.offers and not case.exposures:
        return
    _code, report = judge(case)

    for key, stated in (("offer", case.offers), ("exposures", case.exposures)):
        found = landings(report, key)
        assert {name: found[name] for name in stated} == {
            name: list(value) if key == "exposures" else value
            for name, value in stated.items()
        }


@pytest.mark.parametrize("case", table().places, ids=str)
def test_the_offer_gets_the_verdict_of_its_day(case: Place) -> None:
    code, report = report_of("where", *case.args)
    found = {one["id"]: one["verdict"] for one in report["offers"]}

    assert code == 0
    assert {name: found[name] for name in case.verdicts} == case.verdicts
    assert not set(case.not_offered) & found.keys()


@pytest.mark.parametrize(
    "case", [one for one in table().checks if one.day < date(2020, 7, 16)], ids=str
)
def test_before_schrems_ii_nothing_rests_on_qualification_or_foreign_law(
    case: Check, library: Library
) -> None:
    _code, report = judge(case)
    asked = {
        word
        for name in rules_of(report)
        for rule in [library.rules[name]]
        for word in words(msgspec.to_builtins([rule.when, rule.require]))
    }

    assert "baseline-sensitive" not in report["library"]["rules"]
    assert not asked & QUALIFICATION_OR_EXPOSURE


def words(condition: Any) -> Iterator[str]:
    """Every key in a condition, however deep."""
    if isinstance(condition, dict):
        yield from condition
        condition = list(condition.values())
    if isinstance(condition, list):
        for part in condition:
            yield from words(part)


def test_no_derogation_ever_covers_what_the_note_excludes(library: Library) -> None:
    terms = library.rules["fr-2021-r9-collab"].derogation

    assert terms is not None
    assert set(terms.services) == {"mail", "personal-drive"}
    assert not NEVER_DEROGATED & set(terms.services)


def test_every_system_that_the_documents_name_has_a_case() -> None:
    assert {case.system for case in cases()} == SYSTEMS


def test_every_case_cites_its_sentence() -> None:
    for case in cases():
        assert len(case.sentence.split()) >= 5, str(case)
        assert case.source.strip(), str(case)


def test_no_two_cases_are_the_same() -> None:
    seen = [str(case) for case in cases()]

    assert len(seen) == len(set(seen))


def test_every_plan_is_judged_by_a_case() -> None:
    plans = {path.parent.name for path in PLANS.glob("*/plan.json")}

    assert {case.plan for case in table().checks} == plans


def test_every_derogation_is_used_by_a_case() -> None:
    folders = {str(path.relative_to(ROOT)) for path in PLANS.glob("*/derogations/*")}
    used = {
        case.args[at + 1]
        for case in cases()
        for at, word in enumerate(case.args)
        if word == "--derogations"
    }

    assert used == folders
