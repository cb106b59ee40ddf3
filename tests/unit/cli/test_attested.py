"""What the command line attests of the environment, on plans that Terraform made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask, Said

PLANS = ROOT / "fixtures" / "plans"
STATE = ("--body", "state")
HERE = PLANS / "openstack-environment"
CLOUDS = HERE / "clouds.yaml"
OWN = """\
offers:
  - {id: our-cloud, operator: our-ministry, hosting: internal, country: FR,
     recognise: [{host: keystone.cloud.example}]}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The organisation's file, which declares the cloud behind keystone."""
    path = tmp_path / "organisation.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def check(ask: Ask, case: str, *arguments: object) -> Said:
    plan = PLANS / case / "plan.json"
    return ask("check", plan, *STATE, "--format", "json", *arguments)


def landing(said: Said, address: str) -> Any:
    found = [one for one in said.document["resources"] if one["address"] == address]
    return found[0]["landings"][0]


FILES = "openstack_objectstorage_container_v1.files"


def test_the_environment_of_the_job_settles_an_empty_block(ask: Ask, own: Path) -> None:
    unknown = check(ask, "openstack-environment", "--config", own)
    assert landing(unknown, FILES)["offer"] is None

    said = check(
        ask,
        "openstack-environment",
        *("--config", own, "--env-file", HERE / "prod.env", "--clouds-yaml", CLOUDS),
    )

    assert said.code == 0, said.err
    found = landing(said, FILES)
    assert (found["offer"], found["evidence"]) == ("our-cloud", "E5")
    because = " ".join(found["because"])
    assert "keystone.cloud.example: `auth.auth_url` of `ministere`" in because
    assert "prod.env, line 2" in because
    assert "not-a-real-password" not in said.out


def test_what_is_attested_is_listed(ask: Ask, own: Path) -> None:
    attested = (
        *("--config", own, "--env-file", HERE / "prod.env", "--clouds-yaml", CLOUDS),
        *("--env", "OS_REGION_NAME=paris-1", "--env", "OS_AUTH_URL="),
        "--env-complete",
    )
    document = check(ask, "openstack-environment", *attested).document

    assert document["environment"] == [
        {"name": "OS_AUTH_URL", "source": "--env", "value": ""},
        {
            "name": "OS_CLOUD",
            "source": f"{HERE / 'prod.env'}, line 2",
            "value": "ministere",
        },
        {"name": "OS_PASSWORD", "source": f"{HERE / 'prod.env'}, line 3"},
        {"name": "OS_REGION_NAME", "source": "--env", "value": "paris-1"},
        {"name": "clouds-yaml", "source": str(CLOUDS)},
    ]
    assert document["environment_complete"] is True
    plan = PLANS / "openstack-environment" / "plan.json"
    text = ask("check", plan, *STATE, *attested).out
    assert "attested environment of the providers (E5):" in text
    assert "  OS_AUTH_URL: not set (--env)\n" in text
    assert "  OS_REGION_NAME = paris-1 (--env)\n" in text
    assert "  no other variable is set\n" in text
    assert "not-a-real-password" not in text


def test_without_attestation_no_environment_is_listed(ask: Ask) -> None:
    document = check(ask, "openstack-environment").document

    assert document["environment"] == []
    assert document["environment_complete"] is False
    plan = PLANS / "openstack-environment" / "plan.json"
    assert (
        "attested" not in ask("check", plan, *STATE).out.partition("verdict:")[0][-60:]
    )


@pytest.mark.parametrize(
    ("cloud", "offer", "country"),
    [
        ("vendor", "open-telekom-cloud", "DE"),
        ("remote", None, None),
        ("gravelines", None, None),
        ("nobody", None, None),
    ],
)
def test_an_entry_gives_its_place_or_says_why_not(
    ask: Ask, cloud: str, offer: str | None, country: str | None
) -> None:
    said = check(
        ask,
        "openstack-no-block",
        *("--clouds-yaml", CLOUDS, "--env", f"OS_CLOUD={cloud}", "--env-complete"),
    )

    found = landing(said, FILES)
    assert (found["offer"], found["country"]) == (offer, country)
    assert said.code in {10, 11}


@pytest.mark.parametrize(
    ("region", "offer"), [("GRA9", "ovhcloud-public-cloud"), ("VIN1", "ovhcloud-us")]
)
def test_a_region_may_have_another_keystone(ask: Ask, region: str, offer: str) -> None:
    said = check(
        ask,
        "openstack-no-block",
        *("--clouds-yaml", CLOUDS, "--env", "OS_CLOUD=gravelines"),
        *("--env", f"OS_REGION_NAME={region}"),
    )

    assert landing(said, FILES)["offer"] == offer


