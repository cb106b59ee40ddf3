"""Odd corners of evaluation, where something is unknown or malformed."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import GivenTemplate, read
from guardrail.inputs.heat.functions import LONGEST, turns
from guardrail.inputs.heat.values import Budget, Hole, Secret, attributes, merged
from guardrail.model import Known, Unknown
from tests.unit.inputs.heat.made import got, only, stack, text, value

HEAD = """
    parameters:
      p: {type: string}
      j: {type: json, default: {a: {get_param: p}, l: [1]}}
      s: {type: string, hidden: true, default: text}
      h: {type: comma_delimited_list, hidden: true, default: [a, b]}
    resources:
      r:
        type: a::b
        properties:
          x: """


def evaluated(snippet: str, **given: Any) -> Any:
    return got(only(stack(HEAD + snippet, **given)), "x")


@pytest.mark.parametrize(
    "snippet",
    [
        "{get_param: {get_resource: r}}",
        "{get_param: [{get_resource: r}]}",
        "{get_param: [j, {get_resource: r}]}",
        "{get_param: [5]}",
        "{get_attr: [{get_resource: r}, x]}",
        "{get_file: {get_param: p}}",
        "{get_file: [a]}",
        "{list_join: ['', [{get_param: p}]]}",
        "{map_merge: [{get_param: p}]}",
        "{map_merge: {get_param: p}}",
        "{map_merge: text}",
        "{list_concat: [{get_param: p}]}",
        "{list_concat: {get_resource: r}}",
        "{repeat: {template: a, for_each: {a: [{get_param: p}]}}}",
        "{repeat: {template: a, for_each: {a: [b]}, permutations: 5}}",
        "{yaql: {expression: $.data, data: {get_param: p}}}",
        "{if: [{get_param: p}, a, b]}",
        "{resource_facade: metadata}",
        "{equals: a, b: c, digest: [md5]}[0]",
    ],
)
def test_what_cannot_be_known_is_unknown_with_a_reason(snippet: str) -> None:
    if snippet.endswith("[0]"):
        found = evaluated("{digest: [md5]}")
    else:
        found = evaluated(snippet)

    assert isinstance(found, Unknown)
    assert found.reason


def test_what_is_unknown_inside_stays_where_it_is() -> None:
    for snippet in (
        "{map_merge: [{a: 1}, {b: {get_param: p}}]}",
        "{list_concat: [[1], [{get_param: p}]]}",
        "{repeat: {template: {k: i, v: {get_param: p}}, for_each: {i: [a]}}}",
    ):
        found = evaluated(snippet)

        assert isinstance(found, Known)
        assert "Unknown" in str(found.value)


def test_a_select_needs_to_know_only_what_it_selects() -> None:
    template = """
        parameters: {p: {type: string}}
        resources:
          r:
            type: a::b
            properties:
              x: {'Fn::Select': [0, [a, {get_param: p}]]}
              y: {'Fn::Select': [1, [a, {get_param: p}]]}
              z: {'Fn::Select': [{get_param: p}, [a]]}
              w: {'Fn::Select': {get_param: p}}
              v: {'Fn::GetAZs': ''}
              u: {Ref: p}
    """
    resource = only(stack(template, version="2013-05-23"))

    assert value(resource, "x") == "a"
    for name in "yzwvu":
        assert isinstance(got(resource, name), Unknown), name


def test_a_map_of_mappings_with_an_unknown_key() -> None:
    template = b"""
