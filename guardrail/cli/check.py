"""`guardrail check`: judge what is about to be deployed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail import __version__
from guardrail.assessment import Circumstances, assess
from guardrail.cli.derogations import add_derogations, derogations_of
from guardrail.cli.exits import exit_code
from guardrail.cli.options import (
    add_circumstances,
    asked_of,
    environment_variable,
    library_of,
    pairs,
    today,
)
from guardrail.cli.output import STANDARD, write
from guardrail.cli.reading import add_code, stack_of
from guardrail.configuration import Data, configuration_for
from guardrail.decision import Decision, Derogations, worst
from guardrail.errors import ConfigurationError
from guardrail.model import Gap
from guardrail.reports import WRITERS, Rendering

if TYPE_CHECKING:
    from guardrail.library import Library

_EXAMPLE = """example:
  terraform plan -out tfplan
  guardrail check tfplan --body state
or, where Terraform is not at hand:
  guardrail check plan.json --src . --body state"""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "check",
        help="judge a plan",
        description="Judge what is about to be deployed: allow, review or deny.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "input",
        nargs="+",
        metavar="INPUT",
        help="plan, as JSON or binary; - for standard input",
    )
    add_code(parser)
    add_circumstances(parser)
    parser.add_argument(
        "--class", dest="class_", metavar="CLASS", help="declared class of the stack"
    )
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        help="category of the data; repeatable",
    )
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="attest a variable of the provider's environment; repeatable",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the organisation's guardrail.yaml"
    )
    add_derogations(parser)
    parser.add_argument(
        "--existing",
        choices=["report", "enforce"],
        default="report",
        help="whether resources that do not change block",
    )
    parser.add_argument(
        "--format", action="append", choices=sorted(WRITERS), help="text when not given"
    )
    parser.add_argument(
        "--output", action="append", metavar="FILE", help="for each --format, in order"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The exit code of the worst verdict.

    Raises:
        InputError: An input cannot be read as what it should be.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    targets = _targets(options)
    library, notes = library_of(options)
    decisions = [
        _judge(path, options, library, notes) for path in dict.fromkeys(options.input)
    ]
    for name, target in targets:
        rendering = _rendering(options, library, colour=_coloured(target))
        write(WRITERS[name](decisions, rendering), target)
    return exit_code(worst(decision.verdict for decision in decisions))


def _targets(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Each format with the place its report goes to.

    Raises:
        ConfigurationError: Formats and places do not go together.
    """
    formats = options.format or ["text"]
    outputs = options.output or [STANDARD]
    if len(outputs) > len(formats):
        raise ConfigurationError("there are more --output than --format")
    outputs += [STANDARD] * (len(formats) - len(outputs))
    if len(set(outputs)) < len(outputs):
        raise ConfigurationError("two formats go to one place: give each its --output")
    return list(zip(formats, outputs, strict=True))


def _judge(
    path: str, options: argparse.Namespace, library: Library, notes: Sequence[Gap]
) -> Decision:
    stack = stack_of(path, options)
    configuration = configuration_for(
        None if path == STANDARD else Path(path), _organisation(options)
    )
    day: date = options.as_of or today()
    asked = asked_of(options, configuration.rules)
    extended = configuration.extend(library.registry)
    knowledge = library.knowledge(day, asked, registry=extended)
    circumstances = configuration.circumstances(
        knowledge.lexicon,
        as_of=day,
        body=options.body,
        data=Data(class_=options.class_ or "", categories=tuple(options.category)),
    )
    derogations = derogations_of(options, configuration, library.rules, day)
    circumstances = _with(circumstances, options, derogations, notes)
    return assess(stack, knowledge, circumstances)


def _with(
    circumstances: Circumstances,
    options: argparse.Namespace,
    derogations: Derogations,
    notes: Sequence[Gap],
) -> Circumstances:
    """`circumstances` with what the command line states beside them."""
    import msgspec

    attested: Mapping[str, str] = pairs(options.env, "--env")
    environment = circumstances.environment
    return msgspec.structs.replace(
        circumstances,
        environment=msgspec.structs.replace(
            environment, values={**environment.values, **attested}
        ),
        enforce_existing=options.existing == "enforce",
        derogations=derogations,
        notes=(*notes, *circumstances.notes),
    )


def _organisation(options: argparse.Namespace) -> Path | None:
    named = environment_variable("GUARDRAIL_CONFIG")
    return options.config or (Path(named) if named else None)


def _rendering(
    options: argparse.Namespace, library: Library, *, colour: bool
) -> Rendering:
    return Rendering(
        version=__version__,
        library_sha256=library.sha256,
        catalogue_date=library.catalogue.catalogue_date,
        language=options.lang,
        french=library.french,
        colour=colour,
    )


def _coloured(target: str) -> bool:
    """Whether the report goes to a terminal that wants colour (NO_COLOR)."""
    wanted = environment_variable("NO_COLOR") is None and sys.stdout is not None
    return wanted and target == STANDARD and sys.stdout.isatty()
