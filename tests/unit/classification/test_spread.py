from __future__ import annotations

from typing import Any

import msgspec
import pytest

from guardrail.classification import (
    NOTHING,
    Because,
    DataFlow,
    Edge,
    Sensitivity,
    spread,
)

PUBLIC, INTERNAL, PERSONAL, SENSITIVE, PARTICULAR, TOP = 0, 1, 2, 3, 4, 6
ABSENT = Sensitivity(
    lowest=PUBLIC,
    highest=PARTICULAR,
    labelled=False,
    because=(Because("absent", "no label"),),
)
UNKNOWN = Sensitivity(
    lowest=PUBLIC, highest=TOP, own=True, because=(Because("tag", "not known"),)
)


def labelled(rank: int, *categories: str) -> Sensitivity:
    return Sensitivity(
        lowest=rank,
        highest=rank,
        categories=frozenset(categories),
        own=True,
        because=(Because("tag", f"label {rank}"),),
    )


def edge(
    source: int, target: int, *, certain: bool = True, kind: str = "copies"
) -> Edge:
    names = "abcdefghij"
    flow = DataFlow(
        source=names[source] if source < 10 else str(source),
        target=names[target] if target < 10 else str(target),
        kind=kind,
        certain=certain,
        because="",
    )
    return Edge(source, target, flow)


def maybe(source: int, target: int) -> Edge:
    return edge(source, target, certain=False)


def bounds(found: Sensitivity) -> tuple[int, int]:
    return found.lowest, found.highest


def told(found: Sensitivity) -> list[str]:
    """The steps that speak of other resources."""
    return [str(step.detail) for step in found.chain if step.address]


# Certain flows


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (labelled(SENSITIVE), ABSENT, (SENSITIVE, PARTICULAR)),
        (labelled(SENSITIVE), labelled(PUBLIC), (SENSITIVE, SENSITIVE)),
        (labelled(SENSITIVE), UNKNOWN, (SENSITIVE, TOP)),
        (ABSENT, labelled(PUBLIC), (PUBLIC, PARTICULAR)),
        (UNKNOWN, labelled(PUBLIC), (PUBLIC, TOP)),
        (UNKNOWN, ABSENT, (PUBLIC, TOP)),
        (labelled(TOP), NOTHING, (TOP, TOP)),
    ],
)
def test_a_certain_flow_raises_both_bounds(
    source: Sensitivity, target: Sensitivity, expected: tuple[int, int]
) -> None:
    assert bounds(spread([source, target], [edge(0, 1)])[1]) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (labelled(PUBLIC), labelled(SENSITIVE)),
        (labelled(SENSITIVE), labelled(SENSITIVE)),
        (labelled(PUBLIC), ABSENT),
        (ABSENT, ABSENT),
        (ABSENT, UNKNOWN),
    ],
)
def test_what_brings_nothing_new_changes_nothing(
    source: Sensitivity, target: Sensitivity
) -> None:
    assert spread([source, target], [edge(0, 1), maybe(0, 1)]) == {}


def test_nothing_goes_against_a_flow() -> None:
    assert spread([labelled(PUBLIC), labelled(SENSITIVE)], [edge(0, 1)]) == {}


def test_it_goes_on_to_wherever_the_data_goes() -> None:
    starts = [labelled(SENSITIVE), NOTHING, NOTHING, labelled(INTERNAL)]
    found = spread(starts, [edge(0, 1), edge(1, 2), edge(2, 3)])

    assert [bounds(found[place]) for place in (1, 2, 3)] == [(SENSITIVE, SENSITIVE)] * 3


def test_a_cycle_ends_and_all_in_it_are_of_the_highest_class() -> None:
    starts = [labelled(PERSONAL), labelled(INTERNAL), labelled(SENSITIVE)]
    found = spread(starts, [edge(0, 1), edge(1, 2), edge(2, 0), edge(1, 1)])

    assert {place: bounds(one) for place, one in found.items()} == {
        0: (SENSITIVE, SENSITIVE),
        1: (SENSITIVE, SENSITIVE),
    }


def test_the_highest_of_several_sources_counts() -> None:
    starts = [labelled(PERSONAL), labelled(SENSITIVE), NOTHING]
    found = spread(starts, [edge(0, 2), edge(1, 2)])

    assert bounds(found[2]) == (SENSITIVE, SENSITIVE)
    assert told(found[2]) == ["b: label 3", "copied to c"]


# Probable flows


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (labelled(SENSITIVE), labelled(PUBLIC), (PUBLIC, SENSITIVE)),
        (UNKNOWN, labelled(PUBLIC), (PUBLIC, TOP)),
        (UNKNOWN, ABSENT, (PUBLIC, TOP)),
        (labelled(TOP), ABSENT, (PUBLIC, TOP)),
    ],
)
def test_a_probable_flow_raises_what_may_be(
    source: Sensitivity, target: Sensitivity, expected: tuple[int, int]
) -> None:
    assert bounds(spread([source, target], [maybe(0, 1)])[1]) == expected


def test_silence_goes_nowhere_by_a_probable_flow() -> None:
    assert spread([ABSENT, labelled(PUBLIC)], [maybe(0, 1)]) == {}


def test_what_silence_received_goes_on_by_a_probable_flow() -> None:
    found = spread(
        [labelled(SENSITIVE), ABSENT, labelled(PUBLIC)], [edge(0, 1), maybe(1, 2)]
    )

    assert bounds(found[2]) == (PUBLIC, SENSITIVE)


