from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.classification import Vocabulary
from guardrail.decision import Decision
from guardrail.library import Library, load_library, shipped
from guardrail.model import Known
from guardrail.reports import Rendering
from guardrail.reports.picture import DRAWERS, LEVELS, picture
from guardrail.reports.picture.gather import KINDS as BY_ROLE
from guardrail.reports.picture.gather import gathered
from guardrail.reports.picture.grouping import LEGIBLE
from guardrail.reports.picture.plan import Area, Plan, planned
from guardrail.reports.picture.scene import STATES, Scene
from guardrail.reports.picture.steps import steps
from guardrail.reports.picture.style import DARK, LIGHT, LOOKS, MARKS, NONE, UNKNOWN
from guardrail.reports.picture.words import KINDS
from guardrail.reports.wording import _ROLES
from tests.unit.reports.picture.scenes import (
    NASTY,
    decision,
    decisions,
    flow,
    judged,
    landing,
    large,
    permuted,
)

VOCABULARY: Vocabulary = load_library(shipped()).vocabulary
STACKS = decisions(VOCABULARY)
GROUPINGS = st.sampled_from(sorted(LEVELS))
SVG = "{http://www.w3.org/2000/svg}"


def rendering(language: str = "en", library: Library | None = None) -> Rendering:
    return Rendering(
        version="0",
        library_sha256="0" * 64,
        catalogue_date=date(2026, 9, 15),
        language=language,
        french=library.french if library else {},
    )


def plan_of(scene: Scene) -> Plan:
    return planned(scene, lambda links: 60.0, 200.0)


def apart(one: Area, other: Area) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def within(inner: Area, outer: Area) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


# What holds of every picture


@given(STACKS, GROUPINGS)
def test_every_resource_is_on_one_card(stack: Decision, grouping: str) -> None:
    scene = gathered(stack, grouping)
    counted = sum(
        card.count for card in scene.cards if card.form in {"resource", "pile"}
    )

    assert counted == len(stack.resources)
    if grouping == "none":
        assert Counter(
            card.address for card in scene.cards if card.form == "resource"
        ) == Counter(one.resource.address for one in stack.resources)


@given(STACKS, GROUPINGS)
def test_cards_and_frames_stand_apart_and_cards_in_their_frame(
    stack: Decision, grouping: str
) -> None:
    scene = gathered(stack, grouping)
    plan = plan_of(scene)

    for kind in (plan.cards, plan.frames):
        assert all(apart(*pair) for pair in combinations(kind, 2))
    for number, card in enumerate(plan.cards):
        frame = scene.frame_of[number]
        assert within(card, plan.frames[frame])
        assert apart(card, plan.headings[frame])
    page = Area(0, 0, plan.width, plan.height)
    assert all(within(frame, page) for frame in plan.frames)


@given(STACKS, GROUPINGS)
def test_no_line_runs_across_a_card_and_each_touches_both_ends(
    stack: Decision, grouping: str
) -> None:
    scene = gathered(stack, grouping)
    plan = plan_of(scene)

    for line in plan.lines:
        assert touches(line.points[0], plan.cards[line.link.source])
        assert touches(line.points[-1], plan.cards[line.link.target])
        for start, end in zip(line.points, line.points[1:], strict=False):
            assert start[0] == end[0] or start[1] == end[1]
            left, right = sorted([start[0], end[0]])
            top, bottom = sorted([start[1], end[1]])
            way = Area(left, top, right - left, bottom - top)
            assert all(apart(way, card) for card in plan.cards)


def touches(point: tuple[float, float], card: Area) -> bool:
    return point[0] in {card.x, card.x + card.width} and (
        card.y <= point[1] <= card.y + card.height
    )


@given(STACKS, GROUPINGS, st.integers(0, 9), st.sampled_from(sorted(DRAWERS)))
def test_order_does_not_matter(
    stack: Decision, grouping: str, seed: int, format_: str
) -> None:
    first = picture(stack, rendering(), format_=format_, grouping=grouping)
    again = picture(
        permuted(stack, seed), rendering(), format_=format_, grouping=grouping
    )

    assert first == again


