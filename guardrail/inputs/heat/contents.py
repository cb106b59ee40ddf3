"""What an instance of a template makes, as the model has it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.heat.frame import Frame
from guardrail.inputs.heat.groups import REGION
from guardrail.inputs.heat.made import Made
from guardrail.inputs.heat.values import (
    OPEN,
    Budget,
    Hole,
    Link,
    attributes,
    links,
)
from guardrail.inputs.identifiers import bounded, public
from guardrail.model import (
    Change,
    Evidence,
    Known,
    ProviderConfiguration,
    Reference,
    Resource,
    say,
)

MOST_RESOURCES = 20_000


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """The resources of a template, and what they refer to."""

    resources: tuple[Resource, ...]
    references: tuple[Reference, ...]
    unfollowed: Mapping[str, frozenset[str]]
    providers: Mapping[str, ProviderConfiguration]


def contents(root: Frame, base: ProviderConfiguration, path: str) -> Contents:
    """What `root` makes in the cloud that `base` names; its template is at `path`.

    Raises:
        InputError: It is malformed, or too much.
    """
    made = list(_made(root))
    linked = [*_linked(made, root.budget)]
    return Contents(
        resources=tuple(
            _resource(one, root.budget, path, base.provider) for one in made
        ),
        references=tuple(dict.fromkeys(_references(made, linked))),
        unfollowed=_unfollowed(linked),
        providers=_providers(made, base),
    )


def _made(frame: Frame) -> Iterator[Made]:
    """Every resource that an instance of a template makes, nested ones included.

    Raises:
        InputError: There are too many.
    """
    pending: list[Iterator[Made | Frame]] = [_parts(frame)]
    number = 0
    while pending:
        found = next(pending[-1], None)
        if found is None:
            pending.pop()
        elif isinstance(found, Frame):
            pending.append(_parts(found))
        else:
            number += 1
            if number > MOST_RESOURCES:
                raise InputError(
                    f"it makes more than {MOST_RESOURCES} resources",
                    where=frame.template.file,
                    remedy="Split the template",
                )
            yield found


def _parts(frame: Frame) -> Iterator[Made | Frame]:
    for member in frame.members():
        for _key, part in member.parts():
            yield part


def _resource(made: Made, budget: Budget, path: str, provider: str) -> Resource:
    """The resource of the model.

    Raises:
        InputError: Its name or its values are too large.
    """
    values = made.properties
    if made.metadata is not None and not isinstance(values, Hole):
        values = {**values, "resource_metadata": made.metadata}
    line = made.declared.line
    change = Change.NO_OP if made.existing else Change.CREATE
    return Resource(
        address=bounded(made.address, where=made.file),
        configuration=made.configuration,
        type=public(made.type),
        provider=provider,
        provider_configuration=made.provider,
        change=change,
        actions=(change.value,),
        attributes=attributes(values, budget),
        location=(_shown_file(made.file, path), line) if line else None,
    )


def _shown_file(file: str, path: str) -> str:
    """The path of a file, as a person would find it from where the first one is."""
    folder = posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(folder, file)) if folder else file


def _linked(made: Iterable[Made], budget: Budget) -> Iterator[tuple[str, str, Link]]:
    """The links of all resources: its own address, the path and where it leads."""
    for one in made:
        for path, link in links(one.properties, budget):
            yield one.configuration, path, link


def _unfollowed(linked: Iterable[tuple[str, str, Link]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for source, path, link in linked:
        if link == OPEN:
            found.setdefault(source, set()).add(path)
    return {source: frozenset(paths) for source, paths in found.items()}


def _references(
    made: Iterable[Made], linked: Iterable[tuple[str, str, Link]]
) -> Iterator[Reference]:
    for source, path, (target, attribute) in linked:
        if target and target != source:
            yield Reference(
                source=source, target=target, path=path, attribute=attribute
            )
    for one in made:
        before = one.configuration.removesuffix(one.declared.name)
        for name in one.declared.depends_on:
            yield Reference(
                source=one.configuration, target=before + name, path="depends_on"
            )


def _providers(
    made: Iterable[Made], base: ProviderConfiguration
) -> dict[str, ProviderConfiguration]:
    """The provider configurations in use: the cloud itself, and its other regions."""
    used = {one.provider.value for one in made if isinstance(one.provider, Known)}
    found = {base.key: base}
    for key in sorted(used - {base.key}):
        because = say("`{}` of the stack", "context.region_name")
        region = Known(key.partition(REGION)[2], Evidence.VALUE, because)
        found[key] = msgspec.structs.replace(
            base, key=key, settings={**base.settings, "region": region}
        )
    return found
