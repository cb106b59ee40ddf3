"""Real Terraform plans the code before and after `guardrail tag --write`.

The plans differ in the label, and in nothing else; the formatter finds what it found
before; a second run writes nothing; and `guardrail check` sees the class.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from guardrail.classification import normalised
from guardrail.cli import main
from guardrail.library import load_library, shipped
from tests.conftest import ROOT
from tests.integration.laboratory import laboratory
from tests.properties.test_tagging import proposal, sites
from tests.unit.tagging import generated

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

HOMES = [
    ROOT / "fixtures" / "plans",
    ROOT / "fixtures" / "doctrine",
    ROOT / "fixtures" / "tagging",
    ROOT / "terraform-examples",
]
CASES = sorted(
    one.parent
    for home in HOMES
    for one in home.glob("*/main.tf")
    if 'resource "' in one.read_text()
)
NEVER_PLANNED = {"errored-plan"}
"""Cases that Terraform refuses, before and after."""
LABELLED = "particular"
KEYS = {*load_library(shipped()).vocabulary.class_keys}
CARRIERS = {
    "tags", "tags_all", "tag", "labels", "terraform_labels", "effective_labels",
    "metadata", "all_metadata", "all_tags", "user_labels", "resource_labels",
    "settings", "properties",
}  # fmt: skip
"""Attributes that may differ, and then by the label alone."""


class Folder:
    """A copy of the code of a case."""

    def __init__(self, case: Path, path: Path) -> None:
        shutil.copytree(case, path)
        self.path = path
        self.lab = laboratory()
        told = path / "case.json"
        stated = json.loads(told.read_text()) if told.exists() else {}
        self.environment = self.lab.environment | stated.get("environment", {})
        options = stated.get("options", [])
        self.variables = [one for one in options if one.startswith("-var")]
        for name in ("guardrail.yaml", "tfplan", "plan.json"):
            (path / name).unlink(missing_ok=True)

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.lab.terraform, *arguments],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            check=False,
        )

    def plan(self) -> dict[str, Any]:
        done = self.terraform("plan", "-input=false", "-out=tfplan", *self.variables)
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        shown = self.terraform("show", "-json", "tfplan").stdout
        (self.path / "plan.json").write_bytes(shown)
        found: dict[str, Any] = json.loads(shown)
        return found

    def badly_laid_out(self) -> list[bytes]:
        return self.terraform("fmt", "-check", "-recursive").stdout.splitlines()

    def tag(self, *options: str) -> int:
        asked = ["--class", LABELLED, "--address", "*"]
        return main(["tag", str(self.path), *asked, *options])

    def code(self) -> dict[str, bytes]:
        files = self.path.rglob("*.tf*")
        return {
            str(one): one.read_bytes()
            for one in files
            if one.is_file()
            and ".terraform" not in one.parts
            and one.suffix != ".tfstate"
        }


def bare(value: Any) -> Any:
    """A value without any label of sensitivity in it."""
    match value:
        case dict() if is_label(value.get("key")):
            return None
        case dict():
            kept = {
                name: bare(one) for name, one in value.items() if not is_label(name)
            }
            return {
                name: one for name, one in kept.items() if one not in (None, {}, [])
            }
        case list():
            return [one for one in map(bare, value) if one not in (None, {}, [])]
        case str() if is_label(pair(value)[0]):
            return None
        case _:
            return value


def pair(text: str) -> tuple[str, str]:
    """Key and value of a tag that is a string."""
    key, mark, value = text.replace(":", "=", 1).partition("=")
    return (key, value) if mark else ("", "")


def is_label(name: object) -> bool:
    return isinstance(name, str) and normalised(name) in KEYS


def changes(plan: Mapping[str, Any]) -> dict[str, Any]:
    return {one["address"]: one["change"] for one in plan.get("resource_changes", [])}


def others(change: Mapping[str, Any], side: str) -> dict[str, Any]:
    """What a change says of the attributes that carry no tags."""
    found = change.get(side) or {}
    return {name: one for name, one in found.items() if name not in CARRIERS}


def carried(change: Mapping[str, Any]) -> dict[str, Any]:
    found = change.get("after") or {}
    kept: dict[str, Any] = bare({k: v for k, v in found.items() if k in CARRIERS})
    return kept


def labels(value: Any) -> Iterator[str]:
    """The values of all labels in a value."""
    match value:
        case dict():
            if is_label(value.get("key")):
                yield value["value"]
            for name, one in value.items():
                if is_label(name):
                    yield one
                else:
                    yield from labels(one)
        case list():
            for one in value:
                yield from labels(one)
        case str() if is_label(pair(value)[0]):
            yield pair(value)[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_plan_shows_the_label_and_nothing_else(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(case, tmp_path / "code")
    initialised = folder.terraform("init", "-input=false")
    assert initialised.returncode == 0, initialised.stderr.decode()[-3000:]
    planned = case.name not in NEVER_PLANNED
    before = folder.plan() if planned else {}
    layout = folder.badly_laid_out()

    code = folder.tag("--write")
    told = capsys.readouterr().err
    written = folder.code()

    assert code in {0, 11}, told
    assert folder.badly_laid_out() == layout
    if planned:
        after = folder.plan()
        compare(changes(before), changes(after))
        for address in addresses_written(told):
            found = [
                set(labels(one["after"]))
                for name, one in changes(after).items()
                if name.split("[")[0] == address.split("[")[0] and one["after"]
            ]
            assert all(LABELLED in one for one in found), address
    assert folder.tag("--write") in {0, 11}
    assert folder.code() == written


def addresses_written(told: str) -> list[str]:
    """The addresses that the run says it has labelled."""
    lines = [line for line in told.splitlines() if ": labelled particular (`" in line]
    return [line.split(": ")[1] for line in lines]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    assert before.keys() == after.keys()
    for address, change in before.items():
        now = after[address]
        assert now["actions"] == change["actions"], address
        for side in ("before", "after", "after_unknown"):
            assert others(now, side) == others(change, side), address
        assert carried(now) == carried(change), address


def test_the_hard_code_is_labelled_and_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(ROOT / "fixtures" / "tagging" / "hard", tmp_path / "code")
    folder.terraform("init", "-input=false")

    assert folder.tag("--write") == 0, capsys.readouterr().err
    assert folder.terraform("validate").returncode == 0
    folder.plan()
    capsys.readouterr()
    main(["check", str(folder.path / "plan.json"), "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    classes = {one["address"]: one["class"] for one in report["resources"]}
    assert len(classes) > 25
    assert {name for name, one in classes.items() if one != LABELLED} == set()


def test_the_formatter_finds_nothing_more_in_any_layout(tmp_path: Path) -> None:
    """Whatever the layout: what the formatter has put right, a label leaves right."""
    lab = laboratory()
    for seed in range(400):
        text = "".join(generated.code(Random(seed)))
        (tmp_path / f"{seed}.tf").write_bytes(text.encode())

    def unformatted() -> list[str]:
        asked = [lab.terraform, "fmt", "-check", str(tmp_path)]
        done = subprocess.run(
            asked, env=lab.environment, capture_output=True, check=False
        )
        assert not done.stderr, done.stderr.decode()[:2000]
        return done.stdout.decode().splitlines()

    assert len(unformatted()) > 100
    subprocess.run(
        [lab.terraform, "fmt", str(tmp_path)], env=lab.environment, check=True
    )
    for path in tmp_path.glob("*.tf"):
        made = proposal(sites(path.read_bytes().decode()))
        assert made.files, path.read_text()
        path.write_bytes(made.files[0].after)

    assert unformatted() == []
