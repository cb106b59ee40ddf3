"""One input, before anything is known of it but that it is a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # code is rarely given, and what reads it costs start-up time
    from guardrail.inputs import hcl


class GivenCode(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The code that a plan was made from."""

    modules: Mapping[hcl.Path, hcl.Source]
    """The files of each module by the calls that lead to it; () for the root."""
    carried: bool = False
    """Whether the plan carries it itself; else it must be seen to belong to it."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON object with where it came from."""

    path: str
    sha256: str
    """Of the bytes as they were given, hex, lower case."""
    members: Mapping[str, msgspec.Raw]
    """The top-level members, as compact JSON; no key is stated twice."""
    code: GivenCode | None = None
    """The code, where it was given beside it."""
