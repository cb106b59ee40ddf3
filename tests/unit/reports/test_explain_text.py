"""The page of an explanation, where the registry or the plan has little to tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.library import Library
from guardrail.placement import Qualification, Source
from guardrail.reports import Rendering
from guardrail.reports.explain import Books
from guardrail.reports.explain_text import render_explanation
from guardrail.reports.explain_v1 import (
    Change,
    Changes,
    Explanation,
    LandingTold,
    OfferChain,
    OperatorChain,
    RegionRow,
    ResourceTold,
    RuleTold,
    Setting,
)

DAY = date(2026, 11, 22)
SOURCES = (Source(title="made up", read=DAY),)
OPERATOR = OperatorChain(
    id="acme", name="Acme", country="FR", control=(), reach=[], reach_official=False
)
OFFER = OfferChain(
    id="acme-cloud",
    name="Acme Cloud",
    hosting="commercial",
    built_on="below",
    recognised_by=None,
    qualifications=(),
    operator=OPERATOR,
)
RULE = RuleTold(
    id="made",
    layer="law",
    title="a rule",
    state="broken",
    outcome="deny",
    why=[],
    message="no cloud may hold it",
    remediation="keep it",
    derogation=None,
    sources=[],
)
LANDING = LandingTold(
    role="backup-2",
    service=None,
    evidence="E1",
    firm=True,
    settings=[],
    because=["its data goes where it says"],
    offer=OFFER,
    why_unknown=None,
    region=RegionRow(table="t", region="r", countries=("FR",), official=False),
    countries=("FR",),
    rules=[RULE],
)
CHANGES = Changes(
    missing=[],
    offers=[],
    by_itself=Change(on=DAY, verdict="allow", rules=[], because=[]),
    looked_until=DAY,
    derogations=[],
)
RESOURCE = ResourceTold(
    address="a.b",
    deposed="1f2e",
    type="a",
    provider="p",
    configuration=None,
    location=None,
    actions=("create",),
    kind="data",
    services=[],
    judged=True,
    existing=False,
    verdict="deny",
    class_=None,
    class_between=("internal", "sensitive"),
    categories=[],
    class_because=[],
    landings=[LANDING, LANDING],
    changes=CHANGES,
)


@pytest.fixture
def books(library: Library) -> Books:
    return Books(
        registry=library.registry,
        vocabulary=library.vocabulary,
        rendering=Rendering(version="0", library_sha256="0", catalogue_date=DAY),
    )


def page(books: Books, **changed: Any) -> str:
    """The page of the resource with `changed`."""
    document = Explanation(
        as_of=DAY,
        body=None,
        language="en",
        catalogue_date=DAY,
        library="0",
        input="plan.json",
        resources=[msgspec.structs.replace(RESOURCE, **changed)],
        notes=[],
    )
    return render_explanation(document, books).decode()


def landed(books: Books, **changed: Any) -> str:
    """The page of the resource, of which the landing has `changed`."""
    return page(books, landings=[msgspec.structs.replace(LANDING, **changed)])


def offered(books: Books, **changed: Any) -> str:
    return landed(books, offer=msgspec.structs.replace(OFFER, **changed))


def test_several_landings_are_told_apart(books: Books) -> None:
    text = page(books)

    assert text.count("3. Where it goes: backup-2\n") == 2
    assert "5. What the rules say: backup-2\n" in text
    assert "DENY a.b (left over: 1f2e)" in text


def test_a_landing_without_settings_says_how_it_was_found(books: Books) -> None:
    text = landed(books)

    assert "• its data goes where it says" in text
    assert "  offer           acme-cloud\n" in text
    assert "FR (region r of the table t; not officially sourced)" in text
    assert "3. Where it goes\n" in text


def test_an_offer_of_which_little_is_known(books: Books) -> None:
    text = offered(books)

    assert "it runs on below" in text
    assert "controlled by   the registry names nobody" in text
    assert "nor officially who controls it" in " ".join(text.split())
    assert "qualified       none recorded" in text
    sure = msgspec.structs.replace(OPERATOR, reach_official=True)
    assert "no foreign law is known to reach it\n" in offered(books, operator=sure)
    assert "it runs on" not in offered(books, built_on=None)


def test_a_qualification_that_is_asked_for_or_leaves_something_out(
    books: Books,
) -> None:
    asked = Qualification(
        scheme="secnumcloud",
        status="in-progress",
        excluded_services=("mail",),
        services=("iaas", "mail"),
        regions=("r",),
        confidence="P",
        sources=(),
    )
    text = " ".join(offered(books, qualifications=(asked,)).split())

    assert "secnumcloud, in progress, which is not qualified" in text
    covered = "regions: r, services covered: iaas, mail, services not covered: mail"
    assert f"{covered} [P]" in text


def test_a_rule_without_sources_or_reasons_is_a_line(books: Books) -> None:
    assert "  DENY made: no cloud may hold it\n" in landed(books)


def test_what_stands_against_it_may_not_be_a_rule(books: Books) -> None:
    kept = msgspec.structs.replace(RULE, state="kept", outcome=None, message=None)

    allowed = page(books, landings=[LANDING], verdict="allow")
    assert "No rule stands against it." in " ".join(allowed.split())
    assert "  KEPT made: a rule\n" in landed(books, rules=[kept])
    assert "No rule" not in page(books, existing=True, verdict="allow")
    there = " ".join(page(books, existing=True, verdict="allow").split())
    assert "It is there already" in there


def test_a_setting_under_a_mask_is_not_shown(books: Books) -> None:
    hidden = Setting(name="endpoint", value=None, evidence="E3", because="a constant")

    assert "endpoint        (not shown) [E3] a constant" in landed(
        books, settings=[hidden]
    )


def test_a_verdict_may_improve_by_itself(books: Books) -> None:
    assert "    • on 2026-11-22 it becomes ALLOW\n" in page(books)


def test_an_unknown_place_is_said_once(books: Books) -> None:
    why = "nobody says where"
    unknown = Setting(
        name="endpoint", value=None, evidence=None, because=why, remedy="say it"
    )
    text = landed(books, offer=None, why_unknown=why, settings=[unknown])

    assert text.count(why) == 1
    assert "goes to a cloud that is not known" in " ".join(text.split())
    other = landed(books, offer=None, why_unknown="other", settings=[unknown])
    assert f"{why}; say it" in other
