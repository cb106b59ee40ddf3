"""Code without a plan: which instances it makes, what they set, what is not known."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import pytest

from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import GivenCode, read_code
from guardrail.inputs.hcl import Source, Stated, StatedFile, StatedText, repeated
from guardrail.model import ABSENT, Change, Evidence, Known, Resource, Stack, Unknown

Modules = dict[tuple[str, ...], str]


def stack(
    root: str | dict[str, str],
    below: Modules | None = None,
    *stated: Stated,
    tofu: bool = False,
) -> Stack:
    """The stack of code: the root's files, and `main.tf` of the modules below."""
    files = root if isinstance(root, dict) else {"main.tf": root}
    modules = {
        (): Source({name: text.encode() for name, text in files.items()}),
        **{
            path: Source({"main.tf": text.encode()}, "/".join(path))
            for path, text in (below or {}).items()
        },
    }
    return read_code(GivenCode(modules=modules, stated=stated), path="x", tofu=tofu)


def option(name: str, text: str) -> StatedText:
    return StatedText(name=name, text=text)


def environment(name: str, text: str) -> StatedText:
    return StatedText(name=name, text=text, environment=True)


def addresses(found: Stack) -> list[str]:
    return [one.address for one in found.resources]


def attribute(one: Resource, name: str) -> Any:
    found = one.attributes.pick((name,)).get(name)
    return found.value if isinstance(found, Known) else found


def reason(one: Resource, name: str) -> str:
    found = attribute(one, name)
    assert isinstance(found, Unknown)
    return str(found.reason)


def gaps(found: Stack) -> dict[str, tuple[str, bool]]:
    return {one.id: (one.message, one.blocks) for one in found.gaps}


BUCKET = 'resource "aws_s3_bucket" "b" {{\n{}\n}}\n'


def test_a_block_is_a_resource_that_is_to_be_created() -> None:
    found = stack(BUCKET.format('bucket = "x"\nversioning { enabled = true }'))
    (one,) = found.resources

    assert (one.address, one.configuration) == ("aws_s3_bucket.b", "aws_s3_bucket.b")
    assert (one.type, one.change, one.actions) == (
        "aws_s3_bucket", Change.CREATE, ("create",),
    )  # fmt: skip
    assert one.managed
    assert one.location == ("main.tf", 1)
    assert attribute(one, "bucket") == "x"
    assert attribute(one, "versioning") == [{"enabled": True}]
    assert attribute(one, "tags") is ABSENT
    assert found.arguments["aws_s3_bucket.b"] == {"bucket", "versioning"}


def test_values_are_believed_because_the_code_says_so() -> None:
    (one,) = stack(BUCKET.format('bucket = "x"')).resources
    found = one.attributes.pick(("bucket",)).get("bucket")

    assert isinstance(found, Known)
    assert found.evidence is Evidence.SOURCE


def test_the_origin_says_what_was_read() -> None:
    origin = stack(BUCKET.format("")).origin

    assert (origin.kind, origin.path, origin.producer) == (
        "terraform-code", "x", "terraform code",
    )  # fmt: skip
    assert stack({"a.tofu": ""}, tofu=True).origin.producer == "opentofu code"
    assert len(origin.sha256) == 64
    assert origin.sha256 == stack(BUCKET.format("")).origin.sha256
    assert origin.sha256 != stack(BUCKET.format("#")).origin.sha256


def test_the_digest_shows_nothing_of_an_option() -> None:
    code = 'variable "v" {}'

    assert (
        stack(code, None, option("v", "a")).origin.sha256
        == stack(code, None, option("v", "b")).origin.sha256
    )


# How often


