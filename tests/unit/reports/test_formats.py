"""Formats of other tools: what blocks is in each of them, and nobody can abuse one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec
import pytest

from guardrail.assessment import assess
from guardrail.configuration import Data, configuration_for
from guardrail.decision import Decision, Effect, Verdict
from guardrail.inputs import GivenCode, read
from guardrail.library import load_library, shipped
from guardrail.model import Gap
from guardrail.reports import WRITERS, Rendering
from guardrail.reports.entries import all_entries, entries
from guardrail.reports.markdown import code, plain
from tests.conftest import ROOT

DAY = date(2026, 11, 22)
LIBRARY = load_library(shipped())
RENDERING = Rendering(
    version="1.2.3",
    library_sha256=LIBRARY.sha256,
    catalogue_date=LIBRARY.catalogue.catalogue_date,
)
FRENCH = msgspec.structs.replace(RENDERING, language="fr", french=LIBRARY.french)
EXAMPLES = ROOT / "terraform-examples"
PLANS = ROOT / "fixtures" / "plans"
HOSTILE = (
    'aws_s3_bucket.b["x::error file=a::%0A\n|`<b>![i](http://e) 3 failures ##vso]"]'
)


def decide(folder: Path, *, code_too: bool = False, path: str = "") -> Decision:
    from guardrail.gate import read_folder

    given = GivenCode(modules=read_folder(folder)) if code_too else None
    content = (folder / "plan.json").read_bytes()
    stack = read(content, path=path or "infra/plan.json", code=given)
    configuration = configuration_for(None, None)
    knowledge = LIBRARY.knowledge(DAY, frozenset({"law", "baseline"}))
    circumstances = configuration.circumstances(
        knowledge.lexicon, as_of=DAY, body="state", data=Data()
    )
    return assess(stack, knowledge, circumstances)


DEMO = decide(EXAMPLES / "demo", code_too=True)
ALLOWED = decide(PLANS / "no-placement")
MODULES = decide(PLANS / "aws-modules", code_too=True)
INCOMPLETE = decide(PLANS / "targeted-plan")


def named(decision: Decision, address: str) -> Decision:
    """The decision, with every resource called `address`."""
    resources = tuple(
        msgspec.structs.replace(
            one, resource=msgspec.structs.replace(one.resource, address=address)
        )
        for one in decision.resources
    )
    return msgspec.structs.replace(decision, resources=resources)


def derogated(decision: Decision) -> Decision:
    """The decision, with every finding under a derogation."""
    resources = tuple(
        msgspec.structs.replace(
            one,
            breaches=tuple(
                msgspec.structs.replace(
                    breach, effect=Effect.DEROGATED, derogation="DER-2026-001"
                )
                for breach in one.breaches
            ),
            verdict=Verdict.ALLOW,
        )
        for one in decision.resources
    )
    return msgspec.structs.replace(decision, resources=resources, verdict=Verdict.ALLOW)


def written(
    name: str, decisions: Sequence[Decision], rendering: Rendering = RENDERING
) -> str:
    return b"".join(WRITERS[name](decisions, rendering)).decode()


def loaded(name: str, *decisions: Decision) -> Any:
    return json.loads(written(name, decisions))


FORMATS = ["atlantis", "code-quality", "github", "junit", "markdown", "sarif"]


@pytest.mark.parametrize("name", FORMATS)
def test_what_blocks_is_in_every_format(name: str) -> None:
    blocked = [
        one.resource.address
        for one in DEMO.resources
        if one.verdict in {Verdict.DENY, Verdict.REVIEW}
    ]
    text = written(name, [DEMO])

    assert len(blocked) == 2
    for address in blocked:
        assert address in text
    assert "baseline-sensitive" in text


@pytest.mark.parametrize("name", FORMATS)
def test_what_blocks_the_whole_input_is_too(name: str) -> None:
    notes = [one for one in INCOMPLETE.notes if one.blocks]
    text = written(name, [msgspec.structs.replace(INCOMPLETE, resources=())])

    assert notes
    assert INCOMPLETE.verdict is not Verdict.ALLOW
    assert f"input-{notes[0].id}" in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("decision", [DEMO, ALLOWED, MODULES, INCOMPLETE])
def test_every_format_is_written_in_both_languages(
    name: str, decision: Decision
) -> None:
    for rendering in (RENDERING, FRENCH):
        text = written(name, [decision], rendering)
        assert text.endswith("\n") or (name == "github" and not text)
    assert written(name, [decision]) == written(name, [decision])


def test_entries_say_where_the_code_is() -> None:
    places = {one.address: (one.file, one.line) for one in entries(DEMO, RENDERING)}

    assert places["aws_s3_bucket.hearings"][0] == "infra/main.tf"
    assert places["aws_s3_bucket.hearings"][1] > 40
    inside = {one.file for one in all_entries([MODULES], RENDERING)}
    assert "infra/renamed/main.tf" in inside


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("-", "plan.json"), ("/tmp/plan.json", "plan.json"), ("../p.json", "plan.json"),
        ("C:\\x\\plan.json", "plan.json"), ("./a/b.json", "a/b.json"), ("", "plan.json"),
    ],
)  # fmt: skip
def test_an_input_without_code_is_its_own_place(path: str, file: str) -> None:
    found = entries(decide(EXAMPLES / "demo", path=path or "-"), RENDERING)

    assert {one.file for one in found} == {file}
    assert {one.line for one in found} == {1}


def test_code_of_an_input_from_elsewhere_is_named_as_it_is() -> None:
    found = entries(decide(EXAMPLES / "demo", code_too=True, path="-"), RENDERING)

    assert {one.file for one in found} == {"main.tf"}


def test_code_in_a_folder_is_named_from_there() -> None:
    origin = msgspec.structs.replace(DEMO.origin, kind="terraform-code", path="infra")
    found = entries(msgspec.structs.replace(DEMO, origin=origin), RENDERING)

    assert {one.file for one in found} == {"infra/main.tf"}


# SARIF


def test_sarif_has_a_run_an_input_with_its_rules_and_results() -> None:
    document = loaded("sarif", DEMO, ALLOWED)
    first, second = document["runs"]
    results = first["results"]
    denied = [one for one in results if one["level"] == "error"]
    rules = first["tool"]["driver"]["rules"]

    assert document["version"] == "2.1.0"
    assert first["automationDetails"]["id"] == "guardrail/infra/plan.json/"
    assert second["results"] == []
    assert denied[0]["kind"] == "fail"
    place = denied[0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "infra/main.tf"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == (
        "aws_s3_bucket.hearings"
    )
    for one in results:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        # SARIF 2.1.0, 3.27.10: a level other than none is for failures.
        assert one["kind"] == "fail" or one["level"] == "none"
    assert len({one["partialFingerprints"]["guardrail/v1"] for one in results}) == (
        len(results)
    )
    assert rules[0]["properties"]["security-severity"]


def test_sarif_tells_what_is_for_review_from_what_has_failed() -> None:
    kinds = {one["kind"] for one in loaded("sarif", DEMO)["runs"][0]["results"]}

    assert {"fail", "review"} <= kinds


def test_sarif_shows_a_derogation_as_accepted() -> None:
    (run,) = loaded("sarif", derogated(DEMO))["runs"]

    for one in run["results"]:
        assert one["suppressions"][0]["status"] == "accepted"
        assert one["suppressions"][0]["justification"] == "DER-2026-001"
        assert one["level"] == "note"


def test_sarif_escapes_paths() -> None:
    origin = msgspec.structs.replace(DEMO.origin, path="a b/é.json")
    decision = decide(EXAMPLES / "demo", path="x.json")
    (run,) = loaded("sarif", msgspec.structs.replace(decision, origin=origin))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "a%20b/%C3%A9.json"


# JUnit


def test_junit_counts_denied_for_review_derogated_and_what_passes() -> None:
    suites = Xml.fromstring(written("junit", [DEMO, derogated(DEMO), ALLOWED]))
    first, second, third = suites

    assert int(first.get("failures", "")) == len(first.findall(".//failure")) > 0
    assert int(first.get("errors", "")) == len(first.findall(".//error")) > 0
    assert first.find("testcase[@name='aws_s3_bucket.case_files']") is not None
    assert int(second.get("skipped", "")) == len(second.findall(".//skipped")) > 0
    assert second.get("failures") == "0"
    assert third.findall(".//failure") == []
    assert int(first.get("tests", "")) == len(first.findall("testcase"))


def test_junit_is_xml_whatever_it_is_given() -> None:
    suites = Xml.fromstring(written("junit", [named(DEMO, f"{HOSTILE}\x00\x1b<&")]))

    assert len(suites.findall(".//failure")) > 0


# GitLab


def test_code_quality_has_one_issue_a_finding() -> None:
    issues = loaded("code-quality", DEMO, DEMO)
    prints = [one["fingerprint"] for one in issues]

    assert len(prints) == len(set(prints)) == len(loaded("code-quality", DEMO))
    assert {"blocker", "major"} <= {one["severity"] for one in issues}
    for one in issues:
        assert not one["location"]["path"].startswith(("./", "/"))
        assert one["location"]["lines"]["begin"] >= 1


# Atlantis

FAILED = re.compile(r'([1-9][0-9]* failure|failures": \[)')
"""What Atlantis takes for a failure, wherever it stands."""


def failed(text: str) -> bool:
    return not text or bool(FAILED.search(text)) or text.strip().startswith("FAIL")


def test_atlantis_reads_denied_and_review_as_failed() -> None:
    for decision in (DEMO, INCOMPLETE):
        text = written("atlantis", [decision])

        assert text.startswith("FAIL - ")
        assert re.search(r"\n[1-9][0-9]* failures\n$", text)
        assert failed(text)


def test_atlantis_reads_allowed_as_passed() -> None:
    for rendering in (RENDERING, FRENCH):
        text = written("atlantis", [ALLOWED], rendering)

        assert text.startswith("PASS - ")
        assert not failed(text)
    assert not failed(written("atlantis", [derogated(DEMO)]))


def test_atlantis_reads_one_that_fails_among_others_as_failed() -> None:
    text = written("atlantis", [ALLOWED, DEMO, ALLOWED])

    assert text.startswith("FAIL")
    assert text.count("PASS - ") == 2


def test_a_verdict_that_no_entry_explains_is_not_lost() -> None:
    bare = msgspec.structs.replace(DEMO, resources=(), notes=())

    assert failed(written("atlantis", [bare]))


def test_a_path_cannot_make_atlantis_pass() -> None:
    origin = msgspec.structs.replace(DEMO.origin, path="x\nPASS - all is well")
    text = written("atlantis", [msgspec.structs.replace(DEMO, origin=origin)])

    assert text.startswith("FAIL")
    assert "\nPASS" not in text


# GitHub


def test_annotations_are_the_worst_ten_of_each() -> None:
    many = msgspec.structs.replace(
        DEMO,
        resources=tuple(
            msgspec.structs.replace(
                one,
                resource=msgspec.structs.replace(
                    one.resource, address=f"{one.resource.address}[{count}]"
                ),
            )
            for one in DEMO.resources
            for count in range(30)
        ),
    )
    lines = written("github", [many]).splitlines()

    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert len(lines) == 20
    assert "file=infra/main.tf,line=" in lines[0]


def test_no_annotation_is_written_for_what_is_allowed() -> None:
    assert written("github", [ALLOWED]) == ""


def test_an_address_cannot_write_a_command() -> None:
    notes = (Gap(id="x", message="a\n::error::b", blocks=True),)
    decision = msgspec.structs.replace(named(DEMO, HOSTILE), notes=notes)
    lines = written("github", [decision]).splitlines()

    assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)
    assert not any(" ::" in one for one in lines)


# Markdown


def test_markdown_shows_a_table_of_what_blocks_and_what_to_do() -> None:
    text = written("markdown", [DEMO, ALLOWED])

    assert text.startswith("## guardrail: Denied\n")
    assert "| Denied | `aws_s3_bucket.hearings` | baseline-sensitive |" in text
    assert "3 judged, 1 denied, 1 for review, 1 allowed" in text
    assert "- **baseline-sensitive** (" in text


def test_markdown_speaks_french() -> None:
    text = written("markdown", [DEMO], FRENCH)

    assert text.startswith("## guardrail : Refusé\n")
    assert "| À examiner |" in text


def test_markdown_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrail.reports.markdown._MOST", 1)

    assert "more" in written("markdown", [DEMO])


def test_markdown_without_remediation_has_no_list() -> None:
    text = written("markdown", [msgspec.structs.replace(INCOMPLETE, resources=())])

    assert "- **" not in text


def test_markdown_shows_a_derogation() -> None:
    text = written("markdown", [derogated(DEMO)])

    assert "| Derogated |" in text
    assert "DER\\-2026" in text or "DER-2026-001" in text


def test_text_of_others_is_no_markup() -> None:
    text = written("markdown", [named(DEMO, HOSTILE)])

    assert re.sub("`[^`]*`", "", text).count("<b>") == 0
    assert plain("@a [x](y)\n|") == "&#64;a \\[x\\](y) \\|"
    assert code("a`b|c\n") == "`a'b¦c`"
