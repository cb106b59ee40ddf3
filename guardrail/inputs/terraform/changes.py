"""`resource_changes` and its like: what happens to each resource.

Source: HashiCorp, terraform, internal/command/jsonplan/resource.go and plan.go
(`Change`), tag v1.14.0, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import pointer, shown
from guardrail.model import Change

NOTHING = msgspec.Raw(b"")
"""A member that is not stated."""


class ChangeEntry(msgspec.Struct, omit_defaults=True):
    """`change` of an entry; its fields are in the order of Terraform's."""

    actions: tuple[str, ...]
    before: msgspec.Raw = NOTHING
    after: msgspec.Raw = NOTHING
    after_unknown: msgspec.Raw = NOTHING
    before_sensitive: msgspec.Raw = NOTHING
    after_sensitive: msgspec.Raw = NOTHING
    replace_paths: msgspec.Raw = NOTHING
    importing: msgspec.Raw = NOTHING
    generated_config: msgspec.Raw = NOTHING
    before_identity: msgspec.Raw = NOTHING
    after_identity: msgspec.Raw = NOTHING


class Entry(msgspec.Struct, omit_defaults=True, kw_only=True):
    """An entry of `resource_changes`; its fields are in the order of Terraform's."""

    address: str
    previous_address: str = ""
    module_address: str = ""
    mode: str = ""
    type: str = ""
    name: str = ""
    index: msgspec.Raw = NOTHING
    provider_name: str = ""
    deposed: str = ""
    change: ChangeEntry
    action_reason: str = ""


class Deferred(msgspec.Struct):
    """An entry of `deferred_changes`."""

    resource_change: Entry
    reason: str = ""


_entries = msgspec.json.Decoder(list[Entry])
_deferred = msgspec.json.Decoder(list[Deferred])


def entries(document: bytes, *, where: str) -> list[Entry]:
    """The entries of an array of resource changes.

    Raises:
        InputError: It is malformed, or an entry or its change states a key twice.
    """
    found = strict_json.decoded(document, _entries, where=where)
    if not strict_json.says_all(found, document):
        _prove(document, where)
    return found


def deferred(document: bytes, *, where: str) -> list[Deferred]:
    """The entries of an array of deferred changes.

    Raises:
        InputError: It is malformed, or an object in it states a key twice.
    """
    strict_json.value(document, where=where)
    return strict_json.decoded(document, _deferred, where=where)


_BY_ACTIONS = {
    frozenset({"no-op"}): Change.NO_OP,
    frozenset({"create"}): Change.CREATE,
    frozenset({"read"}): Change.READ,
    frozenset({"update"}): Change.UPDATE,
    frozenset({"delete"}): Change.DELETE,
    frozenset({"forget"}): Change.FORGET,
    frozenset({"create", "delete"}): Change.REPLACE,
    frozenset({"create", "forget"}): Change.REPLACE,
}
_IMPORTED = frozenset({Change.NO_OP, Change.CREATE, Change.UPDATE})


def change_of(actions: tuple[str, ...], *, importing: bool, where: str) -> Change:
    """What happens to a resource; the order of the actions says nothing more.

    Raises:
        InputError: The actions are none that this reader knows.
    """
    change = _BY_ACTIONS.get(frozenset(actions))
    if change is None or len(actions) > len(frozenset(actions)):
        words = shown(", ".join(actions[:9])) or "nothing"
        raise InputError(
            f"the actions `{words}` are unknown",
            where=where + pointer("change", "actions"),
            remedy="Update guardrail to a version that knows them",
        )
    return Change.IMPORT if importing and change in _IMPORTED else change


def _prove(document: bytes, where: str) -> None:
    """Nothing, when neither an entry nor its change states a key twice.

    Raises:
        InputError: One does.
    """
    found = strict_json.objects(document, where=where)
    changes = [entry["change"] for entry in found]
    strict_json.objects(msgspec.json.encode(changes), where=where + "/*/change")