@pytest.mark.parametrize(
    ("repeated_by", "keys"),
    [
        ("count = 2", ["[0]", "[1]"]),
        ('count = "1"', ["[0]"]),
        ("count = 0", []),
        ("count = var.unset", ["[*]"]),
        ("count = null", ["[*]"]),
        ("count = -1", ["[*]"]),
        ("count = true", ["[*]"]),
        ('for_each = { a = 1, "b.c" = 2 }', ['["a"]', '["b.c"]']),
        ('for_each = toset(["x"])', ['["x"]']),
        ("for_each = toset([])", []),
        ("for_each = {}", []),
        ("for_each = var.unset", ["[*]"]),
        ("for_each = [1]", ["[*]"]),
        ("for_each = toset([1])", ["[*]"]),
        ("for_each = null", ["[*]"]),
        ("for_each = { a = var.unset }", ['["a"]']),
        ('for_each = sensitive({ hush = "hush" })', ["[*]"]),
    ],
)
def test_a_block_is_there_as_often_as_it_says(
    repeated_by: str, keys: list[str]
) -> None:
    found = stack(BUCKET.format(repeated_by) + 'variable "unset" {}')

    assert addresses(found) == [f"aws_s3_bucket.b{key}" for key in keys]
    assert ("repeated" in gaps(found)) is (keys == ["[*]"])


def test_each_instance_has_its_own_values() -> None:
    code = BUCKET.format('for_each = { a = "x", b = "y" }\nbucket = each.value')
    first, second = stack(code).resources

    assert (attribute(first, "bucket"), attribute(second, "bucket")) == ("x", "y")


def test_what_differs_from_instance_to_instance_is_unknown_where_none_is_meant() -> (
    None
):
    code = 'variable "n" {}' + BUCKET.format(
        'count = var.n\nbucket = "b-${count.index}"\nacl = "private"'
    )
    (one,) = stack(code).resources

    assert "differs from instance" in reason(one, "bucket")
    assert attribute(one, "acl") == "private"


@pytest.mark.parametrize(
    "code",
    [
        BUCKET.format("count = 11"),
        BUCKET.format('for_each = toset([for i in range(11) : "k${i}"])'),
        BUCKET.format("count = 6") + 'resource "a_b" "c" { count = 6 }',
        'module "m" {\n source = "./m"\n count = 11\n}',
        'module "m" {\n source = "./m"\n count = 6\n}'
        'module "n" {\n source = "./n"\n count = 6\n}',
    ],
)
def test_too_many_instances_are_refused(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeated, "MOST", 10)
    monkeypatch.setattr("guardrail.inputs.terraform.code.MOST", 10)
    with pytest.raises(InputError, match="more than 10"):
        stack(code, {("m",): "", ("n",): ""})


# Modules


def test_modules_are_there_as_often_as_they_are_called() -> None:
    code = """
variable "n" {}
module "one" { source = "./m" }
module "two" {
  source   = "./m"
  for_each = toset(["x"])
  name     = each.key
}
module "any" {
  source = "./m"
  count  = var.n
  name   = "z"
}
"""
    inner = 'variable "name" { default = "d" }' + BUCKET.format("bucket = var.name")
    found = stack(code, {("one",): inner, ("two",): inner, ("any",): inner})
    named = {one.address: attribute(one, "bucket") for one in found.resources}

    assert named == {
        "module.one.aws_s3_bucket.b": "d",
        'module.two["x"].aws_s3_bucket.b': "x",
        "module.any[*].aws_s3_bucket.b": "z",
    }
    assert found.resources[0].location == ("one/main.tf", 1)


def test_a_module_that_is_not_there_blocks_and_is_named() -> None:
    code = 'module "vpc" {\n source = "git::https://user:hush@x.example/vpc"\n}'
    inner = 'module "inner" { source = "x/y/z" }'
    found = stack(code + 'module "m" { source = "./m" }', {("m",): inner})
    message, blocks = gaps(found)["module-missing"]

    assert blocks
    assert "module.vpc" in message
    assert "module.m.module.inner" in message
    assert "terraform init -backend=false" in message
    assert "hush" not in message
    assert "module-missing" not in gaps(stack(""))


# Providers


