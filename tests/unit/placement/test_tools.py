"""The cloud of a cluster by the program that logs in to it."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.model import Evidence, Known, ProviderConfiguration, Unknown
from guardrail.placement import Catalogue, Landing, by_tool
from guardrail.placement.providers import Tool
from tests.unit.placement.made import (
    PROVIDER,
    constant,
    offer,
    profile,
    registry,
    table,
)

HOW = profile(
    tools=(
        Tool(path="exec", command="other", option="-r", offer="near"),
        Tool(path="exec", command="near", option="--region", offer="near"),
    )
)
CATALOGUE = Catalogue(
    registry(
        offer("near", region_table="near"), regions={"near": table("near", n1="FR")}
    )
)


def landing(**settings: Any) -> Landing | None:
    configuration = ProviderConfiguration(
        key="main", provider=PROVIDER, settings={"exec": [settings]}
    )
    return by_tool(configuration, HOW, CATALOGUE)


@pytest.mark.parametrize(
    ("arguments", "region"),
    [
        (["get-token", "--region", "n1", "x"], "n1"),
        (["get-token"], None),
        (["--region"], None),
        (["--region", 7], None),
        ("--region n1", None),
    ],
)
def test_a_program_shows_whose_cloud_it_is(arguments: Any, region: str | None) -> None:
    found = landing(command=constant("near"), args=constant(arguments))

    assert found is not None
    assert isinstance(found.offer, Known)
    assert (found.offer.value, found.evidence) == ("near", Evidence.REFERENCE)
    assert (found.region.value if isinstance(found.region, Known) else None) == region


def test_arguments_that_are_secret_or_not_known_show_no_region() -> None:
    secret = Known(["--region", "n1"], Evidence.CONSTANT, "here", sensitive=True)
    for arguments in (secret, Unknown("not seen")):
        found = landing(command=constant("near"), args=arguments)

        assert found is not None
        assert not isinstance(found.region, Known)


@pytest.mark.parametrize("command", [constant("unheard-of"), Unknown("not seen")])
def test_other_programs_show_nothing(command: Any) -> None:
    assert landing(command=command, args=constant([])) is None
