from __future__ import annotations

import pytest

from guardrail.model import say, spoken

FRENCH = {"the region {}": "la région {}", "{}: {}": "{} : {}"}


def test_a_phrase_is_its_english_text() -> None:
    assert say("the region {}", "eu-west-3") == "the region eu-west-3"


def test_a_phrase_is_spoken_in_the_language_of_the_catalogue() -> None:
    assert spoken(say("the region {}", "eu-west-3"), FRENCH) == "la région eu-west-3"


def test_a_phrase_inside_a_phrase_is_spoken_too() -> None:
    inner = say("the region {}", "x")

    assert spoken(say("{}: {}", "here", inner), FRENCH) == "here : la région x"


def test_what_has_no_translation_stays_english() -> None:
    assert spoken(say("unheard of {}", "x"), FRENCH) == "unheard of x"


def test_plain_text_is_left_as_it_is() -> None:
    assert spoken("the region {}", FRENCH) == "the region {}"


def test_braces_in_an_argument_are_not_places() -> None:
    assert spoken(say("the region {}", "{0.__class__}"), FRENCH) == (
        "la région {0.__class__}"
    )


COUNTED = "{} [resource|resources] in {} [country|countries]"
EN_FRANCAIS = {COUNTED: "{} [ressource|ressources] dans {} pays"}


@pytest.mark.parametrize(
    ("numbers", "english", "french"),
    [
        (("0", "1"), "0 resources in 1 country", "0 ressource dans 1 pays"),
        (("1", "2"), "1 resource in 2 countries", "1 ressource dans 2 pays"),
        (("2", "0"), "2 resources in 0 countries", "2 ressources dans 0 pays"),
        (("10", "11"), "10 resources in 11 countries", "10 ressources dans 11 pays"),
    ],
)
def test_what_is_counted_agrees_with_the_number_before_it(
    numbers: tuple[str, str], english: str, french: str
) -> None:
    phrase = say(COUNTED, *numbers)

    assert phrase == english
    assert spoken(phrase, EN_FRANCAIS) == french


def test_what_has_no_translation_agrees_as_english_does() -> None:
    assert spoken(say("{} [resource|resources]", "0"), FRENCH) == "0 resources"


def test_an_argument_is_never_taken_for_two_forms() -> None:
    assert say("{} [label|labels]: {}", "1", "[a|b]") == "1 label: [a|b]"
    assert say("{}: {}", "here", "[a|b]") == "here: [a|b]"
