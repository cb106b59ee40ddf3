"""`guardrail tag`: write the labels of sensitivity where the owner keeps them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.classification import Lexicon, normalised
from guardrail.cli.exits import EXIT_ALLOW, EXIT_REVIEW
from guardrail.cli.options import add_reading, add_workspace, library_of
from guardrail.cli.output import STANDARD, write
from guardrail.cli.reading import add_code
from guardrail.cli.words import chosen
from guardrail.errors import ConfigurationError
from guardrail.model import Phrase, say, spoken

if TYPE_CHECKING:
    from guardrail.tagging import Told

_EXAMPLE = """example:
  guardrail tag . --class sensitive --address 'aws_s3_bucket.*'
  guardrail tag . --class sensitive --address 'aws_s3_bucket.*' --write

Without --class it writes the classes that guardrail works out, from guardrail.yaml and
from where data flows; --plan tells more than the code alone. The difference goes to
standard output, for `git apply`; what became of each resource to standard error.

exit codes: 0 done, 11 something is asked for that was not written, or with --check
something would be written."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "tag",
        description="Write labels of sensitivity into Terraform code or a Heat "
        "template, and nothing else: comments and layout stay as they are.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "code",
        type=Path,
        metavar="CODE",
        help="folder of Terraform code, or a Heat template",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--write", action="store_true", help="write in place; a diff when not given"
    )
    mode.add_argument(
        "--check", action="store_true", help="exit 11 when something would be written"
    )
    parser.add_argument(
        "--class", dest="class_", metavar="CLASS", help="class to write"
    )
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        help="category to write, with --class; repeatable",
    )
    parser.add_argument(
        "--address",
        action="append",
        default=[],
        metavar="GLOB",
        help="only these resources; * stands for any text; repeatable",
    )
    parser.add_argument(
        "--plan", metavar="PLAN", help="work the classes out from this plan of the code"
    )
    parser.add_argument(
        "--key", default="", help="key of the label; the one that the code uses, "
        "or data_sensitivity, when not given",
    )  # fmt: skip
    parser.add_argument(
        "--category-key", default="", metavar="KEY", help="likewise of the categories"
    )
    parser.add_argument(
        "--scope",
        choices=["resource", "provider"],
        default="resource",
        help="on each resource, or in the default tags of the provider",
    )
    parser.add_argument(
        "--decision",
        default="",
        metavar="REF",
        help="reference of the decision under which a label may be lowered",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the organisation's guardrail.yaml"
    )
    add_code(parser)
    add_workspace(parser)
    add_reading(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 0, when all that is asked for is, or would be, in the code.

    Raises:
        InputError: The code or the plan cannot be read.
        LibraryError: The registry cannot be used.
        ConfigurationError: An option is not usable, or a file cannot be written.
    """
    # They cost start-up time, which every verb would pay.
    from guardrail.cli.patch import put, unified
    from guardrail.cli.tagging import Task, code_of, worded

    library, configuration = worded(options, library_of(options)[0])
    _checked(options, Lexicon(library.vocabulary))
    task = Task(options, library, code_of(options, library), configuration)
    asked = task.asked()
    proposal = task.proposal(asked)
    mappings, mapped = task.sidecar(asked, proposal)
    changes = [*task.changes(proposal), *mappings]
    if options.write:
        for change in changes:
            put(change)
    else:
        write(unified(changes), STANDARD)
    told = [one for one in proposal.told if one.outcome != "untagged"]
    told = [*told, *mapped, *asked.told, *asked.undecided]
    _tell(told, options, library.french)
    refused = any(one.outcome == "refused" for one in told)
    wanting = options.check and bool(changes)
    return EXIT_REVIEW if wanting or refused else EXIT_ALLOW


def _tell(
    told: Sequence[Told], options: argparse.Namespace, french: Mapping[str, str]
) -> None:
    """Say on standard error what became of each resource."""
    catalogue = french if options.lang == "fr" else {}
    shown = [one for one in told if one.outcome != "present"]
    for one in sorted(shown, key=lambda one: one.address):
        place = f"{one.place[0]}:{one.place[1]}: " if one.place else ""
        text = "; ".join(spoken(word, catalogue) for word in one.messages)
        if one.outcome == "refused":
            text = spoken(say("{}: {}", say("not written"), text), catalogue)
        print(f"{place}{one.address}: {text}", file=sys.stderr)
    counts = _counts(told, write=options.write)
    print(", ".join(spoken(one, catalogue) for one in counts), file=sys.stderr)


def _counts(told: Sequence[Told], *, write: bool) -> Iterator[Phrase]:
    """How many labels are written; then what else there is, if there is any."""
    counted = Counter(one.outcome for one in told)
    done = "{} [label|labels] written" if write else "{} [label|labels] to write"
    yield say(done, str(counted["written"]))
    if counted["present"]:
        yield say("{} already there", str(counted["present"]))
    if counted["refused"]:
        yield say("{} not written", str(counted["refused"]))
    if waiting := counted["undecided"]:
        yield say("{} for [its owner|their owners] to decide", str(waiting))


def _checked(options: argparse.Namespace, lexicon: Lexicon) -> None:
    """Nothing, where the words of the options are known ones.

    Raises:
        ConfigurationError: One is not.
    """
    if options.class_ and normalised(options.class_) not in lexicon.ranks:
        chosen(options.class_, [o.id for o in lexicon.vocabulary.classes], "class")
    for word in options.category:
        if normalised(word) not in lexicon.categories:
            chosen(word, [o.id for o in lexicon.vocabulary.categories], "category")
    if options.category and not options.class_:
        raise ConfigurationError("--category is written beside a --class")
    keys = [
        (options.key, lexicon.class_keys, lexicon.vocabulary.class_keys),
        (
            options.category_key,
            lexicon.category_keys,
            lexicon.vocabulary.category_keys,
        ),
    ]
    for key, read, listed in keys:
        bare = key.rpartition("/")[2]
        if key and normalised(bare) not in read:
            known = ", ".join(listed)
            raise ConfigurationError(
                f"a label under {key!r} would not be read; the keys are: {known}"
            )
