"""What Heat makes of a template in a plan is judged like the rest of the plan."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from guardrail.assessment import Knowledge
from guardrail.assessment.inner.arguments import Arguments, Links
from guardrail.classification import UNSEEN
from guardrail.decision import Verdict
from guardrail.model import (
    ABSENT,
    Change,
    Evidence,
    Known,
    Origin,
    Reference,
    Resource,
    Stack,
    Unknown,
)
from guardrail.placement import Catalogue, Landing
from tests.unit.assessment.flowing import reads
from tests.unit.assessment.inner.made import (
    OPENSTACK,
    STACK,
    decision,
    elsewhere,
    judged,
    mapping,
    opened,
    source,
    stack,
    template,
    verdicts,
    volume,
)

DISK = f"{STACK}/disk"
SENSITIVE = 3
COPY = template("""
    parameters:
      from: {type: string, default: nothing}
      word: {type: string, default: none}
    resources:
      copy:
        type: OS::Cinder::Volume
        properties:
          size: 1
          source_volid: {get_param: from}
          description: {get_param: word}
          metadata: {data_class: public}
    outputs:
      copy: {value: {get_resource: copy}}
      through: {value: {get_param: from}}
    """)
FROM = "openstack_blockstorage_volume_v3.from"
UNKNOWN_FROM = {"parameters": {"from": True}}


def places(landings: tuple[Landing, ...]) -> list[tuple[str, str]]:
    return [
        (
            one.offer.value if isinstance(one.offer, Known) else "?",
            one.region.value if isinstance(one.region, Known) else "?",
        )
        for one in landings
    ]


def test_a_label_inside_counts_above_that_of_the_stack(knowledge: Knowledge) -> None:
    found = judged(knowledge, stack(volume("sensitive")))

    assert verdicts(found) == {STACK: "allow", DISK: "deny"}
    assert places(found[DISK].landings) == [("ovhcloud-public-cloud", "gra")]
    assert found[STACK].kind == "config"
    assert found[DISK].resource.outer == STACK


def test_the_label_of_the_stack_holds_for_what_has_none(knowledge: Knowledge) -> None:
    public = judged(knowledge, stack(volume()))
    sensitive = judged(knowledge, stack(volume(), tags=["data_class=sensitive"]))
    unlabelled = judged(knowledge, stack(volume(), tags=["data_categories=health"]))
    lower = judged(knowledge, stack(volume("public"), tags=["data_class=sensitive"]))

    assert public[DISK].verdict is Verdict.ALLOW
    assert sensitive[DISK].verdict is Verdict.DENY
    assert unlabelled[DISK].verdict is Verdict.REVIEW
    assert unlabelled[DISK].sensitivity.categories == {"health"}
    assert lower[DISK].verdict is Verdict.ALLOW
    [because] = public[DISK].sensitivity.because
    assert because.source == "outer"
    assert STACK in because.detail


def test_what_is_stated_of_the_stack_is_stated_of_its_parts(
    knowledge: Knowledge,
) -> None:
    text = volume()
    bare = stack(text, tags=[])

    assert judged(knowledge, bare)[DISK].verdict is Verdict.REVIEW
    mapped = judged(knowledge, bare, assignments=(mapping(STACK, 4),))
    assert mapped[DISK].verdict is Verdict.DENY
    own = judged(knowledge, bare, assignments=(mapping(STACK, 4), mapping(DISK, 0)))
    assert own[DISK].verdict is Verdict.ALLOW
    floors = (mapping(STACK, 4, "floor"),)
    floored = judged(knowledge, stack(volume("public")), floors=floors)
    assert floored[DISK].sensitivity.lowest == 4
    both = (mapping(DISK, 1, "floor"), *floors)
    assert judged(knowledge, stack(text), floors=both)[DISK].sensitivity.lowest == 4


def test_the_region_is_that_of_the_stack(knowledge: Knowledge) -> None:
    stated = judged(knowledge, stack(volume(), region="BHS5"))
    unknown = judged(knowledge, stack(volume(), unknown={"region": True}))
    computed = judged(
        knowledge,
        stack(volume(), unknown={"region": True}),
        shows={"arguments": {STACK: frozenset({"template_opts", "tags"})}},
    )

    assert places(stated[DISK].landings) == [("ovhcloud-public-cloud", "bhs")]
    assert places(unknown[DISK].landings)[0][1] == "?"
    assert places(computed[DISK].landings) == [("ovhcloud-public-cloud", "gra")]


def test_a_stack_inside_may_go_to_another_region(knowledge: Knowledge) -> None:
    text = (
        "heat_template_version: 2021-04-16\n"
        "resources:\n"
        "  far:\n"
        "    type: OS::Heat::Stack\n"
        "    properties:\n"
        "      context: {region_name: BHS5}\n"
        "      template: |\n"
        + "".join(f"        {line}\n" for line in volume("public").splitlines())
    )
    found = judged(knowledge, stack(text, region="GRA9"))

    assert places(found[f"{STACK}/far.disk"].landings) == [
        ("ovhcloud-public-cloud", "bhs")
    ]


def test_the_cloud_is_the_one_that_the_stack_goes_to(knowledge: Knowledge) -> None:
    overridden: dict[str, Any] = {
        "auth_url": Known("https://auth.cloud.ovh.net/v3", Evidence.CONSTANT, ""),
        "endpoint_overrides": [
            {"orchestration": Known("https://heat.example/v1", Evidence.CONSTANT, "")}
        ],
    }
    found = judged(knowledge, stack(volume()), settings=overridden)
    assert places(found[STACK].landings) == places(found[DISK].landings)
    assert places(found[DISK].landings)[0][0] == "?"

    doubted = judged(knowledge, elsewhere(stack(volume()), "evil.example"))
    assert not any(one.evidence.firm for one in doubted[DISK].landings)

    why = Unknown("nobody says which")
    nowhere = msgspec.structs.replace(stack(volume()), provider_configuration=why)
    lost = judged(knowledge, nowhere)
    assert places(lost[DISK].landings) == [("?", "?")]
    stated = msgspec.structs.replace(
        stack(volume(), region="BHS5"), provider_configuration=why
    )
    assert places(judged(knowledge, stated)[DISK].landings) == [("?", "?")]


def copied(knowledge: Knowledge, *labels: str, **more: Any) -> Any:
    """A stack that copies what a parameter names, and what it may name."""
    others = [source(f"from{n or ''}", label) for n, label in enumerate(labels)]
    references = [reads(STACK, "parameters", one.address) for one in others]
    return judged(
        knowledge,
        stack(COPY, parameters={}, unknown=UNKNOWN_FROM),
        *others,
        references=references,
        **more,
    )


def test_a_parameter_that_is_not_known_comes_from_what_it_refers_to(
    knowledge: Knowledge,
) -> None:
    alone = copied(knowledge, "sensitive")
    assert alone[f"{STACK}/copy"].verdict is Verdict.DENY
    assert alone[STACK].verdict is Verdict.ALLOW
    assert copied(knowledge, "public")[f"{STACK}/copy"].verdict is Verdict.ALLOW


def test_where_several_are_referred_to_it_may_be_any(knowledge: Knowledge) -> None:
    found = copied(knowledge, "public", "sensitive")

    assert found[f"{STACK}/copy"].verdict is Verdict.REVIEW
    assert found[f"{STACK}/copy"].sensitivity.highest == SENSITIVE


def test_where_nobody_shows_it_the_class_is_open(knowledge: Knowledge) -> None:
    nothing = judged(knowledge, stack(COPY, parameters={}, unknown=UNKNOWN_FROM))
    assert opened(nothing[f"{STACK}/copy"])
    hidden = {"unfollowed": {STACK: frozenset({"parameters"})}}
    mixed = copied(knowledge, "public", shows=hidden)
    assert opened(mixed[f"{STACK}/copy"])
    assert not opened(mixed[STACK])


def test_no_default_stands_in_for_what_is_not_known(knowledge: Knowledge) -> None:
    text = template("""
        parameters: {label: {type: string, default: public}}
        resources:
          disk:
            type: OS::Cinder::Volume
            properties: {size: 1, metadata: {data_class: {get_param: label}}}
        """)
    unknown = judged(knowledge, stack(text, unknown={"parameters": True}))
    default = judged(knowledge, stack(text))
    given = judged(knowledge, stack(text, parameters={"label": "sensitive"}))
    computed = judged(
        knowledge,
        stack(text, unknown={"parameters": True}),
        shows={"arguments": {STACK: frozenset({"template_opts"})}},
    )
    odd = judged(knowledge, stack(text, parameters=["a"]))

    assert unknown[DISK].sensitivity.highest == 6
    assert default[DISK].verdict is Verdict.ALLOW
    assert given[DISK].verdict is Verdict.DENY
    assert computed[DISK].verdict is Verdict.ALLOW
    assert odd[DISK].verdict is Verdict.ALLOW


def test_what_is_a_secret_outside_is_one_inside(knowledge: Knowledge) -> None:
    given = {"from": "", "word": "correct-horse"}
    one = stack(COPY, parameters=given, sensitive={"parameters": {"word": True}})
    found = decision(knowledge, one)
    copy = next(o for o in found.resources if o.resource.address == f"{STACK}/copy")

    part = copy.resource.attributes.pick(("description", "size"))
    assert part.hides("description")
    assert not part.hides("size")


def test_environments_and_files_are_read(knowledge: Knowledge) -> None:
    text = template("""
        parameters: {label: {type: string}}
        resources: {part: {type: part.yaml, properties: {label: {get_param: label}}}}
        """)
    part = template("""
        parameters: {label: {type: string}}
        resources:
          disk:
            type: OS::Cinder::Volume
            properties: {size: 1, metadata: {data_class: {get_param: label}}}
        """)
    files = {"Bin": text, "Files": {"part.yaml": part, "odd": 1}}
    found = judged(
        knowledge,
        stack(
            template_opts=files,
            environment_opts={"Bin": "parameters: {label: sensitive}"},
        ),
    )

    assert verdicts(found) == {STACK: "allow", f"{STACK}/part.disk": "deny"}
    odd = judged(knowledge, stack(volume(), environment_opts={"Bin": ["x"]}))
    assert verdicts(odd) == {STACK: "allow", DISK: "allow"}


DEEP = (
    '{"heat_template_version": "2021-04-16", "resources": {"disk": {"type": "X::Y", '
    f'"properties": {{"a": {"[" * 500 + "]" * 500}}}}}}}}}'
)
UNREAD: list[tuple[str, dict[str, Any], str]] = [
    ("an address", {"template_opts": {"URL": "https://x.example/t"}}, "does not read"),
    ("no YAML", {"text": "heat_template_version: {"}, "no template"),
    ("no template", {"text": "{}"}, "no template"),
    ("a version", {"text": "heat_template_version: 2099-01-01"}, "no template"),
    ("too deep", {"text": "heat_template_version: " + "[" * 9999}, "no template"),
    ("values too deep", {"text": DEEP}, "no template"),
    ("unknown", {"unknown": {"template_opts": True}}, "after the apply"),
    ("partly unknown", {"unknown": {"template_opts": {"Bin": True}}}, "after the"),
    (
        "secret",
        {"text": volume(), "sensitive": {"template_opts": {"Bin": True}}},
        "sensitive",
    ),
    (
        "secret environment",
        {
            "text": volume(),
            "environment_opts": {"Bin": "{}"},
            "sensitive": {"environment_opts": True},
        },
        "sensitive",
    ),
    (
        "unknown environment",
        {"text": volume(), "unknown": {"environment_opts": True}},
        "after the apply",
    ),
    (
        "environment elsewhere",
        {"text": volume(), "environment_opts": {"URL": "https://x.example/e"}},
        "does not read",
    ),
    (
        "odd environment",
        {"text": volume(), "environment_opts": {"Bin": "[]"}},
        "no template",
    ),
    (
        "nested",
        {"text": template("resources: {part: {type: part.yaml}}")},
        "part.yaml",
    ),
    ("an Ansible task", {"template": "app.yaml"}, "does not read"),
]


@pytest.mark.parametrize(("given", "why"), [one[1:] for one in UNREAD])
def test_what_is_not_read_is_open(
    knowledge: Knowledge, given: dict[str, Any], why: str
) -> None:
    found = judged(knowledge, stack(**given))[STACK]

    assert found.verdict is Verdict.REVIEW
    assert found.kind == "compute"
    assert any(why in one for one in opened(found)), opened(found)


def test_its_owner_says_what_it_holds(knowledge: Knowledge) -> None:
    given = stack(template_opts={"URL": "https://x.example/t"})
    argument = f"{STACK}.template_opts"

    cleared = judged(knowledge, given, assignments=(mapping(argument, 0),))
    assert cleared[STACK].verdict is Verdict.ALLOW
    higher = judged(knowledge, given, assignments=(mapping(argument, 4),))
    assert higher[STACK].verdict is Verdict.DENY


@pytest.mark.parametrize("change", [Change.NO_OP, Change.UPDATE, Change.DELETE])
def test_what_happens_to_the_stack_happens_inside(
    knowledge: Knowledge, change: Change
) -> None:
    text = template("""
        resources:
          disk:
            type: OS::Cinder::Volume
            properties: {size: 1, metadata: {data_class: sensitive}}
          there: {type: OS::Cinder::Volume, external_id: abc}
        """)
    given = stack(text)
    one = msgspec.structs.replace(given, change=change, actions=(change.value,))
    found = judged(knowledge, one)

    if change is Change.DELETE:
        assert list(found) == [STACK]
        return
    assert found[DISK].resource.change is change
    assert found[f"{STACK}/there"].resource.change is Change.NO_OP
    wanted = Verdict.ALLOW if change is Change.NO_OP else Verdict.DENY
    assert found[DISK].verdict is wanted


def each(key: str) -> Resource:
    return stack(COPY, address=f'{STACK}["{key}"]', parameters={}, unknown=UNKNOWN_FROM)


def test_instances_are_told_apart(knowledge: Knowledge) -> None:
    others = [source('from["a"]', "public"), source('from["b"]', "sensitive")]
    pairs = ((0, 0),)
    link = Reference(
        source=STACK, target=FROM, path="parameters", attribute="id", pairs=pairs
    )
    reader = source("reader", "public", source_vol_id="")
    unknown = msgspec.structs.replace(
        reader,
        attributes=source("x", "public").attributes.of(
            {"metadata": {"data_class": "public"}}, unknown={"source_vol_id": True}
        ),
    )
    output = Reference(
        source="openstack_blockstorage_volume_v3.reader",
        target=STACK,
        path="source_vol_id",
        attribute="outputs",
        fixed=((0, '["a"]'),),
    )
    found = judged(
        knowledge, each("a"), each("b"), *others, unknown, references=[link, output]
    )

    assert found[f'{STACK}["a"]/copy'].verdict is Verdict.ALLOW
    assert found[f'{STACK}["b"]/copy'].verdict is Verdict.DENY


def test_data_flows_inside_of_one_instance(knowledge: Knowledge) -> None:
    def pair(key: str, label: str) -> Resource:
        text = template(f"""
            resources:
              disk:
                type: OS::Cinder::Volume
                properties: {{size: 1, metadata: {{data_class: {label}}}}}
              copy:
                type: OS::Cinder::Volume
                properties: {{size: 1, source_volid: {{get_resource: disk}}}}
            """)
        return stack(text, address=f'{STACK}["{key}"]')

    found = judged(knowledge, pair("a/b", "public"), pair("b", "sensitive"))

    assert found[f'{STACK}["a/b"]/copy'].verdict is Verdict.ALLOW
    assert found[f'{STACK}["b"]/copy'].verdict is Verdict.DENY


def test_what_reads_an_output_reads_what_it_is_taken_from(
    knowledge: Knowledge,
) -> None:
    def read(text: str, attribute: str = "outputs") -> Any:
        reader = source("reader", "public")
        unknown = reader.attributes.of(
            {"metadata": {"data_class": "public"}}, unknown={"source_vol_id": True}
        )
        reader = msgspec.structs.replace(reader, attributes=unknown)
        link = reads(reader.configuration, "source_vol_id", STACK, attribute)
        return judged(knowledge, stack(text), reader, references=[link])[reader.address]

    text = volume("sensitive")
    one = text + "\noutputs: {disk: {value: {get_resource: disk}}}"
    two = template("""
        resources:
          disk:
            type: OS::Cinder::Volume
            properties: {size: 1, metadata: {data_class: sensitive}}
          other:
            type: OS::Cinder::Volume
            properties: {size: 1, metadata: {data_class: public}}
        outputs:
          disk: {value: {get_resource: disk}}
          other: {value: {get_resource: other}}
        """)

    assert read(one).verdict is Verdict.DENY
    assert read(two).verdict is Verdict.REVIEW
    assert read(one, "name").verdict is Verdict.ALLOW


def test_what_goes_through_a_stack_comes_from_where_it_came(
    knowledge: Knowledge,
) -> None:
    text = template("""
        parameters: {from: {type: string}}
        resources: {nothing: {type: OS::Heat::None}}
        outputs: {through: {value: {get_param: from}}}
        """)
    reader = source("reader", "public")
    unknown = reader.attributes.of(
        {"metadata": {"data_class": "public"}}, unknown={"source_vol_id": True}
    )
    reader = msgspec.structs.replace(reader, attributes=unknown)
    found = judged(
        knowledge,
        stack(text, parameters={}, unknown=UNKNOWN_FROM),
        source("from", "sensitive"),
        reader,
        references=[
            reads(STACK, "parameters", FROM),
            reads(reader.configuration, "source_vol_id", STACK, "outputs"),
        ],
    )

    assert found[reader.address].verdict is Verdict.DENY


def test_what_cannot_be_read_keeps_the_references_of_its_block(
    knowledge: Knowledge,
) -> None:
    broken = stack("{}", address=f'{STACK}["b"]', parameters={}, unknown=UNKNOWN_FROM)
    found = judged(
        knowledge,
        each("a"),
        broken,
        source("from", "sensitive"),
        references=[reads(STACK, "parameters", FROM)],
    )

    assert found[f'{STACK}["a"]'].sensitivity.highest == 6  # by its block
    assert found[f'{STACK}["b"]'].sensitivity.highest == 6


def test_what_is_inside_may_have_others_make_more(knowledge: Knowledge) -> None:
    text = template("""
        resources:
          flow: {type: OS::Mistral::Workflow, properties: {type: direct, definition: x}}
        """)
    found = judged(knowledge, stack(text))

    assert opened(found[f"{STACK}/flow"])
    assert found[f"{STACK}/flow"].verdict is Verdict.REVIEW


def test_a_type_of_somebodys_own_is_open_until_an_environment_says_what_it_is(
    knowledge: Knowledge,
) -> None:
    text = template("resources: {own: {type: 'Our::Own::Disk', properties: {size: 1}}}")
    registry = "resource_registry: {'Our::Own::Disk': 'OS::Cinder::Volume'}"

    bare = judged(knowledge, stack(text))
    told = judged(knowledge, stack(text, environment_opts={"Bin": registry}))
    stated = judged(
        knowledge, stack(text), assignments=(mapping(f"{STACK}/own.type", 0),)
    )

    assert opened(bare[f"{STACK}/own"])
    assert bare[f"{STACK}/own"].verdict is Verdict.REVIEW
    assert told[f"{STACK}/own"].verdict is Verdict.ALLOW
    assert stated[f"{STACK}/own"].verdict is Verdict.ALLOW


def test_nothing_is_set_where_no_argument_is_named() -> None:
    links = Links(
        Stack(origin=Origin(kind="", path="", sha256="", producer=""), resources=())
    )
    assert Arguments(stack(), links).at("") is ABSENT


def test_what_is_not_given_to_the_engine_still_flows(knowledge: Knowledge) -> None:
    topic = source("topic", "sensitive", id="4b3f5a0c-topic")
    given = stack(
        volume(),
        notification_topics=["4b3f5a0c-topic"],
        parameters={"unused": "4b3f5a0c-topic"},
    )
    links = [
        reads(STACK, "parameters", topic.address),
        reads(STACK, "notification_topics", topic.address),
    ]

    assert [
        (one.source, one.target, one.kind)
        for one in decision(knowledge, given, topic, references=links).flows
    ] == [(STACK, topic.address, "streams")]


def test_the_order_of_resources_changes_nothing(knowledge: Knowledge) -> None:
    costly = template(
        "resources: {many: {type: OS::Heat::ResourceGroup, properties: "
        "{count: 4999, resource_def: {type: OS::Heat::None, properties: "
        + "{a: ["
        + "0, " * 150
        + "0]}}}}}"
    )
    many = [
        stack(costly, address=f"openstack_orchestration_stack_v1.s{number}")
        for number in range(2)
    ]
    found = verdicts(judged(knowledge, *many))

    assert found == verdicts(judged(knowledge, *reversed(many)))
    assert set(found.values()) == {"allow", "review"}


def test_a_data_source_deploys_nothing(knowledge: Knowledge) -> None:
    given = stack(volume("sensitive"))
    read = msgspec.structs.replace(given, managed=False)
    assert list(judged(knowledge, read)) == [STACK]
    assert given.provider.endswith(OPENSTACK)


def test_a_mapping_of_an_argument_speaks_of_all_instances(knowledge: Knowledge) -> None:
    found = judged(knowledge, each("a"), each("b"))
    [step, *_more] = [
        step
        for step in found[f'{STACK}["a"]/copy'].sensitivity.because
        if step.source == UNSEEN
    ]
    argument = f"{STACK}[*]/copy.source_volid"
    assert argument in step.remedy
    settled = judged(
        knowledge, each("a"), each("b"), assignments=(mapping(argument, 0),)
    )
    assert not opened(settled[f'{STACK}["a"]/copy'])
    assert not opened(settled[f'{STACK}["b"]/copy'])


def test_one_that_is_read_and_one_that_is_not_are_read_apart(
    knowledge: Knowledge,
) -> None:
    registry = knowledge.catalogue.registry
    known = registry.providers[OPENSTACK]
    bare = msgspec.structs.replace(known, flows=())  # so nothing else tells them apart
    changed = msgspec.structs.replace(
        registry, providers={**registry.providers, OPENSTACK: bare}
    )
    without = msgspec.structs.replace(knowledge, catalogue=Catalogue(changed))
    found = judged(
        without,
        stack(volume(), address=f"{STACK}[0]"),
        stack("{}", address=f"{STACK}[1]"),
    )

    assert found[f"{STACK}[0]"].kind == "config"
    assert found[f"{STACK}[1]"].kind == "compute"
