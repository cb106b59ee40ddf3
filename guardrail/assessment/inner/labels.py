"""The labels in what a resource has deployed beside it: objects, values of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from guardrail.classification import Lexicon, Tag, declared
from guardrail.model import Unknown
from guardrail.placement import fits
from guardrail.placement.providers import Deploys

Label: TypeAlias = tuple[str, Any]
"""A key and its value."""


def labels(value: Any, entry: Deploys, lexicon: Lexicon) -> tuple[Tag | Unknown, ...]:
    """The labels of sensitivity in `value`; of several classes those of the highest.

    `Unknown` stands for what may hold others.

    Raises:
        InputError: It is a text that cannot be read.
    """
    found = _paired(value, entry) if entry.pairs else _within(value, entry)
    unknown: dict[Unknown, None] = {}
    tags: dict[Tag, None] = {}
    for one in found:
        if isinstance(one, Unknown):
            unknown[one] = None
        elif lexicon.reads(one[0]):
            key, said = one
            if isinstance(said, Unknown):
                unknown[said] = None
            else:
                word = key.rpartition("/")[2]  # what stands before may be a secret
                tags[Tag(word, str(said), entry.path, inherited=False)] = None
    return (*_highest(tags, lexicon), *unknown)


def _highest(tags: Iterable[Tag], lexicon: Lexicon) -> Iterator[Tag]:
    """`tags` without those of a class below the highest that one states."""
    said = [(tag, declared((tag,), (), lexicon)) for tag in tags]
    top = max((one.highest for _tag, one in said if one.labelled), default=0)
    return (tag for tag, one in said if not one.labelled or one.highest == top)


def _within(value: Any, entry: Deploys) -> Iterator[Label | Unknown]:
    """The labels at any depth of a value, or of the texts of YAML that it is.

    Raises:
        InputError: A text cannot be read.
    """
    from guardrail.inputs.yaml_document import document  # costs start-up time

    for one in value if isinstance(value, list) else [value]:
        read = document(one.encode(errors="replace")) if isinstance(one, str) else one
        yield from _deep(read, entry)


def _deep(value: Any, entry: Deploys) -> Iterator[Label | Unknown]:
    """The labels at any depth of a structure."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Unknown):
            yield one
        elif isinstance(one, list):
            pending.extend(one)
        elif isinstance(one, Mapping):
            inside = {key: one[key] for key in one if key not in entry.selects}
            carriers = {key for key in inside if fits(entry.labels, str(key))}
            for key in inside:
                yield from _of(inside[key] if key in carriers else None)
            pending += [
                inner
                for key, inner in inside.items()
                if key not in carriers
                and (key in entry.around or not isinstance(inner, Unknown))
            ]


def _of(carrier: Any) -> Iterator[Label | Unknown]:
    """The labels of a map of labels."""
    if isinstance(carrier, Unknown):
        yield carrier
    elif isinstance(carrier, Mapping):
        yield from ((str(key), value) for key, value in carrier.items())


def _paired(value: Any, entry: Deploys) -> Iterator[Label | Unknown]:
    """The labels among objects with a dotted `name` and a `value`."""
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, Mapping) else one
        if isinstance(name, Unknown):
            yield name
        elif isinstance(one, Mapping) and isinstance(name, str):
            steps = name.replace("\\.", "\0").split(".")
            places = [n for n, step in enumerate(steps) if fits(entry.labels, step)]
            if places and set(steps).isdisjoint(entry.selects):
                key = ".".join(steps[places[0] + 1 :]).replace("\0", ".")
                yield key, one.get("value")
