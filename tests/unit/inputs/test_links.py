from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.inputs.terraform import links
from guardrail.model import Reference
from tests.unit.inputs.made import (
    block,
    configuration,
    constant,
    plan,
    real,
    refers,
    stack_of,
)


def found(*blocks: dict[str, Any], **root: Any) -> set[tuple[str, str, str, str]]:
    document = plan(configuration=configuration(block(), *blocks, **root))
    return {
        (one.source, one.path, one.target, one.attribute)
        for one in stack_of(document).references
    }


def test_the_references_of_a_real_plan_are_found() -> None:
    references = read(real("aws6-replication"), path="x").references

    assert (
        Reference(
            source="aws_s3_bucket_replication_configuration.leak",
            target="aws_s3_bucket.copy",
            path="rule.destination.bucket",
            attribute="arn",
        )
        in references
    )


def test_a_reference_has_a_path_and_the_attribute_that_it_reads() -> None:
    assert found(
        block("x.y", expressions={
            "plain": refers("aws_s3_bucket.b.id", "aws_s3_bucket.b"),
            "whole": refers("aws_s3_bucket.b"),
            "key": refers('aws_s3_bucket.b["k"].arn', "aws_s3_bucket.b"),
            "outer": [{"inner": {"deep": refers("aws_s3_bucket.b.id")}}, "odd"],
            "constant": constant("aws_s3_bucket.b"),
            "data": refers("data.z.w.name"),
        }),
        block("data.z.w"),
    ) == {
        ("x.y", "plain", "aws_s3_bucket.b", "id"),
        ("x.y", "whole", "aws_s3_bucket.b", ""),
        ("x.y", "key", "aws_s3_bucket.b", "arn"),
        ("x.y", "outer.inner.deep", "aws_s3_bucket.b", "id"),
        ("x.y", "data", "data.z.w", "name"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "local.a",
        "count.index",
        "path.root",
        "self.id",
        "x",
        "gone.a.id",
        "module.gone.a",
        "var.a",
        "each.key",
    ],
)
def test_what_leads_to_no_block_is_no_reference(text: str) -> None:
    assert found(block("x.y", expressions={"a": refers(text)})) == set()


def test_references_are_followed_through_inputs_and_outputs() -> None:
    maker = {
        "resources": [block("made.here")],
        "outputs": {
            "id": {"expression": refers("made.here.id", "made.here")},
            "whole": {"expression": refers("made.here")},
            "strange": {},
        },
    }
    user = {
        "variables": {"bucket": {}, "id": {}},
        "resources": [block("used.here", expressions={
            "a": refers("var.bucket.arn", "var.bucket"),
            "b": refers("var.id"),
            "c": refers("var.none"),
        })],
    }  # fmt: skip
    assert found(
        block("x.y", expressions={
            "some": refers("module.maker.whole.tags", "module.maker"),
            "all": refers("module.maker[0]", "module.maker"),
            "none": refers("module.maker.gone"),
            "strange": refers("module.maker.strange"),
        }),
        module_calls={
            "maker": {"module": maker},
            "user": {
                "module": user,
                "expressions": {
                    "bucket": refers("aws_s3_bucket.b"),
                    "id": refers("module.maker.id", "module.maker"),
                },
            },
        },
    ) == {
        ("x.y", "some", "module.maker.made.here", "tags"),
        ("x.y", "all", "module.maker.made.here", "id"),
        ("x.y", "all", "module.maker.made.here", ""),
        ("module.user.used.here", "a", "aws_s3_bucket.b", "arn"),
        ("module.user.used.here", "b", "module.maker.made.here", "id"),
    }  # fmt: skip


def test_each_is_what_for_each_goes_over() -> None:
    used = block("u.v", expressions={"b": refers("var.b")})
    call = {
        "module": {"variables": {"b": {}}, "resources": [used]},
        "expressions": {"b": refers("each.value")},
        "for_each_expression": refers("aws_s3_bucket.b"),
    }
    here = block(
        "x.y",
        expressions={"a": refers("each.value.id"), "k": refers("each.key")},
        for_each_expression=refers("aws_s3_bucket.b"),
    )

    assert found(here, module_calls={"m": call}) == {
        ("x.y", "a", "aws_s3_bucket.b", "id"),
        ("module.m.u.v", "b", "aws_s3_bucket.b", ""),
    }


