"""`guardrail apply`: plan, judge, and apply the very plan that was judged."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.cli.exits import EXIT_ALLOW, EXIT_UNAPPLIED
from guardrail.cli.judging import add_judging, exit_code, judge, report, targets_of
from guardrail.cli.options import library_of, today
from guardrail.cli.output import STANDARD
from guardrail.cli.reading import binary_stack, content_of
from guardrail.decision import Verdict
from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import is_binary
from guardrail.placement import telling

if TYPE_CHECKING:
    from guardrail.gate import Deployment

_ERRORS = 2
"""The descriptor of standard error."""
_EXAMPLE = """examples:
  guardrail apply --body state --auto-approve -- -var-file=prod.tfvars
  terraform plan -out tfplan && guardrail apply tfplan --body state

Without PLAN, what stands after -- goes to `terraform plan`; with one, to
`terraform apply`. Nothing is applied on review or deny."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "apply",
        description="Plan if no plan is given, judge it under the environment of this "
        "command, and apply exactly what was judged, under the same environment.",
        usage="%(prog)s [PLAN] [options] [-- OPTION OF TERRAFORM …]",
        epilog=_EXAMPLE,
    )
    parser.add_argument("plan", nargs="?", metavar="PLAN", help="a binary plan")
    parser.add_argument(
        "--chdir",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the root module, after `terraform init`; this folder when not given",
    )
    parser.add_argument(
        "--auto-approve",
        action="store_true",
        help="do not ask before a plan is applied that was made here",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        help="interrupt Terraform, as Ctrl-C does, after so long; it is never killed",
    )
    add_judging(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The exit code: of the verdict, or of the apply.

    Raises:
        InputError: There is no plan that can be judged.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option, the environment or guardrail.yaml is not usable.
    """
    from guardrail.gate import apply, plan

    targets = targets_of(options)
    library, notes = library_of(options)
    environment = dict(os.environ)
    deployment = _deployment(options, targets, environment)
    _usable(options)
    made = options.plan is None
    if made:
        content = plan(deployment, options.passed)
        path = str(options.chdir / "tfplan")
    else:
        content, path = content_of(options.plan), options.plan
    if not is_binary(content):
        raise InputError(
            "it is no binary plan, and only that can be applied",
            where=path,
            remedy="Give what `terraform plan -out` wrote, or no plan",
        )
    options.actual = telling(library.registry.providers.values(), environment)
    stack = binary_stack(content, path, options, [options.chdir])
    decision = judge(stack, path, options, library, notes)
    report([decision], targets, options, library)
    if decision.verdict is not Verdict.ALLOW:
        _say("nothing was applied")
        return exit_code(decision.verdict)
    if made and not options.auto_approve and not _approved():
        _say("nothing was applied")
        return EXIT_UNAPPLIED
    code = apply(
        deployment, content, decision.origin.sha256, () if made else options.passed
    )
    if code != 0:
        name = deployment.executable.name
        _say(f"it was allowed, and `{name} apply` failed (exit code {code})")
    return EXIT_ALLOW if code == 0 else EXIT_UNAPPLIED


def _deployment(
    options: argparse.Namespace,
    targets: list[tuple[str, str]],
    environment: Mapping[str, str],
) -> Deployment:
    """How Terraform is run; it writes beside a report that a program may read.

    Raises:
        ConfigurationError: The program that was named is none.
        InputError: Terraform is not installed.
    """
    from guardrail.gate import Deployment, find_executable

    read_by_program = any(
        target == STANDARD and name != "text" for name, target in targets
    )
    tofu = any(options.chdir.glob("*.tofu"))
    file = sys.stderr if read_by_program else sys.stdout
    return Deployment(
        executable=find_executable(options.terraform_bin, environment, tofu=tofu),
        folder=options.chdir,
        environment=environment,
        output=_ERRORS if read_by_program else None,
        coloured=environment.get("NO_COLOR") is None
        and file is not None
        and file.isatty(),
        timeout_s=options.timeout,
    )


def _usable(options: argparse.Namespace) -> None:
    """Nothing, if it is today's deployment, and somebody can be asked where needed.

    Raises:
        ConfigurationError: It is not, or nobody can.
    """
    if options.as_of not in {None, today()}:
        raise ConfigurationError("a plan is applied today, and judged as of today")
    asked = options.plan is None and not options.auto_approve
    if asked and (sys.stdin is None or not sys.stdin.isatty()):
        raise ConfigurationError(
            "nobody can be asked whether to apply",
            remedy="Give --auto-approve, or a plan that was reviewed",
        )


def _approved() -> bool:
    """Whether the person at the terminal says yes, as Terraform asks it."""
    print("\nApply this plan? Only `yes` is accepted: ", end="", file=sys.stderr)
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"


def _seconds(text: str) -> float:
    """A time that an option states.

    Raises:
        argparse.ArgumentTypeError: It is not a positive number.
    """
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return found


def _say(text: str) -> None:
    print(f"guardrail: {text}", file=sys.stderr)
