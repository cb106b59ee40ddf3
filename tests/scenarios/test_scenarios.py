"""The meaning of each rule, as a table: `<rule-id>.yaml` beside this file.

A case states facts (a day, a body, a class, a landing, …) and what comes of them under
that one rule. `offer` names one of the real registry, or none; `synthetic` states an
offer for the days and claims that the registry has no example of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from guardrail.classification import Lexicon, Sensitivity
from guardrail.decision import effect_of, on_offer, verdict_of, worst
from guardrail.library import Library, load_library, shipped
from guardrail.model import ABSENT, Evidence, Known, Truth, Unknown, Value
from guardrail.placement import (
    Catalogue,
    Control,
    Landing,
    Offer,
    Operator,
    Qualification,
    Share,
    Source,
    Text,
    find_place,
)
from guardrail.placement.registry import OFFICIAL
from guardrail.policy import Facts, Obligation, Outcome, Rule
from guardrail.shapes import checked, parsed

TABLES = Path(__file__).parent
RULES = shipped() / "rules"
UNKNOWN = "unknown"
SOURCES = (Source(title="A scenario", read=date(2026, 11, 22)),)

Confidence = Literal["P", "P*", "S", "B", "K"]
Word = Literal["none", "deny", "review", "notice"]


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A qualification of a synthetic offer."""

    scheme: str = "secnumcloud"
    version: str = ""
    status: Literal["granted", "in-progress"] = "granted"
    since: date | None = None
    claimed_since: date | None = None
    until: date | None = None
    regions: tuple[str, ...] = ()
    excluded_services: tuple[str, ...] = ()
    confidence: Confidence = "S"


