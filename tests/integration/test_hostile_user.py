"""A hostile or careless user at the command line never gets a green that is not due."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guardrail.cli import main
from tests.conftest import ROOT

PLANS = ROOT / "fixtures" / "plans"
STATE = ("--body", "state", "--as-of", "2026-11-22")
ALLOW, USAGE, UNREADABLE, LIBRARY, DENY, REVIEW = 0, 2, 3, 4, 10, 11
GOOD = "https://oos.cloudgouv-eu-west-1.outscale.com"
PUBLIC = "data: {class: public}\n"
SECRET = "hunter2-canary"  # planted to be looked for

Plan = dict[str, Any]


@pytest.fixture
def judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The exit code, and all that was printed."""

    def judged(
        plan: Plan | bytes, *arguments: str, project: str = ""
    ) -> tuple[int, str]:
        path = tmp_path / "plan.json"
        path.write_bytes(plan if isinstance(plan, bytes) else json.dumps(plan).encode())
        if project:
            (tmp_path / "guardrail.yaml").write_text(project, encoding="utf-8")
        stated = [
            word
            for name, value in zip(STATE[::2], STATE[1::2], strict=True)
            if name not in arguments
            for word in (name, value)
        ]
        code = main(["check", str(path), *stated, *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return judged


def alone(plan: str, name: str) -> Plan:
    """A real plan, cut down to one resource of its root module."""
    content: Plan = json.loads((PLANS / plan / "plan.json").read_bytes())
    changes = content["resource_changes"]
    content["resource_changes"] = [one for one in changes if one["name"] == name]
    for part in ("configuration", "planned_values"):
        root = content[part]["root_module"]
        root["resources"] = [one for one in root["resources"] if one["name"] == name]
    return content


def sensitive() -> Plan:
    """A bucket labelled sensitive that goes to Amazon."""
    return alone("aws-buckets-default", "sensitive")


def change(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = plan["resource_changes"][0]["change"]
    return found


def tagged(tags: Any) -> Plan:
    plan = sensitive()
    change(plan)["after"].update(tags=tags, tags_all=tags)
    return plan


def calling(endpoint: str) -> Plan:
    """A bucket labelled sensitive that goes through `endpoint`."""
    plan = alone("outscale-via-aws-endpoints", "osc")
    block = plan["configuration"]["provider_config"]["aws.osc"]["expressions"]
    block["endpoints"] = [{"s3": {"constant_value": endpoint}}]
    return plan


def keystone(address: str) -> Plan:
    """Volume and container of an OpenStack cloud."""
    plan: Plan = json.loads((PLANS / "openstack-internal" / "plan.json").read_bytes())
    block = plan["configuration"]["provider_config"]["openstack"]["expressions"]
    block["auth_url"] = {"constant_value": address}
    return plan


Judge = Callable[..., tuple[int, str]]


def test_what_is_tampered_with_here_is_denied_or_allowed_as_it_is(judge: Judge) -> None:
    assert judge(sensitive())[0] == DENY
    assert judge(calling(GOOD))[0] == ALLOW
    assert judge(keystone("https://keystone.elsewhere.example/v3"))[0] == REVIEW


@pytest.mark.parametrize(
    "actions",
    [
        [],
        ["noop"],
        ["NO-OP"],
        ["no-op", "create"],
        ["delete", "create", "delete"],
        [None],
        "no-op",
    ],
)
def test_actions_that_terraform_does_not_write_are_refused(
    judge: Judge, actions: Any
) -> None:
    plan = sensitive()
    change(plan)["actions"] = actions

    assert judge(plan)[0] == UNREADABLE


@pytest.mark.parametrize(
    "actions",
    [["read"], ["update"], ["create", "delete"], ["forget", "create"]],
)
def test_other_actions_do_not_hide_a_landing(judge: Judge, actions: list[str]) -> None:
    plan = sensitive()
    change(plan)["actions"] = actions

    assert judge(plan)[0] == DENY


@pytest.mark.parametrize("mode", ["", "Managed", "data", "ephemeral", "list"])
def test_another_mode_on_the_same_address_is_refused(judge: Judge, mode: str) -> None:
    plan = sensitive()
    plan["resource_changes"][0]["mode"] = mode

    assert judge(plan)[0] == UNREADABLE


@pytest.mark.parametrize(
    "key", ["resource_changes", "resource_\\u0063hanges", "configuration"]
)
def test_a_second_section_does_not_replace_the_first(judge: Judge, key: str) -> None:
    document = json.dumps(sensitive())[:-1] + f', "{key}": []}}'

    assert judge(document.encode())[0] == UNREADABLE


def test_a_tag_stated_twice_is_refused(judge: Judge) -> None:
    said = '"tags": {"data_class": "sensitive"'
    document = json.dumps(sensitive()).replace(said, said + ', "data_class": "public"')

    assert judge(document.encode())[0] == UNREADABLE


def test_a_change_that_was_taken_out_is_missed(judge: Judge) -> None:
    assert judge(sensitive() | {"resource_changes": []})[0] == UNREADABLE
    assert judge(sensitive() | {"resource_changes": None})[0] == UNREADABLE


def test_a_quiet_second_entry_of_an_address_hides_nothing(judge: Judge) -> None:
    plan = sensitive()
    quiet = json.loads(json.dumps(plan["resource_changes"][0]))
    quiet["change"]["actions"] = ["no-op"]
    plan["resource_changes"] = [quiet, *plan["resource_changes"]]

    assert judge(plan)[0] == DENY


def test_without_its_block_a_resource_is_for_review(judge: Judge) -> None:
    plan = sensitive()
    plan["configuration"]["root_module"]["resources"] = []

    assert judge(plan)[0] == REVIEW


def test_the_kind_of_a_type_nobody_knows_counts_as_data(judge: Judge) -> None:
    for kind in ("AWS_S3_BUCKET", "aws_S3_bucket", "aws_s3_buck\u0435t", "local_file"):
        document = json.dumps(sensitive()).replace("aws_s3_bucket", kind)
        assert judge(document.encode())[0] == DENY, kind


@pytest.mark.parametrize(
    "name",
    [
        "registry.terraform.io/HashiCorp/AWS",
        "registry.terraform.io/hashicorp/aws ",
        "REGISTRY.terraform.io/hashicorp/aws",
        "registry.terraform.io/-/aws",
        "registry.terraform.io/hashicorp/aws/extra",
        "hashicorp/aws",
        "aws",
        "",
    ],
)
def test_an_odd_name_of_a_provider_is_never_green(judge: Judge, name: str) -> None:
    only_the_change, both = sensitive(), sensitive()
    for plan in (only_the_change, both):
        plan["resource_changes"][0]["provider_name"] = name
    both["configuration"]["provider_config"]["aws"]["full_name"] = name

    assert judge(only_the_change)[0] == REVIEW
    assert judge(both)[0] in {DENY, REVIEW}


@pytest.mark.parametrize("key", ["AWS.osc", "aws.osc ", "module.x:aws.osc", ""])
def test_an_odd_key_of_a_provider_block_is_never_green(judge: Judge, key: str) -> None:
    plan = calling(GOOD)
    plan["configuration"]["root_module"]["resources"][0]["provider_config_key"] = key

    assert judge(plan)[0] == REVIEW


@pytest.mark.parametrize(
    "endpoint",
    [
        GOOD + "@evil.example",
        GOOD + "\\@evil.example",
        GOOD + ".evil.example",
        GOOD + "%2eevil.example",
        GOOD + "\u3002evil.example",
        GOOD + "\u00ad.evil.example",
        GOOD + ";evil.example",
        GOOD + ",https://evil.example",
        GOOD + ":443:evil.example",
        "https://evil.example#oos.cloudgouv-eu-west-1.outscale.com",
        "https://evil.example?@oos.cloudgouv-eu-west-1.outscale.com",
        "https://evil.example/@oos.cloudgouv-eu-west-1.outscale.com",
        "https:evil.example//oos.cloudgouv-eu-west-1.outscale.com",
        "https:///oos.cloudgouv-eu-west-1.outscale.com",
        "https://oos.cloudgouv-eu-west-1 .outscale.com",
        "https://oos.cloudgouv-eu-west-1\u200b.outscale.com",
        "https://oos.cloudgouv-eu-west-1.outscale\u0441om",
    ],
)
def test_an_address_that_only_looks_qualified_is_not(
    judge: Judge, endpoint: str
) -> None:
    assert judge(calling(endpoint))[0] == REVIEW


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("EU-WEST-3", DENY),
        ("eu-west-3 ", DENY),
        ("eu-west-3\u200b", REVIEW),
        ("cloudgouv-eu-west-1", REVIEW),
        ("zz-new-1", REVIEW),
        ("", REVIEW),
        (None, REVIEW),
        (3, REVIEW),
        (["eu-west-3"], REVIEW),
    ],
)
def test_an_odd_region_is_never_green(judge: Judge, region: Any, code: int) -> None:
    plan = sensitive()
    block = plan["configuration"]["provider_config"]["aws"]["expressions"]
    block["region"] = {"constant_value": region}

    assert judge(plan)[0] == code


@pytest.mark.parametrize(
    "tags",
    [
        {"Data-Class": "sensitive"},
        {"data class": "sensitive"},
        {"data\u00a0class": "sensitive"},
        {"data:class": "sensible"},
        {"\uff44ata_class": "sensitive"},
        {"sensibilit\u00e9": "sensible"},
        {"sensibilite\u0301": "sensible"},
        {"Sensitivity": " SENSITIVE "},
        {"data_categories": "sante legal-secret"},
        {"data_categories": "sant\u00e9/legal-secret"},
        {"data_categories": "legal_secret__public_order"},
        {"data_categories": "legal-secret and public-order"},
    ],
)
def test_a_label_counts_however_it_is_written(
    judge: Judge, tags: dict[str, str]
) -> None:
    assert judge(tagged(tags), project=PUBLIC)[0] == DENY


@pytest.mark.parametrize(
    "tags",
    [
        {"data_class": "sensitive,public"},
        {"data_class": "public", "sensitivity": "sensitive"},
        {"data_class": "public", "Data_Class": "sensitive"},
        {"data_class": ["sensitive"]},
        {"data_class": {"is": "sensitive"}},
        {"data_class": 3},
        {"data_class": True},
        {"data_class": ""},
        {"data_class": None},
        {"data_categories": ["legal-secret"]},
        {"data_categories": "legal-secret:public-order"},
    ],
)
def test_a_label_that_is_not_understood_is_for_review(
    judge: Judge, tags: dict[str, Any]
) -> None:
    assert judge(tagged(tags), project=PUBLIC)[0] == REVIEW


@pytest.mark.parametrize(
    "project",
    [
        "body: state\nbody: private\n",
        "body: NO\n",
        "boddy: private\n",
        "Data: {class: public}\n",
        "data: {class: [public]}\n",
        "data: &a {class: public}\nsystem: *a\n",
        "x: &a {class: public}\ndata:\n  <<: *a\n",
        "body: state\n---\nbody: private\n",
        "body: !!python/name:os.system\n",
        "data: " + "[" * 100_000 + "]" * 100_000,
        "declared:\n" + "".join(f" k{n}: {'v' * 90}\n" for n in range(60_000)),
        "offers:\n - {id: aws, operator: x, hosting: internal, country: FR, "
        "recognise: [{provider: hashicorp/aws}]}\n",
        "offers:\n - {id: x, operator: x, hosting: internal, country: FR, "
        "recognise: [{}]}\n",
    ],
    ids=lambda project: project[:30],
)
def test_a_project_file_that_is_not_sound_stops_the_run(
    judge: Judge, project: str
) -> None:
    assert judge(sensitive(), project=project)[0] == LIBRARY


@pytest.mark.parametrize(
    "recognise",
    [
        "{provider: hashicorp/aws}",
        "{provider: hashicorp/aws, region: [eu-west-3]}",
        "{host: '**'}",
        "{host: '*'}",
        "{host: '**.amazonaws.com'}",
    ],
)
@pytest.mark.parametrize("offer", ["mine", "outscale-cloudgouv"])
def test_an_own_offer_does_not_take_over_a_public_one(
    judge: Judge, recognise: str, offer: str
) -> None:
    whole = "operator: dgfip, hosting: internal, country: FR, "
    own = whole if offer == "mine" else ""
    project = f"offers:\n - {{id: {offer}, {own}recognise: [{recognise}]}}\n"

    assert judge(sensitive(), project=project)[0] in {LIBRARY, DENY, REVIEW}


def test_an_own_offer_of_a_foreign_operator_is_not_made_immune(judge: Judge) -> None:
    claimed = (
        "offers:\n - {{id: mine, operator: amazon-web-services, hosting: {}, "
        "country: FR, recognise: [{{host: keystone.elsewhere.example}}], "
        "qualifications: [{{scheme: secnumcloud, version: '3.2', since: 2020-01-01, "
        "until: 2099-01-01}}]}}\n"
    )
    plan = keystone("https://keystone.elsewhere.example/v3")

    assert judge(plan, project=claimed.format("commercial"))[0] == DENY
    assert judge(plan, project=claimed.format("internal"))[0] == REVIEW


@pytest.mark.parametrize(
    "project",
    [
        PUBLIC,
        "mappings:\n - {addresses: ['*'], class: public}\n",
        "mappings:\n - {addresses: ['**'], class: public, services: [network]}\n",
        "body: private\nrules: law\n",
        "floor:\n - {addresses: ['*'], class: public}\n",
        "environment: {AWS_ENDPOINT_URL_S3: 'https://evil.example'}\n",
    ],
)
def test_a_project_file_does_not_lower_a_label_to_green(
    judge: Judge, project: str
) -> None:
    assert judge(sensitive(), project=project)[0] in {DENY, REVIEW}


@pytest.mark.parametrize(
    ("project", "code"),
    [
        (PUBLIC, DENY),
        ("body: private\nrules: law\n", DENY),
        (f"environment: {{AWS_ENDPOINT_URL_S3: '{GOOD}'}}\n", DENY),
    ],
)
def test_the_organisation_comes_before_the_project(
    judge: Judge, tmp_path: Path, project: str, code: int
) -> None:
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text(
        "body: state\nfloor:\n - {addresses: ['*'], class: particular}\n",
        encoding="utf-8",
    )
    plan = alone("aws-buckets-default", "unlabelled")

    assert judge(plan, "--config", str(organisation), project=project)[0] == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--as-of", "2010-01-01"), LIBRARY),
        (("--as-of", "2018-08-01"), REVIEW),
        (("--class", "public"), DENY),
        (("--body", "private"), DENY),
        (("--env", "AWS_ENDPOINT_URL_S3="), DENY),
        (("--env", "AWS_ENDPOINT_URL_S3=https://evil.example"), REVIEW),
    ],
)
def test_an_option_does_not_make_a_labelled_bucket_green(
    judge: Judge, arguments: tuple[str, ...], code: int
) -> None:
    assert judge(sensitive(), *arguments)[0] == code


