"""The decision on what a request places: of itself, and with what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.classification import Sensitivity
from guardrail.decision import Decision
from guardrail.model import say
from guardrail.openstack.call import RefusedError
from guardrail.openstack.placed import (
    Deployed,
    Given,
    Placed,
    of_interest,
    on_cloud,
    stack_of,
)
from guardrail.openstack.projects import tags_of
from guardrail.openstack.regime import Regime, worst_first


def decide(
    placed: Deployed | Sequence[Placed], project: str, regime: Regime, service: str
) -> Decision:
    """The worst decision on what is placed, project by project.

    Raises:
        InputError: Something of it cannot be read.
        UnavailableError: The labels of a project cannot be read.
        RefusedError: A copy says less of itself than its source.
    """
    if isinstance(placed, Deployed):
        stack = on_cloud(placed.stack, regime.settings.cloud)
        return regime.decide(stack, regime.labels(project), tags_of(placed.tags))
    own = _decisions(placed, project, regime, service)
    made = list(_made(placed, project, regime))
    carrying = [one.carrying(source) for one, source in made]
    carried = _decisions(carrying, project, regime, service) if carrying else []
    found = worst_first([*own, *carried])
    if found[0].verdict.weight == 0:
        _must_say(made, project, regime, service)
    return found[0]


def _made(
    placed: Sequence[Placed], project: str, regime: Regime
) -> Iterator[tuple[Placed, Given]]:
    """What is made of something that says what it is, or that is another project's."""
    for one in placed:
        for source in one.sources:
            read = of_interest(one.carrying(source), regime.knowledge.lexicon)
            foreign = source.project not in {"", project}
            if foreign or source.unknown or any(read.given.labels.values()):
                yield one, source


def _decisions(
    placed: Sequence[Placed], project: str, regime: Regime, service: str
) -> list[Decision]:
    """One decision for each project that something belongs to."""
    owners = dict.fromkeys(one.project or project for one in placed) or {project: None}
    decisions = []
    for owner in owners:
        own = [
            of_interest(one, regime.knowledge.lexicon)
            for one in placed
            if (one.project or project) == owner
        ]
        stack = stack_of(own, owner, regime.settings.cloud, service)
        decisions.append(regime.decide(stack, regime.labels(owner)))
    return decisions


def _must_say(
    made: Sequence[tuple[Placed, Given]], project: str, regime: Regime, service: str
) -> None:
    """Nothing, if every copy is as sensitive as its source by its own labels.

    Raises:
        RefusedError: One is not.
    """
    for one, source in made:
        if source.lasting:
            continue
        copy, original = (
            _decisions([each], project, regime, service)[0].resources[0].sensitivity
            for each in (one, one.carrying(source))
        )
        if _less(copy, original):
            named = regime.knowledge.lexicon.vocabulary.classes[original.lowest]
            message = say(
                "its source is labelled: label the copy at least as `data_class={}`, "
                "with the same categories",
                named.id,
            )
            raise RefusedError(message)


def _less(copy: Sensitivity, original: Sensitivity) -> bool:
    return copy.lowest < original.lowest or not original.categories <= copy.categories