@given(STACKS, GROUPINGS)
def test_an_svg_is_xml_that_runs_and_fetches_nothing(
    stack: Decision, grouping: str
) -> None:
    drawn = picture(stack, rendering(), format_="svg", grouping=grouping)
    root = ElementTree.fromstring(drawn)  # our own
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}

    assert names <= {
        *("svg", "title", "desc", "style", "defs", "pattern"),
        *("g", "rect", "path", "text"),
    }
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert "@import" not in drawn.decode()
    assert {*re.findall(rb"url\((.)", drawn)} <= {b"#"}
    assert drawn.count(b"http") == 1  # the name of the format
    assert drawn.endswith(b"</svg>\n")


@given(STACKS, GROUPINGS)
def test_flows_are_drawn_unless_both_ends_are_on_one_card(
    stack: Decision, grouping: str
) -> None:
    scene = gathered(stack, grouping)
    pairs = {frozenset((link.source, link.target)) for link in scene.links}
    cards = {
        card.address: number
        for number, card in enumerate(scene.cards)
        if card.form == "resource"
    }
    for one in stack.flows:
        ends = {cards.get(one.source), cards.get(one.target)}
        if None not in ends and len(ends) == 2:
            assert frozenset(ends) in pairs


def test_a_loop_is_one_step_and_what_follows_it_the_next() -> None:
    ways = [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (0, 5)]

    found = steps((source, target, False) for source, target in ways)

    assert found == {0: 0, 1: 1, 2: 1, 3: 1, 4: 2, 5: 3}
    assert steps([(1, 0, True), (0, 2, False)]) == {0: 0, 1: 0, 2: 1}


def test_which_way_is_told_first_does_not_matter() -> None:
    stack = [judged("cloud_bucket.a"), judged("cloud_bucket.b", "far")]
    there, back = (
        flow("cloud_bucket.a", "cloud_bucket.b"),
        flow("cloud_bucket.b", "cloud_bucket.a"),
    )
    one = gathered(decision(stack, [there, back], vocabulary=VOCABULARY), "auto")
    two = gathered(decision(stack, [back, there], vocabulary=VOCABULARY), "auto")

    assert one.links == two.links


def test_all_instances_stand_where_the_first_is_whatever_the_order() -> None:
    one, two = judged("cloud_bucket.a[0]"), judged("cloud_bucket.a[1]", "far")
    flows = [flow("cloud_bucket.a[*]", "cloud_bucket.a[1]")]
    scenes = [
        gathered(decision(stack, flows, vocabulary=VOCABULARY), "none")
        for stack in ([one, two], [two, one])
    ]

    assert scenes[0].frames == scenes[1].frames
    assert scenes[0].crosses(scenes[0].links[0])


# What a text of the input cannot do


@given(st.text(max_size=30) | st.just(NASTY))
def test_names_never_leave_their_quotes(name: str) -> None:
    stack = decision([judged(f"cloud_bucket.{name}x")], vocabulary=VOCABULARY)
    flowchart = picture(stack, rendering(), format_="mermaid").decode()
    graph = picture(stack, rendering(), format_="dot").decode()

    nodes = [line for line in flowchart.split("\n") if line.startswith("  n")]
    assert len(nodes) == 1
    assert re.fullmatch(
        r'  n0\["[^"`<>&%{}|\\]*(<br/>[^"`<>&%{}|\\]*)*"\]:::\w+', nodes[0]
    )
    quoted = r'"(?:[^"\\\n]|\\["\\n])*"'
    nodes = [line for line in graph.split("\n") if line.startswith("    n")]
    assert len(nodes) == 1
    assert re.fullmatch(rf"    n0 \[(\w+=({quoted}|\w+)(, |\]))+", nodes[0])


