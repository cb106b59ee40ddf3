"""The command line: arguments, clock, environment, exit code; it judges nothing."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from guardrail import __version__
from guardrail.cli.exits import (
    EXIT_BUG,
    EXIT_UNGOVERNED,
    EXIT_UNREADABLE,
    EXIT_USAGE,
)
from guardrail.cli.parser import Parser
from guardrail.errors import (
    ConfigurationError,
    GuardrailError,
    InputError,
    LibraryError,
)

__all__ = ["VERBS", "completed", "main"]

VERBS: Mapping[str, str] = {
    "check": "judge a plan",
    "explain": "how the answer about a resource came about",
    "graph": "draw where the data goes",
    "apply": "judge a plan and apply it if it is allowed",
    "attest": "judge a plan and sign the verdict on it",
    "verify": "check what was attested of a plan",
    "serve": "serve run tasks, decisions and policy checks over HTTP",
    "log": "read and check the decision log of the server",
    "derogation": "write, check and list derogations",
    "where": "where data may go",
    "offers": "what is known of offers",
    "rules": "the rules, with their law and dates",
    "tag": "write labels of sensitivity into code",
    "init": "propose the files that a repository needs",
    "review": "judge what is in a cloud already",
}
"""What each does. Each is a module of this room with a function `add`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one run."""
    # A run is short and makes no cycles worth collecting; the collector would cost more
    # than the parsing, and again on the way out.
    gc.disable()
    atexit.register(gc.freeze)
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


def _parser(first: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the verb that is named, or of none: a list of what they do."""
    parser = Parser(
        prog="guardrail",
        description="Keeps sensitive data off the clouds that may not hold it.",
        epilog="Exit codes: 0 allow, 2 usage, 3 unreadable input, 4 rules or "
        "registry unusable,\n10 deny, 11 review. Everything but 0 blocks.",
    )
    parser.add_argument(
        "--version", action="version", version=f"guardrail {__version__}"
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    if first and first[0] in VERBS:
        _import_msgspec()
        import_module(f"guardrail.cli.{first[0]}").add(verbs)
        return parser
    for verb, summary in VERBS.items():
        verbs.add_parser(verb, help=summary)
    return parser


def _import_msgspec() -> None:
    """Import it, and not what it takes from `typing` where there is nothing else.

    `typing_extensions` makes every run a tenth slower, and has nothing for msgspec that
    the oldest Python we run on does not have.
    """
    if "msgspec" in sys.modules or "typing_extensions" in sys.modules:
        return
    absent: dict[str, Any] = {"typing_extensions": None}
    sys.modules.update(absent)
    import_module("msgspec")
    del sys.modules["typing_extensions"]
