"""`configuration` of a plan: the blocks, module by module, as they are written.

Addresses in it are relative to their module and have no instance keys; here every
block has its absolute one.

Source: HashiCorp, terraform, internal/command/jsonconfig/config.go, tag v1.14.0,
https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import bounded, pointer


class BlockEntry(msgspec.Struct):
    """An entry of `resources`."""

    address: str
    mode: str
    type: str
    name: str
    provider_config_key: str = ""
    expressions: dict[str, Any] | None = None
    for_each_expression: Any = None
    provisioners: list[Any] = []


class VariableEntry(msgspec.Struct):
    """An entry of `variables`."""

    default: Any = msgspec.UNSET
    sensitive: bool = False


class OutputEntry(msgspec.Struct):
    """An entry of `outputs`."""

    expression: Any = None
    sensitive: bool = False


class CallEntry(msgspec.Struct):
    """An entry of `module_calls`."""

    module: ModuleEntry
    expressions: dict[str, Any] | None = None
    for_each_expression: Any = None


class ModuleEntry(msgspec.Struct):
    """`root_module`, or `module` of a call."""

    resources: list[BlockEntry] = []
    module_calls: dict[str, CallEntry] = {}
    variables: dict[str, VariableEntry] = {}
    outputs: dict[str, OutputEntry] = {}


class ProviderEntry(msgspec.Struct):
    """An entry of `provider_config`."""

    name: str
    full_name: str = ""
    alias: str = ""
    module_address: str = ""
    expressions: dict[str, Any] | None = None


class ConfigurationEntry(msgspec.Struct):
    """`configuration`."""

    root_module: ModuleEntry = msgspec.field(default_factory=ModuleEntry)
    provider_config: dict[str, ProviderEntry] = {}


class Scope(msgspec.Struct, frozen=True, eq=False):
    """A module, and the call that it stands under."""

    address: str
    """Without instance keys; "" for the root."""
    module: ModuleEntry
    call: CallEntry | None
    parent: Scope | None

    def inside(self, relative: str) -> str:
        """The absolute form of an address relative to this module."""
        return f"{self.address}.{relative}" if self.address else relative


class Block(msgspec.Struct, frozen=True, eq=False):
    """A resource or data block."""

    address: str
    """Absolute, without instance keys."""
    scope: Scope
    entry: BlockEntry


class Configuration(msgspec.Struct, frozen=True, eq=False):
    """All blocks of a configuration."""

    blocks: Mapping[str, Block]
    """By absolute address."""
    scopes: Mapping[str, Scope]
    """By absolute address."""
    providers: Mapping[str, ProviderEntry]
    """By provider key."""


def configuration(document: bytes) -> Configuration:
    """The configuration that `document`, the section of a plan, describes.

    Raises:
        InputError: It is malformed, states a key twice, or has too long a name.
    """
    entry = strict_json.typed(document, ConfigurationEntry, where="/configuration")
    for key, provider in entry.provider_config.items():
        place = pointer("configuration", "provider_config", key)
        for name in (key, provider.name, provider.full_name, provider.module_address):
            bounded(name, where=place)
    scopes: dict[str, Scope] = {}
    blocks: dict[str, Block] = {}
    pending = [Scope("", entry.root_module, None, None)]
    while pending:
        scope = pending.pop()
        scopes[scope.address] = scope
        for resource in scope.module.resources:
            _add(Block(scope.inside(resource.address), scope, resource), blocks)
        for name, call in scope.module.module_calls.items():
            address = bounded(scope.inside(f"module.{name}"), where="/configuration")
            pending.append(Scope(address, call.module, call, scope))
    return Configuration(blocks, scopes, entry.provider_config)


def _add(block: Block, blocks: dict[str, Block]) -> None:
    bounded(block.address, where="/configuration")
    if block.address in blocks:
        raise InputError(
            f"the configuration holds `{block.address}` twice", where="/configuration"
        )
    blocks[block.address] = block
