from __future__ import annotations

import pytest

from guardrail.model import Known, Unknown
from tests.unit.inputs.heat.made import (
    addresses,
    gaps,
    got,
    only,
    refusal,
    stack,
    value,
)

MEMBER = """
    parameters: {n: {type: string, default: none}}
    resources: {v: {type: OS::Cinder::Volume, properties: {name: {get_param: n}}}}
    outputs: {name: {value: {get_param: n}}, map: {value: {k: [{get_param: n}]}}}
"""


def group(properties: str, kind: str = "ResourceGroup") -> str:
    return f"resources: {{g: {{type: 'OS::Heat::{kind}', properties: {properties}}}}}"


def test_a_group_makes_its_members_and_puts_the_index_in() -> None:
    found = stack(
        group(
            "{count: 2, resource_def: {type: a::b, metadata: {m: '%index%'}, "
            "properties: {name: 'n-%index%', '%index%': [x, '%index%', 5]}}}"
        )
    )

    assert addresses(found) == ["g[0]", "g[1]"]
    assert [one.configuration for one in found.resources] == ["g", "g"]
    assert value(found.resources[1], "name") == "n-1"
    assert value(found.resources[1], "%index%") == ["x", "1", 5]
    assert value(found.resources[1], "resource_metadata") == {"m": "%index%"}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ("{resource_def: {type: a::b}}", ["g[0]"]),
        ("{count: 0, resource_def: {type: a::b}}", []),
        ("{count: '2', resource_def: {type: a::b}}", ["g[0]", "g[1]"]),
        ("{count: many, resource_def: {type: a::b}}", ["g[*]"]),
        ("{count: -1, resource_def: {type: a::b}}", ["g[*]"]),
        ("{count: {get_resource: g}, resource_def: {type: a::b}}", ["g[*]"]),
        (
            "{count: 2, removal_policies: [{resource_list: [0, '2']}], "
            "resource_def: {type: a::b}}",
            ["g[1]", "g[3]"],
        ),
        (
            "{removal_policies: [{resource_list: x}], resource_def: {type: a::b}}",
            ["g[*]"],
        ),
        ("{removal_policies: x, resource_def: {type: a::b}}", ["g[*]"]),
        (
            "{removal_policies: [{resource_list: [{get_resource: g}]}], "
            "resource_def: {type: a::b}}",
            ["g[*]"],
        ),
        ("{resource_def: {get_resource: g}}", ["g"]),
        ("{resource_def: {type: {get_resource: g}}}", ["g"]),
        ("{index_var: 5, resource_def: {type: a::b}}", ["g"]),
        ("{resource_def: {type: 'OS::Heat::None'}}", []),
    ],
)
def test_the_members_of_a_group(properties: str, wanted: list[str]) -> None:
    assert addresses(stack(group(properties))) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ("{min_size: 1, max_size: 3, resource: {type: a::b}}", ["g[0]"]),
        (
            "{min_size: 1, desired_capacity: 2, max_size: 3, resource: {type: a::b}}",
            ["g[0]", "g[1]"],
        ),
        ("{min_size: 0, max_size: 3, resource: {type: a::b}}", ["g[*]"]),
        ("{max_size: 3, resource: {type: a::b}}", ["g[*]"]),
        ("{max_size: 3}", ["g"]),
    ],
)
def test_a_group_that_scales_has_a_member_at_least(
    properties: str, wanted: list[str]
) -> None:
    assert addresses(stack(group(properties, "AutoScalingGroup"))) == wanted


def test_a_chain_makes_one_of_each_type() -> None:
    properties = "{resources: ['a::b', m.yaml], resource_properties: {n: x}}"
    found = stack(group(properties, "ResourceChain"), files={"m.yaml": MEMBER})

    assert addresses(found) == ["g[0]", "g[1].v"]
    assert value(found.resources[1], "name") == "x"
    for odd in ("{resources: x}", "{resources: [{get_resource: g}]}"):
        assert addresses(stack(group(odd, "ResourceChain"))) == ["g"]


def test_a_group_of_groups() -> None:
    inner = "{type: 'OS::Heat::ResourceGroup', properties: {count: 2, resource_def: {type: m.yaml, properties: {n: '%index%'}}}}"
    found = stack(
        group(f"{{count: 2, resource_def: {inner}}}"), files={"m.yaml": MEMBER}
    )

    assert addresses(found) == ["g[0][0].v", "g[0][1].v", "g[1][0].v", "g[1][1].v"]
    assert found.resources[0].configuration == "g.v"


def test_groups_that_are_nested_too_deeply_are_refused() -> None:
    inner = "{type: a::b}"
    for _ in range(15):
        inner = f"{{type: 'OS::Heat::ResourceGroup', properties: {{resource_def: {inner}}}}}"

    assert "nested too deeply" in str(refusal(group(f"{{resource_def: {inner}}}")))


def test_a_group_that_is_too_large_is_refused() -> None:
    error = refusal(group("{count: 1000000000, resource_def: {type: a::b}}"))

    assert "1000000000 members" in str(error)


