"""One input, before anything is known of it but its dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # code is rarely given, and what reads it costs start-up time
    from guardrail.inputs import hcl


class GivenCode(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The code that a plan was made from, or that stands alone."""

    modules: Mapping[hcl.Path, hcl.Source]
    """The files of each module by the calls that lead to it; () for the root."""
    carried: bool = False
    """Whether the plan carries it itself; else it must be seen to belong to it."""
    stated: Sequence[hcl.Stated] = ()
    """What sets root variables where there is no plan, the weakest first."""
    kept: hcl.Backend | None = None
    """Where the state is kept, as the plan says it; None where the code alone does."""


class GivenTemplate(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a template of Heat is deployed with."""

    files: Mapping[str, bytes] = {}
    """By path from the folder of the template, normalised."""
    environments: tuple[tuple[str, bytes], ...] = ()
    """Path, likewise, and content; the last one is strongest."""
    parameters: Mapping[str, str] = {}
    """Stronger than any environment."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A document with where it came from."""

    path: str
    sha256: str
    """Of the bytes as they were given, hex, lower case."""
    members: Mapping[str, msgspec.Raw]
    """The top-level members, as compact JSON; no key is stated twice. None of YAML."""
    content: bytes = b""
    """The whole document, as UTF-8."""
    code: GivenCode | None = None
    """The code, where it was given beside it."""
    given: GivenTemplate = GivenTemplate()