def test_what_leads_back_to_itself_ends() -> None:
    module = {"variables": {"r": {}}, "outputs": {"o": {"expression": refers("var.r")}}}
    calls = {"m": {"module": module, "expressions": {"r": refers("module.m.o")}}}

    assert (
        found(block("x.y", expressions={"a": refers("module.m.o")}), module_calls=calls)
        == set()
    )


def test_a_chain_that_nobody_would_write_is_refused() -> None:
    module = {"variables": {"r": {}}, "outputs": {"o": {"expression": refers("var.r")}}}
    calls = {
        f"m{number}": {
            "module": module,
            "expressions": {"r": refers(f"module.m{number + 1}.o")},
        }
        for number in range(1000)
    }

    with pytest.raises(InputError, match="nested too deeply"):
        found(
            block("x.y", expressions={"a": refers("module.m0.o")}), module_calls=calls
        )


def test_too_many_references_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST", 3)
    expressions = {f"a{number}": refers("aws_s3_bucket.b") for number in range(3)}

    with pytest.raises(InputError, match="more than 3 references"):
        found(block("x.y", expressions=expressions))


def test_names_in_the_configuration_are_bounded() -> None:
    damaged: tuple[dict[str, Any], ...] = (
        {"a" * 5000: {}},
        {"a": refers("x." + "y" * 5000)},
        {"\x1b": {}},
    )
    for expressions in damaged:
        with pytest.raises(InputError):
            found(block("x.y", expressions=expressions))


# References of provider blocks


def test_what_a_provider_block_is_taken_from_is_found() -> None:
    cluster = block("aws_eks_cluster.k")
    outputs = {"endpoint": {"expression": refers("aws_eks_cluster.k.endpoint")}}
    module = {"module": {"resources": [cluster], "outputs": outputs}}
    providers = {
        "aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"},
        "inner": {
            "name": "inner",
            "full_name": "registry.terraform.io/hashicorp/aws",
            "expressions": {
                "host": refers("module.eks.endpoint", "module.eks"),
                "exec": [{"args": constant(["x"])}],
            },
        },
    }
    document = plan(
        configuration=configuration(
            block(key="inner"),
            providers=providers,
            module_calls={"eks": module},
        )
    )
    (one,) = stack_of(document).provider_references

    assert (one.source, one.path, one.target, one.attribute) == (
        "inner",
        "host",
        "module.eks.aws_eks_cluster.k",
        "endpoint",
    )


def test_a_provider_block_that_is_not_written_refers_to_nothing() -> None:
    document = plan(configuration=configuration(block(), providers={}))

    assert stack_of(document).provider_references == ()


def test_a_real_provider_block_refers_to_its_cluster() -> None:
    stack = read(real("kubernetes-in-cluster"), path="x")

    assert [(one.source, one.target) for one in stack.provider_references] == [
        ("kubernetes", "aws_eks_cluster.main")
    ]


# Which instance is read


def keys(*blocks: dict[str, Any], **root: Any) -> dict[tuple[str, str], Any]:
    """Shared calls, equal keys and stated keys, by path and target."""
    document = plan(configuration=configuration(block(), *blocks, **root))
    return {
        (one.path, one.target): (one.shared, one.pairs, one.fixed)
        for one in stack_of(document).references
    }


def test_a_reference_says_which_instance_it_reads() -> None:
    assert keys(
        block(
            "x.y",
            expressions={
                "any": refers("aws_s3_bucket.b"),
                "same": refers("aws_s3_bucket.b", "each.key"),
                "count": refers("aws_s3_bucket.b", "count.index"),
                "chained": refers("each.value.id"),
                "stated": refers('aws_s3_bucket.b["k"].arn', "each.key"),
                "every": refers("aws_s3_bucket.b[*].arn"),
            },
            for_each_expression=refers("aws_s3_bucket.b"),
        )
    ) == {
        ("any", "aws_s3_bucket.b"): (0, (), ()),
        ("same", "aws_s3_bucket.b"): (0, ((0, 0),), ()),
        ("count", "aws_s3_bucket.b"): (0, ((0, 0),), ()),
        ("chained", "aws_s3_bucket.b"): (0, ((0, 0),), ()),
        ("stated", "aws_s3_bucket.b"): (0, (), ((0, '["k"]'),)),
        ("every", "aws_s3_bucket.b"): (0, (), ()),
    }


