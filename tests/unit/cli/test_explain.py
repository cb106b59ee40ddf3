"""`guardrail explain`: one resource, from the code to what would change the answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import explain as verb
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said, too_wide

EXAMPLES = ROOT / "terraform-examples"
PLANS = ROOT / "fixtures" / "plans"
DEMO = EXAMPLES / "demo" / "plan.json"
STATE = ("--body", "state")
HEARINGS = "aws_s3_bucket.hearings"
CASE_FILES = "aws_s3_bucket.case_files"


def explained(ask: Ask, address: str, *arguments: object) -> Any:
    """The one resource of the document."""
    said = ask("explain", address, *arguments, *STATE, "--format", "json")
    (one,) = said.document["resources"]
    return one


def rules(one: Any, landing: int = 0) -> dict[str, Any]:
    return {rule["id"]: rule for rule in one["landings"][landing]["rules"]}


def test_the_chain_leads_from_the_code_to_who_controls_the_operator(ask: Ask) -> None:
    one = explained(ask, CASE_FILES, DEMO, "--src", EXAMPLES / "demo")

    assert one["location"] == {"file": "main.tf", "line": 52}
    assert one["configuration"] == "aws.cloudgouv"
    (landing,) = one["landings"]
    endpoint, region = landing["settings"]
    assert endpoint["value"] == "oos.cloudgouv-eu-west-1.outscale.com"
    assert (endpoint["evidence"], region["evidence"]) == ("E3", "E3")
    offer = landing["offer"]
    assert offer["id"] == "outscale-cloudgouv"
    assert "host {service}.{region}.outscale.com" in offer["recognised_by"]
    assert landing["region"] == {
        "table": "outscale",
        "region": "cloudgouv-eu-west-1",
        "countries": ["FR"],
        "official": True,
    }
    links = {link["entity"]: link["link"] for link in offer["operator"]["control"]}
    assert links["Dassault Systèmes SE"] == "parent"
    held = [one for one in offer["qualifications"] if one.get("decision")]
    assert "2026-11-30" in {one["until"] for one in held}


def test_a_region_that_is_in_no_table_has_no_country(ask: Ask, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    stated = (EXAMPLES / "stack-inside-a-plan" / "plan.json").read_text()
    plan.write_text(stated.replace("GRA11", "XYZ9"))

    one = explained(ask, "openstack_blockstorage_volume_v3.archive", plan)

    (landing,) = one["landings"]
    assert landing["offer"]["id"] == "ovhcloud-public-cloud"
    assert (landing["region"], landing["countries"]) == (None, [])


def test_without_the_code_no_line_is_told(ask: Ask) -> None:
    assert explained(ask, CASE_FILES, DEMO)["location"] is None
    assert "add --src DIR" in ask("explain", CASE_FILES, DEMO).out


def test_a_rule_says_what_came_of_it_and_why(ask: Ask) -> None:
    found = rules(explained(ask, HEARINGS, DEMO))

    broken = found["fr-sren-31"]
    assert (broken["state"], broken["outcome"]) == ("broken", "deny")
    assert broken["why"] == ["no secnumcloud qualification"]
    assert "art. 31" in broken["sources"][0]
    assert found["fr-hds-cert"]["state"] == "not-applicable"
    assert found["fr-hds-cert"]["why"] == [
        "not so: the data is of the category health data (health)"
    ]
    undecided = found["fr-pssie-hb"]
    assert (undecided["state"], undecided["outcome"]) == ("unknown", "review")
    assert undecided["why"] == ["not known: landing"]
    assert found["qualif-expiry"]["state"] == "unknown"
    assert found["qualif-expiry"]["outcome"] is None


def test_a_rule_that_is_kept_says_what_contents_it(ask: Ask) -> None:
    found = rules(explained(ask, CASE_FILES, DEMO))

    kept = found["baseline-sensitive"]
    assert (kept["state"], kept["outcome"]) == ("kept", None)
    assert "no law of a country outside the Union reaches" in kept["why"][1]


def test_a_rule_may_be_broken_wherever_the_data_goes(ask: Ask, tmp_path: Path) -> None:
    plan = (PLANS / "openstack-no-block" / "plan.json").read_text(encoding="utf-8")
    made = tmp_path / "plan.json"
    made.write_text(plan.replace('"sensitive"', '"classified"'), encoding="utf-8")
    one = explained(ask, "openstack_objectstorage_container_v1.files", made)
    found = rules(one)["fr-igi1300"]

    assert one["landings"][0]["offer"] is None
    assert (found["state"], found["outcome"], found["why"]) == ("broken", "deny", [])


def test_the_rules_that_deny_come_first(ask: Ask) -> None:
    one = explained(ask, HEARINGS, DEMO)
    outcomes = [rule["outcome"] for rule in one["landings"][0]["rules"]]
    order = ["deny", "review", "derogated", "notice", None]

    assert outcomes == sorted(outcomes, key=order.index)


def test_the_findings_are_those_of_check(ask: Ask) -> None:
    checked = ask("check", DEMO, *STATE, "--format", "json").document
    for resource in checked["resources"]:
        one = explained(ask, resource["address"], DEMO)
        told = {
            (rule["id"], rule["outcome"])
            for landing in one["landings"]
            for rule in landing["rules"]
            if rule["outcome"]
        }
        found = {
            (finding["rule"], finding["outcome"])
            for finding in checked["findings"]
            if finding["address"] == resource["address"]
        }
        assert one["verdict"] == resource["verdict"]
        assert told == found


# What would change the answer


@pytest.mark.parametrize(
    ("day", "on", "verdict"),
    [
        ("2026-11-22", "2026-12-01", "deny"),
        ("2026-11-30", "2026-12-01", "deny"),
    ],
)
def test_the_day_on_which_the_verdict_changes_by_itself(
    ask: Ask, day: str, on: str, verdict: str
) -> None:
    one = explained(ask, CASE_FILES, DEMO, "--as-of", day)
    change = one["changes"]["by_itself"]

    assert (one["verdict"], change["on"], change["verdict"]) == ("allow", on, verdict)
    assert change["rules"] == ["baseline-sensitive"]
    assert change["because"] == ["its secnumcloud qualification ended on 2026-11-30"]
    # The day before it is as it was, and on the day it is so.
    assert ask("explain", CASE_FILES, DEMO, *STATE, "--as-of", "2026-11-30").code == 0
    assert ask("explain", CASE_FILES, DEMO, *STATE, "--as-of", on).code == 10


def test_a_verdict_that_stays_says_how_far_was_looked(ask: Ask) -> None:
    changes = explained(ask, HEARINGS, DEMO)["changes"]

    assert changes["by_itself"] is None
    assert changes["looked_until"] > "2027"
    said = ask("explain", HEARINGS, DEMO, *STATE)
    assert f"nothing changes it up to {changes['looked_until']}" in said.out


def test_where_nothing_has_a_day_to_come_it_says_so(ask: Ask) -> None:
    said = ask("explain", HEARINGS, DEMO, *STATE, "--as-of", "2090-01-01")

    assert "nothing that it rests on has a day to come" in said.out


def test_a_fact_that_is_missing_says_how_it_is_supplied(ask: Ask) -> None:
    (missing, *_others) = explained(ask, "aws_db_instance.register", DEMO)["changes"][
        "missing"
    ]

    assert missing["fact"] == "class"
    assert "label it, or declare the class with --class" in missing["remedy"]
    assert "fr-sren-31" in missing["rules"]


def test_other_offers_are_named_with_their_last_day(ask: Ask) -> None:
    offers = explained(ask, HEARINGS, DEMO)["changes"]["offers"]
    by_id = {one["id"]: one for one in offers}

    assert by_id["outscale-cloudgouv"]["until"] == "2026-11-30"
    assert by_id["numspot"]["until"] is None
    assert "aws" not in by_id
    assert explained(ask, CASE_FILES, DEMO)["changes"]["offers"] == []


def test_a_derogation_says_who_may_grant_it_or_that_none_may(ask: Ask) -> None:
    found = {
        one["rule"]: one["terms"]
        for one in explained(ask, HEARINGS, DEMO)["changes"]["derogations"]
    }

    assert found["fr-sren-31"].startswith("granted by minister and prime-minister")
    assert found["eu-schrems"] is None
    assert "fr-pssie-hb" not in found  # it is not decided, so nothing is derogated


def test_a_derogation_in_force_is_told_with_the_day_it_ends(ask: Ask) -> None:
    case = ROOT / "fixtures" / "doctrine" / "microsoft-365-mail-and-drive"
    asked = (
        "microsoft365_graph_beta_users_user_mailbox_settings.mail",
        case / "plan.json",
        *("--derogations", case / "derogations" / "lawful", "--rules", "law"),
        *("--as-of", "2021-10-01"),
    )
    one = explained(ask, *asked)
    found = rules(one)["fr-2021-r9-collab"]

    assert (found["state"], found["outcome"]) == ("derogated", "derogated")
    assert found["derogation"]
    assert one["changes"]["by_itself"]["on"] == "2022-10-02"
    assert one["changes"]["derogations"] == []
    text = ask("explain", *asked, *STATE).out
    assert f"DEROGATED ({found['derogation']}) fr-2021-r9-collab" in text


# Which resource


def test_an_address_may_be_a_glob_or_a_block(ask: Ask) -> None:
    said = ask("explain", "aws_s3_bucket.*", DEMO, *STATE, "--format", "json")
    assert [one["address"] for one in said.document["resources"]] == [
        CASE_FILES,
        HEARINGS,
    ]
    assert said.code == 10
    plan = PLANS / "aws-odd-keys" / "plan.json"
    document = ask("check", plan, *STATE, "--format", "json").document
    several = [
        one["address"]
        for one in document["resources"]
        if one["address"].startswith("aws_s3_bucket.") and "[" in one["address"]
    ]
    block = several[0].partition("[")[0]
    expected = [one for one in several if one.startswith(f"{block}[")]
    told = ask("explain", block, plan, *STATE, "--format", "json").document
    assert [one["address"] for one in told["resources"]] == expected
    exact = ask("explain", several[0], plan, *STATE, "--format", "json").document
    assert [one["address"] for one in exact["resources"]] == [several[0]]


def test_an_address_that_nobody_has_is_answered_with_the_nearest(ask: Ask) -> None:
    said = ask("explain", "aws_s3_bucket.hearing", DEMO)

    assert said.code == 2
    assert "did you mean aws_s3_bucket.hearings" in said.err


def test_too_many_resources_are_not_explained_at_once(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "_MOST", 2)
    said = ask("explain", "*", DEMO)

    assert said.code == 2
    assert "3 resources fit, and at most 2 are explained at once" in said.err


def test_the_plan_in_this_folder_is_taken_where_none_is_named(
    ask: Ask, tmp_path: Path
) -> None:
    assert "there is no tfplan or plan.json here" in ask("explain", HEARINGS).err
    shutil.copy(DEMO, tmp_path / "plan.json")

    assert "DENY aws_s3_bucket.hearings" in ask("explain", HEARINGS, *STATE).out


def test_no_more_days_than_a_few_are_looked_at(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "_FARTHEST", 1)
    changes = explained(ask, HEARINGS, DEMO)["changes"]

    assert changes["looked_until"] < "2027-06"


# The page


@pytest.mark.slow
@pytest.mark.parametrize("plan", sorted(PLANS.glob("*/plan.json"))[::3])
def test_every_page_can_be_read(ask: Ask, plan: Path) -> None:
    language = "fr" if len(plan.parent.name) % 2 else "en"
    said = ask("explain", "*", plan, "--lang", language)

    if said.code not in {2, 3}:  # there is nothing in it, or it cannot be judged
        assert said.code in {0, 10, 11}, said.err
        assert too_wide(said.out) == []
        assert "not-a-real" not in said.out


def test_a_resource_that_holds_no_data_says_so(ask: Ask) -> None:
    plan = PLANS / "openstack-ovh" / "plan.json"
    one = explained(ask, "openstack_networking_network_v2.private", plan)
    said = ask("explain", "openstack_networking_network_v2.private", plan)

    assert one["judged"] is (one["class"] is not None)
    assert said.code in {0, 10, 11}
    gone = ask("explain", "*", PLANS / "destroy-plan" / "plan.json", *STATE)
    assert gone.code == 0
    assert "No rule is asked of it" in gone.out
    assert "  nowhere\n" in gone.out


def test_what_is_attested_is_a_part_of_the_chain(ask: Ask) -> None:
    plan = PLANS / "openstack-no-block" / "plan.json"
    given = PLANS / "openstack-environment" / "clouds.yaml"
    one = explained(
        ask,
        "openstack_objectstorage_container_v1.files",
        plan,
        *("--clouds-yaml", given, "--env", "OS_CLOUD=vendor"),
    )
    settings = {each["name"]: each for each in one["landings"][0]["settings"]}

    assert settings["endpoint"]["evidence"] == "E5"
    assert "`auth.auth_url` of `vendor`" in settings["endpoint"]["because"]
    assert settings["cloud"]["value"] == "vendor"


def test_the_page_and_the_document_go_where_they_are_sent(
    ask: Ask, tmp_path: Path
) -> None:
    said = ask(
        "explain",
        HEARINGS,
        DEMO,
        *STATE,
        *("--format", "text", "--format", "json"),
        *("--output", "page.txt", "--output", "page.json"),
    )

    assert (said.code, said.out) == (10, "")
    assert "DENY" in (tmp_path / "page.txt").read_text(encoding="utf-8")
    document = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    assert document["schema_version"] == "1.0"


def test_a_secret_of_the_plan_is_not_told(ask: Ask) -> None:
    for form in ("text", "json"):
        said: Said = ask(
            "explain",
            "*",
            PLANS / "canaries" / "plan.json",
            *("--src", PLANS / "canaries", "--format", form),
        )
        assert said.code in {0, 10, 11}, said.err
        assert "canary" not in said.out.lower().replace("canaries", "")


def test_the_help_has_an_example(ask: Ask) -> None:
    said = ask("explain", "--help")

    assert said.code == 0
    assert "guardrail explain aws_s3_bucket.hearings" in said.out
