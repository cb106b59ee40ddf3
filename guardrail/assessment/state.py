"""The state of a stack: it holds the values of all resources in clear.

It is judged like a resource of its own, with the highest class of what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.assessment.circumstances import Circumstances
from guardrail.assessment.judging import Judge
from guardrail.classification import Because, Sensitivity
from guardrail.decision import Judged, Verdict, verdict_of, worst
from guardrail.model import (
    Attributes,
    Change,
    Known,
    ProviderConfiguration,
    Resource,
    StateStore,
    Unknown,
    Value,
    say,
)
from guardrail.placement import (
    Carrier,
    Catalogue,
    Landing,
    locate,
    nowhere_known,
    read_signals,
    word_for,
)


def judged_state(
    store: StateStore,
    judged: Sequence[Judged],
    judge: Judge,
    catalogue: Catalogue,
    circumstances: Circumstances,
) -> Judged | None:
    """What is said of the state; None where it holds nothing that is judged."""
    held = [one for one in judged if one.judged]
    if not held:
        return None
    existing = all(one.existing for one in held)
    sensitivity = _highest(held)
    landing, service = _placed(store, catalogue, circumstances)
    breaches = tuple(judge.breaches(landing, sensitivity, service))
    verdict = worst(verdict_of(breach.effect) for breach in breaches)
    return Judged(
        resource=_resource(store),
        kind="data",
        judged=True,
        existing=existing,
        verdict=Verdict.ALLOW if existing else verdict,
        sensitivity=sensitivity,
        landings=(landing,),
        shown=(judge.shown(landing),),
        breaches=breaches,
    )


def _highest(held: Sequence[Judged]) -> Sensitivity:
    """Bounds on the class of what holds all of `held`."""
    found = [one.sensitivity for one in held]
    most = max(held, key=lambda one: (one.sensitivity.lowest, one.sensitivity.highest))
    detail = say(
        "the state holds the values of all resources, so those of {}",
        most.resource.address,
    )
    return Sensitivity(
        lowest=max(one.lowest for one in found),
        highest=max(one.highest for one in found),
        categories=frozenset().union(*(one.categories for one in found)),
        any_category=any(one.any_category for one in found),
        own=True,
        because=(Because("state", detail),),
    )


def _placed(
    store: StateStore, catalogue: Catalogue, circumstances: Circumstances
) -> tuple[Landing, Value[str]]:
    """Where the state is kept, and the kind of service that keeps it."""
    found = catalogue.backend(store.type)
    if found is None:
        reason = say("the backend {} is not in the registry", store.type)
        return nowhere_known(Unknown(reason)), Unknown(reason)
    profile, holds = found
    carrier = Carrier(
        type=holds,
        part=Attributes().pick(()),
        arguments=frozenset(),
        configuration=ProviderConfiguration(
            key=f"backend {store.type}",
            provider=profile.provider,
            settings=store.settings,
        ),
        witnesses={},
    )
    signals = read_signals(carrier, profile, circumstances.environment)
    word = word_for(profile.services, holds)
    service: Value[str] = (
        Known(word)
        if word
        else Unknown(say("the kind of service of {} is not known", store.type))
    )
    return locate(signals, profile, catalogue), service


def _resource(store: StateStore) -> Resource:
    cloud = store.type == "cloud"
    address = "terraform.cloud" if cloud else f"terraform.backend.{store.type}"
    return Resource(
        address=address,
        configuration=address,
        type="terraform_state",
        provider="",
        provider_configuration=Known(address),
        change=Change.UPDATE,
        actions=("update",),
        location=store.location,
    )
