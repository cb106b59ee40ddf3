from __future__ import annotations

import pytest

from guardrail.classification import Lexicon, normalised
from guardrail.library import Library


@pytest.mark.parametrize(
    "written",
    [
        "sensibilite_donnees",
        "Sensibilité Données",
        "SENSIBILITÉ-DONNÉES",
        "sensibilite:donnees",
        "sensibilite.données",
        "  sensibilite__donnees ",
        "sensibilite\u0301_donne\u0301es",
    ],
)
def test_case_accents_and_separators_do_not_count(written: str) -> None:
    assert normalised(written) == "sensibilite_donnees"


@pytest.mark.parametrize(
    ("word", "class_"),
    [
        ("public", "public"),
        ("Publique", "public"),
        ("interne", "internal"),
        ("personnel", "personal"),
        ("PII", "personal"),
        ("sensible", "sensitive"),
        ("confidential", "sensitive"),
        ("Confidentiel", "sensitive"),
        ("particulière", "particular"),
        ("sensibilité particulière", "particular"),
        ("diffusion_restreinte", "restricted"),
        ("DR", "restricted"),
        ("restreint", "restricted"),
        ("classifié", "classified"),
        ("secret", "classified"),
        ("Très Secret", "classified"),
    ],
)
def test_words_for_a_class_in_both_languages(
    word: str, class_: str, library: Library
) -> None:
    lexicon = Lexicon(library.vocabulary)

    assert lexicon.name(lexicon.ranks[normalised(word)]) == class_


def test_classes_are_in_the_order_of_the_design(library: Library) -> None:
    assert [word.id for word in library.vocabulary.classes] == [
        "public",
        "internal",
        "personal",
        "sensitive",
        "particular",
        "restricted",
        "classified",
    ]


def test_no_word_means_two_classes_or_two_categories(library: Library) -> None:
    for group in (library.vocabulary.classes, library.vocabulary.categories):
        words = [normalised(w) for one in group for w in {one.id, *one.synonyms}]
        distinct = {
            (normalised(w), one.id) for one in group for w in (one.id, *one.synonyms)
        }

        assert len({word for word, _id in distinct}) == len(distinct), words


@pytest.mark.parametrize(
    "key",
    [
        "sensitivity",
        "data-sensitivity",
        "Data_Classification",
        "data:class",
        "classification",
        "sensibilité",
        "sensibilite.donnees",
        "classification donnees",
    ],
)
def test_keys_under_which_a_class_is_looked_for(key: str, library: Library) -> None:
    assert normalised(key) in Lexicon(library.vocabulary).class_keys


@pytest.mark.parametrize(
    "key", ["data_categories", "data-category", "Catégories Données"]
)
def test_keys_under_which_categories_are_looked_for(key: str, library: Library) -> None:
    assert normalised(key) in Lexicon(library.vocabulary).category_keys
