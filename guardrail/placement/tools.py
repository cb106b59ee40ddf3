"""The cloud of a cluster, by the program that logs in to it: a hint, never proof."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from guardrail.model import ABSENT, Evidence, Known, ProviderConfiguration, say
from guardrail.placement.catalogue import Catalogue
from guardrail.placement.landing import Landing, on_offer
from guardrail.placement.providers import ProviderProfile


def by_tool(
    configuration: ProviderConfiguration, profile: ProviderProfile, catalogue: Catalogue
) -> Landing | None:
    """Where the program that a provider runs logs in; None where it runs none."""
    for tool in profile.tools:
        command = configuration.setting(f"{tool.path}.command")
        if not isinstance(command, Known) or command.value != tool.command:
            continue
        because = say("`{}` logs in with `{}`", f"{tool.path}.command", tool.command)
        stated = Known(tool.command, Evidence.REFERENCE, because)
        arguments = configuration.setting(f"{tool.path}.args")
        region = _after(tool.option, arguments) if isinstance(arguments, Known) else ""
        said = say("`{}` of `{}`", tool.option, f"{tool.path}.args")
        place = Known(region, Evidence.CONSTANT, said) if region else ABSENT
        found = on_offer(stated, tool.offer, place, catalogue)
        return msgspec.structs.replace(found, because=(because, *found.because))
    return None


def _after(option: str, arguments: Known[object]) -> str:
    """The text that stands after `option` in a list of arguments."""
    listed = arguments.value if isinstance(arguments.value, list) else []
    pairs = pairwise(listed)
    return next(
        (
            text
            for before, text in pairs
            if before == option and isinstance(text, str) and not arguments.sensitive
        ),
        "",
    )
