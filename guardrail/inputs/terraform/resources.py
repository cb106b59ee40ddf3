"""The resources of a plan, each joined to its block and its provider."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import bounded, pointer, shown
from guardrail.inputs.terraform import masks
from guardrail.inputs.terraform.addresses import parse_key, parse_module, plain_name
from guardrail.inputs.terraform.changes import ChangeEntry, Entry, change_of
from guardrail.inputs.terraform.configuration import Configuration
from guardrail.inputs.terraform.document import SHOW
from guardrail.inputs.terraform.providers import BINARY, provider_key
from guardrail.model import Attributes, Change, Resource, Unknown, Value, say

_PREFIX = {"managed": "", "data": "data."}
_GONE = (Change.DELETE, Change.FORGET)
_EMPTY = Attributes()
_LONGEST_NUMBER = 20


class _Shared(msgspec.Struct, frozen=True):
    """What the instances of a block in one instance of a module share."""

    prefix: str
    """The address, up to the instance key."""
    configuration: str
    provider: Value[str]
    managed: bool


class Joiner:
    """Makes resources of entries; what they share is worked out once."""

    def __init__(self, configuration: Configuration, *, joined: bool) -> None:
        self._configuration = configuration
        self._joined = joined
        self._shared: dict[tuple[str, str, str, str, str], _Shared] = {}
        self._unknown = masks.Masks()
        self._sensitive = masks.Masks()
        self._changes: dict[tuple[tuple[str, ...], bool], Change] = {}

    def resources(
        self, entries: Sequence[Entry], *, where: str, partial: bool = False
    ) -> list[Resource]:
        """The resources of `entries`; `partial` ones need not state their values.

        Raises:
            InputError: An entry contradicts itself, or says what is not understood.
        """
        return [
            self._resource(entry, f"{where}/{number}", partial)
            for number, entry in enumerate(entries)
        ]

    def _resource(self, entry: Entry, where: str, partial: bool) -> Resource:  # noqa: FBT001  # a keyword costs here
        """The resource of one entry.

        Raises:
            InputError: It contradicts itself, or says what is not understood.
        """
        shared = self._shared_by(entry, where)
        stated = entry.change
        importing = bool(stated.importing) and bytes(stated.importing) != b"null"
        change = self._changes.get((stated.actions, importing))
        if change is None:
            change = change_of(stated.actions, importing=importing, where=where)
            self._changes[stated.actions, importing] = change
        try:
            unknown = stated.after_unknown or (b"true" if partial else b"")
            after = self._attributes(stated.after, unknown, stated.after_sensitive)
            before = self._attributes(stated.before, b"", stated.before_sensitive)
        except InputError as error:
            message = str(error.args[0])
            raise InputError(message, where=where, remedy=error.remedy) from error
        if not partial:
            change = _actual(change, before, after, where)
            if change not in _GONE:
                _check_stated(after, stated, where)
        if entry.deposed or entry.previous_address:
            bounded(entry.deposed, where=where)
            bounded(entry.previous_address, where=where)
        return Resource(
            address=entry.address,
            configuration=shared.configuration,
            type=entry.type,
            provider=entry.provider_name,
            provider_configuration=_DEPOSED if entry.deposed else shared.provider,
            change=change,
            actions=stated.actions,
            managed=shared.managed,
            attributes=after,
            before=before,
            deposed=entry.deposed,
            previous_address=entry.previous_address,
        )

    def _attributes(
        self, values: bytes, unknown: bytes, sensitive: bytes
    ) -> Attributes:
        """The values of an object with its masks.

        Raises:
            InputError: A mask is malformed.
        """
        content = bytes(values) or b"null"
        mask = self._unknown.of(unknown) if unknown else b"null"
        if content == b"null" and mask != b"true":
            return _EMPTY
        return Attributes(
            content, mask, self._sensitive.of(sensitive), masks.values, masks.sound
        )

    def _shared_by(self, entry: Entry, where: str) -> _Shared:
        """What `entry` shares with its like; its address is checked against it.

        Raises:
            InputError: Its address is malformed, or contradicts what stands beside it.
        """
        key = (
            entry.module_address,
            entry.mode,
            entry.type,
            entry.name,
            entry.provider_name,
        )
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = self._work_out(entry, where)
        if entry.address != shared.prefix:
            _check_key(entry.address, shared.prefix, where)
        return shared

    def _work_out(self, entry: Entry, where: str) -> _Shared:
        """What `entry` shares with its like.

        Raises:
            InputError: A part of its address is malformed.
        """
        for name in (entry.module_address, entry.type, entry.name, entry.provider_name):
            bounded(name, where=where)
        prefix = _PREFIX.get(entry.mode)
        if prefix is None:
            raise InputError(
                f"the mode `{shown(entry.mode)}` of a resource is unknown",
                where=where + pointer("mode"),
                remedy="Update guardrail to a version that knows it",
            )
        if not plain_name(entry.type) or not plain_name(entry.name):
            raise InputError("type or name of a resource is malformed", where=where)
        relative = f"{prefix}{entry.type}.{entry.name}"
        calls = parse_module(entry.module_address)
        module = f"{entry.module_address}." if entry.module_address else ""
        configuration = "".join(f"module.{call.name}." for call in calls) + relative
        block = self._configuration.blocks.get(configuration)
        provider = provider_key(
            block, entry.provider_name, self._configuration, joined=self._joined
        )
        bounded(module + relative, where=where)
        return _Shared(module + relative, configuration, provider, not prefix)


_DEPOSED: Value[str] = Unknown(
    say(
        "a deposed object keeps the provider that made it, which the plan JSON does "
        "not name"
    ),
    BINARY,
)


def _check_key(address: str, prefix: str, where: str) -> None:
    """Nothing, when `address` is `prefix` and an instance key.

    Raises:
        InputError: It is not.
    """
    key = address[len(prefix) :]
    if not address.startswith(prefix):
        raise InputError(
            f"the address `{shown(address)}` contradicts the module, type and name "
            "beside it",
            where=where + pointer("address"),
            remedy=SHOW,
        )
    number = key[0] == "[" and key[-1] == "]" and key[1:-1].isdecimal()
    if not number or len(key) > _LONGEST_NUMBER or not key.isascii():
        parse_key(bounded(address, where=where)[len(prefix) :])


def _actual(
    change: Change, before: Attributes, after: Attributes, where: str
) -> Change:
    """The change that the values show: what says that nothing changes must show it.

    Raises:
        InputError: What is said to go away has values afterwards.
    """
    if change in _GONE and after.values[:1] == b"{":
        raise InputError(
            f"there are values after the change `{change.value}`",
            where=where + pointer("change", "after"),
            remedy=SHOW,
        )
    still = before.values == after.values
    return Change.UPDATE if change is Change.NO_OP and not still else change


def _check_stated(after: Attributes, stated: ChangeEntry, where: str) -> None:
    """Nothing, when a change states its values and which of them are unknown.

    Raises:
        InputError: It does not: unknown values would look like absent ones.
    """
    if after.values[:1] != b"{" or not stated.after_unknown:
        raise InputError(
            "the change does not state all its values (`after`, `after_unknown`)",
            where=where + pointer("change"),
            remedy=SHOW,
        )
