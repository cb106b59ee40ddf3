"""Projects on the minicloud, labelled in Keystone, and what their servers need."""

from __future__ import annotations

import secrets
from functools import cache, partial
from typing import Any, NamedTuple

import openstack
import pytest
import requests

from tests.openstack.minicloud import PASSWORD, Minicloud
from tests.waiting import LIMIT_S, until

QUIET = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning", "ignore::DeprecationWarning"
)
"""openstacksdk warns of itself at every connection."""
ONE_CLOUD = pytest.mark.xdist_group("openstack")
"""All tests share one control plane, so one process runs them."""
PATIENCE: dict[str, Any] = {"wait": LIMIT_S, "interval": 0.5}
"""How openstacksdk waits for what a service makes."""
LABELS = {
    "sensitive": ["data_class=sensitive"],
    "internal": ["data_class=internal"],
    "unlabelled": [],
}

PROBES: dict[str, tuple[str, dict[str, Any]]] = {
    "nova": (
        "/v2.1/servers",
        {
            "server": {
                "name": "x",
                "flavorRef": "none",
                "imageRef": "",
                "availability_zone": "standard",
            }
        },
    ),
    "cinder": (
        "/v3/{}/volumes",
        {"volume": {"size": "none", "availability_zone": "standard"}},
    ),
    "heat": (
        "/v1/{}/stacks",
        {"stack_name": "x", "template_url": "http://127.0.0.1:9"},
    ),
    "glance": ("/v2/images", {"name": "x", "disk_format": "none"}),
    "neutron": (
        "/v2.0/networks",
        {"network": {"name": "x", "tags": ["data_class=sensitive"]}},
    ),
}
"""Requests that the filter judges and that no service accepts, so they leave nothing."""


class Tenants(NamedTuple):
    """The projects by name, and what all may use."""

    cloud: Minicloud
    ids: dict[str, str]
    image: str
    flavor: str
    network: str

    def connect(self, project: str) -> Any:
        """A connection of openstacksdk in a project."""
        return connection(self.cloud, project)

    def probe(self, service: str, project: str = "sensitive") -> requests.Response:
        """What comes of a request for the standard zone that is otherwise no good."""
        path, body = PROBES[service]
        found = path.format(self.ids.get(project, project))
        return self.post(service, found, project, json=body)

    def refused(self, service: str) -> bool:
        """Whether the filter of a service refuses sensitive data in a bad place."""
        return "guardrail: refused" in self.probe(service).text

    def _let_through(self, service: str) -> bool:
        return not self.refused(service)

    def let_observe(self) -> None:
        """Every filter observes from now on, until the test ends."""
        self.cloud.files.observe()
        for service in PROBES:
            until(partial(self._let_through, service), f"{service} is observed")

    def restore(self) -> None:
        """Every filter enforces again, and no policy asks us."""
        if self.cloud.files.restore():
            for service in PROBES:
                until(partial(self.refused, service), f"{service} is guarded")

    def server(self, zone: str | None, **more: Any) -> dict[str, Any]:
        """The arguments of a server in a zone."""
        stated = {} if zone is None else {"availability_zone": zone}
        return {
            "name": "s",
            "image_id": self.image,
            "flavor_id": self.flavor,
            "networks": [{"uuid": self.network}],
            **stated,
            **more,
        }

    def post(
        self, service: str, path: str, project: str, **how: Any
    ) -> requests.Response:
        """What a service answers to a request that is put together by hand."""
        token = self.connect(project).session.get_token()
        headers = {"X-Auth-Token": token, **how.pop("headers", {})}
        url = self.cloud.url(service) + path
        return requests.post(url, headers=headers, timeout=600, **how)


@cache
def connection(cloud: Minicloud, project: str = "admin") -> Any:
    return openstack.connect(
        auth_url=cloud.auth_url,
        username="admin",
        password=PASSWORD,
        project_name=project,
        user_domain_id="default",
        project_domain_id="default",
        region_name="RegionOne",
    )


def furnish(cloud: Minicloud) -> Tenants:
    """Make the projects, an image, a flavor, a network, and the zones of Nova."""
    admin = connection(cloud)
    user = admin.identity.find_user("admin", domain_id="default", ignore_missing=False)
    roles = [
        admin.identity.find_role(name, ignore_missing=False)
        for name in ("admin", "heat_stack_owner")
    ]
    ids = {}
    for name, tags in LABELS.items():
        project = admin.identity.create_project(
            name=name, domain_id="default", tags=tags
        )
        ids[name] = project.id
        for role in roles:
            admin.identity.assign_project_role_to_user(project, user, role)
    for zone in ("qualified", "standard"):
        aggregate = admin.compute.create_aggregate(name=zone, availability_zone=zone)
        admin.compute.add_host_to_aggregate(aggregate, f"{zone}-host")
    stores = admin.block_storage
    until(lambda: len([*stores.backend_pools()]) == 2, "Cinder's scheduler knows both")
    flavor = admin.compute.create_flavor(name="small", ram=64, vcpus=1, disk=1)
    network = admin.network.create_network(name="shared", shared=True)
    admin.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.5.0.0/24")
    # The image is public in both meanings: nobody can see whose it is otherwise.
    image = admin.image.create_image(
        name="tiny",
        data=b"x" * 1000,
        disk_format="raw",
        container_format="bare",
        visibility="public",
        data_class="public",
    )
    return Tenants(cloud, ids, image.id, flavor.id, network.id)


def fresh(name: str) -> str:
    """A name that nothing has yet."""
    return f"{name}-{secrets.token_hex(4)}"
