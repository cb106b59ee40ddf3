from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from guardrail.classification import Sensitivity
from guardrail.decision import Decision, Effect, Verdict
from guardrail.library import Library
from guardrail.model import Change, Gap, Known
from guardrail.reports import Rendering, render_text
from tests.golden import synthetic

RENDERING = Rendering(
    version="0.0.0", library_sha256="0" * 64, catalogue_date=date(2026, 9, 15)
)
NASTY = "\x1b[31mred\x07\x9b2J\u202eback\r\n"


@pytest.fixture(scope="module")
def decision(library: Library) -> Decision:
    return synthetic.decision(library.vocabulary)


def shown(decision: Decision, **stated: Any) -> str:
    rendering = msgspec.structs.replace(RENDERING, **stated)
    return render_text([decision], rendering).decode()


def test_several_decisions_stand_one_after_the_other(decision: Decision) -> None:
    both = render_text([decision, decision], RENDERING).decode()

    last = "verdict on all 2 inputs: DENY\n"
    assert both == f"{shown(decision)}\n{shown(decision)}\n{last}"


def test_colour_changes_nothing_but_colour(decision: Decision) -> None:
    import re

    coloured = shown(decision, colour=True)

    assert "\x1b[31;1mDENY" in coloured
    assert "\x1b[33;1mREVIEW" in coloured
    assert "\x1b[32;1mALLOW" in coloured
    plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert plain.split() == shown(decision).split()


@pytest.mark.parametrize("width", [60, 120])
def test_lines_are_as_wide_as_the_page(width: int, decision: Decision) -> None:
    lines = shown(decision, width=width).splitlines()

    assert max(len(line) for line in lines if len(line.split()) > 3) <= width
    assert len(lines) != len(shown(decision).splitlines())


def test_many_allowed_resources_are_counted_and_not_listed(decision: Decision) -> None:
    allowed = next(
        one
        for one in decision.resources
        if one.resource.address == "cloud_bucket.allowed"
    )
    many = msgspec.structs.replace(decision, resources=(allowed,) * 25, notes=())
    text = shown(many)

    assert text.count("ALLOW    cloud_bucket.allowed") == 20
    assert "and 5 more" in text


def test_nothing_to_judge_is_a_short_page(decision: Decision) -> None:
    empty = msgspec.structs.replace(decision, resources=(), notes=())

    assert shown(empty).splitlines()[2:] == [
        "",
        "verdict: DENY · 0 resources, 0 judged: 0 allow, 0 review, 0 deny",
    ]


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_control_characters_of_the_input_never_reach_the_page(
    colour: bool, language: str, decision: Decision
) -> None:
    text = shown(hostile(decision), colour=colour, language=language)
    painted = text.replace("\x1b[0m", "")
    for code in ("31;1", "33;1", "32;1", "36"):
        painted = painted.replace(f"\x1b[{code}m", "")

    assert not [char for char in painted if not char.isprintable() and char != "\n"]


def hostile(decision: Decision) -> Decision:
    """A decision with control characters wherever the input could put one."""
    origin = msgspec.structs.replace(decision.origin, path=NASTY, producer=NASTY)
    region = Known(f"fr{NASTY}")
    judged = tuple(
        msgspec.structs.replace(
            one,
            resource=msgspec.structs.replace(
                one.resource, address=one.resource.address + NASTY
            ),
            landings=tuple(
                msgspec.structs.replace(
                    landing,
                    offer=Known(NASTY),
                    region=region,
                    because=(*landing.because, NASTY),
                )
                for landing in one.landings
            ),
        )
        for one in decision.resources
    )
    notes = (Gap(id="made", message=NASTY, blocks=False),)
    return msgspec.structs.replace(
        decision, origin=origin, resources=judged, notes=notes
    )


def test_an_offer_that_is_closed_is_told_with_its_last_day(decision: Decision) -> None:
    denied = next(one for one in decision.resources if one.verdict is Verdict.DENY)
    shut = msgspec.structs.replace(denied.shown[0], until=date(2026, 6, 30))
    one = msgspec.structs.replace(denied, shown=(shut,))
    text = shown(msgspec.structs.replace(decision, resources=(one,)))

    assert "closed: its last day was 2026-06-30" in text


def test_a_resource_of_no_landing_is_shown_without_one(decision: Decision) -> None:
    one = msgspec.structs.replace(decision.resources[0], landings=(), shown=())
    text = shown(msgspec.structs.replace(decision, resources=(one,)))

    assert "→" not in text


def test_what_is_taken_away_is_not_listed(decision: Decision) -> None:
    gone = [
        one.resource.address
        for one in decision.resources
        if one.resource.change is Change.DELETE
    ]

    assert gone
    assert not any(f" {address}" in shown(decision) for address in gone)


def with_backup(decision: Decision, *, probable: bool) -> Decision:
    """The decision with a backup elsewhere of the first resource that is denied."""
    one = next(one for one in decision.resources if one.verdict is Verdict.DENY)
    denied = next(each for each in one.breaches if each.effect is Effect.DENY)
    landing = msgspec.structs.replace(
        one.landings[0], role="backup-2", probable=probable
    )
    also = msgspec.structs.replace(denied, landing=landing, broken=True)
    more = msgspec.structs.replace(
        one,
        landings=(*one.landings, landing),
        shown=(*one.shown, one.shown[0]),
        breaches=(denied, also),
    )
    return msgspec.structs.replace(decision, resources=(more,), notes=())


def test_a_second_landing_shows_its_role(decision: Decision) -> None:
    text = shown(with_backup(decision, probable=False), width=200)
    french = shown(
        with_backup(decision, probable=False),
        width=200,
        language="fr",
        french={"backup": "sauvegarde"},
    )

    assert "→ backup-2: " in text
    assert "(primary, backup-2): " in text
    assert "→ sauvegarde-2" in french


def test_what_only_may_be_is_said_so(decision: Decision) -> None:
    one = with_backup(decision, probable=True).resources[0]
    also = msgspec.structs.replace(one.breaches[1], effect=Effect.REVIEW)
    probable = msgspec.structs.replace(one, breaches=(also,))
    text = shown(
        msgspec.structs.replace(decision, resources=(probable,), notes=()), width=200
    )

    assert "(backup-2): if its data goes there: " in text


def test_resources_of_one_case_are_told_the_same_and_others_their_own(
    decision: Decision,
) -> None:
    one = next(each for each in decision.resources if each.verdict is Verdict.DENY)
    twin, public, there = (
        msgspec.structs.replace(
            one,
            resource=msgspec.structs.replace(
                one.resource, address=f"a.{name}", configuration=f"a.{name}"
            ),
            **stated,
        )
        for name, stated in (
            ("twin", {}),
            ("public", {"sensitivity": Sensitivity(lowest=0, highest=0)}),
            ("there", {"existing": True}),
        )
    )
    told = shown(
        msgspec.structs.replace(
            decision, resources=(one, twin, public, there), notes=()
        )
    ).split("DENY     ")[1:5]
    said = [block.partition("\n")[2].partition("\n\n")[0] for block in told]

    assert said[0] == said[1]
    assert "data: public" in said[2]
    assert "data: public" not in said[0]
    assert "• DENY" in said[0]
    assert "• DENY" not in said[3]
