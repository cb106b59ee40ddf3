"""Plans in which the destination is easily mistaken; Terraform made each of them.

The traps are those of the research on which the reader stands: what a plan as JSON hides
(`dynamic` blocks, functions, local values), says in another place (modules, aliases) or
does not know (the environment).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.integration.test_acceptance import PLANS, STATE, check

Landed = tuple[str, str | None, str | None]
"""Verdict, offer, country."""

NOBODY = ("review", None, None)
PUBLIC_CLOUD = ("deny", "ovhcloud-public-cloud", None)
TRAPS: dict[tuple[str, str], tuple[Landed, Landed]] = {
    # Endpoints that the JSON does not show: never the default operator by absence.
    ("outscale-via-aws-endpoints", "aws_s3_bucket.dynamic"): (
        NOBODY, ("allow", "outscale-cloudgouv", "FR"),
    ),
    ("outscale-via-aws-endpoints", "aws_s3_bucket.literal_function"): (
        NOBODY, ("allow", "outscale-cloudgouv", "FR"),
    ),
    # An endpoint for another service than the one that the bucket is in.
    ("outscale-via-aws-endpoints", "aws_s3_bucket.other_service"): (NOBODY, NOBODY),
    # eu-west-2 is London at one operator and Paris at another.
    ("outscale-via-aws-endpoints", "aws_s3_bucket.public_region"): (
        ("deny", "outscale", "FR"), ("deny", "outscale", "FR"),
    ),
    # `replace(var.region, …)` looks like `var.region`.
    ("aws-region-unknown", "aws_s3_bucket.lying_replace"): (
        ("deny", "aws", None), ("deny", "aws", "US"),
    ),
    # A provider of which only the environment knows where it goes.
    ("openstack-no-block", "openstack_objectstorage_container_v1.files"): (
        NOBODY, NOBODY,
    ),
    ("openstack-environment", "openstack_objectstorage_container_v1.files"): (
        NOBODY, NOBODY,
    ),
    ("openstack-origins", "openstack_objectstorage_container_v1.cloud_entry"): (
        NOBODY, NOBODY,
    ),
    ("openstack-origins", "openstack_objectstorage_container_v1.hostile"): (
        NOBODY, NOBODY,
    ),
    ("openstack-origins", "openstack_objectstorage_container_v1.united_states"): (
        ("deny", "ovhcloud-us", "US"), ("deny", "ovhcloud-us", "US"),
    ),
    # A provider that is told where to go by the output of a module.
    ("region-from-module-output", "openstack_objectstorage_container_v1.constant"): (
        PUBLIC_CLOUD, ("deny", "ovhcloud-public-cloud", "FR"),
    ),
    ("region-from-module-output", "openstack_objectstorage_container_v1.object"): (
        NOBODY, ("deny", "ovhcloud-public-cloud", "FR"),
    ),
    ("region-from-module-output", "openstack_objectstorage_container_v1.resource"): (
        PUBLIC_CLOUD, PUBLIC_CLOUD,
    ),
    # An endpoint handed down through two modules.
    ("region-two-levels-down", "module.outer.module.inner.aws_s3_bucket.osc"): (
        ("review", "outscale-cloudgouv", "FR"), ("allow", "outscale-cloudgouv", "FR"),
    ),
    # Two clouds in one module.
    ("two-clouds", "module.archive.aws_s3_bucket.cold"): (
        ("deny", "aws", "FR"), ("deny", "aws", "FR"),
    ),
    ("two-clouds", "module.archive.outscale_volume.live"): (
        ("allow", "outscale-cloudgouv", "FR"), ("allow", "outscale-cloudgouv", "FR"),
    ),
    # A zone that contradicts the region of its provider.
    ("outscale-native", "outscale_volume.at_odds"): (NOBODY, NOBODY),
    # The provider's name from a registry that anybody may run.
    ("private-registry", "outscale_volume.data"): (
        ("review", "outscale-cloudgouv", "FR"), ("review", "outscale-cloudgouv", "FR"),
    ),
}  # fmt: skip


@cache
def report(plan: str, *, code: bool) -> dict[str, Any]:
    beside = ("--src", str(PLANS / plan)) if code else ()
    return check(PLANS / plan / "plan.json", *STATE, *beside)[1]


def landed(found: dict[str, Any], address: str) -> Landed:
    (one,) = [each for each in found["resources"] if each["address"] == address]
    primary = next(each for each in one["landings"] if each["role"] == "primary")
    return one["verdict"], primary["offer"], primary["country"]


@pytest.mark.parametrize(("plan", "address"), TRAPS, ids="/".join)
def test_a_trap_is_not_fallen_into(plan: str, address: str) -> None:
    alone, beside = TRAPS[plan, address]

    assert landed(report(plan, code=False), address) == alone
    assert landed(report(plan, code=True), address) == beside
