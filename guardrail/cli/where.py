"""`guardrail where`: where data may go, by the rules run over every offer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guardrail.assessment import Circumstances, Knowledge
from guardrail.classification import Lexicon, declared, normalised
from guardrail.cli.options import asked_of
from guardrail.cli.registry import Ground, add_options, answer, ground
from guardrail.cli.words import chosen
from guardrail.configuration import Data
from guardrail.decision import outlook
from guardrail.errors import ConfigurationError
from guardrail.model import Known, Unknown, say
from guardrail.placement import Registry, nowhere_known
from guardrail.policy import Facts

if TYPE_CHECKING:
    from guardrail.reports.where import Question, Survey

_EXAMPLE = """example:
  guardrail where --class sensitive --service object-storage --body state

An offer that does not provide the service is judged too, and comes last. Own clouds
that guardrail.yaml declares (found from the current folder upwards) are judged with
the offers of the registry. The exit code is 0 whatever the verdicts are."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "where",
        description="Where data of a class may go: a verdict for every offer.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "--class",
        dest="class_",
        metavar="CLASS",
        help="class of the data; that of guardrail.yaml when not given",
    )
    parser.add_argument(
        "--service", required=True, help="kind of service: object-storage, database, …"
    )
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        help="category of the data; repeatable",
    )
    parser.add_argument(
        "--region-country",
        metavar="CC",
        help="only places in this country (ISO 3166-1: FR)",
    )
    add_options(parser, judges=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0, when the question was answered.

    Raises:
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    # Costs start-up time, which every verb would pay.
    from guardrail.reports.where import render_where_text, where_answer

    found = ground(options)
    asked = asked_of(options, found.configuration.rules)
    knowledge = found.library.knowledge(found.day, asked, registry=found.registry)
    circumstances = found.configuration.circumstances(
        knowledge.lexicon,
        as_of=found.day,
        body=options.body,
        data=_data(options, knowledge.lexicon),
    )
    facts = _facts(options, found, circumstances, knowledge.lexicon)
    survey = _survey(facts, knowledge)
    question = _question(options, facts, found, circumstances)
    document = where_answer(question, survey, found.rendering)
    return answer(document, render_where_text(document, found.rendering), options)


def services_of(registry: Registry) -> frozenset[str]:
    """Every kind of service that an offer or a provider of the registry names."""
    offered = {word for offer in registry.offers.values() for word in offer.services}
    read = {match.to for one in registry.providers.values() for match in one.services}
    return frozenset(offered | read)


def _data(options: argparse.Namespace, lexicon: Lexicon) -> Data:
    """The class and categories that the options state, each a word of the lexicon.

    Raises:
        ConfigurationError: One is not.
    """
    for word in filter(None, [options.class_]):
        if normalised(word) not in lexicon.ranks:
            chosen(word, [one.id for one in lexicon.vocabulary.classes], "class")
    for word in options.category:
        if normalised(word) not in lexicon.categories:
            chosen(word, [one.id for one in lexicon.vocabulary.categories], "category")
    return Data(class_=options.class_ or "", categories=tuple(options.category))


def _facts(
    options: argparse.Namespace,
    found: Ground,
    circumstances: Circumstances,
    lexicon: Lexicon,
) -> Facts:
    """The data and its service; the place is what is asked.

    Raises:
        ConfigurationError: There is no such service, or nobody states the class.
    """
    service = chosen(options.service.lower(), services_of(found.registry), "service")
    stated = [] if circumstances.stack is None else [circumstances.stack]
    sensitivity = declared([], stated, lexicon)
    if not sensitivity.known:
        known = ", ".join(one.id for one in lexicon.vocabulary.classes)
        raise ConfigurationError(f"state the class with --class; there are: {known}")
    return Facts(
        as_of=found.day,
        body=circumstances.body,
        sensitivity=sensitivity,
        ranks=lexicon.ranks,
        service=Known(service),
        landing=nowhere_known(Unknown(say("no place is looked at yet"))),
        offer=None,
        operator=None,
        exposure=None,
        base=None,
        groups=found.registry.countries,
        declared=circumstances.declared,
    )


def _survey(facts: Facts, knowledge: Knowledge) -> Survey:
    from guardrail.reports.where import Survey

    registry = knowledge.catalogue.registry
    seen = outlook(facts, knowledge.obligations, knowledge.catalogue)
    judged = {one.offer.id for one in seen}
    return Survey(
        outlooks=seen,
        gone=tuple(one for id_, one in registry.offers.items() if id_ not in judged),
        obligations=knowledge.obligations,
        laws=registry.laws,
    )


def _question(
    options: argparse.Namespace,
    facts: Facts,
    found: Ground,
    circumstances: Circumstances,
) -> Question:
    from guardrail.reports.where import Question

    names = found.library.vocabulary.classes
    body, service = facts.body, facts.service
    return Question(
        as_of=facts.as_of,
        body=body.value if isinstance(body, Known) else None,
        class_=names[facts.sensitivity.lowest].id,
        categories=tuple(sorted(facts.sensitivity.categories)),
        service=service.value if isinstance(service, Known) else "",
        country=_country(options.region_country, found.registry),
        notes=tuple(note.message for note in (*found.notes, *circumstances.notes)),
    )


def _country(word: str | None, registry: Registry) -> str | None:
    """The country that places must be in; None for any.

    Raises:
        ConfigurationError: The registry knows no place there.
    """
    if word is None:
        return None
    known = {one.country for one in registry.offers.values() if one.country}
    known.update(
        place for one in registry.regions.values() for place in one.regions.values()
    )
    return chosen(word.upper(), known, "country")