def test_a_region_that_is_a_secret_is_not_shown() -> None:
    one = judged("cloud_bucket.a")
    hidden = Known("hush", sensitive=True)
    secret = msgspec.structs.replace(one.landings[0], region=hidden)
    stack = decision(
        [msgspec.structs.replace(one, landings=(secret,))], vocabulary=VOCABULARY
    )

    for format_ in DRAWERS:
        assert b"hush" not in picture(stack, rendering(), format_=format_)


# Places and cards


def test_an_offer_and_a_country_have_a_frame_of_their_own() -> None:
    places = ["trusted", "plain", "abroad", "far", "unknown", "none"]
    stack = [judged(f"cloud_bucket.{where}", where) for where in places]
    scene = gathered(decision(stack, vocabulary=VOCABULARY), "auto")
    found = {
        (one.place.lands, one.place.operator, one.place.offer, one.place.countries)
        for one in scene.frames
    }

    assert found == {
        (True, "acme", "acme-trusted", ("FR",)),
        (True, "acme", "acme-plain", ("FR",)),
        (True, "acme", "acme-plain", ("DE",)),
        (True, "far", "far-cloud", ("US",)),
        (True, "", "", ()),
        (False, "", "", ()),
    }


def test_a_frame_claims_a_qualification_only_for_all_that_is_in_it() -> None:
    one, two = judged("cloud_bucket.a", "trusted"), judged("cloud_bucket.b", "trusted")
    both = decision([one, two], vocabulary=VOCABULARY)
    less = msgspec.structs.replace(two.shown[0], qualifications=())
    mixed = decision(
        [one, msgspec.structs.replace(two, shown=(less,))], vocabulary=VOCABULARY
    )

    assert gathered(both, "auto").frames[0].qualifications == ("secnumcloud 3.2",)
    assert gathered(mixed, "auto").frames[0].qualifications == ()


def test_a_copy_elsewhere_is_a_ghost_where_it_lies() -> None:
    backup = landing("far", "backup-2", "us-1")
    one = judged("cloud_bucket.a", "near", effect="deny", others=[backup])
    scene = gathered(decision([one], vocabulary=VOCABULARY), "auto")
    ghost = next(card for card in scene.cards if card.form == "ghost")
    [link] = scene.links

    assert (ghost.name, ghost.regions, ghost.state) == ("backup", ("us-1",), "deny")
    assert scene.frames[scene.frame_of[link.target]].place.operator == "far"
    assert (link.kind, link.certain, scene.crosses(link)) == ("backs-up", True, True)


@pytest.mark.parametrize(
    ("role", "probable", "certain"),
    [("log", False, True), ("log", True, False), ("possible", False, False)],
)
def test_a_copy_that_may_be_is_dashed(role: str, probable: bool, certain: bool) -> None:
    there = landing("far", role, probable=probable)
    one = judged("cloud_bucket.a", others=[there])
    [link] = gathered(decision([one], vocabulary=VOCABULARY), "auto").links

    assert link.certain is certain


def test_copies_of_many_at_one_place_are_one_ghost() -> None:
    there = landing("far", "replica")
    stack = [judged(f"cloud_bucket.{name}", others=[there]) for name in "abc"]
    scene = gathered(decision(stack, vocabulary=VOCABULARY), "auto")

    assert [card.count for card in scene.cards if card.form == "ghost"] == [3]
    assert len(scene.links) == 3


def test_a_copy_that_a_flow_of_the_stack_makes_is_no_ghost() -> None:
    there = landing("far", "copy")
    stack = [judged("cloud_bucket.a", others=[there]), judged("cloud_bucket.b", "far")]
    flows = [flow("cloud_bucket.a", "cloud_bucket.b", "copies")]
    scene = gathered(decision(stack, flows, vocabulary=VOCABULARY), "auto")
    other = [flow("cloud_bucket.a", "cloud_bucket.b", "logs")]
    kept = gathered(decision(stack, other, vocabulary=VOCABULARY), "auto")

    assert [card.form for card in scene.cards] == ["resource", "resource"]
    assert [card.form for card in kept.cards].count("ghost") == 1