def test_a_resource_is_joined_to_its_provider_block() -> None:
    code = """
terraform {
  required_providers {
    amazon = { source = "hashicorp/aws" }
    mine   = { source = "Registry.Example/Own/Cloud" }
  }
}
provider "amazon" {
  alias  = "paris"
  region = "eu-west-3"
}
resource "aws_s3_bucket" "b" { provider = amazon.paris }
resource "mine_disk" "d" {}
resource "terraform_data" "t" {}
resource "ovh_x" "o" {}
"""
    found = {one.type: one for one in stack(code).resources}
    paris = stack(code).providers["amazon.paris"]

    assert found["aws_s3_bucket"].provider == "registry.terraform.io/hashicorp/aws"
    key = found["aws_s3_bucket"].provider_configuration
    assert isinstance(key, Known)
    assert (key.value, key.evidence) == ("amazon.paris", Evidence.SOURCE)
    setting = paris.setting("region")
    assert isinstance(setting, Known)
    assert (setting.value, paris.hidden) == ("eu-west-3", False)
    assert found["mine_disk"].provider == "registry.example/own/cloud"
    assert found["terraform_data"].provider == "terraform.io/builtin/terraform"
    assert found["ovh_x"].provider == "registry.terraform.io/hashicorp/ovh"
    assert stack(code, tofu=True).resources[0].provider == (
        "registry.opentofu.org/hashicorp/aws"
    )


@pytest.mark.parametrize(
    ("code", "provider"),
    [
        ("provider = aws.missing", "registry.terraform.io/hashicorp/aws"),
        ("provider = aws.by[each.key]\nfor_each = toset([])", None),
        (
            'provider = aws.by["x"]\nfor_each = toset(["x"])',
            "registry.terraform.io/hashicorp/aws",
        ),
        ('provider = lower("aws")', ""),
    ],
)
def test_a_provider_that_cannot_be_told_is_unknown(
    code: str, provider: str | None
) -> None:
    found = stack(BUCKET.format(code)).resources

    if provider is None:
        assert not found
    else:
        assert found[0].provider == provider
        assert isinstance(found[0].provider_configuration, Unknown)


def test_a_provider_block_that_cannot_be_read_is_unknown() -> None:
    twice = 'provider "aws" {}\nprovider "aws" {}\n'
    (one,) = stack(BUCKET.format("") + twice).resources

    assert isinstance(one.provider_configuration, Unknown)
    broken = 'provider "aws" {\n region = "a"\n region = "b"\n}\n'
    (one,) = stack(BUCKET.format("") + broken).resources
    assert isinstance(one.provider_configuration, Unknown)


# What is not known


def test_the_reason_for_an_unknown_is_that_of_the_code() -> None:
    code = 'variable "v" {}' + BUCKET.format("bucket = var.v\ntags = { a = var.v }")
    (one,) = stack(code).resources

    assert "nothing says what `var.v` is" in reason(one, "bucket")
    (inner,) = attribute(one, "tags").values()
    assert "nothing says what `var.v` is" in inner.reason
    assert gaps(stack(code))["variables"] == (
        "Variables have no value: v. Give --var-file FILE or --var NAME=VALUE.",
        False,
    )


def test_a_dynamic_block_over_something_unknown_is_unknown() -> None:
    code = """
variable "v" {}
resource "a_b" "c" {
  dynamic "tags" {
    for_each = var.v
    content { key = tags.value }
  }
}
"""
    (one,) = stack(code).resources

    assert "nothing says" in reason(one, "tags")
    assert "tags" in stack(code).arguments["a_b.c"]


def test_a_part_that_is_unknown_leaves_the_rest() -> None:
    code = 'variable "v" {}' + BUCKET.format('list = ["a", var.v]\nbig = 1e17')
    (one,) = stack(code).resources
    first, second = attribute(one, "list")

    assert first == "a"
    assert isinstance(second, Unknown)
    assert attribute(one, "big") == "100000000000000000"


def test_what_is_sensitive_stays_so() -> None:
    code = """
variable "v" {
  default   = "hush"
  sensitive = true
}
resource "a_b" "c" {
  bucket = var.v
  tags   = { a = var.v }
  block { inner = var.v }
  plain  = "x"
}
"""
    (one,) = stack(code).resources
    marks = {
        name: found.sensitive
        for name in ("bucket", "tags", "block", "plain")
        if isinstance(found := one.attributes.pick((name,)).get(name), Known)
    }

    assert marks == {"bucket": True, "tags": True, "block": True, "plain": False}


