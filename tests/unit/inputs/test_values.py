"""What expressions refer to, followed as far as the plan shows it."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.model import Evidence, Known, Setting, Unknown
from tests.unit.inputs.made import (
    block,
    change,
    configuration,
    constant,
    known,
    plan,
    provider,
    refers,
    stack_of,
    unknown,
)


def region(
    expression: object, *, root: dict[str, Any] | None = None, **sections: Any
) -> Setting[Any]:
    """The region of a root provider whose `region` is `expression`."""
    blocks = sections.pop("blocks", [])
    document = plan(
        configuration=configuration(
            block(),
            *blocks,
            providers={"aws": provider(expressions={"region": expression})},
            **(root or {}),
        ),
        **sections,
    )
    return stack_of(document).providers["aws"].setting("region")


def in_module(
    *,
    given: dict[str, Any],
    variable: dict[str, Any],
    reference: str = "var.r",
    **sections: Any,
) -> Setting[Any]:
    """The region of a provider in a module that is called with `given`."""
    module = {"variables": {"r": variable}, "resources": [block(key="module.m:aws")]}
    entry = provider(
        module_address="module.m", expressions={"region": refers(reference)}
    )
    root = sections.pop("root", {})
    document = plan(
        resource_changes=[change("module.m.aws_s3_bucket.b", module="module.m")],
        configuration=configuration(
            providers={"module.m:aws": entry},
            module_calls={"m": {"expressions": given, "module": module}},
            **root,
        ),
        **sections,
    )
    return stack_of(document).providers["module.m:aws"].setting("region")


def test_a_root_variable_is_a_hint() -> None:
    found = region(refers("var.r"), variables={"r": {"value": "here"}})

    assert isinstance(found, Known)
    assert (found.value, found.evidence) == ("here", Evidence.REFERENCE)
    assert (
        "refers to var.r (a function may stand around it: give --src)" in found.because
    )
    assert not found.sensitive


def test_what_is_made_of_two_things_is_unknown() -> None:
    variables = {"a": {"value": "here"}, "b": {"value": "here"}}
    found = unknown(region(refers("var.a", "var.b"), variables=variables))

    assert found.refers_to == ("var.a", "var.b")


@pytest.mark.parametrize(
    ("references", "value"),
    [
        (('var.m["a"].region', 'var.m["a"]', "var.m"), "one"),
        (("var.m.a.region", "var.m.a", "var.m"), "one"),
        (("var.l[1]", "var.l"), "second"),
        (("var.m.none", "var.m"), None),
        (("var.l[7]", "var.l"), None),
        (("var.l.x", "var.l"), None),
        (("var.null",), None),
        (("var.never",), None),
        (("var",), None),
    ],
)
def test_a_path_into_a_variable_is_followed(
    references: tuple[str, ...], value: object
) -> None:
    variables = {
        "m": {"value": {"a": {"region": "one"}}},
        "l": {"value": ["first", "second"]},
        "null": {"value": None},
        "never": {},
    }
    found = region(refers(*references), variables=variables)

    assert getattr(found, "value", None) == value
    assert value is not None or unknown(found).remedy


def test_the_default_of_a_root_variable_counts_when_the_plan_states_no_value() -> None:
    root = {"variables": {"r": {"default": "by default"}}}

    assert known(region(refers("var.r"), root=root)) == "by default"


def test_what_a_sensitive_variable_holds_is_sensitive() -> None:
    root = {"variables": {"r": {"sensitive": True}}}
    found = region(refers("var.r"), root=root, variables={"r": {"value": "x"}})

    assert isinstance(found, Known)
    assert found.sensitive
    assert isinstance(region(refers("var.r"), root=root), Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "local.r",
        "each.value",
        "count.index",
        "path.module",
        "terraform.workspace",
        "ephemeral.x.y.z",
    ],
)
def test_what_the_json_cannot_show_is_unknown(text: str) -> None:
    found = unknown(region(refers(text)))

    assert text in found.reason
    assert "--src" in found.remedy
    assert found.refers_to == (text,)


def test_an_input_is_followed_to_the_caller() -> None:
    root = {"variables": {"top": {"sensitive": True}}}
    passed = in_module(
        given={"r": refers("var.top")},
        variable={},
        variables={"top": {"value": "x"}},
        root=root,
    )

    assert isinstance(passed, Known)
    assert (passed.value, passed.sensitive, passed.evidence) == (
        "x",
        True,
        Evidence.REFERENCE,
    )
    assert known(in_module(given={"r": constant("c")}, variable={})) == "c"
    assert known(in_module(given={}, variable={"default": "d"})) == "d"


def test_an_input_that_an_expression_makes_is_unknown() -> None:
    givens: tuple[dict[str, Any], ...] = (
        {},
        {"r": {}},
        {"r": refers("var.a", "var.b")},
        {"r": ["odd"]},
        {"r": constant(None)},
    )
    for given in givens:
        assert unknown(in_module(given=given, variable={})).remedy


def test_an_output_is_followed_into_its_module() -> None:
    module = {
        "outputs": {
            "constant": {"expression": constant("c")},
            "passed": {"expression": refers("var.r"), "sensitive": True},
            "strange": {},
        },
        "variables": {"r": {}},
    }
    root = {
        "module_calls": {
            "m": {"expressions": {"r": constant("given")}, "module": module}
        }
    }
    passed = region(refers("module.m.passed", "module.m"), root=root)

    assert known(region(refers("module.m.constant", "module.m"), root=root)) == "c"
    assert (
        known(
            region(refers("module.m[0].constant", "module.m[0]", "module.m"), root=root)
        )
        == "c"
    )
    assert isinstance(passed, Known)
    assert (passed.value, passed.sensitive) == ("given", True)
    for missing in ("module.m.strange", "module.m.none", "module.none.x", "module.m"):
        unknown(region(refers(missing), root=root))


def test_what_leads_back_to_itself_is_unknown() -> None:
    module = {"outputs": {"o": {"expression": refers("var.r")}}, "variables": {"r": {}}}
    root = {
        "module_calls": {
            "m": {"expressions": {"r": refers("module.m.o")}, "module": module}
        }
    }

    assert (
        "too many references" in unknown(region(refers("module.m.o"), root=root)).reason
    )


def observed(*values: dict[str, Any], address: str = "data.aws_x.y") -> dict[str, Any]:
    """A `prior_state` with a data source of so many instances."""
    resources = [
        {
            "address": f"{address}[{number}]",
            "mode": "data",
            "type": "aws_x",
            "name": "y",
            "values": one,
            "sensitive_values": {"secret": True},
        }
        for number, one in enumerate(values)
    ]
    return {"values": {"root_module": {"resources": resources}}}


def test_a_data_source_is_followed_to_what_it_read() -> None:
    one, other = {"r": "x", "deep": {"a": ["b"]}, "secret": "s"}, {"r": "z"}
    agreed = observed(one, one)
    secret = region(refers("data.aws_x.y.secret", "data.aws_x.y"), prior_state=agreed)

    assert (
        known(region(refers("data.aws_x.y.r", "data.aws_x.y"), prior_state=agreed))
        == "x"
    )
    assert known(region(refers("data.aws_x.y.deep.a[0]"), prior_state=agreed)) == "b"
    assert isinstance(secret, Known)
    assert secret.sensitive
    differs = observed(one, other)
    assert (
        "differs"
        in unknown(region(refers("data.aws_x.y.r"), prior_state=differs)).reason
    )
    assert known(region(refers("data.aws_x.y[1].r"), prior_state=differs)) == "z"
    assert (
        "no value"
        in unknown(region(refers("data.aws_x.y.none"), prior_state=agreed)).reason
    )
    assert (
        "no value"
        in unknown(region(refers("data.aws_z.y.r"), prior_state=agreed)).reason
    )
    assert (
        "whole object"
        in unknown(region(refers("data.aws_x.y"), prior_state=agreed)).reason
    )
    assert (
        "differs"
        in unknown(
            region(refers("data.aws_x.y.r"), prior_state=observed(*[one] * 300))
        ).reason
    )


def test_an_attribute_of_a_resource_is_followed_to_its_planned_value() -> None:
    entry = change(
        "aws_x.y",
        after={"r": "x", "some": {"k": "v"}},
        after_unknown={"later": True, "some": {"u": True}},
    )
    sections: dict[str, Any] = {
        "resource_changes": [
            change(),
            entry,
            change("aws_x.gone", ("delete",)),
        ],
        "blocks": [block("aws_x.y"), block("aws_x.gone")],
    }

    assert known(region(refers("aws_x.y.r", "aws_x.y"), **sections)) == "x"
    assert known(region(refers("aws_x.y.some.k"), **sections)) == "v"
    for later in ("aws_x.y.later", "aws_x.y.some.u"):
        assert "after the apply" in unknown(region(refers(later), **sections)).reason
    unknown(region(refers("aws_x.gone.r"), **sections))


def test_what_is_read_later_has_no_value_from_before() -> None:
    later = change(
        "data.aws_x.y",
        ("read",),
        after={},
        after_unknown={"r": True},
        address="data.aws_x.y[0]",
    )
    found = region(
        refers("data.aws_x.y.r"),
        prior_state=observed({"r": "old"}),
        resource_changes=[change(), later],
        blocks=[block("data.aws_x.y")],
    )

    assert "after the apply" in unknown(found).reason
