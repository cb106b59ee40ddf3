"""Second landings: where a copy, a backup, a log or a stream of the data goes.

What a flow's attribute says is read as a region of the same operator, as an address of
anybody, or as the id of a resource. A bare name or id says no place: it is looked up
through the same API, so it is where the resource itself is. What refers to a resource
of the stack is judged there, with the class that spreads into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal

import msgspec

from guardrail.model import ABSENT, Evidence, Known, Setting, Unknown, Value, say
from guardrail.placement.catalogue import fits, flows_of, silent_copies_of
from guardrail.placement.filed import SOURCE
from guardrail.placement.hosted import hosts_of
from guardrail.placement.hosts import host_of
from guardrail.placement.landing import Landing, nowhere_known, on_host, on_offer
from guardrail.placement.origin import Origin, texts_at
from guardrail.placement.providers import (
    Flow,
    FlowKind,
    Identifier,
    ProviderProfile,
    SilentCopy,
)
from guardrail.placement.signals import Carrier, leaves_at

ROLES: dict[FlowKind, str] = {
    "attaches": "attachment",
    "copies": "copy",
    "backs-up": "backup",
    "replicates": "replica",
    "logs": "log",
    "streams": "stream",
    "connects": "connection",
    "serves": "origin",
}
"""The role of a second landing, by the kind of flow that leads there."""

_BRING = say("bring what it names into the stack, as a resource")


def landings_of(origin: Origin, hints: Iterable[Landing] = ()) -> tuple[Landing, ...]:
    """The resource's own landing, its other regions, and where its data also goes."""
    type_, profile = origin.carrier.type, origin.profile
    found = [origin.elsewhere(region) for region in origin.signals.others]
    for hosted in profile.hosted:
        if fits(hosted.types, type_):
            found += hosts_of(origin, hosted)
    for flow in flows_of(profile, type_):
        if flow.data != "in":
            found += _by_flow(origin, flow)
    if isinstance(origin.landing.offer, Known):
        for copy in silent_copies_of(profile, type_):
            found += _by_silence(origin, copy)
    return distinct((origin.landing, *found, *hints))


def asked_of(profile: ProviderProfile, resource_type: str) -> tuple[str, ...]:
    """The attributes, dotted, that say where a type of resource and its copies go."""
    return (
        *profile.resource_region,
        *profile.resource_zone,
        *(
            path
            for one in profile.hosted
            if fits(one.types, resource_type)
            for path in (*one.cloud, *one.region)
        ),
        *(
            path
            for area in profile.areas
            if fits(area.types, resource_type)
            for path in area.paths
        ),
        *(one.path for one in flows_of(profile, resource_type)),
        *(one.path for one in silent_copies_of(profile, resource_type)),
    )


def distinct(found: Iterable[Landing]) -> tuple[Landing, ...]:
    """`found` without what goes where the first or another of its role goes.

    Several of one role are told apart by a number: `copy`, `copy-2`.
    """
    kept: list[Landing] = []
    seen: set[tuple[str, ...]] = set()
    counts: dict[str, int] = {}
    for landing in found:
        where = _where(landing)
        if {where, (landing.role, *where)} & seen:
            continue
        if not kept and isinstance(landing.region, Known):
            seen.add(where)
        seen.add((landing.role, *where))
        counts[landing.role] = number = counts.get(landing.role, 0) + 1
        role = landing.role if number == 1 else f"{landing.role}-{number}"
        kept.append(msgspec.structs.replace(landing, role=role))
    return tuple(kept)


def _where(landing: Landing) -> tuple[str, ...]:
    return tuple(
        one.value if isinstance(one, Known) else f"? {one}"
        for one in (landing.offer, landing.region)
    )


def _by_flow(origin: Origin, flow: Flow) -> Iterator[Landing]:
    because = (
        say("its data goes where `{}` says", flow.path)
        if flow.certain
        else say("its data may go where `{}` says", flow.path)
    )
    for stated in _stated(origin.carrier, flow):
        landing = _pointed(origin, flow, stated)
        if landing is not None:
            yield msgspec.structs.replace(
                landing,
                role=ROLES[flow.kind],
                probable=not flow.certain,
                because=(because, *landing.because),
            )


def _stated(carrier: Carrier, flow: Flow) -> Iterator[Value[str]]:
    """The values of a flow; a list of addresses in one text is several."""
    for one in dict.fromkeys(texts_at(carrier, flow.path)):
        if flow.names != "address" or isinstance(one, Unknown):
            yield one
            continue
        for text in filter(None, map(str.strip, one.value.split(","))):
            yield msgspec.structs.replace(one, value=text)