def test_every_role_of_a_landing_has_a_flow_with_a_word() -> None:
    assert {*BY_ROLE} == {*_ROLES} - {"primary"}
    assert {*BY_ROLE.values()} == {*KINDS}


@pytest.mark.parametrize("effect", ["deny", "review", "derogated", "notice", ""])
def test_a_card_bears_what_is_said_of_the_resource(effect: str) -> None:
    one = judged("cloud_bucket.a", effect=effect)
    [card] = gathered(decision([one], vocabulary=VOCABULARY), "auto").cards

    assert card.state == (effect if effect not in {"notice", ""} else "allow")


def test_what_is_not_judged_says_so() -> None:
    one = judged("cloud_bucket.a", judged=False)
    [card] = gathered(decision([one], vocabulary=VOCABULARY), "auto").cards

    assert card.state == "unjudged"


def test_all_instances_of_a_block_are_one_card_between_flows() -> None:
    stack = [judged(f"cloud_bucket.a[{number}]") for number in range(2)]
    stack.append(judged("cloud_disk.b", "far"))
    flows = [
        flow("cloud_disk.b", "cloud_bucket.a[*]"),
        flow("cloud_bucket.a[*]", "cloud_bucket.a[0]"),
        flow("cloud_bucket.a[*]", "cloud_bucket.a[1]"),
    ]
    given_ = decision(stack, flows, vocabulary=VOCABULARY)
    scene, piled = gathered(given_, "none"), gathered(given_, "module")

    assert [card.form for card in scene.cards].count("block") == 1
    assert len(scene.links) == 3
    assert len(piled.links) == 1
    for format_ in DRAWERS:
        assert b"all of cloud_bucket.a" in picture(given_, rendering(), format_=format_)


def test_flows_lead_to_the_current_object_and_not_to_a_deposed_one() -> None:
    one = judged("cloud_bucket.a", "near")
    old = judged("cloud_bucket.a", "far")
    deposed = msgspec.structs.replace(old.resource, deposed="abcd")
    old = msgspec.structs.replace(old, resource=deposed)
    flows = [flow("cloud_disk.b", "cloud_bucket.a")]
    stack = decision([old, one, judged("cloud_disk.b")], flows, vocabulary=VOCABULARY)
    scene = gathered(stack, "auto")

    assert len(scene.cards) == 3
    assert not scene.crosses(scene.links[0])


def test_flows_of_one_kind_between_two_cards_are_one() -> None:
    stack = [judged("cloud_bucket.a"), judged("cloud_bucket.b", effect="deny")]
    a, b = "cloud_bucket.a", "cloud_bucket.b"
    flows = [
        flow(a, b, certain=False),
        flow(a, b),
        flow(b, a),
        flow(b, a, "logs", certain=False),
        flow(a, a),
    ]
    scene = gathered(decision(stack, flows, vocabulary=VOCABULARY), "auto")

    assert [(one.kind, one.both, one.certain, one.count) for one in scene.links] == [
        ("copies", True, True, 2),
        ("logs", False, False, 1),
    ]
    assert scene.state(scene.links[0]) == "deny"
    assert scene.state(scene.links[1]) == "allow"


# Modules


def test_modules_stand_together_beyond_what_is_legible() -> None:
    stack = [judged(f"module.a.cloud_bucket.n{n}") for n in range(LEGIBLE + 1)]
    stack += [judged(f"cloud_disk.n{n}", effect="deny", rank=3) for n in range(4)]
    scene = gathered(decision(stack, vocabulary=VOCABULARY), "auto")
    few = gathered(decision(stack[:LEGIBLE], vocabulary=VOCABULARY), "auto")

    assert [(card.name, card.count, card.state) for card in scene.cards] == [
        ("cloud_disk", 4, "deny"),
        ("module.a", LEGIBLE + 1, "allow"),
    ]
    assert len(few.cards) == LEGIBLE


