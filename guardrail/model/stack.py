"""What one input describes: resources, references, provider configurations, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec

from guardrail.model.attributes import Attributes, Part
from guardrail.model.hidden import hidden_blocks
from guardrail.model.phrase import say
from guardrail.model.value import ABSENT, Known, Setting, Unknown, Value


class Change(Enum):
    """What happens to a resource."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    NO_OP = "no-op"
    IMPORT = "import"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One instance at one address, with its change."""

    address: str
    """Absolute, with instance keys."""
    configuration: str
    """The same without instance keys: the block it comes from."""
    type: str
    provider: str
    """Fully qualified: `registry.terraform.io/hashicorp/aws`."""
    provider_configuration: Value[str]
    """Key into `Stack.providers`."""
    change: Change
    actions: tuple[str, ...]
    """As the input states them, in order."""
    managed: bool = True
    """False for a data source."""
    attributes: Attributes = Attributes()
    """After the change; empty where it is deleted."""
    before: Attributes = Attributes()
    deposed: str = ""
    """Key of a deposed object; "" for the current one."""
    previous_address: str = ""
    """Where it moved from; "" when it did not move."""
    location: tuple[str, int] | None = None
    """File and line of its block; None where the code was not given."""
    outer: str = ""
    """Address of the resource of which it is a part: a stack that another engine makes;
    "" where it stands by itself."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A directed link between two configuration addresses: `source` reads `target`."""

    source: str
    target: str
    path: str
    """Argument of `source` in which the reference stands, dotted."""
    attribute: str = ""
    """Attribute of `target` that is read; "" for the whole object."""
    shared: int = 0
    """Module calls, from the root, of which both are surely in the same instance."""
    pairs: tuple[tuple[int, int], ...] = ()
    """Instance keys that are the same: the place of one in the address of `source`
    and in that of `target`, counted over modules first, the resource's own last."""
    fixed: tuple[tuple[int, str], ...] = ()
    """Instance keys of `target` that are stated: their place, and the key as text."""
    sure: bool = True
    """False where it may be another reference that leads to `target`."""


class ProviderConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """One provider block, or the place where one is missing."""

    key: str
    """`aws`, `aws.osc`, `module.own:aws`."""
    provider: str
    """Fully qualified."""
    settings: Mapping[str, Any]
    """Setting to `Known`, `Unknown`, or for a nested block a list of such mappings.

    A setting that is not here is absent. Use `setting` to read one.
    """
    hidden: bool = True
    """Whether there may be settings that the input cannot show (`dynamic` blocks)."""

    def setting(self, path: str) -> Setting[Any]:
        """The setting at a dotted path, through nested blocks.

        Unknown where several blocks of a name state it and differ: which one the
        provider takes is its own affair.
        """
        return _descend([self.settings], path.split("."))


class Unread(msgspec.Struct, frozen=True, order=True):
    """What a resource gives to another engine to deploy, and was not read."""

    path: str
    """Argument that holds or names it."""
    why: str
    """A phrase."""
    known: bool = True
    """Whether what is set there is known at all."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the whole input that a person must know."""

    id: str
    """`incomplete`, `deferred`, `drift`, `actions`, `old-format`, `check-failed`, …"""
    message: str
    """A phrase."""
    blocks: bool
    """Whether it keeps the verdict from being allow."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What was read."""

    kind: str
    """`terraform-plan`, …"""
    path: str
    sha256: str
    producer: str
    """`terraform 1.11.4`, `opentofu 1.10.2`."""
    complete: bool = True


class StateStore(msgspec.Struct, frozen=True, kw_only=True):
    """Where the state is kept, which holds the values of all resources in clear."""

    type: str
    """`s3`, …; `cloud` for a `cloud` block."""
    settings: Mapping[str, Any]
    """Like those of a provider; of code, `init -backend-config` may add others."""
    location: tuple[str, int] | None = None
    """File and line."""


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """What one input describes."""

    origin: Origin
    resources: tuple[Resource, ...]
    """In the order of the input; several may have one address (deposed objects)."""
    references: tuple[Reference, ...] = ()
    providers: Mapping[str, ProviderConfiguration] = {}
    provider_references: tuple[Reference, ...] = ()
    """From provider blocks, by their keys, to what they take a setting from."""
    arguments: Mapping[str, frozenset[str]] = {}
    """Configuration address to the arguments that its block sets, dotted.

    Those of nested blocks are among them, the blocks themselves are not.

    A block that is not here may set any.
    """
    blocks: Mapping[str, Mapping[str, int]] = {}
    """Configuration address to the nested blocks, dotted, that the input shows in its
    block, and how many: where there are more, something else makes them."""
    unfollowed: Mapping[str, frozenset[str]] = {}
    """Configuration address to the arguments, dotted, that may take their value from
    what no reference shows: a variable, a local value, a function of something."""
    witnesses: Mapping[str, Mapping[str, Value[str]]] = {}
    """Provider key to facts that data sources saw through it: `region`, `partition`."""
    unread: Mapping[str, tuple[Unread, ...]] = {}
    """Address to what the resource has another engine deploy that was not read."""
    unfolded: frozenset[str] = frozenset()
    """Addresses of the resources of which all that another engine makes is here."""
    gaps: tuple[Gap, ...] = ()
    state: StateStore | None = None
    """None where the input does not name one, or it is a file."""

    def hidden(self, block: str, part: Part) -> frozenset[str]:
        """The nested blocks in `part`, dotted, that `block` is not seen to write.

        Raises:
            InputError: An attribute is malformed.
        """
        written = self.blocks.get(block)
        return hidden_blocks(part, written) if written else frozenset()


def _descend(blocks: list[Mapping[str, Any]], path: list[str]) -> Setting[Any]:
    stated = [_in_block(block, path) for block in blocks]
    found = [setting for setting in stated if setting is not ABSENT]
    if not found:
        return ABSENT
    if any(setting != found[0] for setting in found):
        return Unknown(say("several blocks state `{}`, and they differ", path[-1]))
    return found[0]


def _in_block(block: Mapping[str, Any], path: list[str]) -> Setting[Any]:
    found = block.get(path[0])
    if found is None or isinstance(found, Unknown):
        return ABSENT if found is None else found
    if isinstance(found, Known):
        return _inside(found, path[1:])
    return _descend(list(found), path[1:]) if path[1:] else ABSENT


def _inside(found: Known[Any], path: list[str]) -> Setting[Any]:
    """The value at `path` inside a known structure; lists give their first object."""
    value = found.value
    for name in path:
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, dict)), None)
        value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, Unknown):
            return value
    if value is None:
        return ABSENT
    return msgspec.structs.replace(found, value=value)
