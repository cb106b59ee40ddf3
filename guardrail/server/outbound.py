"""Where the server may call: hosts on a list, at public addresses, over TLS.

A callback address comes from outside, and a credential goes to it. That a name points
at a private address is found before anything is sent; that it does not change in
between is what TLS is for, as the host must prove its name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import httpx2 as httpx
import msgspec

from guardrail.errors import GuardrailError


class ForbiddenError(GuardrailError):
    """A place that the server may not call."""


class Hosts(msgspec.Struct, frozen=True, kw_only=True):
    """The places that may be called."""

    names: tuple[str, ...]
    """Host names; `*.` at the beginning stands for any labels before the rest."""
    private: bool = False
    """Whether they may lie at private addresses."""
    plain: bool = False
    """Whether they may be called without TLS: for tests on one machine."""

    def named(self, host: str) -> bool:
        """Whether `host` is on the list."""
        return any(
            host.endswith(name[1:]) if name.startswith("*.") else host == name
            for name in self.names
        )


async def allowed(url: str, hosts: Hosts) -> httpx.URL:
    """`url`, if it may be called.

    Raises:
        ForbiddenError: It may not.
    """
    try:
        named = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ForbiddenError("it is no address") from error
    host = named.raw_host.decode("ascii").lower().rstrip(".")
    if named.scheme != "https" and not (named.scheme == "http" and hosts.plain):
        raise ForbiddenError("it is no address with https", where=host)
    if named.userinfo:
        raise ForbiddenError("an address with a user name is not called", where=host)
    if not hosts.named(host):
        raise ForbiddenError("the host is not on the list of hosts", where=host)
    if not hosts.private:
        await _public(host, named.port or 443)
    return named


async def _public(host: str, port: int) -> None:
    """Nothing, if every address of a host is a public one.

    Raises:
        ForbiddenError: One is not, or there is none.
    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ForbiddenError("the host has no address", where=host) from error
    for *_rest, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise ForbiddenError("the host lies at a private address", where=host)