def test_outer_modules_stand_together_where_inner_ones_are_too_many() -> None:
    stack = [
        judged(f"module.out.module.m{n}.cloud_bucket.{name}")
        for n in range(LEGIBLE + 1)
        for name in "ab"
    ]
    scene = gathered(decision(stack, vocabulary=VOCABULARY), "auto")
    inner = gathered(decision(stack, vocabulary=VOCABULARY), "module")

    assert [card.name for card in scene.cards] == ["module.out"]
    assert len(inner.cards) == LEGIBLE + 1


def test_a_pile_tells_the_highest_class_and_the_worst_verdict() -> None:
    stack = [
        judged("module.a.cloud_bucket.a", rank=1),
        judged("module.a.cloud_bucket.b", rank=3, effect="review"),
        judged("module.a.cloud_bucket.c", rank=0),
    ]
    [card] = gathered(decision(stack, vocabulary=VOCABULARY), "module").cards

    assert card.bounds is not None
    assert (card.bounds.lowest, card.bounds.highest, card.bounds.mixed) == (3, 3, True)
    assert card.states == {"review": 1, "allow": 2}
    assert b"up to sensitive" in picture(
        decision(stack, vocabulary=VOCABULARY),
        rendering(),
        format_="svg",
        grouping="module",
    )


@pytest.mark.parametrize(
    ("address", "module", "name"),
    [
        ("cloud_bucket.a", "", "a"),
        ('cloud_bucket.a["x.y"]', "", 'a["x.y"]'),
        (
            'module.m["a.b"].module.n[0].cloud_bucket.a',
            'module.m["a.b"].module.n[0]',
            "a",
        ),
        ("data.cloud_bucket.a", "", "a"),
        ("stack/server", "", "stack/server"),
        ("", "", ""),
    ],
)
def test_an_address_is_taken_apart(address: str, module: str, name: str) -> None:
    one = msgspec.structs.replace(
        judged("cloud_bucket.a").resource, address=address, type="cloud_bucket"
    )
    from guardrail.reports.picture.grouping import named

    assert (named(one).module, named(one).name) == (module, name)


# Words


@pytest.mark.parametrize(
    ("rank", "judged_", "labelled", "words"),
    [
        (3, True, True, "sensitive"),
        ((3, 4), True, False, "at least sensitive"),
        ((0, 4), True, False, "no label"),
        ((0, 4), True, True, "class not known"),
        ((0, 4), False, False, ""),
        (0, True, True, "public"),
        (3, False, True, "sensitive"),
    ],
)
def test_a_card_says_the_class(
    rank: int | tuple[int, int], judged_: bool, labelled: bool, words: str
) -> None:
    one = judged("cloud_bucket.a", rank=rank, judged=judged_)
    felt = msgspec.structs.replace(one.sensitivity, labelled=labelled)
    stack = decision(
        [msgspec.structs.replace(one, sensitivity=felt)], vocabulary=VOCABULARY
    )
    drawn = picture(stack, rendering(), format_="mermaid").decode()
    [node] = [line for line in drawn.split("\n") if line.startswith("  n0")]
    after = node.partition("cloud_bucket")[2].partition('"')[0]

    assert after.removeprefix("<br/>") == words


def test_a_long_list_of_flows_is_cut_for_who_listens() -> None:
    stack = [judged(f"cloud_bucket.n{n}") for n in range(15)] + [
        judged("cloud_disk.b", "far")
    ]
    flows = [flow(f"cloud_bucket.n{n}", "cloud_disk.b") for n in range(15)]
    drawn = picture(
        decision(stack, flows, vocabulary=VOCABULARY), rendering(), format_="svg"
    ).decode()
    told = drawn.partition("<desc")[2].partition("</desc>")[0]

    assert told.count("→") == 12
    assert "and 3 more" in told
    assert "copies ×15" in drawn
    few = decision(stack, flows[:2], vocabulary=VOCABULARY)
    assert "more" not in picture(few, rendering(), format_="svg").decode()