class Synthetic(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that is in no registry, by default French and officially sourced."""

    hosting: Literal["internal", "dedicated", "commercial"] = "commercial"
    confidence: Confidence = "S"
    country: str = "FR"
    control: tuple[str, ...] = ("FR",)
    """Countries of the chain of control."""
    control_confidence: Confidence = "S"
    shares: tuple[tuple[str, float], ...] = ()
    """Country of the holder, and percent."""
    qualifications: tuple[Decided, ...] = ()
    built_on: str = ""
    base: tuple[Decided, ...] = ()
    """Qualifications of a synthetic offer that this one is built on."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the resource lands; the countries follow from the offer unless stated."""

    offer: str | None = None
    synthetic: Synthetic | None = None
    region: str = ""
    """`unknown` for one that cannot be known."""
    country: str | tuple[str, ...] = ""
    evidence: str = "E3"


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule makes of it."""

    outcome: Word
    missing: tuple[str, ...] = ()
    """The facts that keep the rule from being decided, sorted; none when it is."""


class Case(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """One row of a table."""

    note: str
    as_of: date
    body: str | None
    class_: str | tuple[str, str]
    """A class, its two bounds, or `unlabelled`."""
    landing: Place
    want: Want
    categories: tuple[str, ...] = ()
    """`unknown` for a label of categories that has no known value."""
    service: str | None = "iaas"
    declared: tuple[str, ...] = ()


def read_table(path: Path) -> tuple[Case, ...]:
    cases: tuple[Case, ...] = checked(
        parsed(path.read_bytes(), path.name), tuple[Case, ...], path.name
    )
    return cases


def has_own_test(table: Path) -> bool:
    """Whether `test_<table>.py` beside it reads the table, so that it is no rule's."""
    return table.with_name(f"test_{table.stem.replace('-', '_')}.py").exists()


ALL = {
    path.stem: read_table(path)
    for path in sorted(TABLES.glob("*.yaml"))
    if not has_own_test(path)
}
ROWS = [
    pytest.param(rule, case, id=f"{rule}: {case.note}")
    for rule, cases in ALL.items()
    for case in cases
]


@cache
def shipped_library() -> Library:
    return load_library(shipped())


@cache
def lexicon() -> Lexicon:
    return Lexicon(shipped_library().vocabulary)


@cache
def obligation(rule: str) -> Obligation:
    return Obligation(shipped_library().rules[rule])


# From a case to the facts that a rule is asked about


def sensitivity(case: Case) -> Sensitivity:
    known = lexicon()
    if case.class_ == "unlabelled":
        lowest, highest = 0, known.unmarked
    elif isinstance(case.class_, str):
        lowest = highest = known.ranks[case.class_]
    else:
        lowest, highest = (known.ranks[word] for word in case.class_)
    assert set(case.categories) <= {*known.categories.values(), UNKNOWN}
    return Sensitivity(
        lowest=lowest,
        highest=highest,
        categories=frozenset(case.categories) - {UNKNOWN},
        any_category=UNKNOWN in case.categories,
    )


def operator_of(stated: Synthetic) -> Operator:
    return Operator(
        id="synthetic",
        name="Synthetic",
        country=stated.control[0],
        control=tuple(
            Control(
                entity=f"Somebody in {country}",
                country=country,
                link="parent",
                confidence=stated.control_confidence,
                sources=SOURCES,
            )
            for country in stated.control
        ),
        shares=tuple(
            Share(
                holder=f"Somebody in {country}",
                country=country,
                percent=percent,
                confidence=stated.control_confidence,
                sources=SOURCES,
            )
            for country, percent in stated.shares
        ),
        confidence=stated.control_confidence,
        sources=SOURCES,
    )


def offer_of(stated: Synthetic, name: str = "synthetic") -> Offer:
    return Offer(
        id=name,
        name=name,
        operator="synthetic",
        hosting=stated.hosting,
        services=(),
        country=stated.country,
        built_on="synthetic-base" if stated.base else stated.built_on,
        qualifications=tuple(
            Qualification(**msgspec.structs.asdict(decided), sources=SOURCES)
            for decided in stated.qualifications
        ),
        confidence=stated.confidence,
        sources=SOURCES,
    )


def catalogue_for(case: Case) -> tuple[Catalogue, Offer | None]:
    registry = shipped_library().registry
    stated = case.landing.synthetic
    if stated is not None:
        offer = offer_of(stated)
        base = offer_of(Synthetic(qualifications=stated.base), "synthetic-base")
        extended = registry.with_offers([offer, base], [operator_of(stated)])
        return Catalogue(extended), offer
    name = case.landing.offer
    return Catalogue(registry), None if name is None else registry.offers[name]


def countries(
    place: Place, offer: Offer | None, catalogue: Catalogue
) -> Value[tuple[str, ...]]:
    if place.country == UNKNOWN or offer is None:
        return Unknown("not in the case")
    if place.country:
        stated = place.country
        return Known((stated,) if isinstance(stated, str) else stated)
    if offer.country:
        return Known(
            (offer.country,), Evidence.VALUE if offer.official else Evidence.DEFAULT
        )
    table = catalogue.registry.regions.get(offer.region_table)
    found = find_place(table, place.region) if table and place.region else None
    if found is None:
        return Unknown("not in the case")
    return Known(
        found.countries, Evidence.VALUE if found.official else Evidence.DEFAULT
    )


def landing_of(case: Case, offer: Offer | None, catalogue: Catalogue) -> Landing:
    place = case.landing
    evidence = next(one for one in Evidence if one.code == place.evidence)
    region = (
        Unknown("not in the case")
        if place.region == UNKNOWN
        else Known(place.region, evidence)
        if place.region
        else ABSENT
    )
    return Landing(
        role="primary",
        offer=Unknown("not in the case")
        if offer is None
        else Known(offer.id, evidence),
        region=region,
        countries=countries(place, offer, catalogue),
        evidence=evidence,
        because=("a scenario",),
    )


def facts_of(case: Case) -> Facts:
    catalogue, offer = catalogue_for(case)
    landing = landing_of(case, offer, catalogue)
    facts = Facts(
        as_of=case.as_of,
        body=Unknown("not in the case") if case.body is None else Known(case.body),
        sensitivity=sensitivity(case),
        ranks=lexicon().ranks,
        service=Unknown("not in the case")
        if case.service is None
        else Known(case.service),
        landing=landing,
        offer=None,
        operator=None,
        exposure=None,
        base=None,
        groups=catalogue.registry.countries,
        declared=frozenset(case.declared),
    )
    return facts if offer is None else on_offer(facts, offer, landing, catalogue)


def judged(rule: str, case: Case) -> Outcome:
    """What the rule says, whether or not it binds on the day."""
    return obligation(rule).evaluate(facts_of(case))


def outcome(rule: str, case: Case) -> Want:
    known = obligation(rule).rule
    if not known.in_force(case.as_of):
        return Want(outcome="none")
    found = judged(rule, case)
    effect = effect_of(known, found.truth)
    word: Any = "none" if effect is None else effect.value
    missing = sorted({gap.fact for gap in found.missing})
    return Want(outcome=word, missing=tuple(missing))


# The tables


@pytest.mark.parametrize(("rule", "case"), ROWS)
def test_the_rule_means_what_its_table_says(rule: str, case: Case) -> None:
    assert outcome(rule, case) == case.want


# What holds of every row


def forgotten(case: Case) -> Iterator[Case]:
    """The case with one fact less."""
    replace = msgspec.structs.replace
    yield replace(case, body=None)
    yield replace(case, class_=("public", "classified"))
    yield replace(case, categories=(*case.categories, UNKNOWN))
    yield replace(case, service=None)
    yield replace(case, declared=())
    place = case.landing
    yield replace(case, landing=replace(place, country=UNKNOWN))
    yield replace(case, landing=replace(place, region=UNKNOWN, country=UNKNOWN))
    yield replace(case, landing=replace(place, offer=None, synthetic=None))


@pytest.mark.parametrize("rule", sorted(ALL))
def test_a_row_with_one_fact_less_is_not_allowed_for_that(rule: str) -> None:
    for case in ALL[rule]:
        before = judged(rule, case).truth
        allowed = [
            less for less in forgotten(case) if judged(rule, less).truth is Truth.TRUE
        ]

        assert not allowed or before is Truth.TRUE, case.note


def nowhere(case: Case) -> Case:
    """The case with a landing of which nothing is known."""
    return msgspec.structs.replace(case, landing=Place(country=UNKNOWN))


@pytest.mark.parametrize("evidence", ["E6", "E7"])
@pytest.mark.parametrize("rule", sorted(ALL))
def test_a_hint_forbids_like_evidence_and_permits_like_nothing(
    rule: str, evidence: str
) -> None:
    for case in ALL[rule]:
        place = msgspec.structs.replace(case.landing, evidence=evidence)
        hinted = msgspec.structs.replace(case, landing=place)

        weaker(rule, case, hinted)


def weaker(rule: str, case: Case, other: Case) -> None:
    """Nothing, if `other` forbids like the case and permits like a landing nowhere."""
    before, after = judged(rule, case).truth, judged(rule, other).truth
    allowed = after is Truth.TRUE

    assert before is not Truth.FALSE or after is Truth.FALSE, case.note
    assert not allowed or judged(rule, nowhere(case)).truth is Truth.TRUE, case.note


def verified(case: Case) -> Synthetic | None:
    """The synthetic offer of the case, if all that it claims is official."""
    stated = case.landing.synthetic
    if stated is None:
        return None
    claims = [
        stated.confidence,
        stated.control_confidence,
        *(one.confidence for one in (*stated.qualifications, *stated.base)),
    ]
    return stated if OFFICIAL.issuperset(claims) else None


def doubted(stated: Synthetic) -> Synthetic:
    """The offer, and all that it claims, unverified."""
    return msgspec.structs.replace(
        stated,
        confidence="K",
        control_confidence="K",
        qualifications=tuple(
            msgspec.structs.replace(one, confidence="K")
            for one in stated.qualifications
        ),
    )


@pytest.mark.parametrize("rule", sorted(ALL))
def test_an_unverified_offer_forbids_like_a_verified_one_and_permits_like_nothing(
    rule: str,
) -> None:
    for case in ALL[rule]:
        if (stated := verified(case)) is not None:
            place = msgspec.structs.replace(case.landing, synthetic=doubted(stated))

            weaker(rule, case, msgspec.structs.replace(case, landing=place))


def test_there_are_offers_to_doubt() -> None:
    assert any(verified(case) for cases in ALL.values() for case in cases)


@pytest.mark.parametrize("layers", [{"law"}, {"baseline"}, {"law", "baseline"}])
@pytest.mark.parametrize("rule", sorted(ALL))
def test_more_sensitive_data_is_not_allowed_where_less_sensitive_is_not(
    rule: str, layers: set[str]
) -> None:
    """Over all rules in force together: one rule may leave a class to another."""
    ranks = [word.id for word in lexicon().vocabulary.classes]
    for case in ALL[rule]:
        kept = [
            verdict(msgspec.structs.replace(case, class_=word), layers)
            for word in ranks
        ]

        assert kept == sorted(kept), case.note


def verdict(case: Case, layers: set[str]) -> int:
    """The weight of the worst that the rules of `layers` say; 0 for allow."""
    facts = facts_of(case)
    effects = [
        effect_of(known, obligation(known.id).evaluate(facts).truth)
        for known in shipped_library().rules.values()
        if known.layer in layers and known.in_force(case.as_of)
    ]
    return worst(verdict_of(effect) for effect in effects if effect).weight


# What holds of every table


def test_every_rule_has_a_table_and_every_table_a_rule() -> None:
    rules = {path.stem for path in RULES.glob("*.yaml")}

    assert set(ALL) == rules == set(shipped_library().rules)


@pytest.mark.parametrize("rule", sorted(ALL))
def test_no_two_rows_of_a_table_have_one_note(rule: str) -> None:
    notes = [case.note for case in ALL[rule]]

    assert len(notes) == len(set(notes))


def seen(cases: Iterable[Case]) -> set[str]:
    """The outcomes of `cases`; those that rest on a missing fact apart."""
    return {
        f"{case.want.outcome}{' for want of a fact' if case.want.missing else ''}"
        for case in cases
    }


POSSIBLE = {
    "deny": {"none", "deny", "review for want of a fact"},
    "review": {"none", "review", "review for want of a fact"},
    "notice": {"none", "notice", "none for want of a fact"},
}


@pytest.mark.parametrize("rule", sorted(ALL))
def test_every_rule_is_seen_with_all_its_outcomes(rule: str) -> None:
    effect = obligation(rule).rule.effect

    assert seen(ALL[rule]) == POSSIBLE[effect]


def edges(known: Rule) -> Iterator[tuple[date, date]]:
    """The first and the last day, each with the day beyond it."""
    yield known.since, known.since - timedelta(days=1)
    if known.until is not None:
        yield known.until, known.until + timedelta(days=1)


@pytest.mark.parametrize("rule", sorted(ALL))
def test_the_days_at_the_edges_of_a_rule_are_in_its_table(rule: str) -> None:
    """With facts of which the rule says something within, and nothing beyond."""
    for within, beyond in edges(obligation(rule).rule):
        inside = [case for case in ALL[rule] if case.as_of == within]
        outside = [case for case in ALL[rule] if case.as_of == beyond]

        assert any(case.want.outcome != "none" for case in inside), within
        assert any(_speaks(rule, case, within) for case in outside), beyond
        assert all(case.want.outcome == "none" for case in outside), beyond


def _speaks(rule: str, case: Case, day: date) -> bool:
    moved = msgspec.structs.replace(case, as_of=day)
    return outcome(rule, moved).outcome != "none"


def asks(condition: object, words: set[str]) -> bool:
    """Whether a condition of a rule uses one of the predicates `words`."""
    if isinstance(condition, dict):
        return any(key in words or asks(part, words) for key, part in condition.items())
    if isinstance(condition, (list, tuple)):
        return any(asks(part, words) for part in condition)
    return False


def of_rules(holds: Callable[[Rule], bool]) -> list[str]:
    return sorted(id_ for id_, known in shipped_library().rules.items() if holds(known))


@pytest.mark.parametrize("rule", of_rules(lambda one: asks(one.require, {"qualified"})))
def test_the_days_at_the_edges_of_a_qualification_are_in_the_table(rule: str) -> None:
    """Beside each other: the outcome changes from one day to the next, both ways."""
    steps: set[str] = set()
    for case in ALL[rule]:
        for other in ALL[rule]:
            if (
                other.landing == case.landing
                and other.as_of == case.as_of + timedelta(days=1)
                and other.want.outcome != case.want.outcome
                and obligation(rule).rule.in_force(case.as_of)
                and obligation(rule).rule.in_force(other.as_of)
            ):
                steps.add("begins" if other.want.outcome == "none" else "ends")

    assert steps == {"begins", "ends"}


REGISTRY = {"qualified", "immune", "hosting_any", "located_in", "controlled_from"}


@pytest.mark.parametrize("rule", of_rules(lambda one: asks(one.require, REGISTRY)))
def test_a_hint_is_seen_to_forbid_and_not_to_permit(rule: str) -> None:
    hints = [case for case in ALL[rule] if case.landing.evidence in {"E6", "E7"}]

    assert any(judged(rule, case).truth is Truth.FALSE for case in hints)
    assert any(judged(rule, case).truth is Truth.UNKNOWN for case in hints)


@pytest.mark.parametrize("rule", of_rules(lambda one: asks(one.require, REGISTRY)))
def test_an_unverified_fact_is_seen_not_to_permit(rule: str) -> None:
    gaps = [
        gap.fact
        for case in ALL[rule]
        if case.landing.evidence not in {"E6", "E7"}
        for gap in judged(rule, case).missing
    ]

    assert "registry" in gaps


# What holds of every text


def texts(known: Rule) -> Iterator[tuple[str, Text]]:
    yield from (
        ("title", known.title),
        ("message", known.message),
        ("remediation", known.remediation),
    )
    assert known.law is not None
    yield "law", known.law


ENGLISH = re.compile(
    r"\b(the|and|must|with|which|under|from|offers?|is|are|not|needs?|law|cloud-based)\b",
    re.IGNORECASE,
)
FRENCH = re.compile(
    r"\b(le|les|des|une|est|sont|avec|dans|pour|sur|du|données|offre)\b", re.IGNORECASE
)
NAMES = re.compile(
    r"Cloud and AI Development Act|Data Privacy Framework|Privacy Shield|"
    r"[a-z0-9]+(?:_[a-z0-9]+)+|standards? de|Plateforme des données de santé",
)


@pytest.mark.parametrize("rule", sorted(ALL))
def test_every_text_is_in_both_languages(rule: str) -> None:
    for _name, text in texts(obligation(rule).rule):
        assert text.en.strip()
        assert text.fr.strip()
        assert text.en != text.fr
        assert not ENGLISH.findall(NAMES.sub("", text.fr)), text.fr
        assert not FRENCH.findall(NAMES.sub("", text.en)), text.en


PLAIN_SPACE = re.compile(r"[ ][:;!?»%]|«[ ]|\b(?:n°|art\.)[ ]")
STRAIGHT_QUOTE = re.compile(r'"')


@pytest.mark.parametrize("rule", sorted(ALL))
def test_french_texts_keep_french_typography(rule: str) -> None:
    for name, text in texts(obligation(rule).rule):
        assert not PLAIN_SPACE.findall(text.fr), name
        assert not STRAIGHT_QUOTE.findall(text.fr), name


@pytest.mark.parametrize("rule", sorted(ALL))
def test_messages_and_remediations_are_phrases(rule: str) -> None:
    """Reports set them in a line of their own, without a full stop."""
    known = obligation(rule).rule
    for text in (known.message, known.remediation):
        for phrase in (text.en, text.fr):
            assert phrase[0].islower(), phrase
            assert not phrase.endswith("."), phrase


@pytest.mark.parametrize("rule", sorted(ALL))
def test_every_source_is_somebody_elses(rule: str) -> None:
    sources: Sequence[Source] = obligation(rule).rule.sources

    assert sources
    for source in sources:
        assert source.title.strip()
        assert source.read >= date(2026, 11, 22)
        assert "fact sheet" not in source.title.casefold()


@pytest.mark.parametrize("rule", sorted(ALL))
def test_a_profile_informs_and_nothing_else_is_one(rule: str) -> None:
    known = obligation(rule).rule

    assert known.layer != "profile" or known.effect == "notice"
    assert (known.layer == "law") == rule.startswith(("fr-", "eu-schrems"))


@pytest.mark.parametrize("rule", ["fr-2018-c1", "fr-2018-c2"])
def test_the_strategy_of_2018_looks_at_circles_alone(rule: str) -> None:
    known = obligation(rule).rule
    blocks = {
        "qualified",
        "immune",
        "controlled_from",
        "controlled_outside",
        "located_in",
    }

    assert not asks(known.when, blocks)
    assert not asks(known.require, blocks)
