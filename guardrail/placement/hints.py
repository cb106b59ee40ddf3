"""Second places of resources whose types the tables do not know: hints, never proof.

A region in an attribute of a telling name, or an address or id anywhere, may be where
data goes. What its block sets and nobody knows may be one too. All of it leads to a
review at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from guardrail.model import (
    Absent,
    Attributes,
    Evidence,
    Known,
    Unknown,
    remembered,
    say,
)
from guardrail.placement.catalogue import find_place, fits
from guardrail.placement.landing import Landing, nowhere_known
from guardrail.placement.origin import Origin
from guardrail.placement.providers import Flow, ProviderProfile
from guardrail.placement.seconds import named

_PLACE = re.compile(
    r"(?:^|[._])(?:regions?|locations?|location_id|zones?|datacenter|data_center"
    r"|jurisdiction|residency|cloud_name|replicas?|replication|georeplications"
    r"|region_names?|region_id|storage_locations|secondary|cross_region)(?:$|[._])"
)
"""Names of attributes that hold a place."""
_WORDS = re.compile(
    r"(?:^|_)(?:policy|policies|document|documentation|schema|description|homepage"
    r"|website|icon|logo|template|definition|definitions|body|manifest|user_data"
    r"|userdata|script|comment|notes?|self_link|arn|urn|etag|fingerprint|kind"
    r"|issuer|source|source_url|image|image_uri|role|role_arn|kms_key.*|certificate.*)$"
)
"""Names of attributes that hold words, what comes in, or what holds no data."""
_TELLING = (
    "region|location|zone|datacenter|data_center|jurisdiction|residency|replica"
    "|secondary|cloud_name"
)
_PLACE_NAME = re.compile(_TELLING)
_TELLS = re.compile(
    rb'://|"(?:arn:|ocid1\.|/subscriptions/|projects/)|"[a-z_]*(?:'
    + _TELLING.encode()
    + rb')[a-z_]*":'
)
"""What must stand in an attribute for it to be looked at; quick, and misses nothing."""
_SHORTEST, _TEXTS = 6, (b'"', b"[", b"{")
_NONE: frozenset[str] = frozenset()
_LONGEST = 2048


def unlisted(profile: ProviderProfile, resource_type: str) -> bool:
    """Whether the tables say nothing of where the data of a type also goes."""
    known = (
        *(one.types for one in profile.flows if tells(one)),
        *(one.types for one in profile.silent_copies),
        *(one.types for one in profile.hosted),
    )
    return not any(fits(types, resource_type) for types in known)


def tells(flow: Flow) -> bool:
    """Whether whoever wrote a flow down has looked at where data of its type goes."""
    return flow.data != "in" or (flow.certain and flow.names != "account")


def hinting(
    attributes: Attributes, profile: ProviderProfile, arguments: frozenset[str] | None
) -> tuple[str, ...]:
    """The attributes that may hold a second place, in the order they are written.

    Raises:
        InputError: The object is malformed.
    """
    tagged = tuple([shape.path for shape in profile.tags])
    own = _own((*profile.resource_region, *profile.resource_zone, *tagged))
    found = [
        name
        for name, value in attributes.all_members().items()
        if name not in own
        and (
            _is_telling(name)
            or (len(value) > _SHORTEST and value[:1] in _TEXTS and _TELLS.search(value))
        )
    ]
    hidden = attributes.unknown_paths() & (arguments or _NONE)
    tops = {path.partition(".")[0] for path in hidden}
    return tuple(dict.fromkeys((*found, *sorted(tops - own))))


@remembered(65536)
def _is_telling(name: str) -> bool:
    return _PLACE_NAME.search(name) is not None


@lru_cache(maxsize=256)
def _own(paths: tuple[str, ...]) -> frozenset[str]:
    """The attributes that say where the resource itself is, and its labels."""
    return frozenset(path.partition(".")[0] for path in (*paths, "id", "timeouts"))


def possible(origin: Origin, names: tuple[str, ...]) -> Iterator[Landing]:
    """Where the data of a resource may go, by the attributes `names`."""
    carrier = origin.carrier
    for top in names:
        setting = carrier.part.get(top)
        if isinstance(setting, Absent) or (
            isinstance(setting, Known)
            and carrier.computed(top)
            and not isinstance(setting.value, list | dict)
        ):
            continue
        value = setting.value if isinstance(setting, Known) else setting
        sensitive = isinstance(setting, Known) and setting.sensitive
        for path, leaf in dict.fromkeys(_leaves(value, top)):
            if _WORDS.search(path.rpartition(".")[2]) or carrier.touches(path):
                continue
            found = _hinted(origin, path, leaf, sensitive=sensitive)
            if found is not None:
                because = say("its data may go where `{}` says", path)
                yield msgspec.structs.replace(
                    found,
                    role="possible",
                    probable=True,
                    because=(because, *found.because),
                )


def _hinted(
    origin: Origin, path: str, leaf: str | Unknown, *, sensitive: bool
) -> Landing | None:
    """The place that one text hints at; None where it hints at none."""
    if isinstance(leaf, Unknown):
        if not origin.carrier.sets(path):
            return None
        reason = say("`{}` is known only after the apply", path)
        return nowhere_known(Unknown(reason))
    if not leaf or len(leaf) > _LONGEST or leaf[0] in "{[<" or not leaf.isprintable():
        return None
    if any(blank in leaf for blank in " \\"):
        return None
    because = say("`{}` of the resource", path)
    stated = Known(leaf, Evidence.VALUE, because, sensitive)
    found = origin.elsewhere(stated) if _is_region(origin, path, leaf) else None
    return found or _abroad(origin, named(origin, stated))


def _is_region(origin: Origin, path: str, text: str) -> bool:
    offer, registry = origin.landing.offer, origin.catalogue.registry
    if not _PLACE.search(path) or not isinstance(offer, Known):
        return False
    table = registry.regions.get(registry.offers[offer.value].region_table)
    return table is not None and find_place(table, text) is not None


def _abroad(origin: Origin, found: Landing | None) -> Landing | None:
    """`found`, unless it is with the same offer and in no region of its own."""
    if found is None or not isinstance(found.offer, Known):
        return found
    same = found.offer == origin.landing.offer or (
        isinstance(origin.landing.offer, Known)
        and found.offer.value == origin.landing.offer.value
    )
    return None if same and not isinstance(found.region, Known) else found


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str | Unknown]]:
    """The texts under `path`, and what is not known there."""
    if isinstance(value, str | Unknown):
        yield path, value
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}")
