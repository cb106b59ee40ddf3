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
from guardrail.openstack.bodies import mapping, text
from guardrail.openstack.cloud import Cloud
from guardrail.openstack.containers import containers_of
from guardrail.openstack.listings import AREAS, CONTAINER, LISTINGS
from guardrail.openstack.rows import Listing, Seen, read

_FORBIDDEN = frozenset({401, 403})
_SHOWN = 10


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
        self._down: dict[tuple[str, str], UnansweredError] = {}
        """Services that nobody reached, by their region; they are asked once."""

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
        regions = self._cloud.regions
        # One Keystone may serve them all from a region of its own.
        has = [one for one in regions if self._cloud.lists("identity", one)]
        keystone = self._cloud.service("identity", "3", next(iter(has), None))
        own = f"/projects/{quote(self._cloud.project, safe='')}"
        self._tell("projects")
        try:
            if self._everything:
                return [*map(_project, keystone.rows("/projects", "projects", {}))]
        except UnansweredError as error:
            self._refused(say("projects"), "", error.reason)
        try:
            return [_project(mapping(keystone.get(own)).get("project"))]
        except UnansweredError as error:
            if not self._everything:
                self._refused(say("projects"), "", error.reason)
        return [Project(id=self._cloud.project, name="", tags=())]

    def _with_unknown(self, projects: Sequence[Project]) -> tuple[Project, ...]:
        """`projects`, and those of which only things were seen."""
        known = {one.id for one in projects}
        others = {thing.seen.project for thing in self._things} - known - {""}
        if others:
            message = say(
                "labels of projects that could not be read: {}",
                ", ".join(sorted(others)[:_SHOWN]),
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
        if not self._cloud.lists(listing.service.type, region):
            self._missing(listing.noun, region)
        elif not self._everything:
            self._read(listing, region, own=True)
        elif not listing.others:
            self._read(listing, region, own=True)
            self._others(listing.noun, region)
        elif self._read(listing, region, own=False) in _FORBIDDEN:
            self._read(listing, region, own=True)
        elif not self._cloud.administers:
            self._unshown(listing, region)

    def _unshown(self, listing: Listing, region: str) -> None:
        """Tell of a list that shows nothing of others, as some do to most people."""
        shown = {
            thing.seen.project
            for thing in self._things
            if (thing.type, thing.region) == (listing.type, region)
        }
        if shown <= {self._cloud.project, ""}:
            message = say("none is shown, and the credentials have no role `admin`")
            self._refused(say("{} of other projects", listing.noun), region, message)

    def _read(self, listing: Listing, region: str, *, own: bool) -> int:
        """Add what is shown; the status of an answer that refuses, or 0."""
        whose = listing.noun if own else say("{} of other projects", listing.noun)
        nobodys = False
        try:
            for service, row in self._rows(listing, region, own=own):
                seen = self._labelled(service, listing, read(listing, row))
                project = seen.project or (self._cloud.project if own else "")
                nobodys = nobodys or not project
                seen = msgspec.structs.replace(seen, project=project)
                self._add(listing, seen, region)
        except UnansweredError as error:
            refused = error.status in _FORBIDDEN
            self._refused(whose if refused else listing.noun, region, error.reason)
            return error.status
        if nobodys:
            message = say("whose they are is not shown: {}", _of(listing.noun, region))
            self._gaps.append(Gap(id="projects-unseen", message=message, blocks=True))
        return 0

    def _rows(
        self, listing: Listing, region: str, *, own: bool
    ) -> Iterator[tuple[Asking, Mapping[str, Any]]]:
        """The rows of one list, and whom to ask for more of each.

        Raises:
            UnansweredError: The list cannot be read to its end.
        """
        place = listing.service.type, region
        if place in self._down:
            raise self._down[place]
        path, params = listing.every_path or listing.path, dict(listing.every)
        if own:
            path = listing.path
            params = {
                name: value.format(self._cloud.project)
                for name, value in listing.own.items()
            }
        service = self._cloud.service(*listing.service, region)
        version = service.microversion(listing.microversion)
        try:
            for row in service.rows(path, listing.rows, params, microversion=version):
                yield service, row
        except UnansweredError as error:
            if not error.reached:
                self._down[place] = error
            raise

    def _labelled(self, service: Asking, listing: Listing, seen: Seen) -> Seen:
        """`seen` with its labels, where they are elsewhere and may be seen.

        Raises:
            UnansweredError: The service does not answer.
        """
        if not listing.labels_path:
            return seen
        try:
            answer = service.get(listing.labels_path.format(quote(seen.id, safe="")))
        except UnansweredError as error:
            if not error.status:
                raise
            return seen
        found = mapping(mapping(answer).get("metadata"))
        return msgspec.structs.replace(
            seen, attributes={"metadata": found}, unknown=frozenset()
        )

    def _add(self, listing: Listing, seen: Seen, region: str) -> None:
        areas = self._aggregates.get((region, seen.host))
        if areas:
            attributes = {**seen.attributes, "aggregate": areas}
            seen = msgspec.structs.replace(seen, attributes=attributes)
        self._things.append(Thing(type=listing.type, region=region, seen=seen))

    # --- containers, which have an account for each project

    def _containers(self, region: str, projects: Sequence[Project]) -> None:
        self._tell(f"containers {region}")
        if not self._cloud.lists("object-store", region):
            self._missing(say("containers"), region)
            return
        refused: dict[Phrase, list[str]] = {}
        for project in projects:
            try:
                for seen in containers_of(self._cloud, project.id, region):
                    thing = Thing(type=CONTAINER, region=region, seen=seen)
                    self._things.append(thing)
            except UnansweredError as error:
                if not error.status:
                    self._refused(say("containers"), region, error.reason)
                    return
                refused.setdefault(error.reason, []).append(project.name or project.id)
        for reason, names in refused.items():
            whose = say("containers of {}", ", ".join(names[:_SHOWN]))
            self._refused(whose, region, reason)

    # --- areas

    def _area_names(self, region: str) -> None:
        """The names of the areas there are; not all may see them."""
        for listing in AREAS:
            if not self._cloud.lists(listing.service.type, region):
                continue
            try:
                rows = [row for _service, row in self._rows(listing, region, own=True)]
            except UnansweredError as error:
                if error.status not in _FORBIDDEN:
                    self._refused(listing.noun, region, error.reason)
                continue
            names = self._areas.setdefault(listing.type, set())
            names |= {text(row.get(listing.name)) for row in rows} - {""}
            if listing.type == "aggregate":
                self._hosts(rows, region)

    def _hosts(self, aggregates: Sequence[Mapping[str, Any]], region: str) -> None:
        for row in aggregates:
            for host in row.get("hosts") or []:
                members = self._aggregates.setdefault((region, text(host)), [])
                members.append(text(row.get("name")))

    # --- what is not seen

    def _refused(self, noun: Phrase, region: str, reason: Phrase) -> None:
        message = say(
            "{} could not be listed, so they were not judged: {}",
            _of(noun, region),
            reason,
        )
        self._gaps.append(Gap(id="unseen", message=message, blocks=True))

    def _missing(self, noun: Phrase, region: str) -> None:
        message = say("the catalogue has no service for {}", _of(noun, region))
        self._gaps.append(Gap(id="no-service", message=message, blocks=False))

    def _others(self, noun: Phrase, region: str) -> None:
        message = say(
            "{} of other projects can be seen by those alone, so they were not judged",
            _of(noun, region),
        )
        self._gaps.append(Gap(id="unseen", message=message, blocks=True))

    def _unseen(self) -> None:
        """Note the regions and services that were not looked at."""
        kinds = {"identity", "object-store", *(one.service.type for one in LISTINGS)}
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


def _of(noun: Phrase, region: str) -> Phrase:
    return say("{} ({})", noun, region) if region else noun


def _project(row: object) -> Project:
    """One project of an answer.

    Raises:
        UnansweredError: It does not say what its labels are.
    """
    try:
        return msgspec.convert(row, Project)
    except msgspec.ValidationError as error:
        raise UnansweredError(say("the answer is not the list of the API")) from error
