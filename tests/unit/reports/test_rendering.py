from __future__ import annotations

from datetime import date

import pytest

from guardrail.model import say
from guardrail.reports import Rendering
from guardrail.reports.layout import lines_of

FRENCH = {"region {}": "région {}"}


def rendering(language: str) -> Rendering:
    return Rendering(
        version="0",
        library_sha256="0",
        catalogue_date=date(2026, 9, 15),
        language=language,
        french=FRENCH,
    )


@pytest.mark.parametrize(("language", "text"), [("en", "region x"), ("fr", "région x")])
def test_phrases_are_said_in_the_language_asked(language: str, text: str) -> None:
    assert rendering(language).say(say("region {}", "x")) == text


def test_plain_text_is_said_as_it_is() -> None:
    assert rendering("fr").say("region {}") == "region {}"


@pytest.mark.parametrize(
    "char", ["\x00", "\x1b", "\n", "\t", "\x9b", "\u202e", "\udcff"]
)
def test_what_is_not_printable_is_a_blank(char: str) -> None:
    assert rendering("en").say(f"a{char}b") == "a b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("a\n::stop-commands::x", "a : :stop-commands::x"),
        ("a ::error::x", "a : :error::x"),
        ("##[error]x", "# #[error]x"),
        ("a##vso[x]", "a# #vso[x]"),
        ("OS::Nova::Server", "OS::Nova::Server"),
    ],
)
def test_no_text_is_a_command_of_continuous_integration(text: str, shown: str) -> None:
    assert rendering("en").say(text) == shown


def test_a_sign_stays_with_its_word() -> None:
    text = "une loi : « cloud au centre » ; une autre"

    assert lines_of(text, 10, 0, 1) == [
        "une loi :", " « cloud", " au", " centre » ;", " une autre",
    ]  # fmt: skip
