"""`guardrail graph`: the stack as a picture."""

from __future__ import annotations

import argparse

from guardrail.cli.judging import add_questions, judge, rendering_for
from guardrail.cli.options import INPUT, library_of
from guardrail.cli.output import STANDARD, write
from guardrail.cli.reading import stack_of

_EXAMPLE = """example:
  guardrail graph tfplan --body state --output stack.svg

Resources stand in the operator, offer and country where they land, with their class
and verdict; flows that leave one are thick. A file of Mermaid or Graphviz is written
with --format mermaid or dot. The exit code is 0 when the picture was made, whatever
the verdict is: `guardrail check` is the gate."""
_FORMATS = ("dot", "mermaid", "svg")
_GROUPINGS = ("auto", "module", "none")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "graph",
        description="Draw the stack: who operates what, and where the data goes.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("input", metavar="INPUT", help=INPUT)
    add_questions(parser)
    parser.add_argument(
        "--format", choices=_FORMATS, default="svg", help="svg when not given"
    )
    parser.add_argument(
        "--output",
        default=STANDARD,
        metavar="FILE",
        help="standard output when not given",
    )
    parser.add_argument(
        "--group",
        choices=_GROUPINGS,
        default="auto",
        help="one card for each module, for each resource, or as many as are legible "
        "(default)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0, when the picture was made.

    Raises:
        InputError: The input cannot be read as what it should be.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option or guardrail.yaml is not usable.
    """
    from guardrail.reports.picture import picture  # only here: it costs start-up time

    library, notes = library_of(options)
    path = options.input
    decision = judge(stack_of(path, options), path, options, library, notes)
    rendering = rendering_for(options, library, colour=False)
    drawn = picture(decision, rendering, format_=options.format, grouping=options.group)
    write(drawn, options.output)
    return 0