@pytest.mark.parametrize(
    ("stated", "hidden"),
    [
        ("[tags]", {"tags"}),
        ('["tags"]', {"tags"}),
        ('[tags["a"], "bucket[0]"]', {"tags", "bucket"}),
        ("all", {"tags", "bucket"}),
        ('"all"', {"tags", "bucket"}),
        ("[]", set()),
        ("[1]", set()),
        ("null", {"tags", "bucket"}),
    ],
)
def test_what_terraform_leaves_as_it_is_is_unknown(
    stated: str, hidden: set[str]
) -> None:
    lines = 'bucket = "x"\ntags = { a = "b" }\nlifecycle {\n ignore_changes = '
    (one,) = stack(BUCKET.format(lines + stated + "\n}")).resources
    found = {
        name for name in ("tags", "bucket") if isinstance(attribute(one, name), Unknown)
    }

    assert found == hidden
    assert "lifecycle {}" and not isinstance(
        attribute(stack(BUCKET.format('bucket = "x"\nlifecycle {}')).resources[0],
                  "bucket"),
        Unknown,
    )  # fmt: skip


def test_data_sources_are_there_where_something_reads_them() -> None:
    code = 'data "a_b" "read" {}\ndata "a_b" "idle" {}\n' + BUCKET.format(
        "bucket = data.a_b.read.name"
    )
    found = stack(code)
    (data,) = [one for one in found.resources if not one.managed]

    assert data.address == "data.a_b.read"
    assert (data.change, data.actions) == (Change.READ, ("read",))
    assert "it is read or made" in reason(found.resources[0], "bucket")


# What is copied from another block

GROUP = 'resource "azurerm_group" "g" {{\n  location = {}\n{}\n}}\n'
DISK = 'resource "azurerm_disk" "d" {{ location = {} }}\n'


@pytest.mark.parametrize(
    ("location", "more"),
    [
        ("azurerm_group.g.location", ""),
        ("azurerm_group.g[0].location", "count = 2"),
        ("local.place", ""),
        ("module.m.place", ""),
    ],
)
def test_a_text_that_another_block_sets_is_known(location: str, more: str) -> None:
    code = GROUP.format('"France Central"', more) + DISK.format(location)
    code += """
locals { place = azurerm_group.g.location }
module "m" {
  source = "./m"
  place  = azurerm_group.g.location
}
"""
    inner = 'variable "place" {}\noutput "place" { value = var.place }\n'
    found = {
        one.type: one
        for one in stack(code, {("m",): inner + DISK.format("var.place")}).resources
    }

    assert attribute(found["azurerm_disk"], "location") == "France Central"


def test_a_text_is_followed_from_block_to_block() -> None:
    chain = GROUP.format("azurerm_first.f.location", "")
    first = 'resource "azurerm_first" "f" { location = "x" }\n'
    found = stack(chain + first + DISK.format("azurerm_group.g.location"))

    assert attribute(found.resources[2], "location") == "x"


@pytest.mark.parametrize(
    ("location", "group"),
    [
        ("lower(azurerm_group.g.location)", '"x"'),
        ('"${azurerm_group.g.location}-a"', '"x"'),
        ("azurerm_group.g.location", "var.unset"),
        ("azurerm_group.g.location", "azurerm_disk.d.location"),
        ("azurerm_group.g.location", "[1]"),
        ("azurerm_group.g.name", '"x"'),
        ("azurerm_group.other.location", '"x"'),
        ("data.azurerm_group.g.location", '"x"'),
        ("azurerm_group.g", '"x"'),
        ("var.unset", '"x"'),
        ("local.missing", '"x"'),
        ("module.gone.place", '"x"'),
        ("module.m.missing", '"x"'),
        ("module.m.hush", '"x"'),
        ("module.m.empty", '"x"'),
        ("azurerm_group.ignoring.location", '"x"'),
    ],
)
def test_what_may_be_changed_on_the_way_is_unknown(location: str, group: str) -> None:
    code = (
        'variable "unset" {}\n' + GROUP.format(group, "") + DISK.format(location)
        + 'module "m" {\n source = "./m"\n place = azurerm_group.g.location\n}\n'
        + 'resource "azurerm_group" "ignoring" {\n location = "y"\n'
        + "lifecycle {\n ignore_changes = [location]\n }\n}\n"
    )  # fmt: skip
    inner = """
variable "place" {}
output "hush" {
  value     = var.place
  sensitive = true
}
output "empty" {}
"""
    found = {one.address: one for one in stack(code, {("m",): inner}).resources}

    assert isinstance(attribute(found["azurerm_disk.d"], "location"), Unknown)


