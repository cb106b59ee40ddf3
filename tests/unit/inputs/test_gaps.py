from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import Change, Gap, Stack
from tests.unit.inputs.made import (
    block,
    change,
    configuration,
    plan,
    provider,
    real,
    stack_of,
    unknown,
)


def others(stack: Stack) -> tuple[Gap, ...]:
    """The gaps but that of the state, which every plan without its code has."""
    *gaps, state = stack.gaps
    assert state.id == "state"
    return tuple(gaps)


def only(document: dict[str, Any]) -> Gap:
    gaps = others(stack_of(document))
    assert len(gaps) == 1, gaps
    return gaps[0]


def test_a_whole_plan_has_no_gap_but_where_its_state_is() -> None:
    (gap,) = stack_of(plan()).gaps

    assert (gap.id, gap.blocks) == ("state", False)
    assert "--src" in gap.message


def test_a_targeted_plan_is_incomplete_and_blocks() -> None:
    stack = read(real("targeted-plan"), path="x")

    assert [(gap.id, gap.blocks) for gap in others(stack)] == [("incomplete", True)]
    assert not stack.origin.complete


@pytest.mark.parametrize("name", ["drift", "refresh-only-drift"])
def test_drift_is_told_and_does_not_block(name: str) -> None:
    (gap,) = others(read(real(name), path="x"))

    assert (gap.id, gap.blocks) == ("drift", False)
    assert "aws_s3_bucket.one" in gap.message


def test_a_failing_check_is_told_and_does_not_block() -> None:
    (gap,) = others(read(real("failed-check"), path="x"))

    assert (gap.id, gap.blocks) == ("check-failed", False)
    assert "check.label" in gap.message


def test_checks_that_hold_are_not_told() -> None:
    checks = [{"status": "pass"}, {"status": "unknown"}]

    assert others(stack_of(plan(checks=checks))) == ()
    assert (
        "?"
        in only(
            plan(checks=[{"status": "error"}, {"status": "fail", "address": {}}])
        ).message
    )


def test_deferred_changes_are_resources_and_block() -> None:
    later = change(
        "aws_s3_bucket.b[*]",
        index={"unknown": True},
        after={"a": 1},
        after_unknown={"b": True},
    )
    unstated = change("aws_s3_bucket.c")
    del unstated["change"]["after"], unstated["change"]["after_unknown"]
    document = plan(
        complete=False,
        resource_changes=None,
        configuration=configuration(block(), block("aws_s3_bucket.c")),
        deferred_changes=[
            {"reason": "instance_count_unknown", "resource_change": later},
            {"reason": "provider_config_unknown", "resource_change": unstated},
        ],
    )
    stack = stack_of(document)
    gap = only(document)

    assert (gap.id, gap.blocks) == ("deferred", True)
    assert "2 (aws_s3_bucket.b[*], aws_s3_bucket.c)" in gap.message
    assert not stack.origin.complete
    assert [resource.change for resource in stack.resources] == [Change.CREATE] * 2
    unknown(stack.resources[0].attributes.pick(("b",)).get("b"))
    unknown(stack.resources[1].attributes.pick(("anything",)).get("anything"))


def test_actions_block_and_are_named() -> None:
    gap = only(
        plan(
            action_invocations=[
                {"type": "aws_lambda_invoke", "address": "action.aws_lambda_invoke.a"},
                {"address": "action.x.y"},
            ],
            deferred_action_invocations=[{"action_invocation": {"type": "aws_copy"}}],
        )
    )

    assert (gap.id, gap.blocks) == ("actions", True)
    assert gap.message.endswith("aws_lambda_invoke, action.x.y, aws_copy.")


def test_long_lists_are_cut() -> None:
    drift = [change(f"aws_s3_bucket.b[{number}]") for number in range(9)]
    gap = only(plan(resource_drift=drift))

    assert "9 (" in gap.message
    assert gap.message.endswith("b[4], …).")


def test_a_plan_that_cannot_be_applied_although_it_changes_things_is_told() -> None:
    assert only(plan(applyable=False)).id == "not-applyable"
    idle = plan(
        applyable=False, resource_changes=[change("aws_s3_bucket.b", ("no-op",))]
    )
    assert others(stack_of(idle)) == ()


def test_a_newer_minor_format_is_read_and_blocks() -> None:
    gap = only(plan(format_version="1.3"))

    assert (gap.id, gap.blocks) == ("newer-format", True)


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0"])
def test_an_old_format_is_read_and_its_module_providers_are_unknown(
    version: str,
) -> None:
    inner = {"resources": [block(key="leaf:aws")]}
    document = plan(
        format_version=version,
        resource_changes=[
            change("aws_s3_bucket.b"),
            change("aws_s3_bucket.c"),
            change("module.leaf.aws_s3_bucket.b", module="module.leaf"),
        ],
        configuration=configuration(
            block(),
            block("aws_s3_bucket.c", "other"),
            providers={"aws": provider(full_name="")},
            module_calls={"leaf": {"module": inner}},
        ),
        planned_values={
            "root_module": {"resources": [{"address": "relative.address"}]}
        },
    )
    stack = stack_of(document)
    root, keyless, child = [one.provider_configuration for one in stack.resources]

    assert [(gap.id, gap.blocks) for gap in others(stack)] == [("old-format", False)]
    assert getattr(root, "value", None) == "aws"
    assert "1.1 and older" in unknown(keyless).reason
    assert unknown(child).remedy


def test_what_a_gap_names_is_bounded() -> None:
    with pytest.raises(InputError, match="longer"):
        stack_of(plan(action_invocations=[{"type": "x" * 5000}]))


def test_programs_that_run_when_something_is_made_block() -> None:
    (gap,) = others(read(real("provisioners"), path="x"))

    assert (gap.id, gap.blocks) == ("provisioners", True)
    assert "terraform_data.sends" in gap.message
    assert "module.inner.terraform_data.writes" in gap.message


@pytest.mark.parametrize(
    ("actions", "runs"),
    [
        (["create"], True),
        (["delete", "create"], True),
        (["no-op"], False),
        (["update"], False),
        (["delete"], False),
    ],
)
def test_programs_run_where_something_is_made_and_nowhere_else(
    actions: list[str], *, runs: bool
) -> None:
    document = json.loads(real("provisioners"))
    for one in document["resource_changes"]:
        one["change"]["actions"] = actions
        if actions == ["delete"]:
            one["change"]["before"], one["change"]["after"] = {}, None
            document["planned_values"] = {}
    found = {gap.id for gap in stack_of(document).gaps}

    assert ("provisioners" in found) is runs
