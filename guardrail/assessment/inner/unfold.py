"""A stack with what other engines make of what its resources give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from guardrail.assessment.circumstances import Knowledge
from guardrail.assessment.inner.arguments import Arguments, Links
from guardrail.assessment.inner.heat import SECRET, Inner, inner
from guardrail.assessment.inner.labels import labels
from guardrail.assessment.places import changes
from guardrail.classification import Tag
from guardrail.errors import InputError
from guardrail.model import (
    Absent,
    Known,
    Reference,
    Resource,
    Stack,
    Unknown,
    Unread,
    say,
)
from guardrail.placement import (
    Catalogue,
    ProviderProfile,
    deploys_of,
    given_of,
    is_foreign,
)
from guardrail.placement.providers import Deploys

if TYPE_CHECKING:  # what reads templates costs start-up time
    from guardrail.inputs.heat.values import Budget


_FOREIGN = say(
    "it is a type of somebody's own, and no environment that was given says what it "
    "stands for"
)


class Unfolded(msgspec.Struct, frozen=True):
    """A stack, with all that is seen of what its resources have others make."""

    stack: Stack
    tags: Mapping[str, tuple[Tag, ...]] = {}
    """Address to the labels in what the resource has deployed beside it."""


def unfolded(stack: Stack, knowledge: Knowledge) -> Unfolded:
    """`stack` with what its resources have other engines make.

    Raises:
        InputError: A resource is malformed.
    """
    kinds = {(one.provider, one.type) for one in stack.resources}
    deploying = {kind for kind in kinds if _makes_others(knowledge.catalogue, *kind)}
    if not deploying:
        return Unfolded(stack)
    unfolding = _Unfolding(stack, knowledge)
    found = [one for one in stack.resources if (one.provider, one.type) in deploying]
    for resource in sorted(found, key=lambda one: (one.address, one.deposed)):
        unfolding.add(resource)
    return unfolding.done()


def _makes_others(catalogue: Catalogue, provider: str, resource_type: str) -> bool:
    profile = catalogue.profile(provider)
    return profile is not None and (
        is_foreign(profile, resource_type) or bool(deploys_of(profile, resource_type))
    )


class _Unfolding:
    """Unfolds the resources of one stack."""

    def __init__(self, stack: Stack, knowledge: Knowledge) -> None:
        self._stack = stack
        self._catalogue, self._lexicon = knowledge.catalogue, knowledge.lexicon
        self._links = Links(stack)
        self._inner: list[Inner] = []
        self._read: set[str] = set()
        self._unread: dict[str, tuple[Unread, ...]] = {}
        self._tags: dict[str, tuple[Tag, ...]] = {}
        self._spending: Budget | None = None

    def add(self, resource: Resource) -> None:
        """Add what one resource has others make.

        Raises:
            InputError: It is malformed.
        """
        profile = self._catalogue.profile(resource.provider)
        if profile is None or not resource.managed or not changes(resource):
            return
        if is_foreign(profile, resource.type):
            self._unread[resource.address] = (Unread("type", _FOREIGN),)
            return
        entries = deploys_of(profile, resource.type)
        around = Arguments(resource, self._links)
        found = [one for entry in entries for one in self._of(entry, around, profile)]
        made = [one for one in found if isinstance(one, Inner)]
        unread = {one for one in found if isinstance(one, Unread)}
        unread.update(one for each in made for one in each.unread)
        if unread:
            self._unread[resource.address] = tuple(sorted(unread))
        elif made:
            self._read.add(resource.address)
        tags = tuple(one for one in found if isinstance(one, Tag))
        if tags:
            self._tags[resource.address] = tags
        self._inner += made
        for one in made:
            for part in one.resources:
                self.add(part)

    def _of(
        self, entry: Deploys, around: Arguments, profile: ProviderProfile
    ) -> Iterator[Inner | Unread | Tag]:
        """What is found at one argument.

        Raises:
            InputError: It is malformed.
        """
        setting = around.at(entry.path)
        if isinstance(setting, Absent) or not _holds(entry, around):
            return
        top = entry.path.partition(".")[0]
        if isinstance(setting, Unknown):
            yield Unread(top, setting.reason, known=False)
        elif entry.own and not _is_file(setting.value):
            return
        elif entry.language == "labels":  # of a secret too: only words of ours are told
            yield from self._labels(setting.value, entry)
        elif around.hides(entry.path):
            yield Unread(top, SECRET)
        elif entry.language == "heat":
            text = str(setting.value)
            yield inner(text, entry, around, profile, self._budget())
        else:
            yield Unread(top, say("guardrail does not read it"))

    def _labels(self, value: Any, entry: Deploys) -> Iterator[Unread | Tag]:
        """The labels in a value, and what of it may hold others.

        Raises:
            InputError: It takes too much to read.
        """
        top = entry.path.partition(".")[0]
        try:
            found = labels(value, entry, self._lexicon)
        except InputError:  # what it says may quote the text
            yield Unread(top, say("it is no YAML that can be read"))
            return
        for one in found:
            if isinstance(one, Tag):
                yield one
            else:
                yield Unread(top, one.reason, known=False)

    def _budget(self) -> Budget:
        """What the evaluation of all templates together may still cost."""
        if self._spending is None:
            from guardrail.inputs.heat.values import Budget  # only here: see above

            self._spending = Budget()
        return self._spending

    def done(self) -> Unfolded:
        """The stack with all that was added."""
        stack, made = self._stack, self._inner
        providers = {key: one for each in made for key, one in each.providers.items()}
        unfollowed: dict[str, frozenset[str]] = {}
        for each in made:
            for key, paths in each.unfollowed.items():
                unfollowed[key] = unfollowed.get(key, frozenset()) | paths
        parts = [one for each in made for one in each.resources]
        links = dict.fromkeys(one for each in made for one in each.references)
        whole = msgspec.structs.replace(
            stack,
            resources=(*stack.resources, *parts),
            references=(*self._kept(), *links),
            providers={**providers, **stack.providers},
            unfollowed={**stack.unfollowed, **unfollowed},
            unread=self._unread,
            unfolded=frozenset(self._read),
        )
        return Unfolded(whole, self._tags)

    def _kept(self) -> Iterator[Reference]:
        """The references of the stack but those that stand in what was read whole.

        What reads those is a part of the stack now, and says which way data goes.
        """
        staying = [one for one in self._stack.resources if changes(one)]
        whole = {one.configuration: one for one in staying if one.address in self._read}
        for other in staying:
            if other.address not in self._read:
                whole.pop(other.configuration, None)
        given = {
            block: given_of(profile, one.type)
            for block, one in whole.items()
            if (profile := self._catalogue.profile(one.provider))
        }
        for link in self._stack.references:
            if link.path.partition(".")[0] not in given.get(link.source, ()):
                yield link


def _holds(entry: Deploys, around: Arguments) -> bool:
    """Whether a resource is one of those that an entry is for.

    Raises:
        InputError: It is malformed.
    """
    for path, beginnings in entry.where.items():
        found = around.at(path)
        text = found.value if isinstance(found, Known) else None
        if isinstance(text, str) and not text.lower().startswith(
            tuple(one.lower() for one in beginnings)
        ):
            return False
    return True


def _is_file(value: object) -> bool:
    """Whether a text is the path of a file or folder, and no name and no address."""
    text = str(value)
    return "://" not in text and ("/" in text or "\\" in text or text[:1] == ".")
