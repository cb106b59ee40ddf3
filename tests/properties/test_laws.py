"""The laws that hold everywhere, each under its number in the design."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Assignment, Circumstances, Knowledge, assess
from guardrail.classification import Declaration
from guardrail.decision import Decision, Verdict
from guardrail.library import load_library, shipped
from guardrail.model import Attributes, Change, Known, Resource, Stack, Unknown
from guardrail.placement import Catalogue, Control, Offer, Operator, Registry
from guardrail.reports import WRITERS, Rendering
from tests.properties.strategies import (
    CATEGORIES,
    CLASSES,
    DESTINATIONS,
    circumstances,
    resource,
    stack,
    stacks,
    tag_attribute,
    tags,
)

LIBRARY = load_library(shipped())
BOTH = frozenset({"law", "baseline"})
RENDERING = Rendering(
    version="0", library_sha256="0", catalogue_date=date(2026, 9, 15), french={}
)


@lru_cache(maxsize=16)
def knowing(day: date) -> Knowledge:
    return LIBRARY.knowledge(day, BOTH)


def decide(
    given_stack: Stack, around: Circumstances, registry: Registry | None = None
) -> Decision:
    knowledge = knowing(around.as_of)
    if registry is not None:
        knowledge = msgspec.structs.replace(knowledge, catalogue=Catalogue(registry))
    return assess(given_stack, knowledge, around)


def verdict(
    given_stack: Stack, around: Circumstances, registry: Registry | None = None
) -> Verdict:
    return decide(given_stack, around, registry).verdict


# 1. Knowing less never allows more


def forget_settings(settings: Mapping[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The settings with some unknown, blocks too."""
    forgotten: dict[str, Any] = {}
    for name, value in settings.items():
        if data.draw(st.booleans()):
            forgotten[name] = Unknown("forgotten")
        elif isinstance(value, list):
            forgotten[name] = [forget_settings(block, data) for block in value]
        else:
            forgotten[name] = value
    return forgotten


def forget_tags(one: Resource, data: st.DataObject) -> Resource:
    """The resource with its tags, or one of them, unknown."""
    place = tag_attribute(one.type)
    values = msgspec.json.decode(one.attributes.values)
    hidden = sorted(name for name in values.get(place, {}) if data.draw(st.booleans()))
    kept = {k: v for k, v in values.get(place, {}).items() if k not in hidden}
    whole = data.draw(st.booleans())
    mask = {place: True if whole else dict.fromkeys(hidden, True)}
    left = {} if whole else {place: kept}
    return msgspec.structs.replace(one, attributes=Attributes.of(left, unknown=mask))


@given(stacks(), circumstances(), st.data())
def test_1_knowing_less_never_allows_more(
    given_stack: Stack, around: Circumstances, data: st.DataObject
) -> None:
    resources = [
        forget_tags(one, data) if data.draw(st.booleans()) else one
        for one in given_stack.resources
    ]
    providers = {
        name: forget_settings(known.settings, data)
        for name, known in given_stack.providers.items()
    }
    less = stack(resources, providers)
    body = Unknown("forgotten") if data.draw(st.booleans()) else around.body
    after = verdict(less, msgspec.structs.replace(around, body=body))

    if after is Verdict.ALLOW:
        assert verdict(given_stack, around) is Verdict.ALLOW


# 2. Claims that permit need official evidence; claims that forbid need any


def with_offer(offer: Offer) -> Registry:
    offers = {**LIBRARY.registry.offers, offer.id: offer}
    return msgspec.structs.replace(LIBRARY.registry, offers=offers)


@given(stacks(), circumstances(), st.sampled_from(["B", "K"]), st.data())
def test_2_an_unverified_qualification_never_permits(
    given_stack: Stack, around: Circumstances, mark: Any, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["outscale-cloudgouv", "s3ns-premi3ns"]))
    offer = LIBRARY.registry.offers[name]
    doubted = tuple(
        msgspec.structs.replace(known, confidence=mark)
        for known in offer.qualifications
    )
    none = msgspec.structs.replace(offer, qualifications=())
    unverified = msgspec.structs.replace(offer, qualifications=doubted)

    if verdict(given_stack, around, with_offer(unverified)) is Verdict.ALLOW:
        assert verdict(given_stack, around, with_offer(none)) is Verdict.ALLOW


@given(st.sampled_from(["P", "P*", "S", "B", "K"]))
def test_2_control_from_abroad_exposes_whatever_its_mark(mark: Any) -> None:
    operator = LIBRARY.registry.operators["outscale"]
    link = Control(
        entity="Holding", country="US", link="parent", confidence=mark, sources=()
    )
    abroad = msgspec.structs.replace(operator, control=(*operator.control, link))
    bought: dict[str, Operator] = {**LIBRARY.registry.operators, "outscale": abroad}
    registry = msgspec.structs.replace(LIBRARY.registry, operators=bought)
    sensitive = stack([resource("a", "cloudgouv", {"data_class": "sensitive"})])
    around = Circumstances(as_of=date(2026, 11, 22), body=Known("state"))

    assert verdict(sensitive, around) is Verdict.ALLOW
    assert verdict(sensitive, around, registry) is Verdict.DENY


