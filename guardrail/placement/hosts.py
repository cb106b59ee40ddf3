"""Hosts, compared label by label, and the patterns that name an operator's hosts.

A pattern is a host whose labels may be `*` (one label), `**` first (one label or
more), or hold `{region}` or `{service}` once, with text around it. There is no
substring match: `outscale.com.evil.io` and `evil-outscale.com` are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from guardrail.model import remembered

_LIMIT = 2048
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@remembered(4096)
def host_of(address: str) -> str | None:
    """The host that `address` (a URL or a bare host) calls, in its compared form.

    Lower case, ASCII (IDNA 2008), without user, port and trailing dot. None where it
    cannot be read as one host beyond doubt.
    """
    text = address.strip()
    if len(text) > _LIMIT or "\\" in text or not text.isprintable() or " " in text:
        return None
    scheme, mark, rest = text.partition("://")
    authority = rest if mark and _SCHEME.fullmatch(scheme) else text
    for end in "/?#":
        authority = authority.partition(end)[0]
    if authority.count("@") > 1:
        return None
    host = _without_port(authority.rpartition("@")[2])
    ascii_host = _ascii(host.lower().removesuffix("."))
    if ascii_host is None or not all(map(_is_label, ascii_host.split("."))):
        return None
    return ascii_host


def _without_port(authority: str) -> str:
    host, mark, port = authority.rpartition(":")
    return (
        host if mark and port.isascii() and (port.isdigit() or not port) else authority
    )


def _ascii(host: str) -> str | None:
    if host.isascii():
        return host
    import idna  # costs start-up time, and few hosts need it

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return None


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and _LABEL.issuperset(label)


def pattern_of(text: str) -> str | None:
    """The pattern that a person wrote, in the form in which hosts are compared.

    None where it names no host: it has a port, a path, a scheme.
    """
    made = []
    for label in text.strip().lower().removesuffix(".").split("."):
        is_open = bool(set("*{}") & set(label))
        plain = label if is_open else _ascii(label)
        if plain is None or not (is_open or _is_label(plain)):
            return None
        made.append(plain)
    return ".".join(made)


def matches(pattern: str, host: str) -> Mapping[str, str] | None:
    """What the named parts of `pattern` are in `host`; None where it does not match."""
    wanted, labels = pattern.split("."), host.split(".")
    if wanted[0] == "**":
        wanted = wanted[1:]
        if len(labels) <= len(wanted):
            return None
        labels = labels[len(labels) - len(wanted) :]
    if len(wanted) != len(labels):
        return None
    captured: dict[str, str] = {}
    for want, label in zip(wanted, labels, strict=True):
        if not _label_matches(want, label, captured):
            return None
    return captured


def _label_matches(want: str, label: str, captured: dict[str, str]) -> bool:
    if want in {"*", label}:
        return True
    before, brace, rest = want.partition("{")
    if not brace:
        return False
    name, _brace, after = rest.partition("}")
    middle = label[len(before) : len(label) - len(after)]
    fits = label.startswith(before) and label.endswith(after) and bool(middle)
    if fits:
        captured[name] = middle
    return fits


def moved(pattern: str, host: str, region: str) -> str:
    """`host`, which `pattern` matches, with `region` where the pattern names it."""
    labels = host.split(".")
    for place, want in enumerate(reversed(pattern.split(".")), start=1):
        if "{region}" in want:
            labels[-place] = want.replace("{region}", region)
    return ".".join(labels)
