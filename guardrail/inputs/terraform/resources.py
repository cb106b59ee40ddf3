"""The resources of a plan, each joined to its block and its provider."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import bounded, pointer, shown
from guardrail.inputs.terraform.addresses import parse_key, parse_module, plain_name
from guardrail.inputs.terraform.changes import ChangeEntry, Entry, change_of
from guardrail.inputs.terraform.configuration import Configuration
from guardrail.inputs.terraform.document import SHOW
from guardrail.inputs.terraform.providers import provider_key
from guardrail.model import Attributes, Change, Resource, Unknown, Value

_PREFIX = {"managed": "", "data": "data."}
_GONE = frozenset({Change.DELETE, Change.FORGET})
_EMPTY = Attributes()
_ABSENT = frozenset({b"", b"null"})


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says of its resources."""

    resources: tuple[Resource, ...]
    deferred: tuple[str, ...]
    """Addresses."""
    drifted: tuple[str, ...]
    """Addresses."""

    @property
    def changing(self) -> bool:
        """Whether anything but reading is to be done."""
        idle = {Change.NO_OP, Change.READ}
        return any(resource.change not in idle for resource in self.resources)


class _Block(msgspec.Struct, frozen=True):
    """What the instances of a block in one instance of a module share."""

    prefix: str
    """The address, up to the instance key."""
    configuration: str
    provider: Value[str]
    managed: bool


class Joiner:
    """Makes resources of entries; what instances share is worked out once."""

    def __init__(self, configuration: Configuration, *, joined: bool) -> None:
        self._configuration = configuration
        self._joined = joined
        self._blocks: dict[tuple[str, str, str, str, str], _Block] = {}
        self._masks: dict[bytes, bytes] = {}
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
        key = (
            entry.module_address, entry.mode, entry.type, entry.name,
            entry.provider_name,
        )  # fmt: skip
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = self._block(entry, where)
        if entry.address != block.prefix:
            _check_key(entry.address, block.prefix, where)
        stated = entry.change
        change = self._change(stated, where)
        if not partial and change not in _GONE:
            _check_values(stated, where)
        if entry.deposed or entry.previous_address:
            bounded(entry.deposed, where=where)
            bounded(entry.previous_address, where=where)
        return Resource(
            address=entry.address,
            configuration=block.configuration,
            type=entry.type,
            provider=entry.provider_name,
            provider_configuration=_DEPOSED if entry.deposed else block.provider,
            change=change,
            actions=stated.actions,
            managed=block.managed,
            attributes=self._attributes(
                stated.after, stated.after_unknown, stated.after_sensitive
            ),
            before=self._attributes(stated.before, b"null", stated.before_sensitive),
            deposed=entry.deposed,
            previous_address=entry.previous_address,
        )

    def _change(self, stated: ChangeEntry, where: str) -> Change:
        importing = bytes(stated.importing) not in _ABSENT
        key = (stated.actions, importing)
        if key not in self._changes:
            self._changes[key] = change_of(
                stated.actions, importing=importing, where=where
            )
        return self._changes[key]

    def _attributes(
        self, values: bytes, unknown: bytes, sensitive: bytes
    ) -> Attributes:
        document = bytes(values)
        if document in _ABSENT and bytes(unknown) != b"true":
            return _EMPTY
        return Attributes(
            document or b"null",
            self._mask(bytes(unknown)),
            self._mask(bytes(sensitive)),
            strict_json.attribute_members,
        )

    def _mask(self, mask: bytes) -> bytes:
        """`mask`, one object for all that are equal."""
        return self._masks.setdefault(mask, mask) or b"null"

    def _block(self, entry: Entry, where: str) -> _Block:
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
            raise InputError("type and name of a resource are malformed", where=where)
        relative = f"{prefix}{entry.type}.{entry.name}"
        calls = parse_module(entry.module_address)
        module = f"{entry.module_address}." if entry.module_address else ""
        configuration = "".join(f"module.{call.name}." for call in calls) + relative
        block = self._configuration.blocks.get(configuration)
        provider = provider_key(
            block, entry.provider_name, self._configuration, joined=self._joined
        )
        return _Block(module + relative, configuration, provider, not prefix)


_DEPOSED: Value[str] = Unknown(
    "a deposed object keeps the provider that made it, which the plan JSON does not name",
    "Give the binary plan",
)


def _check_key(address: str, prefix: str, where: str) -> None:
    """Nothing, when `address` is `prefix` and an instance key.

    Raises:
        InputError: It is not.
    """
    bounded(address, where=where)
    if not address.startswith(prefix):
        raise InputError(
            f"the address `{shown(address)}` contradicts the module, type and name "
            "beside it",
            where=where + pointer("address"),
            remedy=SHOW,
        )
    key = address[len(prefix) :]
    if not (key[:1] == "[" and key[-1:] == "]" and key[1:-1].isdecimal()):
        parse_key(key)


def _check_values(stated: ChangeEntry, where: str) -> None:
    """Nothing, when a change states its values and which of them are unknown.

    Raises:
        InputError: It does not: unknown values would look like absent ones.
    """
    if bytes(stated.after)[:1] != b"{" or not bytes(stated.after_unknown):
        raise InputError(
            "the change does not state all its values (`after`, `after_unknown`)",
            where=where + pointer("change"),
            remedy=SHOW,
        )
