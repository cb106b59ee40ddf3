"""What is asked of code: providers, resources, places, backends, requirements."""

from __future__ import annotations

import json
from typing import Any
from zipfile import ZipFile

import pytest

from guardrail.errors import InputError
from guardrail.inputs.hcl import (
    Backend,
    ProviderBlock,
    Requirement,
    Source,
    Tree,
    backend,
    from_directory,
    from_snapshot,
    location,
    provider_block,
    provider_location,
    provider_settings,
    provider_source,
    required_providers,
    resource_arguments,
    resource_provider,
)
from guardrail.model import Evidence, Known, Unknown
from tests.conftest import ROOT

HOST = "https://oos.cloudgouv-eu-west-1.outscale.com"


def fixture(case: str) -> Tree:
    """The tree of a binary plan, with the variables of its JSON."""
    directory = ROOT / "fixtures" / "plans" / case
    with ZipFile(directory / "tfplan") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    plan = json.loads((directory / "plan.json").read_text())
    variables = {k: v.get("value") for k, v in plan.get("variables", {}).items()}
    return Tree(from_snapshot(entries), variables=variables, final=True)


def tree(**files: str) -> Tree:
    """A tree of files; `__` stands for `/`, and the suffix is `.tf`."""
    named = {
        f"{name.replace('__', '/')}.tf": text.encode() for name, text in files.items()
    }
    return Tree(from_directory(named))


def plain(found: Any) -> Any:
    """Settings as plain values; the reason stands for what is not known."""
    match found:
        case Known(value=value):
            return plain(value)
        case Unknown(reason=reason):
            return f"? {reason}"
        case dict():
            return {key: plain(one) for key, one in found.items()}
        case list():
            return [plain(one) for one in found]
        case _:
            return found


@pytest.mark.parametrize(
    "alias", ["osc", "variable", "local", "function", "literal_function", "dynamic"]
)
def test_outscale_is_seen_behind_every_way_to_write_its_endpoint(alias: str) -> None:
    settings = provider_settings(
        fixture("outscale-via-aws-endpoints"), (), "aws", alias
    )

    assert isinstance(settings, dict)
    (endpoints,) = settings["endpoints"]
    assert endpoints["s3"].value == HOST
    constant = alias == "osc"
    assert endpoints["s3"].evidence is (
        Evidence.CONSTANT if constant else Evidence.SOURCE
    )
    assert "alias" not in settings


@pytest.mark.parametrize(
    ("alias", "region"),
    [
        ("plain_variable", "eu-west-3"),
        ("lying_replace", "us-west-2"),
        ("conditional", "us-east-1"),
        ("constant_conditional", "eu-west-3"),
        ("map_element", "eu-west-3"),
        ("local_value", "eu-west-3"),
        ("function_of_constant", "eu-west-3"),
        ("template", "eu-west-3"),
    ],
)
def test_the_region_is_the_one_in_which_the_provider_runs(
    alias: str, region: str
) -> None:
    settings = provider_settings(fixture("aws-region-unknown"), (), "aws", alias)

    assert isinstance(settings, dict)
    assert settings["region"].value == region


def test_what_a_resource_says_after_the_apply_is_unknown() -> None:
    code = fixture("aws-region-unknown")
    region = provider_settings(code, (), "aws", "output_region")
    endpoint = provider_settings(code, (), "aws", "output_endpoint")
    nothing = provider_settings(code, (), "aws", "environment_only")

    assert isinstance(region, dict)
    assert isinstance(endpoint, dict)
    assert isinstance(nothing, dict)
    assert region["region"].refers_to == ("terraform_data.choice.output",)
    assert isinstance(endpoint["endpoints"][0]["s3"], Unknown)
    assert "region" not in nothing


