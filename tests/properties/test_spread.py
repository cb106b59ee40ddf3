"""Laws 1, 3, 5 and 8 where data flows: over generated graphs, cycles and all."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Circumstances
from guardrail.classification import (
    NOTHING,
    Because,
    DataFlow,
    Edge,
    Sensitivity,
    spread,
)
from guardrail.model import Reference, Resource, Stack
from tests.properties.strategies import CATEGORIES, circumstances, resource, stack
from tests.properties.test_laws import decide, verdict

TOP = 6
ABSENT = Sensitivity(
    lowest=0, highest=4, labelled=False, because=(Because("absent", ""),)
)


@st.composite
def sensitivities(draw: st.DrawFn) -> Sensitivity:
    """What may be known of one resource."""
    kind = draw(st.sampled_from(["label", "unknown", "absent", "nothing", "conflict"]))
    categories = draw(st.frozensets(st.sampled_from(CATEGORIES)))
    if kind in {"absent", "nothing"}:
        return ABSENT if kind == "absent" else NOTHING
    low = draw(st.integers(0, TOP)) if kind != "unknown" else 0
    high = {"label": low, "unknown": TOP}.get(kind, draw(st.integers(low, TOP)))
    return Sensitivity(
        lowest=low,
        highest=high,
        categories=categories,
        any_category=draw(st.booleans()),
        possible=draw(st.frozensets(st.sampled_from(CATEGORIES))) - categories,
        own=True,
        because=(Because("tag", "label"),),
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Sensitivity], list[Edge]]:
    """Up to six resources, with any flows between them."""
    starts = draw(st.lists(sensitivities(), min_size=1, max_size=6))
    places = st.integers(0, len(starts) - 1)
    ends = draw(st.lists(st.tuples(places, places, st.booleans()), max_size=12))
    return starts, [edge(*one) for one in ends]


def edge(source: int, target: int, certain: bool) -> Edge:
    flow = DataFlow(
        source=str(source),
        target=str(target),
        kind="copies",
        certain=certain,
        because="",
    )
    return Edge(source, target, flow)


def ended(starts: list[Sensitivity], edges: list[Edge]) -> list[Sensitivity]:
    raised = spread(starts, edges)
    return [raised.get(place, start) for place, start in enumerate(starts)]


def no_lower(one: Sensitivity, other: Sensitivity) -> bool:
    """Whether `one` is nowhere less strict than `other`."""
    return (
        one.lowest >= other.lowest
        and one.highest >= other.highest
        and one.categories >= other.categories
        and one.categories | one.possible >= other.possible
        and one.any_category >= other.any_category
        and one.own >= other.own
    )


@given(graphs())
def test_3_sensitivity_never_drops_along_a_certain_flow(
    graph: tuple[list[Sensitivity], list[Edge]],
) -> None:
    found = ended(*graph)

    for one in graph[1]:
        source, target = found[one.source], found[one.target]
        if one.flow.certain:
            assert target.lowest >= source.lowest
            assert target.highest >= source.highest
            assert target.categories >= source.categories
        assert target.any_category >= source.any_category
        assert target.categories | target.possible >= source.categories


@given(graphs())
def test_3_a_probable_flow_brings_what_somebody_states(
    graph: tuple[list[Sensitivity], list[Edge]],
) -> None:
    starts, edges = graph
    found = ended(starts, edges)

    for one in edges:
        start = starts[one.source]
        stated = start.highest if start.labelled else start.lowest
        assert found[one.target].highest >= max(stated, found[one.source].lowest)


@given(graphs())
def test_3_probable_flows_raise_no_more_than_what_may_be(
    graph: tuple[list[Sensitivity], list[Edge]],
) -> None:
    starts, edges = graph
    unsure = [edge(one.source, one.target, certain=False) for one in edges]

    for start, found in zip(starts, ended(starts, unsure), strict=True):
        assert (found.lowest, found.categories) == (start.lowest, start.categories)


@given(graphs())
def test_3_no_flow_lowers_what_was_declared(
    graph: tuple[list[Sensitivity], list[Edge]],
) -> None:
    starts, _edges = graph

    assert all(map(no_lower, ended(*graph), starts))


@given(graphs())
def test_3_what_is_raised_rests_on_a_chain_back_to_what_is_as_high(
    graph: tuple[list[Sensitivity], list[Edge]],
) -> None:
    """No class comes from nowhere."""
    starts, edges = graph
    for place, found in spread(starts, edges).items():
        steps = [step for step in found.chain if step.address]
        ends = [step for step in steps if step.detail.endswith(f"to {place}")]
        reached = {int(step.address) for step in steps}

        assert ends or found.highest == max(found.highest, starts[place].highest)
        assert found.lowest in {starts[one].lowest for one in {place, *reached}}


@given(graphs(), st.data())
def test_5_more_flows_and_higher_classes_are_no_less_strict(
    graph: tuple[list[Sensitivity], list[Edge]], data: st.DataObject
) -> None:
    starts, edges = graph
    more = list(starts)
    place = data.draw(st.integers(0, len(starts) - 1))
    one = starts[place]
    lowest = data.draw(st.integers(one.lowest, TOP))
    more[place] = msgspec.structs.replace(
        one,
        lowest=lowest,
        highest=data.draw(st.integers(max(lowest, one.highest), TOP)),
        labelled=True,
        own=True,
    )
    other = data.draw(st.integers(0, len(starts) - 1))
    flow = edge(place, other, data.draw(st.booleans()))
    before, after = ended(starts, edges), ended(more, [*edges, flow])

    assert all(map(no_lower, after, before))


@given(graphs(), st.data())
def test_1_a_label_forgotten_makes_nothing_less_strict_to_clear(
    graph: tuple[list[Sensitivity], list[Edge]], data: st.DataObject
) -> None:
    starts, edges = graph
    place = data.draw(st.integers(0, len(starts) - 1))
    if not starts[place].labelled:
        return
    less = list(starts)
    less[place] = msgspec.structs.replace(
        starts[place], lowest=0, highest=TOP, categories=frozenset(), any_category=True
    )

    for one, other in zip(ended(less, edges), ended(starts, edges), strict=True):
        assert one.highest >= other.highest
        assert one.own >= other.own
        assert one.any_category or one.categories >= other.categories


@given(graphs(), st.data())
def test_8_the_order_of_flows_changes_no_class(
    graph: tuple[list[Sensitivity], list[Edge]], data: st.DataObject
) -> None:
    starts, edges = graph
    shuffled = data.draw(st.permutations(edges))

    def plain(found: list[Sensitivity]) -> list[Sensitivity]:
        return [msgspec.structs.replace(one, trail=None) for one in found]

    assert plain(ended(starts, edges)) == plain(ended(starts, shuffled))


# The same on whole stacks

LABELS: tuple[Mapping[str, str], ...] = (
    {},
    {"data_class": "public"},
    {"data_class": "personal", "data_categories": "health"},
    {"data_class": "sensitive"},
)
PATHS = ("logging.target_bucket", "replication_configuration.rules.destination.bucket")
"""A probable and a certain flow of an aws_s3_bucket."""


@st.composite
def flowing(draw: st.DrawFn) -> Stack:
    """Buckets at two operators, and flows between them."""
    made: list[Resource] = [
        resource(name, draw(st.sampled_from(["aws", "cloudgouv"])), labels)
        for name, labels in zip(
            "abcd", draw(st.lists(st.sampled_from(LABELS), max_size=4)), strict=False
        )
    ]
    addresses = st.sampled_from([one.address for one in made] or [""])
    ends = draw(st.lists(st.tuples(addresses, addresses, st.sampled_from(PATHS))))
    references = tuple(
        Reference(source=source, target=target, path=path, attribute="id")
        for source, target, path in ends
        if source
    )
    return msgspec.structs.replace(stack(made), references=references)


@given(flowing(), circumstances())
def test_3_a_resource_is_judged_by_the_class_of_what_flows_into_it(
    given_stack: Stack, around: Circumstances
) -> None:
    decision = decide(given_stack, around)
    classes = {one.resource.address: one.sensitivity for one in decision.resources}

    for flow in decision.flows:
        source, target = classes[flow.source], classes[flow.target]
        # What silence about another resource leaves open here is nobody's word.
        stated = source.stated if source.trail is None else source.lowest
        assert target.highest >= (source.highest if flow.certain else stated)
        if flow.certain:
            assert target.lowest >= source.lowest


@given(flowing(), circumstances())
def test_5_references_never_improve_a_verdict(
    given_stack: Stack, around: Circumstances
) -> None:
    alone = msgspec.structs.replace(given_stack, references=())
    before = verdict(alone, around)
    after = verdict(given_stack, around)

    assert after.weight >= before.weight


@given(flowing(), circumstances(), st.data())
def test_5_one_resource_less_never_makes_a_verdict_worse(
    given_stack: Stack, around: Circumstances, data: st.DataObject
) -> None:
    if not given_stack.resources:
        return
    gone = data.draw(st.sampled_from(given_stack.resources))
    kept = tuple(one for one in given_stack.resources if one is not gone)
    fewer = msgspec.structs.replace(given_stack, resources=kept)
    before = verdict(given_stack, around)
    after = verdict(fewer, around)

    assert after.weight <= before.weight
