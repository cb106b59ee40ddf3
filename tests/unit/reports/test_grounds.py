"""Why an offer does not satisfy a rule, in a few words."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import outlook
from guardrail.library import Library
from guardrail.model import Evidence, Known, Unknown
from guardrail.placement import Exposure, Landing, Offer, Qualification, Source
from guardrail.policy import Atom
from guardrail.reports import Rendering
from guardrail.reports.grounds import Ground
from guardrail.reports.layout import Layout
from guardrail.reports.rules import render_rule_text, rule_sheet
from guardrail.reports.where import (
    Question,
    Survey,
    render_where_text,
    where_answer,
)
from tests.unit.decision.test_alternatives import facts_of

DAY = date(2026, 11, 22)
SOURCES = (Source(title="test", read=DAY),)
ASKED = Atom("qualified", ({"scheme": "secnumcloud", "version_at_least": "3.2"},))
PAGE = Layout(Rendering(version="0", library_sha256="", catalogue_date=DAY))


def held(**changes: Any) -> Offer:
    stated = {
        "scheme": "secnumcloud",
        "since": date(2026, 1, 1),
        "until": date(2027, 1, 1),
        "confidence": "P",
        "sources": SOURCES,
        **changes,
    }
    return Offer(
        id="x",
        name="X",
        operator="y",
        hosting="commercial",
        services=(),
        qualifications=(Qualification(**stated),),
        confidence="P",
        sources=SOURCES,
    )


def ground(knowledge: Knowledge, offer: Offer, **landing: Any) -> Ground:
    known = Landing(
        role="primary",
        offer=Known("x"),
        region=Known("here"),
        countries=Known(("FR",)),
        evidence=Evidence.VALUE,
        because=(),
    )
    facts = facts_of(knowledge, landing=msgspec.structs.replace(known, **landing))
    return Ground(offer, facts, knowledge.catalogue.registry.laws, PAGE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"services": ("mail",)}, "does not cover object-storage"),
        ({"excluded_services": ("object-storage",)}, "does not cover object-storage"),
        ({"regions": ("there",)}, "does not cover this region"),
        ({"version": "3.1"}, "its qualification is secnumcloud 3.1 only"),
        ({}, "its qualification is secnumcloud of unknown version only"),
        ({"confidence": "K"}, "its secnumcloud qualification is not sure"),
        ({"status": "in-progress"}, "its secnumcloud qualification is in progress"),
        ({"until": date(2026, 5, 1)}, "qualification ended on 2026-05-01"),
        (
            {"since": date(2026, 12, 1)},
            "it is secnumcloud qualified from 2026-12-01 on only",
        ),
        ({"scheme": "hds"}, "no secnumcloud qualification"),
    ],
)
def test_what_a_qualification_lacks(
    knowledge: Knowledge, changes: dict[str, Any], told: str
) -> None:
    assert told in ground(knowledge, held(**changes)).of(ASKED)


@pytest.mark.parametrize(
    ("landing", "told"),
    [
        ({}, "it is in FR"),
        ({"countries": Unknown("x")}, "its country is not known"),
        (
            {"countries": Known(("FR",), Evidence.DEFAULT)},
            "no official source says where it is",
        ),
    ],
)
def test_where_it_is(knowledge: Knowledge, landing: dict[str, Any], told: str) -> None:
    found = ground(knowledge, held(), **landing)
    assert found.of(Atom("located_in", ("DE",))) == told


@pytest.mark.parametrize(
    ("laws", "told"),
    [
        (("us-cloud-act", "us-fisa-702"), "reached by foreign law: US"),
        (("control-mx", "us-cloud-act"), "reached by foreign law: MX, US"),
        ((), "no official source says who controls it"),
    ],
)
def test_who_reaches_it(knowledge: Knowledge, laws: tuple[str, ...], told: str) -> None:
    facts = facts_of(knowledge, exposure=Exposure(laws, official=False, countries=()))
    found = Ground(held(), facts, knowledge.catalogue.registry.laws, PAGE)
    assert found.of(Atom("immune", True)) == told


def test_a_lesser_reason_is_told_where_there_is_no_other(knowledge: Knowledge) -> None:
    found = ground(knowledge, held())
    hosting, base = Atom("hosting_any", ("internal",)), Atom("base_qualified", ())
    assert found.all([hosting]) == ["its hosting is commercial"]
    assert found.all([hosting, base]) == ["what it runs on is not qualified"]
    declared = Atom("declared", ("exit_plan",))
    assert found.all([declared]) == ["not declared in guardrail.yaml: exit_plan"]


def test_a_predicate_without_words_adds_nothing(knowledge: Knowledge) -> None:
    assert ground(knowledge, held()).all([Atom("stacked", True)]) == []


def survey_of(knowledge: Knowledge, offers: list[str], gone: list[Offer]) -> Survey:
    seen = outlook(facts_of(knowledge), knowledge.obligations, knowledge.catalogue)
    return Survey(
        outlooks=tuple(one for one in seen if one.offer.id in offers),
        gone=tuple(gone),
        obligations=knowledge.obligations,
        laws=knowledge.catalogue.registry.laws,
    )


QUESTION = Question(
    as_of=DAY,
    body="state",
    class_="sensitive",
    categories=(),
    service="object-storage",
    country=None,
)


def test_why_an_offer_is_not_judged(knowledge: Knowledge) -> None:
    offers = [
        held(),
        msgspec.structs.replace(held(), id="closed", until=date(2025, 1, 1)),
        msgspec.structs.replace(held(), id="to-come", since=date(2027, 1, 1)),
    ]
    survey = survey_of(knowledge, [], offers)
    answer = where_answer(QUESTION, survey, PAGE.rendering)
    assert {one.id: one.because for one in answer.not_judged} == {
        "x": "its operator is not there on this day",
        "closed": "closed; its last day was 2025-01-01",
        "to-come": "not offered before 2027-01-01",
    }


def test_a_terminal_has_verdicts_in_colour(knowledge: Knowledge) -> None:
    coloured = msgspec.structs.replace(PAGE.rendering, colour=True)
    survey = survey_of(knowledge, ["nubo", "aws"], [])
    answer = where_answer(QUESTION, survey, coloured)
    text = render_where_text(answer, coloured).decode()
    assert "\x1b[32;1mALLOW (1)\x1b[0m" in text
    assert "\x1b[31;1mDENY (1)\x1b[0m" in text
    assert "\x1b" not in render_where_text(answer, PAGE.rendering).decode()


def test_a_rule_without_its_law_in_plain_words_is_shown(library: Library) -> None:
    rule = msgspec.structs.replace(library.rules["fr-sren-31"], law=None)
    sheet = rule_sheet(rule, DAY, library.vocabulary, [PAGE.rendering])
    text = render_rule_text(sheet, [PAGE.rendering]).decode()
    assert "\nlaw " not in text