@pytest.mark.parametrize(
    ("path", "name", "alias", "key", "region"),
    [
        ((), "aws", "", "aws", "eu-west-3"),
        (("mid",), "aws", "", "aws.osc", "cloudgouv-eu-west-1"),
        (("mid", "leaf"), "aws", "", "aws.osc", "cloudgouv-eu-west-1"),
        (("implicit",), "aws", "", "aws", "eu-west-3"),
        (("renamed",), "osclike", "", "aws", "eu-west-3"),
        (("renamed_given",), "osclike", "", "aws.osc", "cloudgouv-eu-west-1"),
        (("pair",), "aws", "source", "aws", "eu-west-3"),
        (("pair",), "aws", "destination", "aws.osc", "cloudgouv-eu-west-1"),
        (("own",), "aws", "", "module.own:aws", "eu-central-1"),
        (("own", "inner"), "aws", "", "module.own:aws", "eu-central-1"),
        (("own", "inner"), "aws", "x", "module.own.module.inner:aws.x", "us-east-1"),
    ],
)
def test_a_module_runs_with_the_provider_it_has_is_passed_or_inherits(
    path: tuple[str, ...], name: str, alias: str, key: str, region: str
) -> None:
    code = fixture("aws-modules")
    settings = provider_settings(code, path, name, alias)
    block = provider_block(code, path, name, alias)

    assert isinstance(settings, dict)
    assert settings["region"].value == region
    assert settings["region"].because == f"provider {key}: region is a constant"
    assert isinstance(block, ProviderBlock)
    assert block.found
    assert provider_location(code, path, name, alias) is not None


def test_values_come_down_through_modules() -> None:
    code = fixture("region-two-levels-down")
    inner = provider_settings(code, ("outer", "inner"), "aws")
    osc = provider_settings(code, ("outer", "inner"), "aws", "osc")
    many = resource_arguments(code, 'module.many["paris"].google_storage_bucket.files')
    any_ = resource_arguments(code, "module.many.google_storage_bucket.files")

    assert plain(inner) == {"region": "eu-west-3"}
    assert plain(osc)["endpoints"] == [{"s3": HOST}]
    assert plain(many)["location"] == "europe-west9"
    assert plain(any_)["location"] == (
        "? module.many.google_storage_bucket.files: location: `each` differs from "
        "instance to instance"
    )
    place = location(code, "module.outer.module.inner.aws_s3_bucket.osc")
    assert place == ("outer/inner/main.tf", 28)
    assert location(code, 'module.many["paris"]') == ("main.tf", 23)


def test_dynamic_blocks_are_expanded() -> None:
    code = tree(
        main="""
variable "on" { default = true }
provider "aws" {
  dynamic "endpoints" {
    for_each = { a = "x", b = "y" }
    iterator = "e"
    content {
      s3  = e.value
      key = e.key
      dynamic "inner" {
        for_each = ["1", "2"]
        content {
          both = "${e.value}${inner.value}${inner.key}"
        }
      }
    }
  }
  endpoints { s3 = "static" }
  dynamic "sets" {
    for_each = toset(["q"])
    iterator = s
    content { v = [s.key, s.value] }
  }
  dynamic "none" {
    for_each = var.on ? [] : [1]
    content {}
  }
  dynamic "later" {
    for_each = x_y.z.list
    content { a = 1 }
  }
  later { a = 2 }
  dynamic "null" {
    for_each = null
    content {}
  }
  dynamic "text" {
    for_each = "abc"
    content {}
  }
  dynamic "no_content" { for_each = [1] }
  dynamic "iterator" {
    for_each = [1]
    iterator = a.b
    content {}
  }
  dynamic "much" {
    for_each = concat([for x in range(1000) : [for y in range(3) : y]]...)
    content {}
  }
  dynamic {}
}
"""
    )
    found = plain(provider_settings(code, (), "aws"))

    assert found["endpoints"] == [
        {
            "s3": value,
            "key": key,
            "inner": [{"both": f"{value}10"}, {"both": f"{value}21"}],
        }
        for key, value in (("a", "x"), ("b", "y"))
    ] + [{"s3": "static"}]
    assert found["sets"] == [{"v": ["q", "q"]}]
    assert found["none"] == []
    assert found["later"].startswith("? provider aws: later: `x_y.z.list` is not in")
    for name in ("null", "text", "no_content", "iterator", "dynamic"):
        assert (
            found[name]
            == f"? provider aws: {name} is a dynamic block that cannot be read"
        )
    assert found["much"] == "? provider aws: much: it takes too much work to evaluate"


