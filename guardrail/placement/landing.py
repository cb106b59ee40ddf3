"""Where a resource goes: an offer, a region, a country, each with its evidence.

The operator comes first, then the region within that operator: region names collide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from guardrail.model import Absent, Evidence, Known, Setting, Truth, Unknown, Value, say
from guardrail.placement.catalogue import Catalogue, fits
from guardrail.placement.clues import (
    Clue,
    clues_of,
    printable,
    shown_value,
    step,
    trail_of,
)
from guardrail.placement.filed import SOURCE
from guardrail.placement.hosts import matches, moved
from guardrail.placement.providers import ProviderProfile
from guardrail.placement.registry import Offer, Recogniser
from guardrail.placement.signals import Signals
from guardrail.placement.signs import Sign, place_of, sign_of


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a resource, or a copy of it, goes."""

    role: str
    """`primary`, `replica`, `backup`, `log`, …; the second of one `backup-2`."""
    offer: Value[str]
    """Id in the registry."""
    region: Setting[str]
    countries: Value[tuple[str, ...]]
    """ISO countries it may lie in; all of them, for a multi-region."""
    evidence: Evidence
    """The weakest evidence that the offer rests on."""
    because: tuple[str, ...]
    probable: bool = False
    """Whether data may go there and need not: this leads to a review at most."""
    areas: Mapping[str, Setting[str]] = {}
    """Area of the cloud (`zone`, `volume-type`, …) to the one it is in; absent where
    what lands is in none, not known where there is no entry."""
    clues: tuple[Clue, ...] = ()
    """The settings that were looked at."""
    recogniser: Recogniser | None = None
    """What the offer was recognised by."""

    @property
    def parts(self) -> tuple[object, ...]:
        """All that is said of it; landings with equal parts are judged alike."""
        place = (self.role, self.offer, self.region, self.countries)
        grounds = (self.evidence, self.because, self.probable, self.clues)
        areas = tuple(self.areas.items())
        return (*place, *grounds, areas, id(self.recogniser))

    @property
    def region_shown(self) -> bool:
        """Whether the region is known well enough to be printed, and no secret."""
        return isinstance(self.region, Known) and printable(self.region)

    @property
    def countries_shown(self) -> tuple[str, ...]:
        """The countries, if known well enough to be printed; else none."""
        countries = self.countries
        shown = isinstance(countries, Known) and printable(countries)
        return countries.value if isinstance(countries, Known) and shown else ()


def locate(signals: Signals, profile: ProviderProfile, catalogue: Catalogue) -> Landing:
    """Where the destination that `signals` show is; looked for once for the same."""
    if signals.wordy:
        return _located(signals, profile, catalogue)
    key = (profile.provider, *signals.parts)
    found: Landing = catalogue.located.of(
        key, lambda: _located(signals, profile, catalogue)
    )
    return found


def _located(
    signals: Signals, profile: ProviderProfile, catalogue: Catalogue
) -> Landing:
    signs = [
        (offer, sign_of(recogniser, signals, offer, catalogue))
        for offer, recogniser in catalogue.recognisers(signals.provider)
    ]
    certain = [(offer, sign) for offer, sign in signs if sign.truth is Truth.TRUE]
    offers = {offer.id for offer, _sign_ in certain}
    if len(offers) == 1:
        offer, sign = min(certain, key=lambda found: found[1].evidence)
        landing = _known(offer, sign, signals, catalogue)
        return _worldwide(landing) if fits(profile.worldwide, signals.type) else landing
    return _unknown(signals, profile, signs, ambiguous=sorted(offers))


def displaced(
    signals: Signals, landing: Landing, region: Setting[str], catalogue: Catalogue
) -> Signals:
    """`signals` of the same in another region, also where its endpoint names one."""
    endpoint = signals.endpoint
    if isinstance(endpoint, Known) and isinstance(landing.region, Known):
        host = endpoint.value
        for _offer, one in catalogue.recognisers(signals.provider):
            named = matches(one.host, host) if one.host else None
            if named and named.get("region") == landing.region.value:
                if not isinstance(region, Known):
                    endpoint = Unknown(say("the region of the endpoint is not known"))
                    break
                there = moved(one.host, host, region.value.lower())
                endpoint = msgspec.structs.replace(endpoint, value=there)
                break
    return msgspec.structs.replace(
        signals, region=region, endpoint=endpoint, others=(), areas={}
    )


def on_host(host: Known[str], catalogue: Catalogue) -> Landing:
    """Where `host` is, whichever provider its operator's offers are known through."""
    signals = Signals(
        provider="",
        type="",
        configuration="",
        endpoint=host,
        region=Absent.ABSENT,
        settings={},
        default=Evidence.DEFAULT,
    )
    signs = [
        (offer, sign_of(recogniser, signals, offer, catalogue))
        for offer, recogniser in catalogue.hosts
    ]
    certain = [(offer, sign) for offer, sign in signs if sign.truth is Truth.TRUE]
    named = step(say("host"), host)
    offers = {offer.id for offer, _sign_ in certain}
    if len(offers) == 1:
        offer, sign = certain[0]
        found = on_offer(host, offer.id, sign.region, catalogue)
    else:
        found = nowhere_known(_unclear(host, sorted(offers)))
    return msgspec.structs.replace(found, because=(named, *found.because))


