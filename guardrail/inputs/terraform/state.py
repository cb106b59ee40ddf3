"""`prior_state` and `planned_values` of a plan: trees of modules with resources.

Source: HashiCorp, terraform, internal/command/jsonstate/state.go, tag v1.14.0,
https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import bounded
from guardrail.inputs.terraform import masks
from guardrail.inputs.terraform.addresses import parse
from guardrail.inputs.terraform.configuration import Configuration
from guardrail.inputs.terraform.providers import provider_key
from guardrail.model import Attributes, Change, Resource

_NOTHING = msgspec.Raw(b"")


class Instance(msgspec.Struct, omit_defaults=True):
    """A resource instance in a state; its fields are in the order of Terraform's."""

    address: str
    mode: str
    type: str = ""
    name: str = ""
    index: msgspec.Raw = _NOTHING
    provider_name: str = ""
    schema_version: msgspec.Raw = _NOTHING
    values: msgspec.Raw = _NOTHING
    sensitive_values: msgspec.Raw = _NOTHING
    depends_on: msgspec.Raw = _NOTHING
    tainted: msgspec.Raw = _NOTHING
    deposed_key: msgspec.Raw = _NOTHING


class _Named(msgspec.Struct):
    address: str


class _Module(msgspec.Struct):
    resources: list[_Named] = []
    child_modules: list[_Module] = []


class _Values(msgspec.Struct):
    root_module: _Module = msgspec.field(default_factory=_Module)


_instances = msgspec.json.Decoder(list[Instance])
_modules = msgspec.json.Decoder(list[msgspec.Raw])
_planned = msgspec.json.Decoder(_Values)


def observed(
    document: bytes, configuration: Configuration, *, joined: bool
) -> list[Resource]:
    """The data sources in `document`, a `prior_state`, with what they read.

    Nothing happens to them any more, so they are like resources that do not change.
    `joined` is as for `provider_key`.

    Raises:
        InputError: It is malformed, or a resource states a key twice.
    """
    where = "/prior_state"
    values = strict_json.members(document, where=where).get("values")
    if values is None:
        return []
    root = strict_json.members(values, where=where).get("root_module")
    if root is None:
        return []
    known = masks.Masks()
    return [
        _observed(instance, known, configuration, joined=joined)
        for instance in _walk(root, where)
        if instance.mode == "data"
    ]


def addresses(document: bytes) -> list[str]:
    """The addresses in `document`, the `planned_values` of a plan.

    Raises:
        InputError: It is malformed.
    """
    found = strict_json.decoded(document, _planned, where="/planned_values")
    pending = [found.root_module]
    listed: list[str] = []
    while pending:
        module = pending.pop()
        listed.extend([resource.address for resource in module.resources])
        pending.extend(module.child_modules)
    return listed


def _walk(root: msgspec.Raw, where: str) -> Iterator[Instance]:
    """The instances of a module and of those below it.

    Raises:
        InputError: One is malformed, or states a key twice.
    """
    pending = [root]
    while pending:
        module = strict_json.members(pending.pop(), where=where)
        if listed := module.get("resources"):
            found = strict_json.decoded(listed, _instances, where=where)
            if not strict_json.says_all(found, listed):
                strict_json.objects(listed, where=where)
            yield from found
        if below := module.get("child_modules"):
            modules = strict_json.decoded(below, _modules, where=where)
            pending.extend(modules)


def _observed(
    instance: Instance,
    known: masks.Masks,
    configuration: Configuration,
    *,
    joined: bool,
) -> Resource:
    """A data source that was read.

    Raises:
        InputError: Its address or a mask is malformed.
    """
    where = "/prior_state"
    address = bounded(instance.address, where=where)
    block = parse(address).configuration
    provider = bounded(instance.provider_name, where=where)
    attributes = Attributes(
        values=bytes(instance.values) or b"null",
        sensitive=known.of(instance.sensitive_values),
        members=masks.values,
    )
    return Resource(
        address=address,
        configuration=block,
        type=bounded(instance.type, where=where),
        provider=provider,
        provider_configuration=provider_key(
            configuration.blocks.get(block), provider, configuration, joined=joined
        ),
        change=Change.NO_OP,
        actions=("no-op",),
        managed=False,
        attributes=attributes,
        before=attributes,
    )
