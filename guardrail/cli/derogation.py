"""`guardrail derogation`: write, check and list what authorities accepted."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from guardrail import __version__
from guardrail.cli.derogations import (
    add_signatures,
    allowed_signers,
    distinct,
    read_filed,
)
from guardrail.cli.draft import HERE, Draft, create
from guardrail.cli.exits import EXIT_ALLOW, EXIT_DENY
from guardrail.cli.options import (
    add_reading,
    day_of,
    library_of,
    today,
)
from guardrail.cli.output import STANDARD, write
from guardrail.decision import (
    Derogation,
    FiledDerogation,
    Standing,
    State,
    broad,
    standing,
)
from guardrail.errors import ConfigurationError, InputError
from guardrail.library import Library
from guardrail.model import say
from guardrail.policy import Rule
from guardrail.reports import Rendering

_NEW = """example:
  guardrail derogation new --rule fr-2021-r9-collab --rule baseline-sensitive \\
    --address 'module.mail.*' --service mail --system Messagerie \\
    --started-on 2020-11-02 --very-advanced-on 2021-07-05 --reason '…'

Sign it, where the rules or your organisation ask for it:
  ssh-keygen -Y sign -n guardrail-derogation -f KEY derogations/DER-2021-001.yaml"""
_CHECK = """example:
  guardrail derogation check derogations/ --as-of 2022-09-30

Exit codes: 0 all may be relied on, 3 unreadable, 10 one is unlawful, over-broad or
expired."""
_LIST = """example:
  guardrail derogation list derogations/"""
_ABOUT = """example:
  guardrail derogation check derogations/"""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb, with `new`, `check` and `list`."""
    parser = verbs.add_parser(
        "derogation",
        description="Derogations: an authority's dated acceptance of named findings.",
        epilog=_ABOUT,
    )
    inner = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_new(inner)
    check = _added(inner, "check", "say of each whether it is lawful, and why", _CHECK)
    check.add_argument("path", nargs="+", type=Path, metavar="DIR|FILE")
    check.set_defaults(run=_check)
    listing = _added(inner, "list", "list them by their last day", _LIST)
    listing.add_argument(
        "path", nargs="*", type=Path, default=[HERE], metavar="DIR|FILE"
    )
    listing.set_defaults(run=_list)
    for one in (check, listing):
        add_signatures(one)


def _added(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    example: str,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=example,
    )
    add_reading(parser)
    return parser


