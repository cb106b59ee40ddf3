from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guardrail.openstack.admission import Admission
from guardrail.openstack.neighbours import Neighbours
from guardrail.openstack.regime import Regimes
from guardrail.openstack.settings import Neighbours as Stated
from tests.unit.openstack.made import (
    Answer,
    Neighbour,
    Service,
    call,
    environ,
    neighbours,
    regimes,
)


@pytest.fixture(scope="session")
def in_force(tmp_path_factory: pytest.TempPathFactory) -> Regimes:
    return regimes(tmp_path_factory.mktemp("guard"))


@pytest.fixture(scope="session")
def catalogue() -> Iterator[str]:
    """Other services, of which nothing is shown but what a test puts there."""
    with neighbours() as found:
        yield found


@pytest.fixture
def shown(catalogue: str, in_force: Regimes) -> Iterator[dict[str, object]]:
    """What the other services show, by path."""
    in_force.current().neighbours = Neighbours(Stated(), "RegionOne")
    Neighbour.shown = {}
    Neighbour.asked = []
    yield Neighbour.shown
    Neighbour.shown = {}


@pytest.fixture
def ask(in_force: Regimes, catalogue: str) -> Callable[..., Answer]:
    """Send one request to a service behind the filter."""

    def send(
        service: str,
        line: str,
        body: object = None,
        project: str = "sensitive",
        behind: Service | None = None,
        **more: Any,
    ) -> Answer:
        more.setdefault("HTTP_X_SERVICE_CATALOG", catalogue)
        more.setdefault("HTTP_X_AUTH_TOKEN", "token")
        method, _space, path = line.partition(" ")
        application = Admission(behind or Service(), service, in_force)
        return call(application, environ(method, path, body, project, **more))

    return send
