from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs import read, strict_json
from tests.unit.inputs.made import change, compact, plan, real

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text('ab"\\é<\x01😀'), inner)
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.text('ab"\\é<\x01😀', max_size=3), trees, max_size=5)


@given(objects, st.sampled_from([None, (",", ":"), (", ", ": ")]), st.booleans())
def test_an_object_without_duplicates_is_read(
    tree: dict[str, Any], separators: tuple[str, str] | None, ascii_only: bool
) -> None:
    indent = 1 if separators is None else None
    text = json.dumps(
        tree, indent=indent, separators=separators, ensure_ascii=ascii_only
    )
    found = strict_json.document(f"{text}\n".encode())

    assert {key: json.loads(bytes(raw)) for key, raw in found.items()} == tree


def pairs_of(text: str) -> bool:
    """Whether no object in `text` states a key twice, found the slow way."""
    sound = True

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal sound
        sound = sound and len(dict(pairs)) == len(pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=hook)
    return sound


class Pairs(dict[str, Any]):
    """A dictionary that is written with its duplicates."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def items(self) -> Any:
        return self.pairs


doubtful = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(st.tuples(st.text("ab<\x08é", max_size=2), inner), max_size=4).map(
            Pairs
        ),
    ),
    max_leaves=10,
)


@given(doubtful, st.booleans())
def test_a_value_is_read_exactly_when_no_object_in_it_states_a_key_twice(
    tree: object, ascii_only: bool
) -> None:
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=ascii_only)
    try:
        strict_json.value(text.encode(), where="")
    except InputError as error:
        assert not pairs_of(text)
        assert "stated twice" in str(error)
    else:
        assert pairs_of(text)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"errored":false', '"errored":false,"errored":false', ""),
        ('"mode":"managed"', '"mode":"managed","mode":"data"', "/resource_changes/0"),
        ('"before":null', '"before":null,"before":{}', "/resource_changes/*/change/0"),
        (
            '"name":"aws"',
            '"name":"aws","name":"x"',
            "/configuration/provider_config/aws",
        ),
        (
            '"after_unknown":{}',
            '"after_unknown":{"a":true,"a":false}',
            "/resource_changes/0",
        ),
        (
            '"before":null',
            '"importing":{"id":"x"},"importing":null',
            "/resource_changes/*/change/0",
        ),
        ('"root_module":{}', '"root_module":{},"root_module":{}', None),
    ],
)
def test_a_key_stated_twice_is_refused_with_its_place(
    old: str, new: str, where: str | None
) -> None:
    document = compact(plan()).decode()
    assert old in document
    damaged = document.replace(old, new, 1).encode()
    if where is None:  # planned values are only counted
        assert read(damaged, path="x").resources
        return
    with pytest.raises(InputError, match="stated twice") as caught:
        read(damaged, path="x")

    assert caught.value.where == where


def test_a_duplicate_is_found_in_a_pretty_document_too() -> None:
    pretty = json.dumps(json.loads(real("drift")), indent=2)
    damaged = pretty.replace('"actions":', '"actions": [],\n"actions":', 1)

    with pytest.raises(InputError, match="`actions` is stated twice"):
        read(damaged.encode(), path="x")


def test_keys_that_are_escaped_without_need_are_no_duplicates() -> None:
    document = compact(plan()).replace(b'"provider_name"', rb'"provider\u005fname"')
    escaped = document.replace(b'"errored"', rb'"err\u006fred"')

    assert (
        read(escaped, path="x").resources == read(compact(plan()), path="x").resources
    )


def test_a_duplicate_behind_an_escape_is_found() -> None:
    document = compact(plan()).replace(
        b'"mode":"managed"', rb'"mode":"managed","m\u006fde":"data"', 1
    )

    with pytest.raises(InputError, match="`mode` is stated twice"):
        read(document, path="x")


def test_a_duplicate_among_the_values_is_found_when_they_are_asked_for() -> None:
    document = compact(plan(resource_changes=[change(after={"tags": {"c": "public"}})]))
    outer = document.replace(b'"tags":', b'"tags":{},"tags":')
    inner = document.replace(b'"c":', b'"c":"x","c":')
    for damaged in (outer, inner):
        attributes = read(damaged, path="x").resources[0].attributes
        with pytest.raises(InputError, match="stated twice"):
            attributes.pick(("tags",)).get("tags")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999"])
def test_a_number_that_cannot_be_read_is_refused(number: bytes) -> None:
    document = compact(plan(resource_changes=[change(after={"size": 1})]))
    attributes = (
        read(document.replace(b":1}", b":" + number + b"}"), path="x")
        .resources[0]
        .attributes
    )

    with pytest.raises(InputError, match="out of range"):
        attributes.pick(("size",)).get("size")


def test_a_long_number_or_a_float_is_no_duplicate() -> None:
    for text in (b"1" * 30, b"-" + b"9" * 25, b"1.50", b"1e2", b"-0.0"):
        assert strict_json.value(b'{"a":' + text + b"}", where="") is not None


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"a":"\\ud800"}', "cut off"),
        (b"nul", "cut off"),
        (b'{"a":NaN,"a":1}', "not valid JSON"),
    ],
)
def test_what_is_not_json_is_refused(document: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        strict_json.value(document, where="")


def test_what_cannot_be_proven_is_refused() -> None:
    for document in (b'{"a":1}x', b"[" * 100_000):
        with pytest.raises(InputError):
            strict_json.prove(document, where="/x")
