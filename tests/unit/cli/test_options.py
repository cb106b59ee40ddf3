from __future__ import annotations

import time
from datetime import UTC, date, datetime, tzinfo
from typing import Self

import pytest

from guardrail.cli import options
from guardrail.cli.options import environment_variable, pairs
from guardrail.errors import ConfigurationError
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask

DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"


def test_the_day_is_that_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 12, 31, 23, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(options, "datetime", Late)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert options.today() == date(2026, 12, 31)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("value", "found"), [("x", "x"), ("", None), (None, None)])
def test_an_empty_variable_is_not_set(
    value: str | None, found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GUARDRAIL_X", raising=False)
    if value is not None:
        monkeypatch.setenv("GUARDRAIL_X", value)

    assert environment_variable("GUARDRAIL_X") == found


def test_pairs_are_cut_at_the_first_mark() -> None:
    assert pairs(["A=b=c", "D="], "--env") == {"A": "b=c", "D": ""}


def test_a_name_is_stated_once() -> None:
    with pytest.raises(ConfigurationError, match="twice") as caught:
        pairs(["A=hush", "A=hush"], "--env")

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("text", ["A", "", "=b"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--env takes NAME=VALUE"):
        pairs([text], "--env")


def test_a_folder_of_code_that_is_not_there_is_a_wrong_option(ask: Ask) -> None:
    said = ask("check", DEMO, "--src", "nowhere")

    assert said.code == 2
    assert said.err == "guardrail: --src nowhere: there is no such folder\n"


def test_a_profile_that_is_not_there_is_a_wrong_option(ask: Ask) -> None:
    said = ask("check", DEMO, "--profile", "nonsense")

    assert said.code == 2
    assert "no rule is called 'nonsense'; the profiles are: " in said.err