def test_a_secret_is_marked_and_a_null_is_not_set() -> None:
    code = tree(
        main="""
variable "token" {
  default   = "x"
  sensitive = true
}
provider "aws" {
  version = "1"
  token   = var.token
  tags    = { a = var.token, b = x_y.z.id }
  region  = null
  many    = [1, 2.5, true]
}
"""
    )
    found = provider_settings(code, (), "aws")

    assert isinstance(found, dict)
    assert found["token"] == Known(
        "x",
        Evidence.SOURCE,
        "provider aws: token follows from the code (main.tf, line 8)",
        True,
    )
    assert found["tags"].sensitive
    assert isinstance(found["tags"].value["b"], Unknown)
    assert found["many"].value == [1, 2.5, True]
    assert found.keys() == {"token", "tags", "many"}


def test_what_cannot_be_read_is_unknown_with_its_reason() -> None:
    code = tree(
        main="""
provider "a" {
  x = 1 y = 2
  z = "\\q"
}
provider "b" { region = "x" }
provider "b" { region = "y" }
provider "c" { alias = local.z }
provider "d" {
  dup = 1
  dup = 2
}
provider "e" {
  a = 1 + + 2
  b = [1 2]
  c = { a.b = 1 }
  d = -
  e =
  f = "%{ if true }x"
  g = "%{ wrong }"
  h = a.*.0
  i = foo::bar(1)
  j = provider::aws::x(1)
  k = setproduct([1], [2])
  l = terraform.workspace
  m = path.module
  n = each.key
  o = count.index
  p = self.x
  q = ephemeral.a.b.c
  r = local.missing
  s = var.missing
  t = module.missing.x
  u = "${x_y.z[0].w}${x_y.v}"
  v = data.a.b.c
  w = local
  y = x_y
  z = "%{ for x in }%{ endfor }"
}
"""
    )
    assert plain(provider_settings(code, (), "a")) == (
        "? main.tf cannot be read: a string holds an escape that is none of HCL's"
    )
    assert (
        plain(provider_settings(code, (), "b"))
        == "? main.tf, line 7 states something twice"
    )
    assert plain(provider_settings(code, (), "c")) == (
        "? the alias of a provider block c is no constant"
    )
    assert plain(provider_settings(code, (), "d")) == (
        "? main.tf cannot be read: line 11 is not in the syntax of HCL"
    )
    assert (
        plain(provider_settings(code, (), "e", "x"))
        == "? no provider block e.x is there"
    )
    assert provider_settings(code, (), "f") == {}
    assert provider_location(code, (), "f") is None
    found = plain(provider_settings(code, (), "e"))
    assert {
        key: value.removeprefix(f"? provider e: {key}: ")
        for key, value in found.items()
    } == {
        "a": "an expression cannot be parsed",
        "b": "an expression cannot be parsed",
        "c": "an expression cannot be parsed",
        "d": "an expression cannot be parsed",
        "e": "an expression cannot be parsed",
        "f": "a template does not end",
        "g": "a template holds an unknown directive",
        "h": "an expression cannot be parsed",
        "i": "an expression cannot be parsed",
        "j": "the function `provider::aws::x` is not evaluated",
        "k": "the function `setproduct` is not evaluated",
        "l": "`terraform.workspace` depends on how Terraform runs",
        "m": "`path.module` is a path, which depends on where Terraform runs",
        "n": "`each.key` stands outside of what is repeated",
        "o": "`count.index` stands outside of what is repeated",
        "p": "`self.x` is a resource itself",
        "q": "`ephemeral.a.b.c` is ephemeral, and never in a plan",
        "r": "`local.missing` is not declared",
        "s": "`var.missing` is not declared",
        "t": "`module.missing` is not declared",
        "u": "`x_y.z.w` is not in the code: it is read or made",
        "v": "`data.a.b.c` is not in the code: it is read or made",
        "w": "`local` is not in the code: it is read or made",
        "y": "`x_y` is not in the code: it is read or made",
        "z": "an expression cannot be parsed",
    }


