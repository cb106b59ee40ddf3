from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from guardrail.assessment import Knowledge
from guardrail.decision import Verdict
from guardrail.model import Change, Known, Resource
from tests.unit.assessment.flowing import (
    by_address,
    decide,
    flows,
    labelled,
    reads,
    resource,
)

FILES = labelled("aws_s3_bucket.files", "sensitive")
COPY = resource("aws_s3_bucket.copy")
COPYING = "aws_s3_object_copy.all"


# Tables


def test_a_table_says_which_way_data_goes(knowledge: Knowledge) -> None:
    decision = decide(
        knowledge,
        [FILES, COPY, resource(COPYING)],
        [
            reads(COPYING, "source", "aws_s3_bucket.files"),
            reads(COPYING, "bucket", "aws_s3_bucket.copy"),
        ],
    )

    assert flows(decision) == {
        ("aws_s3_bucket.files", COPYING, "copies", True),
        (COPYING, "aws_s3_bucket.copy", "attaches", True),
    }
    assert decision.flows[0].because == "`bucket` of aws_s3_object_copy.all"
    assert by_address(decision)["aws_s3_bucket.copy"].verdict is Verdict.DENY


def test_one_expression_for_several_attributes_is_no_more_than_probable(
    knowledge: Knowledge,
) -> None:
    address = "aws_s3_bucket_replication_configuration.r"
    found = flows(
        decide(
            knowledge,
            [COPY, resource(address)],
            [reads(address, "rule.destination", "aws_s3_bucket.copy")],
        )
    )

    assert (address, "aws_s3_bucket.copy", "replicates", False) in found
    assert not any(certain for *_flow, certain in found)


def test_a_region_named_by_reference_is_no_resource(knowledge: Knowledge) -> None:
    address = "aws_ebs_snapshot_copy.c"
    made = [COPY, resource(address)]
    references = [reads(address, "source_region", "aws_s3_bucket.copy")]

    assert flows(decide(knowledge, made, references)) == set()


@pytest.mark.parametrize(
    "reference",
    [
        reads("aws_s3_bucket.gone", "source", "aws_s3_bucket.files"),
        reads("aws_s3_bucket.copy", "source", "aws_s3_bucket.gone"),
        reads("aws_s3_bucket.copy", "kms_key_id", "aws_s3_bucket.files"),
        reads("aws_s3_bucket.copy", "policy", "aws_s3_bucket.files"),
        reads("aws_subnet.s", "source", "aws_s3_bucket.files"),
        reads("aws_s3_bucket.copy", "source", "aws_subnet.s"),
    ],
)
def test_what_says_nothing_of_data_is_no_flow(
    reference: Any, knowledge: Knowledge
) -> None:
    made = [FILES, COPY, resource("aws_subnet.s")]

    assert flows(decide(knowledge, made, [reference])) == set()


def test_what_is_deleted_gives_and_takes_nothing(knowledge: Knowledge) -> None:
    gone = msgspec.structs.replace(FILES, change=Change.DELETE)
    references = [reads(COPYING, "source", "aws_s3_bucket.files")]
    decision = decide(knowledge, [gone, COPY, resource(COPYING)], references)

    assert decision.flows == ()
    assert len(decision.resources) == 3


def test_what_exists_gives_to_what_is_made(knowledge: Knowledge) -> None:
    still = msgspec.structs.replace(FILES, change=Change.NO_OP)
    references = [reads(COPYING, "source", "aws_s3_bucket.files")]
    decision = decide(knowledge, [still, resource(COPYING)], references)

    assert by_address(decision)[COPYING].verdict is Verdict.DENY


