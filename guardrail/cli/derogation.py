"""`guardrail derogation`: write, check and list what authorities accepted."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from guardrail import __version__
from guardrail.cli.exits import EXIT_ALLOW, EXIT_DENY
from guardrail.cli.options import (
    add_reading,
    day_of,
    environment_variable,
    library_of,
    today,
)
from guardrail.cli.output import STANDARD, write
from guardrail.configuration import Configuration, DerogationFolder
from guardrail.decision import (
    Derogation,
    Derogations,
    FiledDerogation,
    Standing,
    State,
    broad,
    months_after,
    standing,
)
from guardrail.errors import ConfigurationError, InputError
from guardrail.library import Library
from guardrail.model import say
from guardrail.policy import Rule, Terms
from guardrail.reports import Rendering

_HERE = Path("derogations")
_MONTHS = 12
"""How long a new one lasts where its rules do not say."""

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
        help="write, check and list derogations",
        description="Derogations: an authority's dated acceptance of named findings.",
        epilog=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inner = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_new(inner)
    check = _added(inner, "check", "say of each whether it is lawful, and why", _CHECK)
    check.add_argument("path", nargs="+", type=Path, metavar="DIR|FILE")
    check.set_defaults(run=_check)
    listing = _added(inner, "list", "list them by their last day", _LIST)
    listing.add_argument(
        "path", nargs="*", type=Path, default=[_HERE], metavar="DIR|FILE"
    )
    listing.set_defaults(run=_list)
    for one in (check, listing):
        _add_signatures(one)


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
        formatter_class=argparse.RawDescriptionHelpFormatter,
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


def add_derogations(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that applies derogations."""
    parser.add_argument(
        "--derogations",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="apply the derogations in this folder; repeatable",
    )
    _add_signatures(parser)


def _add_signatures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allowed-signers",
        type=Path,
        metavar="FILE",
        help="who may sign, in OpenSSH's form, an office for a principal "
        "(GUARDRAIL_ALLOWED_SIGNERS)",
    )
    parser.add_argument(
        "--require-signatures",
        action="store_true",
        help="no derogation counts without an accepted signature",
    )


def derogations_of(
    options: argparse.Namespace,
    configuration: Configuration,
    rules: Mapping[str, Rule],
    day: date,
) -> Derogations:
    """The derogations that the command line and `guardrail.yaml` name.

    Raises:
        InputError: A path is not there, a file is not a derogation, or two have one id.
        ConfigurationError: A signature cannot be checked.
    """
    named = [
        DerogationFolder(path=path, must_sign=False) for path in options.derogations
    ]
    # Git keeps no empty folder: one that guardrail.yaml names may not be there yet.
    named += [one for one in configuration.derogation_folders if one.path.is_dir()]
    folders: dict[Path, DerogationFolder] = {}
    for one in named:
        folders.setdefault(one.path.resolve(), one)
    if not folders:
        return Derogations()
    allowed = _allowed(options) or configuration.allowed_signers
    always = options.require_signatures or configuration.require_signatures
    filed = [
        one
        for folder in folders.values()
        for one in _read(
            [folder.path], allowed, day, required=always or folder.must_sign
        )
    ]
    _distinct(filed)
    return Derogations(files=tuple(filed), rules=rules)


def _allowed(options: argparse.Namespace) -> Path | None:
    named = environment_variable("GUARDRAIL_ALLOWED_SIGNERS")
    return options.allowed_signers or (Path(named) if named else None)


def _read(
    paths: Iterable[Path], allowed: Path | None, day: date, *, required: bool
) -> tuple[FiledDerogation, ...]:
    # It reads YAML, which costs start-up time where there are no derogations.
    from guardrail.derogation_files import Signers, read_derogations

    return read_derogations(paths, Signers(file=allowed, required=required), day)


def _distinct(filed: Iterable[FiledDerogation]) -> None:
    from guardrail.derogation_files import refuse_twins

    refuse_twins(filed)


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
    filed = _read(
        options.path, _allowed(options), day, required=options.require_signatures
    )
    _distinct(filed)
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
    text = _Draft(options, rules, page).text(options.granted_on or day)
    try:
        derogation = derogation_of(text, "derogation")
    except InputError as error:
        raise ConfigurationError(str(error.args[0]), where=error.where) from error
    if options.output == STANDARD:
        write(text, STANDARD)
        return EXIT_ALLOW
    target = Path(options.output or _HERE / f"{derogation.derogation}.yaml")
    _create(target, text)
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


