from __future__ import annotations

from typing import Any

import msgspec
import pytest

from guardrail.model import ABSENT, Evidence, Known, Setting, Unknown, Value
from guardrail.placement import Landing, Recogniser, nowhere_known
from guardrail.placement.providers import EnvironmentVariable
from tests.unit.placement.made import (
    PROVIDER,
    constant,
    hint,
    offer,
    placed,
    profile,
    signals,
)

DEFAULT = Recogniser(provider=PROVIDER, endpoint="default")
HOST = Recogniser(host="s3.{region}.acme.example", region_table="acme")
HERE = profile(endpoints=("endpoint",), signals={"universe": "universe"})
ACME = offer("acme-cloud", DEFAULT, HOST, region_table="acme")


def at(settings: dict[str, Any], *offers: Any, how: Any = HERE) -> Landing:
    return placed(how, signals(how, settings), *(offers or (ACME,)))


def known(setting: Value[Any] | Setting[Any]) -> Any:
    assert isinstance(setting, Known), setting
    return setting.value


def reason(landing: Landing) -> str:
    assert isinstance(landing.offer, Unknown)
    return landing.offer.reason


def test_a_host_names_the_offer_and_the_region() -> None:
    landing = at({"endpoint": constant("https://s3.fr-1.acme.example")})

    assert known(landing.offer) == "acme-cloud"
    assert (known(landing.region), known(landing.countries)) == ("fr-1", ("FR",))
    assert landing.evidence is Evidence.CONSTANT


def test_the_region_of_the_host_beats_that_of_the_block() -> None:
    landing = at(
        {"endpoint": constant("s3.fr-1.acme.example"), "region": constant("us-1")}
    )

    assert known(landing.region) == "fr-1"


def test_no_endpoint_is_the_default_operator_and_only_a_hint() -> None:
    landing = at({"region": constant("fr-1")})

    assert known(landing.offer) == "acme-cloud"
    assert not landing.evidence.firm


def test_a_zone_is_shown_as_its_region() -> None:
    assert known(at({"region": constant("FR-1a")}).region) == "fr-1"


def test_a_region_of_no_table_is_kept_and_its_country_unknown() -> None:
    landing = at({"region": constant("mars-1")})

    assert known(landing.region) == "mars-1"
    assert isinstance(landing.countries, Unknown)


def test_a_multi_region_may_be_in_all_its_countries() -> None:
    assert known(at({"region": constant("eu")}).countries) == ("DE", "FR")


def test_a_multi_region_of_no_known_country() -> None:
    assert isinstance(at({"region": constant("nowhere")}).countries, Unknown)


@pytest.mark.parametrize(("region", "firm"), [("fr-1", True), ("de-1", False)])
def test_a_country_that_is_not_officially_sourced_permits_nothing(
    region: str, firm: bool
) -> None:
    countries = at({"region": constant(region)}).countries

    assert isinstance(countries, Known)
    assert countries.evidence.firm is firm


@pytest.mark.parametrize("region", [None, Unknown("?")])
def test_without_a_region_the_country_is_unknown(region: object) -> None:
    landing = at({"region": region} if region else {})

    assert isinstance(landing.countries, Unknown)


def test_an_offer_in_one_country_needs_no_region() -> None:
    assert known(at({}, offer("one", DEFAULT)).countries) == ("FR",)


def test_an_offer_in_one_country_by_hearsay_permits_nothing() -> None:
    countries = at({}, offer("one", DEFAULT, confidence="B")).countries

    assert isinstance(countries, Known)
    assert not countries.evidence.firm


def test_a_worldwide_service_is_in_no_region() -> None:
    how = profile(endpoints=("endpoint",), worldwide=("cloud_*",))
    landing = at({"region": constant("fr-1")}, how=how)

    assert known(landing.offer) == "acme-cloud"
    assert isinstance(landing.region, Unknown)
    assert isinstance(landing.countries, Unknown)


# What is nobody's, or not known


def test_a_host_that_no_offer_has_is_nobodys() -> None:
    landing = at({"endpoint": constant("s3.fr-1.acme.example.evil.io")})

    assert reason(landing) == (
        "the host s3.fr-1.acme.example.evil.io is in no offer of the registry"
    )


def test_a_host_that_names_an_unknown_region_is_nobodys() -> None:
    assert "is in no offer" in reason(
        at({"endpoint": constant("s3.xx-9.acme.example")})
    )


def test_a_host_that_is_a_hint_is_not_told() -> None:
    landing = at({"endpoint": hint("nobody.example")})

    assert reason(landing) == "a reference"
    assert "nobody.example" not in " ".join(landing.because)


def test_a_sensitive_host_is_not_told() -> None:
    secret = msgspec.structs.replace(constant("nobody.example"), sensitive=True)
    landing = at({"endpoint": secret})

    assert "nobody.example" not in " ".join(landing.because) + reason(landing)


def test_an_unknown_endpoint_is_the_reason() -> None:
    gap = Unknown("it comes from a local", "give the code with --src")
    landing = at({"endpoint": gap})

    assert landing.offer == gap


