"""Data sources that Terraform read while planning: facts, and never an obstacle."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.decision import Decision, Judged, Verdict
from guardrail.model import Known
from tests.unit.inputs.made import (
    AWS,
    block,
    change,
    configuration,
    constant,
    plan,
    provider,
    refers,
    stack_of,
)

SENSITIVE = {"tags": {"data_class": "sensitive"}}
PUBLIC = {"tags": {"data_class": "public"}}
SNAPSHOT = "data.aws_db_snapshot.last"
DATABASE = "data.aws_db_instance.old"
COPY = "aws_db_instance.copy"
IMAGE = "data.aws_ami.base"
BLOCKS = [
    block(DATABASE),
    block(
        SNAPSHOT,
        expressions={"db_instance_identifier": refers(f"{DATABASE}.id", DATABASE)},
    ),
    block(
        COPY, expressions={"snapshot_identifier": refers(f"{SNAPSHOT}.id", SNAPSHOT)}
    ),
    block(IMAGE),
    block("aws_instance.web", expressions={"ami": refers(f"{IMAGE}.id", IMAGE)}),
]


def seen(address: str, values: dict[str, Any]) -> dict[str, Any]:
    """A data source, as a prior state has it."""
    _data, type_, name = address.split(".")
    stated = {"address": address, "mode": "data", "type": type_, "name": name}
    return stated | {"provider_name": AWS, "values": values, "sensitive_values": {}}


def judged(
    knowledge: Knowledge,
    observed: list[dict[str, Any]],
    *changes: dict[str, Any],
    enforce: bool = False,
    **settings: Any,
) -> Decision:
    region = {"region": constant("eu-west-3")}
    stack = stack_of(
        plan(
            resource_changes=list(changes),
            configuration=configuration(
                *BLOCKS, providers={"aws": provider(expressions=region | settings)}
            ),
            prior_state={"values": {"root_module": {"resources": observed}}},
        )
    )
    around = Circumstances(
        as_of=date(2026, 11, 22), body=Known("state"), enforce_existing=enforce
    )
    return assess(stack, knowledge, around)


def of(decision: Decision, address: str) -> Judged:
    (one,) = [each for each in decision.resources if each.resource.address == address]
    return one


def restored(values: dict[str, Any]) -> dict[str, Any]:
    return change(COPY, after={"snapshot_identifier": "last"} | values)


def test_a_label_that_a_data_source_read_follows_the_data(knowledge: Knowledge) -> None:
    observed = [seen(DATABASE, SENSITIVE), seen(SNAPSHOT, {"id": "last"})]
    decision = judged(knowledge, observed, restored(PUBLIC))
    chain = [step.detail for step in of(decision, COPY).sensitivity.chain]

    assert of(decision, COPY).verdict is Verdict.DENY
    assert f"{DATABASE}: label `tags.data_class`" in chain
    assert f"backed up to {SNAPSHOT}" in chain
    assert f"copied to {COPY}" in chain


@pytest.mark.parametrize(("values", "verdict"), [({}, "review"), (PUBLIC, "allow")])
def test_a_backup_of_which_nobody_says_anything_may_hold_anything(
    values: dict[str, Any], verdict: str, knowledge: Knowledge
) -> None:
    observed = [seen(SNAPSHOT, {"id": "last"} | values)]
    decision = judged(knowledge, observed, restored(PUBLIC))

    assert of(decision, COPY).verdict.value == verdict
    assert not of(decision, SNAPSHOT).judged or values


def test_an_image_is_not_expected_to_hold_data(knowledge: Knowledge) -> None:
    """Nobody labels the images that all the world starts from."""
    machine = change("aws_instance.web", after={"ami": "ami-1"} | PUBLIC)
    decision = judged(knowledge, [seen(IMAGE, {"id": "ami-1"})], machine)

    assert not of(decision, IMAGE).judged
    assert [(flow.source, flow.target) for flow in decision.flows] == [
        (IMAGE, "aws_instance.web")
    ]
    assert decision.verdict is Verdict.ALLOW


def test_what_is_only_read_never_blocks(knowledge: Knowledge) -> None:
    """It belongs to another stack; and this one may be taken down."""
    gone = change(COPY, ("delete",), before=SENSITIVE)
    decision = judged(knowledge, [seen(DATABASE, SENSITIVE)], gone, enforce=True)

    assert of(decision, DATABASE).existing
    assert of(decision, DATABASE).breaches
    assert decision.verdict is Verdict.ALLOW


def test_the_tags_of_the_provider_are_put_on_nothing_that_is_only_read(
    knowledge: Knowledge,
) -> None:
    tags = [{"tags": constant({"data_class": "public"})}]
    observed = [seen(SNAPSHOT, {"id": "last"})]
    decision = judged(knowledge, observed, restored({}), default_tags=tags)

    assert not of(decision, SNAPSHOT).sensitivity.labelled
    assert of(decision, COPY).verdict is Verdict.REVIEW


def test_what_is_to_be_read_again_is_not_what_it_was(knowledge: Knowledge) -> None:
    again = change(SNAPSHOT, ("read",), after={}, after_unknown={"tags": True})
    decision = judged(knowledge, [seen(SNAPSHOT, PUBLIC)], again, restored(PUBLIC))

    assert of(decision, COPY).verdict is Verdict.REVIEW
    assert not of(decision, SNAPSHOT).existing
