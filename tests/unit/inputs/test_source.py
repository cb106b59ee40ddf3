"""What code adds to a plan as JSON, and code that the plan was not made from."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.gate import read_folder
from guardrail.inputs import GivenCode, hcl, read
from guardrail.inputs.terraform.snapshot import snapshot
from guardrail.model import Evidence, Known, Stack, Unknown
from tests.unit.inputs.made import (
    FIXTURES,
    block,
    change,
    compact,
    configuration,
    constant,
    known,
    plan,
    provider,
    real,
    real_plans,
    refers,
    unknown,
)

PLANS = FIXTURES / "plans"
EMPTY = configuration(block(), providers={"aws": provider()})
BUCKET = 'resource "aws_s3_bucket" "b" {}\n'


def with_code(
    document: object, files: Mapping[str, str] | str, *, carried: bool = False
) -> Stack:
    """The stack of a plan with the code in files, named by their path."""
    texts = {"main.tf": files} if isinstance(files, str) else files
    modules = hcl.from_directory({name: one.encode() for name, one in texts.items()})
    code = GivenCode(modules=modules, carried=carried)
    return read(compact(document), path="plan.json", code=code)


def fixture(name: str, *, binary: bool = False) -> Stack:
    if binary:
        modules = snapshot((PLANS / name / "tfplan").read_bytes()).modules
        return read(real(name), path="p", code=GivenCode(modules=modules, carried=True))
    modules = read_folder(PLANS / name)
    return read(real(name), path="p", code=GivenCode(modules=modules))


@pytest.mark.parametrize("name", real_plans())
def test_the_code_beside_a_plan_and_the_code_in_it_say_the_same(name: str) -> None:
    assert fixture(name) == fixture(name, binary=True)


@pytest.mark.parametrize(
    "name", ["variable", "local", "function", "literal_function", "dynamic"]
)
def test_what_the_json_leaves_out_follows_from_the_code(name: str) -> None:
    found = fixture("outscale-via-aws-endpoints").providers[f"aws.{name}"]
    endpoint = found.setting("endpoints.s3")

    assert known(endpoint) == "https://oos.cloudgouv-eu-west-1.outscale.com"
    assert isinstance(endpoint, Known)
    assert endpoint.evidence is Evidence.SOURCE
    assert not found.hidden


def test_a_function_is_not_taken_for_its_argument() -> None:
    found = fixture("aws-region-unknown").providers

    assert known(found["aws.lying_replace"].setting("region")) == "us-west-2"
    assert known(found["aws.conditional"].setting("region")) == "us-east-1"
    assert known(found["aws.plain_variable"].setting("region")) == "eu-west-3"
    unknown(found["aws.output_region"].setting("region"))


def test_a_provider_under_another_name_is_the_one_that_is_inherited() -> None:
    found = fixture("aws-modules").providers["module.renamed:osclike"]
    region = found.setting("region")

    assert known(region) == "eu-west-3"
    assert isinstance(region, Known)
    assert region.evidence.firm


def test_resources_say_where_they_stand() -> None:
    places = {one.address: one.location for one in fixture("aws-modules").resources}

    assert places["module.implicit.aws_s3_bucket.b"] == ("leaf/main.tf", 9)
    assert all(places.values())


def test_without_code_nothing_stands_anywhere() -> None:
    stack = read(real("aws-modules"), path="p")

    assert {one.location for one in stack.resources} == {None}


def test_a_value_of_a_data_source_is_used() -> None:
    state = {
        "format_version": "1.0",
        "values": {
            "root_module": {
                "resources": [
                    {
                        "address": "data.x_y.z",
                        "mode": "data",
                        "type": "x_y",
                        "name": "z",
                        "provider_name": "registry.terraform.io/x/x",
                        "values": {"region": "eu-west-3", "none": None},
                        "sensitive_values": {},
                    },
                    {
                        "address": "data.x_y.empty",
                        "mode": "data",
                        "type": "x_y",
                        "name": "empty",
                        "provider_name": "registry.terraform.io/x/x",
                    },
                ]
            }
        },
    }
    expressions = {
        "region": refers("data.x_y.z.region", "data.x_y.z"),
        "profile": refers("data.x_y.empty.a", "data.x_y.empty"),
    }
    document = plan(
        prior_state=state,
        configuration=configuration(
            block(),
            block("data.x_y.z", "x"),
            block("data.x_y.empty", "x"),
            providers={"aws": provider(expressions=expressions)},
        ),
    )
    code = (
        BUCKET + 'data "x_y" "z" {}\ndata "x_y" "empty" {}\nprovider "aws" {\n'
        "  region = data.x_y.z.region\n  profile = data.x_y.empty.a\n}\n"
    )
    found = with_code(document, code).providers["aws"]
    region = found.setting("region")

    assert known(region) == "eu-west-3"
    assert isinstance(region, Known)
    assert region.evidence is Evidence.SOURCE
    unknown(found.setting("profile"))


def attributes_of(stack: Stack) -> Mapping[str, Known[Any]]:
    from guardrail.inputs.terraform.source import _Attributes
    from guardrail.inputs.terraform.values import Values

    pairs = [(one.address, one.attributes) for one in stack.resources]
    configured: Any = None
    return _Attributes(Values(configured, {}, lambda: {"all": pairs}))


def test_attributes_hold_what_is_unknown_and_are_secret_where_a_part_is() -> None:
    document = plan(
        resource_changes=[
            change(after={"a": 1, "b": None}, after_unknown={"c": True}),
            change("aws_s3_bucket.c", after={"a": 1}, after_sensitive={"a": True}),
            change("aws_s3_bucket.d", after={"l": [None]}, after_unknown={"l": [True]}),
            change("aws_s3_bucket.e", after={"u": None}, after_unknown={"u": True}),
        ],
        configuration=configuration(
            *(block(f"aws_s3_bucket.{name}") for name in "bcde")
        ),
    )
    found = attributes_of(read(compact(document), path="p"))

    assert found["aws_s3_bucket.b"] == Known({"a": 1})
    assert found["aws_s3_bucket.c"].sensitive
    assert isinstance(found["aws_s3_bucket.d"].value["l"][0], Unknown)
    assert isinstance(found["aws_s3_bucket.e"].value["u"], Unknown)
    assert len(found) == len(list(found)) == 4


def test_a_constant_of_the_json_stays_where_the_code_says_nothing() -> None:
    expressions = {"region": constant("eu-west-3"), "profile": refers("var.p")}
    document = plan(
        configuration=configuration(
            block(), providers={"aws": provider(expressions=expressions)}
        )
    )
    code = (
        BUCKET + 'provider "aws" {\n  region = timestamp()\n  profile = timestamp()\n}'
    )
    found = with_code(document, code, carried=True).providers["aws"]

    assert known(found.setting("region")) == "eu-west-3"
    unknown(found.setting("profile"))


def test_code_that_cannot_be_read_leaves_what_the_json_says() -> None:
    found = with_code(plan(configuration=EMPTY), BUCKET + 'provider "aws" {').providers

    assert found["aws"].hidden


def test_a_key_without_an_entry_is_looked_up_by_its_name() -> None:
    document = plan(
        configuration=configuration(block(key="module.m:aws.x"), providers={})
    )
    module: dict[str, Any] = {"module": {"resources": []}}
    document["configuration"]["root_module"]["module_calls"] = {"m": module}
    files = {
        "main.tf": BUCKET + 'module "m" {\n  source = "./m"\n}',
        "m/main.tf": 'provider "aws" {\n  alias  = "x"\n  region = "r"\n}',
    }
    (key,) = with_code(document, files).providers.values()

    assert known(key.setting("region")) == "r"


def test_the_backend_of_the_state_is_read() -> None:
    document = plan(configuration=EMPTY)
    backend = 'terraform {\n  backend "s3" {\n    region = "r"\n  }\n}'
    stack = with_code(document, BUCKET + backend)

    assert stack.gaps == ()
    assert stack.state is not None
    assert (stack.state.type, stack.state.location) == ("s3", ("main.tf", 3))
    assert known(stack.state.settings["region"]) == "r"


@pytest.mark.parametrize("backend", ["", 'terraform {\n  backend "local" {}\n}'])
def test_a_state_in_a_file_is_told(backend: str) -> None:
    stack = with_code(plan(configuration=EMPTY), BUCKET + backend)

    assert stack.state is None
    assert [(gap.id, gap.blocks) for gap in stack.gaps] == [("state", False)]
    assert "a file where Terraform runs" in stack.gaps[0].message


def test_two_backends_are_none_that_is_known() -> None:
    two = 'terraform {\n  backend "s3" {}\n  cloud {}\n}'
    (gap,) = with_code(plan(configuration=EMPTY), BUCKET + two).gaps

    assert gap.id == "state"
    assert "two backends" in gap.message


def test_a_name_that_no_code_can_have_stands_nowhere() -> None:
    document = plan(
        resource_changes=[change("aws_s3_bucket.b%")],
        configuration=configuration(block("aws_s3_bucket.b%")),
    )
    stack = with_code(document, "", carried=True)

    assert stack.resources[0].location is None


@pytest.mark.parametrize("name", real_plans())
def test_the_code_of_every_real_plan_belongs_to_it(name: str) -> None:
    assert fixture(name).origin.complete in {True, False}


def refused(document: object, code: Mapping[str, str] | str) -> str:
    with pytest.raises(InputError, match="not what the plan was made from") as caught:
        with_code(document, code)
    assert "--src" in caught.value.remedy
    return str(caught.value)


def test_the_code_of_another_plan_is_refused() -> None:
    modules = read_folder(PLANS / "aws-region-unknown")
    with pytest.raises(InputError, match="not what the plan was made from"):
        read(real("aws-modules"), path="p", code=GivenCode(modules=modules))


CALL = 'module "m" {\n  source = "./m"\n  a      = var.v\n}\n'
VARIABLE = 'variable "v" {}\n'
DATA = 'data "x_y" "z" {}\n'
OUTPUT = 'output "o" {\n  value = 1\n}\n'
PROVIDER = """provider "aws" {
  region  = "eu-west-3"
  profile = "a-${var.v}"
  tokens  = null
  list    = [for one in var.v : one.name]
  bare    = lower("A")
  endpoints {
    s3 = local.endpoint
  }
  dynamic "endpoints" {
    for_each = []
    content {}
  }
}
"""
WHOLE = {
    "main.tf": BUCKET + CALL + VARIABLE + DATA + OUTPUT + PROVIDER,
    "m/main.tf": "",
}


def whole() -> dict[str, Any]:
    """A plan that was made from `WHOLE`."""
    expressions = {
        "region": constant("eu-west-3"),
        "profile": refers("var.v"),
        "list": refers("var.v"),
        "bare": {},
        "endpoints": [{"s3": refers("local.endpoint")}],
    }
    return plan(
        variables={"v": {"value": "x"}},
        configuration=configuration(
            block(),
            block("data.x_y.z", "x"),
            block("data.x_y.in_a_check", "x"),
            providers={"aws": provider(expressions=expressions)},
            variables={"v": {}},
            outputs={"o": {"expression": constant(1)}},
            module_calls={
                "m": {"module": {}, "expressions": {"a": refers("var.v")}},
                "remote": {"module": {"resources": [block("x_y.z", "x")]}},
            },
        ),
    )


REMOTE = 'module "remote" {\n  source = "hashicorp/remote/aws"\n}\n'


def files(main: str = "", /, **more: str) -> dict[str, str]:
    named = {f"{name}/main.tf": text for name, text in more.items()}
    return {**WHOLE, "main.tf": (main or WHOLE["main.tf"]) + REMOTE, **named}


def test_code_that_the_plan_was_made_from_is_accepted() -> None:
    found = with_code(whole(), files()).providers["aws"]

    assert known(found.setting("profile")) == "a-x"


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (BUCKET, "", "resource aws_s3_bucket.b"),
        (BUCKET, BUCKET + 'resource "aws_s3_bucket" "c" {}\n', "aws_s3_bucket.c"),
        (VARIABLE, "", "variable v"),
        (OUTPUT, "", "output o"),
        (CALL, "", "module call m"),
        (DATA, DATA.replace('"z"', '"other"'), "data.x_y.other"),
        ("var.v\n}", "var.other\n}", "module call m: a"),
        (PROVIDER, "", "provider block aws"),
        ('"eu-west-3"', '"us-east-1"', "region"),
        ('"eu-west-3"', "local.region", "region"),
        ('"a-${var.v}"', '"constant"', "profile"),
        ('"a-${var.v}"', "local.v", "profile"),
        ("tokens  = null", "tokens = true", "tokens"),
        ("tokens  = null", "tokens = lower(1)", "tokens"),
        ("one.name", "var.other.name", "list"),
        ('lower("A")', "lower(local.a)", "bare"),
        ("local.endpoint", "var.endpoint", "endpoints: s3"),
        ("  endpoints {\n    s3 = local.endpoint\n  }\n", "", "endpoints"),
        ('  region  = "eu-west-3"\n', "", "region"),
    ],
)
def test_code_that_differs_is_refused(before: str, after: str, what: str) -> None:
    main = WHOLE["main.tf"]
    assert main.count(before) == 1

    assert what in refused(whole(), files(main.replace(before, after)))


def test_a_module_that_is_not_in_the_plan_is_refused() -> None:
    nested = 'module "n" {\n  source = "./n"\n}\n'
    code = files(m=nested) | {"m/n/main.tf": ""}

    assert "m.n" in refused(whole(), code)


def test_code_written_as_json_is_compared_by_its_names_alone() -> None:
    document = whole()
    text = WHOLE["main.tf"].replace(PROVIDER, "")
    block = {"provider": {"aws": {"region": "x", "endpoints": {"s3": "y"}}}}
    code = files(text) | {"provider.tf.json": json.dumps(block)}

    assert known(with_code(document, code).providers["aws"].setting("region")) == "x"


def changed(edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    document = copy.deepcopy(whole())
    edit(document["configuration"])
    return document


def test_a_block_that_the_json_writes_alone_is_compared_too() -> None:
    def alone(found: dict[str, Any]) -> None:
        expressions = found["provider_config"]["aws"]["expressions"]
        expressions["endpoints"] = expressions["endpoints"][0]

    document = changed(alone)
    text = WHOLE["main.tf"].replace("local.endpoint", "local.other")

    assert with_code(document, files()).resources
    assert "endpoints: s3" in refused(document, files(text))


def test_what_the_json_writes_in_an_unknown_way_is_passed_over() -> None:
    def odd(found: dict[str, Any]) -> None:
        found["provider_config"]["aws"]["expressions"]["endpoints"] = [1]

    assert with_code(changed(odd), files()).resources


def test_what_is_not_there_is_passed_over() -> None:
    def elsewhere(found: dict[str, Any]) -> None:
        inside = provider(module_address="module.remote", expressions={"a": {}})
        found["provider_config"]["module.remote:aws"] = inside

    assert with_code(changed(elsewhere), files()).resources


def test_a_call_that_cannot_be_read_is_passed_over() -> None:
    text = WHOLE["main.tf"].replace("a      = var.v", "a = var.v\n  a = 1")

    assert with_code(whole(), {"main.tf": text + REMOTE}).resources


def test_an_expression_that_cannot_be_parsed_is_passed_over() -> None:
    text = WHOLE["main.tf"].replace('lower("A")', "1 +* 2")

    assert with_code(whole(), files(text)).resources


# What a plan leaves open and the code makes clear


def opened(**more: Any) -> Any:
    """A plan of a bucket whose tags are all unknown."""
    entry = change(after={"bucket": "x"}, after_unknown={"tags": True, "id": True})
    entry["change"] |= more
    blocks = block(expressions={"tags": refers("x_y.z")}), block("x_y.z")
    return plan(
        configuration=configuration(*blocks, providers={"aws": provider()}),
        resource_changes=[entry],
    )


MERGED = (
    'resource "x_y" "z" {}\nresource "aws_s3_bucket" "b" {\n'
    '  tags = merge({ data_class = "public" }, { other = x_y.z.id })\n}\n'
)


@pytest.mark.parametrize("sensitive", [{}, {"bucket": True}, None])
def test_what_a_function_hides_in_a_plan_follows_from_the_code(sensitive: Any) -> None:
    (one,) = with_code(opened(after_sensitive=sensitive), MERGED).resources
    part = one.attributes.pick(("bucket", "tags", "id"))
    tags = part.get("tags")

    assert known(tags)["data_class"] == "public"
    assert isinstance(known(tags)["other"], Unknown)
    assert known(part.get("bucket")) == "x"
    assert isinstance(part.get("id"), Unknown)
    bucket = part.get("bucket")
    assert isinstance(bucket, Known)
    assert bucket.sensitive is bool(sensitive)


def test_what_is_sensitive_as_a_whole_stays_so() -> None:
    (one,) = with_code(opened(after_sensitive=True), MERGED).resources
    tags = one.attributes.pick(("tags",)).get("tags")

    assert isinstance(tags, Known)
    assert tags.sensitive


def test_what_changes_an_object_that_is_there_stays_unknown() -> None:
    """`ignore_changes` may keep what it has."""
    updated = opened(actions=["update"], before={"bucket": "y"})
    (one,) = with_code(updated, MERGED).resources

    assert isinstance(one.attributes.pick(("tags",)).get("tags"), Unknown)


@pytest.mark.parametrize("line", ["tags = x_y.z.tags", 'tags = x_y.z["tags"]'])
def test_what_the_code_does_not_say_stays_unknown(line: str) -> None:
    code = MERGED.replace(MERGED[MERGED.index("tags") : MERGED.rindex("\n}")], line)
    (one,) = with_code(opened(), code, carried=True).resources

    assert isinstance(one.attributes.pick(("tags",)).get("tags"), Unknown)


def test_a_block_that_is_not_in_the_code_stays_as_it_is() -> None:
    (one,) = with_code(opened(), "", carried=True).resources

    assert isinstance(one.attributes.pick(("tags",)).get("tags"), Unknown)
