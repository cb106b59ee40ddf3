"""What derogations make of the findings of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.assessment import Circumstances, Knowledge, assess
from guardrail.decision import (
    Breach,
    Decision,
    Derogation,
    Derogations,
    Effect,
    FiledDerogation,
    Finding,
    Relief,
    Verdict,
    derogate,
    verdict_of,
    worst,
)
from guardrail.library import Library, load_library, shipped
from guardrail.model import ABSENT, Change, Evidence, Gap, Known, Unknown, spoken
from guardrail.placement import Landing
from tests.properties.strategies import resource, stack, stacks
from tests.unit.decision.test_derogation import BASELINE, COLLAB, DAY, made

R9 = "fr-2021-r9"
LIBRARY = load_library(shipped())
ADDRESS = "module.mail.x.y"


def landing(role: str = "primary") -> Landing:
    return Landing(
        role=role,
        offer=Known("aws"),
        region=ABSENT,
        countries=Unknown("not known"),
        evidence=Evidence.VALUE,
        because=(),
    )


def finding(rule: str, /, **changes: Any) -> Finding:
    """A rule denied at the landing of a mailbox, changed."""
    address = changes.pop("address", ADDRESS)
    existing = changes.pop("existing", False)
    facts: dict[str, Any] = {
        "rule": LIBRARY.rules[rule],
        "effect": Effect.DENY,
        "landing": landing(),
        "missing": (),
        "broken": True,
        "service": "mail",
    }
    return Finding(address, Breach(**(facts | changes)), existing)


def relief(
    findings: Sequence[Finding], *derogations: Derogation, day: date = DAY
) -> Relief:
    filed = tuple(FiledDerogation(derogation=one) for one in derogations)
    known = Derogations(files=filed, rules=LIBRARY.rules)
    return derogate({0: findings}, known, day)


def effects(found: Relief) -> list[str]:
    return [one.breach.effect.value for one in found.findings[0]]


def ids(notes: Sequence[Gap]) -> list[str]:
    return [note.id.removeprefix("derogation-") for note in notes]


def test_without_derogations_the_findings_are_untouched() -> None:
    findings = {0: [finding(COLLAB)]}

    assert derogate(findings, Derogations(), DAY).findings is findings


def test_a_named_finding_is_derogated_and_says_by_what() -> None:
    found = relief([finding(COLLAB), finding(BASELINE)], made())

    assert effects(found) == ["derogated", "derogated"]
    assert {one.breach.derogation for one in found.findings[0]} == {"DER-2021-014"}
    assert ids(found.notes) == ["applied"]
    assert not any(note.blocks for note in found.notes)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "module.files.x.y"},
        {"service": "documents"},
        {"service": ""},
        {"rule": LIBRARY.rules[R9]},
    ],
)
def test_what_is_not_named_stays_denied(changes: dict[str, Any]) -> None:
    found = relief([finding(COLLAB, **changes)], made())

    assert effects(found) == ["deny"]
    assert ids(found.notes) == ["orphaned"]


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        (ADDRESS, True),
        ("module.mail.x", False),
        ("module.mail.*", True),
        ("*mail*y", True),
        ("*mod*mail*x*", True),
        ("*mail*mail*", False),
        ("module.mail.x.y*y", False),
    ],
)
def test_a_star_stands_for_any_text(glob: str, fits: bool) -> None:
    found = relief([finding(COLLAB)], made(scope={"addresses": [glob]}))

    assert effects(found) == ["derogated" if fits else "deny"]


def test_any_service_will_do_where_the_rule_does_not_restrict_them() -> None:
    anything = made(rules=[R9], scope={"services": []})

    assert effects(relief([finding(R9, service="")], anything)) == ["derogated"]


def test_what_cannot_be_decided_stays_for_review() -> None:
    open_ = finding(COLLAB, effect=Effect.REVIEW, broken=False)
    found = relief([open_], made())

    assert effects(found) == ["review"]
    assert ids(found.notes) == []


def test_a_rule_that_asks_for_review_is_derogated_when_it_is_broken() -> None:
    rules = {R9: msgspec.structs.replace(LIBRARY.rules[R9], effect="review")}
    filed = (FiledDerogation(derogation=made(rules=[R9])),)
    broken = finding(R9, effect=Effect.REVIEW)
    found = derogate({0: [broken]}, Derogations(files=filed, rules=rules), DAY)

    assert effects(found) == ["derogated"]


def test_a_notice_has_nothing_to_derogate() -> None:
    found = relief([finding(COLLAB, effect=Effect.NOTICE)], made())

    assert effects(found) == ["notice"]


@pytest.mark.parametrize(
    ("day", "note"), [(date(2022, 10, 1), "expired"), (date(2021, 9, 30), "not-yet")]
)
def test_out_of_its_days_it_does_nothing_and_is_reported(day: date, note: str) -> None:
    found = relief([finding(COLLAB)], made(), day=day)

    assert effects(found) == ["deny"]
    assert ids(found.notes) == [note]


def test_an_unlawful_one_does_nothing_and_says_why() -> None:
    found = relief([finding(COLLAB)], made(authority={"office": "dinum"}))

    assert effects(found) == ["deny"]
    assert ids(found.notes) == ["unlawful", "unlawful"]
    assert "the office dinum may not grant it" in found.notes[0].message


def test_the_baseline_stays_while_a_broken_law_does() -> None:
    both = [finding(BASELINE), finding(COLLAB), finding(R9)]
    found = relief(both, made())

    assert effects(found) == ["deny", "derogated", "deny"]
    assert ids(found.notes) == ["applied", "incomplete"]
    assert "fr-2021-r9 is broken there" in found.notes[1].message


def test_a_law_that_only_asks_for_review_does_not_hold_the_baseline() -> None:
    review = finding(R9, effect=Effect.REVIEW)
    found = relief([finding(BASELINE), finding(COLLAB), review], made())

    assert effects(found) == ["derogated", "derogated", "review"]


def test_the_law_at_another_landing_does_not_hold_the_baseline() -> None:
    copy = finding(R9, landing=landing("backup"))
    found = relief([finding(BASELINE), finding(COLLAB), copy], made())

    assert effects(found) == ["derogated", "derogated", "deny"]


def test_the_baseline_alone_takes_the_security_authority() -> None:
    own = made(
        derogation="OWN",
        rules=[BASELINE],
        scope={"services": []},
        authority={"office": "security-authority"},
    )
    by_minister = relief([finding(BASELINE)], made())
    by_own = relief([finding(BASELINE)], own)

    assert effects(by_minister) == ["deny"]
    assert ids(by_minister.notes) == ["incomplete"]
    assert "no law is broken there" in by_minister.notes[0].message
    assert effects(by_own) == ["derogated"]


def test_law_and_baseline_may_be_derogated_by_two_files() -> None:
    own = made(
        derogation="OWN", rules=[BASELINE], authority={"office": "security-authority"}
    )
    law = made(derogation="LAW", rules=[COLLAB])
    found = relief([finding(BASELINE), finding(COLLAB)], own, law)

    assert [one.breach.derogation for one in found.findings[0]] == ["OWN", "LAW"]


def test_a_baseline_whose_terms_are_gone_stays() -> None:
    bare = msgspec.structs.replace(LIBRARY.rules[BASELINE], derogation=None)
    found = relief([finding(BASELINE, rule=bare)], made())

    assert effects(found) == ["deny"]


def test_what_is_there_already_is_a_notice_and_its_derogation_no_orphan() -> None:
    found = relief([finding(COLLAB, existing=True)], made())

    assert found.findings[0][0].effect is Effect.NOTICE
    assert found.findings[0][0].breach.derogation == "DER-2021-014"
    assert ids(found.notes) == ["applied"]


def test_an_offer_that_would_do_is_held_against_no_acceptable_offer() -> None:
    denied = [finding(COLLAB, alternatives=("nubo", "pi"))]
    stated = made(acceptable_offer_on="2021-11-01")

    assert ids(relief(denied, made()).notes) == ["applied", "offer-exists"]
    assert ids(relief(denied, stated).notes) == ["applied"]


def test_the_one_that_lasts_longest_is_named_whatever_the_order() -> None:
    short, long = made(derogation="A", until="2022-01-01"), made(derogation="B")
    for order in ((short, long), (long, short)):
        found = relief([finding(COLLAB)], *order)

        assert found.findings[0][0].breach.derogation == "B"
        assert [note.message for note in found.notes] == [
            "the derogation B, by minister, covers 1 finding until 2022-09-30 "
            "(end of the day, UTC)"
        ]


def test_resources_of_one_case_go_on_sharing_a_breach() -> None:
    breach = finding(COLLAB).breach
    findings = {at: [Finding(f"module.mail.x[{at}]", breach)] for at in range(2)}
    known = Derogations(
        files=(FiledDerogation(derogation=made()),), rules=LIBRARY.rules
    )
    found = derogate(findings, known, DAY).findings

    assert found[0][0].breach is found[1][0].breach


def test_every_note_is_spoken_in_french(library: Library) -> None:
    offers = [finding(COLLAB, alternatives=("nubo",)), finding(BASELINE), finding(R9)]
    other = made(derogation="OTHER", rules=[BASELINE], scope={"addresses": ["a.b"]})
    notes = relief(offers, made(), other, made(derogation="X", reason="")).notes
    notes += relief([], made()).notes

    for note in notes:
        assert spoken(note.message, library.french) != note.message


# The flow


def decided(
    library: Library, *derogations: Derogation, day: date = DAY, **around: Any
) -> Decision:
    labels = {"data_class": "sensitive"}
    change = around.pop("change", Change.CREATE)
    made_stack = stack(
        [
            resource("mail", "s3ns", labels, change),
            resource("files", "s3ns", labels, change),
        ]
    )
    filed = tuple(FiledDerogation(derogation=one) for one in derogations)
    circumstances = Circumstances(
        as_of=day,
        body=Known("state"),
        derogations=Derogations(files=filed, rules=library.rules),
    )
    layers = frozenset({"law", "baseline"})
    return assess(made_stack, library.knowledge(day, layers), circumstances)


def test_the_verdict_is_that_of_the_findings_left(library: Library) -> None:
    one = made(
        rules=[R9, BASELINE],
        scope={"addresses": ["google_storage_bucket.mail"], "services": []},
    )
    before, after = decided(library), decided(library, one)
    verdicts = {found.resource.address: found.verdict for found in after.resources}

    assert before.verdict is after.verdict is Verdict.DENY
    assert verdicts["google_storage_bucket.files"] is Verdict.DENY
    assert verdicts["google_storage_bucket.mail"] is not Verdict.DENY
    assert "derogation-applied" in {note.id for note in after.notes}


def test_a_derogation_that_touches_nothing_changes_no_verdict(library: Library) -> None:
    before, after = decided(library), decided(library, made())

    assert after.resources == before.resources
    assert after.findings == before.findings


# 6. A derogation touches only the findings that it names, never after its last day

RULES = (R9, COLLAB, BASELINE, "fr-2023-r9-sp", "fr-sren-31", "fr-none")
GLOBS = ("*", "aws_s3_bucket.a", "aws_s3_bucket.*", "*_bucket.*", "*_b*", "*.b", "z.z")
STARTS = st.sampled_from([None, "2019-01-01", "2021-07-05", "2026-05-01"])
DAYS = st.dates(date(2021, 7, 1), date(2027, 12, 31))


@st.composite
def derogations(draw: st.DrawFn) -> Derogation:
    """Lawful and unlawful ones, near the stacks of the strategies."""
    granted = draw(DAYS)
    second = draw(st.sampled_from([None, "prime-minister"]))
    return made(
        derogation=draw(st.sampled_from(["D-1", "D-2", "D-3"])),
        rules=draw(st.lists(st.sampled_from(RULES), max_size=4)),
        scope={
            "addresses": draw(st.lists(st.sampled_from(GLOBS), max_size=2)),
            "services": draw(st.sampled_from([[], ["object-storage"], ["mail"]])),
        },
        authority={
            "office": draw(st.sampled_from(["minister", "security-authority", "x"])),
            "countersigned_by": second,
        },
        system={"started_on": draw(STARTS), "very_advanced_on": draw(STARTS)},
        granted_on=granted.isoformat(),
        until=draw(DAYS).isoformat(),
        acceptable_offer_on=draw(st.one_of(st.none(), DAYS.map(str))),
        published=draw(st.sampled_from([None, "JORF"])),
    )


def judged(one: Any, several: Sequence[Derogation], day: date) -> Decision:
    layers = frozenset({"law", "baseline"})
    knowledge: Knowledge = LIBRARY.knowledge(day, layers)
    filed = tuple(FiledDerogation(derogation=each) for each in several)
    circumstances = Circumstances(
        as_of=day,
        body=Known("state"),
        derogations=Derogations(files=filed, rules=LIBRARY.rules),
    )
    return assess(one, knowledge, circumstances)


@given(stacks(), st.lists(derogations(), max_size=3), DAYS.filter(lambda d: d.day > 5))
def test_a_derogation_touches_only_what_it_names(
    one: Any, several: list[Derogation], day: date
) -> None:
    bare, found = judged(one, [], day), judged(one, several, day)
    before = {each.fingerprint: each for each in bare.findings}
    by_name: dict[str, list[Derogation]] = {}
    for one_of in several:
        by_name.setdefault(one_of.derogation, []).append(one_of)

    assert before.keys() == {each.fingerprint for each in found.findings}
    for each in found.findings:
        name = each.breach.derogation
        if name is None:
            assert each.breach == before[each.fingerprint].breach
            continue
        assert before[each.fingerprint].breach.broken
        assert any(
            each.breach.rule.id in by.rules
            and by.granted_on <= day <= by.until
            and "*" not in by.scope.addresses
            and (not by.scope.services or each.breach.service in by.scope.services)
            for by in by_name[name]
        )


@given(
    stacks(),
    st.lists(derogations(), min_size=1, max_size=3),
    st.dates(*map(date.fromisoformat, ("2021-07-05", "2027-12-31"))),
)
def test_removing_a_derogation_never_improves_a_verdict(
    one: Any, several: list[Derogation], day: date
) -> None:
    whole, less = judged(one, several, day), judged(one, several[1:], day)

    assert less.verdict.weight >= whole.verdict.weight
    for kept, full in zip(less.resources, whole.resources, strict=True):
        assert kept.verdict.weight >= full.verdict.weight


@given(st.lists(derogations(), max_size=3), DAYS)
def test_a_verdict_is_the_worst_of_the_effects_left(
    several: list[Derogation], day: date
) -> None:
    made_stack = stack(
        [resource(name, "aws", {"data_class": "particular"}) for name in "ab"]
    )
    if day < date(2021, 7, 5):
        day = date(2021, 7, 5)
    found = judged(made_stack, several, day)

    for each in found.resources:
        own = [f for f in found.findings if f.address == each.resource.address]
        assert each.verdict is worst(verdict_of(f.effect) for f in own)
