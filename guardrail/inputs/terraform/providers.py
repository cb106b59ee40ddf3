"""Which provider block a resource goes through, and what that block says.

Terraform writes `provider_config_key`, normalised to where the provider was configured.
One case is wrong or at least ambiguous: a module that knows the provider under another
local name, and is passed nothing, gets an entry of its own without expressions, though
it runs with the default provider of an ancestor. An empty `provider "x" {}` block in
that module, which runs on the environment alone, is written in exactly the same way.
So the settings of the ancestor are hints there. An empty entry under the *same* local
name can only be such a block: plain inheritance leaves no entry.

Source: HashiCorp, terraform, internal/command/jsonconfig/config.go
(`normalizeModuleProviderKeys`), tag v1.11.4, https://github.com/hashicorp/terraform;
both cases reproduced with Terraform 1.11.4 and hashicorp/aws 5.100.0, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.identifiers import bounded, pointer, shown
from guardrail.inputs.terraform.configuration import (
    Block,
    Configuration,
    ProviderEntry,
    Scope,
)
from guardrail.inputs.terraform.expressions import is_expression
from guardrail.inputs.terraform.values import SOURCE, Values, evaluate
from guardrail.model import (
    ABSENT,
    Evidence,
    Known,
    ProviderConfiguration,
    Unknown,
    Value,
    say,
)

BINARY = say("give the binary plan")
"""The remedy where only the binary plan names the provider of an object."""


def provider_key(
    block: Block | None, provider: str, configuration: Configuration, *, joined: bool
) -> Value[str]:
    """The key of the provider block that the instances of `block` go through.

    `provider` is the one that the change states. Not `joined`: a format in which only
    the keys of the root module can be trusted.
    """
    if block is None:
        reason = say(
            "it is not in the configuration any more, and the plan JSON does not say "
            "which provider block made it"
        )
        return Unknown(reason, BINARY)
    key = block.entry.provider_config_key
    entry = configuration.providers.get(key)
    if not joined and (block.scope.address or entry is None):
        reason = say(
            "plans of Terraform 1.1 and older do not say which provider block a module "
            "is passed"
        )
        return Unknown(reason, say("plan with Terraform 1.2 or later"))
    if not key:
        return Unknown(say("the configuration names no provider for it"), SOURCE)
    if entry is not None and entry.full_name not in {"", provider}:
        return Unknown(
            say(
                "the change names the provider {}, and the configuration {}",
                shown(provider),
                shown(entry.full_name),
            )
        )
    because = say("the configuration joins it to the provider block {}", shown(key))
    found = _resolved(key, entry, provider, configuration)
    return Known(found, Evidence.CONSTANT, because)


def provider_configurations(
    used: Mapping[str, str], values: Values
) -> dict[str, ProviderConfiguration]:
    """The provider blocks by key, settings evaluated; `used` maps key to provider.

    Raises:
        InputError: A block stands in a module that the configuration does not hold.
    """
    return {key: _configured(key, provider, values) for key, provider in used.items()}


def _resolved(
    key: str, entry: ProviderEntry | None, provider: str, configuration: Configuration
) -> str:
    """`key`, or where it has no entry at all the default that is inherited."""
    if entry is not None:
        return key
    module, _, name = key.rpartition(":")
    if not module or "." in name:
        return key
    found = _inherited(module, provider, configuration)
    return found or key


def _configured(key: str, provider: str, values: Values) -> ProviderConfiguration:
    configuration = values.configuration
    entry = configuration.providers.get(key)
    if entry is None:
        return ProviderConfiguration(key=key, provider=provider, settings={})
    hints = False
    if entry.module_address and not entry.alias and not entry.expressions:
        inherited = _inherited(entry.module_address, provider, configuration)
        source = configuration.providers.get(inherited)
        if source is not None and source.name != entry.name:
            entry, hints = source, True
    scope = configuration.scopes.get(entry.module_address)
    if scope is None:
        raise InputError(
            f"provider block {shown(key)} stands in a module that is not there",
            where=pointer("configuration", "provider_config", key),
        )
    label = say("provider {}", shown(key))
    settings = _settings(entry.expressions or {}, scope, values, label)
    return ProviderConfiguration(
        key=key,
        provider=provider,
        settings=_weakened(settings, shown(key)) if hints else settings,
    )


def _inherited(module: str, provider: str, configuration: Configuration) -> str:
    """The key of the nearest default block of a provider above a module; or ""."""
    defaults = {
        entry.module_address: key
        for key, entry in configuration.providers.items()
        if entry.full_name == provider
        and not entry.alias
        and (entry.expressions or not entry.module_address)
    }
    scope = configuration.scopes.get(module)
    while scope is not None and scope.parent is not None:
        scope = scope.parent
        if scope.address in defaults:
            return defaults[scope.address]
    return ""


def _settings(
    arguments: Mapping[str, Any], scope: Scope, values: Values, label: str
) -> dict[str, Any]:
    """The settings of a block: `Known`, `Unknown`, or lists of such blocks.

    Raises:
        InputError: What an argument refers to is malformed.
    """
    settings: dict[str, Any] = {}
    for name, item in arguments.items():
        what = say("{}: {}", label, shown(bounded(name, where="/configuration")))
        if is_expression(item):
            found = evaluate(item, scope, values, what=what)
            if found is not ABSENT:
                settings[name] = found
            continue
        blocks = _blocks(item)
        if blocks is None:
            reason = say("{} is written in an unknown way", what)
            settings[name] = Unknown(reason, SOURCE)
        else:
            settings[name] = [_settings(one, scope, values, what) for one in blocks]
    return settings


def _blocks(item: object) -> list[dict[str, Any]] | None:
    """The nested blocks that an argument consists of; None if it does not."""
    if isinstance(item, dict):
        return [item]
    if isinstance(item, list):
        blocks = [one for one in item if isinstance(one, dict)]
        return blocks if len(blocks) == len(item) else None
    return None


def _weakened(settings: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The settings of another block that may be in force, as hints."""
    return {name: _hint(item, key) for name, item in settings.items()}


def _hint(item: Any, key: str) -> Any:
    match item:
        case Known():
            because = say(
                "{}, and {} may inherit it, unless it is an empty block (give --src)",
                item.because,
                key,
            )
            weaker = max(item.evidence, Evidence.REFERENCE)
            return msgspec.structs.replace(item, evidence=weaker, because=because)
        case list():
            return [_weakened(block, key) for block in item]
        case _:
            return item


def producer(version: str, providers: Iterable[str]) -> str:
    """`terraform 1.11.4`, or `opentofu 1.9.0`: only the registry tells them apart."""
    tofu = any(name.startswith("registry.opentofu.org/") for name in providers)
    return f"{'opentofu' if tofu else 'terraform'} {shown(version)}".strip()