def test_what_goes_through_a_module_keeps_what_is_known_of_the_instance() -> None:
    made = block("made.here")
    used = block("used.here", expressions={
        "input": refers("var.bucket"),
        "beside": refers("made.here.id"),
        "keyed": refers("var.bucket", "each.key"),
    })  # fmt: skip
    module = {
        "variables": {"bucket": {}},
        "resources": [made, used],
        "outputs": {
            "made": {"expression": refers("made.here.id")},
            "given": {"expression": refers("var.bucket")},
            "odd": {"expression": "odd"},
        },
    }
    call = {
        "module": module,
        "expressions": {"bucket": refers("aws_s3_bucket.b", "each.key")},
    }
    found = keys(
        block("x.y", expressions={
            "one": refers('module.m["k"].made'),
            "same": refers("module.m", "each.key"),
            "outer": refers('module.m["k"].given'),
            "every": refers("module.m[*].made"),
        }),
        module_calls={"m": call},
    )  # fmt: skip

    inside, bucket = "module.m.made.here", "aws_s3_bucket.b"
    assert found == {
        # The key of the call is the key of the bucket, and that of the block is not.
        ("input", bucket): (0, ((0, 0),), ()),
        ("keyed", bucket): (0, ((0, 0),), ()),
        ("beside", inside): (1, (), ()),
        ("one", inside): (0, (), ((0, '["k"]'),)),
        ("same", inside): (0, ((0, 0),), ()),
        # The key of the call is none of a block that stands beside it.
        ("same", bucket): (0, (), ()),
        ("outer", bucket): (0, (), ()),
        ("every", inside): (0, (), ()),
    }


def test_the_key_of_an_instance_says_nothing_of_its_data() -> None:
    whole = block("x.y", expressions={"k": refers("each.key")},
                  for_each_expression=refers("aws_s3_bucket.b"))  # fmt: skip
    part = block("x.z", expressions={"k": refers("each.key")},
                 for_each_expression=refers("aws_s3_bucket.b.id"))  # fmt: skip

    assert found(whole, part) == {("x.z", "k", "aws_s3_bucket.b", "id")}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (refers("x.to.id", "x.to"), False),
        (refers("x.to[count.index].id", "x.to", "count.index"), False),
        (refers("data.x.d.id", "data.x.d"), False),
        (refers("local.l"), True),
        (refers("local.l", "x.to.id", "x.to"), True),
        (refers("var.v"), True),
        (refers("x.gone.id"), True),
        (refers("module.m.from"), False),
        (refers("module.m.constant"), True),
        (refers("module.m.passed"), True),
        (refers("module.none.o"), True),
        (refers("each.key"), True),
        (refers("each.value"), True),
        (constant("text"), False),
    ],
)
def test_what_no_reference_leads_to_is_told(
    expression: dict[str, object], *, expected: bool
) -> None:
    used = block(
        "x.from",
        expressions={"a": expression},
        for_each_expression=refers("x.to.id", "x.to"),
    )
    module = {
        "variables": {"v": {}},
        "outputs": {
            "from": {"expression": refers("var.v")},
            "constant": {"expression": constant("x")},
            "passed": {"expression": refers("var.unset")},
        },
    }
    calls = {"m": {"module": module, "expressions": {"v": refers("x.to.id")}}}
    others = [block("x.to"), block("data.x.d")]
    document = plan(configuration=configuration(used, *others, module_calls=calls))

    told = stack_of(document).unfollowed

    assert told == ({"x.from": frozenset({"a"})} if expected else {})


def test_a_whole_block_that_is_gone_over_has_no_constants_beside_it() -> None:
    used = block(
        "x.from",
        expressions={"a": refers("each.value.id"), "k": refers("each.key", "x.to.id")},
        for_each_expression=refers("x.to"),
    )
    document = plan(configuration=configuration(used, block("x.to")))

    assert stack_of(document).unfollowed == {}
