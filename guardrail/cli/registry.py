"""What the verbs share that answer from the registry alone, without an input."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import msgspec

from guardrail import __version__
from guardrail.cli.options import (
    add_circumstances,
    add_reading,
    environment_variable,
    library_of,
    today,
)
from guardrail.cli.output import STANDARD, write
from guardrail.configuration import Configuration, configuration_for
from guardrail.library import Library
from guardrail.model import Gap
from guardrail.placement import Registry
from guardrail.reports import Rendering
from guardrail.reports.layout import encoded


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer stands on."""

    day: date
    library: Library
    registry: Registry
    """With the own clouds that guardrail.yaml declares."""
    configuration: Configuration
    rendering: Rendering
    notes: tuple[Gap, ...]
    """Of the library; those of the configuration come with its circumstances."""


def add_options(parser: argparse.ArgumentParser, *, judges: bool = False) -> None:
    """Add the options of a verb that answers from the registry, or judges by it."""
    if judges:
        add_circumstances(parser)
    else:
        add_reading(parser)
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the organisation's guardrail.yaml"
    )
    parser.add_argument(
        "--format", choices=["json", "text"], default="text", help="text when not given"
    )


def ground(options: argparse.Namespace) -> Ground:
    """The library, the configuration and the day that `options` ask for.

    Raises:
        LibraryError: The library cannot be used.
        ConfigurationError: guardrail.yaml cannot be used.
    """
    library, notes = library_of(options)
    named = environment_variable("GUARDRAIL_CONFIG")
    organisation = options.config or (Path(named) if named else None)
    configuration = configuration_for(Path.cwd(), organisation)
    return Ground(
        day=options.as_of or today(),
        library=library,
        registry=configuration.extend(library.registry),
        configuration=configuration,
        rendering=rendering(options, library),
        notes=notes,
    )


def rendering(options: argparse.Namespace, library: Library) -> Rendering:
    """How the answer is to be shown."""
    return Rendering(
        version=__version__,
        library_sha256=library.sha256,
        catalogue_date=library.catalogue.catalogue_date,
        language=options.lang,
        french=library.french,
        colour=sys.stdout.isatty() and environment_variable("NO_COLOR") is None,
    )


def answer(document: msgspec.Struct, text: bytes, options: argparse.Namespace) -> int:
    """Exit code 0, after writing `document` as JSON, or `text`."""
    write(encoded(document) if options.format == "json" else text, STANDARD)
    return 0
