from __future__ import annotations

from collections.abc import Mapping

import pytest

from guardrail.placement.hosts import host_of, matches, pattern_of

HOST = "oos.cloudgouv-eu-west-1.outscale.com"


@pytest.mark.parametrize(
    "address",
    [
        HOST,
        f"https://{HOST}",
        f"  https://{HOST}/  ",
        f"https://{HOST}:443/path?query#fragment",
        f"https://{HOST}:/",
        f"https://{HOST}?x=https://evil.io",
        f"https://{HOST}#@evil.io",
        f"{HOST}:443",
        f"{HOST}/path",
        f"{HOST}/?next=https://evil.io",
        f"https://key:secret@{HOST}/",
        f"https://evil.io%2F@{HOST}/",
        f"HTTPS://{HOST.upper()}",
        f"https://{HOST}./",
        "https://oos。cloudgouv-eu-west-1。outscale。com/",
        "https://ｏｏｓ.cloudgouv-eu-west-1.outscale.com",
    ],
)
def test_every_way_to_write_a_host_gives_one_form(address: str) -> None:
    assert host_of(address) == HOST


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://outscale.com@evil.io", "evil.io"),
        ("https://outscale.com:443@evil.io", "evil.io"),
        ("outscale.com@evil.io", "evil.io"),
        ("https://evil.io#@outscale.com", "evil.io"),
        ("https://evil.io?@outscale.com", "evil.io"),
        ("https://evil.io/@outscale.com", "evil.io"),
        ("evil.io/?x=https://outscale.com", "evil.io"),
        ("https://10.0.0.1:8443/", "10.0.0.1"),
        ("localhost", "localhost"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_host_is_the_one_that_is_called(address: str, host: str) -> None:
    assert host_of(address) == host


def test_a_letter_that_only_looks_the_same_is_another_host() -> None:
    assert host_of("https://оutscale.com") == "xn--utscale-8ig.com"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "https://",
        "//outscale.com",
        "/v3",
        "https:outscale.com",
        "https://outscale.com:port/",
        "https://outscale.com:٤٤٣/",
        "https://[2001:db8::1]:443/",
        "2001:db8::1",
        "https://outscale.com../",
        "https://.outscale.com/",
        "https://out scale.com/",
        "https://out\tscale.com/",
        "https://outscale.com\n.evil.io/",
        "https://outscale.com%2eevil.io/",
        "https://evil.io\\@outscale.com/",
        "https://outscale.com\\.evil.io/",
        "https://a@b@outscale.com/",
        "https://*.outscale.com/",
        "https://${var.host}/",
        "https://{region}.outscale.com/",
        "https://out\u200bscale.com/",
        "https://\u2603\ufe0f\u0301.example/",
        f"https://{'a' * 64}.com/",
        f"https://{HOST}/{'a' * 2048}",
    ],
)
def test_what_is_not_one_host_beyond_doubt_is_none(address: str) -> None:
    assert host_of(address) is None


@pytest.mark.parametrize(
    ("pattern", "host", "captured"),
    [
        ("api.scaleway.com", "api.scaleway.com", {}),
        ("*.scaleway.com", "api.scaleway.com", {}),
        ("**.scaleway.com", "api.scaleway.com", {}),
        ("**.scaleway.com", "a.b.c.scaleway.com", {}),
        ("s3.{region}.x.com", "s3.fr-par.x.com", {"region": "fr-par"}),
        ("s3-{region}.x.com", "s3-fr-par.x.com", {"region": "fr-par"}),
        ("{region}-s3.x.com", "fr-par-s3.x.com", {"region": "fr-par"}),
        ("a{region}b.x.com", "a1b.x.com", {"region": "1"}),
        (
            "{service}.{region}.outscale.com",
            "oos.eu-west-2.outscale.com",
            {"service": "oos", "region": "eu-west-2"},
        ),
        ("**.{region}.x.com", "a.b.fr-par.x.com", {"region": "fr-par"}),
    ],
)
def test_a_pattern_matches_label_by_label(
    pattern: str, host: str, captured: Mapping[str, str]
) -> None:
    assert matches(pattern, host) == captured


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("api.scaleway.com", "api.scaleway.com.evil.io"),
        ("api.scaleway.com", "evil-api.scaleway.com"),
        ("*.scaleway.com", "scaleway.com"),
        ("*.scaleway.com", "a.b.scaleway.com"),
        ("**.scaleway.com", "scaleway.com"),
        ("**.scaleway.com", "evilscaleway.com"),
        ("**.scaleway.com", "a.scaleway.com.evil.io"),
        ("s3-{region}.x.com", "s3-.x.com"),
        ("s3-{region}.x.com", "s4-fr-par.x.com"),
        ("a{region}a.x.com", "a.x.com"),
        ("aa{region}aa.x.com", "aaa.x.com"),
        ("{region}-s3.x.com", "fr-par-s4.x.com"),
    ],
)
def test_a_pattern_is_never_found_inside_another_host(pattern: str, host: str) -> None:
    assert matches(pattern, host) is None


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("Keystone.Example.", "keystone.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.{region}.BÜCHER.example", "*.{region}.xn--bcher-kva.example"),
        ("https://keystone.example", None),
        ("keystone.example:5000", None),
        ("keystone.example/v3", None),
        ("keystone..example", None),
        ("xn--\N{COMBINING ACUTE ACCENT}.example", None),
    ],
)
def test_a_pattern_is_written_as_a_host_is(written: str, pattern: str | None) -> None:
    assert pattern_of(written) == pattern
