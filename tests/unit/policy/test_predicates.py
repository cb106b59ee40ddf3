from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guardrail.classification import Because, Sensitivity
from guardrail.model import ABSENT, Evidence, Known, Truth, Unknown
from guardrail.placement import Exposure
from guardrail.policy import Facts
from guardrail.policy.conditions import Claim
from guardrail.policy.predicates import PREDICATES
from tests.unit.placement.made import granted, offer
from tests.unit.policy.made import facts, landing

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
NOBODY: dict[str, Any] = {"offer": None, "operator": None, "exposure": None}
SNC = [{"scheme": "secnumcloud", "version_at_least": "3.2"}]
NOW: dict[str, Any] = {"since": date(2025, 1, 1), "until": date(2027, 1, 1)}
FAR = date(2030, 1, 1)
HINTED = landing(
    offer=Known("one", Evidence.DEFAULT, "the default"), evidence=Evidence.DEFAULT
)


def claim(word: str, argument: object, given: Facts) -> Claim:
    return PREDICATES[word](given, argument)


def missing(found: Claim) -> list[str]:
    return [gap.fact for gap in found.missing]


ARGUMENTS: dict[str, object] = {
    "base_qualification_ends_within": 90,
    "base_qualified": SNC,
    "controlled_from": ["US"],
    "controlled_outside": ["eu"],
    "hosting_any": ["internal"],
    "immune": True,
    "qualification_ends_within": 90,
    "qualification_in_progress": True,
    "qualified": SNC,
    "stacked": True,
}


@pytest.mark.parametrize(("word", "argument"), list(ARGUMENTS.items()))
def test_of_an_offer_that_is_not_known_nothing_is_known(
    word: str, argument: object
) -> None:
    found = claim(word, argument, facts(**NOBODY))

    assert (found.truth, missing(found)) == (U, ["offer"])


@pytest.mark.parametrize(
    ("lowest", "highest", "words", "truth"),
    [
        (1, 1, ["personal"], T),
        (1, 1, ["public", "sensitive"], F),
        (0, 1, ["public", "personal"], T),
        (0, 2, ["personal"], U),
        (0, 1, ["sensitive"], F),
    ],
)
def test_the_class_is_one_of_several(
    lowest: int, highest: int, words: list[str], truth: Truth
) -> None:
    given = facts(sensitivity=Sensitivity(lowest=lowest, highest=highest))

    assert claim("class_any", words, given).truth is truth


def test_a_class_that_is_not_known_says_why_and_how_to_supply_it() -> None:
    because = (Because("tag", "conflicting"),)
    given = facts(sensitivity=Sensitivity(lowest=0, highest=2, because=because))
    found = claim("class_at_least", "personal", given)

    assert found.truth is U
    assert found.missing[0].reason == "conflicting"
    assert "--class" in found.missing[0].remedy


def test_a_service_that_is_not_known() -> None:
    found = claim("service_any", ["mail"], facts(service=Unknown("?")))

    assert (found.truth, missing(found)) == (U, ["service"])


@pytest.mark.parametrize(("body", "truth"), [("state", T), ("private", F)])
def test_the_body_is_one_of_several(body: str, truth: Truth) -> None:
    assert claim("body_any", ["state"], facts(body=Known(body))).truth is truth


def test_a_body_that_is_not_known() -> None:
    found = claim("body_any", ["state"], facts(body=Unknown("?", "--body")))

    assert (found.truth, found.missing[0].remedy) == (U, "--body")