def test_one_bad_input_of_several_is_enough(tmp_path: Path) -> None:
    good, bad, cut = (tmp_path / name for name in ("good", "bad", "cut"))
    good.write_text(json.dumps(alone("aws-buckets-default", "public")))
    bad.write_text(json.dumps(sensitive()))
    cut.write_text(json.dumps(sensitive())[:-9])

    assert main(["check", str(good), *STATE]) == ALLOW
    assert main(["check", str(good), str(bad), *STATE]) == DENY
    assert main(["check", str(bad), str(good), *STATE]) == DENY
    assert main(["check", str(good), str(cut), *STATE]) == UNREADABLE
    assert main(["check", str(good), "", *STATE]) == UNREADABLE
    assert main(["check", str(good), str(tmp_path / "none"), *STATE]) == UNREADABLE


@pytest.mark.parametrize("target", [".", "missing/report.json", "/dev/full"])
def test_a_report_that_cannot_be_written_is_not_green(
    judge: Judge, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if target == "/dev/full" and not Path(target).exists():
        pytest.skip("this system has no full device")
    monkeypatch.chdir(tmp_path)
    plan = alone("aws-buckets-default", "public")

    assert judge(plan, "--format", "json", "--output", target)[0] == USAGE


def test_a_full_standard_output_is_not_green(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(alone("aws-buckets-default", "public")))
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "guardrail", "check", str(path), *STATE],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.DEVNULL,
            check=False,
        )

    assert done.returncode == USAGE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"paie-agents", b"paie\x00agents"),
        (b"paie-agents", b"paie\xff\xfeagents"),
        (b"paie-agents", b"paie\xc0\xafagents"),
        (b"paie-agents", b"\\ud800"),
        (b'"paie-agents"', b"NaN"),
        (b'"paie-agents"', b"[" * 200_000 + b"]" * 200_000),
        (b'"after_unknown": {', b'"after_unknown": {"q":' + b"[" * 200_000 + b"],"),
        (b"aws_s3_bucket.sensitive", b"aws_s3_bucket.sensi\\u0000tive"),
    ],
    ids=range(8),
)
def test_bytes_that_are_no_plan_are_refused(
    judge: Judge, old: bytes, new: bytes
) -> None:
    assert judge(json.dumps(sensitive()).encode().replace(old, new))[0] == UNREADABLE


