"""Law 1 on plans that Terraform made: whatever of them is forgotten, nothing improves.

A fact is forgotten as Terraform itself would write that it is not known: a value of a
resource under `after_unknown`, a constant of a provider block as a reference, a variable
or a data source that was read not at all.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.assessment import Circumstances, assess
from guardrail.decision import Decision, Verdict
from guardrail.errors import InputError
from guardrail.inputs import read
from guardrail.library import load_library, shipped
from guardrail.model import Known
from tests.conftest import ROOT

DAY = date(2026, 11, 22)
KNOWLEDGE = load_library(shipped()).knowledge(DAY, frozenset({"law", "baseline"}))
AROUND = Circumstances(as_of=DAY, body=Known("state"))
HOMES = ("fixtures/plans", "fixtures/doctrine", "terraform-examples")
FORGOTTEN = {"references": ["var.forgotten"]}

PROFILES = KNOWLEDGE.catalogue.registry.providers.values()
TELLING = {
    path.partition(".")[0]
    for profile in PROFILES
    for path in (
        *profile.resource_region,
        *profile.resource_zone,
        *profile.parents,
        *(one.path for one in profile.tags),
        *(one.path for one in profile.flows),
        *(one.path for one in profile.silent_copies),
    )
}
"""Attributes that somebody asks for; the others are forgotten together alone."""

Fact: TypeAlias = tuple[str | int, ...]
"""The path to something that is known in a plan."""
Verdicts: TypeAlias = Mapping[str, Verdict]
"""By the place of the resource in the plan; the whole under ""."""


def judged(document: Any) -> Verdicts:
    """The verdicts on a plan.

    Raises:
        InputError: It is none that can be judged.
    """
    stack = read(json.dumps(document).encode(), path="plan.json")
    return verdicts(assess(stack, KNOWLEDGE, AROUND))


def verdicts(decision: Decision) -> Verdicts:
    each = {
        f"{one.resource.address} {one.resource.deposed}": one.verdict
        for one in decision.resources
    }
    return {**each, "": decision.verdict}


PLANS = {
    path.parent.name: path
    for home in HOMES
    for path in sorted((ROOT / home).glob("*/plan.json"))
    if path.parent.name != "errored-plan"  # which is refused
}


@cache
def plan_of(name: str) -> Any:
    return json.loads(PLANS[name].read_bytes())


@cache
def before(name: str) -> Verdicts:
    return judged(plan_of(name))


def facts(plan: Any) -> Iterator[Fact]:
    """What is known in a plan."""
    for number, one in enumerate(plan.get("resource_changes", ())):
        after = one["change"]["after"]
        if isinstance(after, dict):
            place = ("resource_changes", number, "change", "after")
            yield from values(after, place, depth=2)
    configured = plan.get("configuration", {}).get("provider_config", {})
    for key, entry in configured.items():
        block: Fact = ("configuration", "provider_config", key, "expressions")
        yield from constants(entry.get("expressions", {}), block)
    for name in plan.get("variables", {}):
        yield "variables", name
    values_ = plan.get("prior_state", {}).get("values", {})
    read_ = values_.get("root_module", {}).get("resources", [])
    for number, one in enumerate(read_):
        if one["mode"] == "data":
            yield "prior_state", "values", "root_module", "resources", number


def values(item: Any, place: Fact, *, depth: int) -> Iterator[Fact]:
    for name, value in item.items():
        if value is not None:
            yield (*place, name)
            if depth > 1 and isinstance(value, dict):
                yield from values(value, (*place, name), depth=depth - 1)


def constants(item: Any, place: Fact) -> Iterator[Fact]:
    pairs = item.items() if isinstance(item, dict) else enumerate(item)
    for name, value in pairs:
        if isinstance(value, dict) and "constant_value" in value:
            yield (*place, name)
        elif isinstance(value, dict | list):
            yield from constants(value, (*place, name))


def without(plan: Any, forgotten: list[Fact]) -> Any:
    """The plan where some facts are not known."""
    less = copy.deepcopy(plan)
    for fact in sorted(forgotten, key=len, reverse=True):
        *way, last = fact
        if "after" in fact:
            _hide(less, fact)
        elif way[0] == "prior_state":
            at(less, tuple(way))[last] = None
        elif way[0] == "variables":
            at(less, tuple(way)).pop(last)
        else:
            at(less, tuple(way))[last] = FORGOTTEN
    listed = less.get("prior_state", {}).get("values", {}).get("root_module", {})
    if "resources" in listed:
        listed["resources"] = [one for one in listed["resources"] if one is not None]
    return less


def _hide(plan: Any, fact: Fact) -> None:
    """Put a value of a resource under `after_unknown`."""
    change = plan["resource_changes"][fact[1]]["change"]
    *way, last = fact[4:]
    known, mask = change["after"], change["after_unknown"]
    for name in way:
        known, inner = known[name], mask.get(name)
        mask[name] = mask = inner if isinstance(inner, dict) else {}
    known.pop(last, None)
    mask[last] = True
    if change["actions"] == ["no-op"]:  # what is not known may change
        change["actions"] = ["update"]


def at(item: Any, way: Fact) -> Any:
    for step in way:
        item = item[step]
    return item


def improved(name: str, forgotten: list[Fact]) -> dict[str, tuple[Verdict, Verdict]]:
    """What is allowed when less is known, and was not before."""
    try:
        after = judged(without(plan_of(name), forgotten))
    except InputError:
        return {}  # refused: nothing is green
    return {
        place: (before(name)[place], verdict)
        for place, verdict in after.items()
        if verdict is Verdict.ALLOW and before(name)[place] is not Verdict.ALLOW
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_no_fact_of_a_real_plan_can_be_forgotten_for_the_better(name: str) -> None:
    found = {
        fact: better
        for fact in facts(plan_of(name))
        if ("after" not in fact or fact[4] in TELLING)
        and (better := improved(name, [fact]))
    }

    assert found == {}


@pytest.mark.slow
@settings(max_examples=150)
@given(st.sampled_from(sorted(PLANS)), st.data())
def test_no_facts_of_a_real_plan_can_be_forgotten_together_for_the_better(
    name: str, data: st.DataObject
) -> None:
    known = list(facts(plan_of(name)))
    forgotten = [fact for fact in known if data.draw(st.booleans())]

    assert improved(name, forgotten) == {}


def test_the_plans_hold_many_facts_and_all_verdicts() -> None:
    """So that the tests above are not about nothing."""
    counted = sum(len(list(facts(plan_of(name)))) for name in PLANS)
    seen = {verdict for name in PLANS for verdict in before(name).values()}

    assert len(PLANS) >= 65
    assert counted >= 3_000
    assert seen == set(Verdict)
