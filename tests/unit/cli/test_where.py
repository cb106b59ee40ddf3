"""`guardrail where`: the rules, run over every offer of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrail.assessment import Knowledge
from guardrail.library import Library
from guardrail.placement import word_for
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said, too_wide

PLANS = sorted((ROOT / "fixtures" / "plans").glob("*/plan.json"))
SENSITIVE = ("where", "--class", "sensitive", "--body", "state")
OBJECTS = (*SENSITIVE, "--service", "object-storage")
HINTS = {"E6", "E7"}
ORDER = {"allow": 0, "review": 1, "deny": 2}
OWN = """\
body: state
offers:
  - {id: our-cloud, operator: our-ministry, hosting: internal, country: FR,
     recognise: [{host: keystone.example}]}
"""


def by_id(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    return {one["id"]: one for one in said.document["offers"]}


def test_every_offer_there_on_the_day_is_answered_once(
    ask: Ask, library: Library
) -> None:
    document = ask(*OBJECTS, "--format", "json").document
    judged = [one["id"] for one in document["offers"]]
    gone = [one["id"] for one in document["not_judged"]]
    assert sorted(judged + gone) == sorted(library.registry.offers)
    assert gone == ["cloudwatt", "numergy"]


def test_the_document_has_the_keys_that_are_promised(ask: Ask) -> None:
    document = ask(*OBJECTS, "--format", "json").document
    assert document["as_of"] == "2026-11-22"
    assert document["body"] == "state"
    assert document["class"] == "sensitive"
    assert document["service"] == "object-storage"
    for one in document["offers"]:
        assert one["verdict"] in {"allow", "review", "deny"}
        assert one["operator"]
        assert one["because"]
        assert all(isinstance(text, str) for text in one["because"])


def test_offers_that_provide_the_service_come_first_and_the_best_of_them_first(
    ask: Ask,
) -> None:
    offers = ask(*OBJECTS, "--format", "json").document["offers"]
    order = ["allow", "review", "deny"]
    places = [
        (one["provides"] is False, order.index(one["verdict"]), one["id"])
        for one in offers
    ]
    assert places == sorted(places)


def test_an_offer_without_the_service_says_so(ask: Ask) -> None:
    offers = by_id(ask(*OBJECTS, "--format", "json"))
    snap = offers["snap"]
    assert snap["provides"] is False
    assert snap["because"][0] == "it does not provide object-storage"
    assert offers["adista-secnumcloud"]["provides"] is None


def test_a_verdict_rests_on_a_qualification_and_its_last_day(ask: Ask) -> None:
    known = by_id(ask(*OBJECTS, "--format", "json"))["outscale-cloudgouv"]
    assert known["verdict"] == "allow"
    assert [one["decision"] for one in known["rests_on"]] == ["2118"]
    assert known["rests_on"][0]["until"] == "2026-11-30"
    assert known["rests_on"][0]["ends_in_days"] == 8


@pytest.mark.parametrize(
    ("day", "verdict"), [("2026-11-30", "allow"), ("2026-12-01", "deny")]
)
def test_a_qualification_counts_up_to_its_last_day(
    ask: Ask, day: str, verdict: str
) -> None:
    offers = by_id(ask(*OBJECTS, "--format", "json", "--as-of", day))
    assert offers["outscale-cloudgouv"]["verdict"] == verdict
    assert offers["numspot"]["verdict"] == "allow"
    if verdict == "deny":
        told = offers["outscale-cloudgouv"]["because"]
        assert "its secnumcloud qualification ended on 2026-11-30" in told


def test_an_internal_cloud_rests_on_no_qualification(ask: Ask) -> None:
    nubo = by_id(ask(*OBJECTS, "--format", "json"))["nubo"]
    assert nubo["verdict"] == "allow"
    assert nubo["rests_on"] == []
    assert "its hosting is internal" in nubo["because"]


def test_a_denial_names_the_rule_and_the_facts_behind_it(ask: Ask) -> None:
    aws = by_id(ask(*OBJECTS, "--format", "json"))["aws"]
    assert aws["verdict"] == "deny"
    assert "baseline-sensitive" in aws["rules"]
    assert "no secnumcloud qualification" in aws["because"]
    assert "reached by foreign law: US" in aws["because"]


def test_a_service_outside_the_perimeter_is_not_covered(ask: Ask) -> None:
    said = ask(*SENSITIVE, "--service", "database", "--format", "json")
    told = by_id(said)["outscale-cloudgouv"]["because"]
    assert "its secnumcloud qualification does not cover database" in told


def test_each_region_has_its_own_verdict(ask: Ask) -> None:
    places = by_id(ask(*OBJECTS, "--format", "json"))["numspot"]["places"]
    verdicts = {one["region"]: one["verdict"] for one in places}
    assert verdicts["cloudgouv-eu-west-1"] == "allow"
    assert verdicts["eu-west-2"] == "deny"


def test_only_places_in_the_country_asked_are_looked_at(ask: Ask) -> None:
    said = ask(
        "where", "--class", "internal", "--service", "object-storage",
        "--body", "state", "--region-country", "fr", "--format", "json",
    )  # fmt: skip
    offers = by_id(said)
    assert {one["country"] for one in offers["aws"]["places"]} == {"FR"}
    assert "aws-eusc" not in offers
    gone = {one["id"]: one["because"] for one in said.document["not_judged"]}
    assert gone["aws-eusc"] == "no region of it is known to be in FR"


def test_synonyms_of_a_class_are_the_class(ask: Ask) -> None:
    french = ask(
        "where", "--class", "Sensible", "--body", "state",
        "--service", "object-storage", "--format", "json",
    )  # fmt: skip
    assert french.document == ask(*OBJECTS, "--format", "json").document


def test_categories_count(ask: Ask) -> None:
    asked = [
        "where", "--class", "personal", "--body", "state",
        "--service", "object-storage", "--format", "json",
    ]  # fmt: skip
    plain = by_id(ask(*asked))["ovhcloud-public-cloud"]
    health = by_id(ask(*asked, "--category", "sante"))["ovhcloud-public-cloud"]
    assert plain["verdict"] == "allow"
    assert health["verdict"] == "review"
    assert "fr-hds-cert" in health["rules"]


def test_an_unstated_body_leaves_its_rules_undecided(ask: Ask) -> None:
    said = ask(
        "where", "--class", "personal", "--service", "object-storage",
        "--format", "json",
    )  # fmt: skip
    offers = by_id(said)
    assert said.document["body"] is None
    told = " ".join(text for one in offers.values() for text in one["missing"])
    assert "body: the body that deploys is not stated" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--class", "senstive", "--service", "mail"), "did you mean sensitive"),
        (("--class", "public", "--service", "objectstorage"), "mean object-storage"),
        (
            ("--class", "public", "--service", "zzzz"),
            "is called 'zzzz'; there are: ai,",
        ),
        (("--service", "mail"), "state the class with --class; there are: public,"),
        (
            ("--class", "public", "--service", "mail", "--category", "helth"),
            "did you mean health",
        ),
        (
            ("--class", "public", "--service", "mail", "--region-country", "FRA"),
            "did you mean FR",
        ),
    ],
)
def test_an_unknown_word_is_refused_and_the_nearest_named(
    ask: Ask, arguments: tuple[str, ...], told: str
) -> None:
    said = ask("where", *arguments)
    assert said.code == 2
    assert told in said.err
    assert said.out == ""


def test_an_own_cloud_is_offered_whatever_the_service(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "guardrail.yaml").write_text(OWN, encoding="utf-8")
    said = ask(
        "where", "--class", "particular", "--service", "database", "--format", "json"
    )
    own = by_id(said)["our-cloud"]
    assert own["verdict"] == "allow"
    assert own["provides"] is None
    plan = ROOT / "fixtures" / "plans" / "aws-buckets-default" / "plan.json"
    (tmp_path / "plan.json").write_bytes(plan.read_bytes())
    checked = ask("check", "plan.json", "--class", "particular", "--format", "json")
    others = {
        name for one in checked.document["findings"] for name in one["alternatives"]
    }
    assert "our-cloud" in others


def test_the_class_of_guardrail_yaml_is_asked_when_none_is_given(
    ask: Ask, tmp_path: Path
) -> None:
    text = "body: state\ndata: {class: particular, categories: [legal-secret]}\n"
    (tmp_path / "guardrail.yaml").write_text(text, encoding="utf-8")
    document = ask("where", "--service", "mail", "--format", "json").document
    assert document["class"] == "particular"
    assert document["categories"] == ["legal-secret"]
    assert document["body"] == "state"
    assert "guardrail.yaml of the project is self-declared" in document["notes"]


def test_where_nothing_is_allowed_it_says_so_and_is_answered(ask: Ask) -> None:
    said = ask("where", "--class", "classified", "--service", "mail", "--body", "state")
    assert said.code == 0
    assert "no offer of the registry is allowed" in said.out


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("class_", ["public", "personal", "particular"])
def test_the_text_fits_the_page(ask: Ask, language: str, class_: str) -> None:
    said = ask(
        "where", "--class", class_, "--service", "object-storage",
        "--body", "state", "--lang", language,
    )  # fmt: skip
    assert said.code == 0
    assert too_wide(said.out) == []


def test_the_text_groups_by_verdict_and_sums_up_the_denials(ask: Ask) -> None:
    lines = ask(*OBJECTS).out.splitlines()
    heads = [line.split()[0] for line in lines if line and line[0].isupper()]
    assert [head for head in heads if head != "NOTICE"][:3] in (
        ["ALLOW", "REVIEW", "DENY"],
        ["ALLOW", "DENY"],
    )
    told = "no secnumcloud qualification; reached by foreign law: US"
    assert any(told in line for line in lines)


def service_of(resource: Any, knowledge: Knowledge) -> str | None:
    profile = knowledge.catalogue.profile(resource["provider"])
    return None if profile is None else word_for(profile.services, resource["type"])


def landed(ask: Ask, knowledge: Knowledge) -> Iterator[tuple[str, Any, Any]]:
    """Service, resource and landing, where real plans put data of class sensitive."""
    options = ("--class", "sensitive", "--body", "state", "--existing", "enforce")
    for plan in PLANS:
        checked = ask("check", plan, *options, "--format", "json")
        resources = [] if checked.code in {3, 4} else checked.document["resources"]
        for resource in resources:
            service = service_of(resource, knowledge)
            alike = resource["class"] == "sensitive" and not resource["categories"]
            # Of several places the worst decides: it is in one that they agree.
            alone = resource["landings"] if len(resource["landings"]) == 1 else []
            for landing in alone:
                if resource["judged"] and service and alike and landing["offer"]:
                    yield service, resource, landing


@pytest.mark.slow
def test_where_agrees_with_check_for_every_place_that_a_real_plan_lands_on(
    ask: Ask, knowledge: Knowledge
) -> None:
    seen = set()
    answers: dict[str, dict[str, Any]] = {}
    for service, resource, landing in landed(ask, knowledge):
        if service not in answers:
            said = ask(*SENSITIVE, "--service", service, "--format", "json")
            answers[service] = by_id(said)
        places = answers[service][landing["offer"]]["places"]
        verdicts = {one["region"]: one["verdict"] for one in places}
        region = landing["region"] if landing["region"] in verdicts else None
        if region in verdicts:
            found, wanted = resource["verdict"], verdicts[region]
            # A place that rests on a hint may fare worse, and never better.
            worse = landing["evidence"] in HINTS and ORDER[found] > ORDER[wanted]
            assert found == wanted or worse, (resource["address"], landing)
            seen.add((service, landing["offer"], region))
    assert len(seen) > 30
