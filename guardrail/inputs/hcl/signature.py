"""What is known of a function besides its code."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from guardrail.inputs.hcl.cty import ANY, Any_, Type


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function of Terraform's."""

    run: Callable[[list[Any_]], Any_]
    """Raises `RefusedError` where Terraform is sure to refuse, too."""
    gives: Type = ANY
    """The type of its result, whatever the arguments are."""
    least: int = 1
    """Arguments that it takes at least."""
    most: int = 1
    """Arguments that it takes at most."""
    raw: bool = False
    """Whether it is run even where something in its arguments is not known."""
    nulls: bool = False
    """Whether its arguments may be null."""
    marks: bool = False
    """Whether it says itself what is sensitive; else all is if any argument is."""
