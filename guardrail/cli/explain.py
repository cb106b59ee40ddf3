"""`guardrail explain`: how the answer about one resource came about."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.assessment.account import account, selected, turning
from guardrail.assessment.horizon import first_change, turning_days
from guardrail.cli.judging import (
    add_judging,
    exit_code,
    ground,
    is_coloured,
    rendering_for,
    targets_of,
)
from guardrail.cli.options import INPUT, library_of, today
from guardrail.cli.output import write
from guardrail.cli.reading import stack_of
from guardrail.cli.words import chosen
from guardrail.decision import Account, Decision, Judged, worst
from guardrail.errors import ConfigurationError
from guardrail.library import Library
from guardrail.model import Gap, Stack

if TYPE_CHECKING:
    from guardrail.reports.explain import Told

Answer: TypeAlias = tuple[Decision, Knowledge, Circumstances]
_EXAMPLE = """examples:
  guardrail explain aws_s3_bucket.hearings tfplan --body state
  guardrail explain 'module.archive.*' plan.json --src . --lang fr

ADDRESS is that of one resource, of a block (all its instances), or a glob in which
`*` stands for any text. Without INPUT it is tfplan or plan.json in this folder. The
options are those of `guardrail check`, and the exit code is that of the verdict."""
_USUAL = ("tfplan", "plan.json")
_FARTHEST = 60
"""Days that are looked at for a change, at most; each is judged as a whole."""
_MOST = 50
"""Resources that are explained at once."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "explain",
        description="Show the whole chain of one resource: code, provider, offer, "
        "operator, laws, rules, and what would change the answer.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("address", metavar="ADDRESS", help="of a resource, or a glob")
    parser.add_argument("input", nargs="?", metavar="INPUT", help=INPUT)
    add_judging(parser, formats=("json", "text"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The exit code of the worst verdict among the resources that are explained.

    Raises:
        InputError: The input cannot be read as what it should be.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: No resource fits, or an option is not usable.
    """
    # Only here: they cost start-up time, which every verb would pay.
    from guardrail.reports.explain import Books, explanation
    from guardrail.reports.explain_text import render_explanation
    from guardrail.reports.layout import encoded

    targets = targets_of(options)
    path = options.input or _usual()
    library, notes = library_of(options)
    questions = Questions(stack_of(path, options), path, options, library, notes)
    decision, knowledge, _circumstances = questions.on(options.as_of or today())
    asked = _chosen(decision, options.address)
    told = [questions.told(one) for one in asked]
    for name, target in targets:
        books = Books(
            registry=knowledge.catalogue.registry,
            vocabulary=library.vocabulary,
            rendering=rendering_for(options, library, colour=is_coloured(target)),
        )
        document = explanation(decision, told, books)
        if name == "json":
            write(encoded(document), target)
        else:
            write(render_explanation(document, books), target)
    return exit_code(worst(one.verdict for one in asked))


class Questions:
    """One input, judged as of several days, as of each once."""

    def __init__(
        self,
        stack: Stack,
        path: str,
        options: argparse.Namespace,
        library: Library,
        notes: Sequence[Gap],
    ) -> None:
        """Nothing is judged yet."""
        self._stack = stack
        self._judged_by = partial(ground, path, options, library, notes)
        self._day: date = options.as_of or today()
        self._rules = library.rules
        self._seen: dict[date, Answer] = {}

    def on(self, day: date) -> Answer:
        """The decision as of `day`, and what it was judged by.

        Raises:
            InputError: A resource or a derogation cannot be read.
            LibraryError: Rules or registry cannot be used.
            ConfigurationError: An option or guardrail.yaml is not usable.
        """
        if day not in self._seen:
            knowledge, circumstances = self._judged_by(day)
            decision = assess(self._stack, knowledge, circumstances)
            self._seen[day] = decision, knowledge, circumstances
        return self._seen[day]

    def told(self, judged: Judged) -> Told:
        """What is told of one resource: its chain, and the day on which it changes."""
        from guardrail.reports.explain import Told, Turn

        _decision, knowledge, circumstances = self.on(self._day)
        found = self._account(judged, self._day)
        dated = turning(found, knowledge, circumstances, self._rules.values())
        days = turning_days(dated, self._day)[:_FARTHEST]
        change = first_change(
            lambda day: self._same(judged, day).verdict, days, judged.verdict
        )
        turn = change and Turn(on=change[0], account=self._account(judged, change[0]))
        return Told(account=found, turn=turn, looked_until=max(days, default=None))

    def _account(self, judged: Judged, day: date) -> Account:
        """The answer about the same resource as of `day`."""
        same = self._same(judged, day)
        _decision, knowledge, circumstances = self.on(day)
        return account(same, knowledge, circumstances)

    def _same(self, judged: Judged, day: date) -> Judged:
        """The same resource as of another day: the order of resources has no days."""
        decision, _knowledge, _circumstances = self.on(self._day)
        place = next(at for at, one in enumerate(decision.resources) if one is judged)
        return self.on(day)[0].resources[place]


def _chosen(decision: Decision, address: str) -> tuple[Judged, ...]:
    """The resources at `address`.

    Raises:
        ConfigurationError: There is none, or there are too many to read.
    """
    found = selected(decision, address)
    if not found:
        known = {one.resource.address for one in decision.resources}
        chosen(address, known, "resource")
    if len(found) > _MOST:
        raise ConfigurationError(
            f"{len(found)} resources fit, and at most {_MOST} are explained at once"
        )
    return found


def _usual() -> str:
    """The plan in this folder.

    Raises:
        ConfigurationError: There is none under a usual name.
    """
    for name in _USUAL:
        if Path(name).is_file():
            return name
    raise ConfigurationError(f"there is no {' or '.join(_USUAL)} here: name the input")
