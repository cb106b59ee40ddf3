"""One resource of which the places are looked for, with what is known of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from guardrail.model import Known, Setting, Unknown, Value, say
from guardrail.placement.catalogue import Catalogue
from guardrail.placement.landing import Landing, displaced, locate
from guardrail.placement.providers import ProviderProfile
from guardrail.placement.signals import Carrier, Signals, leaves_at


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The resource of which second landings are looked for, and its own landing."""

    carrier: Carrier
    profile: ProviderProfile
    signals: Signals
    landing: Landing
    catalogue: Catalogue

    def elsewhere(self, region: Setting[str]) -> Landing:
        """A landing in another region of the same operator.

        It says only what the landing of the resource itself does not say already.
        """
        there = displaced(self.signals, self.landing, region, self.catalogue)
        found = locate(there, self.profile, self.catalogue)
        new = tuple(one for one in found.because if one not in self.landing.because)
        if isinstance(found.offer, Known) or not isinstance(region, Known):
            return msgspec.structs.replace(found, because=new)
        reason = say(
            "no offer of the same operator is known to have the region {}",
            say("(sensitive)") if region.sensitive else region.value,
        )
        unknown = Unknown(reason, say("declare it under `offers:` in guardrail.yaml"))
        because = (*new[:-1], reason)
        return msgspec.structs.replace(found, offer=unknown, because=because)


def texts_at(carrier: Carrier, path: str) -> Iterator[Value[str]]:
    """The texts that the resource has at `path`; none that its provider chooses."""
    top, *rest = path.split(".")
    found = carrier.part.get(top)
    if isinstance(found, Unknown) and not carrier.computed(path):
        yield found
    if not isinstance(found, Known):
        return
    because = say("`{}` of the resource", path)
    for one in leaves_at(found.value, rest):
        if isinstance(one, Unknown):
            yield one
        elif one:
            yield Known(one, found.evidence, because, found.sensitive)


def first_texts(carrier: Carrier, paths: Iterable[str]) -> list[Value[str]]:
    """The texts at the first of `paths` where there are any."""
    for path in paths:
        found = list(texts_at(carrier, path))
        if found:
            return found
    return []