def test_what_came_by_a_probable_flow_goes_on_as_no_more() -> None:
    starts = [labelled(SENSITIVE, "health"), NOTHING, labelled(PUBLIC)]
    found = spread(starts, [maybe(0, 1), edge(1, 2)])

    assert bounds(found[2]) == (PUBLIC, SENSITIVE)
    assert not found[2].categories
    assert found[2].possible == {"health"}


# Categories


def test_categories_join_by_certain_flows() -> None:
    starts = [labelled(PERSONAL, "health", "legal-secret"), labelled(PERSONAL, "pii")]
    found = spread(starts, [edge(0, 1)])

    assert found[1].categories == {"health", "legal-secret", "pii"}
    assert found[1].possible == frozenset()


def test_a_category_of_unknown_value_and_an_expected_one_go_by_any_flow() -> None:
    unsure = msgspec.structs.replace(
        labelled(PERSONAL), any_category=True, possible=frozenset({"health"})
    )
    found = spread([unsure, labelled(PERSONAL)], [maybe(0, 1)])

    assert found[1].any_category
    assert found[1].possible == {"health"}
    assert told(found[1]) == ["a: label 2", "perhaps copied to b"]


def test_a_category_that_is_claimed_is_not_merely_possible() -> None:
    sure, unsure = labelled(PERSONAL, "health"), labelled(PERSONAL)
    unsure = msgspec.structs.replace(unsure, possible=frozenset({"health"}))
    found = spread([sure, unsure], [edge(0, 1)])

    assert found[1].categories == {"health"}
    assert not found[1].possible


# What passes on without a class of its own


@pytest.mark.parametrize(
    ("source", "edges", "own"),
    [
        (labelled(SENSITIVE), [edge(0, 1)], True),
        (labelled(SENSITIVE), [maybe(0, 1)], True),
        (labelled(PUBLIC, "health"), [edge(0, 1)], True),
        (UNKNOWN, [edge(0, 1)], True),
        (ABSENT, [edge(0, 1)], False),
    ],
)
def test_what_a_label_reaches_has_a_class(
    source: Sensitivity, edges: list[Edge], own: bool
) -> None:
    assert spread([source, NOTHING], edges)[1].own is own


# The chain


def test_the_chain_leads_back_to_the_label() -> None:
    starts = [labelled(SENSITIVE), NOTHING, labelled(PUBLIC)]
    flows = [edge(0, 1, kind="backs-up"), edge(1, 2, kind="logs")]
    found = spread(starts, flows)[2]

    assert [step.detail for step in found.chain] == [
        "label 0",
        "a: label 3",
        "backed up to b",
        "logged to c",
    ]
    assert [step.source for step in found.chain] == ["tag", "tag", "flow", "flow"]
    assert [step.address for step in found.chain] == ["", "a", "b", "c"]


def test_two_ways_are_told_where_each_says_something() -> None:
    starts = [labelled(PERSONAL), labelled(SENSITIVE), labelled(INTERNAL)]
    found = spread(starts, [edge(0, 2), maybe(1, 2)])[2]

    assert bounds(found) == (PERSONAL, SENSITIVE)
    assert told(found) == [
        "a: label 2",
        "copied to c",
        "b: label 3",
        "perhaps copied to c",
    ]


def test_an_absent_label_is_no_news_where_there_is_none() -> None:
    starts = [labelled(SENSITIVE), ABSENT, NOTHING]
    found = spread(starts, [edge(0, 2), edge(1, 2)])[2]

    assert bounds(found) == (SENSITIVE, PARTICULAR)
    assert told(found) == ["a: label 3", "copied to c"]


def test_a_certain_flow_is_told_where_there_is_a_probable_one_too() -> None:
    flows = [maybe(0, 1), edge(0, 1), maybe(0, 1)]
    found = spread([labelled(SENSITIVE), NOTHING], flows)[1]

    assert told(found) == ["a: label 3", "copied to b"]


def test_a_category_is_told_where_it_came_alone() -> None:
    starts = [labelled(PERSONAL, "health"), labelled(PERSONAL), labelled(SENSITIVE)]
    found = spread([*starts, labelled(PUBLIC)], [edge(0, 1), edge(2, 3)])

    assert told(found[1]) == ["a: label 2", "copied to b"]
    assert told(found[3]) == ["c: label 3", "copied to d"]


def test_a_long_chain_keeps_its_label_and_its_end() -> None:
    starts = [labelled(SENSITIVE), *[NOTHING] * 99]
    found = spread(starts, [edge(place, place + 1) for place in range(99)])
    steps = told(found[99])

    assert steps[:3] == ["a: label 3", "87 flows on the way", "copied to 88"]
    assert steps[-1] == "copied to 99"
    assert len(steps) == 14
    assert told(found[12])[:2] == ["a: label 3", "copied to b"]
    assert told(found[13])[:2] == ["a: label 3", "1 flow on the way"]


def test_without_flows_there_is_nothing_to_say() -> None:
    assert spread([labelled(SENSITIVE)], []) == {}
    assert labelled(SENSITIVE).chain == (Because("tag", "label 3"),)


def test_a_long_ladder_of_cycles_ends() -> None:
    size = 2_000
    starts: list[Any] = [labelled(rank % 5) for rank in range(size)]
    edges = [edge(a, b) for n in range(size - 1) for a, b in ((n, n + 1), (n + 1, n))]
    found = spread(starts, edges)

    assert {bounds(one) for one in found.values()} == {(PARTICULAR, PARTICULAR)}
