"""The operator under a service that runs on somebody else's cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from guardrail.model import ABSENT, Known, Setting, Unknown, Value, say
from guardrail.placement.hosts import matches
from guardrail.placement.landing import Landing, nowhere_known, on_offer
from guardrail.placement.origin import Origin, first_texts
from guardrail.placement.providers import Hosted

_Place = tuple[Value[str], Setting[str]]
"""The word for a cloud, and the region there."""


def hosts_of(origin: Origin, hosted: Hosted) -> Iterator[Landing]:
    """The landings on the clouds that the service of a resource runs on."""
    because = say("the service runs on the cloud of another operator")
    found = _by_host(origin, hosted) if hosted.hosts else _by_word(origin, hosted)
    for landing in found:
        yield msgspec.structs.replace(
            landing, role="host", because=(because, *landing.because)
        )


def _by_host(origin: Origin, hosted: Hosted) -> Iterator[Landing]:
    endpoint = origin.signals.endpoint
    if isinstance(endpoint, Known):
        for pattern, offer in hosted.hosts.items():
            named = matches(pattern, endpoint.value)
            if named is not None:
                region = named.get("region")
                place = region and msgspec.structs.replace(endpoint, value=region)
                yield on_offer(endpoint, offer, place or ABSENT, origin.catalogue)
                return
    reason = say("which cloud it is on does not show in the host of the service")
    yield nowhere_known(Unknown(reason))


def _by_word(origin: Origin, hosted: Hosted) -> Iterator[Landing]:
    for cloud, region in _places(origin, hosted):
        if isinstance(cloud, Unknown):
            yield nowhere_known(cloud)
            continue
        offer = hosted.clouds.get(cloud.value.lower())
        if offer is None:
            reason = say("{}: it names a cloud that is in no offer", cloud.because)
            remedy = say("declare the offer under `offers:` in guardrail.yaml")
            yield nowhere_known(Unknown(reason, remedy))
        else:
            yield on_offer(cloud, offer, region, origin.catalogue)


def _places(origin: Origin, hosted: Hosted) -> Iterator[_Place]:
    regions = first_texts(origin.carrier, hosted.region)
    if hosted.form:
        for one in regions:
            yield _split(hosted.form, one)
        return
    clouds = first_texts(origin.carrier, hosted.cloud)
    if len(clouds) == 1:
        there: list[Setting[str]] = [_plain(region) for region in regions]
        yield from ((clouds[0], region) for region in there or [ABSENT])
    elif len(clouds) == len(regions):
        yield from zip(clouds, map(_plain, regions), strict=True)
    else:
        several = Unknown(say("which region is of which cloud does not show"))
        yield from ((cloud, several) for cloud in clouds)


def _split(form: str, stated: Value[str]) -> _Place:
    """The cloud and the region that one text names."""
    if isinstance(stated, Unknown):
        return stated, stated
    found = _compiled(form).fullmatch(stated.value.lower())
    if found is None:
        return msgspec.structs.replace(stated, value=""), ABSENT
    cloud = msgspec.structs.replace(stated, value=found.group("cloud"))
    return cloud, msgspec.structs.replace(stated, value=found.group("region"))


def _plain(region: Setting[str]) -> Setting[str]:
    """`EU_WEST_3` as clouds write it."""
    if not isinstance(region, Known):
        return region
    plain = region.value.lower().replace("_", "-")
    return msgspec.structs.replace(region, value=plain)


@lru_cache(maxsize=64)
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form)
