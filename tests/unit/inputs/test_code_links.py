"""References between blocks as the code writes them."""

from __future__ import annotations

import pytest

from guardrail.errors import InputError
from guardrail.inputs import GivenCode, read, read_code
from guardrail.inputs.hcl import Source, Tree
from guardrail.inputs.terraform import code_links
from guardrail.inputs.terraform.code_links import CodeLinks
from guardrail.model import Reference
from tests.unit.inputs.made import block, compact, configuration, plan, stack_of

Found = set[tuple[str, str, str, str]]


def links(root: str, **below: str) -> Found:
    """What refers to what; modules below are named `a` or `a__b`."""
    sources = {
        tuple(name.split("__")): Source({"main.tf": text.encode()})
        for name, text in below.items()
    }
    tree = Tree({(): Source({"main.tf": root.encode()}), **sources})
    return {
        (one.source, one.path, one.target, one.attribute)
        for one in CodeLinks(tree).all()
    }


def reads(expression: str, more: str = "", **below: str) -> set[tuple[str, str]]:
    """What an argument of `x_from.f` reads; there are `x_to.a` and `x_to.b`."""
    code = (
        f'resource "x_from" "f" {{\n  at = {expression}\n}}\n'
        'resource "x_to" "a" {}\nresource "x_to" "b" {}\ndata "x_to" "d" {}\n' + more
    )
    return {
        (target, attribute)
        for source, path, target, attribute in links(code, **below)
        if (source, path) == ("x_from.f", "at")
    }


A, B = ("x_to.a", "id"), ("x_to.b", "id")
BOTH = "{ one = x_to.a.id, two = x_to.b.id }"


@pytest.mark.parametrize(
    ("expression", "targets"),
    [
        ("x_to.a.id", {A}),
        ("x_to.a", {("x_to.a", "")}),
        ("x_to.a[0].id", {A}),
        ('x_to.a["k"].id', {A}),
        ("x_to.a[x_to.b.id].arn", {("x_to.a", "arn"), B}),
        ("x_to.a[*].id", {A}),
        ("x_to.a.*.id", {A}),
        ("x_to.a[*].disks[0].id", {("x_to.a", "disks")}),
        ("data.x_to.d.name", {("data.x_to.d", "name")}),
        ("x_to.missing.id", set()),
        ("x_to", set()),
        ("self.id", set()),
        ("path.module", set()),
        ("count.index", set()),
        ('"${x_to.a.id}/x"', {A}),
        ("lower(x_to.a.id)", {A}),
        ("lower(x_to.a).id", {("x_to.a", "")}),
        ("true ? x_to.a.id : x_to.b.id", {A, B}),
        ("[x_to.a.id, x_to.b.id]", {A, B}),
        (BOTH, {A, B}),
        (f"({BOTH}).two", {A, B}),
        ("({ (x_to.b.id) = x_to.a.id }).two", {A, B}),
        ("[for one in x_to.a : one.id]", {A}),
        ("[for key, one in x_to.a : key]", set()),
        ("[for key, one in x_to.a : one.id if one.on]", {A, ("x_to.a", "on")}),
        ("{for one in x_to.a : one.id => x_to.b.id}", {A, B}),
        ("[for one in [x_to.a, x_to.b] : one.id]", {A, B}),
        ("[for one in { k = x_to.a } : one.id]", {A}),
        ('"%{for one in x_to.a}${one.id}%{endfor}"', {A}),
    ],
)
def test_an_expression_reads_what_it_names(
    expression: str, targets: set[tuple[str, str]]
) -> None:
    assert reads(expression) == targets


@pytest.mark.parametrize(
    ("expression", "targets"),
    [
        ("local.one", {A}),
        ("local.again", {A}),
        ("local.both", {A, B}),
        ("local.both.two", {B}),
        ('local.both["two"]', {B}),
        ("local.both.three", {A, B}),
        ("local.computed.two", {A, B}),
        ("local.listed[0]", {A, B}),
        ("local.missing", set()),
        ("local.round", set()),
        ("local", set()),
    ],
)
def test_local_values_are_seen_through(
    expression: str, targets: set[tuple[str, str]]
) -> None:
    locals_ = f"""
locals {{
  one    = x_to.a.id
  again  = local.one
  both   = {BOTH}
  listed = [x_to.a.id, x_to.b.id]
  round  = local.circle
  computed = {{ (x_to.b.id) = x_to.a.id }}
  circle = local.round
}}
"""
    assert reads(expression, locals_) == targets