# Names of arguments


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("source", ("someone_bucket.b", "someone_thing.t", "copies")),
        ("restore_from.snapshot_id", ("someone_bucket.b", "someone_thing.t", "copies")),
        ("backup.target_id", ("someone_thing.t", "someone_bucket.b", "copies")),
        ("source_bucket", ("someone_bucket.b", "someone_thing.t", "copies")),
        ("subnet_id", None),
        ("resource", None),
    ],
)
def test_the_name_of_an_argument_may_speak_of_data(
    path: str, expected: tuple[str, str, str] | None, knowledge: Knowledge
) -> None:
    made = [
        resource("someone_thing.t", provider="some/someone"),
        resource("someone_bucket.b", provider="some/someone"),
    ]
    found = flows(
        decide(knowledge, made, [reads("someone_thing.t", path, "someone_bucket.b")])
    )

    assert found == ({(*expected, False)} if expected else set())


@pytest.mark.parametrize(
    ("attribute", "expected"), [("endpoint", True), ("arn", False)]
)
def test_who_computes_and_knows_an_address_may_read(
    attribute: str, expected: bool, knowledge: Knowledge
) -> None:
    made = [
        resource("aws_instance.s"),
        labelled("aws_db_instance.d", "sensitive"),
    ]
    path = "host_resource_group_arn"
    references = [reads("aws_instance.s", path, "aws_db_instance.d", attribute)]
    found = flows(decide(knowledge, made, references))

    assert found == (
        {("aws_db_instance.d", "aws_instance.s", "connects", False)}
        if expected
        else set()
    )


# Instances


def test_many_to_many_goes_through_one_place(knowledge: Knowledge) -> None:
    originals = [
        labelled(f"aws_s3_bucket.files[{n}]", "sensitive" if n == 7 else "public")
        for n in range(30)
    ]
    copies = [resource(f"{COPYING}[{n}]") for n in range(30)]
    references = [reads(COPYING, "source", "aws_s3_bucket.files")]
    decision = decide(knowledge, [*originals, *copies], references)

    assert len(decision.flows) == 60
    assert ("aws_s3_bucket.files[*]", f"{COPYING}[3]", "copies", True) in flows(
        decision
    )
    assert all(
        by_address(decision)[one.address].verdict is Verdict.DENY for one in copies
    )
    assert [
        step.detail
        for step in by_address(decision)[f"{COPYING}[3]"].sensitivity.chain
        if step.address
    ] == [
        "aws_s3_bucket.files[7]: label `tags.data_class`",
        "copied to aws_s3_bucket.files[*]",
        f"copied to {COPYING}[3]",
    ]


def test_many_go_out_to_many_through_one_place_too(knowledge: Knowledge) -> None:
    copying = "aws_s3_bucket_replication_configuration.r"
    to = "rule.destination.bucket"
    many = [labelled(f"{copying}[{n}]", "sensitive") for n in range(30)]
    buckets = [labelled(f"aws_s3_bucket.b[{n}]", "public") for n in range(30)]
    decision = decide(
        knowledge, [*many, *buckets], [reads(copying, to, "aws_s3_bucket.b")]
    )

    assert len(decision.flows) == 60
    assert by_address(decision)["aws_s3_bucket.b[4]"].verdict is Verdict.DENY


def test_a_data_source_gets_what_it_reads(knowledge: Knowledge) -> None:
    """Where a resource of its type would give its own."""
    name = "data.aws_s3_object.o"
    read = msgspec.structs.replace(
        resource("aws_s3_object.o"), address=name, configuration=name, managed=False
    )
    bucket = labelled("aws_s3_bucket.b", "sensitive")
    copy = labelled("aws_s3_object.copy", "public")
    decision = decide(
        knowledge,
        [bucket, read, copy],
        [
            reads(name, "bucket", bucket.address),
            reads(copy.address, "content", name, "body"),
        ],
    )

    assert (bucket.address, name, "attaches", True) in flows(decision)
    assert by_address(decision)[copy.address].verdict is Verdict.REVIEW


# Values


