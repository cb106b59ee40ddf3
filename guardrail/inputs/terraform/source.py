"""What the code says that the JSON of its plan does not: settings, places, the backend.

A plan as JSON leaves out local values, functions and `dynamic` blocks. Where the code
is there, every setting of a provider block is evaluated from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.identifiers import shown
from guardrail.inputs.source import GivenCode
from guardrail.inputs.terraform.belonging import path_of, prove
from guardrail.inputs.terraform.code_links import CodeLinks
from guardrail.inputs.terraform.store import state_of
from guardrail.inputs.terraform.values import Instances, Values
from guardrail.inputs.terraform.written import amended
from guardrail.model import (
    Attributes,
    Change,
    Gap,
    Known,
    ProviderConfiguration,
    Reference,
    Resource,
    StateStore,
    Unknown,
)


class Followed(msgspec.Struct, frozen=True, eq=False):
    """The references of the blocks, and the arguments that lead elsewhere too."""

    references: tuple[Reference, ...]
    unfollowed: Mapping[str, frozenset[str]]


class Evaluated(msgspec.Struct, frozen=True, eq=False):
    """The code of a plan, with the values that the plan holds."""

    tree: hcl.Tree
    values: Values
    kept: hcl.Backend | None

    def providers(
        self, stated: Mapping[str, ProviderConfiguration]
    ) -> dict[str, ProviderConfiguration]:
        """The provider blocks; `stated` is what the JSON says of them."""
        return {key: self._provider(one) for key, one in stated.items()}

    def resources(
        self, resources: Sequence[Resource], arguments: Mapping[str, frozenset[str]]
    ) -> tuple[Resource, ...]:
        """The resources with where their blocks stand, and what these make clear."""
        places: dict[str, tuple[str, int] | None] = {}
        found = []
        for resource in resources:
            address = resource.configuration
            if address not in places:
                places[address] = self._place(address)
            set_ = arguments.get(address, frozenset())
            attributes = self._attributes(resource, set_)
            found.append(
                msgspec.structs.replace(
                    resource, location=places[address], attributes=attributes
                )
            )
        return tuple(found)

    def state(self) -> StateStore | Gap:
        """Where the state is kept, or what is to be known of that."""
        return state_of(self.tree, self.kept)

    def followed(self, stated: Sequence[Reference]) -> Followed:
        """The references that the JSON shows, and those that the code does.

        Raises:
            InputError: There are too many.
        """
        links = CodeLinks(self.tree)
        references = tuple(dict.fromkeys([*stated, *links.all()]))
        return Followed(references, links.unfollowed)

    def _attributes(self, resource: Resource, set_: frozenset[str]) -> Attributes:
        """The attributes of a new resource; what the plan leaves open may be clear.

        A function that is given one unknown value makes all of it unknown in a plan.
        """
        hidden = set_.intersection(resource.attributes.hidden)
        if resource.change is not Change.CREATE or not hidden:
            return resource.attributes
        settings = hcl.resource_arguments(self.tree, resource.address)
        stated = {} if isinstance(settings, Unknown) else settings
        clear = {
            name: one
            for name in sorted(hidden)
            if isinstance(one := stated.get(name), Known)
        }
        return amended(resource.attributes, clear) if clear else resource.attributes

    def _provider(self, stated: ProviderConfiguration) -> ProviderConfiguration:
        entry = self.values.configuration.providers.get(stated.key)
        if entry is not None:
            path, name, alias = path_of(entry.module_address), entry.name, entry.alias
        else:
            module, _, local = stated.key.rpartition(":")
            name, _, alias = local.partition(".")
            path = path_of(module)
        settings = hcl.provider_settings(self.tree, path, name, alias)
        if isinstance(settings, Unknown):
            return stated
        return msgspec.structs.replace(
            stated, settings=_joined(settings, stated.settings), hidden=False
        )

    def _place(self, address: str) -> tuple[str, int] | None:
        try:
            found = hcl.location(self.tree, address)
        except InputError:  # a name that no code can have
            return None
        return (shown(found[0]), found[1]) if found else None


def evaluated(code: GivenCode, values: Values, *, tofu: bool) -> Evaluated:
    """The code of a plan, with the values that the plan holds.

    Raises:
        InputError: The plan was not made from it.
    """
    tree = hcl.Tree(
        code.modules,
        variables=values.variables,
        final=True,
        known=_Attributes(values),
        tofu=tofu,
    )
    if not code.carried:
        prove(tree, values.configuration)
    return Evaluated(tree, values, code.kept)


def _joined(settings: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of the code; the constants of the JSON where the code tells nothing."""
    joined = dict(settings)
    for name, item in settings.items():
        constant = stated.get(name)
        if isinstance(item, Unknown) and isinstance(constant, Known):
            joined[name] = constant if constant.evidence.firm else item
    return joined


class _Attributes(Mapping[str, Known[Any]]):
    """The attributes of each instance by its address, read when asked for."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._by_address: dict[str, Attributes] | None = None

    def __getitem__(self, address: str) -> Known[Any]:
        return _known(self._all()[address])

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Attributes]:
        if self._by_address is None:
            instances: Instances = self._values.instances()
            self._by_address = {
                address: attributes
                for each in instances.values()
                for address, attributes in each
            }
        return self._by_address


def _known(attributes: Attributes) -> Known[Any]:
    """The attributes of an object, with `Unknown` inside.

    Raises:
        InputError: They are malformed.
    """
    stated = attributes.values[:1] == b"{"
    names = tuple(attributes.members(attributes.values)) if stated else ()
    part = attributes.pick(names)
    values: dict[str, Any] = {}
    sensitive = False
    for name in names:
        match part.get(name):
            case Known() as known:
                values[name] = known.value
                sensitive = sensitive or known.sensitive
            case Unknown() as unknown:
                values[name] = unknown
            case _:  # null
                pass
    return Known(values, sensitive=sensitive)
