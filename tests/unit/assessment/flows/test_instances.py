from __future__ import annotations

from collections.abc import Sequence

import pytest

from guardrail.assessment.flows import instance_keys, joined
from guardrail.model import Reference


@pytest.mark.parametrize(
    ("address", "configuration", "expected"),
    [
        ("x.y", "x.y", ("",)),
        ("x.y[0]", "x.y", ("[0]",)),
        ('data.x.y["k"]', "data.x.y", ('["k"]',)),
        ("module.a.x.y", "module.a.x.y", ("", "")),
        (
            'module.a["x.y\\"]"].module.b[*].x.y[3]',
            "module.a.module.b.x.y",
            ('["x.y\\"]"]', "[*]", "[3]"),
        ),
        ('module.a["module.b"].data.x.y', "module.a.data.x.y", ('["module.b"]', "")),
    ],
)
def test_the_keys_of_an_address(
    address: str, configuration: str, expected: tuple[str, ...]
) -> None:
    assert instance_keys(address, configuration) == expected


READERS = {0: ("[0]", "[0]"), 1: ("[0]", "[1]"), 2: ("[1]", "[0]")}
READ = {3: ("[0]", "[0]"), 4: ("[0]", "[1]"), 5: ("[1]", "[0]"), 6: ("[1]", "[1]")}
"""Instances of two blocks in one module, by place: the module's key, and their own."""


def pairs(reference: Reference, read: Sequence[int] = tuple(READ)) -> set[str]:
    keys = READERS | READ
    groups = joined(reference, list(READERS), read, lambda place: keys[place])
    return {
        f"{reader}-{other}"
        for readers, others in groups
        for reader in readers
        for other in others
    }


def reference(
    shared: int = 0,
    pairs: tuple[tuple[int, int], ...] = (),
    fixed: tuple[tuple[int, str], ...] = (),
) -> Reference:
    return Reference(
        source="module.m.x.y", target="module.m.z.w", path="a", shared=shared,
        pairs=pairs, fixed=fixed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reference(), {f"{a}-{b}" for a in READERS for b in READ}),
        (reference(shared=1), {"0-3", "0-4", "1-3", "1-4", "2-5", "2-6"}),
        (reference(shared=1, pairs=((1, 1),)), {"0-3", "1-4", "2-5"}),
        (reference(fixed=((1, "[1]"),)), {f"{a}-{b}" for a in READERS for b in (4, 6)}),
        (reference(shared=1, fixed=((1, "[1]"),)), {"0-4", "1-4", "2-6"}),
        # The key of the one that reads is the key of the other's module.
        (reference(pairs=((1, 0),)), {"0-3", "0-4", "1-5", "1-6", "2-3", "2-4"}),
    ],
)
def test_what_is_known_of_the_keys_narrows_what_is_read(
    found: Reference, expected: set[str]
) -> None:
    assert pairs(found) == expected


def test_any_may_be_read_where_a_key_leads_nowhere() -> None:
    assert pairs(reference(shared=1, pairs=((0, 1),)), read=(5, 6)) == {"2-6"}
    assert pairs(reference(shared=1, pairs=((1, 1),)), read=(4,)) == {"0-4", "1-4"}
    assert pairs(reference(fixed=((1, "[9]"),)), read=(3,)) == {"0-3", "1-3", "2-3"}