def on_offer(
    stated: Known[str], name: str, region: Setting[str], catalogue: Catalogue
) -> Landing:
    """The landing on the offer `name`, which the form of `stated` shows."""
    offer = catalogue.registry.offers[name]
    place = (
        place_of(region.value, offer.region_table, catalogue)
        if isinstance(region, Known)
        else None
    )
    if place is not None and isinstance(region, Known):
        region = msgspec.structs.replace(region, value=place.region)
    return Landing(
        role="primary",
        offer=Known(name, stated.evidence, stated.because),
        region=region,
        countries=_countries(region, offer, catalogue),
        evidence=stated.evidence,
        because=(
            *((step(say("region"), region),) if isinstance(region, Known) else ()),
            say("it is recognised as {}", name),
        ),
    )


def _known(offer: Offer, sign: Sign, signals: Signals, catalogue: Catalogue) -> Landing:
    region = _named(sign.region, signals, catalogue, offer)
    recognised = say("it is recognised as {}", offer.id)
    return Landing(
        role="primary",
        offer=Known(offer.id, sign.evidence, sign.because),
        region=region,
        countries=_countries(region, offer, catalogue),
        evidence=sign.evidence,
        because=(*trail_of(signals, region), recognised),
        clues=clues_of(signals, region),
        recogniser=sign.recogniser,
        areas=signals.areas,
    )


def _worldwide(landing: Landing) -> Landing:
    """`landing` of a service that is in no region: its data may be anywhere."""
    anywhere = Unknown(say("the service is worldwide, in no region"))
    return msgspec.structs.replace(landing, region=anywhere, countries=anywhere)


def _unknown(
    signals: Signals,
    profile: ProviderProfile,
    signs: Sequence[tuple[Offer, Sign]],
    *,
    ambiguous: Sequence[str],
) -> Landing:
    reason = _reason(signals, profile, signs, ambiguous)
    return Landing(
        role="primary",
        offer=reason,
        region=signals.region,
        countries=Unknown(say("the operator is not known")),
        evidence=Evidence.DEFAULT,
        because=(*trail_of(signals, signals.region), reason.reason),
        clues=clues_of(signals, signals.region),
    )


def nowhere_known(reason: Unknown) -> Landing:
    """The landing of a resource of which not even the provider can be read."""
    return Landing(
        role="primary",
        offer=reason,
        region=reason,
        countries=reason,
        evidence=Evidence.DEFAULT,
        because=(reason.reason,),
    )


def _reason(
    signals: Signals,
    profile: ProviderProfile,
    signs: Sequence[tuple[Offer, Sign]],
    ambiguous: Sequence[str],
) -> Unknown:
    """Why no offer was recognised, and which fact would help."""
    if ambiguous:
        return Unknown(say("several offers are recognised: {}", ", ".join(ambiguous)))
    missing = [
        gap for _o, sign in signs if sign.truth is Truth.UNKNOWN for gap in sign.missing
    ]
    if missing:
        return missing[0]
    if isinstance(signals.endpoint, Known) and not signals.endpoint.evidence.firm:
        return Unknown(signals.endpoint.because, SOURCE)
    if isinstance(signals.endpoint, Known):
        return _unclear(signals.endpoint, ())
    if isinstance(signals.endpoint, Absent) and profile.endpoints:
        return _no_endpoint(profile)
    place = shown_value(signals.region) if isinstance(signals.region, Known) else "?"
    return Unknown(
        say("no offer of provider {} has the region {}", signals.provider, place),
        say("check the endpoint: give the source with --src, or the environment"),
    )


def _unclear(host: Known[str], offers: Sequence[str]) -> Unknown:
    """Why a host shows no offer."""
    if offers:
        return Unknown(say("several offers are recognised: {}", ", ".join(offers)))
    return Unknown(
        say("the host {} is in no offer of the registry", shown_value(host)),
        say("declare the offer under `offers:` in guardrail.yaml"),
    )


def _no_endpoint(profile: ProviderProfile) -> Unknown:
    names = [
        name
        for variable in profile.environment
        if variable.setting == "endpoint"
        for name in variable.names
        if "{" not in name
    ]
    general = [path for path in profile.endpoints if "{" not in path]
    top = (*general, profile.endpoints[0].partition(".")[0])[0]
    return Unknown(
        say("`{}` of the provider is not stated", top), _attest(names, profile)
    )


def _attest(names: Sequence[str], profile: ProviderProfile) -> str:
    """How an endpoint that stands outside of the code is supplied."""
    if names and profile.files:
        option = profile.files[0].format
        return say("attest it with --env {}=…, or with --{}", names[0], option)
    if names:
        return say("attest it with --env {}=…", names[0])
    return say("state it in the provider block")


def _named(
    region: Setting[str], signals: Signals, catalogue: Catalogue, offer: Offer
) -> Setting[str]:
    """The region in the words of the offer's table."""
    stated = signals.region if isinstance(region, Absent) else region
    if not isinstance(stated, Known):
        return stated
    place = place_of(stated.value, offer.region_table, catalogue)
    named = stated.value if place is None else place.region
    return msgspec.structs.replace(stated, value=named)


def _countries(
    region: Setting[str], offer: Offer, catalogue: Catalogue
) -> Value[tuple[str, ...]]:
    if offer.country:
        evidence = Evidence.CONSTANT if offer.official else Evidence.DEFAULT
        return Known((offer.country,), evidence, say("{} is in one country", offer.id))
    if isinstance(region, Unknown):
        return region
    if isinstance(region, Absent):
        return Unknown(say("nothing states the region"))
    place = place_of(region.value, offer.region_table, catalogue)
    if place is None or not place.countries:
        return Unknown(
            say("the country of the region {} is not known", shown_value(region))
        )
    evidence = region.evidence if place.official else Evidence.DEFAULT
    return Known(place.countries, evidence, say("region {}", shown_value(region)))
