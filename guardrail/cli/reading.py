"""The input of a verb, whatever it is: a plan as JSON, a binary plan, or code."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from guardrail.cli.code_folder import add_variables, folder_stack
from guardrail.cli.options import pairs
from guardrail.cli.output import STANDARD
from guardrail.errors import ConfigurationError, InputError
from guardrail.inputs import GivenCode, GivenTemplate, is_binary, may_be_heat, read
from guardrail.model import Stack


def add_code(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that reads a plan."""
    parser.add_argument(
        "--src",
        type=Path,
        metavar="DIR",
        help="the code that the plan was made from, after `terraform init`; of a Heat "
        "template, the folder that holds all its files",
    )
    parser.add_argument(
        "--heat-env",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="environment that a Heat template is deployed with; repeatable",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="parameter that a Heat template is deployed with; repeatable",
    )
    parser.add_argument(
        "--terraform-bin",
        metavar="FILE",
        help="the terraform or tofu that reads binary plans, or that code is for",
    )
    add_variables(parser)


def stack_of(path: str, options: argparse.Namespace) -> Stack:
    """What the input at `path` describes; whatever is wrong with it names it.

    Raises:
        InputError: It, or its code, cannot be read as what it should be.
        ConfigurationError: An option is not usable.
    """
    shown = path.encode(errors="replace").decode()
    try:
        return _stack(path, shown, options)
    except InputError as error:
        if error.where == path or os.path.lexists(error.where):  # it names a file
            raise
        file, _colon, rest = error.where.partition(": ")
        inside = rest if file == Path(shown).name else error.where
        between = "" if inside[:1] in {"", "/"} else ": "
        error.where = f"{shown}{between}{inside}"
        raise


def _stack(path: str, shown: str, options: argparse.Namespace) -> Stack:
    """What the input at `path` describes.

    Raises:
        InputError: It, or its code, cannot be read as what it should be.
        ConfigurationError: An option is not usable.
    """
    if options.src is not None and not options.src.is_dir():
        raise ConfigurationError(
            "there is no such folder", where=f"--src {options.src}"
        )
    if path != STANDARD and Path(path).is_dir():
        return folder_stack(path, options)
    if options.stated:
        raise ConfigurationError(
            "values of variables go with a folder of code; a plan has its own",
            where=options.stated[0][0],
        )
    content = content_of(path)
    binary = is_binary(content)
    if not binary and may_be_heat(content):
        return read(content, path=shown, code=_template(content, path, options))
    if options.parameter or options.heat_env:
        raise ConfigurationError(
            "--parameter and --heat-env go with a Heat template", where=path
        )
    if binary:
        beside = Path() if path == STANDARD else Path(path).parent
        return binary_stack(content, path, options, [beside, Path()])
    if options.src is None:
        return read(content, path=shown)
    from guardrail.gate.folder import read_folder  # only here: it costs start-up time

    return read(content, path=shown, code=GivenCode(modules=read_folder(options.src)))


def _template(content: bytes, path: str, options: argparse.Namespace) -> GivenTemplate:
    """What a Heat template is deployed with.

    Raises:
        InputError: A file cannot be read, or there is too much.
        ConfigurationError: An option is not usable.
    """
    from guardrail.gate.template_files import given_template  # only here, likewise

    return given_template(
        content,
        Path("template") if path == STANDARD else Path(path),
        environments=[(one, content_of(str(one))) for one in options.heat_env],
        parameters=pairs(options.parameter, "--parameter"),
        root=options.src,
    )


def binary_stack(
    content: bytes, path: str, options: argparse.Namespace, folders: list[Path]
) -> Stack:
    """What a binary plan describes, shown in one of `folders` unless --src names one.

    Raises:
        InputError: It cannot be read, or Terraform cannot show it.
        ConfigurationError: The program that was named is none.
    """
    from guardrail.gate import find_executable, show  # only here, likewise
    from guardrail.inputs.terraform.snapshot import snapshot

    carried = snapshot(content)
    executable = find_executable(options.terraform_bin, os.environ, tofu=carried.tofu)
    document = show(
        content,
        executable,
        [options.src] if options.src else folders,
        os.environ,
    )
    return read(
        document,
        path=path.encode(errors="replace").decode(),
        code=GivenCode(modules=carried.modules, carried=True, kept=carried.kept),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def content_of(path: str) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if path == STANDARD else Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}", where=path) from error
