"""How the answer about one resource came about, rule by rule; nothing is judged anew.

The rules are asked once more of the facts that the decision rests on, and say also what
they are content with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.assessment.judging import Judge
from guardrail.decision import (
    Account,
    Breach,
    Decision,
    Judged,
    Ruling,
    Stop,
)
from guardrail.model import Known, glob_fits
from guardrail.policy import Facts, Obligation, Rule


def account(
    judged: Judged, knowledge: Knowledge, circumstances: Circumstances
) -> Account:
    """How the answer `judged` came about, under what it was judged by."""
    judge = Judge(knowledge, circumstances)
    stops = [
        _stop(judge.facts(landing, judged.sensitivity, service), judged, knowledge)
        for landing in judged.landings
        for service in judged.services
    ]
    return Account(judged=judged, stops=tuple(stops))


def _stop(facts: Facts, judged: Judged, knowledge: Knowledge) -> Stop:
    asked = knowledge.obligations if judged.judged else ()
    rulings = [_ruling(one, facts, judged) for one in asked]
    return Stop(
        landing=facts.landing,
        service=facts.service,
        facts=facts,
        rulings=tuple(rulings),
        alternatives=knowledge.elsewhere.of(facts),
    )


def _ruling(obligation: Obligation, facts: Facts, judged: Judged) -> Ruling:
    breach = next(_breaches(obligation.rule, facts, judged), None)
    return Ruling(
        rule=obligation.rule,
        applies=obligation.applies(facts),
        kept=obligation.evaluate(facts).truth,
        breach=breach,
        content_with=() if breach else obligation.content_with(facts),
        unmet=obligation.unmet(facts) if breach else (),
    )


def _breaches(rule: Rule, facts: Facts, judged: Judged) -> Iterator[Breach]:
    """What the decision holds against this landing by this rule."""
    word = facts.service.value if isinstance(facts.service, Known) else ""
    for one in judged.breaches:
        same = one.rule.id == rule.id and one.landing is facts.landing
        if same and one.service == word:
            yield one


def turning(
    account: Account,
    knowledge: Knowledge,
    circumstances: Circumstances,
    rules: Iterable[Rule],
) -> list[object]:
    """The dated facts on which the answer rests: with them, it may change by itself."""
    registry = knowledge.catalogue.registry
    found: list[object] = [
        *rules,
        *registry.laws.values(),
        *registry.countries.values(),
    ]
    for stop in account.stops:
        known = (stop.facts.offer, stop.facts.base, stop.facts.operator)
        found += [fact for fact in known if fact is not None]
    return [*found, *(one.derogation for one in circumstances.derogations.files)]


def selected(decision: Decision, pattern: str) -> tuple[Judged, ...]:
    """The resources at the address `pattern`, or that fit it as a glob."""
    exact = [one for one in decision.resources if one.resource.address == pattern]
    blocks = [
        one for one in decision.resources if one.resource.configuration == pattern
    ]
    fitting = [
        one for one in decision.resources if glob_fits(pattern, one.resource.address)
    ]
    return tuple(exact or blocks or fitting)
