"""The plans in the repository are what Terraform makes of the code beside them."""

from __future__ import annotations

import pytest

from tests.integration.laboratory import CASES, laboratory, workshop

NOT_A_PLAN = "not-a-plan"
MADE_OF_IT = {NOT_A_PLAN, "tags-only-update"}
"""Both make the same plan, so never at the same time."""


@pytest.mark.terraform
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xdist_group("tags-only-update"))
        if name in MADE_OF_IT
        else name
        for name in (*(case.name for case in CASES), NOT_A_PLAN)
    ],
)
def test_terraform_makes_the_same_plan_again(name: str) -> None:
    assert workshop().differing(name, laboratory()) == []
