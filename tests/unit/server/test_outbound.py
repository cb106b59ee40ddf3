"""Where the server may call."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from guardrail.server.outbound import ForbiddenError, Hosts, allowed

HOSTS = Hosts(names=("app.terraform.io", "*.tfe.example"))
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.1"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that every name has."""
    found = [PUBLIC]

    def resolve(*_asked: Any, **_how: Any) -> list[Any]:
        if not found:
            raise socket.gaierror
        return [(0, 0, 0, "", (one, 443)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return found


def ask(url: str, hosts: Hosts = HOSTS) -> str:
    return str(asyncio.run(allowed(url, hosts)))


@pytest.mark.parametrize(
    "url",
    [
        "https://app.terraform.io/x?y", "https://APP.terraform.io./x",
        "https://a.tfe.example:8443/", "https://a.b.tfe.example/",
    ],
)  # fmt: skip
def test_hosts_on_the_list_may_be_called(addresses: list[str], url: str) -> None:
    assert ask(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://app.terraform.io/", "ftp://app.terraform.io/", "app.terraform.io", "",
        "https://app.terraform.io.evil.example/", "https://evil-app.terraform.io/",
        "https://tfe.example/", "https://eviltfe.example/", "https://user@app.terraform.io/",
        "https://evil.example/?app.terraform.io", "https://evil.example#app.terraform.io",
        "https://127.0.0.1/", "https://[::1]/", "https://xn--app-terraform.io/",
        "https://app.terraform.io\\@evil.example/", "https://a b/", "https://[/",
        "https://ａpp.evil.example/", "file:///etc/passwd", "//app.terraform.io/",
    ],
)  # fmt: skip
def test_nothing_else_may_be_called(addresses: list[str], url: str) -> None:
    with pytest.raises(ForbiddenError) as caught:
        ask(url)
    assert "user@" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        PRIVATE, "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1",
    ],
)  # fmt: skip
def test_no_private_address_may_be_called(addresses: list[str], address: str) -> None:
    addresses.append(address)
    with pytest.raises(ForbiddenError, match="private address"):
        ask("https://app.terraform.io/")
    private = Hosts(names=HOSTS.names, private=True)

    assert ask("https://app.terraform.io/", private)


def test_a_name_without_an_address_may_not_be_called(addresses: list[str]) -> None:
    addresses.clear()
    with pytest.raises(ForbiddenError, match="no address"):
        ask("https://app.terraform.io/")


def test_without_tls_only_where_it_is_said() -> None:
    plain = Hosts(names=("localhost",), private=True, plain=True)

    assert ask("http://localhost:8000/x", plain)
    with pytest.raises(ForbiddenError):
        ask("ftp://localhost/", plain)
