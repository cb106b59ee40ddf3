"""Labels written into Terraform code: which blocks, what is there already, which edits.

A label is added, or a lower one raised. Nothing is lowered without the reference of a
decision, and where nobody could be sure what comes out, nothing is written.
"""

from __future__ import annotations

import codecs
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from guardrail.classification import Lexicon
from guardrail.inputs.hcl.nodes import Unparsed
from guardrail.inputs.hcl.syntax import Body
from guardrail.model import say
from guardrail.placement import (
    ProviderProfile,
    TagShape,
    Writing,
    fits,
    inherits_tags,
    shapes_for,
)
from guardrail.tagging.change import Change, Changes, Found, Hand, Outcome, Wish
from guardrail.tagging.labels import says
from guardrail.tagging.layout import Edit, applied, lined_up
from guardrail.tagging.proposal import (
    Manner,
    Proposal,
    Rewritten,
    Told,
    told_of,
)
from guardrail.tagging.sites import Site, Sites
from guardrail.tagging.spots import NoTagsError, NotWrittenError, Spot, entries, spot_of
from guardrail.tagging.writing import added, restated

_HCL: Hand[Spot] = Hand(entries=entries, added=added, restated=restated)


class Writer:
    """Puts wishes into the code of a tree of modules."""

    def __init__(self, sites: Sites, lexicon: Lexicon, manner: Manner) -> None:
        """Read which keys the code uses, and which types carry tags in it."""
        self._sites = sites
        self._lexicon = lexicon
        self._carriers: set[tuple[str, str]] = set()
        keys = manner.keys(self._survey(), lexicon)
        self._changes = Changes(_HCL, lexicon, keys, manner.decision)

    def resources(self, wishes: Iterable[Wish]) -> Proposal:
        """Labels of resources, each on its own block."""
        return self._proposal(
            wishes, lambda wish: self._sites.resource(wish.address), self._found
        )

    def providers(self, wishes: Iterable[Wish], others: frozenset[str]) -> Proposal:
        """One label for all resources of a provider block, in its default tags.

        A block gets none where a resource among `others`, which have no wish, uses it.
        """
        taken = {
            site.identity: address
            for address in sorted(others)
            for site in self._provider_of(address)
        }

        def provider(wish: Wish) -> Site:
            site = self._sites.provider(self._reached(wish))
            if site.identity in taken:
                template = "the label would reach {} too, whose class is another matter"
                raise NotWrittenError(say(template, taken[site.identity]))
            return site

        return self._proposal(wishes, provider, self._found_default)

    def _reached(self, wish: Wish) -> Site:
        """The block of a resource that takes the default tags of its provider.

        Raises:
            NoTagsError: It does not.
            NotWrittenError: Its own label counts before them.
        """
        site = self._sites.resource(wish.address)
        profile = self._sites.profile(site.path, wish.address)
        carries = self._chosen(self._spots(site, profile), site.type)
        if carries is None or not inherits_tags(profile, site.type):
            raise NoTagsError(say("default tags of the provider do not reach it"))
        existing = self._sites.existing(site, profile, self._lexicon)
        known = existing.sensitivity
        same = known.known and known.lowest == wish.rank
        if existing.source == "tag" and not same:
            raise NotWrittenError(say("its own label counts before the default tags"))
        return site

    def _provider_of(self, address: str) -> Iterator[Site]:
        with contextlib.suppress(NotWrittenError):
            yield self._sites.provider(self._sites.resource(address))

    def _survey(self) -> Iterator[str]:
        """The keys of all tags that stand in the code."""
        for address, type_ in self._sites.addresses():
            try:
                site = self._sites.resource(address)
                spots = self._spots(site, self._sites.profile(site.path, site.address))
            except NotWrittenError:
                continue
            for spot in spots:
                if spot.used:
                    self._carriers.add((type_, spot.shape.path))
                yield from (one.key for one in entries(spot))
        yield from self._sites.local_keys()

    def _proposal(
        self,
        wishes: Iterable[Wish],
        place: Callable[[Wish], Site],
        find: Callable[[Site, Wish], Found[Spot] | None],
    ) -> Proposal:
        """What comes of `wishes`, each for the block that `place` gives."""
        told: list[Told] = []
        groups: dict[tuple[str, int], list[tuple[Site, Wish]]] = defaultdict(list)
        for wish in wishes:
            try:
                site = place(wish)
            except NotWrittenError as error:
                where = self._sites.place(wish.address)
                none = isinstance(error, NoTagsError)
                outcome: Outcome = "untagged" if none else "refused"
                told.append(told_of(wish, outcome, error.args[0], place=where))
            else:
                groups[site.identity].append((site, wish))
        edits: dict[str, list[Edit]] = defaultdict(list)
        texts: dict[str, str] = {}
        for group in groups.values():
            site = group[0][0]
            made, said = self._group(group, find)
            edits[site.file] += made
            texts[site.file] = site.block.text
            told += said
        files = [
            _rewritten(name, texts[name], found, self._sites.content(name))
            for name, found in sorted(edits.items())
            if found
        ]
        told.sort(key=lambda one: one.address)
        return Proposal(files=tuple(files), told=tuple(told))

    def _group(
        self,
        group: Sequence[tuple[Site, Wish]],
        find: Callable[[Site, Wish], Found[Spot] | None],
    ) -> tuple[list[Edit], list[Told]]:
        """The edits of one block, and what became of the wishes for it."""
        try:
            first = self._one_change(group, find)
        except NotWrittenError as error:
            return [], [
                told_of(w, "refused", error.args[0], place=s.place) for s, w in group
            ]
        if first is None:
            message = say("nothing says that {} carries tags", group[0][0].type)
            return [], [
                told_of(w, "untagged", message, place=s.place) for s, w in group
            ]
        outcome = first.outcome
        messages = first.said or [say("it is labelled already")]
        if first.edits:
            messages += _ignored(group[0][0].inside.body)
        return first.edits, [
            told_of(w, outcome, *messages, place=s.place) for s, w in group
        ]

    def _one_change(
        self,
        group: Sequence[tuple[Site, Wish]],
        find: Callable[[Site, Wish], Found[Spot] | None],
    ) -> Change | None:
        """What is to be done to one block; None where it carries no tags.

        Raises:
            NotWrittenError: Nobody could be sure what comes out.
        """
        self._agreed(group)
        found = [find(site, wish) for site, wish in group]
        changes = [self._changes.of(one) for one in found if one]
        if any(one.edits != changes[0].edits for one in changes):
            raise NotWrittenError(say("its instances have different tags already"))
        return changes[0] if changes else None

    def _agreed(self, group: Sequence[tuple[Site, Wish]]) -> None:
        """Nothing, where all that a block stands for is to have one label.

        Raises:
            NotWrittenError: It is not.
        """
        if len({(wish.rank, wish.categories) for _, wish in group}) > 1:
            template = "its block stands for several resources of different classes"
            raise NotWrittenError(say(template))
        site = group[0][0]
        if site.kind == "resource":
            missing = self._sites.twins(site) - {wish.address for _, wish in group}
            if missing:
                template = "its block also makes {}, for which no label is asked"
                raise NotWrittenError(say(template, min(missing)))

    def _found(self, site: Site, wish: Wish) -> Found[Spot] | None:
        """A resource block with the spot for its label; None where it has no tags."""
        profile = self._sites.profile(site.path, site.address)
        spot = self._chosen(self._spots(site, profile), site.type)
        if spot is None:
            return None
        _parsed(spot)
        existing = self._sites.existing(site, profile, self._lexicon)
        return Found(wish=wish, spot=spot, existing=existing)

    def _found_default(self, site: Site, wish: Wish) -> Found[Spot]:
        """A provider block with the spot for default tags."""
        resource = self._sites.resource(wish.address)
        profile = self._sites.profile(resource.path, wish.address)
        shape = TagShape(path=profile.default_tags, shape="map")
        spot = spot_of(shape, _writing_of_maps(profile), site.inside)
        _parsed(spot)
        existing = self._sites.of_provider(site, profile, self._lexicon)
        return Found(wish=wish, spot=spot, existing=existing)

    def _spots(self, site: Site, profile: ProviderProfile) -> list[Spot]:
        """Where labels may stand in a resource block."""
        return [
            spot_of(shape, shape.write, site.inside)
            for shape in shapes_for(profile, site.type)
            if shape.write is not None
        ]

    def _chosen(self, spots: Sequence[Spot], type_: str) -> Spot | None:
        """Where a label stands, or other tags; else where the type surely has some."""
        keys = self._lexicon.class_keys
        labelled = [o for o in spots if any(says(e.key, keys) for e in entries(o))]
        used = [one for one in spots if one.used]
        sure = [
            one
            for one in spots
            if not one.missing
            and (
                fits(one.writing.types, type_)
                or (type_, one.shape.path) in self._carriers
            )
        ]
        return next(iter([*labelled, *used, *sure]), None)


def _parsed(spot: Spot) -> None:
    """Nothing, where the tags of a spot can be parsed.

    Raises:
        NotWrittenError: They cannot.
    """
    stated = spot.argument
    if stated is not None and isinstance(stated.node, Unparsed):
        raise NotWrittenError(stated.node.reason)


def _rewritten(name: str, text: str, edits: list[Edit], content: bytes) -> Rewritten:
    """A file with `edits`; lined up again where it was."""
    made = applied(text, edits)
    if lined_up(text) == text:
        made = lined_up(made)
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    return Rewritten(name=name, before=content, after=mark + made.encode())


def _writing_of_maps(profile: ProviderProfile) -> Writing:
    """How the provider's maps of tags are written."""
    found = [one.write for one in profile.tags if one.shape == "map" and one.write]
    return found[0] if found else Writing()


def _ignored(body: Body) -> list[str]:
    """A warning where Terraform is told to ignore changes."""
    stated = any("ignore_changes" in o.body.arguments for o in body.of("lifecycle"))
    template = (
        "`ignore_changes` stands in its lifecycle block: see that the label is not "
        "ignored"
    )
    return [say(template)] if stated else []
