"""`guardrail verify`: whether a plan may be applied by what was attested of it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from guardrail.cli.exits import EXIT_ALLOW, EXIT_DENY
from guardrail.cli.options import today
from guardrail.cli.reading import content_of

_EXAMPLE = """example:
  guardrail verify --plan tfplan --attestation tfplan.intoto.json --key gate.pub
  terraform apply tfplan

It needs no network, no library and no Terraform. The environment of this command is
held against the one that was attested."""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "verify",
        description="Check that a plan was attested as allowed, under a key that is "
        "trusted, for these bytes, this environment and today.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("--plan", required=True, metavar="FILE", help="the binary plan")
    parser.add_argument(
        "--attestation", required=True, metavar="FILE", help="what was attested of it"
    )
    parser.add_argument(
        "--key",
        action="append",
        type=Path,
        required=True,
        metavar="FILE",
        help="public key of who may attest; repeatable",
    )
    parser.add_argument(
        "--library-sha256",
        default="",
        metavar="HEX",
        help="the library that must have been used; any when not given",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 when the plan may be applied, 10 when it may not.

    Raises:
        InputError: The plan or the attestation cannot be read.
        ConfigurationError: A key cannot be used.
    """
    from guardrail.gate.attestation import Use, relied_on
    from guardrail.gate.signing import RefusedError, opened

    use = Use(
        plan=content_of(options.plan),
        today=today(),
        environment=os.environ,
        library_sha256=options.library_sha256,
    )
    try:
        payload, name = opened(content_of(options.attestation), options.key)
        found = relied_on(payload, use)
    except RefusedError as error:
        print(f"guardrail: refused: {error}", file=sys.stderr)
        return EXIT_DENY
    said = found.guardrail
    print(
        f"allowed as of {said.as_of}, until the day before {said.expires}; "
        f"attested by {found.verifier.id} under {name}"
    )
    return EXIT_ALLOW
