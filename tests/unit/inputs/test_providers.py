from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import ABSENT, Evidence, Known, ProviderConfiguration, Stack
from tests.unit.inputs.made import (
    AWS,
    block,
    change,
    compact,
    configuration,
    constant,
    key_of,
    known,
    plan,
    provider,
    real,
    stack_of,
    unknown,
)

OTHER = "registry.terraform.io/hashicorp/google"


def by_address(stack: Stack) -> dict[str, ProviderConfiguration]:
    return {
        resource.address: stack.providers[key_of(resource.provider_configuration)]
        for resource in stack.resources
    }


def evidence(value: object) -> Evidence:
    assert isinstance(value, Known)
    return value.evidence


def test_every_way_to_pass_a_provider_to_a_module_is_followed() -> None:
    stack = read(real("aws-modules"), path="x")
    found = by_address(stack)

    assert found["module.implicit.aws_s3_bucket.b"].key == "aws"
    assert found["module.own.aws_s3_bucket.default"].key == "module.own:aws"
    assert found["module.own.aws_s3_bucket.alias"].key == "module.own:aws.osc"
    assert found["module.pair.aws_s3_bucket.source"].key == "aws"
    assert found["module.pair.aws_s3_bucket.destination"].key == "aws.osc"
    assert found["module.renamed_given.aws_s3_bucket.b"].key == "aws.osc"
    assert found['module.mid["x[0]"].module.leaf[1].aws_s3_bucket.b'].key == "aws.osc"
    inner = "module.own.module.inner.aws_s3_bucket"
    assert found[f"{inner}.nested_alias"].key == "module.own.module.inner:aws.x"
    assert found[f"{inner}.nested_inherited"].key == "module.own:aws"


def test_a_renamed_provider_has_the_settings_of_its_ancestor_as_hints() -> None:
    renamed = by_address(read(real("aws-modules"), path="x"))[
        "module.renamed.aws_s3_bucket.b"
    ]
    region = renamed.setting("region")

    assert renamed.provider == AWS
    assert known(region) == "eu-west-3"
    assert not evidence(region).firm


def in_module(
    entry: dict[str, Any] | None,
    *,
    root: dict[str, Any] | None = None,
    key: str = "module.m:x",
) -> ProviderConfiguration:
    """The provider of a bucket in a module that has `entry` under `key`."""
    providers = {"aws": root or provider(expressions={"region": constant("here")})}
    if entry is not None:
        providers[key] = entry
    document = plan(
        resource_changes=[change("module.m.aws_s3_bucket.b", module="module.m")],
        configuration=configuration(
            providers=providers,
            module_calls={"m": {"module": {"resources": [block(key=key)]}}},
        ),
    )
    return by_address(stack_of(document))["module.m.aws_s3_bucket.b"]


def test_an_empty_block_under_the_name_of_the_ancestor_is_a_block_of_its_own() -> None:
    # Reproduced: Terraform 1.11.4 runs it on the environment alone.
    own = in_module(provider("aws", module_address="module.m"))

    assert own.setting("region") is ABSENT


def test_nested_blocks_are_hints_too_when_they_may_be_inherited() -> None:
    blocks = {"endpoints": [{"s3": constant("https://s3.example")}], "x": {}}
    found = in_module(
        provider("renamed", module_address="module.m"),
        root=provider(expressions=blocks),
    )

    assert known(found.setting("endpoints.s3")) == "https://s3.example"
    assert not evidence(found.setting("endpoints.s3")).firm
    unknown(found.setting("x"))


def test_an_alias_or_settings_of_its_own_inherit_nothing() -> None:
    alias = in_module(provider("renamed", module_address="module.m", alias="x"))
    own = {"zone": constant("z")}
    set_here = in_module(
        provider("renamed", module_address="module.m", expressions=own)
    )

    assert alias.settings == {}
    assert set(set_here.settings) == {"zone"}


def test_only_the_same_provider_is_inherited() -> None:
    other = provider(full_name=OTHER, expressions={"region": constant("here")})

    assert (
        in_module(provider("renamed", module_address="module.m"), root=other).settings
        == {}
    )


def test_a_key_without_an_entry_is_the_default_above_it() -> None:
    assert in_module(None).key == "aws"
    assert in_module(None, key="module.m:aws.x").key == "module.m:aws.x"
    assert in_module(None, root=provider(alias="only")).settings == {}
    bare = plan(configuration=configuration(block(key="missing"), providers={}))
    assert stack_of(bare).providers["missing"] == ProviderConfiguration(
        key="missing", provider=AWS, settings={}
    )


