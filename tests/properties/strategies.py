"""Stacks as Terraform would make them, over the offers that matter to the laws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from guardrail.assessment import Circumstances
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    Unknown,
)

CLASSES = (
    "public",
    "internal",
    "personal",
    "sensitive",
    "particular",
    "restricted",
    "classified",
)
CATEGORIES = ("legal-secret", "public-order", "health", "citizens-personal")
DAYS = (
    date(2021, 7, 5),
    date(2023, 5, 31),
    date(2026, 4, 17),
    date(2026, 11, 22),
    date(2026, 11, 30),
    date(2026, 12, 1),
)
BODIES = ("state", "state-operator", "health-data-platform", "private", None)
KEY = "main"

Settings = Mapping[str, Any]


def _constant(value: object) -> Known[object]:
    return Known(value, Evidence.CONSTANT, "a constant")


def _aws(host: str, region: str) -> Settings:
    return {
        "region": _constant(region),
        "endpoints": [{"s3": _constant(host), "ec2": _constant(host)}],
    }


DESTINATIONS: Mapping[str, tuple[str, str, Settings]] = {
    "aws": ("hashicorp/aws", "aws_s3_bucket", {"region": _constant("eu-west-3")}),
    "cloudgouv": (
        "hashicorp/aws",
        "aws_s3_bucket",
        _aws("oos.cloudgouv-eu-west-1.outscale.com", "cloudgouv-eu-west-1"),
    ),
    "outscale": (
        "hashicorp/aws",
        "aws_ebs_volume",
        _aws("fcu.eu-west-2.outscale.com", "eu-west-2"),
    ),
    "nobody": (
        "hashicorp/aws",
        "aws_s3_bucket",
        _aws("oos.cloudgouv-eu-west-1.outscale.com.evil.io", "cloudgouv-eu-west-1"),
    ),
    "s3ns": (
        "hashicorp/google",
        "google_storage_bucket",
        {
            "universe_domain": _constant("s3nsapis.fr"),
            "region": _constant("u-france-east1"),
        },
    ),
    "ovh": (
        "terraform-provider-openstack/openstack",
        "openstack_blockstorage_volume_v3",
        {
            "auth_url": _constant("https://auth.cloud.ovh.net/v3"),
            "region": _constant("GRA9"),
        },
    ),
    "scaleway": (
        "scaleway/scaleway",
        "scaleway_object_bucket",
        {"region": _constant("fr-par")},
    ),
    "new": ("someone/something", "something_bucket", {}),
}
TAGS = {"google": "labels", "openstack": "metadata"}


def tag_attribute(resource_type: str) -> str:
    """Where a type of the strategies carries its tags."""
    return TAGS.get(resource_type.partition("_")[0], "tags")


@st.composite
def tags(draw: st.DrawFn) -> dict[str, str]:
    """Tags with or without class and categories."""
    found: dict[str, str] = {}
    if draw(st.booleans()):
        found["data_class"] = draw(st.sampled_from(CLASSES))
    if draw(st.booleans()):
        chosen = draw(st.sets(st.sampled_from(CATEGORIES), min_size=1))
        found["data_categories"] = ",".join(sorted(chosen))
    return found


def resource(
    name: str,
    destination: str,
    labels: Mapping[str, str],
    change: Change = Change.CREATE,
) -> Resource:
    """One resource at a destination, with tags."""
    provider, kind, _settings = DESTINATIONS[destination]
    return Resource(
        address=f"{kind}.{name}",
        configuration=f"{kind}.{name}",
        type=kind,
        provider=f"registry.terraform.io/{provider}",
        provider_configuration=Known(destination),
        change=change,
        actions=(change.value,),
        attributes=Attributes.of({tag_attribute(kind): labels} if labels else {}),
    )


@st.composite
def stacks(draw: st.DrawFn, changes: tuple[Change, ...] = tuple(Change)) -> Stack:
    """Up to four resources over the destinations."""
    names = draw(st.lists(st.sampled_from("abcd"), max_size=4, unique=True))
    return stack(
        [
            resource(
                name,
                draw(st.sampled_from(sorted(DESTINATIONS))),
                draw(tags()),
                draw(st.sampled_from(changes)),
            )
            for name in names
        ]
    )


def stack(resources: list[Resource], providers: Settings | None = None) -> Stack:
    """A stack of `resources`; `providers` replaces settings by destination."""
    return Stack(
        origin=Origin(
            kind="terraform-plan", path="plan.json", sha256="0" * 64, producer="test"
        ),
        resources=tuple(resources),
        providers={
            name: ProviderConfiguration(
                key=name,
                provider=f"registry.terraform.io/{provider}",
                settings=(providers or {}).get(name, settings),
            )
            for name, (provider, _kind, settings) in DESTINATIONS.items()
        },
        arguments={
            one.configuration: frozenset({"tags", "labels", "metadata"})
            for one in resources
        },
    )


@st.composite
def circumstances(draw: st.DrawFn) -> Circumstances:
    """A day and a body."""
    body = draw(st.sampled_from(BODIES))
    return Circumstances(
        as_of=draw(st.sampled_from(DAYS)),
        body=Known(body) if body else Unknown("not stated"),
    )