def test_many_flows_between_two_frames_share_their_label() -> None:
    a, b = [f"cloud_bucket.n{n}" for n in range(6)], "cloud_disk.b"
    stack = [judged(one) for one in a] + [judged(b, "far")]
    kinds = ["copies", "copies", "copies", "logs", "logs", "streams"]
    flows = [flow(one, b, kind) for one, kind in zip(a, kinds, strict=True)]
    every = decision(stack, flows, vocabulary=VOCABULARY)
    few = decision(stack, flows[:4], vocabulary=VOCABULARY)

    drawn = picture(every, rendering(), format_="svg").decode()
    assert ">copies ×3, logs ×2, …<" in drawn
    assert ">copies<" not in drawn
    apart_ = picture(few, rendering(), format_="svg").decode()
    assert (apart_.count(">copies<"), apart_.count(">logs<")) == (3, 1)


def test_a_picture_speaks_french(library: Library) -> None:
    stack = large(30, VOCABULARY)
    drawn = picture(stack, rendering("fr", library), format_="svg").decode()

    assert "Où vont les données" in drawn
    assert 'lang="fr"' in drawn
    assert "réplique" in drawn


def test_nothing_to_draw_is_an_empty_page() -> None:
    for format_ in DRAWERS:
        assert picture(
            decision([], vocabulary=VOCABULARY), rendering(), format_=format_
        )


# Looks


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_texts_and_marks_stand_out_from_their_ground(theme: dict[str, str]) -> None:
    for ground in ("paper", "frame", "card"):
        for word in ("ink", "soft", *STATES):
            assert contrast(theme[ground], theme[word]) >= 4.5, (ground, word)
        for word in ("edge", "line"):
            assert contrast(theme[ground], theme[word]) >= 3, (ground, word)
    for state in STATES:
        assert contrast(theme[state], theme["mark"]) >= 4.5, state


def test_signs_of_classes_stand_out_and_differ() -> None:
    looks = (*LOOKS, UNKNOWN, NONE)
    for look in looks:
        assert contrast(look.ground, look.sign) >= 4.5, look
    assert len({look.shape for look in looks}) == len(looks)
    assert len({look.ground for look in looks}) == len(looks)
    assert len({outline for outline, _inside in MARKS.values()}) == len(STATES)


def test_classes_darken_with_their_rank() -> None:
    found = [luminance(look.ground) for look in LOOKS]

    assert found == sorted(found, reverse=True)


def test_there_is_a_look_for_every_class() -> None:
    assert len(VOCABULARY.classes) == len(LOOKS)
    more = (*VOCABULARY.classes, VOCABULARY.classes[-1])
    stack = decision([judged("cloud_bucket.a", rank=7)], vocabulary=VOCABULARY)
    stack = msgspec.structs.replace(stack, classes=more)

    assert picture(stack, rendering(), format_="svg")


# Large stacks


@pytest.mark.slow
def test_work_grows_with_the_stack() -> None:
    import time

    def cost(count: int) -> float:
        stack = large(count, VOCABULARY)
        before = time.process_time()
        picture(stack, rendering(), format_="svg", grouping="none")
        return time.process_time() - before

    cost(500)
    assert cost(8000) < 40 * max(cost(800), 0.01)


def test_laws_that_have_no_room_are_counted() -> None:
    one = judged("cloud_bucket.a", "far")
    laws = tuple(f"us-law-{number}" for number in range(4))
    reached = msgspec.structs.replace(one.shown[0], exposures=laws)
    stack = decision(
        [msgspec.structs.replace(one, shown=(reached,))], vocabulary=VOCABULARY
    )

    assert b"us-law-0, +3<" in picture(stack, rendering(), format_="svg")
    assert b"us-law-2, us-law-3" in picture(stack, rendering(), format_="dot")
