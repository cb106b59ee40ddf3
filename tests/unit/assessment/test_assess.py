from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.assessment import Assignment, Circumstances, Knowledge, assess
from guardrail.classification import Declaration, Lexicon
from guardrail.decision import Decision, Effect, Judged, Verdict
from guardrail.library import Library
from guardrail.model import Attributes, Change, Gap, Known, Reference, Resource, Unknown
from guardrail.placement import Catalogue
from guardrail.placement.providers import Flow
from tests.properties.strategies import DESTINATIONS, resource, stack

DAY = date(2026, 11, 22)
SENSITIVE = {"data_class": "sensitive"}
STATE = Circumstances(as_of=DAY, body=Known("state"))


def decide(knowledge: Knowledge, *resources: Resource, **stated: Any) -> Decision:
    around = msgspec.structs.replace(STATE, **stated)
    return assess(stack(list(resources)), knowledge, around)


def only(decision: Decision) -> Judged:
    (one,) = decision.resources
    return one


def stated(
    lexicon: Lexicon, class_: str, glob: str = "*", *, services: tuple[str, ...] = ()
) -> Assignment:
    declaration = Declaration(
        source="mapping", detail="stated", rank=lexicon.ranks[class_]
    )
    return Assignment(addresses=(glob,), declaration=declaration, services=services)


# What is judged


@pytest.mark.parametrize(
    ("change", "verdict", "existing"),
    [
        (Change.CREATE, Verdict.DENY, False),
        (Change.UPDATE, Verdict.DENY, False),
        (Change.REPLACE, Verdict.DENY, False),
        (Change.IMPORT, Verdict.DENY, False),
        (Change.READ, Verdict.DENY, False),
        (Change.NO_OP, Verdict.ALLOW, True),
        (Change.DELETE, Verdict.ALLOW, False),
        (Change.FORGET, Verdict.ALLOW, False),
    ],
)
def test_what_a_change_makes_of_sensitive_data_on_a_bad_offer(
    change: Change, verdict: Verdict, existing: bool, knowledge: Knowledge
) -> None:
    decision = decide(knowledge, resource("a", "aws", SENSITIVE, change))

    assert decision.verdict is verdict
    assert only(decision).existing is existing


def test_what_exists_is_reported_and_blocks_where_it_is_enforced(
    knowledge: Knowledge,
) -> None:
    still = resource("a", "aws", SENSITIVE, Change.NO_OP)
    reported = decide(knowledge, still)
    enforced = decide(knowledge, still, enforce_existing=True)

    assert {finding.effect for finding in reported.findings} == {Effect.NOTICE}
    assert enforced.verdict is Verdict.DENY


def test_a_forgotten_resource_is_told(knowledge: Knowledge) -> None:
    decision = decide(knowledge, resource("a", "aws", SENSITIVE, Change.FORGET))

    assert [note.id for note in decision.notes] == ["forgotten"]
    assert "aws_s3_bucket.a" in decision.notes[0].message


def test_a_note_that_blocks_makes_it_a_review(knowledge: Knowledge) -> None:
    gap = Gap(id="incomplete", message="left out", blocks=True)
    decision = decide(knowledge, resource("a", "cloudgouv", SENSITIVE), notes=(gap,))

    assert decision.verdict is Verdict.REVIEW


def test_an_empty_stack_is_allowed(knowledge: Knowledge) -> None:
    assert decide(knowledge).verdict is Verdict.ALLOW


def test_a_body_that_is_not_stated_is_told_as_none(knowledge: Knowledge) -> None:
    assert decide(knowledge, body=Unknown("?")).body is None
    assert decide(knowledge).body == "state"


# Kinds


def of_type(type_: str, destination: str, tags: Mapping[str, str]) -> Resource:
    made = resource("a", destination, tags)
    return msgspec.structs.replace(
        made, type=type_, address=f"{type_}.a", configuration=f"{type_}.a"
    )


def test_a_network_is_judged_only_where_it_carries_a_class(
    knowledge: Knowledge,
) -> None:
    plain = only(decide(knowledge, of_type("aws_security_group", "aws", {})))
    tagged = only(decide(knowledge, of_type("aws_security_group", "aws", SENSITIVE)))

    assert (plain.kind, plain.judged, plain.verdict) == (
        "network",
        False,
        Verdict.ALLOW,
    )
    assert (tagged.judged, tagged.verdict) == (True, Verdict.DENY)


def test_a_type_that_nobody_knows_bears_data(knowledge: Knowledge) -> None:
    one = only(decide(knowledge, of_type("aws_quite_new_thing", "aws", SENSITIVE)))

    assert (one.kind, one.judged, one.verdict) == ("data", True, Verdict.DENY)


def test_a_data_source_holds_nothing(knowledge: Knowledge) -> None:
    read = msgspec.structs.replace(resource("a", "aws", {}), managed=False)

    assert only(decide(knowledge, read)).kind == "none"


