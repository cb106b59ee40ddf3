"""A Terraform or OpenTofu plan as JSON, as a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import shown
from guardrail.inputs.source import GivenCode, Source
from guardrail.inputs.terraform import changes, state
from guardrail.inputs.terraform.configuration import Configuration, configuration
from guardrail.inputs.terraform.document import SHOW, Head, head
from guardrail.inputs.terraform.expressions import arguments
from guardrail.inputs.terraform.expressions import blocks as nested
from guardrail.inputs.terraform.gaps import Listing, gaps
from guardrail.inputs.terraform.links import Links
from guardrail.inputs.terraform.providers import producer, provider_configurations
from guardrail.inputs.terraform.resources import Joiner
from guardrail.inputs.terraform.values import Instances, Values
from guardrail.inputs.terraform.witnesses import witnesses
from guardrail.model import (
    Attributes,
    Change,
    Gap,
    Known,
    Origin,
    Resource,
    Stack,
    StateStore,
    say,
)

KIND = "terraform-plan"

_STATE = Gap(
    id="state",
    message=say(
        "The state holds the values of all resources. The plan as JSON does not say "
        "where it is kept: give the binary plan, or the code with --src DIR."
    ),
    blocks=False,
)
_NULL = msgspec.Raw(b"null")
_MADE = frozenset({Change.CREATE, Change.REPLACE})
"""Changes in which provisioners run; those for the end of a resource are left alone."""


class _Variable(msgspec.Struct):
    """An entry of `variables`."""

    value: Any = msgspec.UNSET


def read(source: Source) -> Stack:
    """The stack that the plan in `source` describes.

    Raises:
        InputError: It cannot be read as a plan, or failed.
        UnsupportedFormatError: Its format is of another major version.
    """
    members = source.members
    top = head(members)
    blocks = configuration(_configuration(members))
    listing = _listing(members, blocks, top)
    changing = {resource.address for resource in listing.resources}
    seen = [
        one
        for one in state.observed(
            _section(members, "prior_state", b"{}"), blocks, joined=top.joined
        )
        if one.address not in changing  # what is to be read again may say otherwise
    ]
    resources = (*listing.resources, *seen)
    values = Values(
        blocks,
        _variables(_section(members, "variables", b"{}")),
        _instances(resources),
    )
    witnessed = witnesses(seen, blocks) if top.joined else {}
    links = Links(blocks)
    used = _used(resources)
    stack = Stack(
        origin=_origin(source, top, resources, blocks),
        resources=resources,
        references=tuple(links.all()),
        unfollowed=links.unfollowed,
        provider_references=tuple(links.of_providers(used)),
        providers=provider_configurations(used, values),
        arguments={
            address: arguments(block.entry.expressions or {})
            for address, block in blocks.blocks.items()
        },
        blocks={
            address: found
            for address, block in blocks.blocks.items()
            if (found := nested(block.entry.expressions or {}))
        },
        witnesses=witnessed,
        gaps=gaps(members, top, listing),
    )
    if source.code is not None:
        return _with_code(stack, source.code, values)
    return msgspec.structs.replace(stack, gaps=(*stack.gaps, _STATE))


def _with_code(stack: Stack, code: GivenCode, values: Values) -> Stack:
    """`stack` with what the code says that the JSON does not.

    Raises:
        InputError: The plan was not made from this code.
    """
    from guardrail.inputs.terraform.source import evaluated  # costs start-up time

    tofu = stack.origin.producer.startswith("opentofu")
    found = evaluated(code, values, tofu=tofu)
    state, followed = found.state(), found.followed(stack.references)
    return msgspec.structs.replace(
        stack,
        resources=found.resources(stack.resources, stack.arguments),
        references=followed.references,
        unfollowed=followed.unfollowed,
        providers=found.providers(stack.providers),
        gaps=(*stack.gaps, state) if isinstance(state, Gap) else stack.gaps,
        state=state if isinstance(state, StateStore) else None,
    )


def _section(members: Mapping[str, msgspec.Raw], name: str, otherwise: bytes) -> bytes:
    """A section as JSON; `otherwise` where it is not stated, or null."""
    content = members.get(name, _NULL)
    return otherwise if _says(content, b"null") else content


def _says(content: bytes, short: bytes) -> bool:
    """Whether a section is exactly `short`, without a copy where it is long."""
    return memoryview(content).nbytes == len(short) and bytes(content) == short


def _configuration(members: Mapping[str, msgspec.Raw]) -> bytes:
    """The configuration; none is needed where nothing changes.

    Raises:
        InputError: It was taken out.
    """
    content = _section(members, "configuration", b"{}")
    listed = _section(members, "resource_changes", b"[]")
    if _says(content, b"{}") and not _says(listed, b"[]"):
        raise InputError(
            "the plan has no `configuration`: nobody can tell which provider a "
            "resource goes through",
            where="/configuration",
            remedy=SHOW,
        )
    return content


def _listing(
    members: Mapping[str, msgspec.Raw], blocks: Configuration, top: Head
) -> Listing:
    """What the plan says of its resources.

    Raises:
        InputError: An entry is malformed, or some are missing.
    """
    joiner = Joiner(blocks, joined=top.joined)
    entries = changes.entries(
        _section(members, "resource_changes", b"[]"), where="/resource_changes"
    )
    deferred = changes.deferred(
        _section(members, "deferred_changes", b"[]"), where="/deferred_changes"
    )
    later = [one.resource_change for one in deferred]
    drift = changes.entries(
        _section(members, "resource_drift", b"[]"), where="/resource_drift"
    )
    resources = joiner.resources(entries, where="/resource_changes")
    resources += joiner.resources(later, where="/deferred_changes", partial=True)
    planned = state.addresses(_section(members, "planned_values", b"{}"))
    if top.joined or not resources:  # old ones may write relative addresses here
        _all_there(planned, resources)
    return Listing(
        resources=tuple(resources),
        deferred=tuple(entry.address for entry in later),
        drifted=tuple(entry.address for entry in drift),
        provisioned=tuple(_provisioned(resources, blocks)),
    )


def _provisioned(resources: Iterable[Resource], blocks: Configuration) -> Iterator[str]:
    """The blocks with provisioners of which something is made."""
    named = {key for key, one in blocks.blocks.items() if one.entry.provisioners}
    made = (one for one in resources if one.change in _MADE) if named else ()
    yield from (one.configuration for one in made if one.configuration in named)


def _all_there(planned: Sequence[str], resources: Sequence[Resource]) -> None:
    """Nothing, when every resource of the planned state has a change.

    Raises:
        InputError: One has none.
    """
    missing = set(planned).difference([resource.address for resource in resources])
    if missing:
        raise InputError(
            f"`{shown(min(missing))}` is in `planned_values` and not in "
            "`resource_changes`: something was taken out of this plan",
            where="/resource_changes",
            remedy=SHOW,
        )


def _variables(document: bytes) -> dict[str, Any]:
    """The values of the root variables that have one.

    Raises:
        InputError: The section is malformed.
    """
    entries = strict_json.typed(document, dict[str, _Variable], where="/variables")
    return {
        name: entry.value
        for name, entry in entries.items()
        if entry.value is not msgspec.UNSET
    }


def _instances(resources: Sequence[Resource]) -> Callable[[], Instances]:
    """The values of all instances by the address of their block, when first asked."""

    @cache
    def instances() -> Instances:
        found: dict[str, list[tuple[str, Attributes]]] = {}
        for resource in resources:
            if resource.change is not Change.DELETE and not resource.deposed:
                pair = (resource.address, resource.attributes)
                found.setdefault(resource.configuration, []).append(pair)
        return found

    return instances


def _used(resources: Iterable[Resource]) -> dict[str, str]:
    """The provider keys in use, and the provider of each."""
    return {
        resource.provider_configuration.value: resource.provider
        for resource in resources
        if isinstance(resource.provider_configuration, Known)
    }


def _origin(
    source: Source, top: Head, resources: Sequence[Resource], blocks: Configuration
) -> Origin:
    providers = {resource.provider for resource in resources}
    providers.update(entry.full_name for entry in blocks.providers.values())
    return Origin(
        kind=KIND,
        path=source.path,
        sha256=source.sha256,
        producer=producer(top.terraform_version, providers),
        complete=top.complete is not False,
    )