@pytest.mark.parametrize(
    ("copy", "value", "certain"),
    [
        ({"bucket": "secours"}, "arn:aws:s3:::secours", True),
        ({"bucket": "secours"}, "secours", True),
        ({"id": "secours-0001", "arn": "arn:x:1"}, "arn:x:1", True),
        ({"bucket_domain_name": "h.example"}, "https://h.example/x", True),
        ({"id": "vol-00000000", "bucket": "x"}, "arn:a:b:c/vol-00000000", True),
        ({"bucket": "a&b"}, "a&b", True),
        ({"bucket": "secours"}, "s3://autre", None),
        ({"bucket": "secours"}, "arn:aws:s3:::secours2", None),
        ({"id": "x"}, "arn:x:y", None),
        ({"bucket": ""}, "x", None),
    ],
)
def test_a_value_may_name_a_resource(
    copy: dict[str, str], value: str, certain: bool | None, knowledge: Knowledge
) -> None:
    made = [
        resource("aws_s3_bucket.copy", copy),
        resource(COPYING, {"bucket": value}),
    ]
    found = flows(decide(knowledge, made))

    assert found == (
        set()
        if certain is None
        else {(COPYING, "aws_s3_bucket.copy", "attaches", certain)}
    )


def test_a_name_of_another_type_or_provider_is_no_more_than_probable(
    knowledge: Knowledge,
) -> None:
    made = [
        resource("aws_sqs_queue.q", {"name": "secours"}),
        resource("scaleway_object_bucket.b", {"name": "secours"},
                 provider="scaleway/scaleway"),
        resource(COPYING, {"bucket": "secours"}),
    ]  # fmt: skip
    found = flows(decide(knowledge, made))

    assert found == {
        (COPYING, "aws_sqs_queue.q", "attaches", False),
        (COPYING, "scaleway_object_bucket.b", "attaches", False),
    }


def test_a_reference_counts_before_a_value(knowledge: Knowledge) -> None:
    made = [
        resource("aws_s3_bucket.one", {"bucket": "un"}),
        resource("aws_s3_bucket.two", {"bucket": "deux"}),
        resource(COPYING, {"bucket": "deux"}),
    ]
    references = [reads(COPYING, "bucket", "aws_s3_bucket.one")]

    assert flows(decide(knowledge, made, references)) == {
        (COPYING, "aws_s3_bucket.one", "attaches", True)
    }


def test_a_value_goes_through_lists_and_blocks(knowledge: Knowledge) -> None:
    replication = {
        "rule": [{"destination": [{"bucket": "arn:aws:s3:::secours"}]}, {}, 3]
    }
    made = [
        resource("aws_s3_bucket.copy", {"bucket": "secours"}),
        resource("aws_s3_bucket_replication_configuration.r", replication),
    ]

    assert flows(decide(knowledge, made)) == {
        ("aws_s3_bucket_replication_configuration.r", "aws_s3_bucket.copy",
         "replicates", True)
    }  # fmt: skip


def test_a_value_that_is_not_known_names_nothing(knowledge: Knowledge) -> None:
    made: list[Resource] = [
        resource("aws_s3_bucket.copy", {"bucket": "secours"}),
        resource(COPYING, {}, unknown={"bucket": True}),
    ]

    assert flows(decide(knowledge, made)) == set()


# What is judged


def test_what_data_passes_through_is_judged(knowledge: Knowledge) -> None:
    attachment = "aws_volume_attachment.a"
    volume = labelled("aws_ebs_volume.v", "sensitive")
    made = [volume, resource(attachment), resource("aws_instance.i")]
    references = [
        reads(attachment, "volume_id", "aws_ebs_volume.v"),
        reads(attachment, "instance_id", "aws_instance.i"),
    ]
    before = by_address(decide(knowledge, made))
    after = by_address(decide(knowledge, made, references))

    assert not before[attachment].judged
    assert after[attachment].judged
    assert after[attachment].verdict is Verdict.DENY
    assert not after[attachment].sensitivity.because


def test_what_nothing_labelled_passes_through_is_not(knowledge: Knowledge) -> None:
    attachment = "aws_volume_attachment.a"
    made = [resource("aws_ebs_volume.v"), resource(attachment)]
    found = by_address(
        decide(knowledge, made, [reads(attachment, "volume_id", "aws_ebs_volume.v")])
    )

    assert not found[attachment].judged
    assert found[attachment].sensitivity.trail is None


