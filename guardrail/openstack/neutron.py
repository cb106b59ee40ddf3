"""Requests to Neutron that place data, or lead it elsewhere.

Source: OpenStack, Networking API v2.0, https://docs.openstack.org/api-ref/network/v2/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guardrail.openstack.bodies import listed, mapping, text
from guardrail.openstack.call import Call, Route, Surface
from guardrail.openstack.placed import NETWORK, ROUTER, TUNNEL, Placed


def _made(kind: str, one: str, several: str) -> Callable[[Call], Sequence[Placed]]:
    """A reader of requests that create one resource of a kind, or several."""

    def read(call: Call) -> Sequence[Placed]:
        """What is made, with the labels that it is given."""
        body = mapping(call.body)
        asked = [mapping(body[one])] if one in body else listed(body.get(several))
        return [_placed(kind, each) for each in asked]

    return read


def _placed(kind: str, asked: Mapping[str, Any]) -> Placed:
    attributes = {
        name: asked[name]
        for name in ("tags", "availability_zone_hints")
        if name in asked
    }
    owner = text(asked.get("project_id")) or text(asked.get("tenant_id"))
    return Placed(type=kind, attributes=attributes, project=owner)


_TUNNELS = _made(TUNNEL, "ipsec_site_connection", "ipsec_site_connections")
# Neutron keeps no data. What leads it out of the cloud is judged, and what says of
# itself what it will carry; all the rest of a surface that plugins extend passes.
SURFACE = Surface(
    judged=(
        Route(("POST",), "networks", _made(NETWORK, "network", "networks")),
        Route(("POST",), "routers", _made(ROUTER, "router", "routers")),
        Route(("POST",), "vpn/ipsec-site-connections", _TUNNELS),
        Route(("POST",), "vpn/ipsec_site_connections", _TUNNELS),
    )
)
