from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from guardrail.model import (
    ABSENT,
    Evidence,
    Known,
    ProviderConfiguration,
    Setting,
    Unknown,
)

HIDDEN = Unknown("hidden")


def constant(value: object) -> Known[object]:
    return Known(value, Evidence.CONSTANT, "a constant")


def setting(path: str, settings: Mapping[str, Any]) -> Setting[Any]:
    return ProviderConfiguration(key="aws", provider="x", settings=settings).setting(
        path
    )


def test_a_setting_that_is_not_there_is_absent() -> None:
    assert setting("region", {}) is ABSENT


def test_an_unknown_setting_is_unknown_at_every_path_below() -> None:
    assert setting("api.endpoint", {"api": HIDDEN}) is HIDDEN


def test_a_setting_inside_a_block() -> None:
    settings = {"api": [{"endpoint": constant("h")}]}

    assert setting("api.endpoint", settings) == constant("h")


def test_of_several_blocks_the_first_that_states_it_counts() -> None:
    settings = {"endpoints": [{"ec2": constant("e")}, {"s3": constant("s")}]}

    assert setting("endpoints.s3", settings) == constant("s")


def test_blocks_that_agree_say_one_thing() -> None:
    settings = {"endpoints": [{"s3": constant("s")}, {"s3": constant("s")}]}

    assert setting("endpoints.s3", settings) == constant("s")


def test_blocks_that_differ_say_nothing() -> None:
    settings = {"endpoints": [{"s3": constant("s")}, {"s3": constant("t")}]}

    assert isinstance(setting("endpoints.s3", settings), Unknown)


def test_a_block_itself_is_no_value() -> None:
    assert setting("api", {"api": [{"endpoint": constant("h")}]}) is ABSENT


def test_a_setting_inside_a_known_structure() -> None:
    settings = {"api": constant([{"endpoint": "h"}])}

    assert setting("api.endpoint", settings) == constant("h")


@pytest.mark.parametrize(
    "value", [[], ["text"], "text", {"other": 1}, {"endpoint": None}]
)
def test_a_known_structure_without_it_is_absent(value: object) -> None:
    assert setting("api.endpoint", {"api": constant(value)}) is ABSENT


def test_an_unknown_part_of_a_known_structure_is_unknown() -> None:
    settings = {"api": constant({"endpoint": HIDDEN})}

    assert setting("api.endpoint", settings) is HIDDEN


def test_a_null_constant_is_absent() -> None:
    assert setting("region", {"region": constant(None)}) is ABSENT
