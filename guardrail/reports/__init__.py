"""One writer for each format: decisions in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TypeAlias

from guardrail.decision import Decision
from guardrail.reports.json_v1 import render_json
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import render_text

Writer: TypeAlias = Callable[[Sequence[Decision], Rendering], bytes]
"""Gives the whole report as UTF-8, ending in a line end."""


def _later(module: str, name: str) -> Writer:
    """A writer that is read when it is used: a run that does not pays nothing."""

    def write(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
        writer: Writer = getattr(import_module(f"guardrail.reports.{module}"), name)
        return writer(decisions, rendering)

    return write


WRITERS: Mapping[str, Writer] = {
    "atlantis": _later("atlantis", "render_atlantis"),
    "code-quality": _later("code_quality", "render_code_quality"),
    "github": _later("annotations", "render_annotations"),
    "json": render_json,
    "junit": _later("junit", "render_junit"),
    "markdown": _later("markdown", "render_markdown"),
    "sarif": _later("sarif", "render_sarif"),
    "text": render_text,
}

__all__ = ["WRITERS", "Rendering", "Writer", "render_json", "render_text"]