@pytest.mark.parametrize(
    "text",
    [
        "provider {",
        'provider "a" }',
        "x = 1",
        'provider "\\q" {}',
        "provider a { /* }",
        'provider a { x = "\n" }',
        "provider a { x = <<E\n }",
        "provider a { # }",
        "\xff",
        "provider a {}\n]",
    ],
)
def test_nothing_is_sure_of_a_module_with_an_unreadable_file(text: str) -> None:
    files = {"a.tf": b'provider "aws" {}', "b.tf": text.encode("latin-1")}
    code = Tree({(): Source(files)})

    for found in (
        provider_settings(code, (), "aws"),
        provider_block(code, (), "aws"),
        required_providers(code, ()),
        backend(code),
        resource_arguments(code, "a.b"),
    ):
        assert isinstance(found, Unknown)
        assert found.reason.startswith("b.tf cannot be read: ")
    root = code.code(())
    assert root is not None
    assert isinstance(root.locals, Unknown)
    assert isinstance(root.provider("aws", ""), Unknown)
    assert provider_location(code, (), "aws") is None


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrail.inputs.hcl.locate.LARGEST", 10)
    found = provider_settings(tree(main='provider "aws" {}\n'), (), "aws")

    assert plain(found) == "? main.tf cannot be read: it has more than 10 bytes"


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"provider": []}', '{"provider": [1]}', '{"a": 1, "a": 2}',
             '{"provider": {"aws": 1}}', "[" * 100_000]
)  # fmt: skip
def test_json_of_another_shape_is_a_problem_or_nothing(text: str) -> None:
    code = Tree({(): Source({"main.tf.json": text.encode()})})
    found = provider_settings(code, (), "aws")

    assert found == {} if text == '{"provider": []}' else isinstance(found, Unknown)


def test_json_says_the_same_as_the_native_syntax() -> None:
    text = """{
  "terraform": [{
    "required_providers": {"aws": {"source": "hashicorp/aws", "version": "1", "x": 1}},
    "backend": {"s3": {"bucket": "b", "region": "${upper(\\"x\\")}"}}
  }],
  "provider": {"//": "x", "aws": [
    {"region": "eu-west-3", "endpoints": {"s3": "https://${var.h}"},
     "dynamic": {"more": [{"for_each": ["a"], "content": {"v": "${more.value}"}}]}},
    {"alias": "x", "region": "$${not}", "n": 1.5, "//": "comment",
     "t": {"//": "comment", "k-${var.h}": [null, true]}}
  ]},
  "variable": {"h": {"default": "host", "type": "string", "sensitive": "true"}},
  "check": {"c": {}},
  "resource": {"a_b": {"c": {"x": "%{ bad", "provider": "aws.x", "y": "${", "z": [[[[1]]]]}}},
  "module": {"m": {"source": "./m", "providers": {"aws": "aws.x"}}}
}"""
    files = {"main.tf.json": text.encode(), "m/main.tf": b"", "other.json": b"{"}
    code = Tree(from_directory(files))

    assert plain(provider_settings(code, (), "aws")) == {
        "region": "eu-west-3",
        "endpoints": {"s3": "https://host"},
        "more": [{"v": "a"}],
    }
    assert plain(provider_settings(code, ("m",), "aws")) == {
        "region": "${not}",
        "n": 1.5,
        "t": {"k-host": [None, True]},
    }
    assert required_providers(code, ()) == {
        "aws": Requirement(source="hashicorp/aws", version="1")
    }
    found = backend(code)
    assert isinstance(found, Backend)
    assert (found.type, plain(found.settings)) == ("s3", {"bucket": "b", "region": "X"})
    assert location(code, "a_b.c") == ("main.tf.json", 14)
    assert resource_provider(code, "a_b.c") == ("aws", "x")
    arguments = plain(resource_arguments(code, "a_b.c"))
    assert arguments["x"] == arguments["y"].replace(": y:", ": x:")
    assert arguments["z"] == [[[[1]]]]


def test_a_type_in_json_is_code() -> None:
    for type_, value in (("number", 1), ("\\q", None), ('"', None)):
        variable = {"type": type_, "default": "1"}
        text = json.dumps(
            {"variable": {"v": variable}, "provider": {"a": {"x": "${var.v}"}}}
        )
        found = plain(
            provider_settings(Tree({(): Source({"a.tf.json": text.encode()})}), (), "a")
        )
        assert found["x"] == (
            value or "? provider a: x: the type of `var.v` cannot be read"
        )


def test_json_that_is_too_deep_is_unknown() -> None:
    deep = "[" * 50 + "]" * 50
    code = Tree(
        {(): Source({"a.tf.json": f'{{"provider":{{"a":{{"x":{deep}}}}}}}'.encode()})}
    )

    found = plain(provider_settings(code, (), "a"))["x"]
    while isinstance(found, list):
        (found,) = found

    assert found == "? an expression cannot be parsed"


