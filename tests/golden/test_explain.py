"""Explanations, byte for byte. `make golden` rewrites them; the difference is reviewed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

import jsonschema
import pytest

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.assessment.account import account, selected, turning
from guardrail.assessment.horizon import first_change, turning_days
from guardrail.decision import Decision, Verdict
from guardrail.gate.folder import read_folder
from guardrail.inputs import GivenCode, read
from guardrail.library import Library, shipped
from guardrail.model import Known
from guardrail.reports import Rendering
from guardrail.reports.explain import Books, Told, Turn, explanation
from guardrail.reports.explain_text import render_explanation
from guardrail.reports.explain_v1 import Explanation
from guardrail.reports.layout import encoded
from tests.conftest import BOTH, ROOT
from tests.golden.conftest import Compare

EXAMPLES = ROOT / "terraform-examples"
DAY = date(2026, 11, 22)
CASES = {
    "denied": ("demo", "aws_s3_bucket.hearings", False),
    "allowed": ("demo", "aws_s3_bucket.case_files", True),
    "undecided": ("demo", "aws_db_instance.register", False),
    "spread": ("two-clouds-backup-leak", "aws_s3_bucket.copy", False),
}
"""Example, address, and whether the code is given."""

Made: TypeAlias = tuple[Explanation, Books]
Explain: TypeAlias = Callable[[str, str], Made]


@pytest.fixture(scope="module")
def explain(library: Library) -> Explain:
    """Gives the explanation of a case in a language."""

    def made(name: str, language: str) -> Made:
        example, address, with_code = CASES[name]
        folder = EXAMPLES / example
        code = GivenCode(modules=read_folder(folder)) if with_code else None
        plan = (folder / "plan.json").read_bytes()
        stack = read(plan, path=f"terraform-examples/{example}/plan.json", code=code)

        def on(day: date) -> tuple[Decision, Knowledge, Circumstances]:
            knowledge = library.knowledge(day, BOTH)
            circumstances = Circumstances(as_of=day, body=Known("state"))
            return assess(stack, knowledge, circumstances), knowledge, circumstances

        decision, knowledge, circumstances = on(DAY)
        (judged,) = selected(decision, address)
        found = account(judged, knowledge, circumstances)
        dated = turning(found, knowledge, circumstances, library.rules.values())
        days = turning_days(dated, DAY)

        def verdict(day: date) -> Verdict:
            return selected(on(day)[0], address)[0].verdict

        change = first_change(verdict, days, judged.verdict)
        turn = None
        if change is not None:
            then, known, around = on(change[0])
            (same,) = selected(then, address)
            turn = Turn(on=change[0], account=account(same, known, around))
        books = Books(
            registry=library.registry,
            vocabulary=library.vocabulary,
            rendering=Rendering(
                version="0.0.0",
                library_sha256="0" * 64,
                catalogue_date=date(2026, 9, 15),
                language=language,
                french=library.french,
            ),
        )
        told = Told(account=found, turn=turn, looked_until=max(days))
        return explanation(decision, [told], books), books

    return made


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_page(name: str, language: str, explain: Explain, golden: Compare) -> None:
    document, books = explain(name, language)

    golden(f"explain-{name}.{language}.txt", render_explanation(document, books))


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_document(name: str, explain: Explain, golden: Compare) -> None:
    document, _books = explain(name, "en")
    plain = json.loads(encoded(document))
    pretty = json.dumps(plain, indent=1, ensure_ascii=False) + "\n"

    golden(f"explain-{name}.en.json", pretty.encode())
    schema = json.loads(
        (shipped() / "schema" / "explanation-v1.schema.json").read_text()
    )
    jsonschema.Draft202012Validator(schema).validate(plain)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_page_fits_into_80_columns(
    name: str, language: str, explain: Explain
) -> None:
    document, books = explain(name, language)
    lines = render_explanation(document, books).decode().splitlines()

    wide = [line for line in lines if len(line) > 80 and "://" not in line]
    assert wide == []
    assert [line for line in lines if line != line.rstrip()] == []
