"""Second landings: regions, addresses, ids, silent copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from guardrail.model import (
    Attributes,
    Evidence,
    Known,
    ProviderConfiguration,
    Unknown,
)
from guardrail.placement import (
    Carrier,
    Catalogue,
    Environment,
    Landing,
    Offer,
    Origin,
    ProviderProfile,
    Recogniser,
    Registry,
    asked_of,
    landings_of,
    locate,
    read_signals,
)
from guardrail.placement.providers import Flow, Identifier, SilentCopy
from tests.unit.placement.made import PROVIDER, offer, profile, registry, table

TYPE = "cloud_bucket"
OTHER = profile(
    provider="other/cloud",
    identifiers=(
        Identifier(form=r"oid:(?P<region>[a-z0-9-]*):.+", offer="far"),
        Identifier(form=r"oth:.+"),
    ),
)


def flow(path: str, names: Any = "region", **stated: Any) -> Flow:
    given: dict[str, Any] = {"kind": "copies", "types": (TYPE,), **stated}
    return Flow(path=path, names=names, **given)


def silent(path: str = "mode", **stated: Any) -> SilentCopy:
    given: dict[str, Any] = {"kind": "backs-up", "types": (TYPE,), **stated}
    return SilentCopy(path=path, **given)


NEAR = offer(
    "near",
    Recogniser(provider=PROVIDER, endpoint="default", region=("n1", "n2")),
    Recogniser(host="**.{region}.near.example", region=("n1", "n2")),
    region_table="near",
)
TRUSTED = offer(
    "trusted",
    Recogniser(host="**.{region}.near.example", region=("gov1",)),
    region_table="near",
)
BARE = offer("bare", Recogniser(provider=PROVIDER, endpoint="default", region=("a1",)))
LOOSE = offer("loose", Recogniser(host="loose.example"), region_table="near")
FAR = offer(
    "far",
    Recogniser(provider="other/cloud", host="*.far.example"),
    Recogniser(host="*.{region}.far.example", region_table="far"),
    region_table="far",
)
TWINS = (
    offer("left", Recogniser(host="twin.example")),
    offer("right", Recogniser(host="twin.example")),
)


def known(*more: Offer, how: ProviderProfile) -> Registry:
    near = table("near", n1="FR", n2="DE", gov1="FR", pairs={"n1": "n2"})
    far = table("far", f1="US")
    offers = (NEAR, TRUSTED, BARE, LOOSE, FAR, *TWINS, *more)
    return registry(
        *offers,
        regions={"near": near, "far": far},
        providers={one.provider: one for one in (how, OTHER)},
    )


def landings(
    how: ProviderProfile,
    values: Mapping[str, object],
    *,
    unknown: object = None,
    settings: Mapping[str, Any] | None = None,
    arguments: frozenset[str] | None = None,
    references: frozenset[str] = frozenset(),
    sensitive: object = None,
) -> tuple[Landing, ...]:
    catalogue = Catalogue(known(how=how))
    names = tuple(dict.fromkeys(path.partition(".")[0] for path in asked_of(how, TYPE)))
    stated = Attributes.of(values, unknown=unknown)
    if sensitive is not None:
        masked = Attributes.of({}, unknown=sensitive).unknown
        stated = Attributes(stated.values, stated.unknown, masked)
    carrier = Carrier(
        type=TYPE,
        part=stated.pick(names),
        arguments=arguments,
        configuration=ProviderConfiguration(
            key="main",
            provider=PROVIDER,
            settings={"region": Known("n1", Evidence.CONSTANT, "here")}
            if settings is None
            else settings,
        ),
        witnesses={},
        references=references,
    )
    signals = read_signals(carrier, how, Environment())
    return landings_of(
        Origin(
            carrier=carrier,
            profile=how,
            signals=signals,
            landing=locate(signals, how, catalogue),
            catalogue=catalogue,
        )
    )


def short(found: tuple[Landing, ...]) -> list[tuple[str, str, str]]:
    """Role, offer and region of each; `?` for what is not known."""
    return [(one.role, told(one.offer), told(one.region)) for one in found]


def told(value: object) -> str:
    return value.value if isinstance(value, Known) else "?"


def second(how: ProviderProfile, values: Mapping[str, object], **more: Any) -> Landing:
    _first, found = landings(how, values, **more)
    return found


# Regions


def test_a_copy_in_another_region_is_a_second_landing() -> None:
    how = profile(flows=(flow("replica.region"),))
    found = landings(how, {"replica": [{"region": "n2"}]})

    assert short(found) == [("primary", "near", "n1"), ("copy", "near", "n2")]
    assert found[1].countries == Known(("DE",), Evidence.VALUE, "region n2")
    assert found[1].because[0] == "its data goes where `replica.region` says"
    assert "region n2: `replica.region` of the resource" in found[1].because
    assert not found[1].probable


def test_several_of_a_role_are_told_apart_in_order() -> None:
    how = profile(flows=(flow("to"), flow("too", kind="replicates")))
    values = {"to": ["n2", "n3", "n2", "n1"], "too": "n2"}

    assert short(landings(how, values)) == [
        ("primary", "near", "n1"),
        ("copy", "near", "n2"),
        ("copy-2", "?", "n3"),
        ("replica", "near", "n2"),
    ]


def test_a_region_that_no_offer_of_the_operator_has_is_told() -> None:
    found = second(profile(flows=(flow("to"),)), {"to": "n9"})

    assert isinstance(found.offer, Unknown)
    assert found.offer.reason == (
        "no offer of the same operator is known to have the region n9"
    )
    assert found.offer.remedy == "declare it under `offers:` in guardrail.yaml"


def test_a_secret_region_is_judged_and_not_printed() -> None:
    how = profile(flows=(flow("to"),))
    found = second(how, {"to": "n9"}, sensitive={"to": True})

    assert "n9" not in " ".join(found.because)


@pytest.mark.parametrize(
    ("region", "offered"), [("n2", "near"), ("gov1", "trusted"), ("n9", "?")]
)
def test_the_offer_is_that_of_the_other_region_also_behind_an_endpoint(
    region: str, offered: str
) -> None:
    how = profile(endpoints=("endpoint",), flows=(flow("to"),))
    host = Known("https://s3.n1.near.example", Evidence.CONSTANT, "here")
    found = landings(how, {"to": region}, settings={"endpoint": host})

    assert short(found) == [("primary", "near", "n1"), ("copy", offered, region)]


def test_an_endpoint_that_names_no_region_stays() -> None:
    one = offer("plain", Recogniser(host="api.plain.example"), region_table="near")
    how = profile(endpoints=("endpoint",), flows=(flow("to"),))
    catalogue = Catalogue(
        registry(one, regions={"near": table("near", n1="FR", n2="DE")})
    )
    settings = {
        "endpoint": Known("api.plain.example", Evidence.CONSTANT, "here"),
        "region": Known("n1", Evidence.CONSTANT, "here"),
    }
    carrier = Carrier(
        type=TYPE,
        part=Attributes.of({"to": "n2"}).pick(("to",)),
        arguments=None,
        configuration=ProviderConfiguration(
            key="main", provider=PROVIDER, settings=settings
        ),
        witnesses={},
    )
    signals = read_signals(carrier, how, Environment())
    origin = Origin(
        carrier=carrier,
        profile=how,
        signals=signals,
        landing=locate(signals, how, catalogue),
        catalogue=catalogue,
    )

    assert short(landings_of(origin)) == [
        ("primary", "plain", "n1"),
        ("copy", "plain", "n2"),
    ]


def test_a_region_of_nobody_known_is_not_told_twice() -> None:
    how = profile(flows=(flow("to"),))

    assert len(landings(how, {"to": "n2"}, settings={})) == 1


def test_other_regions_of_a_resource_are_landings_of_its_own() -> None:
    how = profile(resource_region=("nodes.region",))
    found = landings(how, {"nodes": [{"region": "n2"}, {"region": "n1"}]})

    assert short(found) == [("primary", "near", "n2"), ("primary-2", "near", "n1")]


# What is not known, absent, or of another type


def test_what_is_not_known_is_a_landing_of_which_nothing_is_known() -> None:
    found = second(profile(flows=(flow("to"),)), {}, unknown={"to": True})

    assert found.offer == Unknown(
        "`to` is known only after the apply",
        "bring what it names into the stack, as a resource",
    )


def test_what_refers_to_a_resource_of_the_stack_is_judged_there() -> None:
    how = profile(flows=(flow("rule.to", "resource"),))
    values: dict[str, object] = {"rule": [{}]}
    unknown = {"rule": [{"to": True}]}

    for path, number in (("rule.to", 1), ("rule", 1), ("rule.to.x", 1), ("rul", 2)):
        references = frozenset({path})
        found = landings(how, values, unknown=unknown, references=references)
        assert len(found) == number, path


def test_what_the_provider_computes_says_nothing() -> None:
    how = profile(flows=(flow("to"),))
    computed = landings(how, {}, unknown={"to": True}, arguments=frozenset())
    stated = landings(how, {}, unknown={"to": True}, arguments=frozenset({"to"}))

    assert len(computed) == 1
    assert len(stated) == 2


@pytest.mark.parametrize(
    "values", [{}, {"to": None}, {"to": ""}, {"to": 7}, {"to": {"region": "n2"}}]
)
def test_what_is_absent_or_no_text_says_nothing(values: dict[str, object]) -> None:
    assert len(landings(profile(flows=(flow("to"),)), values)) == 1


def test_flows_of_other_types_and_inward_ones_say_nothing() -> None:
    flows = (flow("to", types=("cloud_disk",)), flow("from", data="in"))

    assert len(landings(profile(flows=flows), {"to": "n2", "from": "n2"})) == 1


def test_a_probable_flow_may_only_lead_to_a_review() -> None:
    found = second(profile(flows=(flow("to", certain=False),)), {"to": "n2"})

    assert found.probable
    assert found.because[0] == "its data may go where `to` says"


# Addresses


@pytest.mark.parametrize(
    ("address", "offered", "region", "shown"),
    [
        (
            "https://logs.f1.far.example/in?token=hush",
            "far",
            "f1",
            "logs.f1.far.example",
        ),
        ("https://user:hush@x.far.example:8443", "far", "?", "x.far.example"),
        ("jdbc:thing://x.far.example/base", "far", "?", "x.far.example"),
        ("x.far.example:9092", "far", "?", "x.far.example"),
        ("https://far.example.evil.io/", "?", "?", "far.example.evil.io"),
        ("twin.example", "?", "?", "twin.example"),
    ],
)
def test_an_address_leads_to_whoever_has_the_host(
    address: str, offered: str, region: str, shown: str
) -> None:
    how = profile(flows=(flow("url", "address", kind="logs"),))
    found = second(how, {"url": address})

    assert (found.role, told(found.offer), told(found.region)) == (
        "log",
        offered,
        region,
    )
    assert found.because[1] == f"host {shown}: `url` of the resource"
    assert "hush" not in repr(found)


def test_a_host_that_nobody_has_is_to_be_declared() -> None:
    how = profile(flows=(flow("url", "address"),))
    nobody = second(how, {"url": "https://nobody.example"}).offer
    both = second(how, {"url": "twin.example"}).offer

    assert nobody == Unknown(
        "the host nobody.example is in no offer of the registry",
        "declare the offer under `offers:` in guardrail.yaml",
    )
    assert both == Unknown("several offers are recognised: left, right")


def test_a_list_of_addresses_is_read_one_by_one() -> None:
    how = profile(flows=(flow("brokers", "address", kind="streams"),))
    found = landings(how, {"brokers": "a.f1.far.example:1, b.near.example:1,"})

    assert short(found)[1:] == [("stream", "far", "f1"), ("stream-2", "?", "?")]


def test_what_is_no_address_is_not_known() -> None:
    found = second(profile(flows=(flow("url", "address"),)), {"url": "+33 1 23"})

    assert found.offer == Unknown(
        "`url` of the resource: it is not an address of one host",
        "give the code with --src DIR, or write it as a constant in the provider block",
    )


# Ids


def test_an_id_of_another_provider_leads_to_its_offer() -> None:
    how = profile(flows=(flow("to", "resource"),))
    found = landings(how, {"to": ["oid:f1:secret-account", "oid::x", "oth:x"]})

    assert short(found)[1:] == [
        ("copy", "far", "f1"),
        ("copy-2", "far", "?"),
        ("copy-3", "?", "?"),
    ]
    assert found[1].because == (
        "its data goes where `to` says",
        "region f1: `to` of the resource",
        "it is recognised as far",
    )
    assert isinstance(found[3].offer, Unknown)
    assert found[3].offer.reason == (
        "`to` of the resource: it names a resource of other/cloud"
    )
    assert "secret-account" not in repr(found)


def test_an_id_in_an_unknown_region_keeps_it_as_it_is() -> None:
    found = second(profile(flows=(flow("to", "resource"),)), {"to": "oid:f9:x"})

    assert (told(found.region), isinstance(found.countries, Unknown)) == ("f9", True)


def test_an_id_of_the_same_provider_is_in_the_region_that_it_names() -> None:
    own = (Identifier(form=r"own:(?P<region>[a-z0-9]*):.+", offer="far"),)
    how = profile(flows=(flow("to", "resource"),), identifiers=own)

    assert short(landings(how, {"to": "own:n2:x"}))[1:] == [("copy", "near", "n2")]
    assert short(landings(how, {"to": "own::x"}))[1:] == []
    assert len(landings(how, {"to": "own:n2:x"}, settings={})) == 1


@pytest.mark.parametrize("name", ["central-logs", "vol-0123", "https://", "a b://c d"])
def test_a_bare_name_or_id_says_no_place(name: str) -> None:
    assert len(landings(profile(flows=(flow("to", "resource"),)), {"to": name})) == 1


def test_an_address_among_ids_is_one() -> None:
    how = profile(flows=(flow("to", "resource"),))

    assert told(second(how, {"to": "https://q.f1.far.example/1/q"}).offer) == "far"


# Silent copies


def test_a_setting_asks_for_a_copy_in_the_paired_region() -> None:
    how = profile(silent_copies=(silent(values=("GRS", "true")),))
    found = second(how, {"mode": "grs"})

    assert short((found,)) == [("backup", "near", "n2")]
    assert found.because[0] == "`mode` asks for a copy"
    assert "region n2: it is paired with n1" in found.because
    assert told(second(how, {"mode": True}).region) == "n2"


@pytest.mark.parametrize(
    "values", [{"mode": "LRS"}, {"mode": False}, {"mode": [{"x": False}]}]
)
def test_a_setting_that_asks_for_none_makes_none(values: dict[str, object]) -> None:
    how = profile(silent_copies=(silent(values=("GRS",), unset=True, path="mode"),))
    inside = profile(silent_copies=(silent("mode.x", values=("true",)),))

    if isinstance(values["mode"], list):
        assert len(landings(inside, values)) == 1
    else:
        assert len(landings(how, values)) == 1


@pytest.mark.parametrize("values", [{}, {"mode": None}, {"mode": ""}])
def test_a_default_asks_for_a_copy(values: dict[str, object]) -> None:
    made = profile(silent_copies=(silent(values=("GRS",), unset=True),))
    not_made = profile(silent_copies=(silent(values=("GRS",)),))
    found = second(made, values)

    assert found.because[0] == "`mode` is not set, and by default a copy is made"
    assert not found.probable
    assert len(landings(not_made, values)) == 1


@pytest.mark.parametrize(
    ("values", "unknown"),
    [({}, {"mode": True}), ({"mode": ["LRS"]}, {"mode": [False, True]})],
)
def test_a_setting_that_is_not_known_may_ask_for_a_copy(
    values: dict[str, object], unknown: object
) -> None:
    how = profile(silent_copies=(silent(values=("GRS",)),))
    found = second(how, values, unknown=unknown)

    assert found.probable or values
    assert found.because[0] == "`mode`, not known yet, may ask for a copy"


def test_a_computed_setting_is_one_that_is_not_set() -> None:
    how = profile(silent_copies=(silent(values=("GRS",), unset=True),))
    found = second(how, {}, unknown={"mode": True}, arguments=frozenset())

    assert not found.probable


@pytest.mark.parametrize(
    ("to", "offered", "region"),
    [("anywhere", "?", "?"), ("n2", "near", "n2"), ("n1", "", "")],
)
def test_a_copy_goes_where_it_is_said(to: str, offered: str, region: str) -> None:
    how = profile(silent_copies=(silent(unset=True, to=to),))
    found = short(landings(how, {}))[1:]

    assert found == ([("backup", offered, region)] if offered else [])


def test_a_region_without_a_pair_leaves_the_place_open() -> None:
    how = profile(silent_copies=(silent(unset=True),))
    found = second(how, {}, settings={"region": Known("n2", Evidence.CONSTANT, "here")})

    assert found.region == Unknown(
        "the region that is paired with its own is not known"
    )


def test_an_offer_without_regions_pairs_none() -> None:
    how = profile(silent_copies=(silent(unset=True),))
    found = second(how, {}, settings={"region": Known("a1", Evidence.CONSTANT, "here")})

    assert isinstance(found.region, Unknown)


def test_what_is_paired_with_a_region_that_is_not_known_is_not_known() -> None:
    how = profile(endpoints=("endpoint",), silent_copies=(silent(unset=True),))
    host = Known("loose.example", Evidence.CONSTANT, "here")
    found = landings(how, {}, settings={"endpoint": host})

    assert short(found) == [("primary", "loose", "?"), ("backup", "loose", "?")]


def test_a_copy_anywhere_behind_an_endpoint_of_a_region_is_at_nobody_known() -> None:
    how = profile(
        endpoints=("endpoint",), silent_copies=(silent(unset=True, to="anywhere"),)
    )
    host = Known("https://s3.n1.near.example", Evidence.CONSTANT, "here")
    found = second(how, {}, settings={"endpoint": host})

    assert isinstance(found.offer, Unknown)


def test_silent_copies_of_other_types_or_of_nobody_known_are_none() -> None:
    other = profile(silent_copies=(silent(unset=True, types=("cloud_disk",)),))
    nobody = profile(silent_copies=(silent(unset=True),))

    assert len(landings(other, {})) == 1
    assert len(landings(nobody, {}, settings={})) == 1
