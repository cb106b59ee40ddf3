from __future__ import annotations

from typing import Any

import msgspec
import pytest

from guardrail.errors import InputError
from guardrail.inputs.strict_json import members
from guardrail.model import ABSENT, Attributes, Evidence, Known, Setting, Unknown


def got(
    values: object, name: str, *, unknown: object = None, sensitive: object = None
) -> Setting[Any]:
    encode = msgspec.json.encode
    attributes = Attributes(encode(values), encode(unknown), encode(sensitive))
    return attributes.pick((name,)).get(name)


def known(setting: Setting[Any]) -> Known[Any]:
    assert isinstance(setting, Known)
    return setting


def test_a_member_that_is_there_is_known() -> None:
    assert known(got({"a": 1}, "a")).value == 1


@pytest.mark.parametrize("values", [{}, {"a": None}, None, [], "text"])
def test_what_is_missing_or_null_is_absent(values: object) -> None:
    assert got(values, "a") is ABSENT


@pytest.mark.parametrize("mask", [True, {"a": True}])
def test_a_mask_over_the_member_makes_it_unknown(mask: object) -> None:
    assert isinstance(got({"a": 1}, "a", unknown=mask), Unknown)


@pytest.mark.parametrize("mask", [False, None, {}, {"a": False}, {"b": True}])
def test_a_mask_elsewhere_hides_nothing(mask: object) -> None:
    assert known(got({"a": 1}, "a", unknown=mask)).value == 1


def test_a_mask_inside_a_map_hides_only_that_key() -> None:
    found = known(got({"a": {"k": "v"}}, "a", unknown={"a": {"hidden": True}})).value

    assert found["k"] == "v"
    assert isinstance(found["hidden"], Unknown)


def test_the_unknown_key_is_named_by_its_path() -> None:
    found = known(got({"a": {}}, "a", unknown={"a": {"b": {"c": True}}})).value

    assert found["b"]["c"].reason == "`a.b.c` is known only after the apply"


def test_a_mask_over_a_map_that_is_null_still_hides() -> None:
    found = known(got({"a": None}, "a", unknown={"a": {"k": True}})).value

    assert isinstance(found["k"], Unknown)


def test_a_mask_inside_a_list_hides_only_that_item() -> None:
    found = known(got({"a": ["x", None]}, "a", unknown={"a": [False, True]})).value

    assert found[0] == "x"
    assert isinstance(found[1], Unknown)


def test_a_mask_longer_than_the_list_stands_for_items_not_known_yet() -> None:
    found = known(got({"a": []}, "a", unknown={"a": [True]})).value

    assert isinstance(found[0], Unknown)


def test_a_mask_shorter_than_the_list_leaves_the_rest() -> None:
    found = known(got({"a": ["x", "y"]}, "a", unknown={"a": [True]})).value

    assert found[1] == "y"


def test_a_mask_of_a_list_over_something_else_still_hides() -> None:
    found = known(got({"a": "text"}, "a", unknown={"a": [True]})).value

    assert isinstance(found[0], Unknown)


@pytest.mark.parametrize("mask", [{"a": True}, {"a": {"k": True}}])
def test_a_sensitive_mask_anywhere_inside_marks_the_member(mask: object) -> None:
    assert known(got({"a": {"k": "v"}}, "a", sensitive=mask)).sensitive


def test_what_stands_under_no_mask_is_not_sensitive() -> None:
    assert not known(got({"a": 1, "b": 2}, "a", sensitive={"b": True})).sensitive


def test_the_same_members_are_the_same_part() -> None:
    one = Attributes.of({"a": 1, "noise": 2}).pick(("a",))
    other = Attributes.of({"a": 1, "noise": 3}).pick(("a",))

    assert one == other
    assert hash(one) == hash(other)


def test_a_key_stated_twice_is_refused_by_the_readers_members() -> None:
    attributes = Attributes(values=b'{"a": 1, "a": 2}', members=members)

    with pytest.raises(InputError):
        attributes.pick(("a",))


def test_a_number_in_the_mask_names_the_reason() -> None:
    why = (Unknown("first", "do this"), Unknown("second"))
    encode = msgspec.json.encode
    for mask, wanted in (({"a": 1}, why[1]), (0, why[0])):
        attributes = Attributes(encode({"a": 1}), encode(mask), reasons=why)

        assert attributes.pick(("a",)).get("a") is wanted
    inside = Attributes(
        encode({"a": [{"k": None}]}), encode({"a": [{"k": 1}]}), reasons=why
    )

    assert known(inside.pick(("a",)).get("a")).value == [{"k": why[1]}]


# What the code says


def test_members_of_code_have_their_own_evidence() -> None:
    attributes = Attributes(values=b'{"a": 1}', evidence=Evidence.SOURCE)

    assert known(attributes.pick(("a",)).get("a")).evidence is Evidence.SOURCE


@pytest.mark.parametrize(
    ("mask", "hidden"),
    [
        ({"a": True, "b": {"c": True}, "d": 0}, ("a", "d")),
        ({}, ()),
        (True, ()),
        (None, ()),
    ],
)
def test_members_that_are_hidden_are_named(
    mask: object, hidden: tuple[str, ...]
) -> None:
    assert Attributes.of({}, unknown=mask).hidden == hidden


def test_both_parts_of_a_part_keep_reasons_and_evidence() -> None:
    why = (Unknown("nothing says what `var.v` is"),)
    attributes = Attributes(
        b'{"b": 1}', b'{"a": 0}', reasons=why, evidence=Evidence.SOURCE
    )
    for part, name in zip(attributes.picks(("a",), ("b",)), "ab", strict=True):
        found = part.get(name)
        assert found == why[0] or known(found).evidence is Evidence.SOURCE


def test_a_part_without_some_members_is_that_of_the_others() -> None:
    attributes = Attributes.of({"a": 1, "b": 2, "c": 3}, unknown={"b": True})

    assert attributes.pick(("a", "b", "c")).without({"b", "x"}) == attributes.pick(
        ("a", "c")
    )
