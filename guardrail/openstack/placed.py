"""What a request places, in the words of the provider profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from guardrail.classification import Lexicon
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    say,
)
from guardrail.openstack.settings import Cloud

PROVIDER = "registry.terraform.io/terraform-provider-openstack/openstack"
_KEY = "openstack"
SERVER = "openstack_compute_instance_v2"
VOLUME = "openstack_blockstorage_volume_v3"
SNAPSHOT = "openstack_blockstorage_snapshot_v3"
BACKUP = "openstack_blockstorage_backup_v3"
IMAGE = "openstack_images_image_v2"
NETWORK = "openstack_networking_network_v2"
ROUTER = "openstack_networking_router_v2"
TUNNEL = "openstack_vpnaas_site_connection_v2"
STACK = "openstack_orchestration_stack_v1"
ANYTHING = "openstack_unknown"
"""A type that no profile knows, so that it counts as holding data."""


_LABELS = ("metadata", "all_metadata", "properties", "tags")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Something that data comes from: what is made of it is as sensitive."""

    labels: Mapping[str, Any]
    unknown: frozenset[str] = frozenset()
    project: str = ""
    """Whose it is, where the class of that project counts; the caller's when empty."""
    lasting: bool = False
    """Whether the service itself carries the labels over."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that a request creates, copies or changes."""

    type: str
    """Of the Terraform provider."""
    attributes: Mapping[str, Any]
    """Labels and areas; an attribute that is not here is not set."""
    unknown: frozenset[str] = frozenset()
    """Attributes that are set to nobody knows what."""
    change: Change = Change.CREATE
    project: str = ""
    """Whose it is; the caller's when empty."""
    sources: tuple[Given, ...] = ()
    """What it is made of, or holds."""

    @property
    def given(self) -> Given:
        """The labels of this, for what is made of it."""
        found = {name: self.attributes.get(name) for name in _LABELS}
        labels = {name: value for name, value in found.items() if value}
        return Given(labels=labels, unknown=self.unknown, project=self.project)

    def carrying(self, source: Given) -> Placed:
        """This in the same place, with the labels of `source` in place of its own."""
        areas = self.attributes.keys() - set(_LABELS)
        place = {name: self.attributes[name] for name in sorted(areas)}
        return msgspec.structs.replace(
            self,
            attributes={**place, **source.labels},
            unknown=source.unknown,
            project=source.project or self.project,
            sources=(),
        )

    def resource(self, project: str, place: int) -> Resource:
        """This as a resource of `project`; its own name stays out of the address."""
        address = f"project.{project or '?'}.{self.type}[{place}]"
        return Resource(
            address=address,
            configuration=address,
            type=self.type,
            provider=PROVIDER,
            provider_configuration=Known(_KEY),
            change=self.change,
            actions=(self.change.value,),
            attributes=Attributes.of(
                self.attributes, unknown=dict.fromkeys(sorted(self.unknown), True)
            ),
        )


class Deployed(msgspec.Struct, frozen=True, kw_only=True):
    """A whole stack of resources, and its tags as Heat takes them."""

    stack: Stack
    tags: tuple[str, ...] = ()


_MAPS = frozenset({"metadata", "all_metadata", "properties"})


def of_interest(placed: Placed, lexicon: Lexicon) -> Placed:
    """`placed` with no more of its labels than is read: what says the same is equal."""
    kept = {
        name: _labels(name, value, lexicon) for name, value in placed.attributes.items()
    }
    return msgspec.structs.replace(placed, attributes=kept)


def _labels(name: str, value: Any, lexicon: Lexicon) -> Any:
    if name in _MAPS and isinstance(value, dict):
        return {key: value[key] for key in value if lexicon.reads(key)}
    if name == "tags" and isinstance(value, list):
        return [one for one in value if isinstance(one, str) and _reads(one, lexicon)]
    return value


def _reads(tag: str, lexicon: Lexicon) -> bool:
    return any(lexicon.reads(key) for key, _mark, _rest in map(tag.partition, "=:"))


def stack_of(
    placed: Sequence[Placed], project: str, cloud: Cloud, service: str
) -> Stack:
    """The stack that `placed` makes on `cloud`."""
    return Stack(
        origin=Origin(kind="openstack-request", path=service, sha256="", producer=""),
        resources=tuple(one.resource(project, n) for n, one in enumerate(placed)),
        providers={_KEY: configuration_of(cloud)},
        arguments={},
    )


def configuration_of(cloud: Cloud) -> ProviderConfiguration:
    """`cloud` as the provider block that would call it."""
    because = say("the cloud that is guarded, in admission.yaml")
    stated = {"auth_url": cloud.auth_url, "region": cloud.region}
    return ProviderConfiguration(
        key=_KEY,
        provider=PROVIDER,
        settings={
            name: Known(value, Evidence.ATTESTED, because)
            for name, value in stated.items()
            if value
        },
        hidden=False,
    )


def on_cloud(stack: Stack, cloud: Cloud) -> Stack:
    """`stack`, which names no cloud, on `cloud`; a region that it names stays."""
    settings = configuration_of(cloud).settings
    return msgspec.structs.replace(
        stack,
        providers={
            key: msgspec.structs.replace(one, settings={**settings, **one.settings})
            for key, one in stack.providers.items()
        },
    )
