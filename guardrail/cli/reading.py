"""The input of a verb, whatever it is: a plan as JSON, a binary plan, with its code."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from guardrail.cli.output import STANDARD
from guardrail.errors import InputError
from guardrail.inputs import GivenCode, is_binary, read
from guardrail.model import Stack


def add_code(parser: argparse.ArgumentParser) -> None:
    """Add the options of every verb that reads a plan."""
    parser.add_argument(
        "--src",
        type=Path,
        metavar="DIR",
        help="the code that the plan was made from, after `terraform init`",
    )
    parser.add_argument(
        "--terraform-bin",
        metavar="FILE",
        help="the terraform or tofu that reads binary plans",
    )


def stack_of(path: str, options: argparse.Namespace) -> Stack:
    """What the input at `path` describes.

    Raises:
        InputError: It, or its code, cannot be read as what it should be.
        ConfigurationError: An option is not usable.
    """
    shown = path.encode(errors="replace").decode()
    content = _content(path)
    if is_binary(content):
        return _binary(content, path, options)
    if options.src is None:
        return read(content, path=shown)
    from guardrail.gate.folder import read_folder  # only here: it costs start-up time

    return read(content, path=shown, code=GivenCode(modules=read_folder(options.src)))


def _binary(content: bytes, path: str, options: argparse.Namespace) -> Stack:
    """What a binary plan describes.

    Raises:
        InputError: It cannot be read, or Terraform cannot show it.
        ConfigurationError: The program that was named is none.
    """
    from guardrail.gate import find_executable, show  # only here, likewise
    from guardrail.inputs.terraform.snapshot import snapshot

    carried = snapshot(content)
    executable = find_executable(options.terraform_bin, os.environ, tofu=carried.tofu)
    beside = Path() if path == STANDARD else Path(path).parent
    folders = [options.src] if options.src else [beside, Path()]
    document = show(content, executable, folders, os.environ)
    return read(
        document,
        path=path.encode(errors="replace").decode(),
        code=GivenCode(modules=carried.modules, carried=True),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _content(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == STANDARD else Path(path).read_bytes()
    except IsADirectoryError as error:
        raise InputError(
            "it is a folder",
            where=path,
            remedy="Give a plan that was made from it, and the folder with --src",
        ) from error
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}", where=path) from error