def test_override_files_amend() -> None:
    code = tree(
        main="""
terraform {
  backend "s3" { bucket = "base" }
}
provider "aws" {
  region = "base"
  kept   = "kept"
  endpoints { s3 = "base" }
  dynamic "endpoints" {
    for_each = [1]
    content { s3 = "dynamic" }
  }
  other { a = 1 }
}
locals { a = "base" }
""",
        override="""
terraform {
  backend "gcs" { bucket = "override" }
}
provider "aws" {
  region = local.a
  endpoints { s3 = "override" }
}
locals { a = "override" }
""",
        last_override='provider "aws" { last = true }\n',
    )
    found = plain(provider_settings(code, (), "aws"))

    assert found == {
        "region": "override",
        "kept": "kept",
        "last": True,
        "endpoints": [{"s3": "override"}],
        "other": [{"a": 1}],
    }
    kept = backend(code)
    assert isinstance(kept, Backend)
    assert (kept.type, kept.line, kept.file) == ("gcs", 3, "main.tf")


def test_opentofu_reads_its_own_files_instead() -> None:
    files = {
        "a.tf": b'provider "aws" { region = "tf" }',
        "a.tofu": b'provider "aws" { region = "tofu" }',
        "b.tf.json": b'{"provider": {"x": {"region": "tf"}}}',
        "b.tofu.json": b'{"provider": {"x": {"region": "tofu"}}}',
        "c.tf": b'provider "y" { region = "both" }',
        "#d.tf#": b"{",
        "sub/e.tf": b"{",
    }
    for tofu, region in ((True, "tofu"), (False, "tf")):
        code = Tree({(): Source(files)}, tofu=tofu)
        assert plain(provider_settings(code, (), "aws")) == {"region": region}
        assert plain(provider_settings(code, (), "x")) == {"region": region}
        assert plain(provider_settings(code, (), "y")) == {"region": "both"}


def test_a_provider_with_for_each_needs_a_key() -> None:
    code = tree(
        main="""
provider "aws" {
  alias    = "by"
  for_each = toset(["eu", "us"])
  region   = each.value
}
"""
    )
    assert plain(provider_settings(code, (), "aws", "by", key="eu")) == {"region": "eu"}
    assert plain(provider_settings(code, (), "aws", "by")) == {
        "region": "? provider aws.by: region: `each` differs from instance to instance"
    }
    assert (
        "no instance"
        in plain(provider_settings(code, (), "aws", "by", key="x"))["region"]
    )


def test_resources_are_read_instance_by_instance() -> None:
    code = tree(
        main="""
locals { odd = { "a.b[\\"c\\"]" = "x", "$${d}" = "y" } }
resource "aws_x" "map" {
  for_each = local.odd
  v        = "${each.key}=${each.value}"
  provider = aws.other
  lifecycle { ignore_changes = all }
  nested { k = each.key }
}
resource "aws_x" "count" {
  count = 3
  v     = count.index
}
resource "aws_x" "later" {
  for_each = toset([aws_x.count[0].id])
  v        = each.key
  w        = each.value
}
resource "aws_x" "refused" {
  for_each = tolist(1)
  v        = each.value
}
resource "aws_x" "plain" { v = aws_x.map["$${d}"].v }
data "aws_y" "d" { provider = aws.by[each.key] }
ephemeral "aws_z" "e" {}
"""
    )
    odd = 'aws_x.map["a.b[\\"c\\"]"]'
    assert plain(resource_arguments(code, odd)) == {
        "v": 'a.b["c"]=x',
        "nested": [{"k": 'a.b["c"]'}],
    }
    assert plain(resource_arguments(code, 'aws_x.map["$${d}"]'))["v"] == "${d}=y"
    assert "no instance" in plain(resource_arguments(code, 'aws_x.map["z"]'))["v"]
    assert "`each` differs" in plain(resource_arguments(code, "aws_x.map"))["v"]
    assert plain(resource_arguments(code, "aws_x.count[2]")) == {"v": 2}
    assert (
        "`count.index` differs" in plain(resource_arguments(code, "aws_x.count"))["v"]
    )
    later = plain(resource_arguments(code, 'aws_x.later["k"]'))
    assert later["v"] == "k"
    assert later["w"].endswith(
        "`aws_x.count.id` is not in the code: it is read or made"
    )
    assert "another type" in plain(resource_arguments(code, 'aws_x.refused["k"]'))["v"]
    assert resource_provider(code, odd) == ("aws", "other")
    assert resource_provider(code, "aws_x.count[2]") == ("aws", "")
    assert plain(resource_provider(code, "data.aws_y.d")) == (
        "? the provider of data.aws_y.d is no plain reference"
    )
    assert location(code, "data.aws_y.d") == ("main.tf", 24)
    assert location(code, "ephemeral.aws_z.e") == ("main.tf", 25)
    for missing in (resource_arguments(code, "a.b"), resource_provider(code, "a.b")):
        assert plain(missing) == "? a.b is not in the code"
    assert location(code, "a.b") is None
    assert location(code, "module.m") is None
    assert location(code, "module.m.a.b") is None
    assert location(code, "module.m.module.n") is None
    assert plain(resource_arguments(code, "module.m.a.b")) == (
        "? the code of `module.m` is not there"
    )


