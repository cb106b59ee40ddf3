"""Reports, byte for byte. `make golden` rewrites them; the difference is reviewed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest

from guardrail.assessment import Circumstances, assess
from guardrail.cli.schemas import schemas, write_schemas
from guardrail.decision import Decision, Effect
from guardrail.inputs import read
from guardrail.library import Library, shipped
from guardrail.model import Known
from guardrail.reports import WRITERS, Rendering
from tests.conftest import BOTH, ROOT
from tests.golden import synthetic
from tests.golden.conftest import Compare

DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"
DAY = date(2026, 11, 22)
NAMES = ("demo", "synthetic")
LANGUAGES = ("en", "fr")

Report: TypeAlias = Callable[[str, str, str], bytes]


@pytest.fixture(scope="module")
def decisions(library: Library) -> dict[str, Decision]:
    demo = assess(
        read(DEMO.read_bytes(), path="terraform-examples/demo/plan.json"),
        library.knowledge(DAY, BOTH),
        Circumstances(as_of=DAY, body=Known("state")),
    )
    return {"demo": demo, "synthetic": synthetic.decision(library.vocabulary)}


@pytest.fixture(scope="module")
def report(decisions: dict[str, Decision], library: Library) -> Report:
    """Gives a report by the name of the decision, the format and the language."""

    def written(name: str, format_: str, language: str) -> bytes:
        rendering = Rendering(
            version="0.0.0",
            library_sha256="0" * 64,
            catalogue_date=date(2026, 9, 15),
            language=language,
            french=library.french,
        )
        return b"".join(WRITERS[format_]([decisions[name]], rendering))

    return written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_text_report(
    name: str, language: str, report: Report, golden: Compare
) -> None:
    golden(f"{name}.{language}.txt", report(name, "text", language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_json_report(
    name: str, language: str, report: Report, golden: Compare
) -> None:
    document = json.loads(report(name, "json", language))
    pretty = json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    golden(f"{name}.{language}.json", pretty.encode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_json_report_is_one_line(name: str, language: str, report: Report) -> None:
    found = report(name, "json", language)

    assert found.count(b"\n") == 1
    assert found.endswith(b"\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_text_report_fits_into_80_columns(
    name: str, language: str, report: Report
) -> None:
    lines = report(name, "text", language).decode().splitlines()

    assert [line for line in lines if len(line) > 80] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_json_report_fits_its_published_schema(
    name: str, language: str, report: Report
) -> None:
    path = shipped() / "schema" / "report-v1.schema.json"
    schema: dict[str, Any] = json.loads(path.read_bytes())
    document = json.loads(report(name, "json", language))

    jsonschema.Draft202012Validator(schema).validate(document)


def test_the_published_schemas_are_those_of_the_code(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if request.config.getoption("--refresh-golden"):
        write_schemas(shipped() / "schema")
    write_schemas(tmp_path / "schema")
    found = {path.name: path.read_bytes() for path in (shipped() / "schema").iterdir()}

    made = {path.name: path.read_bytes() for path in (tmp_path / "schema").iterdir()}

    assert made == schemas()
    assert found == made, "run `make schema`"


def test_the_invented_decision_holds_every_kind_of_finding(
    decisions: dict[str, Decision],
) -> None:
    found = decisions["synthetic"]

    assert {finding.effect for finding in found.findings} == set(Effect)
    assert any(finding.existing for finding in found.findings)
    assert any(finding.breach.missing for finding in found.findings)
    assert {"incomplete", "forgotten", "self-declared", "derogation-applied"} <= {
        note.id for note in found.notes
    }


def test_the_languages_tell_the_same_facts(report: Report) -> None:
    def facts(language: str) -> list[tuple[object, ...]]:
        document = json.loads(report("synthetic", "json", language))
        return [
            (one["rule"], one["address"], one["outcome"], one["fingerprint"])
            for one in document["findings"]
        ]

    assert facts("en") == facts("fr")