@pytest.mark.parametrize(
    ("expression", "targets"),
    [
        ("module.m.id", {("module.m.x_to.in", "id")}),
        ("module.m[0].id", {("module.m.x_to.in", "id")}),
        ("module.m[*].id", {("module.m.x_to.in", "id")}),
        ("module.m.passed", {A}),
        ("module.m.both.two", {B}),
        ("module.m", {("module.m.x_to.in", "id"), A, B}),
        ("module.m.none", set()),
        ("module.gone.id", set()),
    ],
)
def test_outputs_and_inputs_of_modules_are_seen_through(
    expression: str, targets: set[tuple[str, str]]
) -> None:
    call = f"""
module "m" {{
  source = "./m"
  given  = x_to.a.id
  both   = {BOTH}
}}
"""
    inner = """
variable "given" {}
variable "both" {}
resource "x_to" "in" {}
output "id" { value = x_to.in.id }
output "passed" { value = var.given }
output "both" { value = var.both }
output "none" {}
"""
    assert reads(expression, call, m=inner) == targets


def test_an_input_reaches_into_modules_of_modules() -> None:
    root = 'resource "x_to" "a" {}\nlocals { id = x_to.a.id }\n' + (
        'module "o" {\n source = "./o"\n for_each = { k = local.id }\n'
        " given = each.value\n}\n"
    )
    outer = (
        'variable "given" {}\nmodule "i" {\n source = "./i"\n given = var.given\n}\n'
    )
    inner = 'variable "given" {}\nresource "x_from" "f" { at = var.given }\n'
    found = links(root, o=outer, o__i=inner)

    assert found == {("module.o.module.i.x_from.f", "at", *A)}


def test_a_variable_of_the_root_leads_nowhere() -> None:
    assert reads("var.v", 'variable "v" {}') == set()
    assert reads("var.v", 'module "m" { source = "./m" }', m='variable "v" {}') == set()


def test_each_is_what_the_block_goes_through() -> None:
    code = """
resource "x_to" "a" {}
resource "x_to" "b" {}
resource "x_from" "f" {
  for_each = { k = x_to.a, l = x_to.b }
  key      = each.key
  one      = each.value.id
  bare     = each.value
}
resource "x_from" "g" { at = each.value }
"""
    assert links(code) == {
        ("x_from.f", "one", *A),
        ("x_from.f", "one", *B),
        ("x_from.f", "bare", "x_to.a", ""),
        ("x_from.f", "bare", "x_to.b", ""),
    }


def test_blocks_have_dotted_paths_and_what_is_about_the_block_is_left_out() -> None:
    code = """
resource "x_to" "a" {}
resource "x_to" "b" {}
resource "x_from" "f" {
  count      = x_to.a.n
  depends_on = [x_to.a]
  rule {
    to {
      id = x_to.a.id
    }
  }
  dynamic "copy" {
    for_each = [x_to.b]
    content { id = copy.value.id }
  }
  dynamic "named" {
    for_each = [x_to.b]
    iterator = it
    content { key = it.key
      id = it.value.id }
  }
  dynamic "broken" {}
  lifecycle { replace_triggered_by = [x_to.a] }
}
data "x_from" "d" { at = x_to.a.id }
"""
    assert links(code) == {
        ("x_from.f", "rule.to.id", *A),
        ("x_from.f", "copy.id", *B),
        ("x_from.f", "named.id", *B),
        ("data.x_from.d", "at", *A),
    }


def test_code_that_cannot_be_read_refers_to_nothing() -> None:
    assert links('resource "x_from" "f" {\n a = 1\n a = 2\n}\n') == set()
    assert reads("local.v", "locals {\n v = 1\n v = 2\n}\n") == set()


def test_references_in_json_are_found() -> None:
    text = b'{"resource": {"x_to": {"a": {}}, "x_from": {"f": {"at": "${x_to.a.id}"}}}}'
    tree = Tree({(): Source({"main.tf.json": text})})

    assert [one.target for one in CodeLinks(tree).all()] == ["x_to.a"]


def test_too_many_references_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_links, "MOST", 1)
    with pytest.raises(InputError, match="more than 1 references"):
        reads("[x_to.a.id, x_to.b.id]")
    with pytest.raises(InputError, match="more than 1 references"):
        reads("local.v", "locals { v = [x_to.a.id, x_to.b.id] }")