@pytest.mark.parametrize(
    "address", ["", "a", "a.b.c.d", "a..b", "a[", '"x"', "a b", "a.b[x]", "\x00", 'a["']
)
def test_what_is_no_address_is_refused(address: str) -> None:
    code = tree(main="")
    with pytest.raises(InputError):
        resource_arguments(code, address)


def test_values_that_a_plan_knows_are_used() -> None:
    text = """
provider "aws" {
  region = data.aws_region.here.name
  first  = data.aws_zones.all.names[0]
  beyond = data.aws_zones.all.names[9]
  whole  = data.aws_zones.all.names
  later  = aws_x.y["k"].id
  deep   = aws_x.y["k"].list[0].a
  number = aws_x.n[0].size
  secret = upper(aws_x.s.token)
  wrong  = aws_x.s.token.more
  nope   = aws_x.s[local.x].token
  none   = aws_x.s.missing
}
"""
    known: dict[str, Known[Any]] = {
        "data.aws_region.here": Known({"name": "eu-west-3"}),
        "data.aws_zones.all": Known({"names": ["a", "b"]}),
        'aws_x.y["k"]': Known({"id": Unknown("later"), "list": [{"a": True}]}),
        "aws_x.n[0]": Known({"size": 3}),
        "aws_x.s": Known({"token": "t"}, sensitive=True),
    }
    code = Tree({(): Source({"main.tf": text.encode()})}, known=known)
    settings = provider_settings(code, (), "aws")
    found = plain(settings)

    assert isinstance(settings, dict)
    assert found["region"] == "eu-west-3"
    assert found["first"] == "a"
    assert found["later"] == "? provider aws: later: later"
    assert found["deep"] is True
    assert found["number"] == 3
    assert found["secret"] == "T"
    assert settings["secret"].sensitive
    assert "Terraform refuses it" in found["wrong"]
    for name in ("beyond", "whole", "nope", "none"):
        assert "is not in the code" in found[name]


def test_a_value_of_a_child_is_looked_up_at_its_instance() -> None:
    files = {
        "main.tf": b'module "m" {\n  for_each = { a = 1 }\n  source = "./m"\n}\n',
        "m/main.tf": b'resource "x_y" "z" {\n  v = x_y.other.id\n}\n',
    }
    known: dict[str, Known[Any]] = {'module.m["a"].x_y.other': Known({"id": "i"})}
    code = Tree(from_directory(files), known=known)

    assert plain(resource_arguments(code, 'module.m["a"].x_y.z')) == {"v": "i"}
    missing = resource_arguments(code, "module.m.x_y.z")
    assert isinstance(missing, dict)
    assert missing["v"].refers_to == ("module.m.x_y.other.id",)


