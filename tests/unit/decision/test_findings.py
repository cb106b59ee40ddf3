from __future__ import annotations

from typing import Any

import pytest

from guardrail.decision import Breach, Effect, Finding, ordered
from guardrail.model import Known, Unknown
from tests.unit.policy.made import landing
from tests.unit.policy.test_rules import rule


def finding(address: str = "a.b", **stated: Any) -> Finding:
    given: dict[str, Any] = {
        "rule": rule(),
        "effect": Effect.DENY,
        "landing": landing(),
        "missing": (),
    }
    existing = stated.pop("existing", False)
    return Finding(address, Breach(**{**given, **stated}), existing)


def test_what_is_there_already_is_only_a_notice() -> None:
    assert finding(existing=True).effect is Effect.NOTICE
    assert finding().effect is Effect.DENY


def test_the_same_finding_has_the_same_fingerprint() -> None:
    assert finding().fingerprint == finding(effect=Effect.REVIEW).fingerprint
    assert len(finding().fingerprint) == 32


@pytest.mark.parametrize(
    "changed",
    [
        {"address": "a.c"},
        {"rule": rule(id="other")},
        {"landing": landing(role="replica")},
        {"landing": landing(offer=Known("two"))},
        {"landing": landing(offer=Unknown("?"))},
    ],
)
def test_another_rule_address_or_destination_has_another_fingerprint(
    changed: dict[str, Any],
) -> None:
    assert finding(**changed).fingerprint != finding().fingerprint


def test_a_fingerprint_cannot_be_forged_by_moving_a_mark() -> None:
    one = finding("b", rule=rule(id="a\0primary"))
    other = finding("primary\0b", rule=rule(id="a"))

    assert one.fingerprint != other.fingerprint


def test_findings_stand_worst_first_then_by_rule_address_and_landing() -> None:
    wanted = [
        finding("z"),
        finding("a", effect=Effect.REVIEW, rule=rule(id="one")),
        finding("b", effect=Effect.REVIEW, rule=rule(id="one")),
        finding("a", effect=Effect.REVIEW, rule=rule(id="two")),
        finding(
            "a",
            effect=Effect.REVIEW,
            rule=rule(id="two"),
            landing=landing(role="replica"),
        ),
        finding("a", effect=Effect.DEROGATED),
        finding("a", effect=Effect.NOTICE),
        finding("b", existing=True),
    ]

    assert list(ordered(wanted[::-1])) == wanted
