"""`guardrail check`: judge what is about to be deployed."""

from __future__ import annotations

import argparse

from guardrail.cli.exits import EXIT_ALLOW
from guardrail.cli.judging import add_judging, exit_code, judge, report, targets_of
from guardrail.cli.options import INPUT, library_of
from guardrail.cli.reading import stack_of
from guardrail.decision import worst
from guardrail.errors import ConfigurationError

_EXAMPLE = """example:
  terraform plan -out tfplan
  guardrail check tfplan --body state
or, where Terraform is not at hand:
  guardrail check plan.json --src . --body state"""


_PRESETS = {"atlantis": ["atlantis"]}
"""Preset to the formats that it writes."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "check",
        description="Judge what is about to be deployed: allow, review or deny.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "input",
        nargs="+",
        metavar="INPUT",
        help=INPUT,
    )
    parser.add_argument(
        "--preset",
        choices=sorted(_PRESETS),
        help="write what another program reads, and exit as it wants: atlantis reads "
        "the text alone, and takes an exit code for an error",
    )
    add_judging(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The exit code of the worst verdict.

    Raises:
        InputError: An input cannot be read as what it should be.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    if options.preset is not None:
        if options.format or options.output:
            raise ConfigurationError("a preset is its own format", where="--preset")
        options.format = _PRESETS[options.preset]
    targets = targets_of(options)
    library, notes = library_of(options)
    decisions = [
        judge(stack_of(path, options), path, options, library, notes)
        for path in dict.fromkeys(options.input)
    ]
    report(decisions, targets, options, library)
    if options.preset is not None:
        return EXIT_ALLOW  # the report says what was judged; nothing else is read
    return exit_code(worst(decision.verdict for decision in decisions))
