"""The command line: arguments, clock, environment, exit code; it judges nothing."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from guardrail import __version__
from guardrail.cli.exits import (
    EXIT_BUG,
    EXIT_UNGOVERNED,
    EXIT_UNREADABLE,
    EXIT_USAGE,
)
from guardrail.errors import (
    ConfigurationError,
    GuardrailError,
    InputError,
    LibraryError,
)

__all__ = ["VERBS", "completed", "main"]

VERBS = (
    "check",
    "explain",
    "graph",
    "apply",
    "attest",
    "verify",
    "serve",
    "log",
    "derogation",
    "where",
    "offers",
    "rules",
    "tag",
    "init",
    "review",
)
"""Each is a module of this room with a function `add`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one run."""
    # A run is short and makes no cycles worth collecting; the collector would cost more
    # than the parsing.
    gc.disable()
    stated = sys.argv[1:] if arguments is None else list(arguments)
    stated, passed = _passed(stated)
    options = _parser(stated[:1]).parse_args(stated)
    options.passed = passed
    return completed(options)


def completed(options: argparse.Namespace) -> int:
    """The exit code of the verb that `options` chose, with its errors told."""
    try:
        code: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except GuardrailError as error:
        return _failed(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREADABLE
    except Exception as error:  # noqa: BLE001  # a bug: its message may hold a secret
        return _bug(error)
    return code


def _passed(stated: list[str]) -> tuple[list[str], list[str]]:
    """The command line, and what stands after `--` for the program that it runs."""
    if stated[:1] != ["apply"] or "--" not in stated:
        return stated, []
    place = stated.index("--")
    return stated[:place], stated[place + 1 :]


def _failed(error: GuardrailError) -> int:
    text = "".join(char if char.isprintable() else " " for char in str(error))
    print(f"guardrail: {text}", file=sys.stderr)
    if isinstance(error, LibraryError):
        return EXIT_UNGOVERNED
    if isinstance(error, ConfigurationError):
        return EXIT_USAGE
    assert isinstance(error, InputError)  # noqa: S101  # the tree has three branches
    return EXIT_UNREADABLE


def _bug(error: Exception) -> int:
    """Where it happened, without the values that Python's own message would show."""
    import traceback  # only here: it costs start-up time

    for frame in traceback.extract_tb(error.__traceback__):
        print(f"  {frame.filename}:{frame.lineno} in {frame.name}", file=sys.stderr)
    print(
        f"guardrail: a bug: {type(error).__name__}; please report it", file=sys.stderr
    )
    return EXIT_BUG


class _Once(argparse.Action):
    """Keeps the value of an option that is given once."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Keep the value; a second one would silently take its place."""
        given: set[str] = vars(namespace).setdefault("given", set())
        if option_string and self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class _Parser(argparse.ArgumentParser):
    """A parser in which no option silently takes the place of another."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)


def _parser(first: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser, with the verb that is named alone, or with all where none is."""
    parser = _Parser(
        prog="guardrail",
        description="Keeps sensitive data off the clouds that may not hold it.",
        epilog="Exit codes: 0 allow, 2 usage, 3 unreadable input, 4 rules or registry "
        "unusable, 10 deny, 11 review. Everything but 0 blocks.",
    )
    parser.add_argument(
        "--version", action="version", version=f"guardrail {__version__}"
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    for verb in [one for one in first if one in VERBS] or VERBS:
        import_module(f"guardrail.cli.{verb}").add(verbs)
    return parser
