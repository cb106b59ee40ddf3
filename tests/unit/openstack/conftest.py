from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.openstack.admission import Admission
from guardrail.openstack.regime import Regimes
from tests.unit.openstack.made import Answer, Service, call, environ, regimes


@pytest.fixture(scope="session")
def in_force(tmp_path_factory: pytest.TempPathFactory) -> Regimes:
    return regimes(tmp_path_factory.mktemp("guard"))


@pytest.fixture
def ask(in_force: Regimes) -> Callable[..., Answer]:
    """Send one request to a service behind the filter."""

    def send(
        service: str,
        line: str,
        body: object = None,
        project: str = "sensitive",
        behind: Service | None = None,
        **more: Any,
    ) -> Answer:
        method, _space, path = line.partition(" ")
        application = Admission(behind or Service(), service, in_force)
        return call(application, environ(method, path, body, project, **more))

    return send