# 3. Nothing lowers what an owner declared


@given(
    st.sampled_from(CLASSES),
    st.sampled_from(CLASSES),
    st.sampled_from(CLASSES),
    st.sampled_from(["mapping", "stack"]),
)
def test_3_weaker_levels_and_floors_never_lower_a_label(
    own: str, stated: str, floor: str, source: str
) -> None:
    around = Circumstances(as_of=date(2026, 11, 22), body=Known("state"))
    ranks = knowing(around.as_of).lexicon.ranks
    declaration = Declaration(source=source, detail="stated", rank=ranks[stated])
    everywhere = Assignment(addresses=("*",), declaration=declaration)
    raised = Assignment(
        addresses=("*",),
        declaration=Declaration(source="floor", detail="floor", rank=ranks[floor]),
    )
    decision = decide(
        stack([resource("a", "aws", {"data_class": own})]),
        msgspec.structs.replace(
            around,
            assignments=(everywhere,) if source == "mapping" else (),
            stack=declaration if source == "stack" else None,
            floors=(raised,),
        ),
    )
    found = decision.resources[0].sensitivity

    # A mapping speaks of the resource itself: of the two the higher stands.
    said = [own, floor, *([stated] if source == "mapping" else [])]
    assert found.lowest == found.highest == max(ranks[word] for word in said)


# 5. More data, stricter


@given(stacks(), tags(), st.sampled_from(sorted(DESTINATIONS)), circumstances())
def test_5_a_resource_more_never_improves_a_verdict(
    given_stack: Stack, labels: dict[str, str], destination: str, around: Circumstances
) -> None:
    more = [*given_stack.resources, resource("z", destination, labels)]

    assert verdict(stack(more), around).weight >= verdict(given_stack, around).weight


@given(
    st.sampled_from(sorted(DESTINATIONS)),
    tags(),
    st.sampled_from(CATEGORIES),
    circumstances(),
)
def test_5_a_category_more_never_improves_a_verdict(
    destination: str, labels: dict[str, str], category: str, around: Circumstances
) -> None:
    claimed = labels.get("data_categories", "")
    more = {**labels, "data_categories": f"{claimed},{category}"}
    before = verdict(stack([resource("a", destination, labels)]), around)
    after = verdict(stack([resource("a", destination, more)]), around)

    assert after.weight >= before.weight


@given(
    st.sampled_from(sorted(DESTINATIONS)),
    st.integers(0, 6),
    st.integers(0, 6),
    circumstances(),
)
def test_5_a_higher_class_never_improves_a_verdict(
    destination: str, one: int, other: int, around: Circumstances
) -> None:
    low, high = sorted((one, other))
    before, after = (
        verdict(
            stack([resource("a", destination, {"data_class": CLASSES[rank]})]), around
        )
        for rank in (low, high)
    )

    assert after.weight >= before.weight


@given(stacks(), circumstances(), st.data())
def test_5_a_qualification_less_never_improves_a_verdict(
    given_stack: Stack, around: Circumstances, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["outscale-cloudgouv", "s3ns-premi3ns"]))
    offer = LIBRARY.registry.offers[name]
    kept = tuple(known for known in offer.qualifications if data.draw(st.booleans()))
    fewer = with_offer(msgspec.structs.replace(offer, qualifications=kept))

    assert (
        verdict(given_stack, around, fewer).weight
        >= verdict(given_stack, around).weight
    )


# 8. Order does not matter


@pytest.mark.slow
@given(stacks(), circumstances(), st.randoms(use_true_random=False))
def test_8_permuted_resources_give_the_same_bytes(
    given_stack: Stack, around: Circumstances, chance: random.Random
) -> None:
    shuffled = list(given_stack.resources)
    chance.shuffle(shuffled)
    permuted = msgspec.structs.replace(given_stack, resources=tuple(shuffled))

    for writer in WRITERS.values():
        one, other = decide(given_stack, around), decide(permuted, around)
        assert list(writer([one], RENDERING)) == list(writer([other], RENDERING))


# 10. Deleting never blocks


@given(stacks(changes=(Change.DELETE, Change.FORGET)), circumstances())
def test_10_deleting_never_blocks(given_stack: Stack, around: Circumstances) -> None:
    assert verdict(given_stack, around) is Verdict.ALLOW


@given(stacks(), circumstances())
def test_10_what_does_not_change_never_blocks(
    given_stack: Stack, around: Circumstances
) -> None:
    still = [
        msgspec.structs.replace(one, change=Change.NO_OP)
        for one in given_stack.resources
    ]

    assert verdict(stack(still), around) is Verdict.ALLOW
