"""What readers take from the decoded bodies of requests and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(found: object) -> Mapping[str, Any]:
    """`found`, if it is an object; else an empty one."""
    return found if isinstance(found, dict) else {}


def listed(found: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    items = found if isinstance(found, list) else []
    return [one for one in items if isinstance(one, dict)]


def text(found: object) -> str:
    """`found`, if it is a text; else an empty one."""
    return found if isinstance(found, str) else ""


def zone_of(stated: object) -> str:
    """The availability zone that is stated for a server; "" when that is not known.

    `zone:host` and `zone::node` lead to the host, which may be in any other zone: Nova
    does not compare them.
    """
    zone, _colon, host = text(stated).partition(":")
    return "" if host.strip(":") else zone


def labels(
    found: Mapping[str, Any], wanted: tuple[str, ...] = ()
) -> tuple[dict[str, Any], frozenset[str]]:
    """The labels of an object, and those of `wanted` that it does not show."""
    shown = {name: found[name] for name in ("metadata", "tags") if found.get(name)}
    return shown, frozenset(name for name in wanted if name not in found)


def relabelled(
    attributes: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """`attributes` with metadata put over those there; what they hide still counts.

    So a label that is lowered stands beside the old one, and the class is open.
    """
    old = mapping(attributes.get("metadata"))
    hidden = {key: old[key] for key in old if key in given}
    return {**attributes, "metadata": {**old, **given}, "all_metadata": hidden}