@pytest.mark.parametrize(
    ("decision", "given", "truth", "gaps"),
    [
        (granted(version="3.2", **NOW), {}, T, []),
        (granted(version="3.10", **NOW), {}, T, []),
        (granted(version="4", **NOW), {}, T, []),
        (granted(version="3.1", **NOW), {}, F, []),
        (granted(version="", **NOW), {}, U, ["qualification"]),
        (granted("hds", version="3.2", **NOW), {}, F, []),
        (granted(version="3.2", status="in-progress", **NOW), {}, F, []),
        (granted(version="3.2"), {}, U, ["qualification"]),
        (granted(version="3.2", regions=("fr-1",), **NOW), {}, T, []),
        (granted(version="3.2", regions=("us-1",), **NOW), {}, F, []),
        (
            granted(version="3.2", regions=("fr-1",), **NOW),
            {"landing": landing(region=Unknown("?"))},
            U,
            ["region"],
        ),
        (
            granted(version="3.2", regions=("fr-1",), **NOW),
            {"landing": landing(region=ABSENT)},
            U,
            ["region"],
        ),
        (granted(version="3.2", services=("object-storage",), **NOW), {}, T, []),
        (granted(version="3.2", services=("database",), **NOW), {}, F, []),
        (granted(version="3.2", excluded_services=("database",), **NOW), {}, T, []),
        (
            granted(version="3.2", excluded_services=("object-storage",), **NOW),
            {},
            F,
            [],
        ),
        (
            granted(version="3.2", services=("database",), **NOW),
            {"service": Unknown("?")},
            U,
            ["service"],
        ),
        (granted(version="3.2", mark="K", **NOW), {}, T, ["registry"]),
        (granted(version="3.2", **NOW), {"landing": HINTED}, T, ["landing"]),
    ],
)
def test_a_qualification_covers_a_landing(
    decision: Any, given: dict[str, Any], truth: Truth, gaps: list[str]
) -> None:
    held = offer("one", qualifications=(decision,))
    found = claim("qualified", SNC, facts(offer=held, **given))

    assert (found.truth, missing(found)) == (truth, gaps)
    assert found.firm is not bool({"registry", "landing"} & set(gaps))


def test_without_a_version_asked_any_will_do() -> None:
    held = offer("one", qualifications=(granted(**NOW),))

    assert claim("qualified", [{"scheme": "secnumcloud"}], facts(offer=held)).truth is T


def test_of_several_decisions_the_one_that_permits_best_counts() -> None:
    held = offer(
        "one",
        qualifications=(
            granted(version="3.2", mark="K", **NOW),
            granted(version="3.2", **NOW),
            granted(version="3.1", **NOW),
        ),
    )
    found = claim("qualified", SNC, facts(offer=held))

    assert (found.truth, found.firm) == (T, True)


CLEAN = Exposure((), official=True, countries=("FR",))
DOUBTED = Exposure((), official=False, countries=("FR",))
REACHED = Exposure(("us-cloud-act",), official=True, countries=("FR", "US"))


@pytest.mark.parametrize(
    ("exposure", "qualified", "truth", "firm"),
    [
        (CLEAN, False, T, True),
        (DOUBTED, False, T, False),
        (DOUBTED, True, T, True),
        (REACHED, False, F, True),
        (REACHED, True, F, True),
    ],
)
def test_immunity(
    exposure: Exposure, qualified: bool, truth: Truth, firm: bool
) -> None:
    held = (granted(version="3.2", **NOW),) if qualified else ()
    given = facts(offer=offer("one", qualifications=held), exposure=exposure)
    found = claim("immune", True, given)
    turned = claim("immune", False, given)

    assert (found.truth, found.firm) == (truth, firm)
    assert turned.truth is ~truth


@pytest.mark.parametrize(
    ("countries", "words", "truth", "firm"),
    [
        (("FR",), ["FR"], T, True),
        (("FR",), ["eu"], T, True),
        (("FR", "US"), ["eu"], F, True),
        (("US",), ["FR", "nowhere"], F, True),
        (("CH",), ["rumour"], T, False),
        (("CH",), ["rumour", "CH"], T, True),
    ],
)
def test_every_country_of_the_landing_counts(
    countries: tuple[str, ...], words: list[str], truth: Truth, firm: bool
) -> None:
    there = landing(countries=Known(countries, Evidence.CONSTANT, ""))
    found = claim("located_in", words, facts(landing=there))

    assert (found.truth, found.firm) == (truth, firm)


def test_a_country_that_is_not_known() -> None:
    found = claim("located_in", ["FR"], facts(landing=landing(countries=Unknown("?"))))

    assert (found.truth, missing(found)) == (U, ["country"])


@pytest.mark.parametrize(
    ("landed", "fact"),
    [
        (landing(countries=Known(("FR",), Evidence.DEFAULT, "")), "registry"),
        (HINTED, "landing"),
    ],
)
def test_a_place_that_rests_on_a_hint_is_not_firm(landed: Any, fact: str) -> None:
    found = claim("located_in", ["FR"], facts(landing=landed))

    assert (found.truth, found.firm, missing(found)) == (T, False, [fact])


