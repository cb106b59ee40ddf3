from __future__ import annotations

from datetime import date
from typing import Any

from guardrail.placement import Exposure, Operator, exposure
from tests.unit.placement.made import law, link, operator, registry

DAY = date(2026, 11, 22)
LAWS = {
    one.id: one
    for one in (
        law("us-cloud-act", "US"),
        law("us-old", "US", until=date(2020, 1, 1)),
        law("us-new", "US", since=date(2030, 1, 1)),
        law("us-recorded", "US", effect="recorded"),
        law("fr-counters", "FR", effect="counters"),
        law("fr-exposes", "FR"),
    )
}


def reach(who: Operator, **stated: Any) -> Exposure:
    return exposure(who, registry(laws=LAWS, **stated), DAY)


def test_the_law_of_the_seat_reaches() -> None:
    assert reach(operator("x", "US", link("US"))).laws == ("us-cloud-act",)


def test_the_law_of_a_parent_reaches() -> None:
    assert "us-cloud-act" in reach(operator("x", "DE", link("US"))).laws


def test_a_parent_of_other_days_does_not() -> None:
    gone = link("US", until=date(2020, 1, 1))

    assert reach(operator("x", "DE", gone)).laws == ()


def test_a_country_outside_the_union_without_a_listed_law_reaches_too() -> None:
    assert reach(operator("x", "CH", link("CH"))).laws == ("control-ch",)


def test_an_operator_that_nobody_can_name_is_reached_by_no_named_country() -> None:
    assert reach(operator("x", "ZZ")).laws == ()


def test_presence_abroad_exposes_nobody() -> None:
    from msgspec.structs import replace

    assert reach(replace(operator("x", "DE", link("DE")), presence=("US",))).laws == ()


def test_the_absence_of_laws_counts_where_every_link_is_officially_sourced() -> None:
    assert reach(operator("x", "DE", link("DE"))).official
    assert not reach(operator("x", "DE", link("DE"), link("DE", "K"))).official
    assert not reach(operator("x", "DE")).official


def test_the_countries_of_control_are_told() -> None:
    assert reach(operator("x", "FR", link("US"))).countries == ("FR", "US")
