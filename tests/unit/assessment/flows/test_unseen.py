"""What is not shown of where data comes from opens the class; what is shown does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from guardrail.assessment import Assignment, Knowledge
from guardrail.classification import UNSEEN, Declaration
from guardrail.decision import Judged, Verdict
from guardrail.model import Attributes, Reference, Resource
from tests.unit.assessment.flowing import by_address, decide, labelled, reads, resource

OWN = labelled("aws_ebs_snapshot.own", "public")
COPY = "aws_ebs_volume.copy"
AT = "snapshot_id"


def copy(
    value: str = "", *, unknown: object = None, address: str = COPY, path: str = AT
) -> Resource:
    values = {"tags": {"data_class": "public"}} | ({path: value} if value else {})
    return resource(address, values, unknown=unknown)


UNKNOWN = copy(unknown={AT: True})
HIDDEN = {COPY: frozenset({AT})}


def judged(
    knowledge: Knowledge,
    one: Resource = UNKNOWN,
    references: Sequence[Reference] = (),
    others: Sequence[Resource] = (OWN,),
    *,
    arguments: Mapping[str, frozenset[str]] | None = None,
    unfollowed: Mapping[str, frozenset[str]] | None = None,
) -> Judged:
    more: dict[str, Any] = {
        "arguments": arguments or {},
        "unfollowed": unfollowed or {},
    }
    decision = decide(knowledge, [one, *others], references, shows=more)
    return by_address(decision)[one.address]


def opened(found: Judged) -> bool:
    steps = [step for step in found.sensitivity.because if step.source == UNSEEN]
    if steps:
        assert found.verdict is Verdict.REVIEW
        assert found.sensitivity.highest == 6
        assert found.sensitivity.any_category
        assert all(step.remedy for step in steps)
    return bool(steps)


def test_what_nobody_knows_may_be_anything(knowledge: Knowledge) -> None:
    assert opened(judged(knowledge))
    assert opened(judged(knowledge, arguments={COPY: frozenset({AT})}))


def test_what_no_code_sets_is_the_provider_s_to_choose(knowledge: Knowledge) -> None:
    assert not opened(judged(knowledge, arguments={COPY: frozenset({"size"})}))
    computed = judged(knowledge, copy("snap-1"), arguments={COPY: frozenset({"size"})})
    assert not opened(computed)


def test_a_reference_shows_where_it_comes_from(knowledge: Knowledge) -> None:
    shown = [reads(COPY, AT, "aws_ebs_snapshot.own")]

    assert not opened(judged(knowledge, references=shown))
    assert opened(judged(knowledge, references=shown, unfollowed=HIDDEN))
    assert not opened(
        judged(knowledge, references=shown, unfollowed={COPY: frozenset({"size"})})
    )


def test_a_reference_to_nothing_shows_nothing(knowledge: Knowledge) -> None:
    assert opened(
        judged(knowledge, references=[reads(COPY, AT, "aws_ebs_snapshot.no")])
    )


def test_what_hands_on_a_value_hides_its_origin(knowledge: Knowledge) -> None:
    through = msgspec.structs.replace(
        resource("terraform_data.t"), provider="terraform.io/builtin/terraform"
    )
    references = [
        reads(COPY, AT, "terraform_data.t", "output"),
        reads(COPY, AT, "aws_ebs_snapshot.own"),
    ]

    assert opened(judged(knowledge, references=references[:1], others=[through]))
    assert opened(judged(knowledge, references=references, others=[through, OWN]))


def test_what_hands_on_a_value_is_no_place_that_data_goes_to(
    knowledge: Knowledge,
) -> None:
    """A copy that goes where it says does not show what else it hands on."""
    through = msgspec.structs.replace(
        resource("terraform_data.t"), provider="terraform.io/builtin/terraform"
    )
    copying = "aws_s3_bucket_replication_configuration.r"
    references = [
        reads(COPY, AT, through.address, "output"),
        reads(copying, "rule.destination.bucket", through.address, "output"),
    ]
    others = [through, labelled(copying, "public")]

    assert opened(judged(knowledge, references=references, others=others))


def data_source(address: str) -> Resource:
    return msgspec.structs.replace(
        resource(address.removeprefix("data.")),
        address=address,
        configuration=address,
        managed=False,
    )


def test_what_a_data_source_finds_is_elsewhere(knowledge: Knowledge) -> None:
    name = "data.aws_ebs_snapshot.last"
    last = data_source(name)
    link, fed = reads(COPY, AT, name), reads(name, "volume_id", "aws_ebs_volume.own")
    own = labelled("aws_ebs_volume.own", "public")

    assert opened(judged(knowledge, references=[link], others=[]))
    assert opened(judged(knowledge, references=[link], others=[last]))
    assert not opened(judged(knowledge, references=[link, fed], others=[last, own]))


def test_a_known_value_is_of_the_stack_or_not(knowledge: Knowledge) -> None:
    own = resource(
        "aws_ebs_snapshot.own",
        {"id": "snap-0123456789", "tags": {"data_class": "public"}},
    )

    assert not opened(judged(knowledge, copy("snap-0123456789"), others=[own]))
    assert opened(judged(knowledge, copy("snap-9876543210"), others=[own]))


def test_a_known_value_may_hold_what_it_refers_to(knowledge: Knowledge) -> None:
    own = resource(
        "aws_ebs_snapshot.own", {"tags": {"data_class": "public"}, "called": "mine"}
    )
    link = reads(COPY, AT, "aws_ebs_snapshot.own", "called")
    other = reads(COPY, AT, "aws_ebs_snapshot.own", "arn")

    assert not opened(judged(knowledge, copy("snap-mine"), [link], [own]))
    assert opened(judged(knowledge, copy("snap-other"), [link], [own]))
    assert opened(judged(knowledge, copy("snap-mine"), [other], [own]))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("aws_instance.i", "ami"),  # published for everybody
        ("aws_volume_attachment.a", "volume_id"),  # where it is already
        ("aws_dms_endpoint.e", "server_name"),  # data may go there just as well
        ("aws_api_gateway_integration.a", "uri"),  # served from where it is
        ("aws_db_instance.d", "kms_key_id"),  # no data at all
    ],
)
def test_other_known_values_bring_nothing(
    address: str, path: str, knowledge: Knowledge
) -> None:
    assert not opened(judged(knowledge, copy("x-1", address=address, path=path)))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("aws_lambda_event_source_mapping.m", "event_source_arn"),
        ("aws_cloudwatch_log_subscription_filter.f", "log_group_name"),
        ("aws_docdb_cluster.c", "global_cluster_identifier"),
    ],
)
def test_streams_and_logs_of_elsewhere_bring_what_is_in_them(
    address: str, path: str, knowledge: Knowledge
) -> None:
    assert opened(judged(knowledge, copy("x-1", address=address, path=path)))


def test_what_may_be_either_end_is_the_source_of_what_takes_from_it(
    knowledge: Knowledge,
) -> None:
    end = copy("db.example.org", address="aws_dms_endpoint.e", path="server_name")
    task = labelled("aws_dms_replication_task.t", "public")
    source, target = (
        reads(task.address, f"{which}_endpoint_arn", end.address, "endpoint_arn")
        for which in ("source", "target")
    )

    assert opened(judged(knowledge, end, [source], [task]))
    assert not opened(judged(knowledge, end, [target], [task]))


def test_an_address_beside_what_is_there_brings_nothing_more(
    knowledge: Knowledge,
) -> None:
    """The host of a storage service, and a bucket that is of the stack."""
    place = "aws_datasync_location_object_storage.from"
    task = labelled("aws_datasync_task.t", "public")
    others = [task, labelled("aws_s3_bucket.b", "public")]
    tags = {"data_class": "public"}
    end = resource(
        place,
        {"server_hostname": "s3.example.org", "tags": tags},
        unknown={"bucket_name": True},
    )
    taken = reads(task.address, "source_location_arn", place, "arn")
    shown = reads(place, "bucket_name", "aws_s3_bucket.b")

    assert not opened(judged(knowledge, end, [taken, shown], others))
    assert opened(judged(knowledge, end, [taken], others))
    alone = copy("s3.example.org", address=place, path="server_hostname")
    assert opened(judged(knowledge, alone, [taken], others))
    hidden = {"bucket_name": True, "server_hostname": True}
    unknown = resource(place, {"tags": tags}, unknown=hidden)
    assert opened(judged(knowledge, unknown, [taken, shown], others))


def test_a_cache_in_front_of_elsewhere_holds_what_it_serves(
    knowledge: Knowledge,
) -> None:
    values = {"origin": [{"domain_name": "intranet.example.org"}]}
    cdn = resource("aws_cloudfront_distribution.c", values)

    assert opened(judged(knowledge, cdn))


def test_an_account_gives_the_data_of_all_that_is_in_it(knowledge: Knowledge) -> None:
    sink = resource("google_logging_project_sink.s", provider="hashicorp/google")
    found = judged(knowledge, sink)

    assert opened(found)
    assert [str(step.detail) for step in found.sensitivity.because][1:] == [
        "it takes in all that `project` stands for, of the stack or not"
    ]


@pytest.mark.parametrize(
    ("address", "path", "expected"),
    [
        ("aws_instance.i", "ami", True),
        ("aws_volume_attachment.a", "volume_id", True),
        ("aws_lambda_event_source_mapping.m", "event_source_arn", True),
        ("aws_instance.i", "user_data", False),  # only probable
        ("aws_s3_bucket_logging.l", "target_bucket", False),  # goes out
    ],
)
def test_other_unknown_values_may_bring_something(
    address: str, path: str, *, expected: bool, knowledge: Knowledge
) -> None:
    one = copy(address=address, unknown={path: True})

    assert opened(judged(knowledge, one)) is expected


def test_a_block_may_be_dynamic_and_leave_no_trace(knowledge: Knowledge) -> None:
    """Where the provider may fill the block itself, what it is as a whole is nobody's."""
    size = {
        "aws_db_instance.d": frozenset({"size"}),
        "aws_instance.i": frozenset({"ami"}),
    }
    restored = "restore_to_point_in_time"
    database = copy(address="aws_db_instance.d", unknown={restored: True})
    instance = copy(address="aws_instance.i", unknown={"ebs_block_device": True})
    inside = {"ebs_block_device": [{AT: True}]}
    partly = copy(address="aws_instance.i", unknown=inside)
    written = {"aws_instance.i": frozenset({"ebs_block_device.device_name"})}

    assert opened(judged(knowledge, database, arguments=size))
    assert not opened(judged(knowledge, instance, arguments=size))
    assert opened(judged(knowledge, partly, arguments=size))
    assert not opened(judged(knowledge, partly, arguments=written))


