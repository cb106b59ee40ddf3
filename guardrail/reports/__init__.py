"""One writer for each format: decisions in, bytes out, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TypeAlias

from guardrail.decision import Decision
from guardrail.reports.json_v1 import json_pieces, render_json
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import render_text

Writer: TypeAlias = Callable[[Sequence[Decision], Rendering], Iterable[bytes]]
"""Gives the pieces of the report: UTF-8, ending in a line end."""


def _whole(module: str, name: str) -> Writer:
    """A writer of one piece, read when it is used: a run that does not pays nothing."""

    def write(decisions: Sequence[Decision], rendering: Rendering) -> Iterator[bytes]:
        writer = getattr(import_module(f"guardrail.reports.{module}"), name)
        yield writer(decisions, rendering)

    return write


WRITERS: Mapping[str, Writer] = {
    "atlantis": _whole("atlantis", "render_atlantis"),
    "code-quality": _whole("code_quality", "render_code_quality"),
    "github": _whole("annotations", "render_annotations"),
    "json": json_pieces,
    "junit": _whole("junit", "render_junit"),
    "markdown": _whole("markdown", "render_markdown"),
    "sarif": _whole("sarif", "render_sarif"),
    "text": _whole("text", "render_text"),
}

__all__ = ["WRITERS", "Rendering", "Writer", "render_json", "render_text"]
