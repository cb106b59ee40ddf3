"""Kinds of resources, by what they do with data."""

from __future__ import annotations

HOLD = frozenset({"data", "backup", "log", "secret", "compute"})
"""Kinds that keep data; of the others nothing is expected but what passes."""
DESCRIBES = "config"
"""The kind of what only describes: all that is made of it is judged by itself."""
JUDGED_ALWAYS = HOLD | {"egress", "cdn"}
"""Kinds that are judged whether or not anything is known of what they hold or pass."""
