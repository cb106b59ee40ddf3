"""Where data goes between the resources of a stack.

References of the configuration and equal values (the id, address or name of one
resource in an attribute of another) become flows by the tables of the providers. Where
no table knows an argument, its name may say enough for a probable flow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, product
from operator import attrgetter
from typing import Any, Literal, TypeAlias

import msgspec

from guardrail.assessment.flows.identities import Identities
from guardrail.assessment.flows.instances import Keys, instance_keys, joined
from guardrail.assessment.flows.named import Named
from guardrail.assessment.flows.tagged import SELECTING, bearers
from guardrail.assessment.flows.unseen import Incoming, Taker, Unseen
from guardrail.classification import DataFlow, Directions, Edge, Inference
from guardrail.model import Part, Phrase, Reference, Resource, Stack, say
from guardrail.placement import Catalogue, fits, flows_of
from guardrail.placement.providers import Flow, FlowKind

_MANY = 256
"""Flows between instances of two blocks beyond which they go through one place."""
_HOLDS = frozenset({"data", "backup", "log", "egress", "compute", "cdn"})
"""Kinds between which the name of an argument may make a flow."""
_RESOURCES = frozenset({"resource", "address"})
"""What a value may be that names a resource of the stack."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A resource as it takes part in flows."""

    resource: Resource
    kind: str
    named: tuple[Named, ...]
    naming: Part
    """The attributes that name it."""
    keeps: bool
    """Whether it is of a kind that keeps data."""
    labelled: bool
    """Whether it is stated of itself what data it has."""


class Flows(msgspec.Struct, frozen=True):
    """The flows between the resources of a stack."""

    edges: tuple[Edge, ...]
    """Between places of the list of resources, and some beyond its end."""
    beyond: int
    """How many: each stands for all instances of a block."""
    unseen: Mapping[int, tuple[Unseen, ...]] = {}
    """By place, the arguments that bring in data which is not in the stack."""


def data_flows(
    sites: Sequence[Site], stack: Stack, catalogue: Catalogue, inference: Inference
) -> Flows:
    """The flows between `sites`, each once, in an order that the input does not change.

    Raises:
        InputError: An attribute is malformed.
    """
    finder = _Finder(sites, catalogue, inference)
    finder.follow(stack.references)
    edges, beyond = finder.edges()
    incoming = finder.unseen(stack)
    return Flows(edges, beyond, incoming)


_Meant: TypeAlias = tuple[tuple[int, bool], ...]
"""Places that a value means, and whether surely."""


