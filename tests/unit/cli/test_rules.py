"""`guardrail rules`: the rules in force, and one with its law in both languages."""

from __future__ import annotations

import pytest

from guardrail.library import Library
from guardrail.policy.predicates import PREDICATES
from guardrail.reports.conditions import SENTENCES
from tests.unit.cli.conftest import Ask, too_wide


def test_the_list_holds_the_rules_in_force_on_the_day(ask: Ask) -> None:
    def ids(day: str) -> list[str]:
        document = ask("rules", "list", "--format", "json", "--as-of", day).document
        return [one["id"] for one in document["rules"]]

    assert "fr-2021-r9" in ids("2023-05-30")
    assert "fr-2021-r9" not in ids("2023-05-31")
    assert "fr-sren-31" not in ids("2026-04-16")
    assert "fr-sren-31" in ids("2026-04-17")
    assert ids("2026-11-22") == sorted(ids("2026-11-22"))


def test_all_rules_are_listed_on_request(ask: Ask, library: Library) -> None:
    document = ask("rules", "list", "--all", "--format", "json").document
    assert [one["id"] for one in document["rules"]] == sorted(library.rules)
    now = {one["id"]: one["in_force"] for one in document["rules"]}
    assert now["fr-sren-31"]
    assert not now["fr-2021-r9"]


def test_a_day_before_every_rule_is_an_empty_list(ask: Ask) -> None:
    said = ask("rules", "list", "--as-of", "1990-01-01")
    assert said.code == 0
    assert said.out == "0 rules, as of 1990-01-01\n"


def test_a_rule_is_shown_with_law_and_dates_in_both_languages(ask: Ask) -> None:
    text = " ".join(ask("rules", "show", "fr-sren-31").out.split())
    for told in (
        "since 2026-04-17 (in force on 2026-11-22)",
        "depuis le 2026-04-17 (en vigueur au 2026-11-22)",
        "binds the State (state), an operator of the State (state-operator), a listed "
        "public interest group (listed-gip)",
        "the class of the data is particular sensitivity (particular) or above",
        "la classe des données est sensibilité particulière (particular) ou au-dessus",
        "secnumcloud 3.2 or later or eu-equivalent",
        "granted by minister and prime-minister; for a project already under way",
        "Les administrations de l'État",
        "A State administration",
        "Loi n° 2024-449",
        "confidence P*:",
        "open: The exact wording of the decree",
    ):
        assert told in text


def test_the_language_asked_comes_first(ask: Ask) -> None:
    assert ask("rules", "show", "fr-sren-31").out.startswith("[en] fr-sren-31\n")
    french = ask("rules", "show", "fr-sren-31", "--lang", "fr").out
    assert french.startswith("[fr] fr-sren-31\n")


def test_the_document_of_a_rule_holds_its_conditions_in_words(ask: Ask) -> None:
    document = ask("rules", "show", "baseline-sensitive", "--format", "json").document
    assert document["rule"]["when"] == {"class_at_least": "sensitive"}
    assert document["in_words"]["en"]["when"] == [
        "the class of the data is sensitive or above"
    ]
    assert document["in_words"]["en"]["require"] == [
        "at least one of this:",
        "  the hosting is internal",
        "  all of this:",
        "    the offer is qualified on the day, for the region and the service: "
        "secnumcloud or eu-equivalent",
        "    no law of a country outside the Union reaches who controls the offer",
    ]


def test_every_word_of_the_vocabulary_has_a_sentence() -> None:
    assert SENTENCES.keys() == PREDICATES.keys()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_rule_is_shown_and_fits_the_page(
    ask: Ask, library: Library, language: str
) -> None:
    assert too_wide(ask("rules", "list", "--all", "--lang", language).out) == []
    for rule in library.rules:
        said = ask("rules", "show", rule, "--lang", language)
        assert said.code == 0
        assert too_wide(said.out) == []


def test_an_unknown_rule_is_refused_and_the_nearest_named(ask: Ask) -> None:
    said = ask("rules", "show", "sren-31")
    assert said.code == 2
    assert "did you mean fr-sren-31" in said.err


@pytest.mark.parametrize("words", [("list",), ("show",)])
def test_help_has_an_example(ask: Ask, words: tuple[str, ...]) -> None:
    assert "example:\n  guardrail rules" in ask("rules", *words, "--help").out


def test_what_must_be_declared_together_is_said_together(ask: Ask) -> None:
    text = " ".join(ask("rules", "show", "eu-schrems").out.split())

    assert "standard_contractual_clauses and transfer_impact_assessment" in text
    assert "standard_contractual_clauses et transfer_impact_assessment" in text


def test_offices_and_bodies_have_their_french_names(ask: Ask) -> None:
    text = " ".join(ask("rules", "show", "fr-sren-31", "--lang", "fr").out.split())

    assert "accordée par le ministre et le Premier ministre ;" in text
    assert "vise l'État (state), un opérateur de l'État (state-operator)," in text
