"""A folder of Terraform code as an input, and the values of its variables."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.cli.options import pairs
from guardrail.errors import ConfigurationError
from guardrail.inputs import GivenCode, read_code
from guardrail.model import Stack

if TYPE_CHECKING:  # code is rarely given, and what reads it costs start-up time
    from guardrail.inputs.hcl import Stated

_VARIABLE = "TF_VAR_"
"""What variables of the environment begin with that set root variables."""


def add_variables(parser: argparse.ArgumentParser) -> None:
    """Add the options that set variables, in the order in which they are given."""
    parser.add_argument(
        "--var",
        action="append",
        default=[],
        dest="stated",
        type=_variable,
        metavar="NAME=VALUE",
        help="value of a variable, for a folder of code; repeatable",
    )
    parser.add_argument(
        "--var-file",
        action="append",
        default=[],
        dest="stated",
        type=_variable_file,
        metavar="FILE",
        help="values of variables, for a folder of code; repeatable",
    )


def _variable(text: str) -> tuple[str, str]:
    return "--var", text


def _variable_file(text: str) -> tuple[str, str]:
    return "--var-file", text


def folder_stack(path: str, options: argparse.Namespace) -> Stack:
    """What the Terraform code in the folder at `path` describes.

    Raises:
        InputError: A part of it cannot be read, or there is none.
        ConfigurationError: An option is not usable.
    """
    from guardrail.gate.folder import is_tofu, read_folder  # costs start-up

    if options.src is not None:
        raise ConfigurationError(
            "a folder is its own code; it is given for plans alone", where="--src"
        )
    modules = read_folder(Path(path))
    named = options.terraform_bin
    tofu = is_tofu(modules) if named is None else "tofu" in Path(named).name
    code = GivenCode(modules=modules, stated=_stated(options))
    shown = path.encode(errors="replace").decode()
    return read_code(code, path=shown, tofu=tofu)


def _stated(options: argparse.Namespace) -> list[Stated]:
    """What sets root variables, the weakest first.

    Raises:
        InputError: A file of variables cannot be read.
        ConfigurationError: An option does not state a name and a value.
    """
    from guardrail.gate.folder import read_file
    from guardrail.inputs.hcl import StatedFile, StatedText

    pairs([text for option, text in options.stated if option == "--var"], "--var")
    found: list[Stated] = [
        StatedText(name=name.removeprefix(_VARIABLE), text=text, environment=True)
        for name, text in sorted(os.environ.items())
        if name.startswith(_VARIABLE)
    ]
    for option, text in options.stated:
        if option == "--var":
            for name, value in pairs([text], option).items():
                found.append(StatedText(name=name, text=value))
        else:
            shown = text.encode(errors="replace").decode()
            found.append(StatedFile(shown, read_file(Path(text))))
    return found
