"""`make_url`.

Source: OpenStack, heat, heat/engine/hot/functions.py (`MakeURL`), 27.0.1,
https://opendev.org/openstack/heat
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.inputs.heat.arguments import mapped, text_of

_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
)


def _quoted(value: Any, safe: str = "") -> str:
    """`value` as it may stand in a URL.

    Source: IETF, RFC 3986, section 2, 2005-01, https://www.rfc-editor.org/rfc/rfc3986
    """
    allowed = _UNRESERVED | set(safe)
    return "".join(
        chr(byte) if chr(byte) in allowed else f"%{byte:02X}"
        for byte in text_of(value).encode()
    )


def make_url(args: Any) -> str:
    """`make_url`, where there is a host.

    Raises:
        ValueError: There is no host, or the scheme or port is none.
    """
    stated = mapped(args)
    scheme, host = text_of(stated.get("scheme", "")), text_of(stated.get("host", ""))
    if ":" in scheme or not host:
        raise ValueError("a scheme and a host are expected")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    host = _quoted(host, ":")
    place = _login(stated) + (f"[{host}]" if ":" in host else host) + _port(stated)
    path = _quoted(stated.get("path", ""), "/")
    url = "//" + place + ("/" if path and path[:1] != "/" else "") + path
    query = _query(mapped(stated.get("query", {})))
    fragment = _quoted(stated.get("fragment", ""), "/")
    return "".join(
        (
            f"{scheme}:" if scheme else "",
            url,
            f"?{query}" if query else "",
            f"#{fragment}" if fragment else "",
        )
    )


def _login(stated: Mapping[str, Any]) -> str:
    user = _quoted(stated.get("username", ""))
    word = _quoted(stated.get("password", ""))
    return f"{user}{':' if word else ''}{word}@" if user or word else ""


def _port(stated: Mapping[str, Any]) -> str:
    """The port with its mark.

    Raises:
        ValueError: It is none.
    """
    port = stated.get("port", "")
    if port == "":
        return ""
    if not 0 < int(port) <= 65535:
        raise ValueError("a port is expected")
    return f":{port}"


def _query(stated: Mapping[str, Any]) -> str:
    pairs = (
        f"{_quoted(key, ' ')}={_quoted(str(value), ' ')}"
        for key, value in stated.items()
    )
    return "&".join(pairs).replace(" ", "+").replace("%2F", "/")
