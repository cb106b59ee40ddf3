"""What a Terraform provider says about who operates the cloud, where, and what for.

These are the shapes of `policies/providers/`. Patterns of resource types have a `*` at
either end at most; lists are ordered and the first match wins.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from guardrail.placement.registry import Fact

Kind = Literal[
    "data", "backup", "log", "secret", "egress", "compute", "cdn",
    "dns", "identity", "network", "config", "none",
]  # fmt: skip


FlowKind = Literal[
    "attaches", "copies", "backs-up", "replicates", "logs", "streams", "connects",
    "serves",
]  # fmt: skip


class Match(msgspec.Struct, frozen=True):
    """A word for the resource types that match."""

    to: str
    types: tuple[str, ...]


class Writing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a label is written where tags are."""

    types: tuple[str, ...] = ()
    """Resource types that surely carry tags there, by the provider's schema."""
    blocks: bool = False
    """Whether `pairs` are nested blocks; else they are a list of objects."""
    key: str = "key"
    """Member of a pair that holds the key."""
    value: str = "value"
    constants: dict[str, str] = {}  # a Struct copies it
    """Other members that a pair must have, as expressions."""
    mark: Literal["=", ":"] = "="
    """Between key and value in a string."""
    joint: str = ","
    """Between categories in one value."""
    characters: str = ""
    """What keys and values may consist of, as in the brackets of a regular expression;
    anything when empty."""


class TagShape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a resource carries tags, and how they are written."""

    path: str
    """Attribute; nested with dots, through lists as if they were not there."""
    shape: Literal["map", "pairs", "strings"]
    """`map`: key to value; `pairs`: objects with key and value; `strings`: `k=v`."""
    inherited: bool = False
    """Whether tags of the provider configuration are merged in (`tags_all`)."""
    types: tuple[str, ...] = ()
    """Resource types that it holds for; all when empty."""
    marks: str = "=:"
    """`strings`: what may stand between key and value."""
    namespace: str = ""
    """What ends a namespace before each key, where there is one."""
    write: Writing | None = None
    """How a label is written there; None where it is only read."""


class Area(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where resources say in which part of one cloud they lie."""

    name: str
    """`zone`, `aggregate`, `volume-type`, `store`, …; as qualifications name it."""
    paths: tuple[str, ...]
    """Attributes that hold it, strongest first."""
    types: tuple[str, ...]
    """Resource types that have them."""