def test_the_entry_that_a_block_names_is_resolved(ask: Ask, own: Path) -> None:
    address = "openstack_objectstorage_container_v1.cloud_entry"
    before = check(ask, "openstack-origins", "--config", own)
    found = landing(before, address)
    assert found["offer"] is None
    assert "`cloud` names an entry of a file that is not given" in found["because"]

    given = PLANS / "openstack-origins" / "clouds.yaml"
    after = check(ask, "openstack-origins", "--config", own, "--clouds-yaml", given)

    assert landing(after, address)["offer"] == "our-cloud"
    moved = landing(after, "openstack_objectstorage_container_v1.cloud_and_region")
    assert moved["offer"] == "our-cloud"
    assert "region GRA9" in " ".join(moved["because"])


def test_a_good_address_beside_an_entry_is_not_believed(
    ask: Ask, tmp_path: Path
) -> None:
    """Where a block names an entry, the provider does not look at its auth_url."""
    plan = (PLANS / "openstack-origins" / "plan.json").read_text(encoding="utf-8")
    stated = '"cloud":{"constant_value":"ministere"}'
    assert stated in plan
    good = '"auth_url":{"constant_value":"https://auth.cloud.ovh.net/v3"},'
    made = tmp_path / "plan.json"
    made.write_text(plan.replace(stated, good + stated), encoding="utf-8")
    address = "openstack_objectstorage_container_v1.cloud_and_region"

    said = ask("check", made, *STATE, "--format", "json")
    assert landing(said, address)["offer"] is None
    given = PLANS / "openstack-origins" / "clouds.yaml"
    said = ask("check", made, *STATE, "--format", "json", "--clouds-yaml", given)
    assert "keystone.cloud.example" in " ".join(landing(said, address)["because"])


AWS = PLANS / "aws-buckets-default"
BUCKET = "aws_s3_bucket.sensitive"


@pytest.mark.parametrize(
    ("attested", "offer", "evidence"),
    [
        ((), "aws", "E7"),
        (("--env", "AWS_PROFILE=sovereign"), "outscale-cloudgouv", "E6"),
        (
            ("--env", "AWS_PROFILE=sovereign", "--env-complete"),
            "outscale-cloudgouv",
            "E6",
        ),
        (
            ("--env", "AWS_PROFILE=sovereign", "--env-complete", "--src", AWS),
            "outscale-cloudgouv",
            "E5",
        ),
        (("--env", "AWS_PROFILE=none", "--env-complete", "--src", AWS), None, "E7"),
        (
            (
                *("--env", "AWS_PROFILE=sovereign", "--env-complete", "--src", AWS),
                *("--env", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"),
            ),
            "aws",
            "E7",
        ),
        (
            (
                *("--env", "AWS_PROFILE=sovereign", "--env-complete", "--src", AWS),
                *("--env", "AWS_ENDPOINT_URL=https://s3.gra.io.cloud.ovh.net"),
            ),
            "ovhcloud-public-cloud",
            "E5",
        ),
    ],
)
def test_a_shared_configuration_file_is_under_the_environment(
    ask: Ask, attested: tuple[object, ...], offer: str | None, evidence: str
) -> None:
    said = check(
        ask, "aws-buckets-default", "--aws-config", AWS / "aws.config", *attested
    )

    found = landing(said, BUCKET)
    assert (found["offer"], found["evidence"]) == (offer, evidence)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--env-file", "none.env"), "none.env: it cannot be read"),
        (("--clouds-yaml", "none.yaml"), "none.yaml: it cannot be read"),
        (("--aws-config", "none.ini"), "none.ini: it cannot be read"),
        (("--secure-yaml", "x"), "--secure-yaml goes with --clouds-yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_wrong_command_line(
    ask: Ask, arguments: tuple[str, ...], message: str
) -> None:
    said = check(ask, "openstack-no-block", *arguments)

    assert said.code == 2
    assert message in said.err


def test_the_last_file_and_the_option_win(ask: Ask, tmp_path: Path) -> None:
    first, last = tmp_path / "first.env", tmp_path / "last.env"
    first.write_text("OS_CLOUD=one\nOS_REGION_NAME=one\nOS_AUTH_URL=a.example\n")
    last.write_text("OS_CLOUD=two\nOS_REGION_NAME=two\n")
    document = check(
        ask,
        "openstack-no-block",
        *("--env-file", first, "--env-file", last, "--env", "OS_CLOUD=three"),
    ).document

    assert [one["value"] for one in document["environment"]] == [
        "a.example",
        "three",
        "two",
    ]