def _add_new(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _added(verbs, "new", "write the file of a derogation from a finding", _NEW)
    parser.add_argument("--rule", action="append", required=True, metavar="ID")
    parser.add_argument("--address", action="append", required=True, metavar="GLOB")
    parser.add_argument(
        "--service", action="append", default=[], metavar="KIND", help="repeatable"
    )
    parser.add_argument("--office", help="who grants it; from the rule when not given")
    parser.add_argument("--authority", default="", metavar="NAME", help="its body")
    parser.add_argument("--countersigned-by", metavar="OFFICE")
    parser.add_argument("--system", default="", metavar="NAME", help="the project")
    for name in ("started-on", "very-advanced-on", "acceptable-offer-on"):
        parser.add_argument(f"--{name}", type=day_of, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--granted-on", type=day_of, metavar="YYYY-MM-DD", help="today when not given"
    )
    parser.add_argument(
        "--until",
        type=day_of,
        metavar="YYYY-MM-DD",
        help="last day, inclusive, UTC; the longest lawful when not given",
    )
    parser.add_argument("--published", metavar="WHERE")
    parser.add_argument("--reason", default="")
    parser.add_argument(
        "--evidence",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a document to be named with its digest; repeatable",
    )
    parser.add_argument(
        "--id", metavar="ID", help="the next of the year when not given"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="derogations/ID.yaml when not given; - to print",
    )
    parser.set_defaults(run=_new)


def _check(options: argparse.Namespace) -> int:
    """Whether every derogation may be relied on, with what stands against it."""
    library, day = _library(options)
    standings = _standings(options, library, day)
    page = _Page(options, library)
    lines = [line for one in standings for line in page.entry(one, day)]
    page.show(lines or [page.say("there are no derogations")])
    sound = {State.LAWFUL, State.NOT_YET}
    return EXIT_ALLOW if all(one.state in sound for one in standings) else EXIT_DENY


def _list(options: argparse.Namespace) -> int:
    """The table of derogations, the first to end first."""
    library, day = _library(options)
    standings = sorted(
        _standings(options, library, day),
        key=lambda one: (one.filed.derogation.until, one.filed.derogation.derogation),
    )
    page = _Page(options, library)
    table = [page.row(one, day) for one in standings]
    page.show(
        _columns([page.heads(), *table])
        if table
        else [page.say("there are no derogations")]
    )
    return EXIT_ALLOW


def _library(options: argparse.Namespace) -> tuple[Library, date]:
    library, _notes = library_of(options)
    return library, options.as_of or today()


def _standings(
    options: argparse.Namespace, library: Library, day: date
) -> list[Standing]:
    filed = read_filed(
        options.path, allowed_signers(options), day, required=options.require_signatures
    )
    distinct(filed)
    return [standing(one, library.rules, day) for one in filed]


class _Page:
    """What is shown of derogations, in the language asked."""

    def __init__(self, options: argparse.Namespace, library: Library) -> None:
        self._rendering = Rendering(
            version=__version__,
            library_sha256=library.sha256,
            catalogue_date=library.catalogue.catalogue_date,
            language=options.lang,
            french=library.french,
        )

    def say(self, template: str, *arguments: str) -> str:
        """The sentence in the language asked."""
        return self._rendering.say(say(template, *arguments))

    def show(self, lines: Iterable[str]) -> None:
        """Write `lines` to standard output."""
        write("".join(f"{line}\n" for line in lines).encode(), STANDARD)

    def entry(self, one: Standing, day: date) -> Iterator[str]:
        """What `check` says of one derogation."""
        derogation = one.filed.derogation
        yield self._rendering.say(
            f"{self._state(one):<11}{derogation.derogation}  {one.filed.path}"
        )
        rules = ", ".join(derogation.rules)
        left = str(_days_left(derogation, day))
        template = "{}, until {} (end of the day, UTC), days left: {}"
        yield " " * 11 + self.say(template, rules, derogation.until.isoformat(), left)
        for why in one.reasons:
            yield " " * 11 + "- " + self._rendering.say(why)
        if one.lawful_for and one.reasons:
            lawful = ", ".join(sorted(one.lawful_for))
            yield " " * 11 + self.say("lawful for {}", lawful)

    def heads(self) -> tuple[str, ...]:
        """The heads of the columns of `list`."""
        names = ("last day", "days left", "standing", "derogation", "office")
        return tuple(self.say(name) for name in (*names, "rules", "addresses"))

    def row(self, one: Standing, day: date) -> tuple[str, ...]:
        """The line of `list` about one derogation."""
        derogation = one.filed.derogation
        cells = (
            derogation.until.isoformat(),
            str(_days_left(derogation, day)),
            self._state(one),
            derogation.derogation,
            " + ".join(derogation.offices),
            ", ".join(derogation.rules),
            ", ".join(derogation.scope.addresses),
        )
        return tuple(map(self._rendering.say, cells))

    def _state(self, one: Standing) -> str:
        return self.say(one.state.value)


def _days_left(derogation: Derogation, day: date) -> int:
    """Days after `day`; 0 on the last, negative once it is over."""
    return (derogation.until - day).days


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _new(options: argparse.Namespace) -> int:
    """Write the file, and say what it lacks.

    Raises:
        ConfigurationError: An option is not usable, or the file is there already.
    """
    from guardrail.derogation_files import derogation_of

    library, day = _library(options)
    rules = [_rule(name, library) for name in options.rule]
    too_broad = next(filter(broad, options.address), None)
    if too_broad is not None:
        message = f"--address {too_broad} covers everything: name what is derogated"
        raise ConfigurationError(message)
    page = _Page(options, library)
    text = Draft(options, rules, page.say).text(options.granted_on or day)
    try:
        derogation = derogation_of(text, "derogation")
    except InputError as error:
        raise ConfigurationError(str(error.args[0]), where=error.where) from error
    if options.output == STANDARD:
        write(text, STANDARD)
        return EXIT_ALLOW
    target = Path(options.output or HERE / f"{derogation.derogation}.yaml")
    create(target, text)
    found = standing(FiledDerogation(derogation=derogation), library.rules, day)
    lacking = [f"- {page.say('still lacking: {}', why)}" for why in found.reasons]
    page.show([page.say("written: {}", str(target)), *lacking])
    return EXIT_ALLOW


def _rule(name: str, library: Library) -> Rule:
    rule = library.rules.get(name)
    if rule is None:
        known = ", ".join(sorted(library.rules))
        raise ConfigurationError(f"no rule is called {name}; there are: {known}")
    if rule.derogation is None:
        raise ConfigurationError(f"{name} admits no derogation")
    return rule
