"""Blocks that are there and not written are found; what is written hides nothing."""

from __future__ import annotations

import pytest

from guardrail.model import Attributes
from guardrail.model.hidden import hidden_blocks

VALUES = {
    "one": [{"inner": [{"x": 1}, {"x": 2}]}],
    "two": [{"inner": []}, {"inner": [{"x": 1}]}],
    "single": {"inner": {"x": 1}},
    "null": None,
    "part": [{"x": 1}],
}
UNKNOWN = {"whole": True, "part": [{"x": True}], "two": [{"inner": True}]}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, set[str]()),
        ({"one": 1, "one.inner": 2}, set[str]()),
        ({"one": 1, "one.inner": 1}, {"one.inner"}),
        ({"two": 1}, {"two"}),
        ({"two": 2, "two.inner": 2}, {"two.inner"}),  # the first is not known
        ({"single": 1, "single.inner": 1}, set[str]()),
        ({"null": 1, "absent": 1}, set[str]()),
        ({"whole": 1}, {"whole"}),
        ({"part": 1}, set[str]()),
    ],
)
def test_what_is_more_than_written_is_hidden(
    written: dict[str, int], expected: set[str]
) -> None:
    part = Attributes.of(VALUES, unknown=UNKNOWN).pick((*VALUES, "whole", "absent"))

    assert hidden_blocks(part, written) == expected


def test_what_was_not_asked_for_is_not_looked_at() -> None:
    part = Attributes.of(VALUES).pick(("one",))

    assert hidden_blocks(part, {"two": 1}) == frozenset()
