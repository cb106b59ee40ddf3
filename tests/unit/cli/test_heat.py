"""What `guardrail check` answers to the templates of `fixtures/heat`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask

HEAT = ROOT / "fixtures" / "heat"
APP = HEAT / "case-files" / "app.yaml"
OVH = (
    "--env",
    "OS_AUTH_URL=https://auth.cloud.ovh.net/v3",
    "--env",
    "OS_REGION_NAME=GRA11",
)
OURS = ("--env", "OS_AUTH_URL=https://keystone.cour.example:5000/v3")
DAY = ("--as-of", "2026-11-22", "--body", "state")


def verdicts(document: Any) -> dict[str, str]:
    return {one["address"]: one["verdict"] for one in document["resources"]}


def judged(ask: Ask, path: Path, *arguments: object) -> Any:
    return ask("check", path, *DAY, "--format", "json", *arguments)


ALL = ["attached", "files", "front[0].server", "front[1].server", "nightly", "pages"]


@pytest.mark.parametrize(
    ("arguments", "code", "wanted"),
    [
        ((), 11, [*["review"] * 5, "allow"]),
        (OVH, 10, [*["deny"] * 5, "allow"]),
        (OURS, 0, ["allow"] * 6),
        ((*OVH, "--heat-env", HEAT / "case-files/public.yaml", "--parameter", "servers=2"),
         0, ["allow"] * 6),
        ((*OVH, "--heat-env", HEAT / "case-files/public.yaml", "--parameter", "servers=2",
          "--parameter", "class=sensitive"), 10, [*["deny"] * 5, "allow"]),
    ],
)  # fmt: skip
def test_a_template_is_judged_where_it_is_given(
    ask: Ask, arguments: tuple[object, ...], code: int, wanted: list[str]
) -> None:
    said = judged(ask, APP, *arguments)

    assert verdicts(said.document) == dict(zip(ALL, wanted, strict=True))
    assert said.code == code
    assert "CANARY" not in said.out


def test_what_is_wrong_with_a_template_names_it_once(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    head = "heat_template_version: 2021-04-16\nresources:\n  a: {type: "
    path.write_text(f"{head}5}}\n")
    (tmp_path / "inner.yaml").write_text(f"{head}b}}\n  c: x\n")

    said = ask("check", path)
    assert said.err == f"guardrail: {path}: resources/a: a resource needs a type\n"

    path.write_text(f"{head}inner.yaml}}\n")
    said = ask("check", path)
    assert said.err == (
        f"guardrail: {path}: inner.yaml: resources/c: a mapping is expected\n"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("parameters: [a]\n", "parameters: a mapping is expected"),
        ("resource_registry: {A: 5}\n", "resource_registry/A: a text is expected"),
        ("a: [\n", "it is no YAML"),
    ],
)
def test_what_is_wrong_with_an_environment_names_it(
    ask: Ask, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "bad.yaml").write_text(content)

    said = ask("check", APP, "--heat-env", tmp_path / "bad.yaml")

    assert said.code == 3
    assert f"bad.yaml: {told}" in said.err


def test_a_label_may_stand_under_a_key_of_ones_own(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "heat_template_version: 2021-04-16\nresources:\n  v: {type: OS::Cinder::Volume, "
        "properties: {metadata: {Confidentialite: sensible}}}\n"
    )

    def classes() -> list[object]:
        document = judged(ask, path).document
        return [one["class"] for one in document["resources"]]

    assert classes() == [None]
    (tmp_path / "guardrail.yaml").write_text("tag_keys: {class: [confidentialité]}\n")
    assert classes() == ["sensitive"]


def test_parameters_decide_what_there_is(ask: Ask) -> None:
    given = ("--parameter", "servers=1", "--parameter", "copy=false")
    said = judged(ask, APP, *OVH, *given)

    assert sorted(verdicts(said.document)) == [
        "attached",
        "files",
        "front[0].server",
        "pages",
    ]


def test_the_report_says_where_and_how(ask: Ask) -> None:
    document = judged(ask, APP, *OVH).document
    [given] = document["inputs"]
    server = next(
        one for one in document["resources"] if one["address"] == "front[1].server"
    )

    assert (given["kind"], given["producer"]) == ("heat-template", "heat 2021-04-16")
    assert server["type"] == "OS::Nova::Server"
    assert server["location"]["file"].endswith("case-files/lib/server.yaml")
    assert server["landings"][0]["offer"] == "ovhcloud-public-cloud"
    assert server["landings"][0]["region"] == "gra"


def test_data_flows_through_what_attaches_it(ask: Ask) -> None:
    document = judged(ask, APP, *OVH).document
    attached = next(
        one for one in document["resources"] if one["address"] == "attached"
    )

    assert attached["class"] == "particular"
    assert [one["source"] for one in attached["class_because"]] == ["tag", "flow"]


def test_a_type_that_stands_for_what_is_elsewhere_blocks(ask: Ask) -> None:
    replaced = ("--heat-env", HEAT / "case-files/replaced.yaml")
    said = judged(ask, APP, *OURS, *replaced)

    assert said.code == 11
    assert "https://templates.example/container.yaml" in ask(
        "check", APP, *DAY, *OURS, *replaced
    ).out.replace("\n         ", " ")


def test_a_stack_in_another_region_or_cloud_lands_there(ask: Ask) -> None:
    said = judged(ask, HEAT / "other-places" / "app.yaml", *OVH)
    landings = {
        one["address"]: one["landings"][0] for one in said.document["resources"]
    }

    assert said.code == 10
    assert landings["near"]["country"] == "FR"
    assert landings["far.files"]["country"] == "CA"
    assert landings["elsewhere.files"]["offer"] is None
    assert "only a secret names" in landings["elsewhere.files"]["because"][0]


def test_the_other_family_is_judged_alike(ask: Ask) -> None:
    said = judged(ask, HEAT / "other-family" / "template.json", *OVH)

    assert (said.code, verdicts(said.document)) == (10, {"Register": "deny"})


def test_a_template_that_was_not_rendered_is_refused(ask: Ask) -> None:
    said = ask("check", HEAT / "not-rendered" / "app.yaml", *DAY)

    assert said.code == 3
    assert "Jinja" in said.err


def test_options_of_templates_go_with_templates(ask: Ask) -> None:
    plan = ROOT / "terraform-examples" / "demo" / "plan.json"
    for option in (
        ("--parameter", "a=b"),
        ("--heat-env", HEAT / "case-files/public.yaml"),
    ):
        said = ask("check", plan, *DAY, *option)

        assert said.code == 2
        assert "Heat template" in said.err
    assert ask("check", APP, *DAY, "--parameter", "x").code == 2
    assert ask("check", APP, *DAY, "--heat-env", "none.yaml").code == 3


def test_a_template_may_come_from_standard_input(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    content = (HEAT / "other-family" / "template.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert judged(ask, Path("-"), *OVH).code == 10


def test_french_says_it_too(ask: Ask) -> None:
    said = ask("check", HEAT / "other-places" / "app.yaml", *DAY, "--lang", "fr")

    assert "que seul un secret désigne" in " ".join(said.out.split())


def test_what_is_qualified_in_a_part_of_a_cloud_is_told_of_that_part(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "guardrail.yaml").write_text(
        "offers:\n"
        "  - id: our-cloud\n"
        "    operator: us\n"
        "    hosting: commercial\n"
        "    country: FR\n"
        "    recognise: [{provider: terraform-provider-openstack/openstack,"
        " host: keystone.cloud.example}]\n"
        "    qualifications:\n"
        "      - {scheme: secnumcloud, version: '3.2', since: 2026-01-01, until: 2028-12-31,"
        " perimeter: {zone: [inner]}}\n"
        "      - {scheme: secnumcloud, version: '3.2', since: 2026-01-01, until: 2028-12-31,"
        " services: [block-storage], perimeter: {zone: [inner]}}\n"
    )
    volume = "{type: OS::Cinder::Volume, properties: {availability_zone: %s}}"
    (tmp_path / "app.yaml").write_text(
        "heat_template_version: queens\nresources:\n"
        f"  inner: {volume % 'inner'}\n"
        f"  outer: {volume % 'outer'}\n"
        "  bare: {type: OS::Cinder::Volume}\n"
    )
    cloud = "OS_AUTH_URL=https://keystone.cloud.example/v3"
    said = ask("check", "app.yaml", "--env", cloud, "--format", "json")
    told = {
        one["address"]: one["landings"][0]["qualifications"]
        for one in said.document["resources"]
    }
    assert told["inner"] == ["secnumcloud 3.2"]
    assert told["outer"] == told["bare"] == []


def test_a_binary_plan_may_hold_the_text_of_a_template(
    ask: Ask, tmp_path: Path
) -> None:
    plan = tmp_path / "tfplan"
    plan.write_bytes(b"PK\3\4 heat_template_version: 2021-04-16")
    said = ask("check", plan)

    assert said.code == 3
    assert "this archive cannot be read" in said.err
