"""`guardrail offers`: what the registry says of offers, and what changes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from guardrail.library import Library, shipped
from tests.unit.cli.conftest import Ask, Said, too_wide


def listed(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    return {one["id"]: one for one in said.document["offers"]}


def test_the_list_holds_every_offer_by_id(ask: Ask, library: Library) -> None:
    document = ask("offers", "list", "--format", "json").document
    ids = [one["id"] for one in document["offers"]]
    assert ids == sorted(library.registry.offers)
    assert document["as_of"] == "2026-11-22"


@pytest.mark.parametrize(
    ("offer", "day", "state"),
    [
        ("outscale-cloudgouv", "2026-11-30", "qualified"),
        ("outscale-cloudgouv", "2026-12-01", "ended"),
        ("outscale-cloudgouv", "2021-09-15", "qualified"),
        ("outscale-cloudgouv", "2020-06-01", "unknown"),  # claimed, not attested
        ("outscale-cloudgouv", "2023-01-01", "unknown"),  # general knowledge only
        ("numspot", "2026-07-30", "not-yet"),
        ("numspot", "2026-07-31", "qualified"),
        ("whaller-donjon", "2026-11-22", "unknown"),  # its dates are not known
        ("bleu", "2026-11-22", "in-progress"),
        ("aws", "2026-11-22", "none"),
        ("pi", "2026-11-22", "none"),
    ],
)
def test_the_state_of_an_offer_on_a_day(
    ask: Ask, offer: str, day: str, state: str
) -> None:
    offers = listed(ask("offers", "list", "--format", "json", "--as-of", day))
    assert offers[offer]["state"] == state
    assert (offers[offer]["reason"] is None) is (state != "unknown")


def test_an_offer_that_is_closed_is_listed_as_closed(ask: Ask) -> None:
    assert (
        listed(ask("offers", "list", "--format", "json"))["cloudwatt"]["offered"]
        is False
    )
    lines = ask("offers", "list").out.splitlines()
    assert "cloudwatt                      closed; its last day was 2020-02-01" in lines


def test_the_filters_leave_what_they_name(ask: Ask) -> None:
    qualified = listed(ask("offers", "list", "--qualified", "--format", "json"))
    assert {"outscale-cloudgouv", "s3ns-premi3ns"} <= qualified.keys()
    assert {one["state"] for one in qualified.values()} == {"qualified"}
    internal = listed(
        ask("offers", "list", "--hosting", "internal", "--format", "json")
    )
    assert {"nubo", "pi"} <= internal.keys()
    mail = listed(ask("offers", "list", "--service", "mail", "--format", "json"))
    assert all("mail" in one["services"] for one in mail.values())
    assert "microsoft-365" in mail
    ovh = listed(ask("offers", "list", "--operator", "ovhcloud", "--format", "json"))
    assert {one["operator"] for one in ovh.values()} == {"ovhcloud"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list", "--operator", "ovh"), "did you mean ovh-us or ovhcloud?"),
        (("list", "--service", "mails"), "did you mean mail"),
        (("show", "outscal"), "did you mean outscale"),
        (("diff", "2026-11-22"), "give two days, or --against DIR"),
        (("diff",), "give two days, or --against DIR"),
        (("diff", "2026-11-22", "soon"), "'soon' is not a day"),
    ],
)
def test_what_is_not_there_is_refused_and_the_nearest_named(
    ask: Ask, arguments: tuple[str, ...], told: str
) -> None:
    said = ask("offers", *arguments)
    assert said.code == 2
    assert told in said.err
    assert said.out == ""


def test_a_library_that_is_not_there_is_a_problem_of_the_library(ask: Ask) -> None:
    assert ask("offers", "list", "--library", "nowhere").code == 4
    assert ask("offers", "diff", "--against", "nowhere").code == 4


def test_an_offer_is_shown_with_what_a_security_officer_needs(ask: Ask) -> None:
    text = " ".join(ask("offers", "show", "s3ns-premi3ns").out.split())
    for told in (
        "secnumcloud: qualified 3.2 until 2028-12-17",
        "Thales Cloud Sécurisé SAS, FR, registered office [P*]",
        "Thales SA, FR, parent company [S]",
        "supply dependency: Google, US: Google Cloud software stack [K]",
        "no foreign law is known to reach it",
        "in force, from 2025-12-17 to 2028-12-17, decision 2057 [P*]",
        "regions: u-france-east1",
        "services not covered: ai, function",
        "host **.s3nsapis.fr",
        "[P*] an official document, through a third party who cites it; it may permit",
        "read 2026-11-22",
        "open: What is the exact share of Google? Not found.",
    ):
        assert told in text


def test_a_law_is_shown_with_whom_it_reaches(ask: Ask) -> None:
    reach = ask("offers", "show", "aws-eusc", "--format", "json").document["reach"]
    assert {one["law"] for one in reach} == {
        "us-cloud-act",
        "us-fisa-702",
        "us-nsl-sca",
    }
    assert all(one["through"] and one["citation"] for one in reach)
    later = ask(
        "offers", "show", "aws-eusc", "--format", "json", "--as-of", "2027-03-18"
    )
    assert "us-fisa-702" not in {one["law"] for one in later.document["reach"]}


def test_presence_abroad_is_shown_and_reaches_nobody(ask: Ask) -> None:
    said = ask("offers", "show", "outscale-cloudgouv", "--format", "json")
    assert said.document["operator"]["presence"] == ["US", "JP"]
    assert said.document["reach"] == []


@pytest.mark.parametrize("offer", ["outscale-cloudgouv", "numspot", "scalingo-secnum"])
def test_what_it_rests_on_and_ends_soon_is_noticed(ask: Ask, offer: str) -> None:
    document = ask("offers", "show", offer, "--format", "json").document
    assert [
        (one["offer"], one["on"], one["days"]) for one in document["ends_soon"]
    ] == [("outscale-cloudgouv", "2026-11-30", 8)]


@pytest.mark.parametrize(("day", "soon"), [("2026-09-01", False), ("2026-09-02", True)])
def test_soon_is_within_ninety_days(ask: Ask, day: str, soon: bool) -> None:
    document = ask(
        "offers", "show", "outscale-cloudgouv", "--format", "json", "--as-of", day
    ).document
    assert bool(document["ends_soon"]) is soon


def test_an_offer_that_is_closed_says_since_when(ask: Ask) -> None:
    text = ask("offers", "show", "cloudwatt").out
    assert "on 2026-11-22: closed; its last day was 2020-02-01" in text
    assert "offered     until 2020-02-01" in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_offer_is_shown_and_fits_the_page(
    ask: Ask, library: Library, language: str
) -> None:
    assert too_wide(ask("offers", "list", "--lang", language).out) == []
    for offer in sorted(library.registry.offers)[::6]:
        said = ask("offers", "show", offer, "--lang", language)
        assert said.code == 0
        assert too_wide(said.out) == []


def test_between_two_days_qualifications_are_lost(ask: Ask) -> None:
    document = ask(
        "offers", "diff", "2026-11-30", "2027-01-01", "--format", "json"
    ).document
    lost = [
        one["offer"] for one in document["qualifications"] if one["change"] == "lost"
    ]
    assert lost == ["outscale-cloudgouv", "ovhcloud-hosted-private-cloud"]
    assert document["opened"] == document["closed"] == document["laws"] == []


def test_between_two_days_much_is_gained(ask: Ask) -> None:
    document = ask(
        "offers", "diff", "2021-09-15", "2026-11-22", "--format", "json"
    ).document
    changes = {
        (one["offer"], one["scheme"]): one["change"]
        for one in document["qualifications"]
    }
    assert changes["s3ns-premi3ns", "secnumcloud"] == "gained"
    assert changes["outscale-cloudgouv", "secnumcloud"] == "renewed"
    assert changes["bleu", "secnumcloud"] == "changed"
    assert "aws-eusc" in document["opened"]


def test_a_law_that_ends_no_longer_reaches(ask: Ask) -> None:
    document = ask(
        "offers", "diff", "2027-03-17", "2027-03-18", "--format", "json"
    ).document
    (law,) = document["laws"]
    assert (law["law"], law["change"]) == ("us-fisa-702", "ends")
    assert "aws" in law["offers"]


def test_the_order_of_the_days_does_not_matter(ask: Ask) -> None:
    one = ask("offers", "diff", "2026-11-22", "2027-01-01")
    assert one == ask("offers", "diff", "2027-01-01", "2026-11-22")
    assert too_wide(one.out) == []


def test_a_day_against_itself_changes_nothing(ask: Ask) -> None:
    assert "nothing changes" in ask("offers", "diff", "2026-11-22", "2026-11-22").out


def test_two_libraries_differ_in_the_facts_that_were_changed(
    ask: Ask, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    shutil.copytree(shipped(), older)
    (older / "offers" / "wimi.yaml").unlink()
    pi = older / "offers" / "pi.yaml"
    text = pi.read_text(encoding="utf-8")
    pi.write_text(
        text.replace("hosting: internal", "hosting: dedicated"), encoding="utf-8"
    )
    said = ask("offers", "diff", "--against", older, "--format", "json")
    assert [tuple(one.values()) for one in said.document["facts"]] == [
        ("offers", "pi", "changed", ["hosting"]),
        ("offers", "wimi", "added", []),
    ]
    assert "nothing changes" in ask("offers", "diff", "--against", shipped()).out
    assert "offers/pi: hosting" in ask("offers", "diff", "--against", older).out


@pytest.mark.parametrize("action", ["list", "show", "diff"])
def test_help_has_an_example(ask: Ask, action: str) -> None:
    assert f"guardrail offers {action}" in ask("offers", action, "--help").out
