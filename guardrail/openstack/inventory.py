"""What is in a cloud: everything that the credentials may see, and what they may not.

Nothing is left out in silence: a service that refuses, fails or is too slow is a gap,
which keeps the verdict from being allow; one that the cloud does not have is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from guardrail.model import Gap, Phrase, say
from guardrail.openstack.asking import Asking, UnansweredError
from guardrail.openstack.bodies import listed, mapping, text
from guardrail.openstack.cloud import Cloud
from guardrail.openstack.listings import CONTAINER, LISTINGS, Listing, Seen

_FORBIDDEN = frozenset({401, 403})


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """One project, with the labels that its tags are."""

    id: str
    name: str
    tags: tuple[str, ...]


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing, of a type, in a region."""

    type: str
    region: str
    seen: Seen


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen of a cloud."""

    cloud: str
    auth_url: str
    regions: tuple[str, ...]
    projects: tuple[Project, ...]
    things: tuple[Thing, ...]
    areas: Mapping[str, tuple[str, ...]]
    """Area (`zone`, `aggregate`, `volume-type`) to the names that there are."""
    gaps: tuple[Gap, ...]


class Taking:
    """One inventory, while it is taken."""

    def __init__(
        self, cloud: Cloud, tell: Callable[[str], None], *, everything: bool
    ) -> None:
        """Nothing is seen yet; `tell` is told what is read next."""
        self._cloud, self._tell, self._everything = cloud, tell, everything
        self._gaps: list[Gap] = []
        self._things: list[Thing] = []
        self._areas: dict[str, set[str]] = {}
        self._aggregates: dict[tuple[str, str], list[str]] = {}

    def taken(self) -> Inventory:
        """All that is there."""
        projects = self._projects()
        for region in self._cloud.regions:
            self._area_names(region)
            for listing in LISTINGS:
                self._list(listing, region)
            self._containers(region, projects)
        self._unseen()
        return Inventory(
            cloud=self._cloud.name,
            auth_url=self._cloud.auth_url,
            regions=tuple(self._cloud.regions),
            projects=self._with_unknown(projects),
            things=tuple(self._things),
            areas={name: tuple(sorted(found)) for name, found in self._areas.items()},
            gaps=tuple(self._gaps),
        )

    # --- projects

    def _projects(self) -> list[Project]:
        """The projects whose things are asked for."""
        keystone = self._cloud.service("identity", "3", self._cloud.regions[0])
        own = f"/projects/{quote(self._cloud.project, safe='')}"
        self._tell("projects")
        try:
            if not self._everything:
                return [_project(mapping(keystone.get(own)).get("project"))]
            return [*map(_project, keystone.rows("/projects", "projects", {}))]
        except UnansweredError as error:
            self._refused("projects", "", error.reason)
        return [Project(id=self._cloud.project, name="", tags=())]

    def _with_unknown(self, projects: Sequence[Project]) -> tuple[Project, ...]:
        """`projects`, and those of which only things were seen."""
        known = {one.id for one in projects}
        others = {thing.seen.project for thing in self._things} - known - {""}
        if others:
            message = say(
                "labels of projects that could not be read: {}",
                ", ".join(sorted(others)[:10]),
            )
            self._gaps.append(Gap(id="projects-unseen", message=message, blocks=True))
        return (
            *projects,
            *(Project(id=one, name="", tags=()) for one in sorted(others)),
        )

    # --- lists

    def _list(self, listing: Listing, region: str) -> None:
        """Add everything that one list shows."""
        self._tell(f"{listing.noun} {region}")
        if not self._cloud.lists(listing.service, region):
            self._missing(listing.noun, region)
            return
        status = self._read(listing, region, everything=self._everything)
        if self._everything and status in _FORBIDDEN:
            self._read(listing, region, everything=False)
        elif self._everything and not listing.projects:
            self._others(listing.noun, region)

    def _read(self, listing: Listing, region: str, *, everything: bool) -> int:
        """Add what is shown; the status of an answer that refuses, or 0."""
        service = self._cloud.service(listing.service, listing.version, region)
        try:
            for row in self._rows(service, listing, everything=everything):
                self._add(listing, listing.read(row), region, service)
        except UnansweredError as error:
            self._refused(listing.noun, region, error.reason)
            return error.status
        return 0

    def _rows(
        self, service: Asking, listing: Listing, *, everything: bool
    ) -> Iterator[Mapping[str, Any]]:
        path, params = listing.path, dict(listing.all_projects)
        if everything:
            path = listing.all_path or path
        else:
            params = {
                name: value.format(self._cloud.project)
                for name, value in listing.own.items()
            }
        version = service.microversion(listing.microversion)
        yield from service.rows(path, listing.key, params, microversion=version)

    def _add(self, listing: Listing, seen: Seen, region: str, service: Asking) -> None:
        if listing.labels:
            answer = service.get(listing.labels.format(quote(seen.id, safe="")))
            found = mapping(mapping(answer).get("metadata"))
            seen = msgspec.structs.replace(
                seen, attributes={"metadata": found}, unknown=frozenset()
            )
        areas = self._aggregates.get((region, seen.host))
        if areas:
            attributes = {**seen.attributes, "aggregate": areas}
            seen = msgspec.structs.replace(seen, attributes=attributes)
        self._things.append(Thing(type=listing.type, region=region, seen=seen))

    # --- containers, which have an account for each project

    def _containers(self, region: str, projects: Sequence[Project]) -> None:
        self._tell(f"containers {region}")
        if not self._cloud.lists("object-store", region):
            self._missing("containers", region)
            return
        service = self._cloud.service("object-store", "", region)
        try:
            for project in projects:
                for seen in self._account(service, project.id, region):
                    thing = Thing(type=CONTAINER, region=region, seen=seen)
                    self._things.append(thing)
        except UnansweredError as error:
            self._refused("containers", region, error.reason)

    def _account(self, own: Asking, project: str, region: str) -> Iterator[Seen]:
        """The containers of one project.

        Raises:
            UnansweredError: They cannot be listed.
        """
        service = own
        if project != self._cloud.project:
            address = own.endpoint().replace(self._cloud.project, project)
            service = self._cloud.service(
                "object-store", "", region, endpoint_override=address
            )
        params = {"format": "json"}
        while True:
            found = listed(service.get("", params=params))
            for row in found:
                yield _container(service, text(row.get("name")), project)
            if not found:
                return
            params = {**params, "marker": text(found[-1].get("name"))}

    # --- areas

    def _area_names(self, region: str) -> None:
        """The names of the areas there are; not all may see them."""
        for area, kind, version, path, key, name in (
            ("zone", "compute", "2.1", "/os-availability-zone", "availabilityZoneInfo",
             "zoneName"),
            ("zone", "block-storage", "3", "/os-availability-zone",
             "availabilityZoneInfo", "zoneName"),
            ("volume-type", "block-storage", "3", "/types", "volume_types", "name"),
            ("aggregate", "compute", "2.1", "/os-aggregates", "aggregates", "name"),
        ):  # fmt: skip
            if not self._cloud.lists(kind, region):
                continue
            service = self._cloud.service(kind, version, region)
            try:
                rows = list(service.rows(path, key, {}))
            except UnansweredError as error:
                if error.status not in _FORBIDDEN:
                    self._refused(f"{area}s", region, error.reason)
                continue
            names = self._areas.setdefault(area, set())
            names |= {text(row.get(name)) for row in rows} - {""}
            if area == "aggregate":
                self._hosts(rows, region)

    def _hosts(self, aggregates: Sequence[Mapping[str, Any]], region: str) -> None:
        for row in aggregates:
            for host in row.get("hosts") or []:
                members = self._aggregates.setdefault((region, text(host)), [])
                members.append(text(row.get("name")))

    # --- what is not seen

    def _refused(self, noun: str, region: str, reason: Phrase) -> None:
        message = say(
            "{} could not be listed, so they were not judged: {}",
            _of(noun, region),
            reason,
        )
        self._gaps.append(Gap(id="unseen", message=message, blocks=True))

    def _missing(self, noun: str, region: str) -> None:
        message = say("the catalogue has no service for {}", _of(noun, region))
        self._gaps.append(Gap(id="no-service", message=message, blocks=False))

    def _others(self, noun: str, region: str) -> None:
        message = say(
            "{} of other projects can be seen by those alone, so they were not judged",
            _of(noun, region),
        )
        self._gaps.append(Gap(id="unseen", message=message, blocks=True))

    def _unseen(self) -> None:
        """Note the regions and services that were not looked at."""
        kinds = {"identity", "object-store", *(one.service for one in LISTINGS)}
        regions = [
            one for one in self._cloud.known_regions if one not in self._cloud.regions
        ]
        others = self._cloud.others(kinds)
        for message in (
            regions and say("regions that were not reviewed: {}", ", ".join(regions)),
            others and say("services that no review reads: {}", ", ".join(others)),
        ):
            if message:
                self._gaps.append(Gap(id="elsewhere", message=message, blocks=False))


def _of(noun: str, region: str) -> str:
    return f"{noun} ({region})" if region else noun


def _project(row: object) -> Project:
    """One project of an answer.

    Raises:
        UnansweredError: It does not say what its labels are.
    """
    try:
        return msgspec.convert(row, Project)
    except msgspec.ValidationError as error:
        raise UnansweredError(say("the answer is not the list of the API")) from error


def _container(service: Asking, name: str, project: str) -> Seen:
    """A container with its labels.

    Raises:
        UnansweredError: It does not show them.
    """
    answer = service.response("HEAD", f"/{quote(name, safe='')}")
    prefix = "x-container-meta-"
    metadata = {
        header[len(prefix) :]: value
        for header, value in ((k.lower(), v) for k, v in answer.headers.items())
        if header.startswith(prefix)
    }
    readers = text(answer.headers.get("X-Container-Read"))
    return Seen(
        id=f"{project}/{name}",
        name=name,
        project=project,
        attributes={"metadata": metadata},
        open=".r:" in readers,
    )
