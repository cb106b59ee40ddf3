"""Labels in Terraform code: what is written, what is left, and what is refused."""

from __future__ import annotations

import pytest

from guardrail.classification import Lexicon
from guardrail.inputs import hcl
from guardrail.library import load_library, shipped
from guardrail.placement import Catalogue, Writing
from guardrail.tagging import (
    Manner,
    NotWrittenError,
    Proposal,
    Sites,
    Told,
    Wish,
    Writer,
)
from guardrail.tagging.labels import fitting

LIBRARY = load_library(shipped())
LEXICON = Lexicon(LIBRARY.vocabulary)
CATALOGUE = Catalogue(LIBRARY.registry)
SENSITIVE = LEXICON.ranks["sensitive"]
INTERNAL = LEXICON.ranks["internal"]


VERSIONS = "".join(
    f'    {source.rpartition("/")[2]} = {{\n      source = "{source}"\n    }}\n'
    for source in (
        "terraform-provider-openstack/openstack",
        "outscale/outscale",
        "scaleway/scaleway",
        "azure/azapi",
    )
)
VERSIONS = f"terraform {{\n  required_providers {{\n{VERSIONS}  }}\n}}\n"


def sites(files: dict[str, str]) -> Sites:
    content = {name: text.encode() for name, text in files.items()}
    content.setdefault("versions.tf", VERSIONS.encode())
    return Sites(hcl.from_directory(content), CATALOGUE, tofu=False)


def proposed(
    files: dict[str, str] | str,
    *addresses: str,
    rank: int = SENSITIVE,
    categories: tuple[str, ...] = (),
    manner: Manner | None = None,
) -> Proposal:
    found = sites({"main.tf": files} if isinstance(files, str) else files)
    wanted = addresses or [address for address, _ in found.addresses()]
    wishes = [
        Wish(address=one, rank=rank, categories=frozenset(categories)) for one in wanted
    ]
    return Writer(found, LEXICON, manner or Manner()).resources(wishes)


def written(text: str, **given: object) -> str:
    """The code after the label is in it."""
    (one,) = proposed(text, **given).files  # type: ignore[arg-type]
    assert one.before.decode() == text
    return one.after.decode()


def told(text: str | dict[str, str], *addresses: str, **given: object) -> Told:
    (one,) = proposed(text, *addresses, **given).told  # type: ignore[arg-type]
    return one


def bucket(inside: str, head: str = "") -> str:
    return f'{head}resource "aws_s3_bucket" "b" {{\n{inside}}}\n'


