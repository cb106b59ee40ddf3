from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.openstack.minicloud import Minicloud
from tests.openstack.tenants import PROBES, Tenants, furnish, until_taken_up
from tests.openstack.tools import install


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Generator[None, Any, Any]:
    """Beside a failure, what the services complained of last."""
    report = yield
    cloud = getattr(item, "funcargs", {}).get("cloud")
    if report.failed and isinstance(cloud, Minicloud):
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
def enforced(cloud: Minicloud, tenants: Tenants) -> Iterator[None]:
    """Every test begins, and leaves the cloud, with the filter in force alone."""
    yield
    for service in ("nova", "cinder"):
        (cloud.folder / "etc" / service / "policy.yaml").write_text("{}\n")
    cloud.admit()
    for service in PROBES:
        until_taken_up(partial(tenants.refused, service))
