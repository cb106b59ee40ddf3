"""What may be inferred where nobody says it: the shape of `classes/inferred.yaml`."""

from __future__ import annotations

import msgspec


class Directions(msgspec.Struct, frozen=True, kw_only=True):
    """Words in the name of an argument that say which way data goes."""

    incoming: tuple[str, ...] = ()
    """From what the argument names: `source`, `snapshot`, …"""
    outgoing: tuple[str, ...] = ()
    """To what it names: `destination`, `backup`, …"""
    addresses: tuple[str, ...] = ()
    """Attributes of the one named that are enough to read its data: `endpoint`, …"""


class Inference(msgspec.Struct, frozen=True, kw_only=True):
    """What may be inferred, and from what."""

    directions: Directions = Directions()
    identities: tuple[str, ...] = ()
    """Attributes that name one resource and no other: `id`, `arn`, …"""
    names: tuple[str, ...] = ()
    """Attributes that hold a name, which others may bear too."""
