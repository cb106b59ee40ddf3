from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.openstack.minicloud import Minicloud
from tests.openstack.tenants import Tenants, furnish
from tests.openstack.tools import install


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, Any, Any]:
    """Beside a failure, what the services complained of last."""
    report = yield
    cloud = getattr(item, "funcargs", {}).get("cloud")
    if report.failed and isinstance(cloud, Minicloud) and cloud.folder.exists():
        complaints = sorted(  # by time
            line
            for line in cloud.log("").splitlines()
            if " WARNING " in line or " ERROR " in line
        )
        report.sections.append(("control plane", "\n".join(complaints[-40:])))
    return report


@pytest.fixture(scope="session")
def cloud() -> Iterator[Minicloud]:
    """The whole control plane, behind the filter."""
    venv = install()
    with tempfile.TemporaryDirectory(prefix="minicloud-") as folder:
        cloud = Minicloud(Path(folder), venv)
        try:
            cloud.up()
            yield cloud
        finally:
            cloud.down()


@pytest.fixture(scope="session")
def tenants(cloud: Minicloud) -> Tenants:
    """Projects of known and unknown classes, with what servers need."""
    return furnish(cloud)


@pytest.fixture(autouse=True)
def enforced(tenants: Tenants) -> Iterator[None]:
    """Every test begins, and leaves the cloud, with the filter in force alone."""
    yield
    tenants.restore()
