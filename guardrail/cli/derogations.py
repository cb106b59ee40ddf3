"""Derogations as options name them, for every verb that applies or checks them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from guardrail.cli.options import environment_variable
from guardrail.configuration import Configuration, DerogationFolder
from guardrail.decision import Derogations, FiledDerogation
from guardrail.errors import ConfigurationError
from guardrail.policy import Rule


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
    add_signatures(parser)


def add_signatures(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that checks signatures."""
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
        DerogationFolder(path=path, must_sign=False, given=True)
        for path in options.derogations
    ]
    named += configuration.derogation_folders
    file = allowed_signers(options)
    if not named:
        return Derogations()
    # It reads YAML, which costs start-up time where there are no derogations.
    from guardrail.derogation_files import Signers, derogations_in

    signers = Signers(
        file=file or configuration.allowed_signers,
        required=options.require_signatures or configuration.require_signatures,
    )
    found = derogations_in(named, signers, day)
    if not found:
        return Derogations()
    return Derogations(files=found, rules=rules, system=configuration.system)


def allowed_signers(options: argparse.Namespace) -> Path | None:
    """Who may sign, as the command line or the environment names them.

    Raises:
        ConfigurationError: The file is not there.
    """
    named = environment_variable("GUARDRAIL_ALLOWED_SIGNERS")
    found: Path | None = options.allowed_signers or (Path(named) if named else None)
    if found is not None and not found.is_file():
        message = "there is no such file of allowed signers"
        raise ConfigurationError(message, where=str(found))
    return found


def read_filed(
    paths: Iterable[Path], allowed: Path | None, day: date, *, required: bool
) -> tuple[FiledDerogation, ...]:
    """The derogations in files and folders, with what came of their signatures.

    Raises:
        InputError: A path is not there, or a file is not a derogation.
        ConfigurationError: A signature cannot be checked.
    """
    # It reads YAML, which costs start-up time where there are no derogations.
    from guardrail.derogation_files import Signers, read_derogations

    return read_derogations(paths, Signers(file=allowed, required=required), day)


def distinct(filed: Iterable[FiledDerogation]) -> None:
    """Nothing, when no two derogations have one id.

    Raises:
        InputError: Two do.
    """
    from guardrail.derogation_files import refuse_twins

    refuse_twins(filed)
