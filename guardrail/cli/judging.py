"""Judging an input as the command line asks, and writing the reports asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import msgspec

from guardrail import __version__
from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.cli.attested import (
    UNATTESTED,
    add_environment,
    in_force,
    with_attested,
)
from guardrail.cli.derogations import add_derogations, derogations_of
from guardrail.cli.exits import EXIT_ALLOW, EXIT_DENY, EXIT_REVIEW
from guardrail.cli.options import (
    add_circumstances,
    add_workspace,
    asked_of,
    environment_variable,
    today,
)
from guardrail.cli.output import STANDARD, write_pieces
from guardrail.cli.reading import add_code
from guardrail.configuration import Data, configuration_for
from guardrail.decision import Decision, Verdict
from guardrail.errors import ConfigurationError
from guardrail.model import Gap, Stack
from guardrail.reports import WRITERS, Rendering

if TYPE_CHECKING:
    from guardrail.library import Library


def exit_code(verdict: Verdict) -> int:
    """The exit code of a verdict."""
    match verdict:
        case Verdict.ALLOW:
            return EXIT_ALLOW
        case Verdict.REVIEW:
            return EXIT_REVIEW
        case Verdict.DENY:
            return EXIT_DENY
        case _:
            assert_never(verdict)


def add_judging(
    parser: argparse.ArgumentParser, formats: Collection[str] = tuple(WRITERS)
) -> None:
    """Add the options of every verb that judges an input and reports on it."""
    add_questions(parser)
    add_reports(parser, formats)


def add_reports(
    parser: argparse.ArgumentParser, formats: Collection[str] = tuple(WRITERS)
) -> None:
    """Add the options that say how a decision is reported."""
    parser.add_argument(
        "--format", action="append", choices=sorted(formats), help="text when not given"
    )
    parser.add_argument(
        "--output", action="append", metavar="FILE", help="for each --format, in order"
    )


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that judges an input."""
    add_code(parser)
    add_stated(parser)
    add_environment(parser)
    add_workspace(parser)
    parser.add_argument(
        "--existing",
        choices=["report", "enforce"],
        default="report",
        help="whether resources that do not change block",
    )


def add_stated(parser: argparse.ArgumentParser) -> None:
    """Add what is stated of any stack, from wherever it is read."""
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
        "--config", type=Path, metavar="FILE", help="the organisation's guardrail.yaml"
    )
    add_derogations(parser)
    parser.set_defaults(actual=None, workspace=None, **UNATTESTED)


def targets_of(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Each format with the place its report goes to.

    Raises:
        ConfigurationError: Formats and places do not go together.
    """
    formats = options.format or ["text"]
    outputs = options.output or [STANDARD]
    if len(outputs) > len(formats):
        raise ConfigurationError("there are more --output than --format")
    outputs += [STANDARD] * (len(formats) - len(outputs))
    taken = {os.path.realpath(one) for one in _read(options) if one != STANDARD}
    for output in outputs:
        if output != STANDARD and os.path.realpath(output) in taken:
            message = "it is an input: a report would take its place"
            raise ConfigurationError(message, where=output)
    if len(set(outputs)) < len(outputs):
        raise ConfigurationError("two formats go to one place: give each its --output")
    return list(zip(formats, outputs, strict=True))


def _read(options: argparse.Namespace) -> list[str]:
    """The files that the command line names as inputs."""
    stated = getattr(options, "input", None)
    inputs = [stated] if isinstance(stated, str) else [*(stated or ())]
    return [*inputs, *([str(options.config)] if options.config else [])]


def judge(
    stack: Stack,
    path: str,
    options: argparse.Namespace,
    library: Library,
    notes: Sequence[Gap],
) -> Decision:
    """The decision on `stack`, which was read from `path`.

    Raises:
        InputError: Something of it cannot be read.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    day = options.as_of or today()
    return assess(stack, *ground(path, options, library, notes, day))


def ground(
    path: str,
    options: argparse.Namespace,
    library: Library,
    notes: Sequence[Gap],
    day: date,
) -> tuple[Knowledge, Circumstances]:
    """What the input at `path` is judged by, as of `day`.

    Raises:
        InputError: A derogation cannot be read.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    configuration = configuration_for(
        None if path == STANDARD else Path(path), _organisation(options)
    )
    asked = asked_of(options, configuration.rules)
    extended = configuration.extend(library.registry)
    words = configuration.words(library.vocabulary)
    knowledge = library.knowledge(day, asked, registry=extended, vocabulary=words)
    circumstances = configuration.circumstances(
        knowledge.lexicon,
        as_of=day,
        body=options.body,
        data=Data(class_=options.class_ or "", categories=tuple(options.category)),
        workspace=options.workspace,
    )
    derogations = derogations_of(options, configuration, library.rules, day)
    environment = with_attested(circumstances.environment, options)
    if options.actual is not None:
        profiles = library.registry.providers.values()
        environment = in_force(environment, options.actual, profiles)
    circumstances = msgspec.structs.replace(
        circumstances,
        environment=environment,
        enforce_existing=options.existing == "enforce",
        derogations=derogations,
        notes=(*notes, *circumstances.notes),
    )
    return knowledge, circumstances


def report(
    decisions: Sequence[Decision],
    targets: Sequence[tuple[str, str]],
    options: argparse.Namespace,
    library: Library,
) -> None:
    """Write each report to its place.

    Raises:
        ConfigurationError: A report cannot be written.
    """
    for name, target in targets:
        rendering = rendering_for(options, library, colour=is_coloured(target))
        write_pieces(WRITERS[name](decisions, rendering), target)


def _organisation(options: argparse.Namespace) -> Path | None:
    named = environment_variable("GUARDRAIL_CONFIG")
    return options.config or (Path(named) if named else None)


def rendering_for(
    options: argparse.Namespace, library: Library, *, colour: bool
) -> Rendering:
    """How reports are to be shown."""
    return Rendering(
        version=__version__,
        library_sha256=library.sha256,
        catalogue_date=library.catalogue.catalogue_date,
        language=options.lang,
        french=library.french,
        colour=colour,
    )


def is_coloured(target: str) -> bool:
    """Whether the report goes to a terminal that wants colour (NO_COLOR)."""
    wanted = environment_variable("NO_COLOR") is None and sys.stdout is not None
    return wanted and target == STANDARD and sys.stdout.isatty()