def test_modules_that_are_missing_or_wrong_leave_values_unknown() -> None:
    code = tree(
        main="""
variable "later" {}
module "gone" { source = "registry/x" }
module "many" {
  source   = "registry/y"
  for_each = { a = 1 }
}
module "here" {
  source   = "./here"
  for_each = toset(["a", "b"])
  x        = each.key
}
module "counted" {
  source = "./here"
  count  = var.later
}
module "looped" {
  source   = "./here"
  for_each = var.later
}
module "plain" {
  source = "./here"
  x      = 1
}
provider "aws" {
  a = module.gone.x
  b = module.gone
  c = module.many["a"].x
  d = module.here["a"].x
  e = module.here
  f = module.counted[0].y
  g = module.counted
  h = module.looped
  i = module.plain.missing
  j = module.plain.eph
  k = module.plain
  l = module.here[true].x
  m = module.broken
  n = module.broken.x
  o = module.plain.no_value
  p = module.here["a"].secret
  q = module.here[null].x
}
module "broken" { source = "./broken" }
""",
        here__main="""
variable "x" { default = "none" }
output "x" { value = var.x }
output "y" { value = "fixed" }
output "eph" {
  value     = 1
  ephemeral = true
}
output "no_value" {}
output "secret" {
  value     = "s"
  sensitive = true
}
""",
        broken__main="{",
    )
    settings = provider_settings(code, (), "aws")
    assert isinstance(settings, dict)
    found = plain(settings)

    gone = "the code of `module.gone` is not there"
    assert found["a"] == f"? provider aws: a: {gone}"
    assert settings["a"].refers_to == ("module.gone.x",)
    assert found["b"] == f"? provider aws: b: {gone}"
    assert found["c"] == "? provider aws: c: the code of `module.many` is not there"
    assert found["d"] == "a"
    assert found["e"]["b"]["x"] == "b"
    assert found["f"] == "fixed"
    assert "how often `counted` is repeated" in found["g"]
    assert "how often `looped` is repeated" in found["h"]
    assert "`output.missing` is not declared" in found["i"]
    assert "`output.eph` is not declared" in found["j"]
    assert found["k"]["y"] == "fixed"
    assert found["l"].startswith("?")
    assert "main.tf cannot be read" in found["m"]
    assert "main.tf cannot be read" in found["n"]
    assert "`output.no_value` is not declared" in found["o"]
    assert settings["p"].sensitive


def test_what_a_module_is_passed_may_be_unclear() -> None:
    code = tree(
        main="""
provider "aws" { region = "root" }
provider "other" { region = "other" }
terraform {
  required_providers {
    mine  = { source = "Registry.Terraform.io/HashiCorp/aws" }
    plain = "1.0"
    odd   = 5
  }
}
module "a" {
  source    = "./a"
  providers = { aws = aws.by["x"] }
}
module "b" {
  source    = "./a"
  providers = var.p
}
module "c" {
  source    = "./a"
  providers = { other = other }
}
module "d" { source = "./a" }
module "e" { source = "./e" }
provider "mine" { region = "mine" }
""",
        a__main='resource "aws_x" "y" {}\n',
        e__main='terraform {\n  required_providers {\n    q = { source = "acme/q" }\n  }\n}\n',
    )
    assert plain(provider_settings(code, ("a",), "aws")) == (
        "? what module.a is passed cannot be read"
    )
    assert plain(provider_settings(code, ("b",), "aws")) == (
        "? what module.b is passed cannot be read"
    )
    assert plain(provider_settings(code, ("c",), "aws")) == {"region": "mine"}
    assert plain(provider_settings(code, ("d",), "aws")) == {"region": "mine"}
    assert provider_settings(code, ("e",), "q") == {}
    assert plain(provider_settings(code, ("e",), "aws")) == {"region": "mine"}
    assert plain(provider_settings(code, ("zz",), "aws")) == (
        "? the code of `module.zz` is not there"
    )
    assert required_providers(code, ()) == {
        "mine": Requirement(source="Registry.Terraform.io/HashiCorp/aws"),
        "plain": Requirement(source="", version="1.0"),
        "odd": Requirement(source=""),
    }
    assert isinstance(required_providers(code, ("zz",)), Unknown)


def test_configuration_aliases_are_read() -> None:
    code = fixture("aws-modules")

    assert required_providers(code, ("pair",)) == {
        "aws": Requirement(
            source="hashicorp/aws", aliases=("aws.source", "aws.destination")
        )
    }


