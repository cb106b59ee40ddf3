"""The stack as a picture: where everything lies, and where the data goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from guardrail.decision import Decision
from guardrail.reports.picture.dot import dot
from guardrail.reports.picture.gather import gathered
from guardrail.reports.picture.grouping import LEVELS
from guardrail.reports.picture.mermaid import mermaid
from guardrail.reports.picture.scene import Scene
from guardrail.reports.picture.svg import svg
from guardrail.reports.rendering import Rendering

Drawer: TypeAlias = Callable[[Decision, Scene, Rendering], bytes]
"""Gives the whole picture as UTF-8, ending in a line end."""

DRAWERS: Mapping[str, Drawer] = {"svg": svg, "mermaid": mermaid, "dot": dot}


def picture(
    decision: Decision, rendering: Rendering, *, format_: str, grouping: str = "auto"
) -> bytes:
    """The picture of `decision`; the same for the same, whatever the order."""
    scene = gathered(decision, grouping)
    return DRAWERS[format_](decision, scene, rendering)


__all__ = ["DRAWERS", "LEVELS", "picture"]
