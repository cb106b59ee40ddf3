from __future__ import annotations

import pytest

from guardrail.model import Evidence

FIRM = ["VALUE", "WITNESS", "CONSTANT", "SOURCE", "ATTESTED"]


@pytest.mark.parametrize("evidence", Evidence)
def test_a_hint_or_a_default_may_never_permit(evidence: Evidence) -> None:
    assert evidence.firm is (evidence.name in FIRM)


def test_evidence_prints_its_step_of_the_ladder() -> None:
    assert [one.code for one in Evidence] == ["E1", "E2", "E3", "E4", "E5", "E6", "E7"]
