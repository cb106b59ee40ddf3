"""Whether a destination shows the signs by which an offer is recognised."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from guardrail.model import Absent, Evidence, Known, Setting, Truth, Unknown, say
from guardrail.placement.catalogue import Catalogue, Place, find_place, fits
from guardrail.placement.hosts import matches
from guardrail.placement.registry import Offer, Recogniser
from guardrail.placement.signals import Signals


class Sign(msgspec.Struct, frozen=True):
    """Whether one part of a recogniser, or all of it, holds, and on what."""

    truth: Truth
    evidence: Evidence = Evidence.VALUE
    because: str = ""
    """What the evidence rests on."""
    region: Setting[str] = Absent.ABSENT
    """The region that the host names."""
    missing: tuple[Unknown, ...] = ()
    recogniser: Recogniser | None = None


_FALSE = Sign(Truth.FALSE)


def sign_of(
    recogniser: Recogniser, signals: Signals, offer: Offer, catalogue: Catalogue
) -> Sign:
    """Whether everything that `recogniser` asks holds."""
    if recogniser.types and not fits(recogniser.types, signals.type):
        return _FALSE
    endpoint = _endpoint_sign(recogniser, signals)
    if endpoint.truth is Truth.FALSE:  # of hundreds nearly all: what follows costs more
        return _FALSE
    stated = {**signals.settings, **signals.areas}
    settings = [
        _setting_sign(stated.get(name, Absent.ABSENT), values)
        for name, values in recogniser.settings.items()
    ]
    region = signals.region if isinstance(endpoint.region, Absent) else endpoint.region
    parts = [endpoint, *settings, _region_sign(recogniser, region, offer, catalogue)]
    # A setting that names the operator's universe or environment says more than the
    # absence of an endpoint.
    naming = recogniser.endpoint == "default" and settings
    weakest = max(parts[1:] if naming else parts, key=lambda part: part.evidence)
    return Sign(
        Truth.all(part.truth for part in parts),
        weakest.evidence,
        weakest.because,
        endpoint.region,
        tuple(gap for part in parts for gap in part.missing),
        recogniser,
    )


def _endpoint_sign(recogniser: Recogniser, signals: Signals) -> Sign:
    endpoint = signals.endpoint
    asked = recogniser.host or recogniser.endpoint
    if not asked:
        return Sign(Truth.TRUE)
    if isinstance(endpoint, Unknown):
        return Sign(Truth.UNKNOWN, missing=(endpoint,))
    if isinstance(endpoint, Absent):
        if recogniser.endpoint != "default":
            return _FALSE
        because = say("no endpoint is set: the default of {}", signals.provider)
        return Sign(Truth.TRUE, signals.default, because)
    captured = matches(recogniser.host, endpoint.value) if recogniser.host else None
    if captured is None:
        return _FALSE
    return Sign(
        Truth.TRUE, endpoint.evidence, endpoint.because, _captured(endpoint, captured)
    )


def _captured(endpoint: Known[str], captured: Mapping[str, str]) -> Setting[str]:
    """The region that the host names, if it does."""
    if "region" not in captured:
        return Absent.ABSENT
    return msgspec.structs.replace(
        endpoint, value=captured["region"], because=say("the endpoint names it")
    )


def _setting_sign(setting: Setting[str], values: tuple[str, ...]) -> Sign:
    if isinstance(setting, Unknown):
        return Sign(Truth.UNKNOWN, missing=(setting,))
    if isinstance(setting, Absent):
        return Sign(Truth.FALSE)
    holds = Truth.of(setting.value.lower() in values)
    return Sign(holds, setting.evidence, setting.because)


def _region_sign(
    recogniser: Recogniser, region: Setting[str], offer: Offer, catalogue: Catalogue
) -> Sign:
    if not recogniser.region and not recogniser.region_table:
        return Sign(Truth.TRUE)
    if isinstance(region, Unknown):
        return Sign(Truth.UNKNOWN, missing=(region,))
    if isinstance(region, Absent):
        gap = Unknown(
            say("nothing states the region"),
            say("state it in the provider block or attest it with --env"),
        )
        return Sign(Truth.UNKNOWN, missing=(gap,))
    table = recogniser.region_table or offer.region_table
    place = place_of(region.value, table, catalogue)
    named = region.value.lower() if place is None else place.region
    holds = named in recogniser.region if recogniser.region else place is not None
    return Sign(Truth.of(holds), region.evidence, region.because)


def place_of(text: str, table: str, catalogue: Catalogue) -> Place | None:
    """The region that `text` names in the table `table`; None if there is none."""
    found = catalogue.registry.regions.get(table)
    return None if found is None else find_place(found, text)
