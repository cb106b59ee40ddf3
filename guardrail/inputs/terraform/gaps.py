"""What a person must know about the whole of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import bounded, pointer, shown
from guardrail.inputs.terraform.document import Head
from guardrail.inputs.terraform.resources import Listing
from guardrail.model import Gap

_NAMED = 5
"""Names that a message lists before it counts the rest."""


class _Action(msgspec.Struct):
    """An entry of `action_invocations`, or what a deferred one holds."""

    type: str = ""
    address: str = ""


class _DeferredAction(msgspec.Struct):
    action_invocation: _Action = msgspec.field(default_factory=_Action)


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
        _checks(members),
    )
    return tuple(gap for gap in found if gap is not None)


def _newer(head: Head) -> Gap | None:
    if not head.newer:
        return None
    version = shown(head.format_version)
    return Gap(
        id="newer-format",
        message={
            "en": f"The plan has format {version}; this version reads 0.1 to 1.2, and "
            "may miss what is new in it.",
            "fr": f"Le plan est au format {version} ; cette version lit 0.1 à 1.2 et "
            "peut ignorer ce qui est nouveau.",
        },
        blocks=True,
    )


def _old(head: Head) -> Gap | None:
    if head.joined:
        return None
    version = shown(head.format_version)
    return Gap(
        id="old-format",
        message={
            "en": f"The plan has format {version}: before Terraform 1.2 a plan does not "
            "say which provider a module is passed, so those providers are unknown.",
            "fr": f"Le plan est au format {version} : avant Terraform 1.2, un plan ne "
            "dit pas quel fournisseur un module reçoit ; ces fournisseurs sont donc "
            "inconnus.",
        },
        blocks=False,
    )


def _deferred(listing: Listing) -> Gap | None:
    if not listing.deferred:
        return None
    count, names = len(listing.deferred), _names(listing.deferred)
    return Gap(
        id="deferred",
        message={
            "en": f"Changes that the plan defers to a later one: {count} ({names}).",
            "fr": f"Changements que le plan reporte à un plan ultérieur : {count} "
            f"({names}).",
        },
        blocks=True,
    )


def _incomplete(head: Head, listing: Listing) -> Gap | None:
    if head.complete is not False or listing.deferred:
        return None
    return Gap(
        id="incomplete",
        message={
            "en": "The plan is incomplete (-target, -exclude or deferred changes): what "
            "it leaves out was not judged.",
            "fr": "Le plan est incomplet (-target, -exclude ou changements reportés) : "
            "ce qu'il omet n'a pas été jugé.",
        },
        blocks=True,
    )


def _not_applyable(head: Head, listing: Listing) -> Gap | None:
    if head.applyable is not False or not listing.changing:
        return None
    return Gap(
        id="not-applyable",
        message={
            "en": "The plan says that it cannot be applied, although it holds changes.",
            "fr": "Le plan indique qu'il ne peut pas être appliqué, alors qu'il "
            "contient des changements.",
        },
        blocks=False,
    )


def _drift(listing: Listing) -> Gap | None:
    if not listing.drifted:
        return None
    count, names = len(listing.drifted), _names(listing.drifted)
    return Gap(
        id="drift",
        message={
            "en": f"Resources changed outside Terraform: {count} ({names}).",
            "fr": f"Ressources modifiées en dehors de Terraform : {count} ({names}).",
        },
        blocks=False,
    )


def _actions(members: Mapping[str, msgspec.Raw]) -> Gap | None:
    """The gap of actions: what they do with data is in no plan.

    Raises:
        InputError: The section is malformed.
    """
    section, later = "action_invocations", "deferred_action_invocations"
    invoked = _listed(members, section, list[_Action])
    delayed = _listed(members, later, list[_DeferredAction])
    types = [one.type or one.address for one in invoked]
    types += [one.action_invocation.type for one in delayed]
    if not types:
        return None
    names = _names([bounded(name, where=pointer(section)) for name in types])
    return Gap(
        id="actions",
        message={
            "en": f"Actions can move data and are not judged: {names}.",
            "fr": "Des actions peuvent déplacer des données et ne sont pas jugées : "
            f"{names}.",
        },
        blocks=True,
    )


def _checks(members: Mapping[str, msgspec.Raw]) -> Gap | None:
    """The gap of checks that fail; a failing check does not stop an apply.

    Raises:
        InputError: The section is malformed.
    """
    listed = _listed(members, "checks", list[dict[str, Any]])
    failing = [one for one in listed if one.get("status") in {"fail", "error"}]
    if not failing:
        return None
    names = _names([_check_name(one) for one in failing])
    return Gap(
        id="check-failed",
        message={
            "en": f"Checks of the configuration fail: {names}.",
            "fr": f"Des vérifications de la configuration échouent : {names}.",
        },
        blocks=False,
    )


def _check_name(check: Mapping[str, Any]) -> str:
    address = check.get("address")
    name = address.get("to_display") if isinstance(address, dict) else None
    return name if isinstance(name, str) else "?"


def _listed(
    members: Mapping[str, msgspec.Raw], section: str, type_: type[list[Any]]
) -> list[Any]:
    document = bytes(members.get(section, b"null"))
    if document == b"null":
        return []
    return strict_json.typed(document, type_, where=pointer(section))


def _names(names: Sequence[str]) -> str:
    """The first distinct names, and "…" where there are more."""
    distinct = [shown(name) for name in dict.fromkeys(names)]
    more = ["…"] if len(distinct) > _NAMED else []
    return ", ".join(distinct[:_NAMED] + more)
