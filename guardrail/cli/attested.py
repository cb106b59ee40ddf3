"""What the command line attests of the environment, for every verb that judges."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from guardrail.cli.options import pairs
from guardrail.errors import ConfigurationError
from guardrail.model import say
from guardrail.placement import (
    AttestedFile,
    Environment,
    ProviderProfile,
    telling,
)

UNATTESTED: Mapping[str, object] = {
    "env": (),
    "env_file": (),
    "env_complete": False,
    "clouds_yaml": None,
    "secure_yaml": None,
    "aws_config": None,
}
"""The options of a verb that attests nothing."""


def add_environment(parser: argparse.ArgumentParser) -> None:
    """Add the options that attest the environment of the providers."""
    group = parser.add_argument_group(
        "environment",
        "What the providers will find in their environment, which is not in a plan.",
    )
    group.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="attest a variable; NAME= attests that it is not set; repeatable",
    )
    group.add_argument(
        "--env-file",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="attest the variables in a dotenv file; --env wins; repeatable",
    )
    group.add_argument(
        "--env-complete",
        action="store_true",
        help="attest that no variable is set but those stated",
    )
    group.add_argument(
        "--clouds-yaml",
        type=Path,
        metavar="FILE",
        help="attest a clouds.yaml, with the secure.yaml beside it (openstacksdk)",
    )
    group.add_argument(
        "--secure-yaml", type=Path, metavar="FILE", help="another secure.yaml for it"
    )
    group.add_argument(
        "--aws-config",
        type=Path,
        metavar="FILE",
        help="attest a shared configuration file of AWS; no key is read",
    )


def with_attested(environment: Environment, options: argparse.Namespace) -> Environment:
    """`environment` with what the command line attests beside it, and before it.

    Raises:
        ConfigurationError: An option or a file is not usable.
    """
    values, sources = dict(environment.values), dict(environment.sources)
    for path in options.env_file:
        from guardrail.configuration.dotenv_file import read_variables  # costs time

        named, places = read_variables(path)
        values |= named
        sources |= places
    stated = pairs(options.env, "--env")
    return msgspec.structs.replace(
        environment,
        values=values | stated,
        sources=sources | dict.fromkeys(stated, "--env"),
        complete=environment.complete or options.env_complete,
        files=_files(options),
    )


def _files(options: argparse.Namespace) -> tuple[AttestedFile, ...]:
    files = []
    if options.secure_yaml and not options.clouds_yaml:
        raise ConfigurationError("--secure-yaml goes with --clouds-yaml")
    if options.clouds_yaml:
        from guardrail.configuration.clouds_yaml import read_clouds  # costs start-up

        files.append(read_clouds(options.clouds_yaml, options.secure_yaml))
    if options.aws_config:
        from guardrail.configuration.aws_config import read_profiles  # likewise

        files.append(read_profiles(options.aws_config))
    return tuple(files)


def in_force(
    attested: Environment,
    actual: Mapping[str, str],
    profiles: Collection[ProviderProfile],
) -> Environment:
    """The environment that Terraform will run under, which is all there is of it.

    `actual` holds every variable of it that says where a provider goes.

    Raises:
        ConfigurationError: Another value of a variable was attested, or another file.
    """
    for name, value in sorted(telling(profiles, attested.values).items()):
        if actual.get(name, "") != value:
            raise ConfigurationError(
                f"{name} is attested with another value than it has here",
                remedy="Judge and apply under one environment",
            )
    variables = {one.format: one.variable for each in profiles for one in each.files}
    for file in attested.files:
        name = variables[file.format]
        if Path(actual.get(name, "")).absolute() != Path(file.path):
            raise ConfigurationError(
                f"{name} does not name the file that --{file.format} attests",
                remedy="Judge and apply under one environment",
            )
    return Environment(
        values=actual,
        sources=dict.fromkeys(actual, say("the environment of this command")),
        complete=True,
        files=attested.files,
    )