@pytest.mark.parametrize(
    "key",
    [
        "\x1b[2JALLOW",
        "a\nALLOW b",
        "a\rALLOW",
        "\x00",
        "\u2028ALLOW",
        "\u202eb",
        "\x9b1m",
    ],
)
def test_an_address_cannot_draw_on_the_report(judge: Judge, key: str) -> None:
    plan = sensitive()
    one = plan["resource_changes"][0]
    planned = plan["planned_values"]["root_module"]["resources"][0]
    for entry in (one, planned):
        entry["index"] = key
        entry["address"] = f"{entry['address']}[{json.dumps(key, ensure_ascii=False)}]"

    for form in ("text", "json"):
        code, printed = judge(plan, "--format", form)
        assert code in {DENY, UNREADABLE}
        assert not [c for c in printed if c != "\n" and not c.isprintable()]
        assert "\nALLOW" not in printed


@pytest.mark.parametrize(
    ("project", "arguments"),
    [
        (f"environment: {{OS_PASSWORD: {SECRET}}}\n", ()),
        (f"environment: {{OS_PASSWORD: [{SECRET}]}}\n", ()),
        (f'environment: {{OS_PASSWORD: "{SECRET}\n  - : :\n', ()),
        (f"environment:\n  A: {SECRET}\n  A: {SECRET}\n", ()),
        (f"environment: *{SECRET}\n", ()),
        (f"declared: {{art48_immunity: {SECRET}}}\n", ()),
        (f"system: {{started_on: {SECRET}}}\n", ()),
        ("", ("--env", SECRET)),
        ("", ("--env", f"={SECRET}")),
        ("", ("--env", f"AWS_SECRET_ACCESS_KEY={SECRET}")),
        (
            "",
            ("--env", f"AWS_ENDPOINT_URL_S3=https://u:{SECRET}@evil.example/{SECRET}"),
        ),
    ],
)
def test_no_secret_of_file_or_option_is_printed(
    judge: Judge, project: str, arguments: tuple[str, ...]
) -> None:
    for form in ("text", "json"):
        _code, printed = judge(
            sensitive(), *arguments, "--format", form, project=project
        )
        assert SECRET not in printed.lower()