LABEL = 'data_sensitivity = "sensitive"'
SHAPES = {
    "no block inside": (
        'resource "aws_s3_bucket" "b" {}\n',
        'resource "aws_s3_bucket" "b" {\n  tags = {\n    ' + LABEL + "\n  }\n}\n",
    ),
    "one line": (
        'resource "aws_s3_bucket" "b" { bucket = "x" }\n',
        'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n\n  tags = {\n    '
        + LABEL
        + "\n  }\n}\n",
    ),
    "no line end at the end": (
        'resource "aws_s3_bucket" "b" {\n}',
        'resource "aws_s3_bucket" "b" {\n  tags = {\n    ' + LABEL + "\n  }\n}",
    ),
    "behind the last argument": (
        bucket('  bucket = "x" # why\n'),
        bucket('  bucket = "x" # why\n\n  tags = {\n    ' + LABEL + "\n  }\n"),
    ),
    "before nested blocks": (
        bucket('  bucket = "x"\n  lifecycle {\n  }\n'),
        bucket(
            '  bucket = "x"\n\n  tags = {\n    '
            + LABEL
            + "\n  }\n\n  lifecycle {\n  }\n"
        ),
    ),
    "before dependencies": (
        bucket('  bucket = "x"\n\n  depends_on = [a.b]\n'),
        bucket(
            '  bucket = "x"\n\n  tags = {\n    '
            + LABEL
            + "\n  }\n\n  depends_on = [a.b]\n"
        ),
    ),
    "tabs": (
        bucket('\tbucket = "x"\n'),
        bucket('\tbucket = "x"\n\n\ttags = {\n\t\t' + LABEL + "\n\t}\n"),
    ),
    "deep": (
        bucket('    bucket = "x"\n'),
        bucket('    bucket = "x"\n\n    tags = {\n      ' + LABEL + "\n    }\n"),
    ),
    "an empty map": (
        bucket('  bucket = "x"\n  tags   = {}\n'),
        bucket('  bucket = "x"\n  tags   = { ' + LABEL + " }\n"),
    ),
    "an empty map with a comment": (
        bucket("  tags = { /* none */ }\n"),
        bucket("  tags = { /* none */  " + LABEL + " }\n"),
    ),
    "an empty map on two lines": (
        bucket("  tags = {\n  }\n"),
        bucket("  tags = {\n    " + LABEL + "\n  }\n"),
    ),
    "one line of items": (
        bucket("  tags = { A = 1 } # x\n"),
        bucket("  tags = { A = 1, " + LABEL + " } # x\n"),
    ),
    "a comma at the end of it": (
        bucket("  tags = { A = 1, }\n"),
        bucket("  tags = { A = 1, " + LABEL + " }\n"),
    ),
    "lined up": (
        bucket('  tags = {\n    A   = 1 # x\n    Bcd = "y"\n  }\n'),
        bucket(
            "  tags = {\n    A                = 1 # x\n"
            '    Bcd              = "y"\n    ' + LABEL + "\n  }\n"
        ),
    ),
    "not lined up before": (
        bucket('  tags = {\n    A = 1\n    Bcd = "y"\n  }\n'),
        bucket('  tags = {\n    A = 1\n    Bcd = "y"\n    ' + LABEL + "\n  }\n"),
    ),
    "commas and strings": (
        bucket('  tags = {\n    "A" : "1",\n  }\n'),
        bucket(
            '  tags = {\n    "A" : "1",\n    "data_sensitivity" : "sensitive",\n  }\n'
        ),
    ),
    "on the line of the brace": (
        bucket("  tags = { A = 1\n  }\n"),
        bucket("  tags = { A = 1\n    " + LABEL + "\n  }\n"),
    ),
    "a heredoc": (
        bucket("  tags = {\n    A = <<EOT\n}\nEOT\n  }\n"),
        bucket(
            "  tags = {\n    A                = <<EOT\n}\nEOT\n    " + LABEL + "\n  }\n"
        ),
    ),
    "null": (
        bucket("  tags = null\n"),
        bucket("  tags = { " + LABEL + " }\n"),
    ),
    "a local value": (
        bucket("  tags = local.x\n", 'locals {\n  x = { A = "b" }\n}\n'),
        bucket(
            "  tags = merge(local.x, { " + LABEL + " })\n",
            'locals {\n  x = { A = "b" }\n}\n',
        ),
    ),
    "a loop": (
        bucket('  tags = { for k in ["a"] : k => k }\n'),
        bucket('  tags = merge({ for k in ["a"] : k => k }, { ' + LABEL + " })\n"),
    ),
    "a key that is a template": (
        bucket(
            "  tags = merge({}, { (var.k) = 1 })\n",
            'variable "k" {\n  default = "k"\n}\n',
        ),
        bucket(
            "  tags = merge({}, { (var.k) = 1 }, { " + LABEL + " })\n",
            'variable "k" {\n  default = "k"\n}\n',
        ),
    ),
    "an unknown variable": (
        bucket("  tags = var.x\n", 'variable "x" {}\n'),
        bucket("  tags = merge({ " + LABEL + " }, var.x)\n", 'variable "x" {}\n'),
    ),
    "merged with an unknown variable": (
        bucket("  tags = merge(var.x, { A = 1 })\n", 'variable "x" {}\n'),
        bucket(
            "  tags = merge({ " + LABEL + " }, var.x, { A = 1 })\n", 'variable "x" {}\n'
        ),
    ),
    "merged on lines with an unknown variable": (
        bucket("  tags = merge(\n    var.x,\n  )\n", 'variable "x" {}\n'),
        bucket(
            "  tags = merge(\n    { " + LABEL + " },\n    var.x,\n  )\n",
            'variable "x" {}\n',
        ),
    ),
    "a call on lines": (
        bucket(
            "  tags = merge(\n    local.x,\n    local.x\n  )\n",
            "locals {\n  x = {}\n}\n",
        ),
        bucket(
            "  tags = merge(\n    local.x,\n    local.x,\n    { " + LABEL + " }\n  )\n",
            "locals {\n  x = {}\n}\n",
        ),
    ),
    "a literal in a call": (
        bucket("  tags = merge(local.x, { A = 1 })\n", "locals {\n  x = {}\n}\n"),
        bucket(
            "  tags = merge(local.x, { A = 1, " + LABEL + " })\n",
            "locals {\n  x = {}\n}\n",
        ),
    ),
    "arguments spread": (
        bucket("  tags = merge([{}]...)\n"),
        bucket("  tags = merge(merge([{}]...), { " + LABEL + " })\n"),
    ),
    "a lower label": (
        bucket('  tags = {\n    Sensibilité = "interne" # owner\n  }\n'),
        bucket('  tags = {\n    Sensibilité = "sensitive" # owner\n  }\n'),
    ),
    "a lower label in a local value": (
        bucket(
            "  tags = local.x\n",
            'locals {\n  x = { A = "b", data_class = "internal" }\n}\n',
        ),
        bucket(
            '  tags = merge(local.x, { data_class = "sensitive" })\n',
            'locals {\n  x = { A = "b", data_class = "internal" }\n}\n',
        ),
    ),
    "the key of the rest of the code": (
        bucket("", 'locals {\n  x = { "Data-Class" = "internal" }\n}\n'),
        bucket(
            '  tags = {\n    Data-Class = "sensitive"\n  }\n',
            'locals {\n  x = { "Data-Class" = "internal" }\n}\n',
        ),
    ),
    "a list that is indexed": (
        bucket("  tags = [{ A = 1 }][0]\n"),
        bucket("  tags = merge([{ A = 1 }][0], { " + LABEL + " })\n"),
    ),
    "strings": (
        'resource "openstack_networking_port_v2" "p" {\n  tags = ["a"]\n}\n',
        'resource "openstack_networking_port_v2" "p" {\n'
        '  tags = ["a", "data_sensitivity=sensitive"]\n}\n',
    ),
    "a string that is raised": (
        'resource "openstack_networking_port_v2" "p" {\n  tags = ["sensitivity:public", 1]\n}\n',
        'resource "openstack_networking_port_v2" "p" {\n  tags = ["sensitivity:sensitive", 1]\n}\n',
    ),
    "strings on lines": (
        'resource "openstack_networking_port_v2" "p" {\n  tags = toset([\n    "a"\n  ])\n}\n',
        'resource "openstack_networking_port_v2" "p" {\n  tags = toset([\n    "a",\n'
        '    "data_sensitivity=sensitive"\n  ])\n}\n',
    ),
    "strings that are joined": (
        'resource "openstack_networking_port_v2" "p" {\n  tags = concat(var.a, var.b)\n}\n',
        'resource "openstack_networking_port_v2" "p" {\n'
        '  tags = concat(var.a, var.b, ["data_sensitivity=sensitive"])\n}\n',
    ),
    "new strings": (
        'resource "openstack_networking_port_v2" "p" {\n}\n',
        'resource "openstack_networking_port_v2" "p" {\n'
        '  tags = [\n    "data_sensitivity=sensitive",\n  ]\n}\n',
    ),
    "blocks": (
        'resource "aws_autoscaling_group" "g" {\n  tag {\n    key = "a"\n  }\n  max = 1\n}\n',
        'resource "aws_autoscaling_group" "g" {\n  tag {\n    key = "a"\n  }\n\n  tag {\n'
        '    key                 = "data_sensitivity"\n'
        '    value               = "sensitive"\n'
        "    propagate_at_launch = true\n  }\n\n  max = 1\n}\n",
    ),
    "a block that is raised": (
        'resource "outscale_vm" "v" {\n  tags {\n    key   = "data_class"\n    value = "public"\n  }\n}\n',
        'resource "outscale_vm" "v" {\n  tags {\n    key   = "data_class"\n    value = "sensitive"\n  }\n}\n',
    ),
    "pairs": (
        'resource "aws_autoscaling_group" "g" {\n  tags = [{ key = "a", value = "b" }]\n}\n',
        'resource "aws_autoscaling_group" "g" {\n  tags = [{ key = "a", value = "b" }, '
        '{ key = "data_sensitivity", value = "sensitive", propagate_at_launch = true }]\n}\n',
    ),
    "a pair that is raised": (
        'resource "aws_autoscaling_group" "g" {\n  tags = [1, { key = "data_class", value = "public" }]\n}\n',
        'resource "aws_autoscaling_group" "g" {\n  tags = [1, { key = "data_class", value = "sensitive" }]\n}\n',
    ),
    "new pairs": (
        'resource "awscc_x" "a" {\n}\nresource "awscc_x" "b" {\n  tags = []\n}\n',
        'resource "awscc_x" "a" {\n  tags = [\n    { key = "data_sensitivity", value = "sensitive" },\n  ]\n}\n'
        'resource "awscc_x" "b" {\n  tags = [{ key = "data_sensitivity", value = "sensitive" }]\n}\n',
    ),
    "inside another block": (
        'resource "google_sql_database_instance" "d" {\n  settings {\n    tier = "x"\n  }\n}\n',
        'resource "google_sql_database_instance" "d" {\n  settings {\n    tier = "x"\n\n'
        "    user_labels = {\n      " + LABEL + "\n    }\n  }\n}\n",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_label_is_written_in_the_manner_of_the_code(name: str) -> None:
    before, after = SHAPES[name]

    assert written(before) == after
    assert proposed(after).files == ()


@pytest.mark.parametrize("name", SHAPES)
def test_lines_end_as_they_did(name: str) -> None:
    before, after = (one.replace("\n", "\r\n") for one in SHAPES[name])

    assert written(before) == after


def test_a_byte_order_mark_stays() -> None:
    assert written("\ufeff" + bucket("")).startswith("\ufeff")


def test_categories_are_written_beside_the_class() -> None:
    text = bucket("  tags = {\n    Name = 1\n  }\n")

    made = written(text, categories=("legal-secret", "health"))

    assert made == bucket(
        "  tags = {\n    Name             = 1\n    " + LABEL + "\n"
        '    data_categories  = "health+legal-secret"\n  }\n'
    )
    assert proposed(made, categories=("health",)).files == ()


def test_categories_are_added_to_those_that_are_there() -> None:
    text = bucket('  tags = { data_class = "sensitive", data_categories = "health" }\n')

    made = written(text, categories=("legal-secret", "health"))

    assert 'data_categories = "health+legal-secret" }' in made


def test_a_google_label_has_its_own_characters() -> None:
    text = 'resource "google_storage_bucket" "b" {\n}\n'
    manner = Manner(class_key="Data-Class", category_key="Data Categories")

    made = written(text, categories=("health", "siiv"), manner=manner)

    assert '    data-class      = "sensitive"\n' in made
    assert '    data_categories = "health__siiv"\n' in made


REFUSED = {
    "several of its tags state a class": bucket(
        '  tags = { data_class = "public", sensitivity = "internal" }\n'
    ),
    "its label `data_class` is no constant": bucket(
        "  tags = { data_class = var.x }\n"
    ),
    "the value of its label `data_class` is no known class": bucket(
        '  tags = { data_class = "what" }\n'
    ),
    "a key of its tags is no constant": bucket(
        "  tags = { (var.x) = 1 }\n", 'variable "x" {}\n'
    ),
    "its tags are made by a `dynamic` block (line 2)": (
        'resource "aws_autoscaling_group" "b" {\n  dynamic "tag" {\n    for_each = []\n'
        "    content {\n    }\n  }\n}\n"
    ),
    "there are several blocks `settings`": (
        'resource "google_sql_database_instance" "b" {\n  settings {\n  }\n'
        "  settings {\n  }\n}\n"
    ),
    "its tags are `var.x`, which may be a list or a set: add "
    '"data_sensitivity=sensitive" there': (
        'resource "openstack_networking_port_v2" "p" {\n  tags = var.x\n}\n'
    ),
    "its tags are `…`, which may be a list or a set: add "
    '"data_sensitivity=sensitive" there': (
        'resource "openstack_networking_port_v2" "p" {\n  tags = f(1)\n}\n'
    ),
    "the provider nobody/knows is not in the registry": (
        'terraform {\n  required_providers {\n    x = {\n      source = "nobody/knows"\n'
        '    }\n  }\n}\nresource "x_y" "z" {\n}\n'
    ),
    "its file is generated: label what generates it": "# Generated by a tool\n"
    + bucket(""),
    "an override file amends its block, or the block is there twice": bucket("")
    + bucket(""),
    "its label comes from elsewhere in the code: change it there": (
        'resource "openstack_networking_port_v2" "p" {\n  tags = local.x\n}\n'
        'locals {\n  x = ["data_class=public"]\n}\n'
    ),
    "an expression cannot be parsed": bucket("  tags = ]\n"),
    "its block is laid out in an unusual way": (
        'resource "aws_s3_bucket" "b" { website = {\n  a = 1\n} }\n'
    ),
    "line 2 is not in the syntax of HCL": bucket("  tags\n"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_where_nobody_could_be_sure_nothing_is_written(reason: str) -> None:
    found = proposed(REFUSED[reason])

    assert found.files == ()
    assert found.told[0].outcome == "refused"
    assert found.told[0].messages[0] == reason


def test_a_label_is_never_lowered_without_a_decision() -> None:
    text = bucket('  tags = { data_class = "particular" }\n')

    kept = told(text)
    by_decision = proposed(text, manner=Manner(decision="DEC-7"))

    assert (kept.outcome, kept.messages) == (
        "kept",
        (
            "labelled particular, which is higher than sensitive: lowering it takes a decision",
        ),
    )
    assert b'"sensitive"' in by_decision.files[0].after
    assert by_decision.told[0].messages == (
        "changed from particular to sensitive, by decision DEC-7",
    )


def test_a_word_that_is_none_is_changed_by_a_decision_only() -> None:
    text = bucket('  tags = { data_class = "what" }\n')

    found = proposed(text, manner=Manner(decision="DEC-7"))

    assert b'data_class = "sensitive"' in found.files[0].after
    assert found.told[0].messages == ("changed from ? to sensitive, by decision DEC-7",)


def test_default_tags_of_the_provider_count() -> None:
    def code(class_: str) -> str:
        return (
            'provider "aws" {\n  default_tags {\n    tags = {\n      data_class = '
            f'"{class_}"\n    }}\n  }}\n}}\n' + bucket("")
        )

    same, lower, higher, open_, none = (
        told(code(one)) for one in ("sensitive", "public", "restricted", "what", "")
    )

    assert (same.outcome, lower.outcome, higher.outcome) == (
        "present", "written", "kept",
    )  # fmt: skip
    assert lower.messages == ("raised from public to sensitive",)
    assert open_.outcome == none.outcome == "refused"


def test_a_default_tag_is_raised_under_its_own_key() -> None:
    """Under another key the cloud would show two labels that say different things."""
    head = 'provider "aws" {\n  default_tags {\n    tags = { Sensitivity = "public" }\n'
    made = written(bucket("", head + "  }\n}\n"))

    assert made.endswith('  tags = {\n    Sensitivity = "sensitive"\n  }\n}\n')


def test_a_type_that_takes_no_default_tags_is_labelled_itself() -> None:
    text = (
        'provider "aws" {\n  default_tags {\n    tags = { data_class = "sensitive" }\n'
        '  }\n}\nresource "aws_autoscaling_group" "g" {\n}\n'
    )

    assert told(text).outcome == "written"


def test_what_two_tags_say_differently_is_left() -> None:
    text = bucket(
        '  tags = merge({ data_class = "public" }, local.x)\n',
        'locals {\n  x = { A = "b", data_class = "internal" }\n}\n',
    )

    assert told(text).messages == ("several of its tags state a class",)


def test_a_label_that_is_decided_elsewhere_is_left() -> None:
    text = 'locals {\n  x = { data_class = "what" }\n}\n' + bucket("  tags = local.x\n")

    assert told(text).messages == (
        "the value of `tags.data_class` is not a known class",
    )


def test_categories_that_are_decided_elsewhere_are_left() -> None:
    stated = bucket("  tags = { data_categories = var.x }\n", 'variable "x" {}\n')
    local = 'locals {\n  x = { data_categories = "siiv" }\n}\n'
    elsewhere = local + bucket("  tags = local.x\n")

    assert told(stated, categories=("health",)).messages == (
        "its categories are no constant",
    )
    assert told(elsewhere, categories=("health",)).messages == (
        "its categories come from elsewhere in the code: add to them there",
    )


def test_a_warning_where_changes_are_ignored() -> None:
    text = bucket("  lifecycle {\n    ignore_changes = [tags]\n  }\n")

    assert told(text).messages[-1].startswith("`ignore_changes` stands in")


def test_a_type_of_which_nothing_says_that_it_carries_tags() -> None:
    text = 'resource "aws_s3_bucket_acl" "a" {\n}\n'
    used = text + 'resource "aws_s3_bucket_acl" "b" {\n  tags = {}\n}\n'

    assert told(text).outcome == "untagged"
    assert told(used, "aws_s3_bucket_acl.a").outcome == "written"


def test_a_block_around_the_tags_is_not_made_up() -> None:
    text = 'resource "google_sql_database_instance" "d" {\n}\n'

    assert told(text).outcome == "untagged"


def test_a_module_is_written_once_for_all_its_calls() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n',
        "m/main.tf": bucket(""),
    }
    both = proposed(files)
    one = proposed(files, "module.a.aws_s3_bucket.b")

    assert [file.name for file in both.files] == ["m/main.tf"]
    assert both.files[0].after.count(b"tags") == 1
    assert one.files == ()
    assert one.told[0].messages == (
        "its block also makes module.b.aws_s3_bucket.b, for which no label is asked",
    )


def test_calls_of_a_module_that_ask_for_different_classes() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n',
        "m/main.tf": bucket(""),
    }
    wishes = [
        Wish(address="module.a.aws_s3_bucket.b", rank=SENSITIVE),
        Wish(address="module.b.aws_s3_bucket.b", rank=INTERNAL),
    ]

    found = Writer(sites(files), LEXICON, Manner()).resources(wishes)

    assert {one.messages for one in found.told} == {
        ("its block stands for several resources of different classes",)
    }


def test_calls_of_a_module_whose_tags_differ() -> None:
    call = 'module "{}" {{\n  source = "./m"\n  tags = {{ data_class = "{}" }}\n}}\n'
    files = {
        "main.tf": call.format("a", "public") + call.format("b", "sensitive"),
        "m/main.tf": 'variable "tags" {}\n' + bucket("  tags = var.tags\n"),
    }

    found = proposed(files)

    assert {one.messages for one in found.told} == {
        ("its instances have different tags already",)
    }


OUTSIDE = {
    "the code of its module is not there": (
        {"main.tf": 'module "m" {\n  source = "a/b/c"\n}\n'},
        "module.m.aws_s3_bucket.b",
    ),
    "its block is not in the code": ({"main.tf": ""}, "aws_s3_bucket.b"),
    "it is code in JSON: write the label by hand": (
        {"main.tf.json": '{"resource": {"aws_s3_bucket": {"b": {}}}}'},
        "aws_s3_bucket.b",
    ),
    "main.tf cannot be read: line 1 does not begin a whole block": (
        {"main.tf": "{"},
        "aws_s3_bucket.b",
    ),
    "its module comes from elsewhere, and a change would be lost: give it the tags "
    "through a variable": (
        {
            "main.tf": 'module "m" {\n  source = "a/b/c"\n}\n',
            ".terraform/modules/modules.json": '{"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}',
            ".terraform/modules/m/main.tf": bucket(""),
        },
        "module.m.aws_s3_bucket.b",
    ),
    "its module lies outside of the folder, and other code may use it": (
        {
            "main.tf": 'module "m" {\n  source = "../m"\n}\n',
            "../m/main.tf": bucket(""),
        },
        "module.m.aws_s3_bucket.b",
    ),
    "the provider of aws_s3_bucket.b is no plain reference": (
        {"main.tf": bucket("  provider = f(1)\n")},
        "aws_s3_bucket.b",
    ),
}


@pytest.mark.parametrize("reason", OUTSIDE)
def test_what_must_not_be_written_to_is_left(reason: str) -> None:
    files, address = OUTSIDE[reason]

    found = told(files, address)

    assert (found.outcome, found.messages) == ("refused", (reason,))


def in_provider(text: str, *others: str) -> Proposal:
    found = sites({"main.tf": text})
    wishes = [
        Wish(address=address, rank=SENSITIVE)
        for address, _ in found.addresses()
        if address not in others
    ]
    return Writer(found, LEXICON, Manner()).providers(wishes, frozenset(others))


def test_one_label_for_all_resources_of_a_provider() -> None:
    text = 'provider "aws" {\n  region = "eu-west-3"\n}\n' + bucket("")

    made = in_provider(text)

    after = made.files[0].after.decode()
    assert after == (
        'provider "aws" {\n  region = "eu-west-3"\n\n  default_tags {\n    tags = {\n      '
        + LABEL
        + "\n    }\n  }\n}\n"
        + bucket("")
    )
    assert in_provider(after).files == ()
    assert in_provider(after).told[0].outcome == "present"


def test_default_tags_that_are_there_get_one_more() -> None:
    text = (
        'provider "google" {\n  alias          = "g"\n  default_labels = { a = "b" }\n}\n'
        'resource "google_storage_bucket" "b" {\n  provider = google.g\n}\n'
    )

    made = in_provider(text)

    assert b'default_labels = { a = "b", data_sensitivity = "sensitive" }' in (
        made.files[0].after
    )


def test_a_provider_that_others_use_is_left() -> None:
    text = 'provider "aws" {\n}\n' + bucket("") + 'resource "aws_sqs_queue" "q" {\n}\n'

    found = in_provider(text, "aws_sqs_queue.q")

    assert found.files == ()
    assert found.told[0].messages == (
        "the label would reach aws_sqs_queue.q too, whose class is another matter",
    )


def test_providers_that_cannot_be_labelled() -> None:
    missing = in_provider(bucket(""))
    unclear = in_provider(
        'provider "aws" {\n  alias = var.x\n}\n' + bucket("  provider = aws.x\n")
    )
    none = in_provider(
        'provider "azurerm" {\n}\nresource "azurerm_storage_account" "a" {\n}\n'
    )

    group = in_provider(
        'provider "aws" {\n}\nresource "aws_autoscaling_group" "g" {\n}\n'
    )
    own = in_provider(
        'provider "aws" {\n}\n' + bucket('  tags = { data_class = "public" }\n')
    )

    assert group.told[0].outcome == "untagged"
    assert own.told[0].messages == ("its own label counts before the default tags",)
    assert missing.told[0].messages == ("no provider block `aws` is written",)
    assert unclear.told[0].outcome == "refused"
    assert none.told[0].outcome == "untagged"


def test_other_resources_without_a_provider_block_do_not_count() -> None:
    text = 'provider "aws" {\n}\n' + bucket("") + 'resource "x_y" "z" {\n}\n'

    assert in_provider(text, "x_y.z").files


def test_default_tags_that_are_not_known_are_not_overruled() -> None:
    text = (
        'variable "x" {}\nprovider "aws" {\n  default_tags {\n    tags = var.x\n  }\n}\n'
        + bucket("")
    )

    assert told(text).outcome == "refused"
    assert told(text.replace("tags = var.x", "tags = {}")).outcome == "written"
    assert told(text.replace("tags = var.x", "")).outcome == "written"


def test_a_provider_stated_twice_is_not_understood() -> None:
    text = 'provider "aws" {\n}\nprovider "aws" {\n}\n' + bucket("")

    assert told(text).outcome == "refused"


def test_the_kinds_of_resources_tell_which_hold_data() -> None:
    text = (
        bucket("")
        + 'resource "random_pet" "p" {\n}\nresource "x_y" "z" {\n}\n'
        + 'resource "aws_vpc" "v" {\n}\nresource "odd" {\n}\n'
    )

    assert dict(sites({"main.tf": text}).kinds()) == {
        "aws_s3_bucket.b": True,
        "random_pet.p": False,
        "x_y.z": True,
        "aws_vpc.v": False,
    }


def test_a_glob_fits_all_instances_of_a_block() -> None:
    found = sites(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n  for_each = {}\n}\n',
            "m/main.tf": bucket("  count = 2\n"),
        }
    )

    assert found.glob("module.m.aws_s3_bucket.b") == "module.m[*].aws_s3_bucket.b[*]"
    assert found.glob("aws_s3_bucket.b") == "aws_s3_bucket.b"
    assert found.glob("module.other.aws_s3_bucket.b") == "module.other.aws_s3_bucket.b"


def test_a_key_that_no_character_may_stand_in_for() -> None:
    with pytest.raises(NotWrittenError, match="does not allow `a b`"):
        fitting("a b", Writing(characters="a-z"))


def test_local_values_that_cannot_be_read_have_no_keys() -> None:
    twice = "locals {\n  a = {}\n}\nlocals {\n  a = {}\n}\n"

    assert list(sites({"main.tf": twice}).local_keys()) == []
    assert list(sites({"main.tf": "{"}).local_keys()) == []
    assert (
        list(sites({"main.tf.json": '{"locals": {"a": {"b": 1}}}'}).local_keys()) == []
    )


def test_an_address_that_no_code_can_have_has_no_place() -> None:
    assert sites({"main.tf": ""}).place("a!.b") is None
