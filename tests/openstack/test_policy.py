"""Real services that ask oslo.policy: our rule check in process, and over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from openstack import exceptions

from guardrail.openstack.clock import today
from guardrail.openstack.policy import Endpoint
from guardrail.openstack.regime import Regimes
from tests.openstack.minicloud import Minicloud
from tests.openstack.stacks import ended, stack
from tests.openstack.tenants import ONE_CLOUD, PATIENCE, QUIET, Tenants, fresh
from tests.waiting import until

pytestmark = [pytest.mark.openstack, ONE_CLOUD, QUIET]
MEMBER = "rule:project_member_or_admin"


@pytest.fixture
def checked(cloud: Minicloud, tenants: Tenants) -> None:
    """The filter only observes, and the policies of Nova and Cinder ask us."""
    rules = {
        "nova": f'"os_compute_api:servers:create": "{MEMBER} and guardrail:nova"',
        "cinder": '"volume:create": "guardrail:cinder"',
    }
    ask_by_policy(cloud, tenants, rules)


def ask_by_policy(cloud: Minicloud, tenants: Tenants, rules: dict[str, str]) -> None:
    """Until the test ends, the filters observe, and policies decide."""
    tenants.let_observe()
    for service, rule in rules.items():
        cloud.files.policy(service, rule)
    until(lambda: "Policy" in tenants.probe("nova").text, "Nova asks the policy")


@pytest.mark.usefixtures("checked")
def test_the_rule_check_decides_by_project_and_zone(
    cloud: Minicloud, tenants: Tenants
) -> None:
    compute = tenants.connect("sensitive").compute
    for zone in ("standard", None):
        with pytest.raises(exceptions.ForbiddenException, match="Policy doesn't allow"):
            compute.create_server(**tenants.server(zone))
    server = compute.create_server(**tenants.server("qualified"))
    assert compute.wait_for_server(server, **PATIENCE).status == "ACTIVE"
    internal = tenants.connect("internal").compute
    assert internal.create_server(**tenants.server("standard")).id
    assert '"event": "guardrail.policy"' in cloud.log("nova", "<frozen", "uwsgi")


@pytest.mark.usefixtures("checked")
def test_a_volume_has_no_zone_in_a_policy_so_it_is_refused(tenants: Tenants) -> None:
    body = {"volume": {"size": 1, "availability_zone": "qualified"}}

    def status(project: str) -> int:
        path = f"/v3/{tenants.ids[project]}/volumes"
        return tenants.post("cinder", path, project, json=body).status_code

    until(lambda: status("sensitive") == 403, "Cinder asks the policy")
    assert status("internal") == 202


@pytest.mark.usefixtures("checked")
def test_a_stack_is_refused_by_the_policy_of_what_it_makes(tenants: Tenants) -> None:
    engine = tenants.connect("sensitive").orchestration
    made = engine.create_stack(
        name=fresh("by-policy"), template=stack("standard"), parameters={}
    )
    found = ended(engine, made.id)

    assert found.status == "CREATE_FAILED"
    assert "Policy doesn't allow" in found.status_reason


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        logging.getLogger(__name__).debug(format, *args)


@contextmanager
def answering(path: Path) -> Iterator[str]:
    """Our endpoint on a port of its own, and its address."""
    endpoint = Endpoint(Regimes(path, today))
    with make_server("127.0.0.1", 0, endpoint, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_the_check_over_http_decides_the_same_and_is_closed_when_it_is_down(
    cloud: Minicloud, tenants: Tenants
) -> None:
    compute = tenants.connect("sensitive").compute
    settings = cloud.folder / "guardrail" / "policy-admission.yaml"
    with answering(settings) as url:
        rule = f'"os_compute_api:servers:create": "{MEMBER} and {url}/nova"'
        ask_by_policy(cloud, tenants, {"nova": rule})
        with pytest.raises(exceptions.ForbiddenException):
            compute.create_server(**tenants.server(None))
        server = compute.create_server(**tenants.server("qualified"))
        compute.wait_for_server(server, **PATIENCE)
    with pytest.raises(exceptions.HttpException):
        compute.create_server(**tenants.server("qualified"))
