"""Hints at second places, of types that no table knows."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.errors import InputError
from guardrail.inputs import strict_json
from guardrail.model import Attributes, Evidence, Known, ProviderConfiguration, Unknown
from guardrail.placement import (
    Carrier,
    Catalogue,
    Environment,
    Landing,
    Origin,
    ProviderProfile,
    Recogniser,
    TagShape,
    hinting,
    landings_of,
    locate,
    possible,
    read_signals,
    unlisted,
)
from guardrail.placement.providers import Flow, Hosted, Identifier, SilentCopy
from tests.unit.placement.made import PROVIDER, offer, profile, registry, table

TYPE = "cloud_thing"
HOW = profile(
    resource_region=("region",),
    tags=(TagShape(path="tags", shape="map"),),
    identifiers=(Identifier(form=r"arn:own:(?P<region>[a-z0-9]*):.+"),),
)
OTHER = profile(
    provider="other/cloud",
    identifiers=(Identifier(form=r"ocid1\.(?P<region>[a-z0-9]*)\..+", offer="far"),),
)
NEAR = offer(
    "near",
    Recogniser(provider=PROVIDER, endpoint="default"),
    Recogniser(host="*.near.example"),
    region_table="near",
)
FAR = offer("far", Recogniser(host="*.far.example"))
CATALOGUE = Catalogue(
    registry(
        NEAR,
        FAR,
        regions={"near": table("near", n1="FR", n2="DE")},
        providers={one.provider: one for one in (HOW, OTHER)},
    )
)


def hints(
    values: dict[str, object],
    *,
    unknown: object = None,
    arguments: frozenset[str] | None = None,
    touched: frozenset[str] = frozenset(),
    how: ProviderProfile = HOW,
    catalogue: Catalogue = CATALOGUE,
) -> list[Landing]:
    stated = Attributes.of(values, unknown=unknown)
    names = hinting(stated, how, arguments)
    own = ("region",) if how is HOW else ()
    carrier = Carrier(
        type=TYPE,
        part=stated.pick((*own, *names)),
        arguments=arguments,
        configuration=ProviderConfiguration(
            key="main",
            provider=PROVIDER,
            settings={"region": Known("n1", Evidence.CONSTANT, "here")},
        ),
        witnesses={},
        touched=touched,
    )
    signals = read_signals(carrier, how, Environment())
    origin = Origin(
        carrier=carrier,
        profile=how,
        signals=signals,
        landing=locate(signals, how, catalogue),
        catalogue=catalogue,
    )
    _own, *found = landings_of(origin, possible(origin, names))
    assert all(one.probable for one in found)
    return found


def short(found: list[Landing]) -> list[tuple[str, str, str]]:
    return [(one.role, told(one.offer), told(one.region)) for one in found]


def told(value: object) -> str:
    return str(value.value) if isinstance(value, Known) else "?"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"peer_region": "n2"}, [("possible", "near", "n2")]),
        ({"replica": [{"where": "n2"}]}, [("possible", "near", "n2")]),
        ({"secondary": {"zones": ["n2"]}}, [("possible", "near", "n2")]),
        ({"peer_region": "n1"}, []),
        ({"peer_region": "elsewhere"}, []),
        ({"regional": "n2"}, []),
        ({"title": "n2"}, []),
        ({"region": "n1"}, []),
        ({"tags": {"region": "n2"}}, []),
        ({"sink": "https://x.far.example/in"}, [("possible", "far", "?")]),
        ({"sink": "https://x.nobody.example"}, [("possible", "?", "?")]),
        ({"sink": "https://x.near.example"}, []),
        ({"sink": "https://"}, []),
        ({"to": ["arn:own:n2:thing"]}, [("possible", "near", "n2")]),
        ({"to": "arn:own::thing"}, []),
        ({"to": "ocid1.f1.x"}, [("possible", "far", "f1")]),
        (
            {"a_region": "n2", "sink": "https://x.far.example", "b": "ocid1.f1.x"},
            [
                ("possible", "near", "n2"),
                ("possible-2", "far", "?"),
                ("possible-3", "far", "f1"),
            ],
        ),
    ],
)
def test_what_tells_of_a_place_hints_at_it(
    values: dict[str, object], expected: list[tuple[str, str, str]]
) -> None:
    assert short(hints(values)) == expected


@pytest.mark.parametrize(
    "values",
    [
        {"policy": '{"Resource": "ocid1.f1.x"}'},
        {"bucket_policy": "ocid1.f1.x"},
        {"anything": '{"to": "https://x.far.example"}'},
        {"anything": '["https://x.far.example"]'},
        {"description": "https://x.far.example/handbook"},
        {"documentation": "https://x.far.example/handbook"},
        {"self_link": "https://x.far.example/me"},
        {"id": "https://x.far.example/me"},
        {"image": "https://x.far.example/image"},
        {"text": "read https://x.far.example first"},
        {"text": "https://x.far.example/\n"},
        {"text": "https://x.far.example/" + "x" * 2048},
        {"text": "https://x.far.example\\x"},
        {"settings": {"description": "https://x.far.example"}},
        {"count_of_regions": 3, "zone": None, "secondary": True, "location_x": ""},
    ],
)
def test_words_and_what_comes_in_hint_at_nothing(values: dict[str, object]) -> None:
    assert hints(values) == []


def test_what_the_provider_computes_hints_at_nothing() -> None:
    values: dict[str, object] = {"sink": "https://x.far.example"}
    inside: dict[str, object] = {"sinks": [{"url": "https://x.far.example"}]}

    assert hints(values, arguments=frozenset()) == []
    assert len(hints(values, arguments=frozenset({"sink"}))) == 1
    assert len(hints(inside, arguments=frozenset())) == 1  # it may be a block


def test_what_is_taken_from_elsewhere_in_the_code_hints_at_nothing() -> None:
    values: dict[str, object] = {"sinks": [{"url": "https://x.far.example"}]}

    assert hints(values, touched=frozenset({"sinks.url"})) == []
    assert len(hints(values, touched=frozenset({"sinks.id"}))) == 1


def test_what_the_block_sets_and_nobody_knows_may_be_a_place() -> None:
    stated = frozenset({"sink", "rule.url"})
    whole = hints({}, unknown={"sink": True}, arguments=stated)
    inside = hints({"rule": [{}]}, unknown={"rule": [{"url": True}]}, arguments=stated)

    assert short(whole) == short(inside) == [("possible", "?", "?")]
    assert whole[0].because == (
        "its data may go where `sink` says",
        "`sink` is known only after the apply",
    )
    assert hints({}, unknown={"sink": True}, arguments=frozenset()) == []
    assert hints({}, unknown={"sink": True}) == []
    assert hints(
        {"sink": [None, "https://x.far.example"]}, unknown={"sink": [True, False]}
    )


def test_a_secret_hint_is_not_printed() -> None:
    stated = Attributes.of({"to": "ocid1.f1.hush"})
    masked = Attributes(stated.values, b"null", b'{"to":true}')
    part = masked.pick(("region", "to"))
    carrier = Carrier(
        type=TYPE,
        part=part,
        arguments=None,
        configuration=ProviderConfiguration(key="main", provider=PROVIDER, settings={}),
        witnesses={},
    )
    signals = read_signals(carrier, HOW, Environment())
    origin = Origin(
        carrier=carrier,
        profile=HOW,
        signals=signals,
        landing=locate(signals, HOW, CATALOGUE),
        catalogue=CATALOGUE,
    )
    (found,) = possible(origin, ("to",))

    assert not found.region_shown
    assert "f1" not in " ".join(found.because)


def test_without_a_table_of_regions_names_tell_nothing() -> None:
    bare = Catalogue(registry(offer("one", Recogniser(provider=PROVIDER))))
    nobody = Catalogue(registry())

    assert hints({"peer_region": "n2"}, catalogue=bare) == []
    assert hints({"peer_region": "n2"}, catalogue=nobody) == []


def test_only_types_that_no_table_knows_are_looked_at() -> None:
    flow = Flow(kind="copies", types=("cloud_disk",), path="to")
    copy = SilentCopy(kind="copies", types=("cloud_db",), path="to")
    how = profile(
        flows=(flow,), silent_copies=(copy,), hosted=(Hosted(types=("cloud_saas",)),)
    )

    assert unlisted(how, TYPE)
    for known in ("cloud_disk", "cloud_db", "cloud_saas"):
        assert not unlisted(how, known)


def test_what_has_no_values_hints_at_nothing() -> None:
    assert hinting(Attributes(), HOW, None) == ()


def test_a_malformed_object_is_refused() -> None:
    twice = Attributes(b'{"a": 1, "a": 2}', members=strict_json.members)

    with pytest.raises(InputError):
        hinting(twice, HOW, None)


def test_hints_at_what_is_not_known_do_not_need_a_resource_to_be_known() -> None:
    found: list[Any] = hints({}, unknown=True, arguments=frozenset({"sink"}))

    assert found == []


def test_unknown_reasons_are_told() -> None:
    (found,) = hints({}, unknown={"sink": True}, arguments=frozenset({"sink"}))

    assert found.offer == Unknown("`sink` is known only after the apply")
