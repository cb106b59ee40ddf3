from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

import msgspec
import pytest

from guardrail.errors import LibraryError
from guardrail.shapes import checked, parsed, schema_of


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    day: date | None = None
    secret: str = ""


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    inner: tuple[Inner, ...] = ()
    names: dict[str, str] = {}


def read(text: str) -> Any:
    return parsed(text.encode(), "x.yaml")


def test_a_document_is_read() -> None:
    assert read("a: [1, two, 2026-11-22]") == {"a": [1, "two", date(2026, 11, 22)]}


def test_an_empty_document_is_none() -> None:
    assert read("# only a remark") is None


@pytest.mark.parametrize("text", ["NO", "no", "yes", "on", "off", "y", "n"])
def test_country_codes_and_other_words_are_texts(text: str) -> None:
    assert read(f"country: {text}") == {"country": text}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_booleans_are_written_one_way(text: str, value: bool) -> None:
    assert read(f"a: {text}") == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "a: {b: 1, b: 2}",
        "a: &x [1]\nb: *x",
        "a: &x [*x]",
        "a: !!python/object/apply:os.system [ls]",
        "a: !!binary aGVsbG8=",
        "a: !!timestamp x",
        "a: !mine x",
        "a: 1\n---\nb: 2",
        "a: [",
        "a: 2026-13-45",
        "a: \x00",
        "? [a]\n: b",
        f"a: {'9' * 5000}",
        "[" * 51,
        "- " * 51 + "a",
        "[" * 1_000_000,
        "{a: " * 1_000_000,
    ],
)
def test_what_is_not_one_plain_document_is_refused(text: str) -> None:
    with pytest.raises(LibraryError, match="not readable as YAML") as caught:
        read(text)

    assert caught.value.where == "x.yaml"


def test_what_is_not_utf_8_is_refused() -> None:
    with pytest.raises(LibraryError):
        parsed(b"a: \xe9", "x.yaml")


def test_a_document_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(LibraryError, match="too large"):
        parsed(b"#" * ((4 << 20) + 1), "x.yaml")


def test_an_error_says_what_stands_twice() -> None:
    with pytest.raises(LibraryError, match="stated twice: a, b"):
        read("b: 1\na: 1\nb: 1\na: 1")


def test_a_document_becomes_a_value_of_its_shape() -> None:
    document = {"id": "a", "inner": [{"day": date(2026, 11, 22)}]}

    assert checked(document, Outer, "x.yaml") == Outer(
        id="a", inner=(Inner(day=date(2026, 11, 22)),)
    )


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "x.yaml"),
        ([], "x.yaml"),
        ({}, "x.yaml"),
        ({"id": "a", "more": 1}, "x.yaml"),
        ({"id": 7}, "x.yaml/id"),
        ({"id": "a", "inner": [{}, {"typo": 1}]}, "x.yaml/inner/1"),
        ({"id": "a", "inner": [{"day": "yesterday"}]}, "x.yaml/inner/0/day"),
        ({"id": "a", "names": {1: "x"}}, "x.yaml"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    document: object, where: str
) -> None:
    with pytest.raises(LibraryError) as caught:
        checked(document, Outer, "x.yaml")

    assert caught.value.where == where


def test_an_error_does_not_repeat_the_value() -> None:
    with pytest.raises(LibraryError) as caught:
        checked({"id": "a", "inner": [{"secret": 190283}]}, Outer, "x.yaml")

    assert str(caught.value) == "x.yaml/inner/0/secret: it is not of type 'string'"


def test_a_schema_is_closed() -> None:
    schema = schema_of(Outer)

    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["$defs"]["Inner"]["additionalProperties"] is False


class Colour(Enum):
    RED = "red"


class Painted(msgspec.Struct, frozen=True, kw_only=True):
    colour: Colour = Colour.RED


def test_words_of_a_schema_stay_as_they_are() -> None:
    definitions = schema_of(Painted)["$defs"]

    assert definitions["Colour"]["enum"] == ["red"]
    assert "additionalProperties" not in definitions["Colour"]
    assert definitions["Painted"]["additionalProperties"] is False


def test_a_schema_of_a_mapping_stays_open() -> None:
    assert schema_of(dict[str, str])["additionalProperties"] == {"type": "string"}
