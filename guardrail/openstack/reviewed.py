"""An inventory as a `Stack`: what is there, in the words of the provider profile.

Addresses are `project.NAME.TYPE.NAME`, with the region in front where there are
several; an id stands for a name that is shared, empty, or cannot be in an address.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.classification import Declaration, Lexicon, Tag
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Gap,
    Known,
    Origin,
    ProviderConfiguration,
    Reference,
    Resource,
    Stack,
    say,
)
from guardrail.openstack.inventory import Inventory, Thing
from guardrail.openstack.listings import SHARE_SNAPSHOT
from guardrail.openstack.placed import PROVIDER, SNAPSHOT
from guardrail.openstack.projects import statement_of

KIND = "openstack-cloud"
_WORD = re.compile(r"\w[\w-]*")
_NAME = re.compile(r"\w[\w.@+-]*")
_LONGEST = 200
_SHOWN = 20


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be judged."""

    stack: Stack
    projects: Mapping[str, Declaration]
    """Address to what the tags of its project declare."""


def reviewed(found: Inventory, lexicon: Lexicon) -> Reviewed:
    """What was seen, as it is judged."""
    things = _with_places(found.things)
    addresses = _addresses(found, things)
    declared = {
        one.id: statement_of(_tags(one.tags), lexicon).stack for one in found.projects
    }
    resources = tuple(
        _resource(thing, address)
        for thing, address in zip(things, addresses, strict=True)
    )
    told = {
        address: declaration
        for thing, address in zip(things, addresses, strict=True)
        if (declaration := declared.get(thing.seen.project)) is not None
    }
    stack = Stack(
        origin=Origin(
            kind=KIND,
            path=found.cloud,
            sha256=_digest(resources),
            producer="openstack",
            complete=not any(gap.blocks for gap in found.gaps),
        ),
        resources=resources,
        references=tuple(_references(things, addresses)),
        providers={
            _key(region): _configuration(found.auth_url, region)
            for region in found.regions
        },
        gaps=(*found.gaps, *_notes(found, things, addresses)),
    )
    return Reviewed(stack=stack, projects=told)


def _tags(stated: Iterable[str]) -> tuple[Tag, ...]:
    return tuple(
        Tag(key, value, "tags", inherited=False)
        for one in stated
        for key, mark, value in map(one.partition, "=:")
        if mark and key
    )


def _with_places(things: Sequence[Thing]) -> list[Thing]:
    """The things, with snapshots where their volumes and shares are."""
    by_id = {(thing.region, thing.seen.id): thing for thing in things}
    return [
        _beside(
            thing, [by_id.get((thing.region, id_)) for _path, id_ in thing.seen.links]
        )
        if thing.type in {SNAPSHOT, SHARE_SNAPSHOT}
        else thing
        for thing in things
    ]


def _beside(snapshot: Thing, sources: Sequence[Thing | None]) -> Thing:
    place: dict[str, Any] = {}
    for source in sources:
        stated = {} if source is None else source.seen.attributes
        place |= {
            name: stated[name]
            for name in ("availability_zone", "volume_type", "share_type")
            if name in stated
        }
    attributes = {**snapshot.seen.attributes, **place}
    seen = msgspec.structs.replace(snapshot.seen, attributes=attributes)
    return msgspec.structs.replace(snapshot, seen=seen)


def _addresses(found: Inventory, things: Sequence[Thing]) -> list[str]:
    """An address for each thing, which no other has, whatever their order."""
    names = Counter(project.name for project in found.projects)
    projects = {
        one.id: _word(_WORD, one.name, one.id, shared=names[one.name] > 1)
        for one in found.projects
    }
    many = len(found.regions) > 1
    stems = [
        (f"region.{thing.region}." if many else "")
        + f"project.{projects.get(thing.seen.project, '-')}.{thing.type}"
        for thing in things
    ]
    called = Counter(
        (stem, thing.seen.name) for stem, thing in zip(stems, things, strict=True)
    )
    return [
        f"{stem}."
        + _word(
            _NAME,
            thing.seen.name,
            thing.seen.id,
            shared=called[stem, thing.seen.name] > 1,
        )
        for stem, thing in zip(stems, things, strict=True)
    ]


def _word(form: re.Pattern[str], name: str, id_: str, *, shared: bool) -> str:
    """`name`, or what stands for it in an address."""
    if not shared and len(name) <= _LONGEST and form.fullmatch(name):
        return name
    if _NAME.fullmatch(id_) and len(id_) <= _LONGEST:
        return id_
    return hashlib.sha256(id_.encode(errors="replace")).hexdigest()[:16]


def _resource(thing: Thing, address: str) -> Resource:
    seen = thing.seen
    return Resource(
        address=address,
        configuration=address,
        type=thing.type,
        provider=PROVIDER,
        provider_configuration=Known(_key(thing.region)),
        change=Change.NO_OP,
        actions=(Change.NO_OP.value,),
        attributes=Attributes.of(
            seen.attributes, unknown=dict.fromkeys(sorted(seen.unknown), True)
        ),
    )


def _references(
    things: Sequence[Thing], addresses: Sequence[str]
) -> Iterable[Reference]:
    pairs = [*zip(things, addresses, strict=True)]
    by_id = {(thing.region, thing.seen.id): address for thing, address in pairs}
    # A service may serve regions that it is not in, as Glance often does.
    anywhere = {thing.seen.id: address for thing, address in pairs}
    for thing, address in pairs:
        for path, id_ in thing.seen.links:
            target = by_id.get((thing.region, id_), anywhere.get(id_))
            if target is not None:
                yield Reference(source=address, target=target, path=path)


def _key(region: str) -> str:
    return f"openstack.{region}"


def _configuration(auth_url: str, region: str) -> ProviderConfiguration:
    because = say("the cloud that was reviewed, which took the credentials")
    stated = {"auth_url": auth_url, "region": region}
    return ProviderConfiguration(
        key=_key(region),
        provider=PROVIDER,
        settings={
            name: Known(value, Evidence.WITNESS, because)
            for name, value in stated.items()
            if value
        },
        hidden=False,
    )


def _notes(
    found: Inventory, things: Sequence[Thing], addresses: Sequence[str]
) -> Iterable[Gap]:
    for area, names in sorted(found.areas.items()):
        if names:
            yield _note("areas", say("{} of this cloud: {}", area, _some(names)))
    shown = sorted(
        address
        for thing, address in zip(things, addresses, strict=True)
        if thing.seen.open
    )
    if shown:
        yield _note("open", say("open to other projects: {}", _some(shown)))


def _note(id_: str, message: str) -> Gap:
    return Gap(id=id_, message=message, blocks=False)


def _some(names: Sequence[str]) -> str:
    printable = ["".join(c for c in one if c.isprintable()) for one in names[:_SHOWN]]
    more = ["…"] if len(names) > _SHOWN else []
    return ", ".join([*printable, *more])


def _digest(resources: Sequence[Resource]) -> str:
    """A digest of what was seen, which the order of the answers leaves alone."""
    encode = msgspec.json.Encoder(order="sorted").encode
    seen = sorted(
        encode([one.address, one.type, one.attributes.values, one.attributes.unknown])
        for one in resources
    )
    return hashlib.sha256(b"\n".join(seen)).hexdigest()