def test_the_outputs_of_members_are_a_list() -> None:
    template = """
        resources:
          g:
            type: OS::Heat::ResourceGroup
            properties: {count: 2, resource_def: {type: m.yaml, properties: {n: 'n%index%'}}}
          p: {type: OS::Heat::ResourceGroup, properties: {resource_def: {type: a::b}}}
          use:
            type: a::b
            properties:
              names: {get_attr: [g, name]}
              deep: {get_attr: [g, map, k, 0]}
              refs: {get_attr: [g, refs]}
              one: {get_attr: [g, resource.1.name]}
              first: {get_attr: [g, resource.0]}
              ninth: {get_attr: [g, resource.9.name]}
              none: {get_attr: [g]}
              plain: {get_attr: [p, x]}
    """
    use = stack(template, files={"m.yaml": MEMBER}).resources[-1]

    assert value(use, "names") == ["n0", "n1"]
    assert value(use, "deep") == ["n0", "n1"]
    assert value(use, "one") == "n1"
    for name in ("refs", "first", "ninth", "none", "plain"):
        assert isinstance(got(use, name), Unknown), name


def remote(properties: str) -> str:
    return f"""
        parameters: {{p: {{type: string}}}}
        resources:
          far: {{type: 'OS::Heat::Stack', properties: {properties}}}
    """


def test_a_stack_in_another_region_is_read_and_lands_there() -> None:
    template = remote(
        "{template: {get_file: m.yaml}, context: {region_name: r2}, parameters: {n: x}}"
    )
    found = stack(template, files={"m.yaml": MEMBER})
    resource = only(found)

    assert resource.address == "far.v"
    assert value(resource, "name") == "x"
    assert isinstance(resource.provider_configuration, Known)
    configured = found.providers[resource.provider_configuration.value]
    region = configured.setting("region")
    assert isinstance(region, Known)
    assert region.value == "r2"


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ("{credential_secret_id: x}", "another cloud"),
        ("{credential_secret_id: x, region_name: r}", "another cloud"),
        ("{get_resource: far}", "another cloud"),
        ("{region_name: {get_param: p}}", "region of the stack"),
        ("{region_name: [r]}", "region of the stack"),
    ],
)
def test_a_stack_that_goes_nobody_knows_where(context: str, says: str) -> None:
    template = remote(f"{{template: {{get_file: m.yaml}}, context: {context}}}")
    found = only(stack(template, files={"m.yaml": MEMBER})).provider_configuration

    assert isinstance(found, Unknown)
    assert says in found.reason


def test_a_stack_inside_of_one_that_goes_nowhere_known_is_nowhere_known() -> None:
    inner = "{template: {get_file: m.yaml}, context: {region_name: r}}"
    files = {"m.yaml": MEMBER, "far.yaml": remote(inner)}
    outer = remote(
        "{template: {get_file: far.yaml}, context: {credential_secret_id: x}}"
    )

    assert isinstance(only(stack(outer, files=files)).provider_configuration, Unknown)


@pytest.mark.parametrize("context", ["{}", "null"])
def test_a_stack_without_context_lands_beside_the_others(context: str) -> None:
    template = remote(f"{{template: {{get_file: m.yaml}}, context: {context}}}")
    found = only(stack(template, files={"m.yaml": MEMBER})).provider_configuration

    assert isinstance(found, Known)
    assert found.value == "heat"


@pytest.mark.parametrize(
    "template", ["{get_file: none.yaml}", "{get_param: p}", "'a: 1'", "null", "'[1]'"]
)
def test_a_stack_whose_template_is_not_known_blocks(template: str) -> None:
    found = stack(remote(f"{{template: {template}}}"))

    assert addresses(found) == ["far"]
    assert "`far`" in gaps(found)["template-not-read"]


def test_a_nested_stack_is_known_by_the_output_that_names_it() -> None:
    member = MEMBER.replace(
        "outputs: {", "outputs: {'OS::stack_id': {value: {get_resource: v}}, "
    )
    template = """
        resources:
          n: {type: m.yaml}
          p: {type: plain.yaml}
          a: {type: a::b, properties: {x: {get_resource: n}, y: {get_resource: p}}}
    """
    files = {"m.yaml": member, "plain.yaml": MEMBER}
    found = stack(template, files=files).references

    assert [(one.path, one.target) for one in found] == [("x", "n.v"), ("y", "p")]


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("OS::Heat::ResourceGroup", "{resource_def: {type: {get_param: t}}}"),
        ("OS::Heat::ResourceGroup", "{get_param: t}"),
        ("OS::Heat::AutoScalingGroup", "{min_size: 0}"),
        ("OS::Heat::ResourceChain", "{resources: [{get_param: secret}]}"),
        ("OS::Heat::Stack", "{get_param: t}"),
        ("AWS::CloudFormation::Stack", "{TemplateURL: 'https://a.example/t.yaml'}"),
        ("part.yaml", "{get_param: t}"),
    ],
)
def test_members_that_nobody_can_see_are_said_to_be_unseen(
    type_: str, properties: str
) -> None:
    found = stack(
        f"resources: {{g: {{type: '{type_}', properties: {properties}}}}}\n"
        "parameters:\n"
        "  t: {type: string}\n"
        "  secret: {type: string, hidden: true, default: a::b}\n",
        files={"part.yaml": MEMBER},
    )

    assert f"{type_} `g`" in gaps(found)["template-not-read"]


def test_a_group_of_nothing_is_seen() -> None:
    found = stack(group("{count: 0, resource_def: {type: a::b}}"))

    assert gaps(found) == {}