def test_references_that_lead_on_for_too_long_are_refused() -> None:
    hops = "".join(f"l{i} = local.l{i + 1}\n" for i in range(90))
    locals_ = "locals {\n" + hops + "l90 = x_to.a.id\n}\n"

    assert reads("local.l0", locals_) == {A}
    with pytest.raises(InputError, match="too often"):
        reads(
            "local.l0", locals_.replace("x_to.a.id", "[" * 15 + "x_to.a.id" + "]" * 15)
        )


def test_a_plan_with_its_code_has_the_references_of_both() -> None:
    blocks = block(), block("aws_s3_bucket.c", expressions={"bucket": {}})
    document = plan(configuration=configuration(*blocks), resource_changes=[])
    text = (
        'resource "aws_s3_bucket" "b" {}\nlocals { id = aws_s3_bucket.b.id }\n'
        'resource "aws_s3_bucket" "c" { bucket = local.id }\n'
    )
    code = GivenCode(modules={(): Source({"main.tf": text.encode()})})
    beside = read(compact(document), path="x", code=code).references

    assert stack_of(document).references == ()
    assert [(one.source, one.target) for one in beside] == [
        ("aws_s3_bucket.c", "aws_s3_bucket.b")
    ]


def test_code_alone_has_its_references() -> None:
    text = (
        'resource "x_to" "a" {}\nlocals { id = x_to.a.id }\n'
        'resource "x_from" "f" { at = local.id }\n'
    )
    code = GivenCode(modules={(): Source({"main.tf": text.encode()})})

    assert read_code(code, path="x", tofu=False).references == (
        Reference(source="x_from.f", target="x_to.a", path="at", attribute="id"),
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x_to.a.id", False),
        ('"text"', False),
        ("local.to", False),
        ("var.given", False),
        ("var.unset", True),
        ("local.unset", True),
        ("x_to.a[var.unset].id", False),
        ("var.unset ? x_to.a.id : null", False),
        ('var.unset ? x_to.a.id : ""', False),
        ('var.unset ? x_to.a.id : "text"', True),
        ('var.unset ? "text" : x_to.a.id', True),
        ("var.given ? x_to.a.id : var.unset", True),
        ("merge({ to = x_to.a.id }, { to = var.unset }).to", True),
        ("module.m.from", False),
        ("module.m.unset", True),
        ("try(x_to.a.id, null)", False),
        ('try(x_to.a.id, "text")', True),
        ('coalesce(x_to.a.id, "")', False),
        ('coalesce("text", x_to.a.id)', True),
        ('element([x_to.a.id, "text"], var.given)', True),
        ('lookup(local.map, "key", null)', False),
        ('lookup(local.map, "key", "text")', True),
        ('replace(x_to.a.id, "x", "")', False),
        ('replace(x_to.a.id, "/.*/", "text")', True),
        ('join("/", ["text", x_to.a.id])', False),
        ("local.tried", True),
    ],
)
def test_what_no_reference_leads_to_is_told(expression: str, *, expected: bool) -> None:
    root = (
        f'resource "x_from" "f" {{\n  at = {expression}\n}}\n'
        'resource "x_to" "a" {}\nvariable "unset" {}\n'
        'variable "given" {\n  default = true\n}\n'
        "locals {\n  to = x_to.a.id\n  unset = var.unset\n"
        '  tried = try(x_to.a.id, "text")\n  map = { key = x_to.a.id }\n}\n'
        'module "m" {\n  source = "./m"\n  to = x_to.a.id\n  unset = var.unset\n}\n'
    )
    below = (
        'variable "to" {}\nvariable "unset" {}\n'
        'output "from" {\n  value = var.to\n}\n'
        'output "unset" {\n  value = var.unset\n}\n'
    )
    sources = {(): root, ("m",): below}
    tree = Tree(
        {path: Source({"main.tf": text.encode()}) for path, text in sources.items()}
    )
    links = CodeLinks(tree)
    list(links.all())

    assert links.unfollowed == ({"x_from.f": frozenset({"at"})} if expected else {})


def test_a_plan_says_which_variables_have_a_value() -> None:
    code = (
        'variable "v" {\n  default = 1\n}\nresource "x_from" "f" {\n  at = var.v\n}\n'
    )
    for variables, expected in (({"v": 1}, {}), ({}, {"x_from.f": frozenset({"at"})})):
        source = Source({"main.tf": code.encode()})
        links = CodeLinks(Tree({(): source}, variables=variables, final=True))
        list(links.all())

        assert links.unfollowed == expected
