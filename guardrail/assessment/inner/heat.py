"""The stack that a resource has Heat make of a template, as part of its own stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from guardrail.assessment.flows import INNER, instance_keys
from guardrail.assessment.inner.arguments import Arguments
from guardrail.errors import InputError
from guardrail.model import (
    ABSENT,
    Absent,
    Change,
    Known,
    ProviderConfiguration,
    Reference,
    Resource,
    Setting,
    Unknown,
    Unread,
    Value,
    say,
)
from guardrail.placement.providers import Deploys, ProviderProfile

if TYPE_CHECKING:  # what reads templates costs start-up time
    from guardrail.inputs.heat.embedded import Embedded, Parameters, Place
    from guardrail.inputs.heat.values import Budget

SECRET = say("it is marked as sensitive")
_APART = "@"
"""What stands in the key of a provider configuration before what tells it apart."""


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    """What a template adds to the stack, or why it adds nothing."""

    resources: tuple[Resource, ...] = ()
    references: tuple[Reference, ...] = ()
    unfollowed: Mapping[str, frozenset[str]] = {}
    providers: Mapping[str, ProviderConfiguration] = {}
    unread: tuple[Unread, ...] = ()


def inner(
    text: str,
    entry: Deploys,
    around: Arguments,
    profile: ProviderProfile,
    budget: Budget,
) -> Inner:
    """What Heat makes of the template `text`, which a resource gives it.

    Raises:
        InputError: The resource is malformed.
    """
    given = _Given(entry, around)
    hidden = tuple(given.unread())
    if hidden:
        return Inner(unread=hidden)
    from guardrail.inputs.heat.embedded import embedded  # only here: see above
    from guardrail.inputs.source import GivenTemplate

    place = _place(entry, around, profile)
    template = GivenTemplate(files=given.files(), environments=given.environments())
    try:
        found = embedded(text, template, given.parameters(), place, budget)
    except InputError:  # what it says may quote the template
        why = say("it is no template that can be read")
        return Inner(unread=(Unread(_top(entry.path), why),))
    return _joined(found, entry, around, place)


def _top(path: str) -> str:
    return path.partition(".")[0]


class _Given:
    """What a template is deployed with."""

    def __init__(self, entry: Deploys, around: Arguments) -> None:
        self._around = around
        self._paths = entry.given

    def _at(self, what: str) -> Setting[Any]:
        """What the resource gives.

        Raises:
            InputError: It is malformed.
        """
        return self._around.at(self._paths.get(what, ""))

    def unread(self) -> Iterator[Unread]:
        """What is given and cannot be read, without which nobody knows what is made.

        Raises:
            InputError: It is malformed.
        """
        for what in ("environment", "files"):
            found = self._at(what)
            if isinstance(found, Absent):
                continue
            path = self._paths[what]
            if isinstance(found, Unknown):
                yield Unread(_top(path), found.reason, known=False)
            elif self._around.hides(path):
                yield Unread(_top(path), SECRET)

    def environments(self) -> tuple[tuple[str, bytes], ...]:
        """The environment, where there is one.

        Raises:
            InputError: It is malformed.
        """
        found = self._at("environment")
        text = found.value if isinstance(found, Known) else None
        return (("environment", text.encode()),) if isinstance(text, str) else ()

    def files(self) -> dict[str, bytes]:
        """The files beside the template that are known texts.

        Raises:
            InputError: They are malformed.
        """
        found = self._at("files")
        texts = found.value if isinstance(found, Known) else None
        return {
            name: text.encode()
            for name, text in (texts.items() if isinstance(texts, Mapping) else ())
            if isinstance(text, str)
        }

    def parameters(self) -> Parameters:
        """The values of parameters, and where those come from that are not known.

        Raises:
            InputError: They are malformed.
        """
        from guardrail.inputs.heat.embedded import Parameters  # likewise

        found = self._at("parameters")
        if isinstance(found, Absent):
            return Parameters()
        path, around = self._paths["parameters"], self._around
        values = found.value if isinstance(found, Known) else found
        secret = frozenset[str]()
        if isinstance(values, Mapping):
            secret = around.secrets(path, values)
        return Parameters(
            values=values if isinstance(values, Mapping | Unknown) else {},
            secret=secret,
            links=tuple(
                dict.fromkeys((o.target, o.attribute) for o in around.sources(path))
            ),
            open=around.open(path),
        )


def _place(entry: Deploys, around: Arguments, profile: ProviderProfile) -> Place:
    """Where the template goes: with the resource, to its cloud and its region.

    Raises:
        InputError: The resource is malformed.
    """
    from guardrail.inputs.heat.embedded import Place  # likewise

    resource = around.resource
    registry = resource.provider.partition("/")[0]
    key, region = resource.provider_configuration, _region(around, profile)
    own = f"{_APART}{resource.address}" if region is not ABSENT else ""
    known: Value[str] = key
    if isinstance(key, Known):
        known = msgspec.structs.replace(key, value=key.value + own)
        settings = dict(around.providers[key.value].settings)
        hidden = around.providers[key.value].hidden
    else:
        settings, hidden = {}, False
    if region is not ABSENT:
        settings["region"] = region
    return Place(
        prefix=f"{resource.address}{INNER}",
        configuration=f"{resource.configuration}{INNER}",
        provider=known,
        cloud=ProviderConfiguration(
            key=known.value if isinstance(known, Known) else "",
            provider=f"{registry}/{entry.provider}",
            settings=settings,
            hidden=hidden,
        ),
    )


def _region(around: Arguments, profile: ProviderProfile) -> Setting[str]:
    """The region that the resource itself states.

    Raises:
        InputError: It is malformed.
    """
    for path in profile.resource_region:
        found = around.at(path)
        if isinstance(found, Known):
            because = say("`{}` of {}", path, around.resource.address)
            return msgspec.structs.replace(found, because=because)
        if isinstance(found, Unknown):
            return found
    return ABSENT


def _joined(found: Embedded, entry: Deploys, around: Arguments, place: Place) -> Inner:
    """What a template makes, with what it has to do with the rest of the stack."""
    made, outer = found.contents, around.resource
    path = entry.given.get("parameters", "")
    sources = around.sources(path) if path else []
    outputs = entry.given.get("outputs", "")
    readers = [
        one for one in around.readers() if outputs and _top(one.attribute) == outputs
    ]
    unread: tuple[Unread, ...] = ()
    if found.unread:
        why = say("these make others, which nobody can see: {}", found.unread)
        unread = (Unread(_top(entry.path), why),)
    return Inner(
        resources=tuple(_part_of(outer, one) for one in made.resources),
        references=(
            *_inside(made.references, sources, outer),
            *_outside(readers, found.outputs, place),
        ),
        unfollowed=made.unfollowed,
        providers=made.providers,
        unread=unread,
    )


def _part_of(outer: Resource, resource: Resource) -> Resource:
    """A resource that comes and stays as the one does that it is a part of."""
    there = resource.change is Change.NO_OP
    return msgspec.structs.replace(
        resource,
        outer=outer.address,
        location=outer.location,
        change=resource.change if there else outer.change,
        actions=resource.actions if there else outer.actions,
    )


def _inside(
    references: Sequence[Reference], sources: Sequence[Reference], outer: Resource
) -> Iterator[Reference]:
    """The references of what is inside: to each other, and to what parameters name."""
    *modules, _key = instance_keys(outer.address, outer.configuration)
    own = len(modules)
    targets = {one.target for one in sources}
    for one in references:
        if one.target not in targets:
            yield msgspec.structs.replace(one, shared=own, pairs=((own, own),))
            continue
        for source in sources:
            if source.target == one.target:
                yield msgspec.structs.replace(
                    source,
                    source=one.source,
                    path=one.path,
                    attribute=one.attribute,
                    sure=len(targets) == 1,
                )


def _outside(
    readers: Sequence[Reference], outputs: Sequence[tuple[str, str]], place: Place
) -> Iterator[Reference]:
    """What reads the outputs reads what they are taken from."""
    sure = len({target for target, _attribute in outputs}) == 1
    for reader in readers:
        for target, attribute in outputs:
            if target.startswith(place.configuration):
                yield msgspec.structs.replace(
                    reader, target=target, attribute=attribute, sure=sure
                )
            else:  # what goes through, from elsewhere in the stack
                yield Reference(
                    source=reader.source,
                    target=target,
                    path=reader.path,
                    attribute=attribute,
                    sure=sure,
                )
