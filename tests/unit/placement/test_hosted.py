"""The operator under a service that runs on somebody else's cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from guardrail.model import Attributes, Evidence, Known, ProviderConfiguration, Unknown
from guardrail.placement import (
    Carrier,
    Catalogue,
    Environment,
    Landing,
    Origin,
    Recogniser,
    asked_of,
    landings_of,
    locate,
    read_signals,
)
from guardrail.placement.providers import Hosted
from tests.unit.placement.made import PROVIDER, offer, profile, registry, table

TYPE = "cloud_cluster"
CLOUDS = {"big": "below", "gone": "below"}
WORDS = Hosted(
    cloud=("settings.backing", "settings.cloud"),
    region=("settings.region",),
    clouds=CLOUDS,
)
FORM = Hosted(
    region=("cloud_name",), form="(?P<cloud>[a-z]+)-(?P<region>.+)", clouds=CLOUDS
)
HOSTS = Hosted(
    hosts={"**.{region}.big.vendor.example": "below", "*.big.example": "below"}
)


def landings(
    hosted: Hosted,
    values: Mapping[str, object],
    unknown: object = None,
    endpoint: Any = None,
) -> list[Landing]:
    how = profile(endpoints=("host",), region=(), hosted=(hosted,))
    catalogue = Catalogue(
        registry(
            offer("vendor", Recogniser(provider=PROVIDER)),
            offer("below", region_table="below"),
            regions={"below": table("below", eu1="FR")},
        )
    )
    names = tuple(path.partition(".")[0] for path in asked_of(how, TYPE))
    settings = {} if endpoint is None else {"host": endpoint}
    carrier = Carrier(
        type=TYPE,
        part=Attributes.of(values, unknown=unknown).pick(names),
        arguments=None,
        configuration=ProviderConfiguration(
            key="main", provider=PROVIDER, settings=settings
        ),
        witnesses={},
    )
    signals = read_signals(carrier, how, Environment())
    first, *others = landings_of(
        Origin(
            carrier=carrier,
            profile=how,
            signals=signals,
            landing=locate(signals, how, catalogue),
            catalogue=catalogue,
        )
    )
    assert isinstance(first.offer, Known)
    assert first.offer.value == "vendor"
    return others


def told(value: object) -> str:
    return value.value if isinstance(value, Known) else "?"


def short(found: list[Landing]) -> list[tuple[str, str, str]]:
    return [(one.role, told(one.offer), told(one.region)) for one in found]


def constant(value: str) -> Known[str]:
    return Known(value, Evidence.CONSTANT, "here")


def test_a_word_and_a_region_name_the_cloud_under_it() -> None:
    found = landings(WORDS, {"settings": {"cloud": "BIG", "region": "eu1"}})

    assert short(found) == [("host", "below", "eu1")]
    assert found[0].countries == Known(("FR",), Evidence.VALUE, "region eu1")
    assert found[0].because == (
        "the service runs on the cloud of another operator",
        "region eu1: `settings.region` of the resource",
        "it is recognised as below",
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"cloud": "big"}, [("host", "below", "?")]),
        (
            {"cloud": "TENANT", "backing": "big", "region": "eu1"},
            [("host", "below", "eu1")],
        ),
        ({"cloud": "small", "region": "eu1"}, [("host", "?", "?")]),
        (
            [{"cloud": "big", "region": "eu1"}, {"cloud": "gone", "region": "x"}],
            [("host", "below", "eu1"), ("host-2", "below", "x")],
        ),
        (
            [{"cloud": "big"}, {"region": "eu1"}, {"region": "x"}],
            [("host", "below", "eu1"), ("host-2", "below", "x")],
        ),
        (
            [{"cloud": "big", "region": "eu1"}, {"cloud": "gone"}],
            [("host", "below", "?")],
        ),
        ({}, []),
    ],
)
def test_clouds_and_regions_go_together(
    settings: object, expected: list[tuple[str, str, str]]
) -> None:
    assert short(landings(WORDS, {"settings": settings})) == expected


def test_a_cloud_that_nobody_knows_is_to_be_declared() -> None:
    (found,) = landings(WORDS, {"settings": {"cloud": "small"}})

    assert found.offer == Unknown(
        "`settings.cloud` of the resource: it names a cloud that is in no offer",
        "declare the offer under `offers:` in guardrail.yaml",
    )


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [
        ({"settings": {"cloud": True}}, [("host", "?", "?")]),
        ({"settings": {"region": True}}, [("host", "below", "?")]),
    ],
)
def test_what_is_not_known_leaves_it_open(
    unknown: object, expected: list[tuple[str, str, str]]
) -> None:
    values = {"settings": {"cloud": "big", "region": "eu1"}}

    assert short(landings(WORDS, values, unknown)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("big-eu1", ("host", "below", "eu1")),
        ("small-eu1", ("host", "?", "?")),
        ("eu", ("host", "?", "?")),
    ],
)
def test_one_text_names_cloud_and_region(
    name: str, expected: tuple[str, str, str]
) -> None:
    assert short(landings(FORM, {"cloud_name": name})) == [expected]


def test_one_text_that_is_not_known_leaves_both_open() -> None:
    assert short(landings(FORM, {}, {"cloud_name": True})) == [("host", "?", "?")]


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (constant("https://me.eu1.big.vendor.example"), ("host", "below", "eu1")),
        (constant("me.big.example"), ("host", "below", "?")),
        (constant("me.vendor.example"), ("host", "?", "?")),
        (None, ("host", "?", "?")),
        (Unknown("not seen"), ("host", "?", "?")),
    ],
)
def test_the_host_of_the_service_names_the_cloud(
    endpoint: Any, expected: tuple[str, str, str]
) -> None:
    assert short(landings(HOSTS, {}, endpoint=endpoint)) == [expected]


def test_other_types_are_not_hosted() -> None:
    other = Hosted(types=("cloud_user",), cloud=("cloud",), clouds=CLOUDS)

    assert landings(other, {"cloud": "big"}) == []


def test_a_region_is_written_as_clouds_write_it() -> None:
    settings = {"cloud": "big", "region": "EU_WEST_3"}

    assert short(landings(WORDS, {"settings": settings}))[0][2] == "eu-west-3"
