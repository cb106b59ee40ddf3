"""Resources that make others: the members that their properties define.

Source: OpenStack, heat, heat/engine/resources/openstack/heat/resource_group.py,
autoscaling_group.py, resource_chain.py and remote_stack.py, 27.0.1,
https://opendev.org/openstack/heat
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.environment import is_file
from guardrail.inputs.heat.paths import put_in
from guardrail.inputs.heat.values import Budget, Hole, Secret, opened
from guardrail.model import Unknown, Value, say

REMOTE = "OS::Heat::Stack"
REGION = "@"
"""What stands in the key of a provider configuration before the region of a stack."""
_FETCHED = "::CloudFormation::Stack"
"""How a type ends whose template the cloud fetches, from an address."""
MOST_MEMBERS = 5_000
"""Members of one group."""
ANY = "*"
"""The key of the one member that stands for a number that is not known."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One member of a group."""

    key: str
    type: str
    properties: Any
    metadata: Any = None


def members(
    type_: str, properties: Mapping[str, Any], budget: Budget
) -> list[Definition] | None:
    """The members of a group; None where it is none, or nobody can tell.

    Raises:
        InputError: There are too many.
    """
    read = _GROUPS.get(type_)
    found = None if read is None else read(properties, budget)
    return None if found is None else list(found)


def _resource_group(
    properties: Mapping[str, Any], budget: Budget
) -> Iterator[Definition] | None:
    definition = _definition(properties.get("resource_def"))
    variable = properties.get("index_var", "%index%")
    if definition is None or not isinstance(variable, str):
        return None
    removed = _removed(properties.get("removal_policies"))
    count = _number(properties.get("count", 1))
    return _indexed(definition, _keys(count, removed, budget), variable, budget)


def _indexed(
    definition: Definition, keys: list[str], variable: str, budget: Budget
) -> Iterator[Definition]:
    """The members `keys`, with their key put in for `variable`."""
    for key in keys:
        content = definition.properties
        if key != ANY and variable:
            content = put_in(content, [(variable, key)], budget, keys=False)
        yield msgspec.structs.replace(definition, key=key, properties=content)


def _scaling_group(
    properties: Mapping[str, Any], budget: Budget
) -> Iterator[Definition] | None:
    """The first members; it may grow from none to many, all alike."""
    definition = _definition(properties.get("resource"))
    if definition is None:
        return None
    stated = properties.get("desired_capacity")
    count = _number(properties.get("min_size") if stated is None else stated)
    return _indexed(definition, _keys(count or None, frozenset(), budget), "", budget)


def _chain(
    properties: Mapping[str, Any], budget: Budget
) -> Iterator[Definition] | None:
    types, _secret = opened(properties.get("resources"))
    if not isinstance(types, list) or not all(isinstance(one, str) for one in types):
        return None
    budget.spend(len(types))
    content = properties.get("resource_properties")
    return (
        Definition(key=str(number), type=type_, properties=content)
        for number, type_ in enumerate(types)
    )


_GROUPS: Mapping[
    str, Callable[[Mapping[str, Any], Budget], Iterator[Definition] | None]
] = {
    "OS::Heat::ResourceGroup": _resource_group,
    "OS::Heat::AutoScalingGroup": _scaling_group,
    "OS::Heat::ResourceChain": _chain,
}


def is_group(type_: str) -> bool:
    """Whether a resource of this type makes members, which its properties define."""
    return type_ in _GROUPS


def is_template(type_: str) -> bool:
    """Whether a resource of this type makes what a template says."""
    return is_file(type_) or type_ == REMOTE


def makes_others(type_: str) -> bool:
    """Whether a resource of this type makes others."""
    return is_group(type_) or is_template(type_) or type_.endswith(_FETCHED)


def remote_provider(context: Any, usual: Value[str]) -> Value[str]:
    """The provider configuration of a stack in another region, or in another cloud."""
    context, hidden = opened(context)
    if context is None:
        return usual
    known = isinstance(context, Mapping) and not hidden
    if not known or context.get("credential_secret_id") is not None:
        return Unknown(
            say("the stack goes to another cloud, which only a secret names"),
            say("judge its template by itself, with the cloud that it goes to"),
        )
    region, secret = opened(context.get("region_name"))
    if region is None or isinstance(usual, Unknown):
        return usual
    if not isinstance(region, str) or secret:
        remedy = region.unknown.remedy if isinstance(region, Hole) else ""
        return Unknown(say("the region of the stack is not known"), remedy)
    key = f"{usual.value.partition(REGION)[0]}{REGION}{region}"
    return msgspec.structs.replace(usual, value=key)


def _definition(stated: Any) -> Definition | None:
    """What a group says of its members; None where their type is not known."""
    if not isinstance(stated, Mapping) or not isinstance(stated.get("type"), str):
        return None
    return Definition(
        key="",
        type=stated["type"],
        properties=stated.get("properties"),
        metadata=stated.get("metadata"),
    )


def _number(value: Any) -> int | None:
    """A number of members; None where it is not known, or none that Heat takes."""
    value, _secret = opened(value)
    try:
        found = -1 if isinstance(value, Hole) else int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found >= 0 else None


def _keys(
    count: int | None, removed: frozenset[str] | None, budget: Budget
) -> list[str]:
    """The keys of the members of a group.

    Raises:
        InputError: There are too many.
    """
    if count is None or removed is None:
        return [ANY]
    if count > MOST_MEMBERS:
        raise InputError(
            f"a group has {count} members, more than {MOST_MEMBERS}",
            remedy="Split the template",
        )
    budget.spend(count)
    keys = (str(number) for number in range(count + len(removed)))
    return [key for key in keys if key not in removed][:count]


def _removed(policies: Any) -> frozenset[str] | None:
    """The names of members that are left out; None where they are not known."""
    policies, _secret = opened(policies)
    if policies is None:
        return frozenset()
    if not isinstance(policies, list):
        return None
    found: set[str] = set()
    for policy in policies:
        names = policy.get("resource_list") if isinstance(policy, Mapping) else None
        if not isinstance(names, list):
            return None
        if any(isinstance(one, Hole | Secret) for one in names):
            return None
        found.update(map(str, names))
    return frozenset(found)