def test_a_provider_without_a_place_lands_nowhere(knowledge: Knowledge) -> None:
    local = msgspec.structs.replace(
        of_type("random_password", "aws", {}),
        provider="registry.terraform.io/hashicorp/random",
    )
    one = only(decide(knowledge, local))

    assert (one.kind, one.judged, one.landings) == ("none", False, ())


def test_a_provider_that_nobody_knows_is_an_unknown_operator(
    knowledge: Knowledge,
) -> None:
    one = only(decide(knowledge, resource("a", "new", SENSITIVE)))

    assert one.verdict is Verdict.REVIEW
    assert one.landings[0].because == (
        "the provider registry.terraform.io/someone/something is not in the registry",
    )


@pytest.mark.parametrize("destination", ["cloudgouv", "nobody"])
def test_a_provider_of_an_unknown_registry_is_only_a_hint(
    destination: str, knowledge: Knowledge
) -> None:
    foreign = msgspec.structs.replace(
        resource("a", destination, SENSITIVE),
        provider="registry.evil.example/hashicorp/aws",
    )
    one = only(decide(knowledge, foreign))

    (landing,) = one.landings
    offer = landing.offer

    assert one.verdict is Verdict.REVIEW
    assert not landing.evidence.firm
    assert not (isinstance(offer, Known) and offer.evidence.firm)
    assert "registry.evil.example" in landing.because[-1]


def test_a_resource_that_is_joined_to_no_provider_block_is_for_review(
    knowledge: Knowledge,
) -> None:
    loose = msgspec.structs.replace(
        resource("a", "cloudgouv", SENSITIVE),
        provider_configuration=Unknown("it is not joined"),
    )

    assert only(decide(knowledge, loose)).verdict is Verdict.REVIEW


# What is declared


def test_a_mapping_declares_the_class_of_its_addresses(
    knowledge: Knowledge, library: Library
) -> None:
    lexicon = Lexicon(library.vocabulary)
    mapping = stated(lexicon, "public", "aws_s3_bucket.a")
    decision = decide(
        knowledge,
        resource("a", "aws", {}),
        resource("b", "aws", {}),
        assignments=(mapping, stated(lexicon, "sensitive")),
    )

    assert [one.verdict for one in decision.resources] == [Verdict.ALLOW, Verdict.DENY]


def test_a_floor_raises_what_a_label_says(
    knowledge: Knowledge, library: Library
) -> None:
    floor = stated(Lexicon(library.vocabulary), "sensitive")
    public = resource("a", "aws", {"data_class": "public"})

    assert decide(knowledge, public).verdict is Verdict.ALLOW
    assert decide(knowledge, public, floors=(floor,)).verdict is Verdict.DENY


def test_a_service_is_what_the_owner_states(
    knowledge: Knowledge, library: Library
) -> None:
    lexicon = Lexicon(library.vocabulary)
    new = of_type("aws_quite_new_thing", "aws", SENSITIVE)
    mapped = stated(lexicon, "sensitive", services=("object-storage",))
    before = decide(knowledge, new)
    after = decide(knowledge, new, assignments=(mapped,))

    assert {finding.breach.alternatives for finding in before.findings} == {()}
    assert "outscale-cloudgouv" in after.findings[0].breach.alternatives


# Tags of the provider, and tags that are computed


def with_default_tags(one: Resource, tags: Mapping[str, str]) -> Any:
    settings = dict(DESTINATIONS["aws"][2])
    settings["default_tags"] = [{"tags": Known(dict(tags))}]
    return stack([one], {"aws": settings})


def test_tags_of_the_provider_count_where_the_resource_has_none(
    knowledge: Knowledge,
) -> None:
    given = with_default_tags(resource("a", "aws", {}), {"data_class": "public"})
    found = assess(given, knowledge, STATE).resources[0].sensitivity

    assert (found.highest, found.because[0].source) == (0, "provider-tags")


def test_a_label_of_the_resource_beats_the_tags_of_the_provider(
    knowledge: Knowledge,
) -> None:
    given = with_default_tags(resource("a", "aws", SENSITIVE), {"data_class": "public"})

    assert assess(given, knowledge, STATE).verdict is Verdict.DENY


def hidden(one: Resource, name: str) -> Resource:
    return msgspec.structs.replace(
        one, attributes=Attributes.of({}, unknown={name: True})
    )


def test_tags_that_the_block_does_not_set_and_that_are_computed_say_nothing(
    knowledge: Knowledge,
) -> None:
    one = only(decide(knowledge, hidden(resource("a", "aws", {}), "tags_all")))

    assert one.sensitivity.because[0].source == "absent"


def test_tags_that_the_block_sets_and_that_are_not_known_may_say_anything(
    knowledge: Knowledge,
) -> None:
    one = only(decide(knowledge, hidden(resource("a", "aws", {}), "tags")))

    assert one.sensitivity.because[0].source == "tag"
    assert not one.sensitivity.known


# What the report shows


def test_a_denied_resource_is_told_where_it_could_go(knowledge: Knowledge) -> None:
    decision = decide(knowledge, resource("a", "aws", SENSITIVE))
    denied = [f for f in decision.findings if f.effect is Effect.DENY]

    assert all("outscale-cloudgouv" in f.breach.alternatives for f in denied)


