"""The scene of a decision: every resource on a card, every flow between cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from guardrail.classification import DataFlow
from guardrail.decision import Decision, Judged, Shown
from guardrail.placement import Landing
from guardrail.reports.picture.grouping import LEGIBLE, LEVELS, Alike, Key, named
from guardrail.reports.picture.scene import (
    NOWHERE,
    STATES,
    Bounds,
    Card,
    Frame,
    Link,
    Place,
    Scene,
    distinct,
    place_of,
    region_of,
    state_of,
)

KINDS: Mapping[str, str] = {
    "attachment": "attaches",
    "copy": "copies",
    "backup": "backs-up",
    "replica": "replicates",
    "log": "logs",
    "stream": "streams",
    "connection": "connects",
    "origin": "serves",
    "host": "hosts",
    "possible": "may-lie",
}
"""The kind of flow that leads to a second landing, by its role."""
_EVERY = "[*]"


def gathered(decision: Decision, grouping: str) -> Scene:
    """The scene of `decision`; `grouping` is one of `LEVELS`.

    The finest grouping that is read at a glance is taken; the last where none is.
    """
    levels = LEVELS[grouping]
    scenes = (_Gatherer(decision, alike).scene() for alike in levels)
    return next(
        scene
        for number, scene in enumerate(scenes, 1)
        if len(scene.cards) <= LEGIBLE or number == len(levels)
    )


class _Thing(msgspec.Struct, frozen=True):
    """A resource with the place of its own landing."""

    one: Judged
    place: Place


class _Draft(msgspec.Struct):
    """A card that is being filled, of one place."""

    place: Place
    key: Key
    things: list[_Thing] = []
    role: str = ""
    """Of a ghost."""
    block: str = ""
    """Of a card that stands for all instances of a block."""
    landings: list[tuple[Landing, Shown]] = []


class _Gatherer:
    """Puts resources on cards, in an order that the input does not change."""

    def __init__(self, decision: Decision, alike: Alike | None) -> None:
        self._alike = alike
        self._flows = sorted(decision.flows, key=_way)
        self._drafts: dict[tuple[object, ...], _Draft] = {}
        self._at: dict[str, _Draft] = {}
        """Address to the card it is on; the current object where others are deposed."""
        self._blocks: dict[str, _Thing] = {}
        self._links: dict[tuple[int, int, str], Link] = {}
        self._things = [
            _Thing(one, _home(one)) for one in sorted(decision.resources, key=_order)
        ]

    def scene(self) -> Scene:
        """The scene."""
        for number, thing in enumerate(self._things):
            self._put(thing, number)
        joined = self._joined()
        ghosts = list(self._ghosts())
        drafts = sorted(self._drafts.values(), key=_rank)
        numbers = {id(draft): number for number, draft in enumerate(drafts)}
        for source, target, flow in (*joined, *ghosts):
            self._link(numbers[id(source)], numbers[id(target)], flow)
        return Scene(
            frames=_framed(drafts),
            cards=tuple(_card(draft) for draft in drafts),
            links=tuple(self._links[key] for key in sorted(self._links)),
        )

    def _put(self, thing: _Thing, number: int) -> None:
        resource = thing.one.resource
        key = self._alike(resource) if self._alike else ("", "")
        apart = () if self._alike else (number,)
        draft = self._draft(thing.place, key, *apart)
        draft.things.append(thing)
        if thing.one.landings:
            draft.landings.append((thing.one.landings[0], thing.one.shown[0]))
        if resource.address not in self._at or not resource.deposed:
            self._at[resource.address] = draft
        self._blocks.setdefault(resource.configuration, thing)

    def _draft(self, place: Place, key: Key, *apart: object) -> _Draft:
        return self._drafts.setdefault((place, key, *apart), _Draft(place, key))

    def _joined(self) -> list[tuple[_Draft, _Draft, DataFlow]]:
        """The flows, with the cards at both ends."""
        return [
            (self._end(flow.source), self._end(flow.target), flow)
            for flow in self._flows
        ]

    def _end(self, address: str) -> _Draft:
        """The card of an address, which may stand for all instances of a block."""
        if address in self._at:
            return self._at[address]
        block = address.removesuffix(_EVERY)
        thing = self._blocks[block]
        if self._alike:
            found = self._at[thing.one.resource.address]
        else:
            found = self._draft(thing.place, ("", ""), block)
            found.block = block
        self._at[address] = found
        return found

    def _ghosts(self) -> Iterator[tuple[_Draft, _Draft, DataFlow]]:
        """The second landings, but for those that a flow of the stack leads to."""
        told = {
            (flow.source, flow.kind, self._at[flow.target].place)
            for flow in self._flows
        }
        for thing in self._things:
            one, address = thing.one, thing.one.resource.address
            for landing, shown in zip(one.landings[1:], one.shown[1:], strict=True):
                role = landing.role.partition("-")[0]
                place, kind = place_of(landing, shown), KINDS[role]
                if (address, kind, place) in told:
                    continue
                ghost = self._draft(place, ("", ""), role)
                ghost.role = role
                ghost.things.append(thing)
                ghost.landings.append((landing, shown))
                yield self._at[address], ghost, _flow(address, kind, landing)

    def _link(self, source: int, target: int, flow: DataFlow) -> None:
        """Add a flow to those between its cards of its kind."""
        back = self._links.get((target, source, flow.kind))
        key = (source, target, flow.kind)
        known = self._links.get(key)
        if source == target:
            return
        if back is not None and known is None:
            key, known = (target, source, flow.kind), back
        both = back is not None
        self._links[key] = Link(
            source=key[0],
            target=key[1],
            kind=flow.kind,
            certain=flow.certain or (known is not None and known.certain),
            both=both or (known is not None and known.both),
            count=1 if known is None else known.count + (not both),
        )


def _flow(address: str, kind: str, landing: Landing) -> DataFlow:
    sure = not landing.probable and kind != "may-lie"
    return DataFlow(source=address, target="", kind=kind, certain=sure, because="")


def _home(one: Judged) -> Place:
    return place_of(one.landings[0], one.shown[0]) if one.landings else NOWHERE


def _order(one: Judged) -> tuple[str, str]:
    return one.resource.address, one.resource.deposed


def _way(flow: DataFlow) -> tuple[object, ...]:
    return flow.source, flow.target, flow.kind, flow.certain


def _rank(draft: _Draft) -> tuple[object, ...]:
    """Resources in address order, then blocks, then ghosts."""
    first = draft.things[0].one.resource if draft.things else None
    address = "" if draft.role or first is None else first.address
    deposed = "" if draft.role or first is None else first.deposed
    form = (bool(draft.role), bool(draft.block), draft.role, draft.block)
    return draft.place, form, draft.key, address, deposed


def _framed(drafts: Sequence[_Draft]) -> tuple[Frame, ...]:
    """The places with their cards."""
    members: dict[Place, list[int]] = {}
    for number, draft in enumerate(drafts):
        members.setdefault(draft.place, []).append(number)
    return tuple(_frame(place, cards, drafts) for place, cards in members.items())


def _frame(place: Place, cards: list[int], drafts: Sequence[_Draft]) -> Frame:
    landings = [pair for card in cards for pair in drafts[card].landings]
    held = [set(shown.qualifications) for _landing, shown in landings]
    reach = [name for _landing, shown in landings for name in shown.exposures]
    return Frame(
        place=place,
        cards=tuple(cards),
        qualifications=distinct(set.intersection(*held) if held else ()),
        exposures=distinct(reach),
        regions=distinct(region_of(landing) for landing, _shown in landings),
    )


def _card(draft: _Draft) -> Card:
    if draft.block:
        return Card(form="block", name=draft.block, states={})
    things = draft.things
    first = things[0].one.resource
    regions = distinct(region_of(landing) for landing, _shown in draft.landings)
    if draft.role:
        form, name, type_, module, address = "ghost", draft.role, "", "", ""
    elif len(things) > 1:
        form, address, (module, type_) = "pile", "", draft.key
        name = module or type_
    else:
        called = named(first)
        form, name, module = "resource", called.name, called.module
        type_, address = first.type, first.address
    return Card(
        form=form,
        name=name,
        type=type_,
        module=module,
        address=address,
        states=_states(draft),
        regions=regions,
        existing=all(thing.one.existing for thing in things),
        bounds=_bounds(thing.one for thing in things),
    )


def _states(draft: _Draft) -> dict[str, int]:
    if draft.role:
        found = Counter(
            state_of(thing.one, landing.role)
            for thing, (landing, _shown) in zip(
                draft.things, draft.landings, strict=True
            )
        )
    else:
        found = Counter(state_of(thing.one) for thing in draft.things)
    return {state: found[state] for state in STATES if found[state]}


def _bounds(things: Iterable[Judged]) -> Bounds:
    """The highest class known among `things`, and up to which it may be."""
    every = list(things)
    felt = [one.sensitivity for one in every if one.judged]
    felt = felt or [one.sensitivity for one in every]
    found = {(one.lowest, one.highest) for one in felt}
    return Bounds(
        lowest=max(low for low, _high in found),
        highest=max(high for _low, high in found),
        labelled=all(one.labelled or one.lowest > 0 for one in felt),
        mixed=len(found) > 1,
    )
