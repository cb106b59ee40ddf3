"""Where one derogation stands on a day, under the terms of the rules that it names."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.decision import (
    Derogation,
    FiledDerogation,
    Signature,
    Standing,
    State,
    broad,
    months_after,
    standing,
)
from guardrail.library import Library
from guardrail.policy import Rule, Terms

DAY = date(2021, 12, 1)
COLLAB = "fr-2021-r9-collab"
BASELINE = "baseline-sensitive"
LAWFUL: dict[str, Any] = {
    "derogation": "DER-2021-014",
    "rules": [COLLAB, BASELINE],
    "scope": {"addresses": ["module.mail.*"], "services": ["mail"]},
    "authority": {"office": "minister", "body": "Ministère"},
    "system": {
        "name": "Messagerie",
        "started_on": "2020-11-02",
        "very_advanced_on": "2021-07-05",
    },
    "granted_on": "2021-10-01",
    "until": "2022-09-30",
    "acceptable_offer_on": None,
    "published": None,
    "reason": "the migration is nearly over",
    "evidence": [{"title": "note", "sha256": "0" * 64}],
}


def made(**changes: Any) -> Derogation:
    """A lawful derogation of the note of September 2021, changed."""
    document = LAWFUL | changes
    for part in ("scope", "authority", "system"):
        document[part] = LAWFUL[part] | changes.get(part, {})
    return msgspec.convert(document, Derogation)


def of(
    library: Library, *, day: date = DAY, signature: str = "none", **changes: Any
) -> Standing:
    filed = FiledDerogation(derogation=made(**changes), signature=Signature(signature))
    return standing(filed, library.rules, day)


def test_a_lawful_derogation_may_be_relied_on(library: Library) -> None:
    found = of(library)

    assert (found.state, found.reasons) == (State.LAWFUL, ())
    assert found.lawful_for == {COLLAB, BASELINE}


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2021, 9, 30), State.NOT_YET),
        (date(2021, 10, 1), State.LAWFUL),
        (date(2022, 9, 30), State.LAWFUL),
        (date(2022, 10, 1), State.EXPIRED),
    ],
)
def test_it_holds_from_its_grant_to_the_end_of_its_last_day(
    library: Library, day: date, state: State
) -> None:
    found = of(library, day=day)

    assert found.state is state
    assert bool(found.lawful_for) is (state is State.LAWFUL)


def test_one_of_a_single_day_is_lawful(library: Library) -> None:
    found = of(library, granted_on="2021-12-01", until="2021-12-01")

    assert found.state is State.LAWFUL


def test_one_to_come_is_judged_as_on_the_day_it_is_granted(library: Library) -> None:
    found = of(
        library,
        granted_on="2022-01-01",
        acceptable_offer_on="2021-12-15",
        until="2022-12-20",
    )

    assert found.state is State.UNLAWFUL
    assert "until 2022-12-15, 12 months after an acceptable offer" in found.reasons[1]


def test_one_to_come_that_will_be_unlawful_says_so_now(library: Library) -> None:
    found = of(library, day=date(2021, 9, 30), reason=" ")

    assert found.state is State.UNLAWFUL
    assert found.reasons[1] == "it states no reason"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rules": []}, "it names no rule"),
        ({"rules": ["fr-none"]}, "no rule is called fr-none"),
        ({"scope": {"addresses": []}}, "it names no address"),
        ({"scope": {"addresses": ["a.b", "*"]}}, "the address * covers everything"),
    ],
)
def test_what_names_nothing_or_everything_is_over_broad(
    library: Library, changes: dict[str, Any], why: str
) -> None:
    found = of(library, **changes)

    assert (found.state, found.reasons) == (State.OVER_BROAD, (why,))
    assert not found.lawful_for


@pytest.mark.parametrize(
    "glob",
    ["", "*", "**", "*.*", "module.*", "module.*.*", "data.*", "aws_*", "*a*", "*[0]"],
)
def test_a_glob_without_a_name_is_broad(glob: str) -> None:
    assert broad(glob)


@pytest.mark.parametrize(
    "glob",
    [
        "aws_s3_bucket.b",
        "aws_s3_bucket.*",
        "module.mail.*",
        "module.m*.a",
        "*mail*",
        'module.x["*"]',
        "aws_s3_*",
    ],
)
def test_a_glob_with_a_name_is_not_broad(glob: str) -> None:
    assert not broad(glob)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": "  "}, "it states no reason"),
        (
            {"system": {"started_on": "2021-07-06"}},
            "the project cannot be very advanced before it started",
        ),
        (
            {"authority": {"office": "dinum"}},
            "fr-2021-r9-collab: the office dinum may not grant it, but minister",
        ),
        (
            {"scope": {"services": []}},
            "fr-2021-r9-collab: it must name its service kinds, among mail, "
            "personal-drive",
        ),
        (
            {"system": {"started_on": None}},
            "fr-2021-r9-collab: only a project under way before 2021-09-15 may have "
            "one",
        ),
        (
            {"system": {"very_advanced_on": None}},
            "fr-2021-r9-collab: the project must have been very advanced on 2021-07-05",
        ),
        (
            {"system": {"very_advanced_on": "2021-07-06"}},
            "fr-2021-r9-collab: the project must have been very advanced on 2021-07-05",
        ),
    ],
)
def test_an_unlawful_one_says_why_and_derogates_nothing(
    library: Library, changes: dict[str, Any], why: str
) -> None:
    found = of(library, **changes)

    assert found.state is State.UNLAWFUL
    assert why in found.reasons
    assert not found.lawful_for


def test_one_that_ends_before_it_starts_is_unlawful(library: Library) -> None:
    found = of(library, day=date(2021, 9, 1), until="2021-09-01")

    assert "its last day is before the day it is granted" in found.reasons


@pytest.mark.parametrize(
    "kind",
    [
        "documents",
        "collaboration",
        "instant-messaging",
        "audio-conference",
        "video-conference",
        "webinar",
    ],
)
def test_the_note_of_2021_never_lets_these_services_be_derogated(
    library: Library, kind: str
) -> None:
    found = of(library, scope={"services": ["mail", kind]})

    assert found.state is State.UNLAWFUL
    assert COLLAB not in found.lawful_for


def test_a_rule_may_be_lawfully_derogated_beside_one_that_is_not(
    library: Library,
) -> None:
    found = of(
        library,
        rules=["fr-2021-r9", COLLAB, BASELINE],
        scope={"services": ["documents"]},
    )

    assert found.state is State.UNLAWFUL
    assert found.lawful_for == {"fr-2021-r9", BASELINE}


@pytest.mark.parametrize(
    ("changes", "lawful"),
    [
        # While there is no offer: twelve months after the grant, to be renewed.
        ({"until": "2022-10-01"}, True),
        ({"until": "2022-10-02"}, False),
        # An offer still to come counts as none.
        ({"acceptable_offer_on": "2022-06-01", "until": "2022-10-02"}, False),
        ({"acceptable_offer_on": "2021-12-01", "until": "2022-12-01"}, True),
        ({"acceptable_offer_on": "2021-12-02", "until": "2022-12-01"}, False),
        ({"acceptable_offer_on": "2021-11-15", "until": "2022-11-15"}, True),
        ({"acceptable_offer_on": "2021-11-15", "until": "2022-11-16"}, False),
        ({"acceptable_offer_on": "2021-08-31", "until": "2022-08-31"}, True),
        ({"acceptable_offer_on": "2021-08-31", "until": "2022-09-01"}, False),
    ],
)
def test_twelve_months_run_from_the_offer_or_else_from_the_grant(
    library: Library, changes: dict[str, Any], lawful: bool
) -> None:
    assert (of(library, **changes).state is State.LAWFUL) is lawful


def test_the_reason_says_from_what_the_months_run(library: Library) -> None:
    none = of(library, until="2023-01-01")
    some = of(library, until="2023-01-01", acceptable_offer_on="2021-12-01")

    assert "2022-10-01, 12 months after it was granted" in none.reasons[0]
    assert "2022-12-01, 12 months after an acceptable offer" in some.reasons[0]


SREN = {
    "rules": ["fr-sren-31"],
    "authority": {"office": "minister", "countersigned_by": "prime-minister"},
    "system": {"started_on": "2019-04-01", "very_advanced_on": None},
    "granted_on": "2026-05-01",
    "until": "2027-10-15",
    "acceptable_offer_on": "2026-04-15",
    "published": "JORF du 2026-05-02",
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"until": "2027-10-16"}, "until 2027-10-15, 18 months"),
        ({"published": None}, "it must be published"),
        ({"published": " "}, "it must be published"),
        (
            {"authority": {"office": "minister"}},
            "it is not countersigned by prime-minister",
        ),
        ({"system": {"started_on": "2026-04-17"}}, "under way before 2026-04-17"),
        ({"system": {"started_on": "2026-04-16"}}, None),
    ],
)
def test_the_terms_of_sren(
    library: Library, changes: dict[str, Any], why: str | None
) -> None:
    stated = SREN | changes
    if "system" in changes:
        stated["system"] = SREN["system"] | changes["system"]
    found = of(library, day=date(2026, 11, 22), **stated)

    assert [why in reason for reason in found.reasons if why] == [True] * bool(why)
    assert (found.state is State.LAWFUL) is (why is None)


def test_the_project_must_have_started_before_the_doctrine(library: Library) -> None:
    found = of(
        library,
        rules=["fr-2021-r9"],
        system={"started_on": "2021-07-05", "very_advanced_on": None},
    )

    assert found.reasons == (
        "fr-2021-r9: the project must have started before 2021-07-05",
        "fr-2021-r9: only a project under way before 2021-07-05 may have one",
    )


def test_the_baseline_alone_takes_its_own_office(library: Library) -> None:
    own = of(library, rules=[BASELINE], authority={"office": "security-authority"})
    other = of(library, rules=[BASELINE])

    assert own.lawful_for == {BASELINE}
    assert not other.lawful_for


def test_a_rule_without_terms_admits_no_derogation(library: Library) -> None:
    found = of(library, rules=["fr-igi1300"])

    assert found.reasons == ("fr-igi1300 admits no derogation",)


def signed_rules(library: Library) -> dict[str, Rule]:
    rule = library.rules["fr-2023-r9-sp"]
    terms = Terms(by=("minister",), signed=True)
    return {rule.id: msgspec.structs.replace(rule, derogation=terms)}


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        ("none", "it must bear an accepted signature of minister"),
        ("unchecked", "and no allowed signers are named"),
        ("rejected", "its signature is not that of the office minister"),
        ("accepted", None),
    ],
)
def test_a_rule_that_asks_for_a_signature_gets_one(
    library: Library, signature: str, why: str | None
) -> None:
    filed = FiledDerogation(
        derogation=made(rules=["fr-2023-r9-sp"]), signature=Signature(signature)
    )
    found = standing(filed, signed_rules(library), DAY)

    assert any(why in reason for reason in found.reasons if why) is bool(why)
    assert bool(found.lawful_for) is (why is None)


@pytest.mark.parametrize(
    ("signature", "must_sign", "lawful"),
    [
        ("none", False, True),
        ("unchecked", False, True),
        ("rejected", False, False),
        ("none", True, False),
        ("unchecked", True, False),
        ("accepted", True, True),
    ],
)
def test_a_signature_that_is_wrong_counts_against_it_even_where_none_is_asked(
    library: Library, signature: str, must_sign: bool, lawful: bool
) -> None:
    filed = FiledDerogation(
        derogation=made(), signature=Signature(signature), must_sign=must_sign
    )
    found = standing(filed, library.rules, DAY)

    assert (found.state is State.LAWFUL) is lawful


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2021, 10, 1), 12, date(2022, 10, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2021, 8, 31), 18, date(2023, 2, 28)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2021, 12, 31), 0, date(2021, 12, 31)),
        (date(9999, 6, 1), 12, date.max),
    ],
)
def test_a_month_ends_on_the_day_of_the_same_number(
    day: date, months: int, last: date
) -> None:
    assert months_after(day, months) == last


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_a_longer_term_never_ends_sooner(day: date, short: int, more: int) -> None:
    assert day <= months_after(day, short) <= months_after(day, short + more)


@pytest.mark.parametrize(
    ("system", "state"),
    [
        ("", State.LAWFUL),
        ("Messagerie", State.LAWFUL),
        ("  MESSAGERIE ", State.LAWFUL),
        ("Paie", State.OTHER_SYSTEM),
    ],
)
def test_it_holds_for_its_system_alone(
    library: Library, system: str, state: State
) -> None:
    filed = FiledDerogation(derogation=made())
    found = standing(filed, library.rules, DAY, system=system)

    assert found.state is state
    assert bool(found.lawful_for) is (state is State.LAWFUL)
    assert found.reasons == (
        ()
        if state is State.LAWFUL
        else ("it is granted for the system Messagerie, and this is Paie",)
    )
