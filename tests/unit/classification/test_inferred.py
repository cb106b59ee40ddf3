from __future__ import annotations

import pytest

from guardrail.classification import (
    Because,
    Hints,
    Inference,
    Lexicon,
    Sensitivity,
    natural,
    suggested,
)
from guardrail.library import Library


@pytest.fixture(scope="module")
def hints(library: Library) -> Hints:
    return Hints(library.inference, Lexicon(library.vocabulary))


@pytest.mark.parametrize(
    ("text", "word", "category"),
    [
        ("files-patients", "patients", "health"),
        ("dossiers-patients", "dossiers patients", "health"),
        ("DossierMedical2024", "dossier médical", "health"),
        ("dossier_médical", "dossier médical", "health"),
        ("Santé publique", "santé", "health"),
        ("prod.paie.db", "paie", "agents-application"),
        ("rh", "rh", "agents-application"),
        ("etat-civil", "état civil", "citizens-personal"),
        ("demandeurs-d-emploi", "demandeurs d'emploi", "citizens-personal"),
        ("contentieux", "contentieux", "legal-secret"),
        ("Tres_Secret", "très secret", ""),
    ],
)
def test_a_word_is_found_whatever_its_case_accents_and_separators(
    text: str, word: str, category: str, hints: Hints
) -> None:
    (found,) = hints.found([("here", text, True)])

    assert (found.word, found.where, found.category) == (word, "here", category)
    assert hints.any_in(text)


@pytest.mark.parametrize(
    "text",
    ["impatients", "patientsx", "rhel", "inspatient", "health-check", "payees", "",
     "secret-manager", "user-agent", "dr-site", "sensibleness"],
)  # fmt: skip
def test_a_part_of_a_word_is_none(text: str, hints: Hints) -> None:
    assert hints.found([("here", text, True)]) == ()
    assert not hints.any_in(text)


def test_each_word_is_told_once_where_it_stands_first(hints: Hints) -> None:
    found = hints.found(
        [("one", "patients", True), ("two", "patients and paie", False)]
    )

    assert [(hint.word, hint.where) for hint in found] == [
        ("patients", "one"),
        ("paie", "two"),
    ]


def test_no_words_find_nothing(library: Library) -> None:
    none = Hints(Inference(), Lexicon(library.vocabulary))

    assert none.found([("here", "patients", True)]) == ()


def test_a_name_never_lowers_and_never_claims(hints: Hints) -> None:
    stack = Sensitivity(
        lowest=1,
        highest=1,
        categories=frozenset({"health"}),
        because=(Because("stack", "declared"),),
    )
    found = suggested(stack, hints.found([("its key", "patients-contentieux", True)]))

    assert (found.lowest, found.highest) == (1, 4)
    assert found.categories == {"health"}
    assert found.possible == {"legal-secret"}
    assert [step.detail for step in found.because] == [
        "declared",
        "the word `patients` in its key",
        "the word `contentieux` in its key",
    ]


def test_a_word_in_an_attribute_is_told_and_decides_nothing(hints: Hints) -> None:
    """The attribute may be unknown: knowing less must not allow more."""
    stack = Sensitivity(lowest=1, highest=1, because=(Because("stack", "declared"),))
    found = suggested(stack, hints.found([("`name`", "patients", False)]))

    assert (found.lowest, found.highest, found.possible) == (1, 1, frozenset())
    assert found.because[-1].detail == "the word `patients` in `name`"


def test_a_name_that_says_less_changes_no_bound(hints: Hints) -> None:
    absent = Sensitivity(lowest=0, highest=4, labelled=False)
    found = suggested(absent, hints.found([("its key", "paie", True)]))

    assert (found.lowest, found.highest, found.stated) == (0, 4, 0)


@pytest.mark.parametrize(
    ("services", "resource_type", "expected"),
    [
        (["mail"], "scaleway_tem_domain", {"collaboration"}),
        (["directory"], "googleworkspace_user", {"collaboration"}),
        (["directory"], "aws_directory_service_directory", set()),
        (["database"], "aws_db_instance", set()),
        ([], "aws_db_instance", set()),
    ],
)
def test_some_services_are_collaboration_by_nature(
    services: list[str], resource_type: str, expected: set[str], library: Library
) -> None:
    alone = Sensitivity(lowest=0, highest=4)
    found = natural(alone, services, resource_type, library.inference)

    assert found.categories == expected


def test_every_word_speaks_of_a_class_and_category_of_the_vocabulary(
    library: Library,
) -> None:
    lexicon = Lexicon(library.vocabulary)
    inference = library.inference
    categories = {
        *(one.category for one in inference.words),
        *(one.category for one in inference.natures),
    }

    assert categories - {""} <= set(lexicon.categories.values())
    assert {one.class_ for one in inference.words} <= lexicon.ranks.keys()
    assert all(one.note for one in inference.words)
    assert all(one.note for one in inference.natures)
