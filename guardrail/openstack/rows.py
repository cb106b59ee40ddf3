"""How a row of a list is read: what the table of `listings` says of it, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import msgspec

from guardrail.model import Phrase

Row: TypeAlias = Mapping[str, Any]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a cloud: who it is, its labels and areas, what it is made of."""

    id: str
    name: str
    project: str
    """Id; "" where the service does not say."""
    attributes: Mapping[str, Any] = {}
    """In the words of the provider profile."""
    unknown: frozenset[str] = frozenset()
    """Attributes that the service did not show."""
    links: tuple[tuple[str, str], ...] = ()
    """Attribute to the id of what it names."""
    host: str = ""
    """Hypervisor, where the credentials may see it."""
    open: bool = False
    """Whether it is open to other projects."""


class Service(NamedTuple):
    """One service, by its type in the catalogue, and the version of its API."""

    type: str
    version: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One list of one service; the places in a row are names joined by dots."""

    noun: Phrase
    type: str
    """Of the Terraform provider; of an area, its name in the provider profile."""
    service: Service
    path: str
    microversion: str = ""
    """The one wanted; a service that knows only lower ones is asked by its highest."""
    every: Mapping[str, str] = {}
    """What asks for the things of every project."""
    every_path: str = ""
    """Where they are, if elsewhere."""
    own: Mapping[str, str] = {}
    """What asks for those of one project alone; `{}` stands for its id."""
    others: bool = True
    """Whether the things of other projects are to be had."""
    labels_path: str = ""
    """Where the metadata of one thing is, if elsewhere; `{}` stands for its id."""

    key: str = ""
    """Under which the list stands in the answer; its place in `path` if empty."""
    id: str = "id"
    name: str = "name"
    project: str = "project_id"
    labels: tuple[str, ...] = ()
    """Those that each row ought to show."""
    areas: Mapping[str, str] = {}
    """Attribute to its place."""
    made_of: tuple[tuple[str, str], ...] = ()
    """Attribute, and the place of the id of what it names."""
    host: str = ""
    properties: Callable[[Row], Mapping[str, Any]] | None = None
    """More attributes, where they are no part of a row by name."""
    open: Mapping[str, tuple[object, ...]] = {}
    """Place to the values that open a thing to other projects."""

    @property
    def rows(self) -> str:
        """Under which name the list stands in the answer."""
        return self.key or self.path.removesuffix("/detail").rpartition("/")[2]


def read(listing: Listing, row: Row) -> Seen:
    """The thing that a row of a list is."""
    labels = {
        name: row[name] for name in ("metadata", "tags") if row.get(name) is not None
    }
    areas = {name: at(row, place) for name, place in listing.areas.items()}
    return Seen(
        id=_last(_one(row, listing.id)),
        name=_one(row, listing.name),
        project=_one(row, listing.project),
        attributes={
            **labels,
            **(listing.properties(row) if listing.properties else {}),
            **{name: _value(found) for name, found in areas.items() if found},
        },
        unknown=frozenset(listing.labels) - frozenset(labels),
        links=tuple(
            (name, id_) for name, place in listing.made_of for id_ in at(row, place)
        ),
        host=_one(row, listing.host),
        open=any(row.get(name) in values for name, values in listing.open.items()),
    )


def at(found: object, place: str) -> list[str]:
    """The texts at a place, through objects, lists, and texts that are JSON."""
    name, _dot, rest = place.partition(".")
    match found:
        case list():
            return [one for item in found for one in at(item, place)]
        case str() if not place:
            return [found] if found else []
        case str():
            return _inside(found, place)
        case dict() if name:
            return at(found.get(name), rest)
    return []


def _inside(stated: str, place: str) -> list[str]:
    """The texts at a place of a text, which anybody may have written."""
    try:
        return at(msgspec.json.decode(stated), place)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return []


def _one(row: Row, place: str) -> str:
    return next(iter(at(row, place)), "") if place else ""


def _last(id_: str) -> str:
    """An id, which may stand at the end of an address."""
    return id_.rstrip("/").rpartition("/")[2] if "://" in id_ else id_


def _value(found: list[str]) -> str | list[str]:
    return found[0] if len(found) == 1 else found
