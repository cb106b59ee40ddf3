"""What a person must know about the whole of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import bounded, pointer, shown
from guardrail.inputs.terraform.document import Head
from guardrail.model import Change, Gap, Resource, say

_NAMED = 5
"""Names that a message lists before it says that there are more."""

_IDLE = frozenset({Change.NO_OP, Change.READ})


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says of its resources."""

    resources: tuple[Resource, ...]
    deferred: tuple[str, ...]
    """Addresses."""
    drifted: tuple[str, ...]
    """Addresses."""
    provisioned: tuple[str, ...]
    """Addresses of what is made, and runs programs then."""

    @property
    def changing(self) -> bool:
        """Whether anything but reading is to be done."""
        return any(resource.change not in _IDLE for resource in self.resources)


class _Action(msgspec.Struct):
    """An entry of `action_invocations`, or what a deferred one holds."""

    type: str = ""
    address: str = ""


class _DeferredAction(msgspec.Struct):
    """An entry of `deferred_action_invocations`."""

    action_invocation: _Action = msgspec.field(default_factory=_Action)


class _CheckAddress(msgspec.Struct):
    """What a check stands on."""

    to_display: str = "?"


class _Check(msgspec.Struct):
    """An entry of `checks`."""

    status: str
    address: _CheckAddress = msgspec.field(default_factory=_CheckAddress)


def gaps(
    members: Mapping[str, msgspec.Raw], head: Head, listing: Listing
) -> tuple[Gap, ...]:
    """The gaps of a plan with these top-level members.

    Raises:
        InputError: A section is malformed.
    """
    found = (
        _newer(head),
        _old(head),
        _deferred(listing),
        _incomplete(head, listing),
        _not_applyable(head, listing),
        _drift(listing),
        _actions(members),
        provisioner_gap(listing.provisioned),
        _checks(members),
    )
    return tuple(gap for gap in found if gap is not None)


def _newer(head: Head) -> Gap | None:
    if not head.newer:
        return None
    message = say(
        "The plan has format {}; this version reads 0.1 to 1.2, and may miss what is "
        "new in it.",
        shown(head.format_version),
    )
    return Gap(id="newer-format", message=message, blocks=True)


def _old(head: Head) -> Gap | None:
    if head.joined:
        return None
    message = say(
        "The plan has format {}: before Terraform 1.2 a plan does not say which "
        "provider a module is passed, so those providers are unknown.",
        shown(head.format_version),
    )
    return Gap(id="old-format", message=message, blocks=False)


def _deferred(listing: Listing) -> Gap | None:
    if not listing.deferred:
        return None
    message = say(
        "The plan puts changes off to a later plan: {} ({}).",
        str(len(listing.deferred)),
        names(listing.deferred),
    )
    return Gap(id="deferred", message=message, blocks=True)


def _incomplete(head: Head, listing: Listing) -> Gap | None:
    if head.complete is not False or listing.deferred:
        return None
    message = say(
        "The plan is incomplete (it was made with -target, perhaps): what it leaves "
        "out was not judged."
    )
    return Gap(id="incomplete", message=message, blocks=True)


def _not_applyable(head: Head, listing: Listing) -> Gap | None:
    if head.applyable is not False or not listing.changing:
        return None
    message = say("The plan says that it cannot be applied, although it has changes.")
    return Gap(id="not-applyable", message=message, blocks=False)


def _drift(listing: Listing) -> Gap | None:
    if not listing.drifted:
        return None
    message = say(
        "Resources were changed outside Terraform: {} ({}).",
        str(len(listing.drifted)),
        names(listing.drifted),
    )
    return Gap(id="drift", message=message, blocks=False)


def _actions(members: Mapping[str, msgspec.Raw]) -> Gap | None:
    """The gap of actions: what they do with data is in no plan.

    Raises:
        InputError: The section is malformed.
    """
    section, later = "action_invocations", "deferred_action_invocations"
    invoked = _listed(members, section, list[_Action])
    delayed = _listed(members, later, list[_DeferredAction])
    actions = [*invoked, *(one.action_invocation for one in delayed)]
    return action_gap(bounded(one.type or one.address, where="") for one in actions)


def action_gap(actions: Iterable[str]) -> Gap | None:
    """The gap of actions with these names."""
    listed = list(actions)
    if not listed:
        return None
    message = say("Actions can move data, and are not judged: {}.", names(listed))
    return Gap(id="actions", message=message, blocks=True)


def provisioner_gap(addresses: Sequence[str]) -> Gap | None:
    """The gap of the provisioners at these addresses: they run any program at all."""
    if not addresses:
        return None
    message = say(
        "Provisioners run programs that can move data, and are not judged: {}.",
        names(addresses),
    )
    return Gap(id="provisioners", message=message, blocks=True)


def _checks(members: Mapping[str, msgspec.Raw]) -> Gap | None:
    """The gap of checks that fail; a failing check does not stop an apply.

    Raises:
        InputError: The section is malformed.
    """
    listed = _listed(members, "checks", list[_Check])
    failing = [one for one in listed if one.status in {"fail", "error"}]
    if not failing:
        return None
    displayed = names([one.address.to_display for one in failing])
    message = say("Checks of the configuration fail: {}.", displayed)
    return Gap(id="check-failed", message=message, blocks=False)


def _listed(
    members: Mapping[str, msgspec.Raw], section: str, type_: type[list[Any]]
) -> list[Any]:
    content = members.get(section)
    if content is None or bytes(content) == b"null":
        return []
    return strict_json.typed(content, type_, where=pointer(section))


def names(stated: Sequence[str]) -> str:
    """The first distinct names, and "…" where there are more."""
    distinct = [shown(name) for name in dict.fromkeys(stated)]
    more = ["…"] if len(distinct) > _NAMED else []
    return ", ".join(distinct[:_NAMED] + more)
