from __future__ import annotations

from typing import Any

import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import Decision
from guardrail.model import Reference, Resource
from tests.unit.assessment.flowing import by_address, decide, reads, resource

KEY = "data_class"
VOLUME = "aws_ebs_volume.v"
TAG = "aws_ec2_tag.t"


def ec2_tag(address: str = TAG, value: str = "sensitive", **more: Any) -> Resource:
    return resource(address, {"key": KEY, "value": value, **more})


def bounds(decision: Decision, address: str) -> tuple[int, int, bool]:
    found = by_address(decision)[address].sensitivity
    return found.lowest, found.highest, found.labelled


def because(decision: Decision, address: str) -> str:
    return by_address(decision)[address].sensitivity.because[0].detail


def test_a_tag_of_another_resource_is_a_label(knowledge: Knowledge) -> None:
    references = [reads(TAG, "resource_id", VOLUME)]
    decision = decide(knowledge, [resource(VOLUME), ec2_tag()], references)

    assert bounds(decision, VOLUME) == (3, 3, True)
    assert because(decision, VOLUME) == "label `aws_ec2_tag.t.data_class`"
    assert not by_address(decision)[TAG].judged


def test_a_tag_that_contradicts_the_own_label_is_a_conflict(
    knowledge: Knowledge,
) -> None:
    volume = resource(VOLUME, {"tags": {KEY: "public"}})
    references = [reads(TAG, "resource_id", VOLUME)]
    decision = decide(knowledge, [volume, ec2_tag()], references)

    assert bounds(decision, VOLUME) == (0, 3, True)
    assert because(decision, VOLUME) == "conflicting labels at `tags.data_class`"


def test_a_tag_may_name_what_it_tags_by_its_id(knowledge: Knowledge) -> None:
    volume = resource(VOLUME, {"id": "vol-0123456789"})
    decision = decide(knowledge, [volume, ec2_tag(resource_id="vol-0123456789")])

    assert bounds(decision, VOLUME) == (3, 3, True)


def test_a_tag_that_may_be_of_another_makes_the_class_unknown(
    knowledge: Knowledge,
) -> None:
    """A name that others may bear must not make an unlabelled resource public."""
    volume = resource(VOLUME, {"name": "commun"})
    decision = decide(
        knowledge, [volume, ec2_tag(value="public", resource_id="commun")]
    )

    assert bounds(decision, VOLUME) == (0, 6, True)


def test_a_tag_of_one_of_several_makes_all_unknown(knowledge: Knowledge) -> None:
    made = [resource(f"{VOLUME}[0]"), resource(f"{VOLUME}[1]"), ec2_tag(value="public")]
    references = [reads(TAG, "resource_id", VOLUME)]
    decision = decide(knowledge, made, references)

    assert bounds(decision, f"{VOLUME}[0]") == (0, 6, True)


def test_each_instance_has_its_own_tag(knowledge: Knowledge) -> None:
    made = [
        resource(f"{VOLUME}[0]"),
        resource(f"{VOLUME}[1]"),
        ec2_tag(f"{TAG}[0]", "public"),
        ec2_tag(f"{TAG}[1]", "sensitive"),
    ]
    reference = Reference(
        source=TAG, path="resource_id", target=VOLUME, pairs=((0, 0),)
    )
    decision = decide(knowledge, made, [reference])

    assert bounds(decision, f"{VOLUME}[0]") == (0, 0, True)
    assert bounds(decision, f"{VOLUME}[1]") == (3, 3, True)


def test_a_tag_of_something_else_is_none(knowledge: Knowledge) -> None:
    references = [reads(TAG, "resource_id", "aws_ebs_volume.gone")]
    decision = decide(knowledge, [resource(VOLUME), ec2_tag()], references)

    assert bounds(decision, VOLUME) == (0, 4, False)


def test_a_tag_of_unknown_value_is_a_label_of_unknown_value(
    knowledge: Knowledge,
) -> None:
    unknown = resource(TAG, {"key": KEY}, unknown={"value": True})
    references = [reads(TAG, "resource_id", VOLUME)]

    assert bounds(decide(knowledge, [resource(VOLUME), unknown], references), VOLUME) == (
        0, 6, True,
    )  # fmt: skip


