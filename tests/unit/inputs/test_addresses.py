from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.inputs.terraform.addresses import (
    Address,
    Call,
    Every,
    Index,
    parse,
    parse_key,
    parse_module,
    traversal,
)
from tests.unit.inputs.made import real

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"module", "data"}
)
letters = st.characters(exclude_categories=["Cs"])
keys = st.one_of(
    st.none(),
    st.integers(0, 10**18),
    st.text(letters, max_size=12),
    st.text('."\\[]${%\n\t\r', max_size=12),
    st.just(Every.EVERY),
)
addresses = st.builds(
    Address,
    modules=st.lists(st.builds(Call, names, keys), max_size=4).map(tuple),
    data=st.booleans(),
    type=names,
    name=names,
    key=keys,
)


@given(addresses)
def test_what_is_written_is_what_was_parsed(address: Address) -> None:
    assert parse(str(address)) == address


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_input_error(text: str) -> None:
    try:
        address = parse(text)
    except InputError:
        return

    assert parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("aws_s3_bucket.b", None),
        ("aws_s3_bucket.b[0]", 0),
        ('aws_s3_bucket.b["0"]', "0"),
        ('aws_s3_bucket.b[""]', ""),
        ('aws_s3_bucket.b["a.b"]', "a.b"),
        ('aws_s3_bucket.b["x]y"]', "x]y"),
        ('aws_s3_bucket.b["q\\"z"]', 'q"z'),
        ('aws_s3_bucket.b["sla\\\\sh"]', "sla\\sh"),
        ('aws_s3_bucket.b["new\\nline"]', "new\nline"),
        ('aws_s3_bucket.b["$${x}"]', "${x}"),
        ('aws_s3_bucket.b["%%{if}"]', "%{if}"),
        ('aws_s3_bucket.b["$$x{"]', "$$x{"),
        ('aws_s3_bucket.b["\\u200b"]', "\u200b"),
        ('aws_s3_bucket.b["\\U0001f600"]', "\U0001f600"),
        ('aws_s3_bucket.b["\\x07\\a"]', "\a\a"),
        ('aws_s3_bucket.b["é"]', "é"),
        ("aws_s3_bucket.b[*]", Every.EVERY),
    ],
)
def test_keys_are_read_as_terraform_writes_them(text: str, key: object) -> None:
    assert parse(text).key == key


def test_an_address_in_nested_modules_has_all_its_parts() -> None:
    address = parse('module.a["x.y"].module.b[1].data.aws_region.here["module.c"]')

    assert address.modules == (Call("a", "x.y"), Call("b", 1))
    assert (address.data, address.type, address.name) == (True, "aws_region", "here")
    assert address.key == "module.c"
    assert address.configuration == "module.a.module.b.data.aws_region.here"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aws_s3_bucket",
        "aws_s3_bucket.",
        ".aws_s3_bucket.b",
        "aws_s3_bucket.b.id",
        "aws_s3_bucket.b[0][1]",
        "aws_s3_bucket.b[x]",
        "aws_s3_bucket.b[01]",
        "aws_s3_bucket.b[-1]",
        "aws_s3_bucket.b[",
        'aws_s3_bucket.b["x]',
        'aws_s3_bucket.b["\\q"]',
        'aws_s3_bucket.b["\\ud800"]',
        'aws_s3_bucket.b["\\Uffffffff"]',
        "aws_s3_bucket[0].b",
        "module.a",
        "module.a[0]",
        "module[0].b.c",
        "data.aws_region",
        "aws s3.b",
        "aws_s3_bucket.b\x1b",
    ],
)
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_a_module_address_has_only_calls() -> None:
    assert parse_module("") == ()
    assert parse_module('module.a.module.b["c"]') == (Call("a"), Call("b", "c"))
    for text in ("module", "module.a.b", "a.b", "module.a[", "module.a.module"):
        with pytest.raises(InputError):
            parse_module(text)


def test_a_key_alone_is_read_with_its_brackets() -> None:
    assert parse_key("") is None
    assert parse_key("[3]") == 3
    for text in ("3", "[3]x", "[", '["a"]]'):
        with pytest.raises(InputError):
            parse_key(text)


def test_a_reference_is_read_as_far_as_it_can_be() -> None:
    assert traversal('var.m["a"].region') == ("var", "m", Index("a"), "region")
    assert traversal("aws_instance.a[*].id")[2] == Index(Every.EVERY)
    assert traversal("a.b.{") == ("a", "b", "{")
    assert traversal("a.b. c") == ("a", "b")
    assert traversal("[0]") == ()


def test_every_address_of_real_plans_is_written_back_alike() -> None:
    for name in ("aws-odd-keys", "aws-modules", "actions"):
        for resource in read(real(name), path=name).resources:
            address = parse(resource.address)

            assert str(address) == resource.address
            assert address.configuration == resource.configuration
