"""What the filter adds to a request stays within what is promised."""

from __future__ import annotations

import pytest

from tests.bench import admission


def test_the_median_request_costs_less_than_five_milliseconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "REQUESTS", 200)
    found = admission.measure()

    assert found["allow, known"] < admission.LIMIT_MS
    assert found["deny, known"] < admission.LIMIT_MS
