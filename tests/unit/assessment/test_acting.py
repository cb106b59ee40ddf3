"""A data source that runs a program, or sends what it is given, is for review."""

from __future__ import annotations

import msgspec
import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import Verdict
from guardrail.model import Change
from tests.unit.assessment.flowing import decide, resource


@pytest.mark.parametrize(
    ("type_", "provider", "arguments", "change", "expected"),
    [
        ("external", "hashicorp/external", {"program"}, Change.READ, True),
        ("external", "hashicorp/external", {"program"}, Change.NO_OP, False),  # done
        ("http", "hashicorp/http", {"url"}, Change.READ, False),
        ("http", "hashicorp/http", {"url", "request_body"}, Change.READ, True),
        ("http", "hashicorp/http", None, Change.READ, True),  # it may send anything
        ("aws_lambda_invocation", "hashicorp/aws", {"input"}, Change.READ, True),
        ("aws_s3_bucket", "hashicorp/aws", {"bucket"}, Change.READ, False),
        ("external", "nobody/knows", {"program"}, Change.READ, False),
    ],
)
def test_what_acts_when_it_is_read_keeps_the_verdict_open(
    type_: str,
    provider: str,
    arguments: set[str] | None,
    change: Change,
    *,
    expected: bool,
    knowledge: Knowledge,
) -> None:
    address = f"data.{type_}.d"
    read = msgspec.structs.replace(
        resource(f"{type_}.d", {"tags": {"data_class": "public"}}, provider=provider),
        address=address,
        configuration=address,
        managed=False,
        change=change,
    )
    known = {} if arguments is None else {address: frozenset(arguments)}
    decision = decide(knowledge, [read], shows={"arguments": known})
    notes = {note.id: note for note in decision.notes}

    assert ("acting-sources" in notes) is expected
    if expected:
        assert notes["acting-sources"].blocks
        assert address in notes["acting-sources"].message
        assert decision.verdict is not Verdict.ALLOW
