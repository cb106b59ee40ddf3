"""A provider of a registry that nobody vouches for may be anything."""

from __future__ import annotations

from datetime import date

import msgspec

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.decision import Judged
from guardrail.model import Evidence, Known, Unknown
from tests.properties.strategies import DESTINATIONS, resource, stack


def judged(knowledge: Knowledge, destination: str, registry: str) -> Judged:
    around = Circumstances(as_of=date(2026, 11, 22), body=Known("state"))
    provider = f"{registry}/{DESTINATIONS[destination][0]}"
    one = resource("a", destination, {"data_class": "sensitive"})
    forked = msgspec.structs.replace(one, provider=provider)
    return assess(stack([forked]), knowledge, around).resources[0]


def test_it_makes_a_landing_a_hint(knowledge: Knowledge) -> None:
    known = judged(knowledge, "cloudgouv", "registry.terraform.io")
    forked = judged(knowledge, "cloudgouv", "registry.example")

    assert known.landings[0].evidence is Evidence.CONSTANT
    assert forked.landings[0].evidence is Evidence.REFERENCE
    assert "registry.example" in forked.landings[0].because[-1]


def test_it_leaves_an_unknown_offer_unknown(knowledge: Knowledge) -> None:
    forked = judged(knowledge, "nobody", "registry.example")

    assert isinstance(forked.landings[0].offer, Unknown)
