"""`check DIR`, code without a plan, held to the plans that Terraform made of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.integration.test_acceptance import STATE, UNREADABLE, check

CASES = sorted(
    path.parent
    for home in ("fixtures/plans", "fixtures/doctrine", "terraform-examples")
    for path in (ROOT / home).glob("*/plan.json")
)
WEIGHT = {"allow": 0, "review": 1, "deny": 2}


def named(case: Path) -> str:
    return case.name


def values(case: Path) -> list[str]:
    """Options that set the variables to what they were when the plan was made."""
    stated = json.loads((case / "plan.json").read_bytes()).get("variables", {})
    return [
        f"--var={name}={text}"
        for name, one in stated.items()
        if (text := written(one.get("value"))) is not None
    ]


def written(value: Any) -> str | None:
    if value is None:
        return None
    return value if isinstance(value, str) else json.dumps(value)


def instances(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources that the plan does something to, by address."""
    return {
        one["address"]: one
        for one in report["resources"]
        if not {"delete", "forget", "no-op", "read"} & set(one["actions"])
    }


def of_the_code(address: str, report: dict[str, Any]) -> dict[str, Any] | None:
    """The same instance in the report on the code; `[*]` stands for any key."""
    outer, inner = parts(address)
    for one in report["resources"]:
        whole, part = parts(one["address"])
        first, *others = whole.split("[*]")
        same = whole == outer or (others and outer != outer.removeprefix(first))
        if same and part == inner:
            return one  # type: ignore[no-any-return]
    return None


def parts(address: str) -> tuple[str, str]:
    """The address of a resource, and what another engine makes of it; keys may differ."""
    outer, stroke, inner = address.rpartition("/")
    return (outer, inner) if stroke and '"' not in inner else (address, "")


@cache
def pairs(case: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each instance as the plan with its code shows it, and as the code alone does."""
    code, planned = check(case / "plan.json", "--src", str(case), *STATE)
    if code == UNREADABLE:
        return []
    _code, alone = check(case, *values(case), *STATE)
    found = [
        (one, of_the_code(address, alone))
        for address, one in instances(planned).items()
    ]
    shut = {
        one["address"] for one, other in found if other and not_read_there(one, other)
    }
    assert all(other or parts(one["address"])[0] in shut for one, other in found)
    return [
        (one, other) for one, other in found if other and one["address"] not in shut
    ]


def not_read_there(planned: dict[str, Any], alone: dict[str, Any]) -> bool:
    """Whether another engine makes more of it, which only the plan shows: `file()`."""
    read = (planned["kind"], alone["kind"]) == ("config", "compute")
    assert not read or alone["verdict"] == "review"
    return read


FACTS = ("offer", "operator", "region", "country")
COMPUTED = {"outscale_vm.app"}
"""Places that are only in the state that the plan was made on: the stub makes them up."""


def facts(one: dict[str, Any]) -> dict[str, str]:
    """What is known of a resource, each under its name."""
    primary = [each for each in one["landings"] if each["role"] == "primary"]
    landing: dict[str, Any] = primary[0] if primary else {}
    stated = {name: landing.get(name) for name in FACTS} | {"class": one["class"]}
    return {name: value.lower() for name, value in stated.items() if value}


def copies(one: dict[str, Any]) -> bool:
    """Whether it also lands where only its values say: ids and names of a plan."""
    return len(one["landings"]) > 1


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_code_is_never_judged_better_than_its_plan(case: Path) -> None:
    for planned, alone in pairs(case):
        better = WEIGHT[alone["verdict"]] < WEIGHT[planned["verdict"]]
        if better:  # then a denial is not sure, for want of a fact
            assert (planned["verdict"], alone["verdict"]) == ("deny", "review")
            assert facts(planned).keys() - facts(alone).keys() or copies(planned)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_code_and_plan_agree_on_what_the_code_says(case: Path) -> None:
    for planned, alone in pairs(case):
        if planned["address"] not in COMPUTED:
            known = facts(planned)
            told = {name: one for name, one in facts(alone).items() if name in known}
            assert told == {name: known[name] for name in told}
            assert set(planned["categories"]) == set(alone["categories"])
        assert (planned["kind"], planned["judged"]) == (alone["kind"], alone["judged"])


def test_all_pairs_of_code_and_plan_are_held_to_each_other() -> None:
    """So that the two tests above are not about nothing."""
    counted = [len(pairs(case)) for case in CASES]

    assert len(CASES) >= 71
    assert sum(map(bool, counted)) >= 60
    assert sum(counted) >= 200


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_code_makes_the_resources_of_its_plan(case: Path) -> None:
    """Whatever the code makes is in the plan, unless it is there already."""
    code, planned = check(case / "plan.json", *STATE)
    if code == UNREADABLE or not planned["inputs"][0]["complete"]:
        return
    if case.name == "refresh-only-drift":  # it plans nothing
        return
    _code, alone = check(case, *values(case), *STATE)
    listed = {one["address"] for one in planned["resources"]}
    made = {one["address"] for one in alone["resources"] if one["actions"] != ["read"]}

    assert {one for one in made if "[*]" not in one} <= listed