@pytest.mark.parametrize(
    ("countries", "inside", "outside"),
    [(("FR",), T, F), (("FR", "US"), T, T), (("US",), F, T)],
)
def test_one_link_of_the_chain_is_enough(
    countries: tuple[str, ...], inside: Truth, outside: Truth
) -> None:
    given = facts(exposure=Exposure((), official=True, countries=countries))

    assert claim("controlled_from", ["FR"], given).truth is inside
    assert claim("controlled_outside", ["eu"], given).truth is outside


def test_a_chain_that_is_not_officially_sourced_is_not_firm() -> None:
    given = facts(exposure=DOUBTED)

    assert not claim("controlled_from", ["US"], given).firm
    assert not claim("controlled_outside", ["eu"], given).firm


def test_everything_asked_must_be_declared() -> None:
    asked = ["reversibility_plan", "contract_list"]

    assert claim("declared", asked[:1], facts()).truth is T
    assert claim("declared", asked, facts()).truth is F


@pytest.mark.parametrize(
    ("day", "truth"), [("2026-11-21", T), ("2026-11-22", T), ("2026-11-23", F)]
)
def test_from_a_day_on(day: str, truth: Truth) -> None:
    assert claim("from_day", day, facts()).truth is truth


@pytest.mark.parametrize("word", ["qualification", "base_qualification"])
@pytest.mark.parametrize(
    ("decisions", "truth"),
    [
        ((), F),
        ((granted(since=date(2025, 1, 1), until=date(2027, 2, 19)),), T),
        ((granted(since=date(2025, 1, 1), until=date(2027, 2, 20)),), F),
        (
            (
                granted(since=date(2025, 1, 1), until=date(2027, 1, 1)),
                granted(since=date(2025, 1, 1), until=date(2028, 1, 1)),
            ),
            F,
        ),
        ((granted(since=date(2025, 1, 1)),), U),
        ((granted(**NOW), granted(mark="K", since=NOW["since"], until=FAR)), T),
        ((granted("hds", **NOW),), F),
    ],
)
def test_a_qualification_ends_soon(
    word: str, decisions: tuple[Any, ...], truth: Truth
) -> None:
    held = offer("one", qualifications=decisions)
    base = {"base": held} if word.startswith("base") else {"offer": held}

    assert claim(f"{word}_ends_within", 90, facts(**base)).truth is truth


def test_an_offer_that_runs_on_no_other_has_no_base() -> None:
    assert claim("base_qualification_ends_within", 90, facts()).truth is F
    assert claim("base_qualified", SNC, facts()).truth is F
    assert claim("stacked", True, facts()).truth is F
    assert claim("stacked", False, facts()).truth is T


def test_an_offer_that_runs_on_another() -> None:
    base = offer("base", qualifications=(granted(**NOW), granted("hds", **NOW)))

    assert claim("stacked", True, facts(base=base)).truth is T
    assert claim("base_qualified", SNC, facts(base=base)).truth is T


@pytest.mark.parametrize(
    ("decision", "truth", "firm"),
    [
        (granted(status="in-progress", since=date(2025, 1, 1)), T, True),
        (granted(status="in-progress"), T, False),
        (granted(status="in-progress", since=date(2027, 1, 1)), F, True),
        (granted(status="in-progress", until=date(2025, 1, 1)), F, True),
        (granted(**NOW), F, True),
    ],
)
def test_a_qualification_is_asked_for(decision: Any, truth: Truth, firm: bool) -> None:
    held = offer("one", qualifications=(decision,))
    found = claim("qualification_in_progress", True, facts(offer=held))

    assert (found.truth, found.firm) == (truth, firm)


def test_an_offer_that_is_not_officially_sourced_is_not_firm() -> None:
    found = claim(
        "hosting_any", ["commercial"], facts(offer=offer("o", confidence="K"))
    )

    assert (found.truth, found.firm, missing(found)) == (T, False, ["registry"])


def test_never_is_never() -> None:
    assert claim("never", True, facts()).truth is F


@pytest.mark.parametrize(("any_category", "truth"), [(False, F), (True, U)])
def test_a_category_of_unknown_value_may_be_any(
    any_category: bool, truth: Truth
) -> None:
    given = facts(
        sensitivity=Sensitivity(lowest=0, highest=0, any_category=any_category)
    )

    assert claim("category_any", ["health"], given).truth is truth


def test_a_gap_without_a_reason_is_still_named() -> None:
    known_only = facts(offer=None, operator=None, exposure=None)

    assert known_only.no_offer().fact == "offer"