class _Draft:
    """The text of a new derogation."""

    def __init__(
        self, options: argparse.Namespace, rules: Sequence[Rule], page: _Page
    ) -> None:
        self._options = options
        self._page = page
        law = [rule for rule in rules if rule.layer != "baseline"]
        self._terms = [_terms(rule) for rule in law or rules]

    def text(self, granted_on: date) -> bytes:
        """The document, commented, as UTF-8."""
        asked, say_ = self._options, self._page.say
        lines = [
            f"# {say_('An acceptance by an authority, dated and scoped.')}",
            f"derogation: {_scalar(asked.id or _next_id(granted_on.year))}",
            f"rules: {_scalar(asked.rule)}",
            "scope:",
            f"  addresses: {_scalar(asked.address)}  # {say_('* stands for any text')}",
            f"  services: {_scalar(asked.service)}{self._services()}",
            "authority:",
            f"  office: {_scalar(self._office())}",
            f"  body: {_scalar(asked.authority)}",
            f"  countersigned_by: {_scalar(asked.countersigned_by)}{self._second()}",
            "system:",
            f"  name: {_scalar(asked.system)}",
            f"  started_on: {_day(asked.started_on)}{self._started()}",
            f"  very_advanced_on: {_day(asked.very_advanced_on)}{self._advanced()}",
            f"granted_on: {_day(granted_on)}",
            f"until: {_day(asked.until or self._until(granted_on))}"
            f"  # {say_('last day, inclusive, UTC')}",
            f"acceptable_offer_on: {_day(asked.acceptable_offer_on)}"
            f"  # {say_('the day one became available; null while there is none')}",
            f"published: {_scalar(asked.published)}"
            f"  # {say_('where, for the rules that ask for it')}",
            f"reason: {_scalar(asked.reason)}",
            f"evidence: {_scalar([_document(path) for path in asked.evidence])}",
        ]
        return "".join(f"{line}\n" for line in lines).encode(errors="replace")

    def _office(self) -> str:
        return self._options.office or self._terms[0].by[0]

    def _second(self) -> str:
        offices = {name for terms in self._terms for name in terms.by}
        others = sorted(offices - {self._office()})
        return f"  # {self._page.say('by {}', ', '.join(others))}" if others else ""

    def _until(self, granted_on: date) -> date:
        """The longest that every rule leaves."""
        start = self._options.acceptable_offer_on or granted_on
        lengths = [terms.months_after_offer for terms in self._terms]
        stated = [months for months in lengths if months is not None]
        return months_after(start, min(stated, default=_MONTHS))

    def _services(self) -> str:
        asked = sorted({kind for terms in self._terms for kind in terms.services})
        return f"  # {self._page.say('among {}', ', '.join(asked))}" if asked else ""

    def _started(self) -> str:
        asked = [terms.started_before for terms in self._terms if terms.started_before]
        if not asked:
            return ""
        return f"  # {self._page.say('before {}', min(asked).isoformat())}"

    def _advanced(self) -> str:
        asked = [
            known.very_advanced_on for known in self._terms if known.very_advanced_on
        ]
        if not asked:
            return ""
        return f"  # {self._page.say('{} or before', min(asked).isoformat())}"


def _terms(rule: Rule) -> Terms:
    assert rule.derogation is not None  # noqa: S101  # `_rule` refuses the others
    return rule.derogation


def _scalar(value: object) -> str:
    """`value` in YAML: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def _day(day: date | None) -> str:
    return "null" if day is None else day.isoformat()


def _document(path: Path) -> dict[str, str]:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise ConfigurationError(message, where=str(path)) from error
    return {"title": path.name, "sha256": digest}


def _next_id(year: int) -> str:
    """The first id of the year that no file in `derogations/` is named after."""
    taken = {path.stem for path in _HERE.glob("*.y*ml")}
    numbers = range(1, len(taken) + 2)
    names = (f"DER-{year}-{number:03d}" for number in numbers)
    return next(name for name in names if name not in taken)


def _create(target: Path, text: bytes) -> None:
    """Write a file whole; what is there already is left.

    Raises:
        ConfigurationError: It cannot be written, or is there already.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}."
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            Path(name).chmod(0o644)
            target.hardlink_to(name)  # unlike a rename, it replaces nothing
        finally:
            with contextlib.suppress(OSError):
                Path(name).unlink()
    except FileExistsError as error:
        raise ConfigurationError("it is there already", where=str(target)) from error
    except OSError as error:
        message = f"it cannot be written: {error.strerror}"
        raise ConfigurationError(message, where=str(target)) from error
