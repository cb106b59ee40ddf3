"""Requests to Heat: the template with all that is deployed with it, as one stack.

What is known only when the engine creates the resources stays unknown here; Nova and
Cinder see the engine's calls, with everything resolved.

Source: OpenStack, Orchestration API v1, https://docs.openstack.org/api-ref/orchestration/;
heat 27.0.1, heat/api/openstack/v1/stacks.py and heat/common/environment_util.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.stack import read
from guardrail.inputs.source import GivenTemplate, Source
from guardrail.model import say
from guardrail.openstack.bodies import mapping, text
from guardrail.openstack.call import OTHER, Call, Passed, Route, Surface
from guardrail.openstack.placed import STACK, Deployed, Placed

_ADOPTED = "adopt_stack_data"
_UNSEEN = (Placed(type=STACK, attributes={}, unknown=frozenset({"metadata"})),)
"""A stack of which the request shows nothing."""


def deploy(call: Call) -> Deployed | Sequence[Placed]:
    """The stack that is created, adopted, previewed or replaced."""
    body = mapping(call.body)
    if _ADOPTED in body:
        adopted = _document(body[_ADOPTED])
        return _stack(adopted.get("template"), [adopted.get("environment")], body)
    if body.get("existing"):
        return change(call)
    return _stack(body.get("template"), [], body)


def change(call: Call) -> Deployed | Sequence[Placed]:
    """The stack that is there, with what is put over it."""
    body = mapping(call.body)
    path = ("stacks", *call.names)
    old = dict(call.show(*path, "environment"))
    cleared = body.get("clear_parameters")
    if isinstance(cleared, list) and cleared:
        kept = mapping(old.get("parameters"))
        left = {name: kept[name] for name in kept if name not in cleared}
        old["parameters"] = left
    template = body.get("template")
    if template is None and "template_url" not in body:
        template = dict(call.show(*path, "template"))
    files = {**call.show(*path, "files"), **mapping(body.get("files"))}
    before = mapping(call.show(*path).get("stack")).get("tags")
    tags = [*_tags(before), *_tags(body.get("tags"))]
    return _stack(template, [old], {**body, "files": files, "tags": tags})


def restore(call: Call) -> Deployed | Sequence[Placed]:
    """The stack as it was, with the tags that it has now."""
    name, number, snapshot = call.names
    path = ("stacks", name, number)
    shown = mapping(call.show(*path, "snapshots", snapshot).get("snapshot"))
    kept = mapping(shown.get("data"))
    tags = mapping(call.show(*path).get("stack")).get("tags")
    files = {**call.show(*path, "files"), **mapping(kept.get("files"))}
    body = {"files": files, "tags": _tags(tags)}
    return _stack(kept.get("template"), [kept.get("environment")], body)


def _tags(stated: object) -> list[str]:
    """The tags of a stack: a list, or a text with commas."""
    listed = stated if isinstance(stated, list) else text(stated).split(",")
    return [one.strip() for one in listed if isinstance(one, str) and one.strip()]


def _stack(
    template: object, before: Sequence[object], body: Mapping[str, Any]
) -> Deployed | Sequence[Placed]:
    """What a template makes under the environments `before` and those of the body.

    Raises:
        InputError: Something of it cannot be read.
    """
    files = mapping(body.get("files"))
    named = body.get("environment_files") or []
    listed = isinstance(named, list) and all(isinstance(one, str) for one in named)
    missing = not listed or not set(named) <= files.keys()
    if template is None or missing or body.get("files_container"):
        return _UNSEEN
    environments = [*before, *_environments(body, named, files)]
    content = _bytes(template)
    given = GivenTemplate(
        files={name: _bytes(value) for name, value in files.items()},
        environments=tuple(
            (f"environment-{place}", _bytes(one))
            for place, one in enumerate(environments)
            if one
        ),
    )
    source = Source(
        path="template", sha256="", members={}, content=content, given=given
    )
    try:
        return Deployed(stack=read(source), tags=tuple(_tags(body.get("tags"))))
    except (InputError, RecursionError) as error:
        told = error.args[0] if isinstance(error, InputError) else type(error).__name__
        raise InputError(say("the template: {}", told)) from error


def _environments(
    body: Mapping[str, Any], named: Sequence[str], files: Mapping[str, Any]
) -> Iterator[object]:
    """The environments of a body, the strongest last.

    Where files are named, Heat leaves the environment of the body aside, and lets them
    beat its parameters; else the parameters beat the environment.
    """
    if not named:
        yield body.get("environment")
    yield {"parameters": mapping(body.get("parameters"))}
    yield from (files[name] for name in named)


def _document(found: object) -> Mapping[str, Any]:
    """An object, or the JSON of one.

    Raises:
        InputError: It is neither.
    """
    if isinstance(found, str):
        try:
            found = msgspec.json.decode(found)
        except msgspec.MsgspecError as error:
            raise InputError(say("the body has no object `{}`", _ADOPTED)) from error
    return mapping(found)


def _bytes(found: object) -> bytes:
    """A document as text: as it was given, or as JSON."""
    return (
        text(found).encode() if isinstance(found, str) else msgspec.json.encode(found)
    )


SURFACE = Surface(
    judged=(
        Route(("POST",), "stacks", deploy),
        Route(("POST",), "stacks/preview", deploy),
        Route(("PUT",), "stacks/{}/{}", deploy),
        Route(("PATCH",), "stacks/{}/{}", change),
        Route(("PUT",), "stacks/{}/{}/preview", deploy),
        Route(("PATCH",), "stacks/{}/{}/preview", change),
        Route(("POST",), "stacks/{}/{}/snapshots/{}/restore", restore),
    ),
    passed=(
        Passed(
            ("POST", "PATCH"),
            ("stacks/{}/{}/snapshots", "stacks/{}/{}/actions", "stacks/{}/actions",
             "stacks/{}/{}/resources/{}", "stacks/{}/{}/resources/{}/signal"),
            "Heat asks Nova and Cinder in turn, with the template that was judged",
        ),
        Passed(
            ("POST", "PUT"),
            ("software_configs", "software_deployments", "software_deployments/{}"),
            "scripts for servers that are there",
        ),
        Passed(("POST",), ("validate",), "makes nothing"),
        Passed(("POST", "PUT", "PATCH"), ("stacks/{}",), "tells where the stack is"),
    ),
    other=OTHER,
)  # fmt: skip
