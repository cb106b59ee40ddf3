"""What is stated twice, several inputs, and files that are taken for others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask

EXAMPLES = ROOT / "terraform-examples"
DEMO = EXAMPLES / "demo" / "plan.json"
ALLOWED = EXAMPLES / "scaleway-public-website" / "plan.json"
STATE = ("--body", "state")


@pytest.mark.parametrize(
    "options",
    [
        ("--class", "public", "--class", "sensitive"),
        ("--body", "state", "--body", "private"),
        ("--as-of", "2026-11-22", "--as-of", "2026-11-23"),
        ("--lang", "en", "--lang", "fr"),
        ("--src", ".", "--src", "."),
        ("--env", "A=1", "--env", "A=2"),
    ],
)
def test_what_is_stated_twice_does_not_win_in_silence(
    options: tuple[str, ...], ask: Ask
) -> None:
    said = ask("check", DEMO, *options)

    assert (said.code, said.out) == (2, "")
    assert "twice" in said.err
    assert options[0] in said.err


def test_what_may_be_repeated_still_may(ask: Ask) -> None:
    said = ask(
        "check", DEMO, *STATE, "--category", "health", "--category", "legal-secret",
        "--env", "A=1", "--env", "B=2",
    )  # fmt: skip

    assert said.code == 10


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "verdict on all 2 inputs: DENY"),
        ("fr", "verdict sur l'ensemble des 2 entrées"),
    ],
)
def test_the_last_line_is_about_all_inputs(language: str, line: str, ask: Ask) -> None:
    said = ask("check", DEMO, ALLOWED, *STATE, "--lang", language)

    assert said.code == 10
    assert said.out.splitlines()[-1].startswith(line)
    single = ask("check", DEMO, *STATE, "--lang", language)
    assert line not in single.out


@pytest.mark.parametrize(
    ("content", "place"),
    [("{", "broken.json"), ('{"format_version": "9.0", "configuration": {}}',
                            "broken.json/format_version")],
)  # fmt: skip
def test_what_is_wrong_with_an_input_names_it(
    content: str, place: str, tmp_path: Path, ask: Ask
) -> None:
    (tmp_path / "broken.json").write_text(content)
    said = ask("check", DEMO, "broken.json", *STATE)

    assert (said.code, said.out) == (3, "")
    assert place in said.err


def test_what_is_wrong_with_the_code_of_an_input_names_that(
    tmp_path: Path, ask: Ask
) -> None:
    said = ask("check", DEMO, *STATE, "--src", tmp_path)

    assert said.code == 3
    assert said.err.startswith(f"guardrail: {tmp_path}: there is no Terraform code")


@pytest.mark.parametrize("name", ["plan.json", "./plan.json", "link.json"])
def test_a_report_never_takes_the_place_of_an_input(
    name: str, tmp_path: Path, ask: Ask
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(ALLOWED.read_bytes())
    (tmp_path / "link.json").symlink_to("plan.json")
    said = ask("check", "plan.json", *STATE, "--output", name)

    assert said.code == 2
    assert "it is an input" in said.err
    assert plan.read_bytes() == ALLOWED.read_bytes()


def test_a_report_never_takes_the_place_of_the_configuration(
    tmp_path: Path, ask: Ask
) -> None:
    (tmp_path / "org.yaml").write_text("body: state\n")
    options = ("--config", "org.yaml", "--output", "org.yaml")

    assert ask("check", DEMO, *options).code == 2


def test_a_folder_is_no_configuration(tmp_path: Path, ask: Ask) -> None:
    said = ask("check", DEMO, *STATE, "--config", ".")

    assert said.code == 2
    assert "it is a folder" in said.err


def test_allowed_signers_that_are_not_there_are_a_wrong_option(ask: Ask) -> None:
    said = ask("check", DEMO, *STATE, "--allowed-signers", "gone")

    assert (said.code, said.out) == (2, "")
    assert "gone: there is no such file of allowed signers" in said.err


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "1 resource, 1 judged: 1 allow, 0 review, 0 deny"),
        ("fr", "1 ressource, 1 jugée : 1 accord, 0 examen, 0 refus"),
    ],
)
def test_one_thing_is_singular(
    language: str, line: str, ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "scaleway_object_bucket" "b" { tags = { data_class = "public" } }\n'
        "terraform {\n required_providers {\n"
        '  scaleway = { source = "scaleway/scaleway" }\n }\n}\n'
    )
    said = ask("check", tmp_path, *STATE, "--lang", language)

    assert line in re.sub(r"\s", " ", said.out.splitlines()[-1])


def test_many_things_are_plural(ask: Ask) -> None:
    said = ask("check", DEMO, *STATE, "--class", "public", "--lang", "fr")

    assert "3 ressources, 3 jugées" in re.sub(r"\s", " ", said.out)


def test_missing_facts_have_french_names_for_people_alone(ask: Ask) -> None:
    text = ask("check", DEMO, *STATE, "--lang", "fr").out
    report = ask("check", DEMO, *STATE, "--lang", "fr", "--format", "json").out

    assert re.search(r"il manque\s: classe\s:", text)
    assert not re.search(r"\bclass\s:", text)
    assert re.search(r'"class\s:', report)
