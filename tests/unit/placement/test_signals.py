from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from guardrail.model import ABSENT, Evidence, Known, Setting, Unknown
from guardrail.placement import Environment
from guardrail.placement.providers import EnvironmentVariable, Match
from tests.unit.placement.made import constant, hint, profile, signals

ENDPOINT = profile(
    endpoints=("endpoint",),
    environment=(
        EnvironmentVariable(setting="endpoint", names=("CLOUD_URL", "CLOUD_HOST")),
        EnvironmentVariable(setting="region", names=("CLOUD_REGION",)),
    ),
)
BEATEN = profile(
    protocol="dedicated",
    precedence="environment",
    endpoints=("endpoint",),
    environment=ENDPOINT.environment,
)
BY_SERVICE = profile(
    endpoints=("endpoints.{service}", "url"),
    endpoint_services=(Match(to="s3", types=("cloud_bucket",)),),
    environment=(
        EnvironmentVariable(setting="endpoint", names=("CLOUD_{SERVICE}_URL",)),
    ),
)


def value(setting: Setting[str]) -> str:
    assert isinstance(setting, Known), setting
    return setting.value


def attested(**values: str) -> Environment:
    return Environment(values=values)


# The environment


def test_the_first_variable_that_is_set_counts() -> None:
    found = attested(B="two", C="three").find(["A", "B", "C"])

    assert (value(found), isinstance(found, Known) and found.evidence) == (
        "two",
        Evidence.ATTESTED,
    )


def test_a_variable_that_nobody_attests_is_unknown() -> None:
    assert isinstance(attested(A="").find(["A", "B"]), Unknown)


def test_an_empty_value_attests_that_a_variable_is_not_set() -> None:
    assert attested(A="", B="").find(["A", "B"]) is ABSENT


def test_in_a_complete_environment_what_is_not_there_is_not_set() -> None:
    assert Environment(complete=True).find(["A"]) is ABSENT


# Which of the block and the environment counts


@pytest.mark.parametrize(
    ("settings", "environment", "host"),
    [
        ({"endpoint": constant("a.example")}, {}, "a.example"),
        ({"endpoint": constant("a.example")}, {"CLOUD_URL": "b.example"}, "a.example"),
        ({}, {"CLOUD_URL": "b.example"}, "b.example"),
        ({"endpoint": constant("")}, {"CLOUD_HOST": "b.example"}, "b.example"),
        ({"endpoint": constant(None)}, {"CLOUD_URL": "b.example"}, "b.example"),
    ],
)
def test_the_block_beats_the_environment(
    settings: Mapping[str, Any], environment: dict[str, str], host: str
) -> None:
    seen = signals(ENDPOINT, settings, environment=attested(**environment))

    assert value(seen.endpoint) == host


def test_what_neither_states_is_absent() -> None:
    assert signals(ENDPOINT).endpoint is ABSENT


def test_where_the_environment_beats_the_block_it_counts() -> None:
    seen = signals(
        BEATEN,
        {"endpoint": constant("a.example")},
        environment=attested(CLOUD_URL="b.example"),
    )

    assert value(seen.endpoint) == "b.example"


def test_where_the_environment_is_not_attested_the_block_it_beats_is_a_hint() -> None:
    seen = signals(BEATEN, {"endpoint": constant("a.example")})

    assert isinstance(seen.endpoint, Known)
    assert seen.endpoint.evidence is Evidence.REFERENCE
    assert seen.endpoint.because == (
        "a constant; the environment, not attested, beats it"
    )


def test_where_the_environment_is_attested_empty_the_block_is_firm() -> None:
    seen = signals(
        BEATEN,
        {"endpoint": constant("a.example")},
        environment=attested(CLOUD_URL="", CLOUD_HOST=""),
    )

    assert isinstance(seen.endpoint, Known)
    assert seen.endpoint.evidence is Evidence.CONSTANT


def test_an_unknown_setting_stays_unknown_under_an_unattested_environment() -> None:
    assert isinstance(signals(BEATEN, {"endpoint": Unknown("?")}).endpoint, Unknown)


@pytest.mark.parametrize(
    ("how", "environment", "evidence"),
    [
        (ENDPOINT, Environment(complete=True), Evidence.DEFAULT),
        (profile(protocol="dedicated"), Environment(), Evidence.CONSTANT),
        (BEATEN, Environment(), Evidence.REFERENCE),
        (BEATEN, Environment(complete=True), Evidence.CONSTANT),
    ],
)
def test_what_an_absent_endpoint_shows_of_the_operator(
    how: Any, environment: Environment, evidence: Evidence
) -> None:
    assert signals(how, environment=environment).default is evidence


# Endpoints


