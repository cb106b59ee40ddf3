"""Statements: what a reader may rely on, and what he may not."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from guardrail.errors import InputError
from guardrail.gate.attestation import (
    ALLOWED,
    VERSION,
    Digest,
    Document,
    Judgement,
    Predicate,
    Use,
    Verifier,
    hashed,
    relied_on,
    statement,
)
from guardrail.gate.signing import RefusedError

PLAN = b"the plan"
SHA256 = hashlib.sha256(PLAN).hexdigest()
USE = Use(plan=PLAN, today=date(2026, 11, 22), environment={"OS_CLOUD": "ministry"})
JUDGEMENT = Judgement(
    schema_version=VERSION,
    verdict="allow",
    as_of=date(2026, 11, 22),
    expires=date(2026, 12, 1),
    body="state",
    rules=("baseline-sensitive",),
    derogations=(),
    environment={"OS_CLOUD": hashed("ministry"), "OS_AUTH_URL": ""},
    summary={"resources": 1},
)
PREDICATE = Predicate(
    verifier=Verifier(
        "pkg:pypi/guardrail@1", (Document("library", Digest("ab" * 32)),)
    ),
    time_created=datetime(2026, 11, 22, 12, tzinfo=UTC),
    properties=(ALLOWED,),
    guardrail=JUDGEMENT,
)


def stated(**changes: Any) -> bytes:
    judgement = msgspec.structs.replace(JUDGEMENT, **changes)
    predicate = msgspec.structs.replace(PREDICATE, guardrail=judgement)
    return statement("tfplan", SHA256, predicate)


def use(**changes: Any) -> Use:
    return msgspec.structs.replace(USE, **changes)


def test_it_is_a_statement_of_in_toto_with_a_simple_verification_result() -> None:
    document = json.loads(stated())

    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert document["subject"] == [{"name": "tfplan", "digest": {"sha256": SHA256}}]
    assert document["predicate"]["timeCreated"] == "2026-11-22T12:00:00Z"
    assert document["predicate"]["properties"] == ["GUARDRAIL_ALLOW"]
    assert document["predicate"]["verifier"]["policies"][0]["name"] == "library"
    assert "ministry" not in json.dumps(document)


def test_it_is_relied_on_for_its_plan_in_its_time_and_environment() -> None:
    assert relied_on(stated(), USE) == PREDICATE
    assert relied_on(stated(), use(today=date(2026, 11, 30))) == PREDICATE
    assert relied_on(stated(), use(library_sha256="ab" * 32)) == PREDICATE


@pytest.mark.parametrize(
    ("payload", "asked", "reason"),
    [
        (stated(), use(plan=b"another plan"), "another plan"),
        (stated(), use(today=date(2026, 12, 1)), "expired on 2026-12-01"),
        (stated(), use(today=date(2026, 11, 21)), "to come"),
        (stated(), use(environment={}), "OS_CLOUD"),
        (stated(), use(environment={"OS_CLOUD": "other"}), "OS_CLOUD"),
        (
            stated(),
            use(environment={"OS_CLOUD": "ministry", "OS_AUTH_URL": "x"}),
            "OS_AUTH_URL",
        ),
        (stated(), use(library_sha256="cd" * 32), "another library"),
        (stated(verdict="deny"), USE, "judged deny"),
        (stated(verdict="review"), USE, "judged review"),
        (stated(schema_version="2.0"), USE, "later version"),
        (
            statement(
                "tfplan", SHA256, msgspec.structs.replace(PREDICATE, properties=())
            ),
            USE,
            "judged allow",
        ),
        (stated().replace(b"svr/v0.2", b"svr/v9.9"), USE, "something else"),
        (stated().replace(b"Statement/v1", b"Statement/v9"), USE, "something else"),
    ],
)
def test_for_anything_else_it_is_refused(
    payload: bytes, asked: Use, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason) as caught:
        relied_on(payload, asked)

    assert "ministry" not in str(caught.value)


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", stated()[:-5]])
def test_what_is_no_statement_is_unreadable(payload: bytes) -> None:
    with pytest.raises(InputError, match="no statement"):
        relied_on(payload, USE)