def test_what_only_passes_data_on_is_never_judged_less_strictly(
    knowledge: Knowledge,
) -> None:
    cdn = "aws_cloudfront_distribution.d"
    references = [reads(cdn, "origin.domain_name", "aws_s3_bucket.site")]
    site = resource(
        "aws_s3_bucket.site",
        {"tags": {"data_class": "public", "data_categories": "health"}},
    )
    found = by_address(decide(knowledge, [site, resource(cdn)], references))[cdn]

    assert (found.sensitivity.lowest, found.sensitivity.highest) == (0, 4)
    assert found.sensitivity.categories == {"health"}
    assert found.sensitivity.because[0].source == "absent"


def test_an_unlabelled_helper_makes_nothing_unknown(knowledge: Knowledge) -> None:
    """A transfer holds nothing, so it may hold nothing that raises its source."""
    location = "aws_datasync_location_s3.l"
    files = labelled("aws_s3_bucket.files", "internal")
    references = [reads(location, "s3_bucket_arn", "aws_s3_bucket.files")]
    found = by_address(decide(knowledge, [files, resource(location)], references))

    assert found["aws_s3_bucket.files"].sensitivity.known


def test_the_order_of_the_input_changes_nothing(knowledge: Knowledge) -> None:
    made = [FILES, COPY, resource(COPYING), labelled("aws_s3_bucket.more", "sensitive")]
    references = [
        reads(COPYING, "source", "aws_s3_bucket.files"),
        reads(COPYING, "source", "aws_s3_bucket.more"),
        reads(COPYING, "bucket", "aws_s3_bucket.copy"),
    ]
    one = decide(knowledge, made, references)
    other = decide(knowledge, made[::-1], references[::-1])

    assert one.flows == other.flows
    assert [found.sensitivity.chain for found in one.resources] == [
        found.sensitivity.chain for found in other.resources
    ]


def test_a_key_gets_none_of_the_data_and_says_where_it_goes(
    knowledge: Knowledge,
) -> None:
    at = "rule.destination.encryption_configuration.replica_kms_key_id"
    key = "arn:aws:kms:us-east-1:000000000000:key/mine"
    encrypted = [
        {"destination": [{"encryption_configuration": [{"replica_kms_key_id": key}]}]}
    ]
    copying = "aws_s3_bucket_replication_configuration.c"
    made = [
        resource("aws_kms_key.k", {"arn": key}),
        resource(copying, {"rule": encrypted}),
    ]
    decision = decide(knowledge, made)
    referred = decide(knowledge, made, [reads(copying, at, "aws_kms_key.k", "arn")])

    assert flows(decision) == flows(referred) == set()
    (_own, replica) = by_address(decision)[copying].landings
    assert replica.role == "replica"
    assert isinstance(replica.region, Known)
    assert replica.region.value == "us-east-1"


def test_what_bears_a_tag_is_backed_up_wherever_it_is(knowledge: Knowledge) -> None:
    """Of the types that are, in the stack or not; a tag that nobody knows is any."""
    selecting = "aws_dlm_lifecycle_policy"

    def selection(
        name: str, tags: object = None, *, unknown: object = None
    ) -> Resource:
        details = {"policy_details": [{"target_tags": tags}]} if tags else {}
        values = {"tags": {"data_class": "public"}} | details
        return resource(f"{selecting}.{name}", values, unknown=unknown)

    tags = {"data_class": "sensitive", "backup": "daily"}
    hidden = {"policy_details": [{"target_tags": {"backup": True}}]}
    made = [
        selection("none"),
        selection("daily", {"backup": "daily"}),
        selection("weekly", {"backup": "weekly"}),
        selection("unknown", {"other": "x"}, unknown=hidden),
        resource("aws_ebs_volume.borne", {"tags": tags}),
        resource("aws_ebs_volume.open", {"tags": {"a": "b"}}, unknown={"tags": True}),
        resource("aws_sqs_queue.other", {"tags": tags}),
        resource("thing.other", {"tags": tags}, provider="nobody/thing"),
    ]
    decision = decide(knowledge, made)

    assert flows(decision) == {
        ("aws_ebs_volume.borne", f"{selecting}.daily", "backs-up", True)
    }
    assert {
        name: by_address(decision)[f"{selecting}.{name}"].verdict
        for name in ("none", "daily", "weekly", "unknown")
    } == {
        "none": Verdict.ALLOW,
        "daily": Verdict.DENY,
        "weekly": Verdict.REVIEW,
        "unknown": Verdict.REVIEW,
    }


