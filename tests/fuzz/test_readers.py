"""Whatever is given: a stack, or an input error that says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.model import Stack
from tests.fuzz.mutation import damaged_bytes, damaged_structure, outcome

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
PLANS = {
    path.parent.name: path.read_bytes()
    for path in sorted(Path(__file__).parents[2].glob("fixtures/plans/*/plan.json"))
}
TREES = {name: json.loads(document) for name, document in PLANS.items()}
NAMES = st.sampled_from(sorted(PLANS))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_what_once_went_wrong_is_read_or_refused(path: Path) -> None:
    expected = InputError if path.name.startswith("refused-") else Stack

    assert isinstance(outcome(path.read_bytes()), expected)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    assert isinstance(outcome(document), Stack | InputError)


@given(st.text('{}[]",:\\ue0x1tfn-. \n', max_size=80))
def test_anything_like_json_is_read_or_refused(text: str) -> None:
    assert isinstance(outcome(text.encode()), Stack | InputError)


@given(NAMES, st.integers(0, 2**32))
def test_a_plan_with_damaged_bytes_is_read_or_refused(name: str, seed: int) -> None:
    damaged = damaged_bytes(PLANS[name], Random(seed))  # no secret

    assert isinstance(outcome(damaged), Stack | InputError)


@given(NAMES, st.integers(0, 2**32))
def test_a_plan_with_a_damaged_structure_is_read_or_refused(
    name: str, seed: int
) -> None:
    damaged = damaged_structure(TREES[name], Random(seed))  # no secret

    assert isinstance(outcome(damaged), Stack | InputError)


@given(NAMES, st.data())
def test_a_plan_that_was_cut_off_is_refused(name: str, data: st.DataObject) -> None:
    document = PLANS[name].rstrip()
    length = data.draw(st.integers(0, len(document) - 1))

    assert isinstance(outcome(document[:length]), InputError)


def test_a_plan_without_one_of_its_resources_is_refused() -> None:
    for name, tree in TREES.items():
        for entry in tree.get("resource_changes", []):
            if set(entry["change"]["actions"]) & {"delete", "forget"} or entry.get(
                "deposed"
            ):
                continue
            left = [
                one
                for one in tree["resource_changes"]
                if one["address"] != entry["address"]
            ]
            document = json.dumps(tree | {"resource_changes": left}).encode()

            assert isinstance(outcome(document), InputError), name
