"""Options that several verbs share, and what the clock and the environment say."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, date, datetime
from pathlib import Path

from guardrail.configuration import BODIES
from guardrail.errors import ConfigurationError
from guardrail.library import RULES, Library, load_library, shipped, staleness
from guardrail.model import Gap

LANGUAGES = ("en", "fr")
INPUT = (
    "plan (binary or JSON), folder of code, Heat template, playbook, or export of "
    "the OpenStack client; - for standard input"
)
"""What is said of what can be judged."""


def today() -> date:
    """The day, UTC."""
    return datetime.now(UTC).date()


def environment_variable(name: str) -> str | None:
    """A variable of guardrail's own environment; None when unset or empty."""
    return os.environ.get(name) or None


def add_circumstances(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that judges as of a day for a body."""
    add_reading(parser)
    parser.add_argument("--body", choices=BODIES, help="who deploys")
    parser.add_argument(
        "--rules",
        choices=sorted(RULES),
        help="texts of law, baseline, or both (default)",
    )
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="ID",
        help="an informational profile beside the rules; repeatable",
    )


def add_workspace(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the workspace."""
    parser.add_argument(
        "--workspace",
        default=environment_variable("TF_WORKSPACE") or "",
        metavar="NAME",
        help="workspace of Terraform, where guardrail.yaml tells them apart "
        "(TF_WORKSPACE)",
    )


def asked_of(options: argparse.Namespace, stated: str) -> frozenset[str]:
    """The layers and profiles asked for; `stated` is what guardrail.yaml says."""
    return RULES[options.rules or stated or "both"] | frozenset(options.profile)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that reads the library as of a day."""
    parser.add_argument(
        "--as-of",
        type=day_of,
        metavar="YYYY-MM-DD",
        help="judge as of this day (UTC); today when not given",
    )
    parser.add_argument(
        "--library",
        type=Path,
        metavar="DIR",
        help="use these policies, not the shipped",
    )
    parser.add_argument(
        "--lang",
        type=_language,  # the default, which may be the environment's, is held to it
        choices=LANGUAGES,
        default=environment_variable("GUARDRAIL_LANG") or "en",
        help="language of the report (GUARDRAIL_LANG)",
    )


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {LANGUAGES}")
    return text


def day_of(text: str) -> date:
    """The day that an option states.

    Raises:
        argparse.ArgumentTypeError: It is not a day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day YYYY-MM-DD") from error


def library_of(options: argparse.Namespace) -> tuple[Library, tuple[Gap, ...]]:
    """The library asked for, and a note when it grows old.

    Raises:
        LibraryError: It cannot be read, or is too old to be relied on.
    """
    library = load_library(options.library or shipped())
    return library, staleness(library, today())


def pairs(stated: list[str], option: str) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping.

    Raises:
        ConfigurationError: A text is not of that form.
    """
    found = {}
    for text in stated:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise ConfigurationError(f"{option} takes NAME=VALUE")
        if name in found:
            raise ConfigurationError("a name is stated twice", where=option)
        found[name] = value
    return found
