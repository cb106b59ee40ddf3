"""What data does to the classes of the resources that it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from guardrail.assessment.circumstances import Circumstances, Knowledge
from guardrail.assessment.flows import Site, Unseen, data_flows, instance_keys
from guardrail.assessment.kinds import JUDGED_ALWAYS
from guardrail.assessment.reading import Reading
from guardrail.classification import (
    NOTHING,
    UNSEEN,
    Because,
    DataFlow,
    Sensitivity,
    spread,
)
from guardrail.model import Part, Resource, Stack, say


class Followed(msgspec.Struct, frozen=True):
    """The flows of a stack, and what they have raised."""

    flows: tuple[DataFlow, ...] = ()
    raised: Mapping[int, Sensitivity] = {}
    """By place of the list of resources."""


def follow(
    read: Sequence[tuple[Resource, Reading, Part]],
    stack: Stack,
    knowledge: Knowledge,
    circumstances: Circumstances,
) -> Followed:
    """Where data goes, and what that makes of the classes of what it reaches.

    `read` are the resources, with what each of them says and what names it.
    """
    named = any(one.named for _resource, one, _naming in read)
    if not stack.references and not named and not stack.unread:
        return Followed()
    sites = [
        Site(
            resource=resource,
            kind=one.kind,
            named=one.named,
            naming=naming,
            keeps=one.keeps,
            labelled=one.sensitivity.own,
        )
        for resource, one, naming in read
    ]
    found = data_flows(sites, stack, knowledge.catalogue, knowledge.inference)
    hidden = {**found.unseen}
    for place, unread in _unread([resource for resource, _one, _naming in read], stack):
        hidden[place] = (*hidden.get(place, ()), *unread)
    if not found.edges and not hidden:
        return Followed()
    readings = [one for _resource, one, _naming in read]
    starts = [*map(_start, readings), *[NOTHING] * found.beyond]
    opener = _Opener(circumstances, knowledge.lexicon.top)
    for place, unseen in hidden.items():
        starts[place] = opener.opened(starts[place], read[place][0], unseen)
    reached = {place: starts[place] for place in hidden}
    reached.update(spread(starts, found.edges))
    raised = {
        place: _ended(readings[place], sensitivity)
        for place, sensitivity in reached.items()
        if place < len(readings) and (sensitivity.own or _holds(readings[place]))
    }
    return Followed(tuple(edge.flow for edge in found.edges), raised)


def _unread(
    resources: Sequence[Resource], stack: Stack
) -> Iterator[tuple[int, Iterable[Unseen]]]:
    """The place of each resource of which nobody sees what another engine makes."""
    for place, one in enumerate(resources if stack.unread else ()):
        if one.address in stack.unread:
            yield (
                place,
                [
                    Unseen(unread.path, elsewhere=unread.known, makes=unread.why)
                    for unread in stack.unread[one.address]
                ],
            )


class _Opener:
    """Opens the classes of what data comes into that the stack does not show."""

    def __init__(self, circumstances: Circumstances, top: int) -> None:
        self._circumstances = circumstances
        self._top = top

    def opened(
        self, sensitivity: Sensitivity, resource: Resource, unseen: Iterable[Unseen]
    ) -> Sensitivity:
        """`sensitivity` with what the owner states of such data, or up to the top."""
        for one in unseen:
            stated = self._circumstances.incoming(resource.address, one.path)
            if stated is None:
                because = _because(_instances(resource), one)
                sensitivity = sensitivity.opened(self._top, because)
            else:
                sensitivity = sensitivity.not_below(stated)
        return sensitivity


def _instances(resource: Resource) -> str:
    """The address of a resource, or the glob of all instances that it is one of."""
    *_modules, key = instance_keys(resource.address, resource.configuration)
    whole = resource.outer or resource.address
    inner = resource.address[len(whole) :]
    return f"{whole.removesuffix(key)}[*]{inner}" if key else resource.address


def _because(address: str, one: Unseen) -> Because:
    """Why nobody knows what comes in, and how to say it."""
    argument = f"{address}.{one.path}"
    if one.makes:
        return _made(argument, one)
    if one.wide:
        detail = say(
            "it takes in all that `{}` stands for, of the stack or not", one.path
        )
        remedy = say("state the class of that data: map {} in guardrail.yaml", argument)
    elif one.elsewhere:
        detail = say("`{}` names data outside of the stack", one.path)
        remedy = say(
            "bring what it names into the stack, or state the class of that data: "
            "map {} in guardrail.yaml",
            argument,
        )
    else:
        detail = say("where `{}` takes its data from is not known", one.path)
        remedy = say(
            "give the binary plan, the code with --src DIR or the values of variables, "
            "or state the class of that data: map {} in guardrail.yaml",
            argument,
        )
    return Because(UNSEEN, detail, remedy=remedy)


def _made(argument: str, one: Unseen) -> Because:
    """Why nobody knows what another engine makes, and how to say it."""
    detail = say("what is made of `{}` was not seen: {}", one.path, one.makes)
    if one.elsewhere:
        remedy = say(
            "declare it as resources of this code, or state the class of all data that "
            "it holds: map {} in guardrail.yaml",
            argument,
        )
    else:
        remedy = say(
            "give the binary plan, the code with --src DIR or the values of variables, "
            "or state the class of all data that it holds: map {} in guardrail.yaml",
            argument,
        )
    return Because(UNSEEN, detail, remedy=remedy)


def _holds(reading: Reading) -> bool:
    """Whether a resource may hold data of which nobody says anything."""
    return reading.keeps or reading.sensitivity.labelled


def _start(reading: Reading) -> Sensitivity:
    """What a resource gives to others before anything reaches it.

    What keeps nothing is not of an unknown class: it passes on what comes.
    """
    found = reading.sensitivity
    if _holds(reading):
        return found
    because = tuple(step for step in found.because if step.source != "absent")
    return msgspec.structs.replace(found, highest=found.lowest, because=because)


def _ended(reading: Reading, raised: Sensitivity) -> Sensitivity:
    """What a resource is judged by once data has reached it."""
    if _holds(reading) or reading.kind not in JUDGED_ALWAYS:
        return raised
    alone = reading.sensitivity  # judged before, so not less strictly now
    opened = tuple(step for step in raised.because if step.source == UNSEEN)
    return msgspec.structs.replace(
        raised,
        highest=max(raised.highest, alone.highest),
        because=(*alone.because, *opened),
    )