def test_the_nearest_default_above_is_inherited() -> None:
    leaf = {"resources": [block(key="module.a.module.b:renamed")]}
    document = plan(
        resource_changes=[
            change("module.a.module.b.aws_s3_bucket.b", module="module.a.module.b")
        ],
        configuration=configuration(
            providers={
                "aws": provider(expressions={"region": constant("root")}),
                "module.a:aws": provider(
                    module_address="module.a", expressions={"region": constant("near")}
                ),
                "module.a.module.b:renamed": provider(
                    "renamed", module_address="module.a.module.b"
                ),
            },
            module_calls={"a": {"module": {"module_calls": {"b": {"module": leaf}}}}},
        ),
    )
    (found,) = by_address(stack_of(document)).values()

    assert known(found.setting("region")) == "near"


def test_a_resource_that_left_the_configuration_has_no_known_provider() -> None:
    gone = change("aws_s3_bucket.gone", ("delete",))
    resource = stack_of(plan(resource_changes=[gone])).resources[0]

    assert "configuration" in unknown(resource.provider_configuration).reason
    assert unknown(resource.provider_configuration).remedy


def test_a_provider_that_contradicts_the_change_is_unknown() -> None:
    document = plan(
        configuration=configuration(
            block(), providers={"aws": provider(full_name=OTHER)}
        )
    )

    assert (
        OTHER in unknown(stack_of(document).resources[0].provider_configuration).reason
    )


def test_a_block_without_a_key_has_no_known_provider() -> None:
    document = plan(configuration=configuration(block(key="")))

    unknown(stack_of(document).resources[0].provider_configuration)


def test_a_private_registry_stays_in_the_name() -> None:
    for resource in read(real("private-registry"), path="x").resources:
        assert not resource.provider.startswith("registry.terraform.io/hashicorp/aws")
        assert key_of(resource.provider_configuration)


@pytest.mark.parametrize(
    "damaged",
    [
        configuration(
            block(), providers={"aws": provider(module_address="module.gone")}
        ),
        configuration(block(), block()),
        configuration(block(), providers={"aws": {}}),
    ],
)
def test_a_configuration_that_contradicts_itself_is_refused(
    damaged: dict[str, Any],
) -> None:
    with pytest.raises(InputError):
        stack_of(plan(configuration=damaged))


def settings(expressions: dict[str, Any], **root: Any) -> ProviderConfiguration:
    document = plan(
        configuration=configuration(
            block(), providers={"aws": provider(expressions=expressions)}, **root
        )
    )
    return stack_of(document).providers["aws"]


def test_a_constant_is_firm_and_says_where_it_stands() -> None:
    region = settings({"region": constant("eu-west-3")}).setting("region")

    assert region == Known(
        "eu-west-3", Evidence.CONSTANT, "provider aws: region is a constant"
    )


def test_null_is_absent_and_an_empty_expression_is_not() -> None:
    found = settings(
        {"a": constant(None), "b": {}, "c": "odd", "d": ["odd"], "e": {"x": {"y": {}}}}
    )

    assert found.setting("a") is ABSENT
    assert "--src" in unknown(found.setting("b")).remedy
    unknown(found.setting("c"))
    unknown(found.setting("d"))
    unknown(found.setting("e.x.y"))


def test_the_endpoints_of_a_real_plan_are_read_block_by_block() -> None:
    stack = read(real("outscale-via-aws-endpoints"), path="x")
    firm = {
        key
        for key, found in stack.providers.items()
        if isinstance(s3 := found.setting("endpoints.s3"), Known) and s3.evidence.firm
    }

    assert firm
    assert not evidence(stack.providers["aws.variable"].setting("endpoints.s3")).firm
    assert not evidence(stack.providers["aws.function"].setting("endpoints.s3")).firm


def test_the_regions_that_the_json_cannot_show_are_unknown_or_hints() -> None:
    stack = read(real("aws-region-unknown"), path="x")
    regions = {key: found.setting("region") for key, found in stack.providers.items()}

    assert regions["aws.environment_only"] is ABSENT
    assert evidence(regions["aws.constant_conditional"]).firm
    for key in (
        "aws.conditional",
        "aws.lying_replace",
        "aws.plain_variable",
        "aws.map_element",
    ):
        assert not evidence(regions[key]).firm
    assert "local.region" in unknown(regions["aws.local_value"]).reason
    assert unknown(regions["aws.local_value"]).refers_to == ("local.region",)
    unknown(regions["aws.function_of_constant"])
    unknown(regions["aws.output_region"])


def test_no_reason_holds_the_value_of_a_variable() -> None:
    stack = read(real("canaries"), path="x")
    told = [
        found.because if isinstance(found, Known) else found.reason
        for configured in stack.providers.values()
        for found in configured.settings.values()
        if not isinstance(found, list)
    ]

    assert told
    assert not any("CANARY" in text for text in told)
    token = stack.providers["aws"].setting("token")
    assert isinstance(token, Known)
    assert token.sensitive


def test_settings_are_evaluated_in_the_module_of_their_block() -> None:
    stack = read(real("region-two-levels-down"), path="x")
    inner = stack.providers["module.outer.module.inner:aws"]

    assert known(inner.setting("region")) == "eu-west-3"
    assert json.loads(compact({"a": 1})) == {"a": 1}
    assert not evidence(inner.setting("region")).firm
