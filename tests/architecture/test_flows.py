"""Flows and silent copies name what is there, once, on types that data goes through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guardrail.library import load_library, shipped
from guardrail.placement import ProviderProfile
from guardrail.placement.catalogue import word_for

PROVIDERS = load_library(shipped()).registry.providers
FLOWING = [one for one in PROVIDERS.values() if one.flows or one.silent_copies]
FOUND: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "fixtures/remake/flow_paths.json").read_bytes()
)
"""What the real schemas have of it; `fixtures/remake/flow_paths.py` writes it."""
ENGINE: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[2] / "fixtures/remake/heat_schema.json").read_bytes()
)
"""The types of the real Heat with their properties, by `heat_engine.py` there."""
NO_SCHEMA = frozenset(
    {
        "aiven/aiven",
        "aliyun/alicloud",
        "auth0/auth0",
        "azure/azapi",
        "builtin/terraform",
        "confluentinc/confluent",
        "elastic/ec",
        "exoscale/exoscale",
        "fastly/fastly",
        "flexibleenginecloud/flexibleengine",
        "hashicorp/awscc",
        "hashicorp/local",
        "hashicorp/null",
        "hashicorp/random",
        "heroku/heroku",
        "hetznercloud/hcloud",
        "huaweicloud/huaweicloud",
        "ibm-cloud/ibm",
        "linode/linode",
        "numspot/numspot",
        "orange-cloudavenue/cloudavenue",
        "outscale/outscale",
        "ovh/ovh",
        "scaleway/scaleway",
        "scalingo/scalingo",
        "stackitcloud/stackit",
        "tencentcloudstack/tencentcloud",
        "vultr/vultr",
    }
)
"""Providers whose schema is not to be had: their flows rest on their documentation."""
LIVE = {
    "terraform-provider-openstack/openstack": [
        ("openstack_blockstorage_snapshot_v3", "volume_id"),
        ("openstack_blockstorage_backup_v3", "volume_id"),
        ("openstack_blockstorage_backup_v3", "snapshot_id"),
        ("openstack_sharedfilesystem_snapshot_v2", "share_id"),
        ("openstack_db_backup_v1", "instance_id"),
        ("openstack_db_backup_v1", "parent_id"),
        ("openstack_images_image_v2", "instance_uuid"),
        ("openstack_images_image_v2", "block_device_mapping.volume_id"),
        ("openstack_images_image_v2", "block_device_mapping.snapshot_id"),
        ("openstack_db_instance_v1", "replica_of"),
    ]
}
"""What no resource has and the services show of what is there: `openstack/listings.py`
reads it, and the answers in `tests/unit/openstack/recorded.json` have most of it."""
BYSTANDERS = {"none", "network", "dns", "identity", "config"}
"""Kinds of types that hold no data and copy none."""
PASSING = {"attaches", "connects", "serves"}
"""What may go through them all the same."""


def named(profile: ProviderProfile) -> list[tuple[str, str]]:
    """Every type and path of a profile's flows and silent copies."""
    flows = [(name, flow.path) for flow in profile.flows for name in flow.types]
    copies = [(name, one.path) for one in profile.silent_copies for name in one.types]
    return flows + copies


HEAT = PROVIDERS["openstack/heat"]
FOUND[HEAT.provider] = {
    "paths": {
        name: [
            path for one, path in named(HEAT) if one == name and path in ENGINE[name]
        ]
        for name, _path in named(HEAT)
    }
}


def of_provider(profile: ProviderProfile) -> str:
    return profile.provider


@pytest.mark.parametrize("profile", FLOWING, ids=of_provider)
def test_every_path_is_in_a_real_schema(profile: ProviderProfile) -> None:
    if profile.provider in NO_SCHEMA:
        assert profile.provider not in FOUND
        return
    paths = FOUND[profile.provider]["paths"]

    unknown = [one for one in named(profile) if one[1] not in paths.get(one[0], ())]

    assert unknown == LIVE.get(profile.provider, [])


def test_the_schemas_are_searched_for_nothing_else() -> None:
    wanted = {profile.provider: set(named(profile)) for profile in FLOWING}
    stale = [
        (provider, name, path)
        for provider, entry in FOUND.items()
        for name, paths in entry["paths"].items()
        for path in paths
        if (name, path) not in wanted.get(provider, ())
    ]

    assert stale == []
    assert wanted.keys() >= NO_SCHEMA


@pytest.mark.parametrize("profile", FLOWING, ids=of_provider)
def test_a_flow_is_stated_once(profile: ProviderProfile) -> None:
    stated = [(name, flow.path) for flow in profile.flows for name in flow.types]
    silent = [
        (name, one.path, one.to) for one in profile.silent_copies for name in one.types
    ]

    assert len(stated) == len(set(stated))
    assert len(silent) == len(set(silent))
    assert all("*" not in name for name, _ in named(profile))


@pytest.mark.parametrize("profile", FLOWING, ids=of_provider)
def test_what_copies_data_is_judged(profile: ProviderProfile) -> None:
    """A connector of a kind that is not judged would let its copy through."""
    odd = {
        name: word_for(profile.kinds, name)
        for flow in profile.flows
        for name in flow.types
        if word_for(profile.kinds, name) in BYSTANDERS
        and flow.kind not in PASSING
        and flow.certain
    }

    assert odd == {}


@pytest.mark.parametrize("profile", FLOWING, ids=of_provider)
def test_a_silent_copy_can_happen(profile: ProviderProfile) -> None:
    for one in profile.silent_copies:
        assert one.values or one.unset
        assert one.to != "pair" or one.kind in {"replicates", "backs-up"}


def test_every_type_of_the_engine_has_a_kind_and_a_service() -> None:
    without = [name for name in ENGINE if word_for(HEAT.kinds, name) is None]
    served = [
        name
        for name in ENGINE
        if word_for(HEAT.kinds, name) not in BYSTANDERS
        and word_for(HEAT.services, name) is None
    ]

    assert without == []
    assert served == [
        "OS::Mistral::CronTrigger",
        "OS::Mistral::ExternalResource",
        "OS::Mistral::Workflow",
    ]
    assert len(ENGINE) > 150
