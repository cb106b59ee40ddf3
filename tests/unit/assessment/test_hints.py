from __future__ import annotations

from typing import Any

import pytest

from guardrail.assessment import Assignment, Knowledge
from guardrail.classification import Declaration
from guardrail.decision import Judged, Verdict
from tests.unit.assessment.flowing import by_address, decide, resource

STACK = Declaration(source="stack", detail="declared", rank=1)


def only(knowledge: Knowledge, address: str, values: Any = None, **more: Any) -> Judged:
    sensitive = more.pop("sensitive", None)
    made = resource(address, values, sensitive=sensitive)
    return by_address(decide(knowledge, [made], **more))[address]


@pytest.mark.parametrize(
    "address",
    [
        "aws_s3_bucket.patients",
        'aws_s3_bucket.b["patients"]',
        "module.patients.aws_s3_bucket.b",
    ],
)
def test_a_name_is_a_reason_to_look_where_only_the_stack_has_a_class(
    address: str, knowledge: Knowledge
) -> None:
    found = only(knowledge, address, stack=STACK)

    assert (found.sensitivity.lowest, found.sensitivity.highest) == (1, 3)
    assert found.sensitivity.possible == {"health"}
    assert found.sensitivity.because[-1].detail == "the word `patients` in its address"
    assert found.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"bucket": "les-patients"}, "`bucket`"),
        ({"description": "Les patients."}, "`description`"),
    ],
)
def test_a_word_in_an_attribute_is_told(
    values: dict[str, str], where: str, knowledge: Knowledge
) -> None:
    """It decides nothing: where the value is not known, nobody could see it."""
    found = only(knowledge, "aws_s3_bucket.b", values, stack=STACK)

    assert found.sensitivity.known
    assert found.sensitivity.because[-1].detail == f"the word `patients` in {where}"
    assert found.verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_s3_bucket.site", {"bucket": "vitrine"}),
        ("aws_s3_bucket.site", {"policy": "patients"}),
        ("aws_iam_role.patients", {}),
        ("aws_s3_bucket.patients", {"tags": {"data_class": "internal"}}),
    ],
)
def test_other_values_and_what_bears_a_class_are_left_alone(
    address: str, values: dict[str, Any], knowledge: Knowledge
) -> None:
    found = only(knowledge, address, values, stack=STACK)

    assert found.sensitivity.known
    assert found.sensitivity.possible == frozenset()


def test_a_mapping_settles_what_a_name_says(knowledge: Knowledge) -> None:
    mapping = Assignment(
        addresses=("*",),
        declaration=Declaration(source="mapping", detail="stated", rank=1),
    )
    found = only(knowledge, "aws_s3_bucket.patients", assignments=(mapping,))

    assert found.sensitivity.known


def test_a_secret_is_not_looked_through(knowledge: Knowledge) -> None:
    found = only(
        knowledge,
        "aws_s3_bucket.b",
        {"bucket": "patients"},
        sensitive={"bucket": True},
        stack=STACK,
    )

    assert len(found.sensitivity.because) == 1


def test_resources_of_one_name_share_what_is_said(knowledge: Knowledge) -> None:
    made = [resource(f"aws_s3_bucket.patients[{n}]") for n in range(2)]
    one, other = decide(knowledge, made, stack=STACK).resources

    assert one.breaches is other.breaches


def test_a_mailbox_is_collaboration_by_nature(knowledge: Knowledge) -> None:
    found = only(knowledge, "aws_workmail_organization.m")

    assert found.sensitivity.categories == {"collaboration"}
