from __future__ import annotations

from datetime import date

import pytest

from guardrail.placement import (
    Catalogue,
    CountryGroup,
    Recogniser,
    find_place,
    fits,
    word_for,
)
from guardrail.placement.providers import Match
from tests.unit.placement.made import SOURCES, TABLE, offer, operator, profile, registry


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("aws_s3_bucket", "aws_s3_bucket"),
        ("aws_*", "aws_s3_bucket"),
        ("*_bucket", "aws_s3_bucket"),
        ("*_s3_*", "aws_s3_bucket"),
        ("*", "anything"),
    ],
)
def test_a_type_fits_a_pattern(pattern: str, text: str) -> None:
    assert fits((pattern,), text)


@pytest.mark.parametrize(
    "pattern", ["aws_s3", "s3_*", "*_s3", "*_rds_*", "azurerm_*", "aws_s3_bucket_"]
)
def test_a_type_does_not_fit_another_pattern(pattern: str) -> None:
    assert not fits((pattern,), "aws_s3_bucket")


def test_the_first_match_gives_the_word() -> None:
    matches = (Match(to="log", types=("*_log",)), Match(to="data", types=("*",)))

    assert word_for(matches, "cloud_log") == "log"
    assert word_for(matches, "cloud_bucket") == "data"
    assert word_for(matches[:1], "cloud_bucket") is None


@pytest.mark.parametrize(
    ("text", "region", "countries", "official"),
    [
        ("fr-1", "fr-1", ("FR",), True),
        ("FR-1", "fr-1", ("FR",), True),
        ("F R-1", "fr-1", ("FR",), True),
        ("fr-1a", "fr-1", ("FR",), True),
        ("de-1", "de-1", ("DE",), False),
        ("de-1b", "de-1", ("DE",), False),
        ("eu", "eu", ("DE", "FR"), True),
    ],
)
def test_a_region_zone_or_multi_region_is_found(
    text: str, region: str, countries: tuple[str, ...], official: bool
) -> None:
    place = find_place(TABLE, text)

    assert place is not None
    assert (place.region, place.countries, place.official) == (
        region,
        countries,
        official,
    )


@pytest.mark.parametrize("text", ["", "mars-1", "xx-1a", "fr-1ab", "fr-1a\n"])
def test_a_region_of_no_table_is_not_found(text: str) -> None:
    assert find_place(TABLE, text) is None


def test_a_provider_is_known_under_each_of_its_names_whatever_the_registry() -> None:
    known = profile(also=("fork/cloud",))
    catalogue = Catalogue(registry(providers={"someone/cloud": known}))

    assert catalogue.profile("registry.terraform.io/someone/cloud") is known
    assert catalogue.profile("registry.opentofu.org/Fork/Cloud") is known
    assert catalogue.profile("registry.terraform.io/someone/else") is None


def test_recognisers_are_those_of_the_provider_and_those_of_any() -> None:
    ours = Recogniser(provider="Someone/Cloud")
    any_ = Recogniser(host="s3.example")
    other = Recogniser(provider="other/cloud")
    catalogue = Catalogue(registry(offer("one", ours, any_, other)))

    assert [found for _offer, found in catalogue.recognisers("someone/cloud")] == [
        ours,
        any_,
    ]


def test_an_own_offer_is_added_and_its_operator_may_not_replace_ours() -> None:
    own = registry(offer("one")).with_offers(
        [offer("two", operator="acme")],
        [operator("acme", "US"), operator("new", "DE")],
    )

    assert sorted(own.offers) == ["one", "two"]
    assert own.operators["acme"].country == "FR"
    assert own.operators["new"].country == "DE"


def test_a_country_is_in_a_group_from_its_first_to_its_last_day() -> None:
    group = CountryGroup(
        id="eu",
        members={"GB": (date(1973, 1, 1), date(2020, 1, 31)), "FR": (None, None)},
        confidence="P",
        sources=SOURCES,
    )

    assert not group.holds("GB", date(1972, 12, 31))
    assert group.holds("GB", date(1973, 1, 1))
    assert group.holds("GB", date(2020, 1, 31))
    assert not group.holds("GB", date(2020, 2, 1))
    assert group.holds("FR", date.min)
    assert not group.holds("US", date(2000, 1, 1))
