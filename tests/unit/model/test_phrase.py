from __future__ import annotations

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