class OutsideTags(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one resource sets tags on another.

    A path may go on at the resource that an attribute refers to: `tag_id>name`.
    """

    types: tuple[str, ...]
    target: str
    """Attribute that names the tagged resource."""
    path: str = ""
    """Attribute with tags, in `shape`; or else one tag is stated by `key`, `value`."""
    shape: Literal["map", "pairs"] = "map"
    key: str = ""
    value: str = ""
    form: str = ""
    """Regular expression of the text at `value`, with groups `key` and `value`."""


class EnvironmentVariable(msgspec.Struct, frozen=True, kw_only=True):
    """An environment variable that supplies a setting of the provider."""

    setting: str
    """`endpoint`, `region`, or the name of a signal."""
    names: tuple[str, ...]
    """First one set wins; `{SERVICE}` stands for the endpoint service."""
    unless: str = ""
    """A variable that makes the provider ignore these when it is `true`."""


class FileSetting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting of the provider that an entry of a file supplies."""

    setting: str
    """`endpoint` or `region`."""
    names: tuple[str, ...]
    """Keys in the entry, dotted; first one set wins; `{service}` as in `endpoints`."""
    beats: tuple[str, ...] = ()
    """The provider settings that give way to it, and their variables with them."""
    unless: str = ""
    """A variable that makes the provider ignore it when it is `true`."""


class SettingsFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file beside the plan of which one entry supplies settings of the provider."""

    format: Literal["clouds-yaml", "aws-config"]
    """How it is read; `--clouds-yaml`, … gives it."""
    entry: str
    """The provider setting that names the entry."""
    names: tuple[str, ...]
    """The variables that name it where the block does not."""
    default: str = ""
    """The entry where nobody names one; "" for none."""
    variable: str
    """The variable that makes it read another file than the usual one."""
    elsewhere: tuple[str, ...] = ()
    """Provider settings that do."""
    settings: tuple[FileSetting, ...]


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which way data goes between a resource and what one of its attributes names."""

    kind: FlowKind
    types: tuple[str, ...]
    path: str
    """Attribute; nested with dots, through lists as if they were not there."""
    data: Literal["out", "in", "both"] = "out"
    """`out`: to what `path` names; `in`: from it. Seen from the resource that has the
    attribute: a connector has one flow in and one out."""
    names: Literal[
        "resource", "region", "zone", "address", "neighbour", "account", "tag", "tags"
    ] = "resource"
    """What the value is: a resource (id, name, ARN, path, URL of one), a region or zone
    of the same operator, or the URL or host of anybody. A resource of the stack may
    stand at an `address` too. A `neighbour` (a key, a role) gets no data and lies where
    the data goes. An `account` (a project, a tenant) gives the data of all that is in
    it, of the stack or not, also where `path` is left to its default. `tags` (a map)
    and a `tag` (with key and value) select all that bears one, of the stack or not."""
    selects: tuple[str, ...] = ()
    """Types that tags select."""
    certain: bool = True
    """False where data may go that way and need not."""
    published: bool = False
    """Whether what it names is mostly published for everybody, like the image of an
    operating system, or a word that names no resource: what is not of the stack is then
    nobody's data."""
    anywhere: bool = False
    """Whether what it names may lie in any region of the operator, and no name or id of
    it says in which."""
    computed: bool = False
    """Whether the provider fills the block that `path` begins with where code sets
    none: unknown as a whole, it is then nobody's setting."""


class Deploys(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What resources have another engine make: a template, a chart, an object.

    Where it is set and cannot be read, nobody knows what data that will hold.
    """

    types: tuple[str, ...]
    path: str
    """Attribute that holds or names it; dotted."""
    where: dict[str, tuple[str, ...]] = {}  # a Struct copies it
    """Attributes to how their text may begin, whatever its case, where it does so only
    for some; what is not known may be one of those."""
    language: Literal["", "heat", "labels"] = ""
    """How it is read: as a template of Heat; or only for the labels in it, where it is
    made beside the resource. It is not read where this is empty."""
    provider: str = ""
    """Whose resources it makes; as another file here names it."""
    given: dict[str, str] = {}  # a Struct copies it
    """What it is deployed with (`parameters`, `environment`, `files`), and where its
    `outputs` are, to the attribute; dotted."""
    labels: tuple[str, ...] = ()
    """Keys under which labels stand in it, at any depth; `*` at either end at most."""
    around: tuple[str, ...] = ()
    """Keys under which labels may stand deeper; any key of a text, which is known as
    a whole or not at all."""
    selects: tuple[str, ...] = ()
    """Keys under which labels of others stand."""
    pairs: bool = False
    """Whether it is a list of objects with `name`, dotted, and `value`."""
    own: bool = False
    """Whether only the path of a file or folder counts, which the owner wrote: what has
    a name or an address is published by somebody, like an image."""


class SilentCopy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A copy that the operator makes by itself because of a setting or its default."""

    kind: FlowKind
    types: tuple[str, ...]
    path: str
    """Attribute that asks for it; dotted."""
    values: tuple[str, ...] = ()
    """Its values that do, whatever their case."""
    unset: bool = False
    """Whether it is also made where the attribute is not set."""
    to: str = "pair"
    """`pair`: the region that the operator pairs with the resource's; `anywhere`: a
    region that the operator chooses; else the region or multi-region itself."""


class Identifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A form of the ids by which resources of a provider are named anywhere."""

    form: str
    """Regular expression of the whole id; a group `region` where it names a place."""
    offer: str = ""
    """The offer that the form alone names; the resource's own when empty."""


class Hosted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a service says on whose cloud it runs, where that is somebody else's."""

    types: tuple[str, ...] = ("*",)
    cloud: tuple[str, ...] = ()
    """Attributes that name the cloud; dotted, through lists."""
    region: tuple[str, ...] = ()
    """Attributes that name its region, beside the cloud's, in the same order."""
    form: str = ""
    """Regular expression of `region` with groups `cloud` and `region`."""
    clouds: dict[str, str] = {}
    """Word for a cloud, lower case, to the offer."""
    hosts: dict[str, str] = {}
    """Pattern of the service's own host to the offer that it runs on."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A program that a provider runs to log in, which shows whose cloud it is."""

    path: str
    """Block of the provider with `command` and `args`; dotted."""
    command: str
    option: str
    """The argument that stands before the region."""
    offer: str


class StateBackend(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A backend that keeps the state with the operators of a provider."""

    type: str
    """`s3`, `remote`, …"""
    endpoints: tuple[str, ...] = ()
    """Settings of the backend that hold a URL or host, strongest first; dotted."""
    region: tuple[str, ...] = ()
    """Settings of the backend that hold the region."""
    holds: str = ""
    """Resource type of the provider that the state is kept in."""


class Acting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data sources that do something when they are read: run a program, send data."""

    types: tuple[str, ...]
    path: str = ""
    """The argument that makes them; "" where they always do."""


class ProviderProfile(Fact, frozen=True, kw_only=True):
    """How one provider is read."""

    provider: str
    """`namespace/type`; the registry host is a separate fact and not looked at."""
    also: tuple[str, ...] = ()
    """Other `namespace/type` of the same provider (forks, former names)."""
    like: str = ""
    """Another one that reaches the same clouds: what recognises a destination there
    recognises it here."""
    protocol: Literal["shared", "dedicated", "none"]
    """`shared`: many operators speak it; `dedicated`: one does; `none`: no place."""
    endpoints: tuple[str, ...] = ()
    """Provider settings that hold a URL or host, strongest first; dotted.

    `{service}` stands for the endpoint service of the resource type.
    """
    blocks: tuple[str, ...] = ()
    """Provider settings with endpoints that are nested blocks.

    One that is `dynamic` leaves no trace where the code was not given.
    """
    signals: dict[str, str] = {}  # noqa: RUF012  # a Struct copies it
    """Signal (`universe`, `environment`, …) to the provider setting that holds it."""
    defaults: dict[str, str] = {}  # noqa: RUF012  # a Struct copies it
    """Signal to the value that it has when the setting is absent."""
    region: tuple[str, ...] = ()
    """Provider settings that hold the region, strongest first."""
    resource_region: tuple[str, ...] = ()
    """Resource attributes that hold the region or location, strongest first."""
    resource_zone: tuple[str, ...] = ()
    """Resource attributes that hold a zone inside a region."""
    areas: tuple[Area, ...] = ()
    """Parts of one cloud that resources name; they say nothing about the country."""
    precedence: Literal["configuration", "environment"] = "configuration"
    """Which one wins where both state a setting."""
    environment: tuple[EnvironmentVariable, ...] = ()
    files: tuple[SettingsFile, ...] = ()
    """Files that supply settings; they give way to the environment but where said."""
    tags: tuple[TagShape, ...] = ()
    outside_tags: tuple[OutsideTags, ...] = ()
    """Tags that resources set on others."""
    default_tags: str = ""
    """Provider setting with tags (a map) that every resource inherits; dotted."""
    default_tags_except: tuple[str, ...] = ()
    """Resource types that do not inherit them."""
    rewritten_hosts: tuple[str, ...] = ()
    """Hosts whose `{region}` the provider replaces by its region setting."""
    unset_regions: tuple[Match, ...] = ()
    """Region of the resource types that go to it, and not to the provider's, where they
    state none: a default of theirs that code does not show."""
    parents: tuple[str, ...] = ()
    """Resource attributes that refer to a resource whose place is inherited."""
    endpoint_services: tuple[Match, ...] = ()
    """Endpoint service (`s3`, `ec2`, …) of the resource types."""
    kinds: tuple[Match, ...] = ()
    services: tuple[Match, ...] = ()
    """Service kind (`object-storage`, `database`, …) of the resource types."""
    worldwide: tuple[str, ...] = ()
    """Resource types that are not in a region (global services, edge)."""
    identifiers: tuple[Identifier, ...] = ()
    hosted: tuple[Hosted, ...] = ()
    inside: tuple[str, ...] = ()
    """Provider settings that refer to the resource it works inside of (a cluster)."""
    tools: tuple[Tool, ...] = ()
    backends: tuple[StateBackend, ...] = ()
    flows: tuple[Flow, ...] = ()
    """Where data goes between resources, and to second places."""
    silent_copies: tuple[SilentCopy, ...] = ()
    acting: tuple[Acting, ...] = ()
    deploys: tuple[Deploys, ...] = ()
    native: tuple[str, ...] = ()
    """The types that its engine brings along, where others may be made of a template of
    somebody's; `*` at either end. Empty where there are no others."""
    """Where resources have another engine make more of them."""

    def __hash__(self) -> int:
        """By name alone: a look-up need not read all that is known of the provider."""
        return hash(self.provider)