def google(values: dict[str, str], *references: Reference) -> tuple[Any, Any]:
    made = [
        resource("google_storage_bucket.b", {"name": "numerisations"},
                 provider="hashicorp/google"),
        resource("google_tags_tag_binding.t", values, provider="hashicorp/google"),
        resource("google_tags_tag_value.v", {"short_name": "sensitive"},
                 provider="hashicorp/google"),
        resource("google_tags_tag_key.k", {"short_name": KEY},
                 provider="hashicorp/google"),
    ]  # fmt: skip
    return made, references


PARENT = "//storage.googleapis.com/projects/_/buckets/numerisations"
BINDING = "google_tags_tag_binding.t"


@pytest.mark.parametrize(
    ("values", "references", "expected"),
    [
        ({"tag_value": f"123/{KEY}/sensitive"}, (), (3, 3, True)),
        ({"tag_value": "123/owner/me"}, (), (0, 4, False)),
        ({"tag_value": "tagValues/281"}, (), (0, 6, True)),
        (
            {},
            (
                reads(BINDING, "tag_value", "google_tags_tag_value.v"),
                reads("google_tags_tag_value.v", "parent", "google_tags_tag_key.k"),
            ),
            (3, 3, True),
        ),
        (
            {},
            (reads(BINDING, "tag_value", "google_tags_tag_value.v"),),
            (0, 6, True),
        ),
    ],
)
def test_a_tag_of_google_is_named_by_its_path_or_by_reference(
    values: dict[str, str],
    references: tuple[Reference, ...],
    expected: tuple[int, int, bool],
    knowledge: Knowledge,
) -> None:
    made, found = google({"parent": PARENT, **values}, *references)

    assert bounds(decide(knowledge, made, found), "google_storage_bucket.b") == expected


def test_tags_may_stand_in_a_map_and_what_they_tag_in_a_list(
    knowledge: Knowledge,
) -> None:
    made = [
        resource("ovh_cloud_project_storage.s", {"name": "formulaires"},
                 provider="ovh/ovh"),
        resource("ovh_iam_resource_tags.t", {"tags": {KEY: "sensitive"}},
                 provider="ovh/ovh"),
        resource("snowflake_database.d", {"name": "DB"}, provider="snowflakedb/snowflake"),
        resource("snowflake_tag.t", {"name": "data_class"},
                 provider="snowflakedb/snowflake"),
        resource("snowflake_tag_association.a",
                 {"object_identifiers": ["DB"], "tag_value": "sensitive"},
                 provider="snowflakedb/snowflake"),
    ]  # fmt: skip
    references = [
        reads("ovh_iam_resource_tags.t", "urn", "ovh_cloud_project_storage.s", "urn"),
        reads("snowflake_tag_association.a", "tag_id", "snowflake_tag.t"),
        reads(
            "snowflake_tag_association.a", "object_identifiers", "snowflake_database.d"
        ),
    ]
    decision = decide(knowledge, made, references)

    assert bounds(decision, "ovh_cloud_project_storage.s") == (3, 3, True)
    assert bounds(decision, "snowflake_database.d") == (3, 3, True)


def test_what_sets_a_tag_is_not_what_it_tags(knowledge: Knowledge) -> None:
    """It names another, though by an attribute that names resources of other types."""
    setter = "ovh_iam_resource_tags.t"
    values = {"urn": "urn:v1:eu:resource:storage:s", "tags": {KEY: "sensitive"}}
    made = [
        resource(setter, values, provider="ovh/ovh"),
        resource("ovh_cloud_project_storage.s", {"urn": values["urn"]}, provider="ovh/ovh"),
    ]  # fmt: skip
    decision = decide(knowledge, made)

    assert bounds(decision, "ovh_cloud_project_storage.s") == (3, 3, True)
    assert not by_address(decision)[setter].judged