@pytest.mark.parametrize("declared", ["", 'variable "place" { sensitive = true }'])
def test_an_input_that_is_hidden_or_not_declared_is_not_followed(declared: str) -> None:
    code = GROUP.format('"x"', "") + (
        'module "m" {\n source = "./m"\n place = azurerm_group.g.location\n}\n'
        'module "bare" { source = "./bare" }\n'
    )
    inner = declared + DISK.format("var.place")
    found = stack(code, {("m",): inner, ("bare",): inner}).resources

    for one in found[1:]:
        assert isinstance(attribute(one, "location"), Unknown)


def test_what_is_passed_on_for_ever_is_unknown() -> None:
    hops = "".join(f"l{i} = local.l{i + 1}\n" for i in range(60))
    code = "locals {\n" + hops + "l60 = azurerm_group.g.location\n}\n"
    found = stack(code + GROUP.format('"x"', "") + DISK.format("local.l0"))

    assert isinstance(attribute(found.resources[1], "location"), Unknown)


# Variables


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("", "a${b}", "a${b}"),
        ("type = string", "5", "5"),
        ("type = number", "5", 5),
        ("type = bool", "true", True),
        ("type = list(string)", '["a"]', ["a"]),
        ("type = map(string)", '{ a = "b" }', {"a": "b"}),
        ("type = any", '"x"', "x"),
    ],
)
def test_an_option_is_read_as_terraform_reads_it(
    type_: str, text: str, value: object
) -> None:
    code = f'variable "v" {{\n{type_}\n}}\n' + BUCKET.format("bucket = var.v")
    (one,) = stack(code, None, option("v", text)).resources

    assert attribute(one, "bucket") == value


def test_an_option_for_a_variable_that_is_declared_as_json_is_a_text_too() -> None:
    declared = '{"variable": {"v": {"type": "string"}}}'
    files = {"v.tf.json": declared, "main.tf": BUCKET.format("bucket = var.v")}
    (one,) = stack(files, None, option("v", "[x")).resources

    assert attribute(one, "bucket") == "[x"


def test_what_is_stated_has_an_order() -> None:
    code = 'variable "v" { default = "default" }\n' + BUCKET.format("bucket = var.v")
    files = {"main.tf": code, "terraform.tfvars": 'v = "file"'}
    env, first = environment("v", "environment"), option("v", "first")
    second = StatedFile("x.tfvars", b'v = "second"')

    def value(root: str | dict[str, str], *stated: Stated) -> object:
        return attribute(stack(root, None, *stated).resources[0], "bucket")

    assert value(code) == "default"
    assert value(code, env) == "environment"
    assert value(files, env) == "file"
    assert value(files, first, env) == "first"
    assert value(files, first, second) == "second"
    assert value(files, second, first) == "first"
    json_file = StatedFile("x.tfvars.json", b'{"v": "json"}')
    assert value(files, json_file) == "json"


def test_an_option_for_a_variable_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no variable `nmae`") as caught:
        stack('variable "name" {}', None, option("nmae", "hush"))

    assert "hush" not in str(caught.value)
    stack("", None, environment("other", "x"), StatedFile("x", b"other = 1"))


@pytest.mark.parametrize(
    "stated",
    [
        option("v", '"hush'),
        option("v", '"hush"\nw = 1'),
        option("v", '"hush"\nb {}'),
        option("v", ""),
        environment("v", "[hush"),
        environment("v", '"\udcff"'),
        StatedFile("x.tfvars", b"v = {"),
        StatedFile("x.tfvars", b"\xff"),
        StatedFile("x.tfvars.json", b"{"),
    ],
)
def test_what_is_stated_and_cannot_be_read_is_refused(stated: Stated) -> None:
    code = 'variable "v" { type = list(string) }'
    with pytest.raises(InputError) as caught:
        stack(code, None, stated)

    assert stated.where in str(caught.value)
    assert "hush" not in str(caught.value)


