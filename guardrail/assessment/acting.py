"""Data sources that do more than read: they run programs, or send data."""

from __future__ import annotations

from guardrail.model import Change, Gap, Resource, Stack, say
from guardrail.placement import Catalogue, fits

_NAMED = 10


def acting_sources(stack: Stack, catalogue: Catalogue) -> list[Gap]:
    """What keeps the verdict open where such a data source is still to be read.

    One that was read for the plan has done already what it does.
    """
    found = sorted(
        one.address
        for one in stack.resources
        if one.change is Change.READ and _acts(one, stack, catalogue)
    )
    if not found:
        return []
    message = say(
        "Data sources that run programs or send data are still to be read, and are not "
        "judged: {}.",
        ", ".join(found[:_NAMED]),
    )
    return [Gap(id="acting-sources", message=message, blocks=True)]


def _acts(resource: Resource, stack: Stack, catalogue: Catalogue) -> bool:
    """Whether a data source does something, as far as its block shows."""
    profile = catalogue.profile(resource.provider)
    if profile is None:
        return False
    set_ = stack.arguments.get(resource.configuration)
    return any(
        fits(one.types, resource.type)
        and (not one.path or set_ is None or one.path in set_)
        for one in profile.acting
    )
