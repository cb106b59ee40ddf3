"""What run tasks answer: outcomes that are short, and text that nobody can abuse."""

from __future__ import annotations

import asyncio
from datetime import UTC

import msgspec
import pytest

from guardrail.decision import Decision
from guardrail.reports import Rendering
from guardrail.reports.markdown import counted as line_of
from guardrail.reports.markdown import plain as _plain
from guardrail.server.clock import Clock
from guardrail.server.court import Court
from guardrail.server.results import outcomes_of, result
from tests.conftest import ROOT
from tests.unit.server.test_app import House, house

__all__ = ["house"]  # a fixture
DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"


@pytest.fixture
def court(house: House) -> Court:
    return Court(house.settings, house.double.clock)


def repeated(decision: Decision, times: int) -> Decision:
    resources = tuple(
        msgspec.structs.replace(
            one,
            resource=msgspec.structs.replace(
                one.resource, address=f"{one.resource.address}[`{count:04}`]"
            ),
        )
        for one in decision.resources
        for count in range(times)
    )
    return msgspec.structs.replace(decision, resources=resources)


def test_each_rule_has_one_outcome_with_its_addresses(court: Court) -> None:
    ruling = court.plan(DEMO.read_bytes(), "demo")
    outcomes = outcomes_of(ruling.decision, ruling.rendering)
    first = outcomes[0]["attributes"]
    ids = [(one["attributes"]["outcome-id"]) for one in outcomes]

    assert first["tags"]["Status"] == [{"label": "Denied", "level": "error"}]
    assert "aws_s3_bucket.hearings" in first["body"]
    assert first["description"]
    assert "baseline-sensitive" in ids
    assert line_of(ruling.decision, ruling.rendering) == (
        "Denied: 3 judged, 1 denied, 1 for review, 1 allowed"
    )


def test_outcomes_are_in_french_where_it_is_asked(court: Court) -> None:
    ruling = court.plan(DEMO.read_bytes(), "demo")
    french: Rendering = msgspec.structs.replace(
        ruling.rendering, language="fr", french=court.library.french
    )
    outcomes = outcomes_of(ruling.decision, french)

    assert outcomes[0]["attributes"]["tags"]["Status"][0]["label"] == "Refusé"
    assert "à examiner" in line_of(ruling.decision, french)


def test_many_addresses_are_cut_and_counted(court: Court) -> None:
    ruling = court.plan(DEMO.read_bytes(), "demo")
    (first, *_rest) = outcomes_of(repeated(ruling.decision, 60), ruling.rendering)
    body = first["attributes"]["body"]

    assert "and 10 more" in body
    assert body.count("\n- `") + body.startswith("- `") == 50
    assert "[`" not in body


def test_text_is_never_markup() -> None:
    assert _plain("![x](https://evil) <b>|") == "\\!\\[x\\](https://evil) \\<b\\>\\|"


def test_a_result_may_have_an_address() -> None:
    attributes = result("failed", "no", url="https://guard.example/1")["data"][
        "attributes"
    ]

    assert attributes["url"] == "https://guard.example/1"


def test_the_clock_is_that_of_the_machine() -> None:
    clock = Clock()
    asyncio.run(clock.sleep(0))  # type: ignore[arg-type]

    assert clock.now().tzinfo is UTC
