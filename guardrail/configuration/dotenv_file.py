"""Variables that a file attests, in the form of dotenv (`--env-file`).

Nothing is put in for `$NAME`: a value counts as it is written.
"""

from __future__ import annotations

import re
from pathlib import Path

from guardrail.configuration.attested_bytes import content_of, text_of
from guardrail.errors import ConfigurationError
from guardrail.model import say

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_variables(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Variable to value, and variable to the place where it stands; the last one wins.

    Raises:
        ConfigurationError: The file cannot be read, or a line is not `NAME=value`.
    """
    from io import StringIO

    from dotenv.parser import parse_stream  # costs start-up time

    text = text_of(content_of(path), str(path))
    values: dict[str, str] = {}
    sources: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.key is None and not binding.error:
            continue
        line = _line(binding.original.string, binding.original.line)
        where = f"{path}, line {line}"
        if binding.error or not _NAME.fullmatch(binding.key or ""):
            raise ConfigurationError("it is not of the form NAME=value", where=where)
        if binding.value is None:
            raise ConfigurationError(
                "it has no `=`; write NAME= to attest that a variable is not set",
                where=where,
            )
        values[str(binding.key)] = binding.value
        sources[str(binding.key)] = say("{}, line {}", str(path), str(line))
    return values, sources


def _line(string: str, first: int) -> int:
    """The line of what was parsed, behind the empty lines before it."""
    blank = string[: len(string) - len(string.lstrip())]
    return first + blank.count("\n")
