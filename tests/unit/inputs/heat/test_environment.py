from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs.heat.environment import (
    Environment,
    merged_environment,
    referenced,
)

KINDS = {
    "s": "string", "l": "comma_delimited_list", "m": "json", "n": "number", "b": "boolean",
}  # fmt: skip


def environment(*texts: str) -> Environment:
    given = [(f"e{n}.yaml", text.encode()) for n, text in enumerate(texts)]
    return merged_environment(given, KINDS)


def test_the_last_environment_wins() -> None:
    found = environment(
        "parameters: {s: a, other: x}\nparameter_defaults: {l: a}",
        "parameters: {s: b, other: null}\nevent_sinks: []\nencrypted_param_names: [x]",
        "",
    )

    assert found.parameters == {"s": "b", "other": "x"}
    assert found.defaults == {"l": "a"}


@pytest.mark.parametrize(
    ("strategy", "name", "first", "second", "wanted"),
    [
        ("merge", "s", "a", "b", "ab"),
        ("merge", "l", "a,b", "c", "a,b,c"),
        ("merge", "l", ["a"], ["b"], ["a", "b"]),
        ("merge", "n", 1, 2, 3),
        ("merge", "m", {"a": {"x": 1}}, {"a": {"y": 2}, "n": None}, {"a": {"y": 2}}),
        ("merge", "m", '{"a": 1}', {"b": 2}, {"a": 1, "b": 2}),
        (
            "deep_merge",
            "m",
            {"a": {"x": 1}, "l": [1], "t": "a", "k": 1},
            {
                "a": {"y": 2},
                "l": [2],
                "t": "b",
                "k": 2,
                "d": {"z": 1},
                "e": [1],
                "n": None,
            },
            {
                "a": {"x": 1, "y": 2},
                "l": [1, 2],
                "t": "ab",
                "k": 2,
                "d": {"z": 1},
                "e": [1],
            },
        ),
        ("overwrite", "m", {"a": 1}, {"b": 2}, {"b": 2}),
    ],
)
def test_a_strategy_puts_values_together(
    strategy: str, name: str, first: Any, second: Any, wanted: Any
) -> None:
    import json

    for stated in ({name: strategy}, {"default": strategy}):
        texts = [
            json.dumps(
                {"parameters": {name: one}, "parameter_merge_strategies": stated}
            )
            for one in (first, second)
        ]

        assert environment(*texts).parameters == {name: wanted}


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["[a]"], "mapping"),
        (["parameters: [a]"], "mapping"),
        (["resources: {}"], "no section"),
        (["resource_registry: {a: [b]}"], "text"),
        (["{{ x }}: a"], "Jinja"),
        (
            [
                "{parameters: {s: a}, parameter_merge_strategies: {s: merge}}",
                "{parameters: {s: b}, parameter_merge_strategies: {s: overwrite}}",
            ],
            "different ways",
        ),
        (
            ["{parameters: {s: a}, parameter_merge_strategies: {s: odd}}"],
            "different ways",
        ),
        (
            ["{parameters: {b: true}, parameter_merge_strategies: {b: merge}}"] * 2,
            "cannot be merged",
        ),
        (
            ["{parameters: {m: [a]}, parameter_merge_strategies: {m: merge}}"] * 2,
            "cannot be merged",
        ),
        (
            ["{parameters: {s: [a]}, parameter_merge_strategies: {s: merge}}"] * 2,
            "cannot be merged",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(texts: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        environment(*texts)

    assert caught.value.where.startswith("e")


def test_files_are_named_from_the_environment() -> None:
    content = b"""
        resource_registry:
          base_url: ""
          a::b: ../lib/a.yaml
          c::d: OS::Nova::Server
          e.yaml: null
          resources: {r: {x::y: sub/f.template, restricted_actions: replace}}
    """

    assert referenced(content, "envs/prod.yaml") == [
        "lib/a.yaml",
        "envs/e.yaml",
        "envs/sub/f.template",
    ]


def test_a_type_for_one_resource_is_stronger_than_for_all() -> None:
    registry = environment(
        "resource_registry: {a::b: c::d, 'a::*': e::f, resources: {'x*': {a::b: g::h}}}"
    ).registry

    assert registry.resolve("a::b", "xy") == "g::h"
    assert registry.resolve("a::b", "z") == "c::d"
    assert registry.resolve("a::z", "z") == "e::f"
    assert registry.resolve("b::z", "z") == "b::z"
