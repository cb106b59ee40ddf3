"""Mappings added to `guardrail.yaml`: every other byte stays."""

from __future__ import annotations

import pytest

from guardrail.tagging import NotWrittenError, Stated, with_mappings

ONE = Stated(addresses=("a.b[*]",), class_="sensitive")
TWO = Stated(addresses=("é",), class_="public", categories=("health",))
LINE = '{addresses: ["a.b[*]"], class: sensitive}'

TEXTS = {
    "": f"mappings:\n  - {LINE}\n",
    "# nothing yet": f"# nothing yet\nmappings:\n  - {LINE}\n",
    "body: state # us": f"body: state # us\nmappings:\n  - {LINE}\n",
    "mappings:\nbody: state\n": f"mappings:\n  - {LINE}\nbody: state\n",
    "mappings: []\n": f"mappings: [{LINE}]\n",
    "mappings: [{addresses: [x], class: public}] # x\n": (
        f"mappings: [{{addresses: [x], class: public}}, {LINE}] # x\n"
    ),
    "mappings:\n- addresses: [x]\n  class: public # why\n\n# end\nbody: state\n": (
        "mappings:\n- addresses: [x]\n  class: public # why\n"
        f"- {LINE}\n\n# end\nbody: state\n"
    ),
    "mappings:\n    - addresses:\n        - x\n      class: |\n        public\nbody: state\n": (
        "mappings:\n    - addresses:\n        - x\n      class: |\n        public\n"
        f"    - {LINE}\nbody: state\n"
    ),
    "mappings:\r\n  - {addresses: [x], class: public}": (
        f"mappings:\r\n  - {{addresses: [x], class: public}}\r\n  - {LINE}\r\n"
    ),
}


@pytest.mark.parametrize("before", TEXTS)
def test_a_mapping_is_added_behind_the_others(before: str) -> None:
    assert with_mappings(before, [ONE]) == TEXTS[before]


def test_categories_are_stated_too() -> None:
    made = with_mappings("", [ONE, TWO])

    assert made.endswith(
        '  - {addresses: ["é"], class: public, categories: ["health"]}\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "{body: state}",
        "- a",
        "a: [",
        "a: 1\n---\nb: 2\n",
        "mappings: {a: b}\n",
        "mappings: text\n",
        "mappings: []\nmappings: []\n",
        "body: state\n...\n",
        "mappings: &a\n  - {addresses: [x], class: public}\nother: *a\nmappings2: !x 1\n",
    ],
)
def test_an_unusual_layout_is_left(text: str) -> None:
    with pytest.raises(NotWrittenError):
        with_mappings(text, [ONE])