@pytest.mark.parametrize("stated", [7, "not a host", ["a.example"], "https://a@b@c/"])
def test_an_endpoint_that_is_no_address_is_unknown(stated: object) -> None:
    assert isinstance(
        signals(ENDPOINT, {"endpoint": constant(stated)}).endpoint, Unknown
    )


def test_the_endpoint_of_the_service_of_the_type() -> None:
    settings = {
        "endpoints": [{"ec2": constant("e.example"), "s3": constant("s.example")}]
    }

    assert value(signals(BY_SERVICE, settings).endpoint) == "s.example"


def test_the_next_endpoint_setting_counts_where_the_first_is_not_set() -> None:
    settings = {
        "endpoints": [{"ec2": constant("e.example")}],
        "url": constant("u.example"),
    }

    assert value(signals(BY_SERVICE, settings).endpoint) == "u.example"


def test_the_service_stands_in_the_name_of_the_variable() -> None:
    seen = signals(BY_SERVICE, environment=attested(CLOUD_S3_URL="s.example"))

    assert value(seen.endpoint) == "s.example"


def test_of_an_unknown_service_the_endpoint_is_unknown_where_any_is_set() -> None:
    settings = {"endpoints": [{"s3": constant("s.example")}]}

    assert isinstance(
        signals(BY_SERVICE, settings, type_="cloud_new").endpoint, Unknown
    )


def test_of_an_unknown_service_the_general_endpoint_counts_where_none_is_set() -> None:
    seen = signals(BY_SERVICE, {"url": constant("u.example")}, type_="cloud_new")

    assert value(seen.endpoint) == "u.example"


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("{service}_custom_endpoint", {"new_custom_endpoint": constant("e.example")}),
        ("host_{service}", {"host_new": constant("e.example")}),
        ("{service}.endpoint", {"api": [{"endpoint": constant("e.example")}]}),
    ],
)
def test_an_endpoint_of_some_service_makes_that_of_an_unknown_one_unknown(
    path: str, settings: Mapping[str, Any]
) -> None:
    seen = signals(profile(endpoints=(path,)), settings)

    assert isinstance(seen.endpoint, Unknown)


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("{service}_custom_endpoint", {"region": constant("r")}),
        ("{service}_custom_endpoint", {"new_custom_endpoint": constant("")}),
        ("{service}.endpoint", {"api": [{"region": constant("r")}]}),
    ],
)
def test_other_settings_do_not(path: str, settings: Mapping[str, Any]) -> None:
    assert signals(profile(endpoints=(path,)), settings).endpoint is ABSENT


# Rewritten hosts


@pytest.mark.parametrize(
    ("region", "host"),
    [
        (constant("fr-1"), "api.fr-1.example"),
        (constant("us-1"), None),
        (Unknown("?"), None),
        (None, None),
    ],
)
def test_a_host_that_the_provider_rewrites_must_agree_with_its_region(
    region: object, host: str | None
) -> None:
    how = profile(endpoints=("endpoint",), rewritten_hosts=("api.{region}.example",))
    settings = {"endpoint": constant("api.fr-1.example")}
    seen = signals(how, settings | ({"region": region} if region else {}))

    assert (value(seen.endpoint) if host else None) == host
    assert isinstance(seen.endpoint, Known if host else Unknown)


def test_other_hosts_are_not_rewritten() -> None:
    how = profile(endpoints=("endpoint",), rewritten_hosts=("api.{region}.example",))

    assert (
        value(signals(how, {"endpoint": constant("s3.example")}).endpoint)
        == "s3.example"
    )


# Signals

NAMED = profile(
    signals={"account": "endpoint"},
    defaults={"account": "cloud-eu"},
    environment=(EnvironmentVariable(setting="account", names=("CLOUD_ENDPOINT",)),),
)


def test_a_signal_is_read_from_its_setting() -> None:
    seen = signals(NAMED, {"endpoint": constant("cloud-us")})

    assert value(seen.settings["account"]) == "cloud-us"


def test_a_signal_that_is_not_set_has_its_default() -> None:
    setting = signals(NAMED).settings["account"]

    assert setting == Known("cloud-eu", Evidence.DEFAULT, "`endpoint` is not set")


def test_a_signal_without_default_is_absent() -> None:
    assert (
        signals(profile(signals={"account": "endpoint"})).settings["account"] is ABSENT
    )


def test_a_signal_that_holds_an_address_is_the_endpoint() -> None:
    seen = signals(NAMED, {"endpoint": constant("https://a.example/v1")})

    assert value(seen.endpoint) == "a.example"
    assert seen.settings["account"] is ABSENT


def test_a_signal_that_is_no_text_is_unknown() -> None:
    assert isinstance(
        signals(NAMED, {"endpoint": constant(["a"])}).settings["account"], Unknown
    )


