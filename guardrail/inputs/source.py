"""One input, before anything is known of it but that it is a JSON object."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON object with where it came from."""

    path: str
    sha256: str
    """Of the bytes as they were given, hex, lower case."""
    members: Mapping[str, msgspec.Raw]
    """The top-level members, as compact JSON; no key is stated twice."""
