"""Facts about one resource at one landing, with one thing changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from guardrail.classification import Sensitivity
from guardrail.model import Evidence, Known
from guardrail.placement import CountryGroup, Exposure, Landing
from guardrail.policy import Facts
from tests.unit.placement.made import SOURCES, offer, operator

RANKS = {"public": 0, "personal": 1, "sensitive": 2}
EU = CountryGroup(
    id="eu", members={"FR": (None, None)}, confidence="P", sources=SOURCES
)
RUMOUR = CountryGroup(
    id="rumour", members={"CH": (None, None)}, confidence="K", sources=SOURCES
)


def landing(**stated: Any) -> Landing:
    """A landing on `one` in France, on a constant."""
    given: dict[str, Any] = {
        "role": "primary",
        "offer": Known("one", Evidence.CONSTANT, "a constant"),
        "region": Known("fr-1", Evidence.CONSTANT, "a constant"),
        "countries": Known(("FR",), Evidence.CONSTANT, "a constant"),
        "evidence": Evidence.CONSTANT,
        "because": (),
        **stated,
    }
    return Landing(**given)


def facts(**stated: Any) -> Facts:
    """Sensitive data of the State in an object store on `one`."""
    given: dict[str, Any] = {
        "as_of": date(2026, 11, 22),
        "body": Known("state"),
        "sensitivity": Sensitivity(lowest=2, highest=2),
        "ranks": RANKS,
        "service": Known("object-storage"),
        "landing": landing(),
        "offer": offer("one"),
        "operator": operator(),
        "exposure": Exposure((), official=True, countries=("FR",)),
        "base": None,
        "groups": {"eu": EU, "rumour": RUMOUR},
        "declared": frozenset({"reversibility_plan"}),
        **stated,
    }
    return Facts(**given)