@pytest.mark.parametrize(
    "endpoint",
    [
        f"https://user:{SECRET}@evil.example",
        f"https://a:{SECRET}@b@c",
        f"https://evil.example/?token={SECRET}",
        f"postgres://u:{SECRET}@h:99999/x",
        f"user:{SECRET}",
        f"{GOOD}/{SECRET}",
    ],
)
def test_no_secret_of_an_address_is_printed(judge: Judge, endpoint: str) -> None:
    for form in ("text", "json"):
        _code, printed = judge(calling(endpoint), "--format", form)
        assert SECRET not in printed.lower()


@pytest.mark.parametrize(
    "key",
    [
        "DataClass",
        "dataClassification",
        "data\u2011class",
        "data_class\u200b",
        "gouv.example/data-class",
        "Sensibilit\u00e9",
    ],
)
def test_a_label_is_read_however_its_key_is_spelt(judge: Judge, key: str) -> None:
    plan = sensitive()
    change(plan)["after"] |= {"tags": {key: "sensitive"}, "tags_all": None}

    assert judge(plan)[0] == DENY


def test_two_blocks_of_endpoints_that_differ_are_for_review(judge: Judge) -> None:
    plan = alone("outscale-via-aws-endpoints", "osc")
    blocks = plan["configuration"]["provider_config"]["aws.osc"]["expressions"]
    other = {"s3": {"constant_value": "https://s3.eu-west-3.amazonaws.com"}}

    assert judge(plan)[0] == ALLOW
    blocks["endpoints"].append(other)
    assert judge(plan)[0] == REVIEW