def test_more_blocks_than_are_written_may_say_anything(knowledge: Knowledge) -> None:
    """A `dynamic` block beside a written one leaves no trace either."""
    one, two = [{AT: "snap-1"}], [{"size": 1}, {AT: "snap-1"}]
    written = {"aws_instance.i": frozenset({"ebs_block_device.size"})}

    def found(blocks: object, count: int) -> Judged:
        values = {"ebs_block_device": blocks, "tags": {"data_class": "public"}}
        server = resource("aws_instance.i", values)
        shows = {
            "arguments": written,
            "blocks": {"aws_instance.i": {"ebs_block_device": count}},
        }
        decision = decide(knowledge, [server], shows=shows)
        return by_address(decision)["aws_instance.i"]

    assert not opened(found(one, 1))
    assert opened(found(two, 1))
    assert not opened(found(two, 2))


def test_it_goes_on_from_there(knowledge: Knowledge) -> None:
    """And the chain says where it began."""
    onward = labelled("aws_ebs_snapshot.onward", "public")
    decision = decide(
        knowledge,
        [UNKNOWN, onward],
        [reads("aws_ebs_snapshot.onward", "volume_id", COPY)],
    )
    found = by_address(decision)["aws_ebs_snapshot.onward"]

    assert found.verdict is Verdict.REVIEW
    assert [step.detail for step in found.sensitivity.chain][1:] == [
        f"{COPY}: label `tags.data_class`",
        f"{COPY}: where `snapshot_id` takes its data from is not known",
        "backed up to aws_ebs_snapshot.onward",
    ]


