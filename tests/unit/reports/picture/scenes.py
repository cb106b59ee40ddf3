"""Decisions to draw, made by hand and by chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from hypothesis import strategies as st

from guardrail.classification import DataFlow, Sensitivity, Vocabulary
from guardrail.decision import Breach, Decision, Effect, Judged, Shown, Verdict
from guardrail.model import (
    Change,
    Evidence,
    Known,
    Origin,
    Resource,
    Unknown,
    say,
)
from guardrail.placement import Landing
from tests.golden import synthetic

RULE = synthetic.RULES["made-deny"]
KINDS = ("copies", "backs-up", "attaches", "logs", "connects", "replicates", "streams")
PLACES: Mapping[str, tuple[str, str, str]] = {
    "trusted": ("acme", "acme-trusted", "FR"),
    "plain": ("acme", "acme-plain", "FR"),
    "abroad": ("acme", "acme-plain", "DE"),
    "far": ("far", "far-cloud", "US"),
    "near": ("near", "near-cloud", "FR"),
}
WORDS = ("files", "index", 'odd["a.b"]', "counted[0]", "journal", "mail")
RANKS: Sequence[tuple[int, int]] = ((0, 0), (1, 1), (2, 2), (3, 3), (0, 4), (3, 4))
NASTY = "]]><script>alert(1)</script>\"'&amp;#quot;\\\n%%{init}%%`x`\x07\u202e|end;"
MODULES = ("", "module.a.", "module.a.module.b.", 'module.many["x.y"].', "module.c[0].")


def landing(
    where: str, role: str = "primary", region: str = "", **stated: Any
) -> Landing:
    """A landing at one of `PLACES`, or somewhere that is not known."""
    known = where in PLACES
    offer, country = PLACES[where][1:] if known else ("", "")
    return Landing(
        role=role,
        offer=Known(offer) if known else Unknown(say("it is not known")),
        region=Known(region) if region else Unknown(say("it is not known")),
        countries=Known((country,)) if known else Unknown(say("it is not known")),
        evidence=Evidence.VALUE,
        because=(),
        **stated,
    )


def shown(where: str) -> Shown:
    """What the registry says of it."""
    if where not in PLACES:
        return Shown()
    held = ("secnumcloud 3.2",) if where == "trusted" else ()
    laws = ("us-cloud-act",) if where == "far" else ()
    return Shown(operator=PLACES[where][0], qualifications=held, exposures=laws)


def breach(effect: str, at: Landing) -> Breach:
    return Breach(
        rule=RULE,
        effect=Effect(effect),
        landing=at,
        missing=(),
        derogation="DER-1" if effect == "derogated" else None,
    )


def judged(
    address: str,
    where: str = "near",
    *,
    rank: int | tuple[int, int] = 1,
    effect: str = "",
    others: Sequence[Landing] = (),
    **stated: Any,
) -> Judged:
    """A resource of an address; `others` are its second landings, at `far`."""
    low, high = rank if isinstance(rank, tuple) else (rank, rank)
    type_ = next((one for one in bare(address).split(".") if "_" in one), "cloud_thing")
    landings = () if where == "none" else (landing(where, region="r-1"), *others)
    found = tuple(breach(effect, one) for one in landings[-1:] if effect)
    given: dict[str, Any] = {
        "kind": "data",
        "judged": True,
        "existing": False,
        "verdict": Verdict(effect) if effect in {"deny", "review"} else Verdict.ALLOW,
        "sensitivity": Sensitivity(lowest=low, highest=high, labelled=low == high),
        **stated,
    }
    return Judged(
        resource=Resource(
            address=address,
            configuration=bare(address),
            type=type_,
            provider="registry.terraform.io/acme/cloud",
            provider_configuration=Known("cloud"),
            change=Change.CREATE,
            actions=("create",),
        ),
        landings=landings,
        shown=tuple(shown(at) for at in [where, *["far"] * len(others)])[
            : len(landings)
        ],
        breaches=found,
        **given,
    )


def bare(address: str) -> str:
    """An address without its instance keys."""
    kept, inside = "", False
    for letter in address:
        inside = letter == "[" or (inside and letter != "]")
        kept += "" if inside or letter == "]" else letter
    return kept


def flow(source: str, target: str, kind: str = "copies", **stated: Any) -> DataFlow:
    certain = stated.get("certain", True)
    return DataFlow(
        source=source, target=target, kind=kind, certain=certain, because=""
    )


def decision(
    resources: Sequence[Judged],
    flows: Sequence[DataFlow] = (),
    *,
    vocabulary: Vocabulary,
    path: str = "made/plan.json",
) -> Decision:
    worst = max(
        (one.verdict for one in resources),
        key=lambda one: one.weight,
        default=Verdict.ALLOW,
    )
    return Decision(
        verdict=worst,
        as_of=date(2026, 11, 22),
        body="state",
        origin=Origin(kind="terraform-plan", path=path, sha256="0" * 64, producer="x"),
        rules=(),
        resources=tuple(resources),
        flows=tuple(flows),
        notes=(),
        classes=vocabulary.classes,
    )


def large(count: int, vocabulary: Vocabulary, *, flat: bool = False) -> Decision:
    """A stack of so many resources, the same for the same number."""
    dice = random.Random(count)
    found = []
    for number in range(count):
        where = dice.choice([*PLACES, "unknown"])
        module = "" if flat else dice.choice(MODULES)
        type_ = dice.choice(["cloud_bucket", "cloud_disk", "cloud_database"])
        effect = dice.choice(["", "", "review", "deny"])
        rank = dice.choice(RANKS)
        address = f"{module}{type_}.{dice.choice(['a', 'b'])}_{number}"
        found.append(judged(address, where, rank=rank, effect=effect))
    addresses = [one.resource.address for one in found]
    flows = [
        flow(
            dice.choice(addresses),
            dice.choice(addresses),
            dice.choice(KINDS),
            certain=dice.random() > 0.3,
        )
        for _number in range(count // 3)
    ]
    return decision(found, flows, vocabulary=vocabulary)


@st.composite
def decisions(draw: st.DrawFn, vocabulary: Vocabulary) -> Decision:
    """Any stack: places, modules, classes, second landings, flows, odd names."""
    count = draw(st.integers(0, 16))
    names = st.sampled_from(WORDS) | st.text(min_size=1, max_size=12)
    found = {}
    for number in range(count):
        module = draw(st.sampled_from(MODULES))
        address = f"{module}cloud_bucket.n{number}{draw(names)}"
        low = draw(st.integers(0, 6))
        roles = draw(
            st.lists(st.sampled_from(["backup", "log", "possible"]), max_size=2)
        )
        found[address] = judged(
            address,
            draw(st.sampled_from([*PLACES, "unknown", "none"])),
            rank=(low, draw(st.integers(low, 6))),
            effect=draw(st.sampled_from(["", "deny", "review", "derogated", "notice"])),
            judged=draw(st.booleans()),
            existing=draw(st.booleans()),
            others=[
                landing("far", role, draw(names), probable=draw(st.booleans()))
                for role in dict.fromkeys(roles)
            ],
        )
    ends = st.sampled_from(sorted(found)) if found else st.nothing()
    flows = draw(
        st.lists(
            st.builds(flow, ends, ends, st.sampled_from(KINDS), certain=st.booleans()),
            max_size=30 if found else 0,
        )
    )
    back = draw(st.integers(0, len(flows)))
    flows += [flow(one.target, one.source, one.kind) for one in flows[:back]]
    path = draw(st.just("plan.json") | st.text(max_size=8) | st.just(NASTY))
    return decision(list(found.values()), flows, vocabulary=vocabulary, path=path)


def permuted(one: Decision, seed: int) -> Decision:
    """The same in another order."""
    dice = random.Random(seed)
    resources, flows = list(one.resources), list(one.flows)
    dice.shuffle(resources)
    dice.shuffle(flows)
    return msgspec.structs.replace(one, resources=tuple(resources), flows=tuple(flows))