@pytest.mark.parametrize(
    "provider",
    ["registry.evil.io/hashicorp/random", "registry.terraform.io/hashicorp/null"],
)
def test_a_provider_without_a_place_clears_only_what_it_has(
    judge: Judge, provider: str
) -> None:
    plan = sensitive()
    plan["resource_changes"][0]["provider_name"] = provider

    assert judge(plan)[0] in {DENY, REVIEW}


def test_a_provider_of_an_unknown_registry_is_a_hint(judge: Judge) -> None:
    plan = alone("outscale-via-aws-endpoints", "osc")
    text = json.dumps(plan).replace("registry.terraform.io/", "registry.evil.io/")
    own = "registries: [registry.evil.io]\n"

    assert judge(text.encode())[0] == REVIEW
    assert judge(text.encode(), project=own)[0] == ALLOW


def test_what_is_said_not_to_change_must_show_it(judge: Judge) -> None:
    plan = sensitive()
    change(plan)["actions"] = ["no-op"]

    assert judge(plan)[0] == DENY


def test_what_is_said_to_go_away_has_no_values(judge: Judge) -> None:
    plan = sensitive()
    change(plan)["actions"] = ["delete"]

    assert judge(plan)[0] == UNREADABLE


def test_a_day_at_the_end_of_time_is_judged(judge: Judge) -> None:
    assert judge(sensitive(), "--as-of", "9999-12-31")[0] == DENY
