"""Every kind of request that a service takes is in our tables."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from guardrail.openstack.admission import SURFACES
from guardrail.openstack.call import OTHER, route_of
from tests.openstack.tools import FIXTURES, install

pytestmark = pytest.mark.openstack


@pytest.mark.parametrize(
    "service", sorted(name for name in SURFACES if SURFACES[name].other is OTHER)
)
def test_no_request_of_a_release_is_unheard_of(service: str) -> None:
    done = subprocess.run(
        [install() / "bin" / "python", "-W", "ignore", FIXTURES / "api_routes.py", service],
        env={**os.environ, "OS_NOVA_DISABLE_EVENTLET_PATCHING": "true"},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    routes = json.loads(done.stdout[done.stdout.index("[[") :])
    unheard = []
    for method, path in routes:
        asked = {"REQUEST_METHOD": method, "PATH_INFO": path}
        found = route_of(asked, SURFACES[service])
        if found is not None and found[0] is OTHER:
            unheard.append((method, path))

    assert len(routes) > 15
    assert unheard == []
