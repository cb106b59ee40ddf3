from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs import yaml_document
from guardrail.inputs.yaml_document import Section, Tagged, document

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


def test_every_key_has_its_line() -> None:
    found = document(b"# x\na:\n  b: 1\n\n  c: {d: 2}\n")

    assert isinstance(found, Section)
    assert found.lines == {"a": 2}
    assert found["a"].lines == {"b": 3, "c": 5}
    assert found["a"].line == 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2018-08-31", "2018-08-31"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("yes", True),
        ("No", False),
        ("~", None),
        ("", None),
        ("0x10", 16),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!!map {a: b}", {"a": "b"}),
        ("=", "="),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("99999999999999999999", "99999999999999999999"),
        ("|\n  # {{ a }}\n  {% b %}\n", "# {{ a }}\n{% b %}\n"),
        ("'{{ a }}'", "{{ a }}"),
    ],
)
def test_scalars_are_read_as_the_engine_does(text: str, wanted: object) -> None:
    found = document(f"a: {text}".encode())

    assert found == {"a": wanted}
    assert type(found["a"]) is type(wanted) or isinstance(found["a"], Section)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=9)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)  # fmt: skip
def test_what_json_says_is_what_is_read(value: Any) -> None:
    wrapped = {"v": value}

    assert document(json.dumps(wrapped).encode()) == wrapped


@given(st.text("ab:-[]{},&*!#'\"|>?%\n 1", max_size=40))
def test_what_both_read_is_the_same(text: str) -> None:
    try:
        found = document(text.encode())
    except InputError:
        return
    usual = yaml.load(text, Loader=yaml.CSafeLoader)
    assert _plain(found) == _plain(usual)


def _plain(value: Any) -> Any:
    """`value` with the keys that JSON has."""
    if isinstance(value, dict):
        return {
            json.dumps(key) if not isinstance(key, str) else key: _plain(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def test_keys_that_are_no_texts_are_written_as_in_json() -> None:
    assert document(b"{1: a, true: b, null: c, 2.5: d, x: e}") == {
        "1": "a", "true": "b", "null": "c", "2.5": "d", "x": "e",
    }  # fmt: skip


def test_aliases_and_merges_are_read() -> None:
    found = document(
        b"a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\nc: {<<: [*x, {m: 4}]}\nd: *x\n"
    )

    assert found["b"] == {"k": 3, "l": 2}
    assert found["c"] == {"k": 1, "l": 2, "m": 4}
    assert found["d"] == found["a"]
    assert found["b"].lines == {"k": 2, "l": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2", "line 2: the key `a` is stated twice"),
        ("{a: 1, 'a': 2}", "stated twice"),
        ('{"a": 1, "a": 2}', "stated twice"),
        ("a: 1\n---\nb: 1", "several documents"),
        ("a: !Ref b", "tag `!Ref` is unknown"),
        ("a: !thing [b]", "tag `!thing` is unknown"),
        ("a: !!python/name:os.system x", "is unknown"),
        ("? [a]\n: b", "no scalar"),
        ("a: &a [*a]", "leads nowhere"),
        ("a: *b", "undefined alias|leads nowhere"),
        ("{<<: [a]}", "merged in is no mapping"),
        ("a: [", "line 2"),
        ("a: b: c", "line 1"),
        ("a: \x01", "it is no YAML"),
        ("a: " + "9" * 5000, "it is no YAML"),
        ("a: " + "[" * 200, "nested deeper|line"),
        ("[" * 90 + "]" * 90, "nested deeper"),
        (BOMB, "more than 400000 values"),
        ("a: {{ b }}", "Jinja template"),
        ("{% if a %}\nb: c\n{% endif %}", "Jinja template"),
        ("{{ a }}: b", "Jinja template"),
        ("b: c\n# {% if d %}\n", "stands outside of any value"),
        ("b: c # {{ d }}", "stands outside of any value"),
        ("b: 'c'\n# {# d #}", "stands outside of any value"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        document(text.encode(), where="file.yaml")

    assert caught.value.where == "file.yaml"
    assert str(caught.value).isprintable()


def test_a_document_that_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(yaml_document, "LARGEST", 5)

    assert document(b"a: b") == {"a": "b"}
    with pytest.raises(InputError, match="more than 5 bytes"):
        document(b"a: bcd")


def test_errors_repeat_no_value() -> None:
    with pytest.raises(InputError) as caught:
        document(b"a: 'CANARY\nb: [CANARY")

    assert "CANARY" not in str(caught.value)


def test_unknown_tags_may_stand_for_what_is_not_known() -> None:
    found = document(b"a: !vault |\n  secret\nb: !x [1]\nc: !y {d: 1}\n", tags=True)

    assert [type(one) for one in found.values()] == [Tagged] * 3
    assert found["a"].tag == "!vault"
    assert "secret" not in vars(found["a"]).values()


def test_what_is_no_json_may_be_yaml() -> None:
    assert document(b'{"a": NaN}') == {"a": "NaN"}
    assert document(b"{a: b}") == {"a": "b"}


def test_nothing_is_nothing() -> None:
    assert document(b"") is None
    assert document(b"# only a comment\n") is None
    assert document(b"[1, a]") == [1, "a"]