def test_an_offer_that_two_claim_is_neither() -> None:
    landing = at({}, offer("one", DEFAULT), offer("two", DEFAULT))

    assert reason(landing) == "several offers are recognised: one, two"


def test_two_recognisers_of_one_offer_are_no_ambiguity() -> None:
    double = offer("one", DEFAULT, Recogniser(provider=PROVIDER))

    assert known(at({}, double).offer) == "one"


@pytest.mark.parametrize(
    ("names", "remedy"),
    [
        (("CLOUD_URL", "CLOUD_HOST"), "attest it with --env CLOUD_URL=…"),
        ((), "state it in the provider block"),
    ],
)
def test_a_missing_endpoint_says_how_to_supply_it(
    names: tuple[str, ...], remedy: str
) -> None:
    variables = (EnvironmentVariable(setting="endpoint", names=names),)
    how = profile(endpoints=("auth_url",), environment=variables)
    landing = at({}, offer("other", HOST, region_table="acme"), how=how)

    assert isinstance(landing.offer, Unknown)
    assert landing.offer.remedy == remedy


@pytest.mark.parametrize("region", [None, "us-1"])
def test_a_region_that_no_offer_has(region: str | None) -> None:
    how = profile()
    only = Recogniser(provider=PROVIDER, region=("fr-1",))
    settings = {"region": constant(region)} if region else {}
    landing = at(settings, offer("one", only, region_table="acme"), how=how)

    assert reason(landing) == (
        f"no offer of provider {PROVIDER} has the region us-1"
        if region
        else "nothing states the region"
    )


def test_a_provider_that_no_offer_knows() -> None:
    landing = at({}, offer("one", HOST, region_table="acme"), how=profile())

    assert reason(landing) == f"no offer of provider {PROVIDER} has the region ?"


def test_a_provider_that_cannot_be_read_lands_nowhere_known() -> None:
    gap = Unknown("it is not joined")
    landing = nowhere_known(gap)

    assert (landing.offer, landing.region, landing.countries) == (gap, gap, gap)
    assert landing.because == ("it is not joined",)


# Recognisers


def test_a_recogniser_may_ask_for_types() -> None:
    only = Recogniser(provider=PROVIDER, types=("cloud_mail*",))

    assert isinstance(at({}, offer("one", only)).offer, Unknown)


@pytest.mark.parametrize(
    ("universe", "found"),
    [
        (constant("ACME"), True),
        (constant("other"), False),
        (Unknown("?"), False),
        (None, False),
    ],
)
def test_a_recogniser_may_ask_for_a_signal(universe: object, found: bool) -> None:
    only = Recogniser(provider=PROVIDER, settings={"universe": ("acme",)})
    landing = at({"universe": universe} if universe else {}, offer("one", only))

    assert isinstance(landing.offer, Known if found else Unknown)


def test_a_universe_that_is_named_says_more_than_no_endpoint() -> None:
    only = Recogniser(
        provider=PROVIDER, endpoint="default", settings={"universe": ("acme",)}
    )
    landing = at({"universe": constant("acme")}, offer("one", only))

    assert landing.evidence is Evidence.CONSTANT


def test_a_recogniser_of_the_default_does_not_hold_for_another_endpoint() -> None:
    landing = at({"endpoint": constant("x.example")}, offer("one", DEFAULT))

    assert isinstance(landing.offer, Unknown)


def test_a_recogniser_may_ask_for_a_region() -> None:
    only = Recogniser(provider=PROVIDER, region=("fr-1",))
    table = offer("one", only, region_table="acme")

    assert known(at({"region": constant("fr-1b")}, table).offer) == "one"
    assert isinstance(at({"region": constant("us-1")}, table).offer, Unknown)
    assert isinstance(at({"region": Unknown("?")}, table).offer, Unknown)


def test_a_region_asked_for_needs_no_table() -> None:
    only = Recogniser(provider=PROVIDER, region=("fr-1",))

    assert known(at({"region": constant("FR-1")}, offer("one", only)).offer) == "one"


# What may be printed of a region


@pytest.mark.parametrize(
    ("region", "shown"),
    [
        (Known("fr-1"), True),
        (Known("fr-1", Evidence.DEFAULT), True),
        (Known("fr-1", Evidence.REFERENCE), False),
        (Known("fr-1", sensitive=True), False),
        (Unknown("?"), False),
        (ABSENT, False),
    ],
)
def test_a_hint_and_a_secret_are_never_shown_as_the_region(
    region: Any, shown: bool
) -> None:
    landing = msgspec.structs.replace(nowhere_known(Unknown("?")), region=region)

    assert landing.region_shown is shown


def test_the_trail_tells_every_step() -> None:
    landing = at(
        {
            "endpoint": constant("s3.fr-1.acme.example"),
            "universe": constant("acme"),
        }
    )

    assert landing.because == (
        "provider configuration `main`",
        "endpoint s3.fr-1.acme.example: a constant",
        "universe acme: a constant",
        "region fr-1: the endpoint names it",
        "it is recognised as acme-cloud",
    )


def test_the_trail_tells_no_value_of_a_hint() -> None:
    landing = at({"region": hint("secret-1")})

    assert "region: a reference" in landing.because
    assert "secret-1" not in " ".join(landing.because)