class _Finder:
    """Finds the flows of one stack."""

    def __init__(
        self, sites: Sequence[Site], catalogue: Catalogue, inference: Inference
    ) -> None:
        self._sites = sites
        self._resources = [site.resource for site in sites]
        self._catalogue = catalogue
        self._inference = inference
        self._edges: dict[tuple[int, int, str, bool], Edge] = {}
        self._addresses = [site.resource.address for site in sites]
        self._blocks: dict[str, list[int]] = {}
        self._keys: dict[int, Keys] = {}
        self._meant: dict[tuple[object, ...], _Meant] = {}
        self._gatherings: dict[tuple[object, ...], _Meant] = {}
        self._known: dict[tuple[str, str, str], tuple[bool, list[Flow]]] = {}

    def edges(self) -> tuple[tuple[Edge, ...], int]:
        """The flows, and the places beyond the list that stand for blocks."""
        return tuple(self._edges.values()), len(self._addresses) - len(self._sites)

    def follow(self, references: Sequence[Reference]) -> None:
        """Find the flows that references and values make."""
        if references:
            for place, site in enumerate(self._sites):
                self._blocks.setdefault(site.resource.configuration, []).append(place)
        told = set()
        for block, links in self._inside(references):
            for path, alike in groupby(links, attrgetter("path")):
                because = say("`{}` of {}", path, block)
                for reference in alike:
                    for flow in self._meanings(reference):
                        told.add((block, flow.path))
                        self._refer(reference, flow, because)
        self._name(told)

    def _inside(
        self, references: Iterable[Reference]
    ) -> Iterator[tuple[str, list[Reference]]]:
        """By block, in the order of these, its references to others that are here."""
        blocks = self._blocks
        found: defaultdict[str, list[Reference]] = defaultdict(list)
        for one in references:
            if one.target in blocks:
                found[one.source].append(one)
        for block in blocks:
            if block in found:
                yield block, sorted(found[block], key=self._order)

    def _order(self, one: Reference) -> tuple[Any, ...]:
        """What orders the references of one block."""
        target = self._blocks[one.target][0]
        return one.path, target, one.attribute, one.pairs, one.fixed, one.shared

    def _meanings(self, reference: Reference) -> Sequence[Flow]:
        """The flows that a reference makes."""
        source = self._sites[self._blocks[reference.source][0]]
        resource = source.resource
        key = resource.provider, resource.type, reference.path
        listed = self._known.get(key)
        if listed is None:
            listed = self._known[key] = self._listed(resource, reference.path)
        known, meant = listed
        if known:
            return meant
        target = self._sites[self._blocks[reference.target][0]]
        return _guessed(reference, source, target, self._inference.directions)

    def _listed(self, resource: Resource, path: str) -> tuple[bool, list[Flow]]:
        """Whether the table knows an argument, or parts of it, and what flows there."""
        found = [
            flow if flow.path == path else _unsure(flow)
            for flow in self._table(resource)
            if flow.path == path
            or flow.path.startswith(f"{path}.")  # one expression for all
        ]
        return bool(found), [flow for flow in found if flow.names in _RESOURCES]

    def _table(self, resource: Resource) -> tuple[Flow, ...]:
        profile = self._catalogue.profile(resource.provider)
        return flows_of(profile, resource.type) if profile else ()

    def _refer(self, reference: Reference, flow: Flow, because: Phrase) -> None:
        """Add what a reference says, for each pair of instances that it joins."""
        sources = self._blocks[reference.source]
        targets = self._blocks[reference.target]
        flow = self._meant_by(sources[0], flow, sure=reference.sure)
        for readers, read in joined(reference, sources, targets, self._keys_of):
            if _many(len(readers), len(read)):
                middle = self._middle(reference.target)
                self._join(readers, [middle], flow, because)
                self._join([middle], read, flow, because)
            else:
                self._join(readers, read, flow, because)

    def _meant_by(self, place: int, flow: Flow, *, sure: bool) -> Flow:
        """`flow`, as the resource at `place` means it.

        What a data source names, it reads from, whatever a resource would do there.
        """
        if flow.data == "out" and not self._resources[place].managed:
            flow = msgspec.structs.replace(flow, data="both")
        return flow if sure else _unsure(flow)

    def _middle(self, block: str) -> int:
        """A new place, which stands for many that are alike, those of `block` first."""
        self._addresses.append(f"{block}[*]")
        return len(self._addresses) - 1

    def _join(
        self,
        readers: Iterable[int],
        read: Iterable[int],
        flow: Flow,
        because: Phrase,
    ) -> None:
        """Add a flow between each of `readers` and each of `read`."""
        for reader, other in product(readers, read):
            if flow.data != "in":
                self._add(reader, other, flow, because)
            if flow.data != "out":
                self._add(other, reader, flow, because)

    def _add(self, source: int, target: int, flow: Flow, because: Phrase) -> None:
        key = source, target, flow.kind, flow.certain
        if source == target or key in self._edges:
            return
        data_flow = DataFlow(
            source=self._addresses[source],
            target=self._addresses[target],
            kind=flow.kind,
            certain=flow.certain,
            because=because,
        )
        self._edges[key] = Edge(source, target, data_flow)

    def _keys_of(self, place: int) -> Keys:
        if place not in self._keys:
            resource = self._sites[place].resource
            self._keys[place] = instance_keys(resource.address, resource.configuration)
        return self._keys[place]

    def _name(self, told: Container[tuple[str, str]]) -> None:
        """Add what values say where no reference says it."""
        meant = [
            (place, one, others)
            for place, site in enumerate(self._sites)
            for one in site.named
            if one.said_at or (site.resource.configuration, one.flow.path) not in told
            if (others := self._means(place, one))
        ]
        crowds = Counter(
            self._crowd(place, one) for place, one, others in meant if len(others) > 1
        )
        for place, one, others in meant:
            because = say("`{}` of {}", one.flow.path, self._addresses[place])
            crowded = len(others) > 1 and _many(
                crowds[self._crowd(place, one)], len(others)
            )
            through = self._gathered(place, one, because) if crowded else others
            for other, sure in through:
                if sure or not one.said_at:  # of many words, some are names by chance
                    flow = self._meant_by(place, one.flow, sure=sure)
                    self._join([place], [other], flow, because)

    def _crowd(self, place: int, one: Named) -> tuple[object, ...]:
        """What is equal of all that mean the same by flows of one kind."""
        flow = self._meant_by(place, one.flow, sure=True)
        grounds = flow.kind, flow.data, flow.certain, bool(one.said_at)
        return id(self._means(place, one)), *grounds

    def _gathered(self, place: int, one: Named, because: Phrase) -> _Meant:
        """A place for all that are surely meant, and one for those that perhaps are."""
        crowd = self._crowd(place, one)
        if crowd not in self._gatherings:
            by_sure: dict[bool, list[int]] = {}
            for other, sure in self._means(place, one):
                if sure or not one.said_at:
                    by_sure.setdefault(sure, []).append(other)
            found = []
            for sure, others in by_sure.items():
                middle = self._middle(self._resources[others[0]].configuration)
                flow = self._meant_by(place, one.flow, sure=sure)
                self._join([middle], others, flow, because)
                found.append((middle, sure))
            self._gatherings[crowd] = tuple(found)
        return self._gatherings[crowd]

    def unseen(self, stack: Stack) -> Mapping[int, tuple[Unseen, ...]]:
        """The arguments of each resource that bring in data from out of the stack."""
        asking = {
            place: named
            for place, site in enumerate(self._sites)
            if (named := [one for one in site.named if one.incoming])
        }
        if not asking:
            return {}
        shown = self._shown()
        giving = {edge.source for edge in self._edges.values() if edge.flow.certain}
        incoming = Incoming(self._resources, self._blocks, stack, shown)
        found: dict[int, tuple[Unseen, ...]] = {}
        for place, named in asking.items():
            sure, taker = self._sure(place, shown), self._taker(place, giving)
            if unseen := incoming.unseen(named, taker, sure):
                found[place] = unseen
        return found

    def _taker(self, place: int, giving: Container[int]) -> Taker:
        site = self._sites[place]
        return Taker(site.resource, site.kind, site.keeps or place in giving)

    def _shown(self) -> set[int]:
        """The places of the resources of which the stack shows what data they have.

        It does not show where a value comes from that goes through a provider without
        a place; of what a data source finds it only shows the label, or where its data
        surely comes from.
        """
        fed = {edge.target for edge in self._edges.values() if edge.flow.certain}
        return {
            place
            for place, site in enumerate(self._sites)
            if site.labelled
            or (
                (site.resource.managed or place in fed)
                and self._has_place(site.resource)
            )
        }

    def _has_place(self, resource: Resource) -> bool:
        profile = self._catalogue.profile(resource.provider)
        return profile is None or profile.protocol != "none"

    def _sure(self, place: int, shown: set[int]) -> Callable[[Named], bool]:
        """Whether what the resource at `place` names is surely another of the stack."""
        return lambda one: any(
            sure and other != place and other in shown
            for other, sure in self._means(place, one)
        )

    def _means(self, place: int, one: Named) -> _Meant:
        """The places of what a resource names, and whether surely."""
        if not isinstance(one.text, str):
            return ()
        if one.flow.names in SELECTING:
            return self._selected(one.text, one.flow.selects)
        by, where = self._resources[place], one.said_at or one.flow.path
        key = one.text, where, by.provider
        if key not in self._meant:
            self._meant[key] = tuple(self._identities.named(one.text, where, by))
        return self._meant[key]

    def _selected(self, tag: str, types: tuple[str, ...]) -> _Meant:
        """The places of what a tag selects."""
        key = tag, types
        if key not in self._meant:
            self._meant[key] = tuple(
                (other, True)
                for other in self._bearers[tag]
                if fits(types, self._resources[other].type)
            )
        return self._meant[key]

    @cached_property
    def _bearers(self) -> Mapping[str, list[int]]:
        """The places of what bears the tags by which any resource selects others."""
        wanted = {
            one.text
            for site in self._sites
            for one in site.named
            if one.flow.names in SELECTING and isinstance(one.text, str)
        }
        return bearers(self._resources, wanted, self._catalogue)

    @cached_property
    def _identities(self) -> Identities:
        """What the resources are called that any of them names."""
        texts = [
            one.text
            for site in self._sites
            for one in site.named
            if isinstance(one.text, str)
        ]
        namings = [site.naming for site in self._sites]
        return Identities(self._resources, namings, texts, self._inference)


def _many(readers: int, read: int) -> bool:
    """Whether a flow for each pair of them would be too many."""
    return min(readers, read) > 1 and readers * read > _MANY


def _unsure(flow: Flow) -> Flow:
    return msgspec.structs.replace(flow, certain=False) if flow.certain else flow


def _guessed(
    reference: Reference, source: Site, target: Site, directions: Directions
) -> list[Flow]:
    """The flow that the name of an argument speaks of, between what holds data."""
    if source.kind not in _HOLDS or target.kind not in _HOLDS:
        return []
    words = reference.path.replace(".", "_").split("_")
    kind: FlowKind = "copies"
    data: Literal["in", "out"]
    if not set(directions.incoming).isdisjoint(words):
        data = "in"
    elif not set(directions.outgoing).isdisjoint(words):
        data = "out"
    elif source.kind == "compute" and reference.attribute in directions.addresses:
        kind, data = "connects", "in"
    else:
        return []
    types = (source.resource.type,)
    path = reference.path
    return [Flow(kind=kind, types=types, path=path, data=data, certain=False)]
