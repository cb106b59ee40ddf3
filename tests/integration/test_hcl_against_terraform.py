"""What we say is known is what Terraform has: expressions and whole configurations."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest

from guardrail.inputs.hcl import (
    Source,
    Tree,
    from_directory,
    from_snapshot,
    location,
    resource_arguments,
)
from guardrail.inputs.hcl.cty import Type, Unk, plain
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.model import Known, Unknown
from tests.conftest import ROOT
from tests.integration.laboratory import need_terraform
from tests.unit.inputs.hcl import generated
from tests.unit.inputs.hcl.corpora import (
    ANSWERS,
    answers,
    configurations,
    differs,
    expressions,
    outputs,
)

pytestmark = pytest.mark.terraform

PLANS = ROOT / "fixtures" / "plans"


def terraform(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of Terraform that reaches no network and reads no configuration of ours."""
    need_terraform()
    (directory / "cli.tfrc").write_text("disable_checkpoint = true\n")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {
        "TF_CLI_CONFIG_FILE": str(directory / "cli.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    return subprocess.run(
        ["terraform", *arguments],
        cwd=directory,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def planned(directory: Path, *options: str) -> Mapping[str, Any]:
    """The plan of the configuration in a directory, as JSON."""
    for arguments in (
        ("init", "-input=false", "-no-color"),
        ("plan", "-input=false", "-no-color", "-out=tfplan", *options),
    ):
        done = terraform(directory, *arguments)
        assert done.returncode == 0, done.stderr[-6000:]
    shown = terraform(directory, "show", "-json", "tfplan")
    found: Mapping[str, Any] = json.loads(shown.stdout)
    return found


def kind_of(kind: Type) -> Any:
    """A type as Terraform writes it into a plan."""
    if kind.element:
        return [kind.kind, kind_of(kind.element)]
    inside = [kind_of(one) for one in kind.elements]
    if kind.kind == "object":
        return ["object", dict(zip(kind.names, inside, strict=True))]
    return ["tuple", inside] if kind.kind == "tuple" else kind.kind


def compared(directory: Path, texts: Sequence[str]) -> Counter[str]:
    """How many expressions are known and unknown; every known one is as planned."""
    code = outputs(texts)
    (directory / "main.tf").write_text(code)
    plan = planned(directory)
    instance = Tree({(): Source({"main.tf": code.encode()})}).instance(())
    assert instance is not None
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for place, text in enumerate(texts):
        name = f"o{place}"
        change = plan["output_changes"][name]
        found = answered(lambda name=name: instance.output(name, Evaluator()))  # type: ignore[misc]
        if isinstance(found, Unk):
            counted["unknown"] += 1
            continue
        counted["known"] += 1
        if differs(plain(found), change.get("after"), change["after_unknown"]):
            wrong.append(f"{text}: {plain(found)} is {change.get('after')}")
        stated = plan["planned_values"]["outputs"].get(name, {}).get("type")
        whole = found.whole and not found.type.unsure and not found.null
        kind: object = kind_of(found.type)
        sure = whole and stated and "dynamic" not in str(stated)
        if sure and kind != stated:
            wrong.append(f"{text}: {kind} is {stated}")
    assert not wrong, "\n".join(wrong)
    return counted


def test_expressions_are_what_terraform_makes_of_them(tmp_path: Path) -> None:
    counted = compared(tmp_path, expressions())

    assert counted["known"] >= 800


def test_the_answers_that_unit_tests_rely_on_are_those_of_terraform(
    tmp_path: Path,
) -> None:
    (tmp_path / "main.tf").write_text(outputs(expressions()))
    changes = planned(tmp_path)["output_changes"]
    recorded = {
        text: [changes[f"o{place}"].get("after"), changes[f"o{place}"]["after_unknown"]]
        for place, text in enumerate(expressions())
    }
    if os.environ.get("REFRESH_ANSWERS"):
        lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in recorded.items())
        ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    volatile = {"terraform_data.u.id"}
    assert recorded.keys() - answers().keys() == set()
    assert not [
        k for k in recorded if recorded[k] != answers()[k] and k not in volatile
    ]


@pytest.mark.parametrize("seed", range(4))
def test_expressions_made_at_random_are_what_terraform_makes_of_them(
    tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    texts = [
        f'try({generated.expression(random, "any", 4)}, "refused")' for _ in range(1000)
    ]

    assert compared(tmp_path, texts)["known"] >= 600


@pytest.mark.parametrize("name", sorted(configurations()))
def test_configurations_are_what_terraform_plans(tmp_path: Path, name: str) -> None:
    files = configurations()[name]
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    plan = planned(tmp_path)
    tree = Tree(from_directory(files))
    root = tree.instance(())
    assert root is not None
    known = 0
    for output, change in plan.get("output_changes", {}).items():
        found = answered(lambda output=output: root.output(output, Evaluator()))  # type: ignore[misc]
        ours, theirs = plain(found), change.get("after")
        assert not differs(ours, theirs, change["after_unknown"]), output
        known += not isinstance(found, Unk)
    for change in plan.get("resource_changes", ()):
        settings = resource_arguments(tree, change["address"])
        assert not isinstance(settings, Unknown)
        after, unknown = change["change"]["after"], change["change"]["after_unknown"]
        given = settings.get("input")
        if isinstance(given, Known):
            known += 1
            hidden = unknown.get("input", False)
            assert not differs(given.value, after.get("input"), hidden)
        assert location(tree, change["address"]) is not None
    assert known


@pytest.mark.parametrize(
    "case", sorted(path.parent.name for path in PLANS.glob("*/tfplan"))
)
def test_arguments_of_real_resources_are_what_was_planned(case: str) -> None:
    """The plans in the repository were made by Terraform with real schemas."""
    with ZipFile(PLANS / case / "tfplan") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    plan = json.loads((PLANS / case / "plan.json").read_text())
    variables = {k: v.get("value") for k, v in plan.get("variables", {}).items()}
    tree = Tree(from_snapshot(entries), variables=variables, final=True)
    for change in plan.get("resource_changes", ()):
        settings = resource_arguments(tree, change["address"])
        after, hidden = change["change"]["after"], change["change"]["after_unknown"]
        if isinstance(settings, Unknown) or after is None:
            continue
        for name, item in settings.items():
            if isinstance(item, Known) and name in after and name not in hidden:
                where = f"{change['address']}.{name}"
                assert loosely(item.value) == loosely(after[name]), where


def loosely(value: Any) -> Any:
    """A value as providers may change it: numbers are texts, places are one word."""
    match value:
        case dict():
            return {key: loosely(one) for key, one in value.items() if one is not None}
        case list():
            return [loosely(one) for one in value]
        case bool():
            return str(value).lower()
        case _:
            return str(value).casefold().replace(" ", "")
