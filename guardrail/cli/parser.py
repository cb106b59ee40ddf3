"""The parser of the command line, and how its help is laid out."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any


class Help(argparse.RawDescriptionHelpFormatter):
    """Help whose examples stay as they are written.

    argparse would ask `shutil` for the width once for every option, and start later.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, as COLUMNS or itself states it; else 80."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated):
        return int(stated)
    output = sys.__stdout__
    if output is None:
        return 80
    try:
        return os.get_terminal_size(output.fileno()).columns or 80
    except (ValueError, OSError):  # closed, or no terminal
        return 80


class _Once(argparse.Action):
    """Keeps the value of an option that is given once."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Keep the value; a second one would silently take its place."""
        given: set[str] = vars(namespace).setdefault("given", set())
        if option_string and self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser in which no option silently takes the place of another."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", Help)
        super().__init__(*arguments, **options)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)
