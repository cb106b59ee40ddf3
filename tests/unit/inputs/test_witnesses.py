from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import Evidence, Known
from tests.unit.inputs.made import (
    AWS,
    block,
    change,
    compact,
    configuration,
    constant,
    known,
    plan,
    provider,
    real,
    stack_of,
    unknown,
)


def seen(address: str, values: dict[str, Any], /, **more: Any) -> dict[str, Any]:
    type_, name = address.removeprefix("data.").partition("[")[0].split(".")
    entry: dict[str, Any] = {"address": address, "mode": "data"}
    entry |= {"type": type_, "name": name}
    entry |= {"provider_name": AWS, "schema_version": 0, "values": values}
    return entry | {"sensitive_values": {}} | more


def witnesses(
    *instances: dict[str, Any],
    blocks: list[dict[str, Any]] | None = None,
    **sections: Any,
) -> Any:
    document = plan(
        configuration=configuration(
            block(),
            *(
                [block("data.aws_region.r"), block("data.aws_x.y")]
                if blocks is None
                else blocks
            ),
        ),
        prior_state={
            "format_version": "1.0",
            "values": {"root_module": {"resources": list(instances)}},
        },
        **sections,
    )
    return stack_of(document).witnesses


def test_a_real_data_source_tells_the_region_of_its_provider() -> None:
    region = read(real("aws6-resource-region"), path="x").witnesses["aws"]["region"]

    assert isinstance(region, Known)
    assert (region.value, region.evidence) == ("eu-west-3", Evidence.WITNESS)


def test_region_and_partition_are_read_by_their_names() -> None:
    found = witnesses(
        seen("data.aws_x.y", {"region": "here", "partition": "aws", "id": "no"})
    )

    assert known(found["aws"]["region"]) == "here"
    assert known(found["aws"]["partition"]) == "aws"


@pytest.mark.parametrize(
    "values",
    [{"name": "here", "id": "no"}, {"id": "here"}, {"region": "here", "name": "no"}],
)
def test_a_data_source_that_is_a_region_may_tell_it_by_its_name(
    values: dict[str, Any],
) -> None:
    assert (
        known(witnesses(seen("data.aws_region.r", values))["aws"]["region"]) == "here"
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"region": None},
        {"region": ["x"]},
        {"region": ""},
        {"name": "here", "id": "here"},
    ],
)
def test_what_tells_nothing_is_no_witness(values: dict[str, Any]) -> None:
    assert witnesses(seen("data.aws_x.y", values)) == {}
    assert witnesses(seen("data.aws_region.r", {})) == {}


def test_a_data_source_that_is_told_something_is_no_witness() -> None:
    told = block("data.aws_region.r", expressions={"name": constant("us-east-1")})

    assert (
        witnesses(seen("data.aws_region.r", {"name": "us-east-1"}), blocks=[told]) == {}
    )


def test_a_data_source_without_a_block_is_no_witness() -> None:
    assert witnesses(seen("data.aws_region.gone", {"name": "x"})) == {}


def test_a_data_source_whose_provider_is_unknown_is_no_witness() -> None:
    keyless = [block("data.aws_region.r", key="")]

    assert witnesses(seen("data.aws_region.r", {"name": "x"}), blocks=keyless) == {}


def test_a_secret_is_no_witness() -> None:
    secret = seen("data.aws_x.y", {"region": "x"}, sensitive_values={"region": True})

    assert witnesses(secret) == {}


def test_a_data_source_that_is_read_again_is_no_witness() -> None:
    again = [
        change(),
        change("data.aws_x.y", ("read",), after_unknown={"region": True}),
    ]

    assert (
        witnesses(seen("data.aws_x.y", {"region": "x"}), resource_changes=again) == {}
    )


def test_an_old_plan_has_no_witness() -> None:
    assert witnesses(seen("data.aws_x.y", {"region": "x"}), format_version="1.0") == {}


def test_witnesses_that_agree_are_believed_and_others_are_not() -> None:
    one, same = (
        seen("data.aws_x.y[0]", {"region": "x"}),
        seen("data.aws_x.y[1]", {"region": "x"}),
    )
    other, third = (
        seen("data.aws_x.y[2]", {"region": "z"}),
        seen("data.aws_x.y[3]", {"region": "x"}),
    )

    assert known(witnesses(one, same)["aws"]["region"]) == "x"
    unknown(witnesses(one, other, third)["aws"]["region"])


def test_witnesses_in_modules_speak_of_the_provider_of_the_module() -> None:
    inner = {"resources": [block("data.aws_x.y", key="module.m:aws")]}
    state = {
        "values": {
            "root_module": {
                "resources": [
                    seen("data.aws_x.z", {"region": "root"}),
                    seen("aws_x.managed", {}, mode="managed"),
                ],
                "child_modules": [
                    {
                        "address": "module.m[0]",
                        "resources": [
                            seen(
                                "data.aws_x.y",
                                {"region": "m"},
                                address="module.m[0].data.aws_x.y",
                            )
                        ],
                    }
                ],
            }
        }
    }
    document = plan(
        configuration=configuration(
            block(),
            block("data.aws_x.z"),
            providers={
                "aws": provider(),
                "module.m:aws": provider(
                    module_address="module.m", expressions={"x": {}}
                ),
            },
            module_calls={"m": {"module": inner}},
        ),
        prior_state=state,
    )
    stack = stack_of(document)

    assert {key: known(facts["region"]) for key, facts in stack.witnesses.items()} == {
        "aws": "root",
        "module.m:aws": "m",
    }
    assert set(stack.providers) == {"aws", "module.m:aws"}
    assert stack.providers["module.m:aws"].provider == AWS


def test_members_that_nobody_knows_are_passed_over_and_never_twice() -> None:
    instance = seen("data.aws_x.y", {"region": "x"}, identity={"id": 1})
    document = plan(
        configuration=configuration(block(), block("data.aws_x.y")),
        prior_state={"values": {"root_module": {"resources": [instance]}}},
    )

    assert known(stack_of(document).witnesses["aws"]["region"]) == "x"
    doubled = compact(document).replace(b'"identity":', b'"identity":{},"identity":')
    with pytest.raises(InputError, match="`identity` is stated twice"):
        read(doubled, path="x")


@pytest.mark.parametrize(
    "state", [{}, {"values": {}}, {"values": {"root_module": {}}}, None]
)
def test_a_state_of_nothing_is_no_witness(state: object) -> None:
    assert stack_of(plan(prior_state=state)).witnesses == {}


@pytest.mark.parametrize(
    "instance",
    [
        seen("data.aws_x.y", {}, address="no address"),
        seen("data.aws_x.y", {}, sensitive_values={"a": "b"}),
        {"address": "data.a.b"},
    ],
)
def test_a_malformed_state_is_refused(instance: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        witnesses(instance)
