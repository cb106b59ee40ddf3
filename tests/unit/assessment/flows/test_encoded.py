"""What stands encoded in a text is read, and takes no more than it may."""

from __future__ import annotations

import base64
import gzip

import pytest

from guardrail.assessment import Knowledge
from guardrail.assessment.flows.encoded import LONGEST, decoded
from guardrail.decision import Verdict
from tests.unit.assessment.flowing import by_address, decide, flows, resource

HOST = "patients-prod.abc.eu-west-3.rds.amazonaws.com"
SCRIPT = f"#!/bin/sh\nexport DB={HOST}\n"


def coded(content: str | bytes, *, lines: bool = False) -> str:
    plain = content if isinstance(content, bytes) else content.encode()
    return (base64.encodebytes if lines else base64.b64encode)(plain).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (coded(SCRIPT), [SCRIPT]),
        (coded(SCRIPT * 4, lines=True), [SCRIPT * 4]),
        (f"write_files:\n- content: {coded(SCRIPT)}\n", [SCRIPT]),
        (coded(gzip.compress(SCRIPT.encode(), mtime=0)), [SCRIPT]),
        (coded(f"echo {coded(SCRIPT)}"), [f"echo {coded(SCRIPT)}", SCRIPT]),
        (SCRIPT, []),
        (coded(b"\x1f\x8bnot gzip at all, though it begins so"), []),
        (coded(b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6\xf5\xf4"), []),
        ("A" * 17, []),
    ],
)
def test_what_is_encoded_is_read(text: str, expected: list[str]) -> None:
    assert list(decoded(text)) == expected


def test_what_unfolds_is_bounded() -> None:
    bomb = coded(gzip.compress(b"a" * 50_000_000, mtime=0))
    nested = SCRIPT
    for _ in range(6):
        nested = coded(nested)
    many = " ".join([coded(SCRIPT)] * 1000)

    assert [len(one) for one in decoded(bomb)] == [LONGEST]
    assert len(list(decoded(nested))) == 3
    assert len(list(decoded(many))) == 64


@pytest.mark.parametrize(
    "data",
    [coded(SCRIPT), coded(gzip.compress(SCRIPT.encode(), mtime=0))],
    ids=["base64", "gzip"],
)
def test_a_server_that_is_told_of_a_database_so_is_for_review(
    data: str, knowledge: Knowledge
) -> None:
    database = resource(
        "aws_db_instance.d",
        {"address": HOST, "tags": {"data_class": "sensitive"}},
    )
    public = {"tags": {"data_class": "public"}}
    server = resource("aws_instance.s", {"user_data_base64": data} | public)
    other = coded("nothing of interest in this start script")
    idle = resource("aws_instance.idle", {"user_data_base64": other} | public)
    decision = decide(knowledge, [database, server, idle])
    verdicts = {name: one.verdict for name, one in by_address(decision).items()}

    assert ("aws_db_instance.d", "aws_instance.s", "connects", False) in flows(decision)
    assert verdicts["aws_instance.s"] is Verdict.REVIEW
    assert verdicts["aws_instance.idle"] is Verdict.ALLOW
