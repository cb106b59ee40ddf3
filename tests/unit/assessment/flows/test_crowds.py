"""Many that mean the same many: their flows go through one place."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Knowledge
from guardrail.assessment.flows import between
from guardrail.decision import Decision, Verdict
from guardrail.model import Resource
from tests.unit.assessment.flowing import (
    by_address,
    decide,
    flows,
    labelled,
    reads,
    resource,
)

COPYING = "aws_s3_object_copy"
NAMES = st.sampled_from(["secours", "travail"])
SAID = st.sampled_from(["secours", "arn:aws:s3:::secours"])
CLASSES = st.sampled_from(["public", "personal", "sensitive"])


def buckets(many: int) -> list[Resource]:
    """The first of them sensitive, all of one name."""
    return [
        labelled(
            f"aws_s3_bucket.b{n}", "public" if n else "sensitive", bucket="secours"
        )
        for n in range(many)
    ]


def test_what_many_name_alike_makes_few_flows(knowledge: Knowledge) -> None:
    queue = resource("aws_sqs_queue.q", {"name": "secours"})
    other = resource("aws_sqs_queue.r", {"name": "secours"})
    said = {"source": "arn:aws:s3:::secours"}  # surely the buckets
    readers = [resource(f"{COPYING}.c{n}", said) for n in range(60)]
    decision = decide(knowledge, [*buckets(60), queue, other, *readers])
    found = flows(decision)

    assert len(found) <= 60 * 4
    assert ("aws_s3_bucket.b0", "aws_s3_bucket.b0[*]", "copies", True) in found
    assert ("aws_s3_bucket.b0[*]", f"{COPYING}.c7", "copies", True) in found
    assert ("aws_sqs_queue.q[*]", f"{COPYING}.c7", "copies", False) in found
    assert {by_address(decision)[one.address].verdict for one in readers} == {
        Verdict.DENY
    }


def test_what_many_select_by_a_tag_makes_few_flows(knowledge: Knowledge) -> None:
    tags = {"data_class": "sensitive", "backup": "daily"}
    details = {"policy_details": [{"target_tags": {"backup": "daily"}}]}
    volumes = [resource(f"aws_ebs_volume.v{n}", {"tags": tags}) for n in range(60)]
    policies = [resource(f"aws_dlm_lifecycle_policy.p{n}", details) for n in range(60)]
    decision = decide(knowledge, [*volumes, *policies])

    assert len(decision.flows) == 120
    assert {by_address(decision)[one.address].verdict for one in policies} == {
        Verdict.DENY
    }


def test_words_that_are_names_by_chance_stay_nothing(knowledge: Knowledge) -> None:
    """Also where many say them."""
    said = {"environment": [{"variables": {"MODE": "secours-de-nuit"}}]}
    readers = [resource(f"aws_lambda_function.f{n}", said) for n in range(60)]
    queues = [
        resource(f"aws_sqs_queue.q{n}", {"name": "secours-de-nuit"}) for n in range(60)
    ]

    assert flows(decide(knowledge, [*readers, *queues])) == set()


def test_what_many_data_sources_name_they_read(knowledge: Knowledge) -> None:
    sources = [
        msgspec.structs.replace(resource(f"data.{COPYING}.all[{n}]"), managed=False)
        for n in range(30)
    ]
    read = [labelled(f"aws_s3_bucket.files[{n}]", "sensitive") for n in range(30)]
    references = [reads(f"data.{COPYING}.all", "bucket", "aws_s3_bucket.files")]
    found = flows(decide(knowledge, [*sources, *read], references))

    assert len(found) == 120
    assert (
        "aws_s3_bucket.files[*]",
        f"data.{COPYING}.all[3]",
        "attaches",
        True,
    ) in found


@st.composite
def stacks(draw: st.DrawFn) -> list[Resource]:
    """Resources of a few names that name each other by them."""
    made = []
    for n in range(draw(st.integers(2, 6))):
        values: dict[str, object] = {"bucket": draw(NAMES)}
        if draw(st.booleans()):
            values |= {"tags": {"data_class": draw(CLASSES)}}
        made.append(resource(f"aws_s3_bucket.b{n}", values))
    for n in range(draw(st.integers(0, 3))):
        named = {"name": draw(NAMES), "tags": {"data_class": draw(CLASSES)}}
        made.append(resource(f"aws_sqs_queue.q{n}", named))
    for n in range(draw(st.integers(2, 4))):
        values = {"source": draw(SAID)}
        made.append(resource(f"{COPYING}.c{n}", values))
    return made


@given(stacks())
def test_one_place_for_many_changes_no_decision(
    knowledge: Knowledge, made: list[Resource]
) -> None:
    def told(decision: Decision) -> dict[str, object]:
        return {
            address: (
                one.verdict,
                one.sensitivity.lowest,
                one.sensitivity.highest,
                one.sensitivity.categories,
                one.sensitivity.possible,
                one.sensitivity.any_category,
                one.judged,
            )
            for address, one in by_address(decision).items()
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(between, "_MANY", 0)
        together = told(decide(knowledge, made))

    assert together == told(decide(knowledge, made))
