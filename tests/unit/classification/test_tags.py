from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from guardrail.classification import Tag, inherited_tags, read_tags
from guardrail.model import ABSENT, Attributes, Known, Unknown
from guardrail.placement import TagShape

Form = Literal["map", "pairs", "strings"]
HIDDEN = "?"


def tags(
    form: Form,
    values: Mapping[str, object],
    *,
    path: str = "tags",
    unknown: object = None,
) -> list[tuple[str, str]]:
    """Keys and values of the tags read; `?` for one that is not known."""
    part = Attributes.of(values, unknown=unknown).pick((path.partition(".")[0],))
    return plain(read_tags(part, [TagShape(path=path, shape=form)]))


def plain(found: Any) -> list[tuple[str, str]]:
    return [(text(tag.key), text(tag.value)) for tag in found]


def text(word: str | Unknown) -> str:
    return HIDDEN if isinstance(word, Unknown) else word


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("map", {"class": "personal"}),
        ("map", [{"class": "personal"}]),
        ("pairs", [{"key": "class", "value": "personal"}]),
        ("pairs", {"key": "class", "value": "personal"}),
        ("pairs", [{"Key": "class", "Value": "personal", "propagate_at_launch": True}]),
        ("pairs", [{"name": "class", "value": "personal"}]),
        ("strings", ["class=personal"]),
        ("strings", ["class:personal"]),
        ("strings", "class=personal"),
    ],
)
def test_every_shape_gives_the_same_tag(form: Form, value: object) -> None:
    assert tags(form, {"tags": value}) == [("class", "personal")]


@pytest.mark.parametrize("form", ["map", "pairs", "strings"])
@pytest.mark.parametrize("values", [{}, {"tags": None}, {"tags": []}, {"tags": 7}])
def test_no_tags(form: Form, values: Mapping[str, object]) -> None:
    assert tags(form, values) == []


@pytest.mark.parametrize("form", ["map", "pairs", "strings"])
def test_tags_that_are_not_known_may_be_any(form: Form) -> None:
    assert tags(form, {}, unknown={"tags": True}) == [(HIDDEN, HIDDEN)]


@pytest.mark.parametrize("form", ["map", "pairs", "strings"])
def test_one_of_several_tags_that_is_not_known_may_be_any(form: Form) -> None:
    assert tags(form, {"tags": []}, unknown={"tags": [True]}) == [(HIDDEN, HIDDEN)]


def test_a_value_that_is_not_known_keeps_its_key() -> None:
    unknown = {"tags": {"class": True}}

    assert tags("map", {"tags": {"owner": "me"}}, unknown=unknown) == [
        ("owner", "me"),
        ("class", HIDDEN),
    ]


def test_a_pair_keeps_what_is_known_of_it() -> None:
    values = {"tags": [{"key": "class"}, {"value": "personal"}]}
    unknown = {"tags": [{"value": True}, {"key": True}]}

    assert tags("pairs", values, unknown=unknown) == [
        ("class", HIDDEN),
        (HIDDEN, "personal"),
    ]


@pytest.mark.parametrize("item", ["text", {"value": "x"}, {"key": None}, {"key": 7}])
def test_a_pair_without_a_key_is_no_tag(item: object) -> None:
    assert tags("pairs", {"tags": [item]}) == []


@pytest.mark.parametrize("item", ["plain", "=personal", "", 7, None])
def test_a_string_without_key_and_value_is_no_tag(item: object) -> None:
    assert tags("strings", {"tags": [item]}) == []


def test_a_string_is_read_at_either_mark() -> None:
    assert ("data:class", "personal") in tags(
        "strings", {"tags": ["data:class=personal"]}
    )


@pytest.mark.parametrize(
    ("value", "read"), [(None, ""), (True, "True"), (7, "7"), ("x", "x")]
)
def test_values_that_are_no_text_are_read_as_one(value: object, read: str) -> None:
    assert tags("map", {"tags": {"k": value}}) == [("k", read)]


def test_a_path_goes_through_lists() -> None:
    values = {"settings": [{"labels": {"class": "personal"}}, {"labels": {"k": "v"}}]}

    assert tags("map", values, path="settings.labels") == [
        ("class", "personal"),
        ("k", "v"),
    ]


@pytest.mark.parametrize("settings", [[], {}, "text", [{}], [{"labels": None}]])
def test_a_path_that_leads_nowhere_has_no_tags(settings: object) -> None:
    assert tags("map", {"settings": settings}, path="settings.labels") == []


def test_a_path_that_is_not_known_half_way_may_hold_any() -> None:
    unknown = {"settings": [{"labels": True}]}

    assert tags("map", {"settings": [{}]}, path="settings.labels", unknown=unknown) == [
        (HIDDEN, HIDDEN)
    ]


def test_a_tag_says_where_it_was_read_and_whether_it_is_inherited() -> None:
    part = Attributes.of({"tags_all": {"k": "v"}}).pick(("tags_all",))
    shape = TagShape(path="tags_all", shape="map", inherited=True)

    assert read_tags(part, [shape]) == (Tag("k", "v", "tags_all", inherited=True),)


def test_tags_of_the_provider_are_inherited() -> None:
    assert inherited_tags(Known({"k": "v"}), "default_tags.tags") == [
        Tag("k", "v", "default_tags.tags", inherited=True)
    ]


def test_a_provider_without_tags_adds_none() -> None:
    assert inherited_tags(ABSENT, "default_tags.tags") == []


def test_tags_of_the_provider_that_are_not_known_may_be_any() -> None:
    assert plain(inherited_tags(Unknown("?"), "x")) == [(HIDDEN, HIDDEN)]


def test_one_tag_of_the_provider_that_is_not_known_keeps_its_key() -> None:
    assert plain(inherited_tags(Known({"k": Unknown("?")}), "x")) == [("k", HIDDEN)]
