"""One invented decision with every kind of finding, note and landing in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.classification import Lexicon, Vocabulary
from guardrail.decision import Decision, Derogation, Derogations, FiledDerogation
from guardrail.model import (
    Attributes,
    Change,
    Evidence,
    Gap,
    Known,
    Origin,
    ProviderConfiguration,
    Resource,
    Stack,
    Unknown,
    say,
)
from guardrail.placement import Catalogue, Recogniser, Text
from guardrail.placement.providers import Match, TagShape
from guardrail.policy import Obligation, Rule, Terms
from tests.unit.placement.made import (
    PROVIDER,
    SOURCES,
    granted,
    law,
    link,
    offer,
    operator,
    profile,
    registry,
)

DAY = date(2026, 11, 22)
FULL_NAME = f"registry.terraform.io/{PROVIDER}"
HOW = profile(
    endpoints=("endpoint",),
    resource_region=("region",),
    tags=(TagShape(path="tags", shape="map"),),
    kinds=(Match(to="network", types=("cloud_network",)),),
    services=(Match(to="object-storage", types=("cloud_bucket",)),),
)
REGISTRY = registry(
    offer(
        "acme-trusted",
        Recogniser(host="s3.{region}.acme.example", region_table="acme"),
        region_table="acme",
        qualifications=(
            granted(version="3.2", since=date(2025, 1, 1), until=date(2027, 12, 31)),
        ),
    ),
    offer(
        "far-cloud",
        Recogniser(provider=PROVIDER, endpoint="default"),
        operator="far",
        region_table="acme",
    ),
    operators={
        "acme": operator("acme", "FR", link("FR", link="seat")),
        "far": operator("far", "US", link("US", link="seat")),
    },
    laws={"us-law": law("us-law", "US")},
    providers={PROVIDER: HOW},
)


def rule(name: str, effect: Any, english: str, french: str, **stated: Any) -> Rule:
    """A rule on sensitive data, of the law where nothing else is stated."""
    given: dict[str, Any] = {
        "layer": "law",
        "when": {"class_at_least": "sensitive"},
        "require": {"qualified": [{"scheme": "secnumcloud"}]},
        **stated,
    }
    return Rule(
        id=name,
        title=Text(en=name, fr=name),
        since=date(2020, 1, 1),
        effect=effect,
        message=Text(en=english, fr=french),
        remediation=Text(en="use a qualified offer", fr="choisir une offre qualifiée"),
        confidence="P",
        sources=SOURCES,
        **given,
    )


BY_MINISTER = Terms(by=("minister",))
RULES = {
    one.id: one
    for one in (
        rule(
            "made-deny",
            "deny",
            "sensitive data on an offer that is not qualified",
            "des données sensibles sur une offre non qualifiée",
            derogation=BY_MINISTER,
        ),
        rule(
            "made-promise",
            "deny",
            "sensitive data within reach of a foreign law",
            "des données sensibles à portée d'une loi étrangère",
            layer="baseline",
            require={"immune": True},
            derogation=Terms(by=("security-authority",)),
        ),
        rule(
            "made-review",
            "review",
            "sensitive data outside France",
            "des données sensibles hors de France",
            require={"located_in": ["FR"]},
            derogation=BY_MINISTER,
        ),
        rule(
            "made-notice",
            "notice",
            "no plan of reversibility is declared",
            "aucun plan de réversibilité n'est déclaré",
            when={"hosting_any": ["commercial"]},
            require={"declared": ["reversibility_plan"]},
        ),
    )
}
ACCEPTED = msgspec.convert(
    {
        "derogation": "DER-2026-001",
        "rules": ["made-deny", "made-promise", "made-review"],
        "scope": {"addresses": ["module.mail.*"]},
        "authority": {"office": "minister", "body": "Ministère"},
        "system": {"name": "Messagerie", "started_on": "2020-01-01"},
        "granted_on": "2026-01-01",
        "until": "2026-12-31",
        "reason": "the migration is nearly over",
    },
    Derogation,
)


def resource(
    address: str, block: str, change: Change = Change.CREATE, **values: object
) -> Resource:
    """One resource of the invented provider."""
    return Resource(
        address=address,
        configuration=address.partition("[")[0],
        type=address.partition("[")[0].split(".")[-2],
        provider=FULL_NAME,
        provider_configuration=Known(block),
        change=change,
        actions=(change.value,),
        attributes=Attributes.of(values),
    )


def constant(value: str) -> Known[str]:
    return Known(value, Evidence.CONSTANT, say("{} is a constant", "x"))


SECRET = msgspec.structs.replace(constant("hush-1"), sensitive=True)
BLOCKS: dict[str, dict[str, Any]] = {
    "trusted": {"endpoint": constant("https://s3.fr-1.acme.example")},
    "far": {"region": constant("us-1")},
    "hint": {
        "region": Known("us-1", Evidence.REFERENCE, say("`{}` is a whole object", "x")),
    },
    "nobody": {"endpoint": constant("https://s3.fr-1.acme.example.evil.example")},
    "local": {"endpoint": Unknown(say("{} is an expression", "endpoint"), "")},
    "secret": {"region": SECRET},
}
SENSITIVE = {"data_class": "sensitive"}
PERSONAL = {"data_class": "personal", "data_categories": "health"}
RESOURCES = (
    resource("cloud_bucket.allowed", "trusted", tags=SENSITIVE),
    resource("cloud_bucket.personal", "far", tags=PERSONAL),
    resource('cloud_bucket.denied["one"]', "far", tags=SENSITIVE),
    resource('cloud_bucket.denied["two"]', "far", tags=SENSITIVE),
    resource("cloud_bucket.nobody", "nobody", tags=SENSITIVE),
    resource("cloud_bucket.local", "local", tags=SENSITIVE),
    resource("cloud_bucket.hint", "hint", tags=SENSITIVE),
    resource("cloud_bucket.secret", "secret", tags=SENSITIVE),
    resource("cloud_bucket.unlabelled", "far"),
    resource("cloud_bucket.there", "far", Change.NO_OP, tags=SENSITIVE),
    resource("cloud_bucket.gone", "far", Change.DELETE, tags=SENSITIVE),
    resource("cloud_bucket.left", "far", Change.FORGET, tags=SENSITIVE),
    resource("cloud_network.plain", "far"),
    resource("module.mail.cloud_bucket.derogated", "far", tags=SENSITIVE),
)


def decision(vocabulary: Vocabulary) -> Decision:
    """The decision."""
    stack = Stack(
        origin=Origin(
            kind="terraform-plan",
            path="made/plan.json",
            sha256="0" * 64,
            producer="terraform 1.11.4",
            complete=False,
        ),
        resources=RESOURCES,
        providers={
            name: ProviderConfiguration(key=name, provider=FULL_NAME, settings=settings)
            for name, settings in BLOCKS.items()
        },
        gaps=(
            Gap(id="incomplete", message=say("the plan is incomplete"), blocks=True),
        ),
    )
    knowledge = Knowledge(
        catalogue=Catalogue(REGISTRY),
        lexicon=Lexicon(vocabulary),
        obligations=tuple(Obligation(one) for one in RULES.values()),
    )
    around = Circumstances(
        as_of=DAY,
        body=Unknown("not stated"),
        derogations=Derogations(
            files=(FiledDerogation(derogation=ACCEPTED),), rules=RULES
        ),
        notes=(
            Gap(id="self-declared", message=say("it is self-declared"), blocks=False),
        ),
    )
    return assess(stack, knowledge, around)
