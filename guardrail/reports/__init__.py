"""One writer for each format: decisions in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from guardrail.decision import Decision
from guardrail.reports.json_v1 import render_json
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import render_text

Writer: TypeAlias = Callable[[Sequence[Decision], Rendering], bytes]
"""Gives the whole report as UTF-8, ending in a line end."""

WRITERS: Mapping[str, Writer] = {
    "json": render_json,
    "text": render_text,
}

__all__ = ["WRITERS", "Rendering", "Writer", "render_json", "render_text"]
