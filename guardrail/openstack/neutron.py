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
        single = [mapping(body[one])] if one in body else []
        asked = [*single, *listed(body.get(several))]
        return [_placed(kind, mapping(each.get(one)) or each) for each in asked]

    return read


def _placed(kind: str, asked: Mapping[str, Any]) -> Placed:
    attributes = {
        name: asked[name]
        for name in ("tags", "availability_zone_hints")
        if name in asked
    }
    owner = text(asked.get("project_id")) or text(asked.get("tenant_id"))
    return Placed(type=kind, attributes=attributes, project=owner)


def led_elsewhere(call: Call) -> Sequence[Placed]:
    """The connection, where its other end changes."""
    asked = mapping(mapping(call.body).get("ipsec_site_connection"))
    moves = any(name.startswith("peer_") for name in asked)
    return [_placed(TUNNEL, asked)] if moves else []


_TUNNELS = _made(TUNNEL, "ipsec_site_connection", "ipsec_site_connections")
_MIRRORS = _made(TUNNEL, "tap_mirror", "tap_mirrors")
# Neutron keeps no data. What leads it out of the cloud is judged, and what says of
# itself what it will carry; all the rest of a surface that plugins extend passes.
SURFACE = Surface(
    judged=(
        Route(("POST",), "networks", _made(NETWORK, "network", "networks")),
        Route(("POST",), "routers", _made(ROUTER, "router", "routers")),
        Route(("POST",), "vpn/ipsec-site-connections", _TUNNELS),
        Route(("POST",), "vpn/ipsec_site_connections", _TUNNELS),
        Route(("PUT",), "vpn/ipsec-site-connections/{}", led_elsewhere),
        Route(("PUT",), "vpn/ipsec_site_connections/{}", led_elsewhere),
        Route(("POST",), "taas/tap-mirrors", _MIRRORS),
        Route(("POST",), "taas/tap_mirrors", _MIRRORS),
    )
)