def _pointed(origin: Origin, flow: Flow, stated: Value[str]) -> Landing | None:
    """Where one value of a flow leads; None where that is no place of its own."""
    if isinstance(stated, Unknown):
        if origin.carrier.refers(flow.path):
            return None
        reason = say("`{}` is known only after the apply", flow.path)
        return nowhere_known(Unknown(reason, _BRING))
    if flow.names in {"region", "zone"}:
        known = isinstance(origin.landing.offer, Known)
        return origin.elsewhere(stated) if known else None
    found = named(origin, stated, bare=flow.names == "address")
    if found is None and flow.anywhere and not origin.carrier.refers(flow.path):
        reason = say("what `{}` names may lie in any region", flow.path)
        return origin.elsewhere(Unknown(reason, _BRING))
    if found is None and flow.names == "address":
        reason = say("{}: it is not an address of one host", stated.because)
        return nowhere_known(Unknown(reason, SOURCE))
    return found


def named(origin: Origin, stated: Known[str], *, bare: bool = False) -> Landing | None:
    """Where the resource is that an id, an address or a name stands for.

    None for a name or id that says no place; `bare` hosts are addresses too.
    """
    for profile in origin.catalogue.identifying:
        for identifier in profile.identifiers:
            found = _form(identifier.form).match(stated.value)
            if found is not None:
                region = found.groupdict().get("region") or ""
                place = msgspec.structs.replace(stated, value=region)
                at = place if region else None
                return _identified(origin, profile, identifier, stated, at)
    if not bare and "://" not in stated.value:
        return None
    host = host_of(stated.value.removeprefix("jdbc:"))
    if host is None:
        return None
    return on_host(msgspec.structs.replace(stated, value=host), origin.catalogue)


def _identified(
    origin: Origin,
    profile: ProviderProfile,
    identifier: Identifier,
    stated: Known[str],
    region: Known[str] | None,
) -> Landing | None:
    """Where an id in a form of `profile` leads, which names `region` or none."""
    if profile.provider == origin.profile.provider:
        if region is None or isinstance(origin.landing.offer, Unknown):
            return None
        return origin.elsewhere(region)
    if identifier.offer:
        return on_offer(stated, identifier.offer, region or ABSENT, origin.catalogue)
    reason = say("{}: it names a resource of {}", stated.because, profile.provider)
    return nowhere_known(Unknown(reason, _BRING))


@lru_cache(maxsize=256)
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern})\\Z")


def _by_silence(origin: Origin, copy: SilentCopy) -> Iterator[Landing]:
    """The copy that the operator makes, if the setting or its default asks for it."""
    stated = _asked(origin.carrier, copy)
    if stated is False:
        return
    maybe = isinstance(stated, Unknown)
    if maybe:
        because = say("`{}`, not known yet, may ask for a copy", copy.path)
    elif isinstance(stated, Known):
        because = say("`{}` asks for a copy", copy.path)
    else:
        because = say("`{}` is not set, and by default a copy is made", copy.path)
    landing = origin.elsewhere(_copied_to(origin, copy, because))
    yield msgspec.structs.replace(
        landing,
        role=ROLES[copy.kind],
        probable=maybe,
        because=(because, *landing.because),
    )


def _asked(carrier: Carrier, copy: SilentCopy) -> Setting[str] | Literal[False]:
    """What asks for the copy; False where the setting surely asks for none."""
    top, *rest = copy.path.split(".")
    found = carrier.part.get(top)
    if isinstance(found, Unknown) and not carrier.computed(copy.path):
        return found
    value = _as_texts(found.value) if isinstance(found, Known) else None
    inside = [one for one in leaves_at(value, rest) if one]
    if not inside:
        return ABSENT if copy.unset else False
    wanted = {value.lower() for value in copy.values}
    for one in inside:
        if isinstance(one, Unknown):
            return one
        if one.lower() in wanted:
            return Known(one)
    return False


def _as_texts(value: Any) -> Any:
    """`value` with `true` and `false` as texts."""
    if isinstance(value, dict):
        return {name: _as_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_texts(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value


def _copied_to(origin: Origin, copy: SilentCopy, because: str) -> Setting[str]:
    """The region of a silent copy."""
    if copy.to == "anywhere":
        return Unknown(say("the operator chooses the region of the copy"))
    if copy.to != "pair":
        return Known(copy.to, Evidence.VALUE, because)
    region, offer = origin.landing.region, origin.landing.offer
    if isinstance(region, Known) and isinstance(offer, Known):
        registry = origin.catalogue.registry
        table = registry.regions.get(registry.offers[offer.value].region_table)
        paired = table.pairs.get(region.value) if table else None
        if paired:
            said = say("it is paired with {}", region.value)
            return Known(paired, region.evidence, said, region.sensitive)
    return Unknown(say("the region that is paired with its own is not known"))