def test_a_module_without_a_call_has_no_providers() -> None:
    source = Source({"main.tf": b""})
    orphan = Tree({(): source, ("a",): source})
    headless = Tree(
        {("a",): source, ("a", "b"): Source({"main.tf": b'provider "x" {}'})}
    )
    broken = Tree(
        {(): Source({"main.tf": b'module "a" {\n x = "\\q"\n}\n'}), ("a",): source}
    )

    assert plain(provider_settings(orphan, ("a",), "aws")) == (
        "? the call of module.a is not there"
    )
    assert (
        plain(provider_settings(headless, ("a",), "aws"))
        == "? the code of `.` is not there"
    )
    assert "main.tf cannot be read" in plain(provider_settings(broken, ("a",), "aws"))
    assert isinstance(backend(headless), Unknown)
    call = b'module "b" {\n  source = "./b"\n}\n'
    sources = {
        ("a",): Source({"main.tf": call}),
        ("a", "b"): Source({"m.tf": b'provider "x" {}'}),
    }
    assert plain(provider_settings(Tree(sources), ("a", "b"), "x")) == (
        "? the code of `module.a.module.b` is not there"
    )


@pytest.mark.parametrize(
    ("text", "type_", "settings"),
    [
        ('terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n', "s3", {"bucket": "b"}),
        ("terraform {\n  cloud {\n    organization = \"o\"\n    workspaces { name = \"w\" }\n  }\n}",
         "cloud", {"organization": "o", "workspaces": [{"name": "w"}]}),
        ('terraform {}\nterraform {\n  backend "local" {}\n}\n', "local", {}),
    ],
)  # fmt: skip
def test_the_backend_is_read(text: str, type_: str, settings: Any) -> None:
    found = backend(tree(main=text))

    assert isinstance(found, Backend)
    assert (found.type, plain(found.settings)) == (type_, settings)


def test_there_may_be_no_backend_or_two() -> None:
    assert backend(tree(main="locals {}\n")) is None
    two = 'terraform {\n  backend "a" {}\n  backend "b" {}\n}\n'
    assert plain(backend(tree(main=two))) == "? the code states two backends"
    bad = 'terraform {\n  x = "\\q"\n}\n'
    assert "cannot be read" in plain(backend(tree(main=bad)))
    assert isinstance(required_providers(tree(main=bad), ()), Unknown)


def test_only_constants_are_evidence_of_a_constant() -> None:
    code = tree(
        main="""
provider "aws" {
  a = 1 + 2
  b = -3
  c = [{ x = true ? "y" : null }]
  d = "${"x"}y"
  e = lower("X")
  f = [for x in [1] : x]
  block "label" { a = 1 }
  bare label {}
}
provider "bad" {
  block "${x}" {}
}
"""
    )
    found = provider_settings(code, (), "aws")
    assert isinstance(found, dict)
    constant = {
        k
        for k, v in found.items()
        if isinstance(v, Known) and v.evidence is Evidence.CONSTANT
    }
    assert constant == {"a", "b", "c", "d"}
    assert plain(found["bare"]) == [{}]
    assert "cannot be read" in plain(provider_settings(code, (), "bad"))


def test_requirements_that_cannot_be_read_leave_inheritance_unknown() -> None:
    call = 'module "m" { source = "./m" }\n'
    bad = 'terraform {\n  x = "\\q"\n}\n'
    for root, child in ((call, bad), (call + bad, "")):
        found = provider_settings(tree(main=root, m__main=child), ("m",), "aws")
        assert "cannot be read" in plain(found)


def test_a_provider_is_named_with_its_registry() -> None:
    files = {
        "main.tf": b"""
terraform {
  required_providers {
    own       = { source = "Own/Cloud" }
    other     = { source = "Registry.Example/x/y" }
    terraform = { source = "own/terraform" }
  }
}
"""
    }
    tree = Tree({(): Source(files), ("m",): Source({})})

    assert provider_source(tree, (), "own") == "registry.terraform.io/own/cloud"
    assert provider_source(tree, (), "other") == "registry.example/x/y"
    assert provider_source(tree, (), "terraform") == (
        "registry.terraform.io/own/terraform"
    )
    assert (
        provider_source(tree, ("m",), "terraform") == "terraform.io/builtin/terraform"
    )
    assert provider_source(tree, ("m",), "aws") == "registry.terraform.io/hashicorp/aws"
    assert provider_source(tree, ("gone",), "aws") == ""
