"""GitLab's Code Quality report: shown in a merge request, it blocks nothing itself.

Source: GitLab, code quality report format.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guardrail.decision import Decision, Effect
from guardrail.reports.entries import all_entries
from guardrail.reports.rendering import Rendering

_SEVERITIES = {
    Effect.DENY: "blocker",
    Effect.REVIEW: "major",
    Effect.DEROGATED: "info",
    Effect.NOTICE: "info",
}


def render_code_quality(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The findings as a list of issues."""
    issues = {
        one.fingerprint: {
            "description": f"{one.address}: {one.text}".removeprefix(": "),
            "check_name": one.rule,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.effect],
            "location": {"path": one.file, "lines": {"begin": one.line}},
        }
        for one in all_entries(decisions, rendering)
    }
    return msgspec.json.encode(list(issues.values())) + b"\n"
