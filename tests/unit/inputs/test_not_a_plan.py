from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs import read
from tests.unit.inputs.made import (
    FIXTURES,
    change,
    compact,
    configuration,
    known,
    plan,
    real,
    stack_of,
)

READABLE = {"utf-16-le.json", "utf-16-be.json", "utf-8-bom.json", "format-0.2.json"}
FILES = sorted((FIXTURES / "not-a-plan").iterdir())


def refusal(document: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(document, path="x")
    return caught.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_no_plan_is_refused_with_what_to_do(path: Path) -> None:
    if path.name in READABLE:
        assert read(path.read_bytes(), path=path.name).resources
        return
    error = refusal(path.read_bytes())

    assert error.remedy
    assert len(str(error)) < 600


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("state.json", "state"),
        ("terraform.tfstate", "state file"),
        ("plan-stream.json", "log of `plan -json`"),
        ("providers-schema.json", "providers schema"),
        ("human.txt", "for people"),
        ("tfplan-named.json", "binary plan"),
        ("wrapped-by-setup-terraform.json", "terraform_wrapper: false"),
        ("truncated.json", "cut off"),
        ("truncated-by-one.json", "cut off"),
        ("compressed.json", "gzip"),
        ("format-2.0.json", "plan format 2.0"),
        ("no-resource-changes.json", "something was taken out"),
        ("no-configuration.json", "no `configuration`"),
        ("duplicate-keys.json", "`resource_changes` is stated twice"),
        ("opentofu-encrypted.json", "encrypted"),
        ("code.tf.json", "Terraform code"),
        ("empty-array.json", "array"),
        ("empty.json", "empty"),
        ("not-utf-8.json", "not text"),
        ("nan.json", "not valid JSON"),
    ],
)
def test_the_message_says_what_it_is(name: str, says: str) -> None:
    error = refusal((FIXTURES / "not-a-plan" / name).read_bytes())

    assert says in str(error)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"{}", "no kind that is known"),
        (b"[]", "array"),
        (b"null", "one JSON value"),
        (b'"x"', "one JSON value"),
        (b"-1", "one JSON value"),
        (b"nonsense", "not JSON"),
        (b"{", "cut off"),
        (b'{"a":1', "cut off"),
        (b"{]", "not valid JSON"),
        (b'{"a":1}{"b":2}', "trailing"),
        (b"PK\x03\x04rest", "binary plan"),
        (gzip.compress(b"{}", mtime=0), "gzip"),
        (b"\xff\xfeA", "UTF-16"),
        (b"\xef\xbb\xbf\xff", "UTF-8"),
        (b"\0\0\0", "not JSON"),
        (b"<!DOCTYPE html>", "markup"),
        (b"heat_template_version: 2021-04-16\n", "no resources"),
        (b'resource "aws_s3_bucket" "b" {\n}\n', "Terraform code"),
        (b"\nError: no such file\n", "message of Terraform"),
        (b"[command]/usr/bin/terraform-bin show -json\n{}", "setup-terraform"),
        (b'{"a":1}\n::debug::Terraform exited with code 0.\n', "setup-terraform"),
        (b'{"@level":"info","type":"version"}', "log"),
        (b'{"@level":"info"}\n{"@level":"info"}\n', "log"),
        (b'{"format_version":"1.0"}', "nothing to show"),
        (b'{"format_version":"1.0","values":{}}', "state"),
        (b'{"format_version":"1.0","valid":true,"diagnostics":[]}', "validate"),
        (b'{"format_version":"1.0","function_signatures":{}}', "metadata functions"),
        (b'{"terraform_version":"1.0","provider_selections":{}}', "version"),
        (b'{"plan_format_version":"1.1","resource_changes":[]}', "redacted"),
        (
            b'{"format_version":"1","root_module":{},"provider_config":{}}',
            "configuration",
        ),
        (b'{"heat_template_version":"2021-04-16"}', "no resources"),
        (b'{"Resources":{}}', "CloudFormation"),
        (b'{"apiVersion":"v1","kind":"Pod"}', "Kubernetes"),
        (b'{"resource_changes":[]}', "`format_version` is missing"),
        (b'{"format_version":1,"planned_values":{}}', "Expected `str`"),
        (b'{"format_version":"x","planned_values":{}}', "format x"),
        (b'{"format_version":"1.2","planned_values":[]}', "Expected `object`"),
    ],
)
def test_content_decides_what_it_is(document: bytes, says: str) -> None:
    assert says in str(refusal(document))


