"""Law 1 on real plans: whatever a block sets and is forgotten, no verdict improves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Circumstances, assess
from guardrail.classification import Declaration
from guardrail.decision import Verdict
from guardrail.inputs import read
from guardrail.library import load_library, shipped
from guardrail.model import Attributes, Known, Resource, Stack
from tests.conftest import ROOT
from tests.properties.strategies import resource, stack

LIBRARY = load_library(shipped())
DAY = date(2026, 11, 22)
KNOWLEDGE = LIBRARY.knowledge(DAY, frozenset({"law", "baseline"}))
PLANS = sorted(
    path
    for path in (ROOT / "fixtures" / "plans").glob("*/plan.json")
    if path.parent.name != "errored-plan"
)


@lru_cache(maxsize=64)
def plan(path: Path) -> Stack:
    return read(path.read_bytes(), path=path.name)


def around(class_: str) -> Circumstances:
    rank = KNOWLEDGE.lexicon.ranks[class_]
    declared = Declaration(source="stack", detail="declared", rank=rank)
    return Circumstances(as_of=DAY, body=Known("state"), stack=declared)


def alone(whole: Stack, one: Resource) -> Stack:
    """The stack with one of its resources: what the others say cannot hide it."""
    return msgspec.structs.replace(whole, resources=(one,), state=None, gaps=())


def set_paths(one: Resource, whole: Stack) -> list[tuple[str | int, ...]]:
    """The places of values that the block sets, and that are known."""
    arguments = whole.arguments.get(one.configuration, frozenset())
    values = json.loads(one.attributes.values)
    return [
        path
        for path in _paths(values, ())
        if any(_dotted(path[:size]) in arguments for size in range(1, len(path) + 1))
    ]


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def _paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*path, name))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _paths(inner, (*path, place))
    elif value is not None and path:
        yield path


def forgotten(one: Resource, paths: set[tuple[str | int, ...]]) -> Resource:
    """The resource with the values at `paths` unknown, as Terraform writes it."""
    values = json.loads(one.attributes.values)
    mask = json.loads(one.attributes.unknown) or {}
    for path in sorted(paths, key=str):
        values, mask = _without(values, mask, path)
    unknown = Attributes.of({}, unknown=mask).unknown
    less = msgspec.structs.replace(
        one.attributes, values=json.dumps(values).encode(), unknown=unknown
    )
    return msgspec.structs.replace(one, attributes=less)


def _without(value: Any, mask: Any, path: tuple[str | int, ...]) -> tuple[Any, Any]:
    """`value` and `mask` with what stands at `path` moved into the mask."""
    step, *rest = path
    if isinstance(step, int):
        masks = list(mask) if isinstance(mask, list) else []
        masks += [False] * (len(value) - len(masks))
        items = list(value)
        if rest:
            items[step], masks[step] = _without(items[step], masks[step], tuple(rest))
        else:
            items[step], masks[step] = None, True
        return items, masks
    marks = dict(mask) if isinstance(mask, dict) else {}
    if rest:
        inner, marks[step] = _without(value[step], marks.get(step), tuple(rest))
        return {**value, step: inner}, marks
    return {name: one for name, one in value.items() if name != step}, {
        **marks,
        step: True,
    }


@given(
    st.sampled_from(PLANS),
    st.sampled_from(["public", "personal", "sensitive", "particular"]),
    st.data(),
)
def test_1_what_is_forgotten_of_a_real_plan_never_allows_more(
    path: Path, class_: str, data: st.DataObject
) -> None:
    given_plan = plan(path)
    having = [one for one in given_plan.resources if one.attributes.values[:1] == b"{"]
    if not having:
        return
    one = data.draw(st.sampled_from(having))
    paths = set_paths(one, given_plan)
    if not paths:
        return
    hidden = data.draw(st.sets(st.sampled_from(paths), min_size=1, max_size=3))
    less = assess(alone(given_plan, forgotten(one, hidden)), KNOWLEDGE, around(class_))

    if less.verdict is Verdict.ALLOW:
        whole = assess(alone(given_plan, one), KNOWLEDGE, around(class_))
        assert whole.verdict is Verdict.ALLOW


# Second landings, from a destination that is allowed


PLACES = (
    "u-france-east1", "us-central1", "EU", "europe-west9", "nowhere-9", "central-logs",
    "https://logs.datadoghq.eu/in", "https://x.example/in", "gs://elsewhere/x",
    "projects/p/locations/us-central1/things/t", "arn:aws:s3:::copies", "auto",
    "arn:aws:kms:us-east-1:123:key/k", "fr-par/11111111-1111-1111-1111-111111111111",
    "true", "RAGRS", "",
)  # fmt: skip
GOOGLE = LIBRARY.registry.providers["hashicorp/google"]
ASKED = sorted(
    {
        *((one.types[0].replace("*", "x"), one.path) for one in GOOGLE.flows),
        *((one.types[0].replace("*", "x"), one.path) for one in GOOGLE.silent_copies),
    }
)
HINTED = [
    ("google_redis_of_tomorrow", path)
    for path in ("sink", "peer.region", "replica.where", "text", "settings.zones")
]


def holding(type_: str, path: str, value: Any, *, known: bool) -> Stack:
    """A sensitive resource of S3NS with `value` at `path`."""
    labels: dict[str, Any] = {"labels": {"data_class": "sensitive"}}
    top, *rest = path.split(".")
    nested: Any = value if known else True
    for step in reversed(rest):
        nested = [{step: nested}]
    values = {**labels, top: nested} if known else labels
    mask = None if known else {top: nested}
    one = msgspec.structs.replace(
        resource("a", "s3ns", {}),
        type=type_,
        attributes=Attributes.of(values, unknown=mask),
    )
    arguments = {one.configuration: frozenset({"labels", path})}
    return msgspec.structs.replace(stack([one]), arguments=arguments)


@given(st.sampled_from(ASKED) | st.sampled_from(HINTED), st.sampled_from(PLACES))
def test_1_not_knowing_where_copies_go_never_allows_more(
    asked: tuple[str, str], place: str
) -> None:
    sensitive = Circumstances(as_of=DAY, body=Known("state"))
    less = assess(holding(*asked, place, known=False), KNOWLEDGE, sensitive)

    if less.verdict is Verdict.ALLOW:
        whole = assess(holding(*asked, place, known=True), KNOWLEDGE, sensitive)
        assert whole.verdict is Verdict.ALLOW


def test_the_property_sees_every_verdict() -> None:
    sensitive = Circumstances(as_of=DAY, body=Known("state"))
    found = {
        assess(holding(*asked, place, known=True), KNOWLEDGE, sensitive).verdict
        for asked in (*ASKED[:20], *HINTED)
        for place in PLACES
    }

    assert found == set(Verdict)
