"""`guardrail log`: the decision log read, held against its seals, and let go of."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from guardrail.cli.exits import EXIT_ALLOW, EXIT_DENY
from guardrail.errors import ConfigurationError

if TYPE_CHECKING:
    from guardrail.server.log import DecisionLog

_EXAMPLE = """examples:
  guardrail log verify sqlite:////var/lib/guardrail/log.db
  guardrail log list postgresql://guardrail@db.example/guardrail --after 1200
  guardrail log forget sqlite:////var/lib/guardrail/log.db --days 1825

The seal that `verify` prints proves what was written before it: note it elsewhere."""

_ACTIONS = {
    "verify": "hold every row against its seal",
    "list": "print the rows, a JSON object a line",
    "forget": "let go of old rows",
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "log",
        description="Read the decision log of `guardrail serve`.",
        epilog=_EXAMPLE,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    verify, listed, forget = (
        actions.add_parser(
            name,
            help=help_,
            epilog=_EXAMPLE,
        )
        for name, help_ in _ACTIONS.items()
    )
    listed.add_argument(
        "--after",
        type=int,
        default=0,
        metavar="NUMBER",
        help="rows with higher numbers",
    )
    forget.add_argument(
        "--days", type=int, required=True, metavar="N", help="keep what is N days old"
    )
    for action, act in ((verify, _verify), (listed, _list), (forget, _forget)):
        action.add_argument("log", metavar="URL", help="database URL")
        action.set_defaults(run=run, act=act)


def run(options: argparse.Namespace) -> int:
    """The exit code: 10 where the log is not as it was written.

    Raises:
        ConfigurationError: The log cannot be opened, or is not supported here.
    """
    try:
        from guardrail.server.log import LogError, open_log
    except ImportError as error:
        message = f"the server is not installed ({error.name})"
        remedy = "Install it with: pip install 'guardrail[server]'"
        raise ConfigurationError(message, remedy=remedy) from error
    try:
        code: int = options.act(open_log(options.log), options)
    except LogError as error:
        raise ConfigurationError(str(error.args[0]), remedy=error.remedy) from error
    return code


def _verify(log: DecisionLog, _options: argparse.Namespace) -> int:
    found = log.verify()
    if found.broken is not None:
        print(
            f"guardrail: row {found.broken} is not as it was written, or is gone",
            file=sys.stderr,
        )
        return EXIT_DENY
    print(f"{found.rows} rows from {found.first} on, whole; seal {found.seal}")
    return EXIT_ALLOW


def _list(log: DecisionLog, options: argparse.Namespace) -> int:
    import msgspec

    for row in log.rows(options.after):
        shown = {
            "number": row.number,
            "written": row.written,
            "decision": msgspec.Raw(row.content.encode()),
            "seal": row.seal,
        }
        print(msgspec.json.encode(shown).decode())
    return EXIT_ALLOW


def _forget(log: DecisionLog, options: argparse.Namespace) -> int:
    if options.days < 1:
        raise ConfigurationError("at least one day is kept", where="--days")
    before = datetime.now(UTC) - timedelta(days=options.days)
    print(f"{log.forget(before)} rows let go")
    return EXIT_ALLOW