def test_a_known_kind_that_is_not_supported_is_told_apart() -> None:
    for document in (b"PK\x03\x04", compact(plan(format_version="2.0"))):
        with pytest.raises(UnsupportedFormatError):
            read(document, path="x")


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_of_unicode_is_read_and_changes_nothing(encoding: str) -> None:
    text = json.dumps(
        plan(resource_changes=[change(after={"é": "😀"})]), ensure_ascii=False
    )
    plain, encoded = text.encode(), text.encode(encoding)
    stack, same = read(plain, path="x"), read(encoded, path="x")

    assert stack.resources == same.resources
    assert stack.origin.sha256 != same.origin.sha256


def test_whitespace_changes_nothing() -> None:
    document = json.loads(real("aws-modules"))
    plain = stack_of(document)
    for text in (
        json.dumps(document),
        json.dumps(document, indent=4),
        " " + json.dumps(document),
    ):
        stack = read(text.encode() + b"\r\n", path="plan.json")

        assert stack.resources == plain.resources
        assert stack.providers == plain.providers


def test_an_errored_plan_is_refused() -> None:
    error = refusal(real("errored-plan"))

    assert "marked as errored" in str(error)
    assert error.where == "/errored"


def test_the_largest_size_is_the_callers() -> None:
    document = compact(plan())

    assert read(document, path="x", limit_bytes=len(document)).resources
    with pytest.raises(InputError, match="is the most"):
        read(document, path="x", limit_bytes=len(document) - 1)


@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [500, 5_000, 2_000_000])
def test_a_nesting_bomb_is_refused(opened: bytes, depth: int) -> None:
    bomb = opened * depth
    whole = compact(plan()).replace(b'"after":{}', b'"after":{"a":' + bomb + b"}")
    balanced = b"[" * depth + b"]" * depth
    for document in (bomb, whole, compact(plan())[:-1] + b',"x":' + balanced + b"}"):
        try:
            stack = read(document, path="x")
        except InputError as error:
            assert error.remedy or "nested" in str(error)
        else:
            assert depth == 500
            assert stack.resources


def test_a_deep_mask_is_refused_and_a_deep_value_when_it_is_asked_for() -> None:
    deep: object = True
    for _ in range(300):
        deep = {"a": deep}
    masked = plan(resource_changes=[change(after_unknown={"x": deep})])
    valued = plan(resource_changes=[change(after={"x": deep, "y": [[]] * 300, "z": 1})])

    assert "nested" in str(refusal(compact(masked)))
    attributes = stack_of(valued).resources[0].attributes
    assert known(attributes.pick(("y", "z", "none")).get("z")) == 1
    with pytest.raises(InputError, match="nested more than 200 levels"):
        attributes.pick(("x",)).get("x")


@pytest.mark.parametrize(
    "sections",
    [
        {
            "resource_changes": [
                change("aws_s3_bucket.b", address="aws_s3_bucket." + "b" * 5000)
            ]
        },
        {"resource_changes": [change(type="t" * 5000)]},
        {"resource_changes": [change(deposed="d" * 5000)]},
        {"resource_changes": [change(previous_address="p" * 5000)]},
        {"resource_changes": [change(provider_name="p" * 5000)]},
        {"configuration": configuration(providers={"k" * 5000: {"name": "aws"}})},
        {"configuration": configuration(module_calls={"m" * 5000: {"module": {}}})},
    ],
)
def test_giant_identifiers_are_refused(sections: dict[str, object]) -> None:
    error = refusal(compact(plan(**sections)))

    assert "longer than" in str(error)
    assert len(str(error)) < 500


def test_messages_carry_no_control_characters() -> None:
    nasty = "\x1b[31mred\u202e"
    for entry in (
        change(address=f"aws_s3_bucket.{nasty}"),
        change(actions=(nasty,)),
        change(mode=nasty),
        change(name=nasty, address="x.y"),
    ):
        error = refusal(compact(plan(resource_changes=[entry])))

        assert str(error).isprintable()


def test_messages_never_quote_values() -> None:
    secret = "CANARY-SECRET"
    for damaged in (
        plan(
            variables={"x": {"value": secret}}, resource_changes=[change(actions=(1,))]
        ),
        plan(variables=[secret]),
        plan(prior_state=secret),
        plan(prior_state={"values": {"root_module": {"resources": [secret]}}}),
        plan(planned_values={"root_module": {"resources": [secret]}}),
        plan(applyable=secret),
        plan(configuration=secret),
        plan(checks=secret),
        plan(resource_changes=[change(after_unknown={"a": secret})]),
    ):
        assert secret not in str(refusal(compact(damaged)))
