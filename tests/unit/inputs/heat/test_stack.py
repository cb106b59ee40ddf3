from __future__ import annotations

import json

import pytest

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs import GivenTemplate, read
from guardrail.inputs.heat.stack import wanted
from guardrail.model import Change, Known, Reference, Unknown
from tests.unit.inputs.heat.made import (
    addresses,
    gaps,
    got,
    only,
    refusal,
    stack,
    text,
    value,
    why,
)

VOLUME = """
    resources:
      data:
        type: OS::Cinder::Volume
        properties: {size: 1, metadata: {sensitivity: sensitive}}
"""
SERVER = """
    parameters:
      name: {type: string}
      volume: {type: string, default: none}
    resources:
      server:
        type: OS::Nova::Server
        properties:
          name: {get_param: name}
          block_device_mapping_v2: [{volume_id: {get_param: volume}}]
    outputs:
      id: {value: {get_resource: server}}
      name: {value: {get_param: name}}
      off: {value: x, condition: never}
      broken: {}
    conditions: {never: false}
"""


def test_a_resource_has_its_address_type_values_and_line() -> None:
    resource = only(stack(VOLUME))

    assert (resource.address, resource.type) == ("data", "OS::Cinder::Volume")
    assert value(resource, "metadata") == {"sensitivity": "sensitive"}
    assert resource.location == ("stacks/app.yaml", 4)
    assert resource.change is Change.CREATE


def test_what_was_read_is_said() -> None:
    found = stack(VOLUME, version="rocky")

    assert found.origin.kind == "heat-template"
    assert found.origin.producer == "heat rocky"
    assert found.origin.path == "stacks/app.yaml"


@pytest.mark.parametrize("version", ["5", "{a: CANARY}", "[CANARY]", ""])
def test_a_version_that_is_no_text_is_refused_and_not_repeated(version: str) -> None:
    with pytest.raises(InputError, match="a day or a name") as caught:
        stack(VOLUME, version=version)

    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("version", ["2099-01-01", "zed"])
def test_a_version_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(UnsupportedFormatError, match="unknown"):
        stack(VOLUME, version=version)


def test_a_template_in_json_is_read() -> None:
    document = {
        "heat_template_version": "2013-05-23",
        "resources": {
            "c": {"type": "OS::Swift::Container", "properties": {"name": "é"}}
        },
    }
    resource = only(read(json.dumps(document).encode(), path="c.json"))

    assert value(resource, "name") == "é"
    assert resource.location is None


def test_a_template_of_the_other_family_is_read() -> None:
    document = b"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Secret: {Type: String, NoEcho: "true", Default: canary}
Conditions: {Off: {"Fn::Equals": [a, b]}}
Resources:
  V:
    Type: OS::Cinder::Volume
    Properties: {size: 1, name: {Ref: Secret}}
  I:
    Type: AWS::EC2::Instance
    DependsOn: V
    Properties: {UserData: {"Fn::Base64": {"Fn::Join": ["", [a, {Ref: V}]]}}}
  N: {Type: AWS::EC2::Instance, Condition: Off}