def test_a_block_of_key_and_value_selects_too(knowledge: Knowledge) -> None:
    one = resource(
        "aws_backup_selection.s", {"selection_tag": [{"key": "a", "value": "b"}]}
    )
    borne = resource("aws_db_instance.d", {"tags": {"a": "b"}})

    assert flows(decide(knowledge, [one, borne])) == {
        ("aws_db_instance.d", "aws_backup_selection.s", "backs-up", True)
    }


# Words in maps, definitions and scripts

DATABASE = resource(
    "aws_db_instance.register",
    {
        "address": "registre.abc.eu-west-3.rds.amazonaws.com",
        "identifier": "registre-national",
        "tags": {"data_class": "sensitive"},
    },
)
HOST = "registre.abc.eu-west-3.rds.amazonaws.com"


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_lambda_function.f", {"environment": [{"variables": {"HOST": HOST}}]}),
        (
            "aws_lambda_function.f",
            {"environment": [{"variables": {"URL": f"postgres://u:p@{HOST}:5432/x"}}]},
        ),
        (
            "aws_lambda_function.f",  # the key says what the name is of
            {"environment": [{"variables": {"DB_NAME": "registre-national"}}]},
        ),
        (
            "aws_ecs_task_definition.f",
            {
                "container_definitions": json.dumps(
                    [{"environment": [{"name": "HOST", "value": HOST}]}]
                )
            },
        ),
        ("aws_instance.f", {"user_data": f"#!/bin/sh\nexport HOST='{HOST}'\n"}),
        (
            "helm_release.f",
            {"values": [f"database:\n  host: {HOST}\n  port: 5432\n"]},
        ),
    ],
)
def test_who_computes_and_has_an_address_written_down_may_read(
    address: str, values: dict[str, Any], knowledge: Knowledge
) -> None:
    provider = "hashicorp/helm" if address.startswith("helm") else "hashicorp/aws"
    found = decide(knowledge, [DATABASE, resource(address, values, provider=provider)])

    assert ("aws_db_instance.register", address, "connects", False) in flows(found)
    assert all(not certain for *_flow, certain in flows(found))
    assert by_address(found)[address].verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    "said",
    [
        {"STAGE": "registre-national"},  # a name by chance
        {"HOST": "registre"},
        {"HOST": f"{HOST}.example.org"},
        {"HOST": 5},
        {},
    ],
)
def test_other_words_name_nothing(said: dict[str, Any], knowledge: Knowledge) -> None:
    values = {"environment": [{"variables": said}]}
    found = decide(knowledge, [DATABASE, resource("aws_lambda_function.f", values)])

    assert flows(found) == set()


def test_what_is_written_down_beside_a_reference_is_found_too(
    knowledge: Knowledge,
) -> None:
    function = resource(
        "aws_lambda_function.f", {"environment": [{"variables": {"HOST": HOST}}]}
    )
    link = reads("aws_lambda_function.f", "environment.variables", "aws_s3_bucket.copy")
    found = flows(decide(knowledge, [DATABASE, COPY, function], [link]))

    assert {source for source, target, *_ in found if target == function.address} == {
        "aws_db_instance.register",
        "aws_s3_bucket.copy",
    }