HeatTemplateFormatVersion: 2012-12-12
Parameters: {p: {Type: String}}
Mappings: {m: {a: {b: c}}}
Resources: {r: {Type: a, Properties: {x: {"Fn::FindInMap": [m, {Ref: p}, b]}}}}
"""
    assert isinstance(got(only(read(template, path="t")), "x"), Unknown)


def test_a_parameter_given_what_is_unknown() -> None:
    inner = """
        parameters: {m: {type: json}, l: {type: comma_delimited_list}, s: {type: string}}
        resources:
          i:
            type: a::b
            properties:
              m: {get_param: m}
              l: {get_param: l}
              s: {get_param: s}
              deep: {get_param: [m, a, 0]}
              other: {get_param: [m, b]}
    """
    outer = """
        resources:
          a:
            type: inner.yaml
            properties:
              m: {a: [1, {get_resource: b}], b: {get_resource: b}}
              l: [x, {get_resource: b}]
              s: {get_resource: b}
          b: {type: a::b}
    """
    found = stack(outer, files={"inner.yaml": inner}).resources[0]

    assert value(found, "deep") == 1
    for name in ("s", "other"):
        assert isinstance(got(found, name), Unknown)
    assert "Unknown" in str(value(found, "m"))
    assert value(found, "l")[0] == "x"


def test_a_secret_stays_one_in_what_is_put_in_and_taken_out() -> None:
    for snippet in (
        "{repeat: {template: 'a-i', for_each: {i: {get_param: h}}}}",
        "{repeat: {template: {get_param: s}, for_each: {i: [b]}}}",
        "{get_param: [h, 0]}",
        "{list_concat: [{get_param: h}]}",
        "[{get_param: [j, {get_param: s}]}, {get_param: s}]",
    ):
        found = evaluated(snippet)

        assert isinstance(found, Known)
        assert found.sensitive, snippet


def test_the_index_is_put_in_secrets_too() -> None:
    template = """
        parameters: {s: {type: string, hidden: true, default: 'x%index%'}}
        resources:
          g:
            type: OS::Heat::ResourceGroup
            properties: {resource_def: {type: a::b, properties: {n: {get_param: s}}}}
    """
    found = got(only(stack(template)), "n")

    assert isinstance(found, Known)
    assert found.sensitive
    assert found.value == "x0"


def test_what_json_cannot_say_is_said_as_text() -> None:
    values = {
        "large": 1 << 70, "inf": float("inf"), "half": "\ud800", "ok": 1.5, "none": None,
        "nested": [{"h": Hole(Unknown("why"))}, Secret([1])],
    }  # fmt: skip
    found = attributes(values, Budget())
    part = found.pick(tuple(values))

    assert part.get("large") == Known(str(1 << 70), because="`large` of the resource")
    assert isinstance(part.get("inf"), Known)
    nested = part.get("nested")
    assert isinstance(nested, Known)
    assert nested.value == [{"h": Unknown("why")}, [1]]
    assert nested.sensitive


def test_holes_that_are_merged_keep_every_link() -> None:
    one, two = (
        Hole(Unknown("a"), (("x", ""),)),
        Hole(Unknown("b"), (("y", "z"), ("x", ""))),
    )

    assert merged([one, two]) == Hole(Unknown("a"), (("x", ""), ("y", "z")))


def test_turns_are_bounded() -> None:
    many = [str(number) for number in range(3000)]

    assert len(many) ** 2 > LONGEST
    with pytest.raises(ValueError, match="too long"):
        turns({"a": many, "b": many}, maps=True, nested=True)


def test_a_text_that_is_put_in_again_and_again_is_refused() -> None:
    nested = "'%0%'"
    for _ in range(14):
        each = "for_each: {'%0%': ['%0%%0%%0%%0%']}"
        nested = f"{{list_join: ['', {{repeat: {{template: {nested}, {each}}}}}]}}"

    assert isinstance(evaluated(nested), Unknown)


def test_a_number_as_a_step_may_mean_a_text() -> None:
    template = """
        resources:
          v: {type: OS::Heat::Value, properties: {value: {"80": a, k: b}}}
          r:
            type: a::b
            properties:
              x: {get_attr: [v, value, 80]}
              y: {get_attr: [v, value, 81]}
    """
    resource = stack(template).resources[1]

    assert "may be a text" in str(got(resource, "x"))
    assert not isinstance(got(resource, "y"), Known | Unknown)


def test_a_condition_that_is_none_may_hold() -> None:
    template = """
        resources:
          a: {type: a::b, condition: 5}
          b: {type: a::b, condition: {equals: [1, 1], or: []}}
          c: {type: a::b, condition: {equals: [{k: 1}, {k: 2}]}}
          d: {type: a::b, condition: [true]}
    """
    assert [one.address for one in stack(template).resources] == ["a", "b", "d"]


def test_numbers_and_member_lists() -> None:
    template = """
        parameters: {n: {type: number, default: 5}}
        resources:
          r:
            type: a::b
            properties:
              n: {get_param: n}
              m: {'Fn::MemberListToMap': [N, V, ['.other.0.N=a']]}
    """
    resource = only(stack(template, version="2013-05-23"))

    assert value(resource, "n") == 5
    assert isinstance(got(resource, "m"), Unknown)


def test_an_output_is_evaluated_once_and_nothing_is_made_of_none() -> None:
    inner = "resources: {i: {type: a::b}}\noutputs: {o: {value: x}}"
    outer = """
        resources:
          n: {type: inner.yaml}
          none: {type: OS::Heat::None, properties: {get_resource: n}}
          r: {type: a::b, properties: {x: [{get_attr: [n, o]}, {get_attr: [n, o]}]}}
    """
    found = stack(outer, files={"inner.yaml": inner}).resources

    assert [one.address for one in found] == ["n.i", "r"]
    assert value(found[1], "x") == ["x", "x"]


def test_a_file_that_is_no_mapping_is_no_template() -> None:
    outer = text("resources: {n: {type: inner.yaml}}")
    given = GivenTemplate(files={"inner.yaml": b"- a"})

    with pytest.raises(InputError, match=r"inner\.yaml: a template is a mapping"):
        read(outer, path="t", code=given)


def test_keys_that_are_no_texts_are_written_as_json_has_them() -> None:
    found = evaluated("{map_replace: [{a: 1, b: 2}, {keys: {a: true, b: 5}}]}")

    assert isinstance(found, Known)
    assert found.value == {"true": 1, "5": 2}