def test_only_official_qualifications_of_the_day_and_region_are_shown(
    knowledge: Knowledge,
) -> None:
    shown = only(decide(knowledge, resource("a", "cloudgouv", SENSITIVE))).shown[0]
    other = only(decide(knowledge, resource("a", "outscale", SENSITIVE))).shown[0]

    assert (shown.operator, shown.qualifications) == ("outscale", ("secnumcloud 3.2",))
    assert other.qualifications == ()


def test_of_an_unknown_operator_nothing_is_shown(knowledge: Knowledge) -> None:
    shown = only(decide(knowledge, resource("a", "nobody", SENSITIVE))).shown[0]

    assert (shown.operator, shown.qualifications, shown.exposures) == (None, (), ())


def test_resources_stand_in_address_order(knowledge: Knowledge) -> None:
    decision = decide(knowledge, *(resource(n, "aws", {}) for n in "cab"))

    assert [one.resource.address[-1] for one in decision.resources] == ["a", "b", "c"]


# Second landings


def flowing(knowledge: Knowledge, *, certain: bool) -> Knowledge:
    """The library, with one flow more: buckets of AWS are copied to a region."""
    registry = knowledge.catalogue.registry
    how = registry.providers["hashicorp/aws"]
    flow = Flow(
        kind="copies",
        types=("aws_s3_bucket",),
        path="copy.region",
        names="region",
        certain=certain,
    )
    changed = msgspec.structs.replace(how, flows=(flow, *how.flows))
    providers = {**registry.providers, how.provider: changed}
    catalogue = Catalogue(msgspec.structs.replace(registry, providers=providers))
    return msgspec.structs.replace(knowledge, catalogue=catalogue)


def copied(region: str) -> Resource:
    one = resource("a", "cloudgouv", SENSITIVE)
    attributes = {"tags": SENSITIVE, "copy": [{"region": region}]}
    return msgspec.structs.replace(one, attributes=Attributes.of(attributes))


def test_a_copy_that_goes_elsewhere_is_judged_there(knowledge: Knowledge) -> None:
    same, other = "cloudgouv-eu-west-1", "eu-west-2"
    flows = flowing(knowledge, certain=True)
    kept, gone = decide(flows, copied(same)), decide(flows, copied(other))

    assert kept.verdict is Verdict.ALLOW
    assert [landing.role for landing in only(kept).landings] == ["primary"]
    assert gone.verdict is Verdict.DENY
    assert {
        one.breach.landing.role for one in gone.findings if one.effect is Effect.DENY
    } == {"copy"}


def test_a_copy_that_may_go_elsewhere_is_for_review(knowledge: Knowledge) -> None:
    decision = decide(flowing(knowledge, certain=False), copied("eu-west-2"))

    assert decision.verdict is Verdict.REVIEW
    assert Effect.DENY not in {finding.effect for finding in decision.findings}


@pytest.mark.parametrize(
    ("target", "verdict"),
    [("aws_s3_bucket.b", Verdict.ALLOW), ("random_id.r", Verdict.REVIEW)],
)
def test_a_copy_that_refers_to_the_stack_is_judged_there(
    knowledge: Knowledge, target: str, verdict: Verdict
) -> None:
    unknown = Attributes.of({"tags": SENSITIVE}, unknown={"copy": [{"region": True}]})
    origin = msgspec.structs.replace(copied("?"), attributes=unknown)
    nothing = msgspec.structs.replace(
        resource("r", "new", {}),
        address="random_id.r",
        configuration="random_id.r",
        type="random_id",
        provider="registry.terraform.io/hashicorp/random",
    )
    reference = Reference(source="aws_s3_bucket.a", target=target, path="copy.region")
    itself = Reference(
        source="aws_s3_bucket.a", target="aws_s3_bucket.a", path="copy.region"
    )
    given = msgspec.structs.replace(
        stack([origin, resource("b", "cloudgouv", SENSITIVE), nothing]),
        references=(reference, itself),
    )

    assert assess(given, flowing(knowledge, certain=True), STATE).verdict is verdict


@pytest.mark.parametrize(
    ("sink", "verdict"),
    [
        ("https://logs.datadoghq.eu/in", Verdict.REVIEW),
        ("a sink", Verdict.ALLOW),
        (None, Verdict.ALLOW),
    ],
)
def test_what_no_table_knows_is_looked_at_for_hints(
    knowledge: Knowledge, sink: str | None, verdict: Verdict
) -> None:
    thing = msgspec.structs.replace(
        resource("a", "s3ns", {}),
        type="google_redis_of_tomorrow",
        attributes=Attributes.of({"labels": SENSITIVE, "sink": sink}),
    )
    network = msgspec.structs.replace(thing, type="google_compute_network")

    def judged(one: Resource) -> Decision:
        given = msgspec.structs.replace(stack([one]), arguments={})
        return assess(given, knowledge, STATE)

    assert judged(thing).verdict is verdict
    assert len(only(judged(network)).landings) == 1
