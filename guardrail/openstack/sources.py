"""What data comes from, as the service that has it shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.openstack.bodies import labels, mapping, text
from guardrail.openstack.placed import Given

_OWNERS = (
    "owner",
    "os-vol-tenant-attr:tenant_id",
    "os-extended-snapshot-attributes:project_id",
    "os-backup-project-attr:project_id",
)


def given_of(kind: str, answer: Mapping[str, Any], *, lasting: bool = False) -> Given:
    """The source that an answer shows; `kind` is what the answer names it.

    An image that is open to everybody is what it says itself. Of any other the class of
    the project counts that it belongs to.
    """
    found = answer if kind == "image" else mapping(answer.get(kind))
    if kind == "image":
        shown, unknown = image_labels(found), frozenset[str]()
    else:
        shown, unknown = labels(found, wanted=("metadata",))
        shown["all_metadata"] = mapping(found.get("volume_image_metadata"))
    owner = next((text(found[name]) for name in _OWNERS if name in found), "")
    published = kind == "image" and found.get("visibility") == "public"
    return Given(
        labels=shown,
        unknown=unknown,
        project="" if published else owner,
        lasting=lasting,
    )


def image_labels(image: Mapping[str, Any]) -> dict[str, Any]:
    """The labels of an image, as labels of what is made of it."""
    tags = image.get("tags")
    return {
        "metadata": {key: one for key, one in image.items() if isinstance(one, str)},
        "tags": tags if isinstance(tags, list) else [],
    }