# Regions

PLACED = profile(resource_region=("region", "location.region"), resource_zone=("zone",))


@pytest.mark.parametrize(
    ("values", "settings", "region"),
    [
        ({"region": "own"}, {"region": constant("block")}, "own"),
        ({"location": [{"region": "own"}]}, {}, "own"),
        ({"location": [[{"region": "own"}], {"region": "own"}]}, {}, "own"),
        ({"zone": "own-a"}, {}, "own-a"),
        ({"region": "own", "zone": "own-a"}, {}, "own"),
        ({}, {"region": constant("block")}, "block"),
        ({"region": ""}, {"region": constant("block")}, "block"),
        ({"region": []}, {"region": constant("block")}, "block"),
        ({"location": [{"other": 7}]}, {"region": constant("block")}, "block"),
        ({"location": [7]}, {"region": constant("block")}, "block"),
    ],
)
def test_the_resource_itself_says_more_than_its_provider(
    values: Mapping[str, object], settings: Mapping[str, Any], region: str
) -> None:
    assert value(signals(PLACED, settings, values).region) == region


def test_several_places_are_all_seen() -> None:
    seen = signals(
        PLACED, {}, {"location": [{"region": "a"}, {"region": ""}, {"region": "b"}]}
    )

    assert [one.value for one in (seen.region, *seen.others)] == ["a", "b"]  # type: ignore[union-attr]


def test_a_place_inside_a_block_is_never_surely_computed() -> None:
    seen = signals(
        PLACED,
        {},
        {"location": [{}]},
        unknown={"location": [{"region": True}]},
        arguments=frozenset(),
    )

    assert isinstance(seen.region, Unknown)


def test_a_place_that_is_not_known_is_unknown() -> None:
    seen = signals(PLACED, {"region": constant("b")}, {}, unknown={"region": True})

    assert isinstance(seen.region, Unknown)


def test_a_place_that_is_partly_not_known_is_unknown() -> None:
    seen = signals(
        PLACED, {}, {"location": [{}]}, unknown={"location": [{"region": True}]}
    )

    assert isinstance(seen.region, Unknown)


def test_a_place_that_the_block_sets_and_is_not_known_is_unknown() -> None:
    seen = signals(
        PLACED,
        {"region": constant("b")},
        unknown={"region": True},
        arguments=frozenset({"region"}),
    )

    assert isinstance(seen.region, Unknown)


def test_a_computed_place_says_nothing() -> None:
    seen = signals(
        PLACED,
        {"region": constant("b")},
        unknown={"region": True},
        arguments=frozenset(),
    )

    assert value(seen.region) == "b"


def test_a_region_that_is_no_text_is_unknown() -> None:
    assert isinstance(signals(PLACED, {"region": constant({"a": 1})}).region, Unknown)


def test_the_next_region_setting_counts_where_the_first_is_not_set() -> None:
    how = profile(region=("region", "zone"))

    assert value(signals(how, {"zone": constant("fr-1a")}).region) == "fr-1a"


def test_the_region_comes_from_the_attested_environment() -> None:
    seen = signals(ENDPOINT, environment=attested(CLOUD_REGION="fr-1"))

    assert value(seen.region) == "fr-1"


WITNESS = {"region": Known("seen", Evidence.WITNESS, "a data source saw it")}


def test_a_witness_says_more_than_a_hint() -> None:
    seen = signals(PLACED, {"region": hint("block")}, witnesses=WITNESS)

    assert value(seen.region) == "seen"


def test_a_witness_says_no_more_than_a_constant() -> None:
    seen = signals(PLACED, {"region": constant("block")}, witnesses=WITNESS)

    assert value(seen.region) == "block"


def test_a_witness_that_is_not_known_says_nothing() -> None:
    seen = signals(PLACED, {"region": hint("b")}, witnesses={"region": Unknown("?")})

    assert value(seen.region) == "b"


# A place of its own that a type has by default


def test_a_type_with_a_default_of_its_own_does_not_go_where_its_provider_does() -> None:
    own = profile(
        region=("region",),
        resource_region=("location",),
        unset_regions=(Match(to="US", types=("cloud_warehouse",)),),
    )
    settings = {"region": constant("eu-west-3")}
    unset = signals(own, settings, type_="cloud_warehouse").region

    assert value(unset) == "US"
    assert isinstance(unset, Known)
    assert not unset.evidence.firm
    stated = {"location": "eu-west-9"}
    found = signals(own, settings, stated, type_="cloud_warehouse").region
    assert value(found) == "eu-west-9"
    assert value(signals(own, settings, type_="cloud_bucket").region) == "eu-west-3"