def test_what_passes_data_on_is_opened_too(knowledge: Knowledge) -> None:
    """A distribution in front of nobody knows what; it was judged before."""
    cdn = resource(
        "aws_cloudfront_distribution.c",
        unknown={"origin": [{"domain_name": True}]},
    )
    found = judged(knowledge, cdn)

    assert opened(found)
    assert found.sensitivity.because[0].source == "absent"


@pytest.mark.parametrize(
    ("address", "class_", "verdict"),
    [
        (f"{COPY}.{AT}", "public", Verdict.ALLOW),
        (f"{COPY}.{AT}", "sensitive", Verdict.DENY),
        (f"{COPY}*", "public", Verdict.REVIEW),
    ],
)
def test_the_owner_says_what_comes_in(
    address: str, class_: str, verdict: Verdict, knowledge: Knowledge
) -> None:
    rank = knowledge.lexicon.ranks[class_]
    declared = Declaration(source="mapping", detail="stated", rank=rank)
    stated = Assignment(addresses=(address,), declaration=declared)
    decision = decide(knowledge, [UNKNOWN], assignments=(stated,))

    assert by_address(decision)[COPY].verdict is verdict


def test_copies_of_one_kind_are_looked_up_once(knowledge: Knowledge) -> None:
    own = resource(
        "aws_ebs_snapshot.own", {"tags": {"data_class": "public"}, "called": "mine"}
    )
    copies = [
        copy(value, address=f'{COPY}["{value}"]') for value in ("snap-mine", "no")
    ]
    link = reads(COPY, AT, "aws_ebs_snapshot.own", "called")
    found = by_address(decide(knowledge, [*copies, own], [link]))

    assert [opened(found[one.address]) for one in copies] == [False, True]


def test_the_class_of_the_stack_says_nothing_of_what_is_elsewhere(
    knowledge: Knowledge,
) -> None:
    name = "data.aws_ebs_snapshot.last"
    found = msgspec.structs.replace(
        data_source(name), attributes=Attributes.of({"id": "snap-0123456789"})
    )
    public = Declaration(source="stack", detail="stated", rank=0)
    decision = decide(
        knowledge,
        [copy("snap-0123456789"), found],
        [reads(COPY, AT, name)],
        stack=public,
    )

    assert opened(by_address(decision)[COPY])


def test_instances_of_one_block_are_told_one_way_out(knowledge: Knowledge) -> None:
    """So that they are judged together."""
    copies = [copy(unknown={AT: True}, address=f'{COPY}["{key}"]') for key in "ab"]
    found = by_address(decide(knowledge, copies))
    remedies = {one.sensitivity.because[-1].remedy for one in found.values()}

    assert len(remedies) == 1
    assert f"{COPY}[*].{AT}" in remedies.pop()
