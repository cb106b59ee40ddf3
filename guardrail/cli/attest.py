"""`guardrail attest`: judge a binary plan, and sign what was found."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail import __version__
from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.cli.judging import add_judging, exit_code, ground, report, targets_of
from guardrail.cli.options import environment_variable, library_of, today
from guardrail.cli.output import write
from guardrail.cli.reading import content_of, stack_of
from guardrail.decision import Decision, Verdict
from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import is_binary
from guardrail.model import Gap, Stack

if TYPE_CHECKING:
    from guardrail.gate.attestation import Predicate
    from guardrail.library import Library

SUFFIX = ".intoto.json"
_VERIFIER = f"pkg:pypi/guardrail@{__version__}"
_EXAMPLE = """example:
  guardrail attest tfplan --body state --key gate.key
  guardrail verify --plan tfplan --attestation tfplan.intoto.json --key gate.pub
  terraform apply tfplan

The key is an Ed25519 key, in PEM (`openssl genpkey -algorithm ed25519`) or OpenSSH's
form (`ssh-keygen -t ed25519`). Its passphrase is read from GUARDRAIL_KEY_PASSPHRASE."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "attest",
        description="Judge a binary plan as of today, and sign a statement on its "
        "digest: the verdict, by what it was judged, and until when it holds.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("plan", metavar="PLAN", help="a binary plan")
    parser.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="FILE",
        help="private key to sign with",
    )
    parser.add_argument(
        "--attestation",
        metavar="FILE",
        help=f"where the statement goes; PLAN{SUFFIX} when not given",
    )
    parser.add_argument(
        "--valid-days",
        type=_days,
        metavar="N",
        help="let it hold for N days at most, today among them",
    )
    parser.add_argument(
        "--verifier", default=_VERIFIER, metavar="URI", help="who judges, as a URI"
    )
    add_judging(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The exit code of the verdict, whatever it is attested.

    Raises:
        InputError: There is no binary plan that can be judged.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option, the key or guardrail.yaml is not usable.
    """
    from guardrail.gate.attestation import statement
    from guardrail.gate.signing import sign

    if options.as_of not in {None, today()}:
        raise ConfigurationError("a plan is attested today, and judged as of today")
    targets = targets_of(options)
    library, notes = library_of(options)
    if not is_binary(content_of(options.plan)):
        raise InputError(
            "it is no binary plan, and only that can be applied",
            where=options.plan,
            remedy="Give what `terraform plan -out` wrote",
        )
    hearing = _Hearing(options, library, notes)
    decision = hearing.decide(today())
    predicate = _predicate(hearing, decision)
    payload = statement(Path(options.plan).name, decision.origin.sha256, predicate)
    signed = sign(
        payload, options.key, environment_variable("GUARDRAIL_KEY_PASSPHRASE")
    )
    write(signed, options.attestation or f"{options.plan}{SUFFIX}")
    report([decision], targets, options, library)
    return exit_code(decision.verdict)


class _Hearing:
    """One plan, judged on several days."""

    def __init__(
        self, options: argparse.Namespace, library: Library, notes: Sequence[Gap]
    ) -> None:
        self.options = options
        self.library = library
        self._notes = notes
        self._stack: Stack = stack_of(options.plan, options)

    def ground(self, day: date) -> tuple[Knowledge, Circumstances]:
        """What it is judged by on a day."""
        options = self.options
        return ground(options.plan, options, self.library, self._notes, day)

    def decide(self, day: date) -> Decision:
        """The decision on a day."""
        return assess(self._stack, *self.ground(day))


def _predicate(hearing: _Hearing, decision: Decision) -> Predicate:
    import msgspec

    from guardrail.gate import attestation as form
    from guardrail.reports.wording import summary

    _knowledge, circumstances = hearing.ground(decision.as_of)
    filed = circumstances.derogations.files
    policies = [("library", hearing.library.sha256)]
    policies += [(one.derogation.derogation, one.sha256) for one in filed]
    allowed = decision.verdict is Verdict.ALLOW
    return form.Predicate(
        verifier=form.Verifier(
            hearing.options.verifier,
            tuple(
                form.Document(name, form.Digest(sha256)) for name, sha256 in policies
            ),
        ),
        time_created=datetime.now(UTC).replace(microsecond=0),
        properties=(form.ALLOWED,) if allowed else (),
        guardrail=form.Judgement(
            schema_version=form.VERSION,
            verdict=decision.verdict.value,
            as_of=decision.as_of,
            expires=_expiry(hearing, decision),
            body=decision.body,
            rules=decision.rules,
            derogations=tuple(one.derogation.derogation for one in filed),
            environment={
                name: form.hashed(value)
                for name, value in sorted(circumstances.environment.values.items())
            },
            summary=msgspec.structs.asdict(summary(decision)),
        ),
    )


def _expiry(hearing: _Hearing, decision: Decision) -> date:
    """The first day on which the verdict changes by itself, or may not be relied on."""
    from guardrail.assessment.horizon import first_change, turning_days

    knowledge, circumstances = hearing.ground(decision.as_of)
    catalogue = hearing.library.catalogue
    refused = timedelta(days=catalogue.refused_after_days + 1)
    bounds = [catalogue.catalogue_date + refused]
    if hearing.options.valid_days is not None:
        bounds.append(decision.as_of + timedelta(days=hearing.options.valid_days))
    last = min(bounds)
    facts = [
        knowledge.catalogue.registry,
        *hearing.library.rules.values(),
        *(one.derogation for one in circumstances.derogations.files),
    ]
    days = [day for day in turning_days(facts, decision.as_of) if day < last]
    changed = first_change(
        lambda day: hearing.decide(day).verdict, days, decision.verdict
    )
    return last if changed is None else changed[0]


def _days(text: str) -> int:
    """A number of days that an option states.

    Raises:
        argparse.ArgumentTypeError: It is not one of 1 to 366.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 366:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 366")
    return int(text)
