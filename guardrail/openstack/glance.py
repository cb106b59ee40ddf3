"""Requests to Glance that place data. Properties of an image are its labels.

Source: OpenStack, Image service API v2, https://docs.openstack.org/api-ref/image/v2/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.model import Change
from guardrail.openstack.bodies import listed, mapping, text
from guardrail.openstack.call import OTHER, Call, Passed, Route, Surface
from guardrail.openstack.placed import IMAGE, Placed

_STORE = "HTTP_X_IMAGE_META_STORE"


def create(call: Call) -> Sequence[Placed]:
    """The image, which holds nothing yet and says what it will."""
    return [_image(mapping(call.body), Change.CREATE)]


def upload(call: Call) -> Sequence[Placed]:
    """The image into which data is put, in the store that is asked for."""
    return [_stored(_shown(call), call.header(_STORE))]


def bring(call: Call) -> Sequence[Placed]:
    """The image that is imported or copied, once for each store."""
    body = mapping(call.body)
    image = _shown(call)
    stores = body.get("stores")
    named = list(map(text, stores)) if isinstance(stores, list) else []
    if body.get("all_stores"):
        named = [""]
    if text(mapping(body.get("method")).get("name")) == "glance-download":
        # Another Glance has it, and what that says of it comes with it.
        image = msgspec.structs.replace(image, unknown=frozenset({"metadata"}))
    return [_stored(image, store) for store in named or [call.header(_STORE)]]


def patch(call: Call) -> Sequence[Placed]:
    """The image with the properties that are put on it."""
    image = _shown(call)
    old = image.attributes["properties"]
    given = dict(_given(call.body))
    attributes = {
        **image.attributes,
        "properties": {**old, **given},
        "metadata": {name: old[name] for name in given if name in old},
    }
    return [msgspec.structs.replace(image, attributes=attributes)]


def _given(body: object) -> Iterator[tuple[str, Any]]:
    """The properties that a JSON patch sets, in the form of each version of the API."""
    for change in listed(body):
        for verb in ("add", "replace"):
            path = change.get("path") if change.get("op") == verb else change.get(verb)
            if isinstance(path, str):
                name = path.removeprefix("/").replace("~1", "/").replace("~0", "~")
                yield name, change.get("value")


def retag(call: Call) -> Sequence[Placed]:
    """The image with the tag that is put on it."""
    image = _shown(call)
    tags = [*image.attributes["tags"], call.names[1]]
    return [
        msgspec.structs.replace(image, attributes={**image.attributes, "tags": tags})
    ]


def unseen(_call: Call) -> Sequence[Placed]:
    """An image of which the request shows no labels."""
    return [Placed(type=IMAGE, attributes={}, unknown=frozenset({"properties"}))]


def _shown(call: Call) -> Placed:
    """The image of the path, as Glance shows it to the caller."""
    return _image(call.show("images", call.names[0]), Change.UPDATE)


def _image(found: Mapping[str, Any], change: Change) -> Placed:
    tags = found.get("tags")
    attributes = {
        "properties": {
            name: value for name, value in found.items() if isinstance(value, str)
        },
        "tags": tags if isinstance(tags, list) else [],
    }
    owner = text(found.get("owner"))
    return Placed(type=IMAGE, attributes=attributes, change=change, project=owner)


def _stored(image: Placed, store: str) -> Placed:
    attributes = {**image.attributes, "store": store}
    return msgspec.structs.replace(image, attributes=attributes)


SURFACE = Surface(
    judged=(
        Route(("POST",), "images", create),
        Route(("PATCH",), "images/{}", patch),
        Route(("PUT",), "images/{}/file", upload, opaque=True),
        Route(("PUT",), "images/{}/stage", upload, opaque=True),
        Route(("POST",), "images/{}/import", bring),
        Route(("POST",), "images/{}/locations", upload),
        Route(("PUT",), "images/{}/tags/{}", retag),
        Route(("POST",), "tasks", unseen),
    ),
    passed=(
        Passed(
            ("POST", "PUT"),
            ("images/{}/members", "images/{}/members/{}"),
            "shares an image; what another project makes of it has its class",
        ),
        Passed(
            ("POST",),
            ("images/{}/actions/deactivate", "images/{}/actions/reactivate"),
            "states of an image",
        ),
        Passed(
            ("POST", "PUT"),
            ("metadefs/namespaces", "metadefs/namespaces/{}",
             "metadefs/namespaces/{}/objects", "metadefs/namespaces/{}/objects/{}",
             "metadefs/namespaces/{}/properties",
             "metadefs/namespaces/{}/properties/{}",
             "metadefs/namespaces/{}/resource_types",
             "metadefs/namespaces/{}/tags", "metadefs/namespaces/{}/tags/{}"),
            "words for properties",
        ),
        Passed(
            ("POST", "PUT"),
            ("cache/{}", "cache/clean", "cache/prune"),
            "how the cloud is run",
        ),
    ),
    other=OTHER,
)  # fmt: skip
