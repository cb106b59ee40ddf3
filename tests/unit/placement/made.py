"""A registry of a few invented offers, and resources that go to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from guardrail.model import (
    Attributes,
    Evidence,
    Known,
    ProviderConfiguration,
    Value,
)
from guardrail.placement import (
    Carrier,
    Catalogue,
    Control,
    CountryGroup,
    Environment,
    Landing,
    Law,
    Offer,
    Operator,
    ProviderProfile,
    Qualification,
    Recogniser,
    RegionTable,
    Registry,
    Signals,
    Source,
    Text,
    locate,
    read_signals,
)

PROVIDER = "someone/cloud"
SOURCES = (Source(title="made up", read=date(2026, 11, 22)),)
Mark = Literal["P", "P*", "S", "B", "K"]


def profile(**stated: Any) -> ProviderProfile:
    """A profile of the one provider that there is."""
    given: dict[str, Any] = {
        "provider": PROVIDER,
        "protocol": "shared",
        "confidence": "S",
        "sources": SOURCES,
        "region": ("region",),
        **stated,
    }
    return ProviderProfile(**given)


def offer(name: str, *recognise: Recogniser, **stated: Any) -> Offer:
    """An offer; in one country, France, where nothing else is stated."""
    given: dict[str, Any] = {
        "id": name,
        "name": name,
        "operator": "acme",
        "hosting": "commercial",
        "services": ("object-storage",),
        "country": "" if "region_table" in stated else "FR",
        "recognise": recognise,
        "confidence": "S",
        "sources": SOURCES,
        **stated,
    }
    return Offer(**given)


def operator(name: str = "acme", country: str = "FR", *links: Control) -> Operator:
    """An operator with its chain of control."""
    return Operator(
        id=name,
        name=name,
        country=country,
        control=links,
        confidence="S",
        sources=SOURCES,
    )


def link(country: str, mark: Mark = "S", **stated: Any) -> Control:
    """One link of a chain of control."""
    given: dict[str, Any] = {"entity": "someone", "link": "parent", **stated}
    return Control(country=country, confidence=mark, sources=SOURCES, **given)


def law(name: str, country: str, **stated: Any) -> Law:
    """A law that exposes, in force since long."""
    given: dict[str, Any] = {
        "effect": "exposes",
        "since": date(2001, 1, 1),
        "citation": name,
        **stated,
    }
    return Law(
        id=name,
        name=Text(en=name, fr=name),
        country=country,
        confidence="S",
        sources=SOURCES,
        **given,
    )


def granted(
    scheme: str = "secnumcloud", mark: Mark = "P", **stated: Any
) -> Qualification:
    """A decision that is granted."""
    return Qualification(scheme=scheme, confidence=mark, sources=SOURCES, **stated)


TABLE = RegionTable(
    id="acme",
    regions={"fr-1": "FR", "us-1": "US", "de-1": "DE"},
    zones=(r"^(?P<region>[a-z]{2}-\d)[a-z]$",),
    multi={"eu": ("DE", "FR"), "nowhere": ()},
    unsure=("de-1",),
    confidence="S",
    sources=SOURCES,
)


def table(name: str, pairs: Mapping[str, str] | None = None, **at: str) -> RegionTable:
    """A table of regions with their countries."""
    return RegionTable(
        id=name, regions=at, pairs=dict(pairs or {}), confidence="S", sources=SOURCES
    )


def registry(*offers: Offer, **stated: Any) -> Registry:
    """A registry of `offers`."""
    given: dict[str, Any] = {
        "operators": {"acme": operator()},
        "laws": {},
        "regions": {"acme": TABLE},
        "providers": {},
        "countries": {
            "eu": CountryGroup(
                id="eu",
                members={"FR": (None, None), "DE": (None, None)},
                confidence="P",
                sources=SOURCES,
            )
        },
        **stated,
    }
    return Registry(offers={one.id: one for one in offers}, **given)


def constant(value: object) -> Known[object]:
    """A constant of the provider block."""
    return Known(value, Evidence.CONSTANT, "a constant")


def hint(value: object) -> Known[object]:
    """A reference that was not evaluated."""
    return Known(value, Evidence.REFERENCE, "a reference")


def signals(
    how: ProviderProfile,
    settings: Mapping[str, Any] | None = None,
    values: Mapping[str, object] | None = None,
    *,
    type_: str = "cloud_bucket",
    unknown: object = None,
    arguments: frozenset[str] | None = None,
    witnesses: Mapping[str, Value[str]] | None = None,
    environment: Environment | None = None,
    hidden: bool = True,
) -> Signals:
    """What is seen of one resource with `values`, under a block with `settings`."""
    names = tuple(
        path.partition(".")[0] for path in (*how.resource_region, *how.resource_zone)
    )
    carrier = Carrier(
        type=type_,
        part=Attributes.of(values or {}, unknown=unknown).pick(names),
        arguments=arguments,
        configuration=ProviderConfiguration(
            key="main", provider=PROVIDER, settings=settings or {}, hidden=hidden
        ),
        witnesses=witnesses or {},
    )
    return read_signals(carrier, how, environment or Environment())


def placed(
    how: ProviderProfile, seen: Signals, *offers: Offer, **stated: Any
) -> Landing:
    """Where `seen` leads among `offers`."""
    return locate(seen, how, Catalogue(registry(*offers, **stated)))
