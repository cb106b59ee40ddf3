"""Places that come from other resources of the stack."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.assessment import Assignment, Circumstances, Knowledge, assess
from guardrail.classification import Declaration
from guardrail.decision import Judged
from guardrail.model import (
    ABSENT,
    Attributes,
    Change,
    Evidence,
    Known,
    Origin,
    ProviderConfiguration,
    Reference,
    Resource,
    Stack,
    Unknown,
)
from guardrail.placement import Landing
from tests.unit.assessment import flowing

AZURE = "registry.terraform.io/hashicorp/azurerm"
STATE = Circumstances(as_of=date(2026, 11, 22), body=Known("state"))
ACCOUNT = "azurerm_storage_account.a"
CONTAINER = "azurerm_storage_container.c"


def block(address: str, key: str = "", **stated: Any) -> Resource:
    """A resource of a block at `address`."""
    given: dict[str, Any] = {
        "provider": AZURE,
        "provider_configuration": Known("azure"),
        "change": Change.CREATE,
        "actions": ("create",),
        **stated,
    }
    return Resource(
        address=address + key,
        configuration=address,
        type=address.partition(".")[0],
        **given,
    )


def account(location: str, key: str = "", **stated: Any) -> Resource:
    return block(ACCOUNT, key, attributes=at(location), **stated)


def at(location: str) -> Attributes:
    values = {"location": location, "account_replication_type": "LRS"}
    return Attributes.of(values)


def refers(source: str, target: str, path: str) -> Reference:
    return Reference(source=source, target=target, path=path)


PARENT = refers(CONTAINER, ACCOUNT, "storage_account_id")


def stack(*resources: Resource, references: tuple[Reference, ...] = ()) -> Stack:
    return Stack(
        origin=Origin(
            kind="terraform-plan", path="plan.json", sha256="0" * 64, producer="test"
        ),
        resources=resources,
        references=references,
        providers={
            "azure": ProviderConfiguration(
                key="azure",
                provider=AZURE,
                settings={"environment": Known("public", Evidence.CONSTANT, "here")},
            )
        },
    )


def judged(knowledge: Knowledge, given: Stack, address: str) -> Judged:
    found = assess(given, knowledge, STATE).resources
    return next(one for one in found if one.resource.address == address)


def container(
    knowledge: Knowledge, *resources: Resource, references: tuple[Reference, ...]
) -> Landing:
    """The landing of the container beside `resources`."""
    given = stack(*resources, block(CONTAINER), references=references)
    return judged(knowledge, given, CONTAINER).landings[0]


def test_what_is_part_of_a_resource_is_where_that_is(knowledge: Knowledge) -> None:
    found = container(knowledge, account("France Central"), references=(PARENT,))

    assert found.region == Known(
        "francecentral",
        Evidence.VALUE,
        "`storage_account_id` refers to azurerm_storage_account.a, there",
    )
    assert isinstance(found.countries, Known)
    assert found.countries.value == ("FR",)


def test_parents_of_parents_are_followed(knowledge: Knowledge) -> None:
    share = block("azurerm_storage_share.s")
    directory = "azurerm_storage_share_directory.d"
    given = stack(
        account("francecentral"),
        share,
        block(directory),
        references=(
            refers(share.address, ACCOUNT, "storage_account_id"),
            refers(directory, share.address, "storage_share_id"),
        ),
    )
    found = judged(knowledge, given, directory).landings[0].region

    assert isinstance(found, Known)
    assert found.value == "francecentral"


def test_several_of_one_block_in_one_place_are_one_parent(knowledge: Knowledge) -> None:
    two = account("francecentral", "[0]"), account("francecentral", "[1]")
    found = container(knowledge, *two, references=(PARENT,))

    assert isinstance(found.region, Known)


def test_parents_in_several_places_leave_it_open(knowledge: Knowledge) -> None:
    two = account("francecentral", "[0]"), account("eastus", "[1]")
    found = container(knowledge, *two, references=(PARENT,))

    assert found.region == Unknown("azurerm_storage_account.a is in several places")


def test_a_parent_in_an_unknown_place_leaves_it_open(knowledge: Knowledge) -> None:
    nowhere = block(ACCOUNT, attributes=Attributes.of({}, unknown={"location": True}))
    found = container(knowledge, nowhere, references=(PARENT,))

    assert isinstance(found.region, Unknown)


def test_a_parent_without_a_place_says_nothing(knowledge: Knowledge) -> None:
    found = container(knowledge, block(ACCOUNT), references=(PARENT,))

    assert found.region is ABSENT


def test_only_references_to_parents_that_stay_count(knowledge: Knowledge) -> None:
    other = refers(CONTAINER, ACCOUNT, "metadata")
    gone = account("francecentral", change=Change.DELETE)
    foreign = account("francecentral", provider="registry.terraform.io/someone/cloud")

    for resources, reference in (
        ([account("francecentral")], other),
        ([gone], PARENT),
        ([foreign], PARENT),
    ):
        found = container(knowledge, *resources, references=(reference,))
        assert found.region is ABSENT


def test_parents_of_each_other_end(knowledge: Knowledge) -> None:
    back = refers(ACCOUNT, CONTAINER, "storage_account_id")
    found = container(knowledge, block(ACCOUNT), references=(PARENT, back))

    assert found.region is ABSENT


def test_an_own_place_is_stronger_than_that_of_a_parent(knowledge: Knowledge) -> None:
    server = "azurerm_mssql_server.s"
    given = stack(
        account("eastus"),
        block(server, attributes=at("francecentral")),
        references=(refers(server, ACCOUNT, "storage_account_id"),),
    )
    found = judged(knowledge, given, server).landings[0].region

    assert isinstance(found, Known)
    assert found.value == "francecentral"


# What is inside of something


CLAIM = "kubernetes_persistent_volume_claim_v1.c"
CLUSTER = "azurerm_kubernetes_cluster.k"
KUBERNETES = "registry.terraform.io/hashicorp/kubernetes"


def inside(
    knowledge: Knowledge,
    *resources: Resource,
    path: str = "host",
    settings: dict[str, Any] | None = None,
) -> Landing:
    """The landing of what is deployed into a cluster."""
    claim = block(CLAIM, provider=KUBERNETES, provider_configuration=Known("k8s"))
    given = stack(*resources, claim)
    given = msgspec.structs.replace(
        given,
        providers={
            **given.providers,
            "k8s": ProviderConfiguration(
                key="k8s", provider=KUBERNETES, settings=settings or {}
            ),
        },
        provider_references=(refers("k8s", CLUSTER, path),),
    )
    return judged(knowledge, given, CLAIM).landings[0]


def cluster(location: str, key: str = "", **stated: Any) -> Resource:
    return block(CLUSTER, key, attributes=at(location), **stated)


def test_what_is_inside_a_cluster_is_where_the_cluster_is(knowledge: Knowledge) -> None:
    unknown = {"host": Unknown("known only after the apply")}
    for settings in ({}, unknown):
        found = inside(knowledge, cluster("francecentral"), settings=settings)

        assert isinstance(found.offer, Known)
        assert found.offer.value == "azure"
        assert not found.evidence.firm
        assert found.because[0] == (
            "`host` of the provider refers to azurerm_kubernetes_cluster.k"
        )


def test_a_host_that_is_known_is_stronger_than_a_reference(
    knowledge: Knowledge,
) -> None:
    host = Known("https://a.c1.gra9.k8s.ovh.net", Evidence.CONSTANT, "here")
    found = inside(knowledge, cluster("francecentral"), settings={"host": host})

    assert isinstance(found.offer, Known)
    assert found.offer.value == "ovhcloud-public-cloud"


def test_clusters_in_several_places_are_nowhere_known(knowledge: Knowledge) -> None:
    two = cluster("francecentral", "[0]"), cluster("eastus", "[1]")
    found = inside(knowledge, *two)

    assert found.offer == Unknown("azurerm_kubernetes_cluster.k is in several places")


def test_a_reference_that_leads_nowhere_says_nothing(knowledge: Knowledge) -> None:
    gone = cluster("francecentral", change=Change.DELETE)
    nothing = block(
        CLUSTER, provider="registry.terraform.io/hashicorp/null", attributes=at("x")
    )

    for resources, path in (
        ([], "host"),
        ([gone], "host"),
        ([nothing], "host"),
        ([cluster("francecentral")], "insecure"),
    ):
        found = inside(knowledge, *resources, path=path)
        assert isinstance(found.offer, Unknown)


def test_what_is_in_one_cluster_is_in_one_place(knowledge: Knowledge) -> None:
    claims = [
        block(address, provider=KUBERNETES, provider_configuration=Known("k8s"))
        for address in (CLAIM, "kubernetes_secret.s")
    ]
    given = stack(cluster("francecentral"), *claims)
    given = msgspec.structs.replace(
        given,
        providers={
            **given.providers,
            "k8s": ProviderConfiguration(key="k8s", provider=KUBERNETES, settings={}),
        },
        provider_references=(refers("k8s", CLUSTER, "host"),),
    )
    one, other = (judged(knowledge, given, claim.address) for claim in claims)

    assert one.landings == other.landings


def test_labels_place_nothing(knowledge: Knowledge) -> None:
    values = {"location": "francecentral", "account_replication_type": "LRS"}
    one, other = (
        block(
            f"azurerm_storage_account.{word}",
            attributes=Attributes.of({**values, "tags": {"data_class": word}}),
        )
        for word in ("public", "sensitive")
    )
    found, alike = assess(stack(one, other), knowledge, STATE).resources

    assert found.sensitivity != alike.sensitivity
    assert found.landings is alike.landings


def test_what_shows_the_same_in_other_company_is_elsewhere(
    knowledge: Knowledge,
) -> None:
    """Blocks that say the same differ in what they refer to, and whose they are."""
    kept, other = CONTAINER, "azurerm_storage_container.other"
    far = block("azurerm_storage_account.b", attributes=at("eastus"))
    forged = "registry.evil.example/hashicorp/azurerm"
    doubted = block("azurerm_storage_account.d", attributes=at("francecentral"))
    given = stack(
        account("francecentral"),
        far,
        block(kept),
        block(other),
        msgspec.structs.replace(doubted, provider=forged),
        references=(PARENT, refers(other, far.address, "storage_account_id")),
    )
    regions = [
        landing.region.value if isinstance(landing.region, Known) else None
        for address in (kept, other)
        for landing in judged(knowledge, given, address).landings
    ]

    assert regions == ["francecentral", "eastus"]
    assert [
        judged(knowledge, given, address).landings[0].evidence
        for address in (ACCOUNT, doubted.address)
    ] == [Evidence.CONSTANT, Evidence.REFERENCE]


TYPE = "azurerm_sink"
SINK = Attributes.of({"sinks": [{"url": "https://bucket.s3.us-east-1.amazonaws.com/"}]})
LATER = Attributes.of({}, unknown={"location": True})
SETS_IT = {f"{TYPE}.a": frozenset({"location"}), f"{TYPE}.b": frozenset[str]()}


@pytest.mark.parametrize(
    ("attributes", "told", "other"),
    [
        (at("francecentral"), {}, {"provider_configuration": Known("china")}),
        (LATER, {"arguments": SETS_IT}, {}),
        (SINK, {"references": (refers(f"{TYPE}.a", ACCOUNT, "sinks.url"),)}, {}),
    ],
    ids=["provider configuration", "arguments", "references"],
)
def test_a_resource_is_where_it_is_without_others_that_show_the_same(
    knowledge: Knowledge,
    attributes: Attributes,
    told: dict[str, Any],
    other: dict[str, Any],
) -> None:
    given = stack()
    china = ProviderConfiguration(
        key="china",
        provider=AZURE,
        settings={"environment": Known("china", Evidence.CONSTANT, "here")},
    )
    one = block(f"{TYPE}.a", attributes=attributes)
    alike = block(f"{TYPE}.b", attributes=attributes, **other)

    def landings(*resources: Resource) -> list[tuple[Landing, ...]]:
        made = msgspec.structs.replace(
            given,
            resources=resources,
            providers={**given.providers, "china": china},
            **told,
        )
        return [each.landings for each in assess(made, knowledge, STATE).resources]

    together = landings(one, alike)

    assert together == [*landings(one), *landings(alike)]
    assert together[0] != together[1]


def test_what_lands_alike_is_of_its_own_kind_and_service(knowledge: Knowledge) -> None:
    """A data source keeps nothing, and an owner says what a resource serves as."""
    plain, served = (
        block(f"azurerm_storage_account.{name}", attributes=at("eastus"))
        for name in ("plain", "served")
    )
    data = account("eastus", managed=False)
    stated = Declaration(source="mapping", detail="stated")
    assigned = [
        Assignment(addresses=(one.address,), declaration=stated, services=(service,))
        for one, service in ((plain, "object-storage"), (served, "database"))
    ]
    around = msgspec.structs.replace(STATE, assignments=tuple(assigned))
    found = {
        one.resource.address.partition(".")[2]: one
        for one in assess(stack(data, plain, served), knowledge, around).resources
    }

    kinds = {name: one.kind for name, one in found.items()}
    assert kinds == {"a": "none", "plain": "data", "served": "data"}
    assert found["plain"].sensitivity == found["served"].sensitivity
    assert found["plain"].services == (Known("object-storage"),)
    assert found["served"].services == (Known("database"),)


def test_a_destination_that_may_come_from_elsewhere_is_not_known(
    knowledge: Knowledge,
) -> None:
    source, path = "aws_cloudwatch_log_subscription_filter.s", "destination_arn"
    filter_ = flowing.resource(source, {}, unknown={path: True})
    own = flowing.labelled("aws_kinesis_stream.own", "internal")
    shown = [flowing.reads(source, path, own.address, "arn")]

    def landings(unfollowed: dict[str, frozenset[str]]) -> tuple[Landing, ...]:
        decision = flowing.decide(
            knowledge, [filter_, own], shown, shows={"unfollowed": unfollowed}
        )
        return flowing.by_address(decision)[source].landings

    assert len(landings({})) == 1
    assert len(landings({source: frozenset({"name"})})) == 1
    _own, elsewhere = landings({source: frozenset({path})})
    assert isinstance(elsewhere.offer, Unknown)
    assert elsewhere.offer.reason == "`destination_arn` is known only after the apply"