# What cannot be read


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": "resource {"},
        {"main.tf": "\xff".encode("latin-1").decode("latin-1"), "a.tf": "x"},
        {"main.tf.json": "{"},
        {"main.tf": 'resource "a_b" "c" { x = 1\n x = 2 }'},
        {"main.tf": 'resource "a_b" "c" {}\nresource "a_b" "c" {}'},
        {"main.tf": 'data "a_b" "c" { x = 1\n x = 2 }'},
        {"main.tf": 'module "c" { x = 1\n x = 2 }'},
        {"main.tf": 'variable "c" { x = 1\n x = 2 }'},
        {"main.tf": 'output "c" { x = 1\n x = 2 }'},
        {"main.tf": "locals { x = 1\n x = 2 }"},
        {"main.tf": "terraform { x = 1\n x = 2 }"},
    ],
)
def test_code_that_cannot_be_read_is_refused_and_names_its_file(
    files: dict[str, str],
) -> None:
    with pytest.raises(InputError) as caught:
        stack(files)

    assert any(name in str(caught.value) for name in files)
    assert caught.value.remedy


def test_a_module_below_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError, match=r"main\.tf"):
        stack('module "m" { source = "./m" }', {("m",): "resource {"})


@pytest.mark.parametrize(
    "code", ['resource "a_b" "c" "d" {}', 'resource "a_b" {}', 'module "a" "b" {}']
)
def test_blocks_with_other_labels_are_no_resources(code: str) -> None:
    assert stack(code).resources == ()


# What a person must know


def test_that_there_is_no_plan_is_said() -> None:
    message, blocks = gaps(stack(""))["code"]

    assert "without a plan" in message
    assert not blocks


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": 'action "aws_lambda_invoke" "push" {}'},
        {"main.tf.json": '{"action": {"aws_lambda_invoke": {"push": {}}}}'},
    ],
)
def test_actions_block(files: dict[str, str]) -> None:
    message, blocks = gaps(stack(files))["actions"]

    assert "action.aws_lambda_invoke.push" in message
    assert blocks


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": 'resource "a_b" "c" {\n  provisioner "local-exec" {}\n}\n'},
        {
            "main.tf.json": '{"resource": {"a_b": {"c": '
            '{"provisioner": {"local-exec": {}}}}}}'
        },
    ],
)
def test_provisioners_block(files: dict[str, str]) -> None:
    message, blocks = gaps(stack(files))["provisioners"]

    assert blocks
    assert "a_b.c" in message


def test_the_place_of_the_state_is_found() -> None:
    code = 'terraform {\n backend "s3" { bucket = "x" }\n}'
    state = stack(code).state

    assert state is not None
    assert (state.type, state.location) == ("s3", ("main.tf", 2))
    assert "state" not in gaps(stack(code))
    assert "kept in a file" in gaps(stack(""))["state"][0]


def test_files_that_only_one_of_two_programs_reads_block() -> None:
    files = {
        "main.tf": BUCKET.format('bucket = "terraform"'),
        "main.tofu": BUCKET.format('bucket = "opentofu"'),
    }
    read_as_tofu, read_as_terraform = stack(files, tofu=True), stack(files)

    assert attribute(read_as_tofu.resources[0], "bucket") == "opentofu"
    assert attribute(read_as_terraform.resources[0], "bucket") == "terraform"
    message, blocks = gaps(read_as_tofu)["two-readings"]
    assert "main.tf" in message
    assert blocks
    assert "two-readings" not in gaps(read_as_terraform)


def test_override_files_amend() -> None:
    files = {
        "main.tf": BUCKET.format('bucket = "x"\nacl = "private"'),
        "main_override.tf": BUCKET.format('bucket = "y"'),
    }
    (one,) = stack(files).resources

    assert (attribute(one, "bucket"), attribute(one, "acl")) == ("y", "private")


def test_code_as_json_is_read() -> None:
    files = {
        "main.tf.json": '{"resource": {"a_b": {"c": {"bucket": "x", "count": 2}}}}'
    }

    assert addresses(stack(files)) == ["a_b.c[0]", "a_b.c[1]"]


def test_code_that_is_nested_too_deeply_is_refused() -> None:
    limit = sys.getrecursionlimit()
    depth = len(inspect.stack())
    try:
        sys.setrecursionlimit(depth + 40)
        with pytest.raises(InputError, match="nested too deeply"):
            stack(BUCKET.format("bucket = " + "[" * 20 + "]" * 20))
    finally:
        sys.setrecursionlimit(limit)
