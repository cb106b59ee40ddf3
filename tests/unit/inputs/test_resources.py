from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.model import ABSENT, Change, Evidence, Known
from tests.unit.inputs.made import (
    AWS,
    block,
    change,
    compact,
    configuration,
    first,
    key_of,
    known,
    plan,
    provider,
    real,
    real_plans,
    stack_of,
    unknown,
)


@pytest.mark.parametrize("name", real_plans())
def test_every_resource_of_a_real_plan_is_there(name: str) -> None:
    document = json.loads(real(name))
    stack = read(real(name), path=name)
    stated = [entry["address"] for entry in document.get("resource_changes", [])]
    values = document.get("prior_state", {}).get("values", {})
    already = [
        entry["address"]
        for entry in values.get("root_module", {}).get("resources", [])
        if entry["mode"] == "data"
    ]

    assert [resource.address for resource in stack.resources] == [*stated, *already]
    assert stack.origin.producer == "terraform 1.11.4"
    assert stack.origin.kind == "terraform-plan"
    assert len(stack.origin.sha256) == 64


@pytest.mark.parametrize("name", real_plans())
def test_every_resource_of_a_real_plan_that_is_written_has_its_provider(
    name: str,
) -> None:
    stack = read(real(name), path=name)
    for resource in stack.resources:
        if resource.change in {Change.DELETE, Change.FORGET}:
            continue
        key = key_of(resource.provider_configuration)

        assert stack.providers[key].provider == resource.provider
        assert stack.providers[key].key == key
        assert stack.providers[key].hidden


def test_every_action_of_a_real_plan_is_understood() -> None:
    found = {
        (resource.address, resource.deposed != ""): resource.change
        for resource in read(real("actions"), path="x").resources
    }

    assert found["aws_ebs_volume.create_first", False] is Change.REPLACE
    assert found["aws_ebs_volume.delete_first", False] is Change.REPLACE
    assert found["aws_ebs_volume.deposed", False] is Change.UPDATE
    assert found["aws_ebs_volume.deposed", True] is Change.DELETE
    assert found["aws_s3_bucket.forgotten", False] is Change.FORGET
    assert found["aws_s3_bucket.imported", False] is Change.IMPORT
    assert found["aws_s3_bucket.kept", False] is Change.NO_OP
    assert found["data.aws_s3_bucket.read_later", False] is Change.READ


@pytest.mark.parametrize(
    ("actions", "meant"),
    [
        (("no-op",), Change.NO_OP),
        (("create",), Change.CREATE),
        (("read",), Change.READ),
        (("update",), Change.UPDATE),
        (("delete", "create"), Change.REPLACE),
        (("create", "delete"), Change.REPLACE),
        (("create", "forget"), Change.REPLACE),
        (("forget", "create"), Change.REPLACE),
    ],
)
def test_actions_are_understood_whatever_their_order(
    actions: tuple[str, ...], meant: Change
) -> None:
    resource = first(plan(resource_changes=[change("aws_s3_bucket.b", actions)]))

    assert resource.change is meant
    assert resource.actions == actions


@pytest.mark.parametrize("actions", [("delete",), ("forget",)])
def test_what_goes_has_values_before_and_none_after(actions: tuple[str, ...]) -> None:
    entry = change("aws_s3_bucket.b", actions, before={"bucket": "x"})
    entry["change"]["after"] = None
    resource = first(plan(resource_changes=[entry]))

    assert resource.attributes.pick(("bucket",)).get("bucket") is ABSENT
    assert known(resource.before.pick(("bucket",)).get("bucket")) == "x"


@pytest.mark.parametrize(
    "actions",
    [
        (),
        ("create", "create"),
        ("update", "delete"),
        ("create", "delete", "forget"),
        ("invoke",),
    ],
)
def test_actions_that_nobody_knows_are_refused(actions: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="unknown") as caught:
        first(plan(resource_changes=[change("aws_s3_bucket.b", actions)]))

    assert caught.value.where == "/resource_changes/0/change/actions"


@pytest.mark.parametrize("action", ["no-op", "update", "create"])
def test_an_import_is_one_whatever_else_is_done(action: str) -> None:
    entry = change("aws_s3_bucket.b", (action,), importing={"id": "x"})

    assert first(plan(resource_changes=[entry])).change is Change.IMPORT


def test_a_replacement_stays_one_when_it_is_imported() -> None:
    entry = change("aws_s3_bucket.b", ("delete", "create"), importing={"id": "x"})

    assert first(plan(resource_changes=[entry])).change is Change.REPLACE


def test_null_for_importing_is_no_import() -> None:
    entry = change("aws_s3_bucket.b", ("create",), importing=None)

    assert first(plan(resource_changes=[entry])).change is Change.CREATE


def test_a_moved_resource_keeps_its_former_address() -> None:
    entry = change(previous_address="aws_s3_bucket.old")

    assert first(plan(resource_changes=[entry])).previous_address == "aws_s3_bucket.old"


def test_the_provider_of_a_deposed_object_is_unknown() -> None:
    entry = change("aws_s3_bucket.b", ("delete",), deposed="00000000")
    stack = stack_of(plan(resource_changes=[change(), entry]))

    assert [resource.deposed for resource in stack.resources] == ["", "00000000"]
    assert "deposed" in unknown(stack.resources[1].provider_configuration).reason


