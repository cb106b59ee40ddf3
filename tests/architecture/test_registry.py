"""Every fact of the registry is cited, dated and marked, and no two contradict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import msgspec
import pytest

from guardrail.library import Library, load_library, shipped
from guardrail.model import ABSENT, Evidence, Known, Setting
from guardrail.placement import (
    Catalogue,
    Environment,
    Fact,
    Landing,
    Offer,
    Recogniser,
    Signals,
    locate,
)
from tests.architecture.countries import ISO, NOBODY, UNION

LIBRARY = load_library(shipped())
REGISTRY = LIBRARY.registry
CATALOGUE = Catalogue(REGISTRY)
ROOMS = ("offers", "operators", "laws", "regions", "providers", "countries")


def facts(value: object, where: str) -> Iterator[tuple[str, Fact]]:
    """Every fact inside `value`, with its place."""
    if isinstance(value, Fact):
        yield where, value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from facts(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from facts(item, f"{where}[{place}]")


FACTS = [
    found
    for room in ROOMS
    for name, fact in getattr(REGISTRY, room).items()
    for found in facts(fact, f"{room}/{name}")
] + [
    found
    for name, rule in LIBRARY.rules.items()
    for found in facts(rule, f"rules/{name}")
]


def test_every_fact_is_cited(library: Library) -> None:
    uncited = [where for where, fact in FACTS if not fact.sources]

    assert uncited == []
    assert len(FACTS) > 300


def test_every_source_is_dated_and_named() -> None:
    first, today = date(2026, 1, 1), date.max
    odd = [
        where
        for where, fact in FACTS
        for source in fact.sources
        if not source.title.strip() or not first <= source.read < today
    ]

    assert odd == []


def test_every_address_of_a_source_is_one() -> None:
    odd = [
        (where, source.url)
        for where, fact in FACTS
        for source in fact.sources
        if source.url and not source.url.startswith(("https://", "http://"))
    ]

    assert odd == []


def test_what_is_open_is_a_question_or_a_statement_of_doubt() -> None:
    assert [where for where, fact in FACTS if fact.open != fact.open.strip()] == []


@pytest.mark.parametrize("name", sorted(REGISTRY.regions))
def test_every_region_has_a_country(name: str) -> None:
    table = REGISTRY.regions[name]
    used = {
        *table.regions.values(),
        *(c for many in table.multi.values() for c in many),
    }

    assert used <= ISO
    assert all(region == region.lower() for region in (*table.regions, *table.multi))
    assert set(table.unsure) <= {*table.regions, *table.multi}
    assert {*table.pairs, *table.pairs.values()} <= set(table.regions)


def test_every_country_of_the_registry_is_one() -> None:
    used = {
        *(offer.country for offer in REGISTRY.offers.values() if offer.country),
        *(one.country for one in REGISTRY.operators.values()),
        *(link.country for one in REGISTRY.operators.values() for link in one.control),
        *(share.country for one in REGISTRY.operators.values() for share in one.shares),
        *(land for one in REGISTRY.operators.values() for land in one.presence),
        *(law.country for law in REGISTRY.laws.values()),
        *(land for group in REGISTRY.countries.values() for land in group.members),
    }

    assert used - ISO <= {NOBODY, UNION}


def test_no_period_ends_before_it_begins() -> None:
    odd = [
        where
        for where, fact in FACTS
        if (since := getattr(fact, "since", None)) is not None
        and (until := getattr(fact, "until", None)) is not None
        and until < since
    ]

    assert odd == []


# Recognisers

HOSTS_OF_ANY = ("hashicorp/aws", "terraform-provider-openstack/openstack")


def regions(offer: Offer, recogniser: Recogniser) -> list[str]:
    """Some regions that a destination of `recogniser` may have."""
    table = REGISTRY.regions.get(recogniser.region_table or offer.region_table)
    known = list(table.regions) if table else ["somewhere-1"]
    named = list(recogniser.region) or known
    return list(dict.fromkeys((named[0], named[len(named) // 2], named[-1])))


def hosts(recogniser: Recogniser, region: str) -> list[str | None]:
    """Hosts that fit `recogniser`."""
    if not recogniser.host:
        return [None]
    host = recogniser.host.replace("{region}", region).replace("{service}", "s3")
    if not host.startswith("**."):
        return [host.replace("*", "x")]
    rest = host.removeprefix("**.").replace("*", "x")
    return [f"{before}.{rest}" for before in ("s3", "x.y")]


def providers(recogniser: Recogniser) -> list[str]:
    if recogniser.provider:
        return [recogniser.provider]
    return list(HOSTS_OF_ANY)


def destinations(offer: Offer) -> Iterator[tuple[Recogniser, Signals]]:
    """Signals that fit each recogniser of `offer`."""
    for one in offer.recognise:
        types = [pattern.replace("*", "x") for pattern in one.types] or ["x_thing"]
        values = [[(k, v) for v in many[:2]] for k, many in one.settings.items()]
        for region in regions(offer, one):
            for name, host, type_ in product(providers(one), hosts(one, region), types):
                for settings in product(*values):
                    yield one, signals(name, host, type_, region, dict(settings))


def signals(
    provider: str, host: str | None, type_: str, region: str, stated: dict[str, str]
) -> Signals:
    profile = CATALOGUE.profile(f"registry.terraform.io/{provider}")
    assert profile is not None, provider
    defaults = {name: constant(value) for name, value in profile.defaults.items()}
    given: dict[str, Setting[str]] = {k: constant(v) for k, v in stated.items()}
    return Signals(
        provider=profile.provider,
        type=type_,
        configuration="made",
        endpoint=ABSENT if host is None else constant(host),
        region=constant(region),
        settings={**defaults, **given},
        default=Evidence.DEFAULT,
    )


def constant(value: str) -> Known[str]:
    return Known(value, Evidence.CONSTANT, "")


def landing(seen: Signals) -> Landing:
    profile = CATALOGUE.profile(f"registry.terraform.io/{seen.provider}")
    assert profile is not None
    return locate(seen, profile, CATALOGUE)


RECOGNISED = sorted(name for name, one in REGISTRY.offers.items() if one.recognise)


@pytest.mark.parametrize("name", RECOGNISED)
def test_what_an_offer_recognises_is_its_own_and_nobody_elses(name: str) -> None:
    odd: set[Any] = set()
    for _one, seen in destinations(REGISTRY.offers[name]):
        found = landing(seen).offer
        if not isinstance(found, Known) or found.value != name:
            odd.add((seen.endpoint, seen.region.value, str(found)))  # type: ignore[union-attr]

    assert sorted(map(str, odd))[:5] == []


@pytest.mark.parametrize("name", RECOGNISED)
def test_a_host_that_only_looks_like_that_of_an_offer_is_nobodys(name: str) -> None:
    first = {id(one): seen for one, seen in destinations(REGISTRY.offers[name])}
    for seen in first.values():
        if not isinstance(seen.endpoint, Known):
            continue
        host = seen.endpoint.value
        domain = ".".join(host.split(".")[-2:])
        for forged in (f"{host}.evil.example", f"evil{domain}", f"x.evil{domain}"):
            there = msgspec.structs.replace(seen, endpoint=constant(forged))

            assert not isinstance(landing(there).offer, Known), forged


def test_every_provider_of_a_recogniser_has_a_profile() -> None:
    named = {
        one.provider
        for offer in REGISTRY.offers.values()
        for one in offer.recognise
        if one.provider
    }

    assert [
        name
        for name in sorted(named)
        if CATALOGUE.profile(f"registry.terraform.io/{name}") is None
    ] == []


def test_a_shared_provider_never_permits_by_default() -> None:
    for profile in REGISTRY.providers.values():
        seen = read_signals_of_nothing(profile)

        assert seen.default.firm is (profile.protocol == "dedicated") or (
            profile.precedence == "environment"
        ), profile.provider


def read_signals_of_nothing(profile: Any) -> Signals:
    from tests.unit.placement.made import signals as made

    return made(profile, environment=Environment())