"""
    found = read(document, path="t")

    assert addresses(found) == ["V", "I"]
    name = got(found.resources[0], "name")
    assert isinstance(name, Known)
    assert name.sensitive
    assert Reference(source="I", target="V", path="UserData") in found.references
    assert Reference(source="I", target="V", path="depends_on") in found.references


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("resources: [a]", "mapping"),
        ("resources: {a: b}", "mapping"),
        ("resources: {a: {properties: {}}}", "needs a type"),
        ("resources: {a: {type: 5}}", "needs a type"),
        ("resources: {a: {type: b, depends_on: 5}}", "a list is expected"),
        ("resources: {}", "no resources"),
        ("parameters: {a: b}\nresources: {a: {type: b}}", "mapping"),
        ("HeatTemplateFormatVersion: 2012-12-12", "exactly one"),
    ],
)
def test_what_is_malformed_is_refused(template: str, says: str) -> None:
    assert says in str(refusal(template))


def test_a_parameter_comes_from_the_strongest_that_states_it() -> None:
    template = """
        parameters:
          a: {type: string, default: template}
          b: {type: string, default: template}
          c: {type: string, default: template}
          d: {type: string, default: template}
        resources:
          r:
            type: OS::Heat::Value
            properties:
              value: [{get_param: a}, {get_param: b}, {get_param: c}, {get_param: d}]
    """
    environment = """
        parameters: {c: environment, d: environment}
        parameter_defaults: {b: default, c: default, d: default}
    """
    found = stack(
        template, environments=(environment,), parameters={"d": "command line"}
    )

    assert value(only(found), "value") == [
        "template",
        "default",
        "environment",
        "command line",
    ]
    assert [gap.id for gap in found.gaps] == ["parameter-defaults"]
    assert ": a." in found.gaps[0].message


def test_a_parameter_without_a_value_says_how_to_give_it() -> None:
    template = """
        parameters: {a: {type: string}}
        resources: {r: {type: OS::Heat::Value, properties: {value: {get_param: a}}}}
    """
    unknown = why(only(stack(template)), "value")

    assert "`a` has no value" in unknown.reason
    assert "--parameter a=" in unknown.remedy
    assert value(only(stack(template, parameters={"a": "x"})), "value") == "x"


@pytest.mark.parametrize("name", ["OS::stack_name", "OS::project_id", "OS::stack_id"])
def test_what_heat_supplies_is_unknown_unless_it_is_given(name: str) -> None:
    template = (
        f"resources: {{r: {{type: a::b, properties: {{v: {{get_param: '{name}'}}}}}}}}"
    )

    assert name in why(only(stack(template)), "v").reason
    assert value(only(stack(template, parameters={name: "x"})), "v") == "x"


def test_a_value_of_the_wrong_type_is_unknown() -> None:
    template = """
        parameters:
          n: {type: number, default: many}
          odd: {type: thing, default: x}
          l: {type: comma_delimited_list, default: {a: b}}
          s: {type: string, default: {a: b}}
          j: {type: json, default: "{"}
          b: {type: boolean, default: perhaps}
        resources:
          r:
            type: a::b
            properties:
              {n: {get_param: n}, odd: {get_param: odd}, l: {get_param: l}, s: {get_param: s},
               j: {get_param: j}, b: {get_param: b}}
    """
    for name in ("n", "odd", "l", "s", "j", "b"):
        assert "not of its type" in why(only(stack(template)), name).reason


@pytest.mark.parametrize("hidden", ["true", "yes", "1", "'true'", "anything"])
def test_a_hidden_parameter_is_masked_wherever_it_goes(hidden: str) -> None:
    template = f"""
        parameters: {{p: {{type: string, hidden: {hidden}, default: CANARY}}}}
        resources:
          r:
            type: OS::Nova::Server
            properties:
              admin_pass: {{get_param: p}}
              metadata: {{plain: a, secret: {{get_param: p}}}}
              user_data: {{str_replace: {{template: x, params: {{x: {{get_param: p}}}}}}}}
              name: {{if: [true, {{get_param: p}}, b]}}
              tags: {{list_concat: [[{{get_param: p}}], [b]]}}
              nested: {{map_merge: [{{a: {{get_param: p}}}}]}}
              plain: a
    """
    resource = only(stack(template))
    for name in ("admin_pass", "metadata", "user_data", "name", "tags", "nested"):
        found = got(resource, name)
        assert isinstance(found, Known)
        assert found.sensitive, name
    plain = got(resource, "plain")
    assert isinstance(plain, Known)
    assert not plain.sensitive


def test_an_unhidden_parameter_is_not_masked() -> None:
    template = """
        parameters: {p: {type: string, hidden: false, default: x}}
        resources: {r: {type: a::b, properties: {v: {get_param: p}}}}
    """
    found = got(only(stack(template)), "v")

    assert isinstance(found, Known)
    assert not found.sensitive


def test_properties_that_are_one_secret_are_masked_as_a_whole() -> None:
    template = """
        parameters: {p: {type: json, hidden: true, default: {name: x}}}
        resources: {r: {type: a::b, properties: {get_param: p}}}
    """
    found = got(only(stack(template)), "name")

    assert isinstance(found, Known)
    assert found.sensitive


def test_properties_that_are_not_known_leave_everything_unknown() -> None:
    template = """
        parameters: {p: {type: json}}
        resources: {r: {type: a::b, metadata: {a: b}, properties: {get_param: p}}}
    """
    assert "`p` has no value" in why(only(stack(template)), "metadata").reason
    odd = only(stack("resources: {r: {type: a::b, properties: [x]}}"))
    assert "no mapping" in why(odd, "metadata").reason


def test_a_nested_template_makes_its_resources_with_its_parameters() -> None:
    template = """
        resources:
          web: {type: server.yaml, properties: {name: w, volume: {get_resource: data}}}
          data: {type: OS::Cinder::Volume}
          use:
            type: a::b
            properties:
              id: {get_attr: [web, id]}
              name: {get_attr: [web, name]}
              off: {get_attr: [web, off]}
              broken: {get_attr: [web, broken]}
              other: {get_attr: [web, other]}
              all: {get_attr: [web]}
    """
    found = stack(template, files={"server.yaml": SERVER})

    assert addresses(found) == ["web.server", "data", "use"]
    server, _data, use = found.resources
    assert value(server, "name") == "w"
    assert server.location == ("stacks/server.yaml", 7)
    assert value(use, "name") == "w"
    assert isinstance(got(use, "id"), Unknown)
    for name in ("broken", "other", "all"):
        assert isinstance(got(use, name), Unknown), name
    assert not isinstance(got(use, "off"), Known | Unknown)
    assert set(found.references) >= {
        Reference(
            source="web.server", target="data", path="block_device_mapping_v2.volume_id"
        ),
        Reference(source="use", target="web.server", path="id"),
        Reference(source="use", target="web", path="other", attribute="other"),
    }


def test_a_template_that_was_not_given_blocks_and_is_judged_as_unknown() -> None:
    for file in ("server.yaml", "https://evil.example/server.yaml", "../x.yaml"):
        found = stack(f"resources: {{web: {{type: '{file}', properties: {{a: b}}}}}}")

        assert addresses(found) == ["web"]
        assert file in gaps(found)["template-not-read"]


def test_a_type_may_stand_for_another_or_for_nothing() -> None:
    template = """
        resources:
          a: {type: My::Server, properties: {name: a}}
          b: {type: OS::Nova::Server}
          c: {type: Other::Thing}
          d: {type: Any::Kind}
          e: {type: OS::Neutron::Port}
    """
    environment = """
        resource_registry:
          My::Server: server.yaml
          Other::*: OS::Heat::None
          Any::*: Real::*
          OS::Neutron::Port: null
          resources:
            b: {OS::Nova::Server: server.yaml, hooks: pre-create}
            x: null
    """
    found = stack(template, files={"server.yaml": SERVER}, environments=(environment,))

    assert addresses(found) == ["a.server", "b.server", "d", "e"]
    assert [one.type for one in found.resources][2:] == [
        "Real::Kind",
        "OS::Neutron::Port",
    ]


def test_a_type_that_stands_for_itself_in_a_circle_is_refused() -> None:
    environment = "resource_registry: {a::b: c::d, c::d: a::b}"

    error = refusal("resources: {r: {type: a::b}}", environments=(environment,))

    assert "circle" in str(error)


def test_the_registry_may_lie_elsewhere() -> None:
    environment = "resource_registry: {base_url: 'https://h.example/t/', a::b: s.yaml}"
    found = stack("resources: {r: {type: a::b}}", environments=(environment,))

    assert "https://h.example/t/s.yaml" in gaps(found)["template-not-read"]


def test_a_template_that_nests_itself_is_refused() -> None:
    files = {"a.yaml": "resources: {r: {type: a.yaml}}"}

    assert "nested too deeply" in str(
        refusal("resources: {r: {type: a.yaml}}", files=files)
    )


def test_files_are_found_from_the_template_that_names_them() -> None:
    files = {
        "lib/a.yaml": "resources: {r: {type: b.yaml, properties: {f: {get_file: c.yaml}}}}",
        "lib/b.yaml": """
            parameters: {f: {type: string}}
            resources: {s: {type: x::y, properties: {f: {get_param: f}}}}
        """,
        "lib/c.yaml": "",
    }
    found = stack("resources: {r: {type: lib/a.yaml}}", files=files)

    assert addresses(found) == ["r.r.s"]
    assert value(only(found), "f").startswith("heat_template_version")


def test_a_file_that_was_not_given_is_unknown() -> None:
    template = "resources: {r: {type: a::b, properties: {f: {get_file: none.sh}}}}"
    unknown = why(only(stack(template)), "f")

    assert "none.sh" in unknown.reason
    assert "--src" in unknown.remedy
    binary = GivenTemplate(files={"none.sh": b"\xff\xfe\x00"})
    found = read(text(template), path="t", code=binary)
    assert "no text" in why(only(found), "f").reason


def test_conditions_decide_what_is_made() -> None:
    template = """
        parameters: {p: {type: string}, q: {type: string, default: x}}
        conditions:
          yes: {equals: [{get_param: q}, x]}
          no: {not: yes}
          perhaps: {equals: [{get_param: p}, x]}
          circle: {not: circle}
          odd: text
        resources:
          a: {type: a::b, condition: yes}
          b: {type: a::b, condition: no}
          c: {type: a::b, condition: perhaps}
          d: {type: a::b, condition: {and: [yes, perhaps]}}
          e: {type: a::b, condition: {and: [no, perhaps]}}
          f: {type: a::b, condition: circle}
          g: {type: a::b, condition: odd}
          h: {type: a::b, condition: missing}
          i: {type: a::b, condition: {or: [no]}}
          j: {type: a::b, condition: {get_file: x}}
          k: {type: a::b, condition: {equals: [{a: 1, b: [1]}, {a: 1, b: [1]}]}}
          l: {type: a::b, condition: {not: {equals: [{get_param: p}, x]}}}
    """
    template = (
        template.replace("yes", "'yes'")
        .replace("no,", "'no',")
        .replace("no]", "'no']")
        .replace("no:", "'no':")
        .replace("condition: no}", "condition: 'no'}")
    )
    found = stack(template)

    assert addresses(found) == ["a", "c", "d", "f", "g", "h", "i", "j", "k", "l"]
    assert addresses(stack(template, parameters={"p": "y"})) == [
        "a",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
    ]


def test_a_choice_that_is_not_known_is_what_both_branches_say() -> None:
    template = """
        parameters: {p: {type: string}, h: {type: string, hidden: true, default: s}}
        conditions: {c: {equals: [{get_param: p}, x]}}
        resources:
          r:
            type: a::b
            properties:
              same: {if: [c, x, x]}
              differ: {if: [c, x, y]}
              gone: {if: [c, x]}
              both_gone: [{if: [{not: c}, {get_resource: r}, {get_param: p}]}]
    """
    resource = only(stack(template))

    assert value(resource, "same") == "x"
    assert "`p` has no value" in why(resource, "differ").reason
    assert isinstance(got(resource, "gone"), Unknown)
    assert value(resource, "both_gone")


def test_what_a_condition_drops_is_not_there() -> None:
    template = """
        conditions: {c: false}
        resources:
          r: {type: a::b, properties: {if: [c, {a: 1}]}}
          s: {type: a::b, properties: {a: {if: [c, 1]}, d: {digest: {if: [c, 1]}}}}
    """
    one, two = stack(template).resources

    assert one.attributes.values == b"{}"
    assert not isinstance(got(two, "a"), Known | Unknown)
    assert isinstance(got(two, "d"), Unknown)


def test_a_resource_that_is_adopted_exists_already() -> None:
    template = "resources: {r: {type: OS::Cinder::Volume, external_id: abc}}"

    assert only(stack(template)).change is Change.NO_OP
    assert only(stack(template, version="2015-10-15")).change is Change.CREATE


@pytest.mark.parametrize(
    "nobody",
    ["''", "{if: [never, abc]}", "{get_param: who}", "{get_param: nobody}", "{}"],
)
def test_what_adopts_nothing_in_particular_is_made_anew(nobody: str) -> None:
    template = (
        f"resources: {{r: {{type: OS::Cinder::Volume, external_id: {nobody}}}}}\n"
        "parameters: {who: {type: string}, nobody: {type: string, default: ''}}\n"
        "conditions: {never: {equals: [1, 2]}}\n"
    )

    assert only(stack(template)).change is Change.CREATE


def test_the_metadata_of_a_resource_can_label_it() -> None:
    template = "resources: {r: {type: a::b, metadata: {sensitivity: public}}}"

    assert value(only(stack(template)), "resource_metadata") == {
        "sensitivity": "public"
    }


def test_a_facade_is_the_resource_outside() -> None:
    files = {
        "a.yaml": """
            resources:
              r:
                type: a::b
                properties:
                  m: {resource_facade: metadata}
                  d: {resource_facade: deletion_policy}
        """
    }
    template = "resources: {r: {type: a.yaml, metadata: {k: v}}}"
    inner = only(stack(template, files=files))

    assert value(inner, "m") == {"k": "v"}
    assert "known only to the cloud" in why(inner, "d").reason
    assert isinstance(got(only(stack(files["a.yaml"])), "m"), Unknown)


def test_a_value_passes_on_what_it_holds() -> None:
    template = """
        parameters: {h: {type: json, hidden: true, default: {value: {a: s}}}}
        resources:
          v: {type: OS::Heat::Value, properties: {value: {a: [1, {get_resource: r}]}}}
          w: {type: OS::Heat::Value, properties: {}}
          s: {type: OS::Heat::Value, properties: {get_param: h}}
          t: {type: OS::Heat::Value, properties: {value: {get_attr: [t, value]}}}
          r:
            type: a::b
            properties:
              a: {get_attr: [v, value, a, 0]}
              b: {get_attr: [v, value, a, 1]}
              c: {get_attr: [w, value]}
              d: {get_attr: [s, value, a]}
              e: {get_attr: [v, value, none]}
              f: {get_attr: [v, other]}
              g: {get_attr: [none, x]}
              h: {get_resource: none}
              i: {get_attr: [v]}
              j: {get_attr: [t, value]}
              k: {get_attr: [v, value, {get_resource: v}]}
              l: {get_attr: {get_resource: v}}
              m: {get_attr: [5, x]}
              n: {get_resource: {get_resource: v}}
              o: {get_resource: [x]}
    """
    resource = next(one for one in stack(template).resources if one.address == "r")

    assert value(resource, "a") == 1
    assert value(resource, "d") == "s"
    found = got(resource, "d")
    assert isinstance(found, Known)
    assert found.sensitive
    assert not isinstance(got(resource, "e"), Known | Unknown)
    for name in "bcfghijklmno":
        assert isinstance(got(resource, name), Unknown), name
    assert "there is no resource `none`" in why(resource, "h").reason


def test_the_same_reference_is_stated_once_and_not_to_itself() -> None:
    template = """
        resources:
          a: {type: a::b, properties: {x: [{get_resource: c}, {get_resource: c}], y: {get_attr: [a, z]}}}
          c: {type: a::b}
    """
    assert stack(template).references == (Reference(source="a", target="c", path="x"),)


def test_too_many_resources_are_refused() -> None:
    template = "resources:\n" + "".join(
        f"  g{n}:\n    type: OS::Heat::ResourceGroup\n"
        "    properties: {count: 4999, resource_def: {type: a::b}}\n"
        for n in range(5)
    )
    with pytest.raises(InputError, match="more than 20000 resources"):
        read(text(template), path="t")


def test_values_that_grow_without_measure_are_refused() -> None:
    lines = ["resources:", "  v0: {type: OS::Heat::Value, properties: {value: [a, a]}}"]
    lines += [
        f"  v{n}: {{type: OS::Heat::Value, properties: {{value: "
        f"[{{get_attr: [v{n - 1}, value]}}, {{get_attr: [v{n - 1}, value]}}]}}}}"
        for n in range(1, 25)
    ]
    with pytest.raises(InputError, match="more steps"):
        read(text("\n".join(lines)), path="t")


def test_texts_that_grow_without_measure_are_unknown_or_refused() -> None:
    lines = [
        "resources:",
        "  v0: {type: OS::Heat::Value, properties: {value: aaaaaaaaaa}}",
    ]
    lines += [
        f"  v{n}: {{type: OS::Heat::Value, properties: {{value: {{list_join: ['', "
        f"[{{get_attr: [v{n - 1}, value]}}, {{get_attr: [v{n - 1}, value]}}]]}}}}}}"
        for n in range(1, 40)
    ]
    found = read(text("\n".join(lines)), path="t").resources

    assert isinstance(got(found[-1], "value"), Unknown)


def test_what_a_template_names_is_what_is_wanted() -> None:
    template = text("""
        resources:
          a: {type: lib/a.yaml}
          b: {type: https://h.example/b.yaml}
          c: {type: OS::Nova::Server, properties: {user_data: {get_file: ./run.sh}}}
          d: {type: OS::Nova::Server, properties: [{get_file: {get_param: x}}]}
          e: {type: my.template}
    """)

    assert sorted(wanted(template, "sub/t.yaml")) == [
        "sub/lib/a.yaml",
        "sub/my.template",
        "sub/run.sh",
    ]
    assert wanted(b"a: 1", "t") == []


def test_an_address_of_a_template_is_told_without_its_login_and_query() -> None:
    found = stack(
        "resources:\n"
        "  a: {type: 'https://me:canary@git.example/a.yaml'}\n"
        "  b: {type: 'https://git.example/a?token=canary&f=.yaml'}\n"
        "  c: {type: My::Own}\n"
        "  d: {type: OS::Heat::Stack, properties: {template: {get_file: "
        "'https://me:canary@git.example/d.yaml'}}}\n"
        "  e: {type: a::b, properties: {x: {get_file: 'https://canary@git.example'}}}",
        environments=(
            "resource_registry: {'My::Own': 'https://me:canary@git.example/c.yaml'}",
        ),
    )

    assert "https://git.example/a.yaml" in gaps(found)["template-not-read"]
    assert "`https://git.example`" in why(found.resources[4], "x").reason
    assert found.resources[1].type == "https://git.example/a"
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    "resource",
    [
        "{type: a::b, properties: {x: {get_param: {get_param: pw}}}}",
        "{type: a::b, properties: {x: {get_param: [{get_param: pw}, y]}}}",
        "{type: a::b, properties: {x: {get_param: {get_param: pws}}}}",
        "{type: a::b, properties: {x: {get_file: {get_param: pw}}}}",
        "{type: OS::Heat::Stack, properties: {template: {get_param: template}}}",
        "{type: OS::Heat::Stack, properties: {template: {get_param: plain}, "
        "context: {region_name: {get_param: pw}}}}",
        "{type: OS::Heat::Stack, properties: {template: {get_param: plain}, "
        "context: {get_param: context}}}",
    ],
)
def test_a_hidden_parameter_names_nothing_that_is_told(resource: str) -> None:
    hidden = "hidden: true, default"
    found = stack(
        f"resources: {{r: {resource}, s: {{type: a::b}}}}\n"
        "parameters:\n"
        f"  pw: {{type: string, {hidden}: canary}}\n"
        f"  pws: {{type: comma_delimited_list, {hidden}: 'canary,x'}}\n"
        f"  context: {{type: json, {hidden}: {{region_name: canary}}}}\n"
        f"  template: {{type: string, {hidden}: "
        "'{heat_template_version: queens, resources: {canary: {type: canary}}}'}\n"
        "  plain: {type: string, default: "
        "'{heat_template_version: queens, resources: {a: {type: a::b}}}'}\n"
    )
    told = [
        (one.address, one.type, one.provider_configuration, one.attributes.reasons)
        for one in found.resources
    ]

    assert "canary" not in repr((told, found.gaps, found.providers))
