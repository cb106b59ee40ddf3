"""Every sentence that offers, where and rules say has a French one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import outlook
from guardrail.library import Library
from guardrail.model import Known
from guardrail.reports import Rendering
from guardrail.reports.chains import LINKS
from guardrail.reports.changes import day_changes, render_day_changes
from guardrail.reports.offer import MARKS, offer_sheet, render_offer_text
from guardrail.reports.offers import offer_list, render_offers_text
from guardrail.reports.rules import (
    render_rule_text,
    render_rules_text,
    rule_list,
    rule_sheet,
)
from guardrail.reports.where import Question, Survey, render_where_text, where_answer
from tests.unit.decision.test_alternatives import facts_of

DAY = date(2026, 11, 22)


class Asked(Mapping[str, str]):
    """A message catalogue that remembers what it was asked for and has not."""

    def __init__(self, french: Mapping[str, str]) -> None:
        self._french = french
        self.lacking: set[str] = set()

    def __getitem__(self, template: str) -> str:
        if template not in self._french:
            self.lacking.add(template)
        return self._french[template]

    def __iter__(self) -> Iterator[str]:
        return iter(self._french)

    def __len__(self) -> int:
        return len(self._french)


@pytest.fixture
def asked(library: Library) -> Asked:
    return Asked(library.french)


@pytest.fixture
def french(library: Library, asked: Asked) -> Rendering:
    return Rendering(
        version="0",
        library_sha256=library.sha256,
        catalogue_date=library.catalogue.catalogue_date,
        language="fr",
        french=asked,
    )


def test_offers(library: Library, asked: Asked, french: Rendering) -> None:
    registry = library.registry
    for offer in registry.offers.values():
        render_offer_text(offer_sheet(offer, registry, DAY, french), french)
    for day in (DAY, date(2021, 9, 15), date(2012, 1, 1)):
        document = offer_list(list(registry.offers.values()), registry, day, french)
        render_offers_text(document, french)
        changes = day_changes(registry, day, DAY, french)
        render_day_changes(changes, french)
    for template in (*MARKS.values(), *LINKS.values()):
        french.say(template)
        assert template in library.french
    assert asked.lacking == set()


def test_rules(library: Library, asked: Asked, french: Rendering) -> None:
    rules = list(library.rules.values())
    render_rules_text(rule_list(rules, DAY, french), french)
    for rule in rules:
        sheet = rule_sheet(rule, DAY, library.vocabulary, [french])
        render_rule_text(sheet, [french])
    assert asked.lacking == set()


@pytest.mark.parametrize("rank", [0, 2, 3, 6])
@pytest.mark.parametrize("country", [None, "FR"])
def test_where(
    knowledge: Knowledge,
    asked: Asked,
    french: Rendering,
    rank: int,
    country: str | None,
) -> None:
    facts = facts_of(knowledge, service=Known("database"))
    sensitivity = msgspec.structs.replace(facts.sensitivity, lowest=rank, highest=rank)
    facts = msgspec.structs.replace(facts, sensitivity=sensitivity)
    registry = knowledge.catalogue.registry
    survey = Survey(
        outlooks=outlook(facts, knowledge.obligations, knowledge.catalogue),
        gone=(registry.offers["cloudwatt"],),
        obligations=knowledge.obligations,
        laws=registry.laws,
    )
    question = Question(
        as_of=DAY,
        body=None,
        class_="sensitive",
        categories=(),
        service="database",
        country=country,
    )
    answer = where_answer(question, survey, french)
    render_where_text(answer, french)
    assert asked.lacking == set()
