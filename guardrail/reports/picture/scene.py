"""What a picture shows, before anything is drawn: places, cards in them, flows.

A place is an operator, its offer and the countries. A card is a resource, several that
stand together, or a ghost: a copy, a backup, a log … that a resource keeps elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from guardrail.decision import Judged, Shown
from guardrail.model import Known
from guardrail.placement import Landing

STATES = ("deny", "review", "derogated", "allow", "unjudged")
"""What may be said of a card, the worst first."""


class Place(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """Where data lies; empty where that is not known."""

    lands: bool = True
    """False for what is taken away, or goes nowhere."""
    operator: str = ""
    offer: str = ""
    countries: tuple[str, ...] = ()


NOWHERE = Place(lands=False)


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The class of the data on a card, as ranks."""

    lowest: int
    """The highest that is known."""
    highest: int
    """The highest that may be."""
    labelled: bool
    """Whether somebody states the class of all of them."""
    mixed: bool
    """Whether the classes of a pile differ."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a place."""

    form: str
    """`resource`, `pile` of several, `ghost` elsewhere, `block` of all instances."""
    name: str
    """Of a ghost its role: `backup`."""
    type: str = ""
    module: str = ""
    address: str = ""
    """Of a resource."""
    states: Mapping[str, int]
    """How many there are of each state."""
    bounds: Bounds | None = None
    """None of what is no resource."""
    regions: tuple[str, ...] = ()
    existing: bool = False

    @property
    def count(self) -> int:
        """How many resources it stands for."""
        return sum(self.states.values())

    @property
    def state(self) -> str:
        """The worst of its states."""
        return next((one for one in STATES if self.states.get(one)), STATES[-1])


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A place with its cards."""

    place: Place
    cards: tuple[int, ...]
    """Numbers of the cards, in order."""
    qualifications: tuple[str, ...] = ()
    """Those that hold for everything in it."""
    exposures: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Data that goes from a card to another."""

    source: int
    target: int
    kind: str
    certain: bool
    both: bool = False
    """Whether it goes back, too."""
    count: int = 1


class Scene(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that is to be drawn."""

    frames: tuple[Frame, ...]
    cards: tuple[Card, ...]
    links: tuple[Link, ...]

    @cached_property
    def frame_of(self) -> tuple[int, ...]:
        """The number of the frame of each card."""
        found = [0] * len(self.cards)
        for number, frame in enumerate(self.frames):
            for card in frame.cards:
                found[card] = number
        return tuple(found)

    @cached_property
    def links_from(self) -> Mapping[int, tuple[Link, ...]]:
        """The flows by the card that they leave."""
        found: dict[int, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.source, []).append(link)
        return {card: tuple(links) for card, links in found.items()}

    def crosses(self, link: Link) -> bool:
        """Whether it leaves an operator, an offer or a country."""
        return self.frame_of[link.source] != self.frame_of[link.target]

    def state(self, link: Link) -> str:
        """The worst that is said of where the data comes to."""
        ends = [link.target, *([link.source] if link.both else [])]
        return min((self.cards[end].state for end in ends), key=STATES.index)

    def leaving(self) -> tuple[Link, ...]:
        """The flows that cross."""
        return tuple(link for link in self.links if self.crosses(link))


def place_of(landing: Landing, shown: Shown) -> Place:
    """Where a landing is."""
    offer = landing.offer.value if isinstance(landing.offer, Known) else ""
    return Place(
        operator=shown.operator or "", offer=offer, countries=landing.countries_shown
    )


def region_of(landing: Landing) -> str:
    """The region, if it may be printed; "" where it is not known."""
    region = landing.region
    known = isinstance(region, Known) and landing.region_shown
    return region.value if known and isinstance(region, Known) else ""


def state_of(one: Judged, role: str | None = None) -> str:
    """What is said of a resource, or of its landing of a role."""
    if not one.judged:
        return "unjudged"
    effects = {
        found.effect.value
        for found in one.findings
        if role in {None, found.breach.landing.role}
    }
    return next((state for state in STATES if state in effects), "allow")


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts that are not empty, each once, sorted."""
    return tuple(sorted(set(filter(None, texts))))