def test_values_are_known_unknown_or_absent() -> None:
    entry = change(
        after={"a": 1, "c": None, "d": [None, "x"], "e": {"f": 1}},
        after_unknown={"b": True, "d": [True, False], "e": {"g": True}},
        after_sensitive={"a": True, "e": {"f": True}},
    )
    part = first(plan(resource_changes=[entry])).attributes.pick(tuple("abcde"))

    assert part.get("a") == Known(1, Evidence.VALUE, "`a` of the resource", True)
    unknown(part.get("b"))
    assert part.get("c") is ABSENT
    unknown(known(part.get("d"))[0])
    unknown(known(part.get("e"))["g"])


@pytest.mark.parametrize("missing", ["after", "after_unknown"])
def test_a_change_must_state_its_values(missing: str) -> None:
    entry = change()
    del entry["change"][missing]

    with pytest.raises(InputError, match="does not state all its values"):
        first(plan(resource_changes=[entry]))


def test_a_mask_holds_nothing_but_booleans() -> None:
    unstated = first(plan(resource_changes=[change(after_sensitive=None)]))

    assert unstated.attributes.sensitive == b"null"
    for mask in ("true", {"a": "true"}, [1]):
        with pytest.raises(InputError, match="mask") as caught:
            first(plan(resource_changes=[change(after_unknown=mask)]))

        assert caught.value.where == "/resource_changes/0"


@pytest.mark.parametrize(
    "more",
    [
        {"mode": "imaginary"},
        {"type": "aws.s3"},
        {"name": "b[0]"},
        {"name": "other"},
        {"module_address": "module.x"},
        {"module_address": "x"},
        {"address": "aws_s3_bucket.bb"},
        {"address": "aws_s3_bucket.b[x]"},
        {"address": "aws_s3_bucket.b.c"},
        {"address": "aws_s3_bucket.b[0"},
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        first(plan(resource_changes=[change(**more)]))


def test_instances_are_joined_to_their_block_through_modules() -> None:
    inner = {"resources": [block("aws_s3_bucket.b", "aws.osc")]}
    leaf = {"module_calls": {"leaf": {"module": inner}}}
    document = plan(
        resource_changes=[
            change(
                'module.mid["x.y"].module.leaf[0].aws_s3_bucket.b["k"]',
                module='module.mid["x.y"].module.leaf[0]',
            ),
            change(
                'module.mid["]"].module.leaf[0].aws_s3_bucket.b["k"]',
                module='module.mid["]"].module.leaf[0]',
            ),
        ],
        configuration=configuration(
            providers={"aws.osc": provider(alias="osc")},
            module_calls={"mid": {"module": leaf}},
        ),
    )
    for resource in stack_of(document).resources:
        assert resource.configuration == "module.mid.module.leaf.aws_s3_bucket.b"
        assert key_of(resource.provider_configuration) == "aws.osc"


def test_data_that_is_read_later_is_a_resource_that_is_not_managed() -> None:
    document = plan(
        resource_changes=[change("data.aws_s3_bucket.b", ("read",))],
        configuration=configuration(block("data.aws_s3_bucket.b")),
    )
    resource = first(document)

    assert not resource.managed
    assert resource.configuration == "data.aws_s3_bucket.b"
    assert key_of(resource.provider_configuration) == "aws"


def test_arguments_are_those_that_the_block_sets() -> None:
    expressions = {
        "region": {"constant_value": "x"},
        "name": {},
        "size": {"references": ["var.x"]},
        "acl": {"constant_value": None},
        "rule": [{"id": {}}],
    }
    stack = stack_of(plan(configuration=configuration(block(expressions=expressions))))

    assert stack.arguments == {
        "aws_s3_bucket.b": frozenset({"region", "name", "size", "rule.id"})
    }


def test_resources_in_the_planned_state_must_have_a_change() -> None:
    planned = {
        "root_module": {
            "resources": [{"address": "aws_s3_bucket.b"}],
            "child_modules": [{"resources": [{"address": "module.a.aws_s3_bucket.c"}]}],
        }
    }
    with pytest.raises(InputError, match=r"module\.a\.aws_s3_bucket\.c"):
        stack_of(plan(planned_values=planned))
    nothings: tuple[dict[str, Any], ...] = (
        {"resource_changes": None},
        {"resource_changes": []},
    )
    for nothing in nothings:
        with pytest.raises(InputError, match="something was taken out"):
            stack_of(plan(planned_values=planned, **nothing))


def test_a_plan_of_nothing_is_read() -> None:
    nothing = plan(resource_changes=None, configuration=None, planned_values=None)

    assert stack_of(nothing).resources == ()


def test_the_registry_tells_opentofu_from_terraform() -> None:
    name = "registry.opentofu.org/hashicorp/aws"
    entry = change(provider_name=name)
    code = configuration(block(), providers={"aws": provider(full_name=name)})

    tofu = plan(resource_changes=[entry], configuration=code, terraform_version="1.9.0")
    assert stack_of(tofu).origin.producer == "opentofu 1.9.0"
    assert stack_of(plan(terraform_version="")).origin.producer == "terraform"
    assert first(plan()).provider == AWS


def test_one_document_read_twice_is_one_stack() -> None:
    assert stack_of(plan()) == stack_of(plan())
    assert compact(plan()) == compact(plan())
