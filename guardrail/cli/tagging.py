"""What `guardrail tag` is asked: classes, addresses, and the files they go to."""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from guardrail.assessment import Circumstances, assess
from guardrail.classification import Lexicon, Sensitivity, normalised
from guardrail.cli.options import environment_variable, today
from guardrail.cli.patch import Change
from guardrail.cli.reading import content_of, stack_of
from guardrail.configuration import (
    NAME,
    Configuration,
    Data,
    configuration_for,
    project_file,
)
from guardrail.decision import Decision
from guardrail.errors import ConfigurationError, InputError
from guardrail.gate.folder import is_tofu, read_folder
from guardrail.inputs import may_be_heat
from guardrail.inputs.heat.stack import PROVIDER
from guardrail.library import Library
from guardrail.model import Resource, glob_fits, say
from guardrail.placement import Catalogue
from guardrail.tagging import (
    Keys,
    Manner,
    NotWrittenError,
    Outcome,
    Proposal,
    Sites,
    Stated,
    Template,
    Told,
    Wish,
    Writer,
    with_mappings,
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The labels to write, and the resources of which no class is known."""

    wishes: tuple[Wish, ...]
    told: tuple[Told, ...] = ()
    """What is said of those that are not written to."""
    undecided: tuple[Told, ...] = ()


def code_of(options: argparse.Namespace, library: Library) -> Sites | Template:
    """The code to be labelled: a folder, or a template.

    Raises:
        InputError: It cannot be read, or is neither.
    """
    catalogue = Catalogue(library.registry)
    if options.code.is_dir():
        modules = read_folder(options.code)
        sites = Sites(modules, catalogue, tofu=is_tofu(modules))
        sites.readable()
        return sites
    content = content_of(str(options.code))
    if not may_be_heat(content):
        raise InputError(
            "it is neither a folder nor a Heat template", where=str(options.code)
        )
    profile = catalogue.profile(PROVIDER)
    assert profile is not None  # noqa: S101  # the library has it
    name = options.code.name
    return Template(name, content, profile, Lexicon(library.vocabulary))


def worded(
    options: argparse.Namespace, library: Library
) -> tuple[Library, Configuration]:
    """The files in force for the code, and the library with the keys that they add.

    Raises:
        LibraryError: guardrail.yaml is malformed.
        ConfigurationError: The organisation's file cannot be read.
    """
    named = environment_variable("GUARDRAIL_CONFIG")
    organisation = options.config or (Path(named) if named else None)
    configuration = configuration_for(options.code, organisation)
    words = configuration.words(library.vocabulary)
    return msgspec.structs.replace(library, vocabulary=words), configuration


class Task:
    """One run of the verb."""

    def __init__(
        self,
        options: argparse.Namespace,
        library: Library,
        code: Sites | Template,
        configuration: Configuration,
    ) -> None:
        """Nothing is asked yet."""
        self._options = options
        self._library = library
        self._lexicon = Lexicon(library.vocabulary)
        self._code = code
        path = options.code.resolve()
        self._folder = path if path.is_dir() else path.parent
        self._kinds = dict(code.kinds())
        self._missing = [*code.missing()] if isinstance(code, Sites) else []
        self._day: date = options.as_of or today()
        self._configuration = configuration

    def asked(self) -> Asked:
        """The labels to write, as the options and the classes say.

        Raises:
            InputError: The plan cannot be read.
            ConfigurationError: No resource has such an address, or nobody says which
                class one has.
        """
        if not self._options.class_:
            return self._worked_out()
        rank = self._lexicon.ranks[normalised(self._options.class_)]
        words = map(normalised, self._options.category)
        categories = frozenset(self._lexicon.categories[word] for word in words)
        globs = self._options.address
        wishes = [
            Wish(address=address, rank=rank, categories=categories)
            for address, judged in self._kinds.items()
            if any(glob_fits(one, address) for one in globs) or (judged and not globs)
        ]
        self._found([*self._kinds, *self._missing])
        return Asked(wishes=tuple(wishes), told=self._not_there())

    def proposal(self, asked: Asked) -> Proposal:
        """What would be written into the code."""
        own, usual = self._configuration.tag_keys, Manner().usual
        manner = Manner(
            class_key=self._options.key,
            category_key=self._options.category_key,
            decision=self._options.decision,
            usual=Keys(
                class_=next(iter(own.class_), usual.class_),
                categories=next(iter(own.categories), usual.categories),
            ),
        )
        if isinstance(self._code, Template):
            return self._code.labelled(asked.wishes, manner)
        writer = Writer(self._code, self._lexicon, manner)
        if self._options.scope == "resource":
            return writer.resources(asked.wishes)
        wished = {one.address for one in asked.wishes}
        others = {one for one, judged in self._kinds.items() if judged} - wished
        return writer.providers(asked.wishes, frozenset(others))

    def sidecar(
        self, asked: Asked, proposal: Proposal
    ) -> tuple[list[Change], list[Told]]:
        """Mappings for what carries no tags, in the nearest guardrail.yaml.

        Only for a class that the options state: guardrail.yaml or the flow of data says
        any other already.

        Raises:
            LibraryError: guardrail.yaml is malformed.
        """
        bare = {one.address for one in proposal.told if one.outcome == "untagged"}
        wishes = [one for one in asked.wishes if one.address in bare]
        if not wishes or not self._options.class_:
            return [], [_told(one, "untagged", say(_NO_TAGS)) for one in wishes]
        missing, told = self._unmapped(wishes)
        if not missing:
            return [], told
        path = project_file(self._folder) or self._folder / NAME
        before = path.read_bytes() if path.exists() else None
        try:
            text = with_mappings((before or b"").decode(), self._stated(missing))
        except NotWrittenError as error:
            return [], [*told, *(_told(o, "refused", error.args[0]) for o in missing)]
        name = os.path.relpath(path, self._folder)
        change = Change(path=path, name=name, before=before, after=text.encode())
        mapped = say("no tags: a mapping in guardrail.yaml instead")
        return [change], [*told, *(_told(one, "written", mapped) for one in missing)]

    def _unmapped(self, wishes: Iterable[Wish]) -> tuple[list[Wish], list[Told]]:
        """The wishes that no mapping fulfils, and what is to be said of the others."""
        circumstances = self._circumstances()
        missing, told = [], []
        for wish in wishes:
            found = circumstances.assignment(self._code.glob(wish.address))
            if found is None:
                missing.append(wish)
            elif found.declaration.rank == wish.rank:
                told.append(_told(wish, "present", say("it is labelled already")))
            else:
                message = say("a mapping in guardrail.yaml states another class of it")
                told.append(_told(wish, "refused", message))
        return missing, told

    def changes(self, proposal: Proposal) -> list[Change]:
        """The files that would change."""
        return [
            Change(
                path=self._folder / one.name,
                name=one.name,
                before=one.before,
                after=one.after,
            )
            for one in proposal.files
        ]

    def _worked_out(self) -> Asked:
        """The classes that guardrail works out.

        Raises:
            InputError: The plan cannot be read.
        """
        by_block: dict[str, list[Sensitivity]] = defaultdict(list)
        outer: dict[str, str] = {}
        for one in self._decision().resources:
            if one.judged and one.resource.managed and self._named(one.resource):
                by_block[one.resource.configuration].append(one.sensitivity)
                outer[one.resource.configuration] = one.resource.outer
        self._found([*by_block, *self._missing])
        wishes, told, undecided = [], [*self._not_there()], []
        for address, found in sorted(by_block.items()):
            first = found[0]
            wish = Wish(address=address, rank=first.lowest, categories=first.categories)
            if not all(one.known for one in found):
                undecided.append(self._undecided(wish, found))
            elif any(_said(one) != _said(first) for one in found):
                message = say("its instances have different classes")
                told.append(_told(wish, "refused", message))
            elif outer[address]:
                told.append(_told_inside(wish, found, outer[address]))
            else:
                wishes.append(wish)
        return Asked(wishes=tuple(wishes), told=tuple(told), undecided=tuple(undecided))

    def _not_there(self) -> tuple[Told, ...]:
        """The modules whose code is not there, of those that are asked for."""
        globs = self._options.address
        message = say("the code of its module is not there")
        return tuple(
            Told(address=one, outcome="refused", messages=(message,))
            for one in self._missing
            if not globs or any(glob_fits(glob, one) for glob in globs)
        )

    def _undecided(self, wish: Wish, found: Sequence[Sensitivity]) -> Told:
        name = self._lexicon.name
        lowest, highest = min(o.lowest for o in found), max(o.highest for o in found)
        template = "to be decided by its owner: between {} and {}"
        return _told(wish, "undecided", say(template, name(lowest), name(highest)))

    def _decision(self) -> Decision:
        """What guardrail says of the plan, or of the code.

        Raises:
            InputError: It cannot be read.
        """
        options = self._options
        if options.plan and options.src is None:
            options = argparse.Namespace(**{**vars(options), "src": options.code})
        stack = stack_of(options.plan or str(options.code), options)
        registry = self._configuration.extend(self._library.registry)
        layers = frozenset({"law", "baseline"})
        knowledge = self._library.knowledge(self._day, layers, registry=registry)
        return assess(stack, knowledge, self._circumstances())

    def _circumstances(self) -> Circumstances:
        """What the files in force state.

        Raises:
            ConfigurationError: They tell workspaces apart, and none is stated.
        """
        workspace = self._options.workspace
        if self._configuration.tells_workspaces and not workspace:
            raise ConfigurationError(
                "guardrail.yaml tells workspaces apart, and none is stated",
                remedy="State it with --workspace: the code is the same for all",
            )
        return self._configuration.circumstances(
            self._lexicon,
            as_of=self._day,
            body=None,
            data=Data(),
            workspace=workspace,
        )

    def _named(self, resource: Resource) -> bool:
        """Whether a resource, or its block, is asked for."""
        globs = self._options.address
        names = (resource.configuration, resource.address)
        return not globs or any(glob_fits(glob, n) for glob in globs for n in names)

    def _found(self, addresses: Iterable[str]) -> None:
        """Nothing, where every address that is asked for is there.

        Raises:
            ConfigurationError: One is not.
        """
        addresses = list(addresses)
        for glob in self._options.address:
            if not any(glob_fits(glob, address) for address in addresses):
                raise ConfigurationError(
                    f"no resource fits {glob!r}",
                    remedy="Addresses are those of blocks, without instance keys",
                )

    def _stated(self, wishes: list[Wish]) -> list[Stated]:
        """Mappings of addresses that agree, each once."""
        grouped: dict[tuple[int, frozenset[str]], list[str]] = defaultdict(list)
        for one in wishes:
            grouped[one.rank, one.categories].append(one.address)
        return [
            Stated(
                addresses=tuple(sorted(map(self._code.glob, addresses))),
                class_=self._lexicon.name(rank),
                categories=tuple(sorted(categories)),
            )
            for (rank, categories), addresses in sorted(
                grouped.items(), key=lambda item: item[1]
            )
        ]


_NO_TAGS = "it carries no tags, and needs none: its class follows from elsewhere"


def _told(wish: Wish, outcome: Outcome, message: str) -> Told:
    return Told(address=wish.address, outcome=outcome, messages=(message,))


def _told_inside(wish: Wish, found: Sequence[Sensitivity], outer: str) -> Told:
    """What is said of what another engine makes: its label is in a template."""
    if all(one.trail is None for one in found):
        return _told(wish, "present", say("it is labelled already"))
    message = say("it is made of the template of {}: label it there", outer)
    return _told(wish, "refused", message)


def _said(found: Sensitivity) -> tuple[int, frozenset[str]]:
    """What a class known as one says."""
    return found.lowest, found.categories
