"""One writer for each format: decisions in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from guardrail.decision import Decision
from guardrail.reports.json_v1 import render_json
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import render_text

Writer: TypeAlias = Callable[[Sequence[Decision], Rendering], str]
"""Gives the whole report, ending in a line end; the verdict does not depend on it."""

WRITERS: Mapping[str, Writer] = {
    "json": render_json,
    "text": render_text,
}

__all__ = ["WRITERS", "Rendering", "Writer", "render_json", "render_text"]
