"""What the filter adds to a request stays within what is promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardrail.model import LONGEST, Memory
from guardrail.openstack.placed import SERVER, Placed, stack_of
from guardrail.openstack.regime import Regimes
from tests.bench import admission
from tests.unit.openstack.made import regimes


@pytest.mark.alone
def test_the_median_request_costs_less_than_five_milliseconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "REQUESTS", 200)
    found = admission.measure()

    assert found.keys() == {"allow, known", "allow, new", "deny, known", "deny, new"}
    assert found["allow, known"] < admission.LIMIT_MS
    assert found["deny, known"] < admission.LIMIT_MS


def test_what_all_refusals_share_is_worked_out_once(in_force: Regimes) -> None:
    """Where else the data could go is asked of every offer: most of the work."""
    regime = in_force.current()

    def others(project: str, zone: str) -> tuple[str, ...]:
        placed = Placed(type=SERVER, attributes={"availability_zone": zone})
        stack = stack_of([placed], project, regime.settings.cloud, "nova")
        decision = regime.decide(stack, regime.labels("sensitive"))
        return decision.findings[0].breach.alternatives

    assert others("one", "standard")
    assert others("one", "standard") is others("two", "elsewhere")


@pytest.mark.parametrize(
    ("size", "remembered"), [(255, True), (5000, False)], ids=["short", "long"]
)
def test_a_decision_on_a_large_request_is_not_remembered(
    in_force: Regimes, size: int, remembered: bool
) -> None:
    regime = in_force.current()
    zone = {"availability_zone": "z" * size}
    stack = stack_of(
        [Placed(type=SERVER, attributes=zone)], "p", regime.settings.cloud, "nova"
    )
    found = regime.decide(stack, ())

    assert (regime.decide(stack, ()) is found) == remembered


def test_strangers_do_not_fill_the_memory(tmp_path: Path) -> None:
    """A place that is named is remembered; no long one, and never more than some."""
    regime = regimes(tmp_path).current()
    kept: Memory[object] = Memory(8)
    regime.knowledge.catalogue.located = kept

    def ask(zone: str) -> int:
        placed = Placed(type=SERVER, attributes={"availability_zone": zone})
        stack = stack_of([placed], "p", regime.settings.cloud, "nova")
        regime.decide(stack, ())
        return len(kept)

    assert ask("z" * (LONGEST + 1)) == 0
    assert max(ask(f"zone-{number}") for number in range(40)) == 8
