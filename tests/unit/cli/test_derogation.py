"""`guardrail derogation`, and derogations in `guardrail check`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import main, options
from guardrail.configuration import configuration_for
from guardrail.errors import ConfigurationError
from guardrail.library import shipped, write_compiled
from tests.conftest import ROOT
from tests.unit.decision.test_derogation_files import TEXT, key, sign, signers

PLAN = ROOT / "fixtures" / "plans" / "aws-buckets-default" / "plan.json"
OWN = """\
derogation: OWN-1
rules: [baseline-sensitive]
scope: {addresses: ["aws_s3_bucket.*"]}
authority: {office: security-authority, body: "RSSI"}
system: {name: "Archives"}
granted_on: 2026-01-01
until: 2027-12-31
reason: "copies of what is public already"
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped library, as an installed package has it: quick to read."""
    folder = tmp_path_factory.mktemp("library") / "policies"
    shutil.copytree(shipped(), folder)
    write_compiled(folder)
    return folder


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "shipped", lambda: compiled)
    for name in ("GUARDRAIL_CONFIG", "GUARDRAIL_ALLOWED_SIGNERS", "GUARDRAIL_LANG"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str | Path) -> int:
    try:
        return main([str(one) for one in arguments])
    except SystemExit as exit_:
        assert isinstance(exit_.code, int)
        return exit_.code


def filed(text: str = TEXT, name: str = "a.yaml") -> Path:
    path = Path("derogations", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# new

NEW = ("derogation", "new", "--rule", "fr-2021-r9-collab", "--address", "module.mail.*")
WHOLE = (
    *NEW,
    *("--rule", "baseline-sensitive", "--service", "mail", "--system", "Messagerie"),
    *("--started-on", "2020-11-02", "--very-advanced-on", "2021-07-05"),
    *("--granted-on", "2021-10-01", "--reason", 'a "reason": with # marks'),
)


def test_new_writes_a_file_that_check_finds_lawful(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("note.pdf").write_bytes(b"note")

    assert run(*WHOLE, "--evidence", "note.pdf") == 0
    assert capsys.readouterr().out == "written: derogations/DER-2021-001.yaml\n- " + (
        "still lacking: its last day was 2022-10-01 (end of the day, UTC)\n"
    )
    assert run("derogation", "check", "derogations", "--as-of", "2022-10-01") == 0
    assert [one.name for one in Path("derogations").iterdir()] == ["DER-2021-001.yaml"]
    text = Path("derogations/DER-2021-001.yaml").read_text(encoding="utf-8")
    assert 'evidence: [{"title": "note.pdf", "sha256": "' in text
    assert "# among mail, personal-drive" in text
    assert "# 2021-07-05 or before" in text


def test_new_takes_the_next_id_and_overwrites_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*WHOLE) == run(*WHOLE) == 0
    assert Path("derogations/DER-2021-002.yaml").is_file()

    taken = Path("derogations/DER-2021-001.yaml")
    before = taken.read_bytes()
    assert run(*WHOLE, "--output", taken) == 2
    assert "it is there already" in capsys.readouterr().err
    assert taken.read_bytes() == before
    assert len(list(Path("derogations").iterdir())) == 2


def test_new_says_what_is_lacking_and_claims_no_countersignature(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("derogation", "new", "--rule", "fr-sren-31", "--address", "module.sante.*")
    assert run(*asked, "--acceptable-offer-on", "2026-04-15", "--output", "d.yaml") == 0
    out = capsys.readouterr().out
    text = Path("d.yaml").read_text(encoding="utf-8")

    assert "still lacking: it states no reason" in out
    assert "not countersigned by prime-minister" in out
    assert "countersigned_by: null  # by prime-minister" in text
    assert "until: 2027-10-15" in text


def test_new_for_the_baseline_alone_lasts_twelve_months(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("--address", "aws_s3_bucket.logs", "--granted-on", "2026-01-01")
    rule = ("--rule", "baseline-sensitive")
    assert run("derogation", "new", *rule, *asked, "--output", "-") == 0
    text = capsys.readouterr().out

    assert 'office: "security-authority"' in text
    assert "until: 2027-01-01" in text
    assert "started_on: null\n" in text


def test_new_names_the_day_a_project_must_have_started_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("derogation", "new", "--rule", "fr-2021-r9", "--address", "a.b")
    assert run(*asked, "--output", "-", "--lang", "fr") == 0
    assert "started_on: null  # avant le 2021-07-05" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--address", "*"), "--address * covers everything"),
        (("--rule", "fr-none"), "no rule is called fr-none"),
        (("--rule", "fr-igi1300"), "fr-igi1300 admits no derogation"),
        (("--office", "Le Ministre"), "does not match"),
        (("--evidence", "none.pdf"), "none.pdf: it cannot be read"),
        (("--output", "/proc/none/d.yaml"), "it cannot be written"),
        (("--until", "soon"), "is not a day"),
    ],
)
def test_new_refuses_what_could_never_be_lawful(
    arguments: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*NEW, *arguments) == 2
    assert why in capsys.readouterr().err
    assert not Path("derogations").exists()


# check and list

DAYS = (
    "           fr-2021-r9-collab, baseline-sensitive, until 2022-09-30 "
    "(end of the day, UTC), days left: 303"
)


def test_check_says_of_each_why(capsys: pytest.CaptureFixture[str]) -> None:
    filed(TEXT.replace("services: [mail]", "services: [webinar]"))
    filed(TEXT.replace("014", "015"), "b.yaml")

    assert run("derogation", "check", "derogations", "--as-of", "2021-12-01") == 10
    assert capsys.readouterr().out.splitlines() == [
        "unlawful   DER-2021-014  derogations/a.yaml",
        DAYS,
        "           - fr-2021-r9-collab: the service kind webinar may not be "
        "derogated, only mail, personal-drive",
        "           - baseline-sensitive: the office minister may not grant it, but "
        "security-authority",
        "lawful     DER-2021-015  derogations/b.yaml",
        DAYS,
    ]


def test_check_says_what_an_unlawful_one_is_still_good_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rules = "[fr-2021-r9, fr-igi1300]"
    filed(TEXT.replace("[fr-2021-r9-collab, baseline-sensitive]", rules))

    assert run("derogation", "check", "derogations", "--as-of", "2021-12-01") == 10
    assert "lawful for fr-2021-r9" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("day", "code"),
    [("2021-09-30", 0), ("2021-10-01", 0), ("2022-09-30", 0), ("2022-10-01", 10)],
)
def test_check_gives_the_code_of_the_day(day: str, code: int) -> None:
    assert run("derogation", "check", filed(), "--as-of", day) == code


def test_check_cannot_judge_what_cannot_be_read() -> None:
    assert run("derogation", "check", "none") == 3
    assert run("derogation", "check", filed("no")) == 3
    filed(), filed(name="b.yaml")
    assert run("derogation", "check", "derogations") == 3


def test_check_of_signed_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = key(tmp_path, "minister")
    known = str(signers(tmp_path, minister=own).file)
    asked = ("derogation", "check", filed(), "--as-of", "2021-12-01")

    assert run(*asked, "--require-signatures", "--allowed-signers", known) == 10
    sign(own, filed())
    assert run(*asked, "--require-signatures") == 10
    assert run(*asked, "--require-signatures", "--allowed-signers", known) == 0
    monkeypatch.setenv("GUARDRAIL_ALLOWED_SIGNERS", known)
    assert run(*asked, "--require-signatures") == 0
    filed(TEXT + "# changed\n")
    assert run(*asked) == 10


def test_list_shows_the_first_to_end_first(capsys: pytest.CaptureFixture[str]) -> None:
    filed()
    filed(TEXT.replace("014", "015").replace("2022-09-30", "2021-11-30"), "b.yaml")

    assert run("derogation", "list", "--as-of", "2021-12-01", "--lang", "fr") == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.startswith("dernier jour  jours restants  situation")
    assert first.split()[:4] == ["2021-11-30", "-1", "expirée", "DER-2021-015"]
    assert second.split()[:4] == ["2022-09-30", "303", "licite", "DER-2021-014"]
    assert "minister + prime-minister" in second


@pytest.mark.parametrize("verb", ["check", "list"])
def test_an_empty_folder_holds_none(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("derogations").mkdir()

    assert run("derogation", verb, "derogations") == 0
    assert capsys.readouterr().out == "there are no derogations\n"


@pytest.mark.parametrize("verb", ["", "new", "check", "list"])
def test_help_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("derogation", *filter(None, [verb]), "--help") == 0
    assert "example:\n  guardrail derogation" in capsys.readouterr().out


# guardrail check


def report(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    capsys.readouterr()
    run(
        "check",
        "plan.json",
        *("--format", "json", "--rules", "baseline", "--class", "sensitive"),
        *("--as-of", "2026-11-22", *arguments),
    )
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def plan() -> None:
    Path("plan.json").write_bytes(PLAN.read_bytes())


def applied(found: Any) -> list[str]:
    return sorted({one["derogation"] for one in found["findings"] if one["derogation"]})


def notes(found: Any) -> set[str]:
    named = {one["id"] for one in found["notes"]}
    return {name for name in named if name.startswith("derogation-")}


@pytest.mark.usefixtures("plan")
def test_check_applies_the_derogations_of_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    filed(OWN)
    bare = report(capsys)
    found = report(capsys, "--derogations", "derogations")

    assert bare["summary"]["derogated"] == 0
    assert applied(found) == ["OWN-1"]
    assert found["summary"]["derogated"] > 0
    assert found["summary"]["deny"] < bare["summary"]["deny"]
    assert notes(found) >= {"derogation-applied"}


@pytest.mark.usefixtures("plan")
def test_check_shows_in_the_text_who_derogated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    filed(OWN)
    asked = ("--rules", "baseline", "--class", "sensitive", "--as-of", "2026-11-22")
    run("check", "plan.json", *asked, "--derogations", "derogations")

    assert "(OWN-1) baseline-sensitive" in capsys.readouterr().out


@pytest.mark.usefixtures("plan")
def test_check_reads_the_folder_of_guardrail_yaml_where_there_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("guardrail.yaml").write_text("derogations: derogations/", encoding="utf-8")
    assert applied(report(capsys)) == []

    filed(OWN)
    assert applied(report(capsys)) == ["OWN-1"]
    both = report(capsys, "--derogations", "derogations")
    assert applied(both) == ["OWN-1"]


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(
    ("organisation", "project", "held"),
    [
        ("", "Archives", ["OWN-1"]),
        ("", "Paie", []),
        ("Archives", "Paie", ["OWN-1"]),
        ("Paie", "Archives", []),
    ],
)
def test_a_derogation_of_another_system_does_not_count(
    organisation: str, project: str, held: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    filed(OWN)
    named = "system: {{name: {}}}\n"
    Path("guardrail.yaml").write_text(named.format(project), encoding="utf-8")
    Path("organisation.yaml").write_text(
        named.format(organisation) if organisation else "body: state\n",
        encoding="utf-8",
    )
    asked = ("--config", "organisation.yaml", "--derogations", "derogations")
    found = report(capsys, *asked)

    assert applied(found) == held
    assert ("derogation-other-system" in notes(found)) is (not held)


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("text", ["derogations: ../others", "derogations: /etc"])
def test_the_folder_of_a_project_lies_in_the_project(text: str) -> None:
    Path("guardrail.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="lie beside its"):
        configuration_for(Path("plan.json"), None)


@pytest.mark.usefixtures("plan")
def test_under_an_organisation_the_projects_count_when_delegated_or_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("guardrail.yaml").write_text(
        "{derogations: derogations/, allowed_signers: mine}", encoding="utf-8"
    )
    organisation = Path("org", "org.yaml")
    organisation.parent.mkdir()
    own = key(tmp_path, "authority")
    known = signers(organisation.parent, **{"security-authority": own})
    assert known.file is not None
    path = filed(OWN)

    organisation.write_text("body: state", encoding="utf-8")
    found = report(capsys, "--config", organisation)
    assert (applied(found), notes(found)) == ([], {"derogation-unlawful"})
    assert "not delegated: allowed_signers" in str(found["notes"])

    organisation.write_text("delegate: [derogations]", encoding="utf-8")
    assert applied(report(capsys, "--config", organisation)) == ["OWN-1"]

    signed = (
        "{delegate: [derogations], allowed_signers: allowed_signers, "
        "require_signatures: true}"
    )
    organisation.write_text(signed, encoding="utf-8")
    assert applied(report(capsys, "--config", organisation)) == []
    sign(own, path)
    assert applied(report(capsys, "--config", organisation)) == ["OWN-1"]
    path.write_text(OWN.replace("2027-12-31", "2028-12-31"), encoding="utf-8")
    assert applied(report(capsys, "--config", organisation)) == []


@pytest.mark.usefixtures("plan")
def test_the_organisation_names_derogations_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    filed(OWN)
    Path("org.yaml").write_text("derogations: derogations/", encoding="utf-8")

    assert applied(report(capsys, "--config", "org.yaml")) == ["OWN-1"]


@pytest.mark.usefixtures("plan")
def test_check_cannot_judge_with_derogations_that_cannot_be_read() -> None:
    asked = ("check", "plan.json", "--derogations")

    assert run(*asked, "none") == 3
    filed("no")
    assert run(*asked, "derogations") == 3
