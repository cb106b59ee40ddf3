"""The containers of Swift, which has an account for each project."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from guardrail.model import say
from guardrail.openstack.asking import Asking, UnansweredError
from guardrail.openstack.bodies import listed, text
from guardrail.openstack.cloud import Cloud
from guardrail.openstack.rows import Seen

_NOT_FOUND = 404
_META = "x-container-meta-"
_HEADERS = {
    "storage_policy": "x-storage-policy",
    "container_sync_to": "x-container-sync-to",
}
"""Attribute of a container to the header that has it."""


def containers_of(cloud: Cloud, project: str, region: str) -> Iterator[Seen]:
    """The containers of one project.

    Raises:
        UnansweredError: They cannot be listed.
    """
    service = cloud.service("object-store", "", region)
    if project != cloud.project:
        own = service.endpoint()
        if cloud.project not in own:
            raise UnansweredError(say("its address names no project"), _NOT_FOUND)
        service = cloud.service(
            "object-store", "", region,
            endpoint_override=own.replace(cloud.project, project),
        )  # fmt: skip
    params = {"format": "json"}
    while True:
        found = service.get("", params=params)
        if not isinstance(found, list):
            raise UnansweredError(say("the answer is not the list of the API"))
        for row in listed(found):
            yield _container(service, text(row.get("name")), project)
        if not found:
            return
        params = {**params, "marker": text(found[-1].get("name"))}


def _container(service: Asking, name: str, project: str) -> Seen:
    """A container with its labels, if they may be seen.

    Raises:
        UnansweredError: The service does not answer.
    """
    seen = Seen(
        id=f"{project}/{name}",
        name=name,
        project=project,
        unknown=frozenset({"metadata"}),
    )
    try:
        headers = service.response("HEAD", f"/{quote(name, safe='')}").headers
    except UnansweredError as error:
        if not error.status:
            raise
        return seen
    told = {name.lower(): value for name, value in headers.items()}
    return msgspec.structs.replace(
        seen,
        attributes={
            "metadata": {
                header.removeprefix(_META): value
                for header, value in told.items()
                if header.startswith(_META)
            },
            **{name: told[at] for name, at in _HEADERS.items() if told.get(at)},
        },
        unknown=frozenset(),
        open=_is_open(told.get("x-container-read", ""), project),
    )


def _is_open(acl: str, project: str) -> bool:
    """Whether a list of readers names anybody outside of a project."""
    readers = {one.strip().partition(":")[0] for one in acl.split(",")}
    return bool(readers - {"", ".rlistings", project})
