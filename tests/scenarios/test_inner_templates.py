"""What Heat makes of templates in a real plan, and what of them nobody can see."""

from __future__ import annotations

from datetime import date

import pytest

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.classification import UNSEEN
from guardrail.decision import Decision
from guardrail.inputs import read
from guardrail.model import Known
from guardrail.reports import WRITERS, Rendering
from guardrail.reports.picture import picture
from tests.conftest import ROOT

STACK = "openstack_orchestration_stack_v1"
VOLUME = "openstack_blockstorage_volume_v3"
VERDICTS = {
    f'{VOLUME}.source["b"]': "deny",
    f'{STACK}.each["a"]': "allow",
    f'{STACK}.each["a"]/server': "allow",
    f'{STACK}.each["a"]/copy': "review",  # `parameters` also take a variable
    f'{STACK}.each["b"]': "allow",
    f'{STACK}.each["b"]/server': "allow",
    f'{STACK}.each["b"]/copy': "deny",
    f"{STACK}.plain": "allow",
    f"{STACK}.plain/disk": "allow",
    f"{STACK}.elsewhere": "allow",
    f"{STACK}.elsewhere/disk": "allow",
    f"{STACK}.fetched": "review",
    f"{STACK}.later": "review",
    f"{STACK}.hidden": "review",
    f"{STACK}.nested": "review",
    f"{STACK}.nested/part": "allow",
    f"{STACK}.broken": "review",
}
UNREAD = {"fetched", "later", "hidden", "nested", "broken"}


def judged(knowledge: Knowledge, folder: str) -> Decision:
    return assess(
        read((ROOT / folder / "plan.json").read_bytes(), path="plan.json"),
        knowledge,
        Circumstances(as_of=date(2026, 11, 22), body=Known("state")),
    )


@pytest.fixture(scope="module")
def decision(knowledge: Knowledge) -> Decision:
    return judged(knowledge, "fixtures/plans/inner-templates")


def test_every_part_has_its_verdict(decision: Decision) -> None:
    found = {one.resource.address: one.verdict.value for one in decision.resources}
    assert found == VERDICTS | {f'{VOLUME}.source["a"]': "review"}  # `later` names it


def test_what_was_not_read_says_so_and_how_to_settle_it(decision: Decision) -> None:
    open_ = {
        one.resource.address: step
        for one in decision.resources
        for step in one.sensitivity.because
        if step.source == UNSEEN and not one.resource.outer
    }

    assert open_.keys() == {f"{STACK}.{name}" for name in UNREAD}
    for address, step in open_.items():
        assert f"map {address}.template_opts in guardrail.yaml" in step.remedy


def test_a_part_lands_where_its_stack_does(decision: Decision) -> None:
    landed = {
        one.resource.address: [
            setting.value
            for setting in (one.landings[0].offer, one.landings[0].region)
            if isinstance(setting, Known)
        ]
        for one in decision.resources
    }
    for address, place in landed.items():
        assert place == landed[address.partition("/")[0]]
    assert landed[f"{STACK}.plain/disk"] == ["ovhcloud-public-cloud", "gra"]
    assert landed[f"{STACK}.elsewhere/disk"] == ["ovhcloud-public-cloud", "bhs"]


@pytest.mark.parametrize("format_", sorted(WRITERS))
def test_no_report_prints_a_secret(decision: Decision, format_: str) -> None:
    rendering = Rendering(version="0", library_sha256="", catalogue_date=date.max)
    assert b"correct-horse" not in b"".join(WRITERS[format_]([decision], rendering))


def test_parts_are_drawn_under_the_name_of_their_stack(decision: Decision) -> None:
    rendering = Rendering(version="0", library_sha256="", catalogue_date=date.max)
    drawn = picture(decision, rendering, format_="mermaid", grouping="none")
    assert b"plain/disk<br/>" in drawn
    assert f"{STACK}.plain/disk".encode() not in drawn


def test_the_example_is_judged_as_it_says(knowledge: Knowledge) -> None:
    found = judged(knowledge, "terraform-examples/stack-inside-a-plan")
    assert {
        o.resource.address.partition(".")[2]: o.verdict.value for o in found.resources
    } == {
        "archive": "deny",
        "site": "allow",
        "site/files": "deny",
        "site/restored": "deny",
        "site/web": "allow",
    }
