"""What Atlantis takes for a failed policy check, and what for a passed one.

It reads the output and not the exit code: a check has failed when its output begins
with `FAIL`, or counts failures; anything else that is not empty has passed.

Source: runatlantis, atlantis, server/events/project_command_runner.go
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.decision import Decision, Effect, Verdict
from guardrail.model import say
from guardrail.reports.entries import Entry, entries
from guardrail.reports.rendering import Rendering

_BLOCK = frozenset({Effect.DENY, Effect.REVIEW})


def render_atlantis(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The decisions as the output of a policy check."""
    lines = [line for one in decisions for line in _lines(one, rendering)]
    failures = sum(line.startswith("FAIL") for line in lines)
    if failures:
        lines.sort(key=lambda line: not line.startswith("FAIL"))
        lines.append(f"{failures} failures")
    return ("\n".join(lines) + "\n").encode()


def _lines(decision: Decision, rendering: Rendering) -> list[str]:
    path = rendering.say(decision.origin.path)
    if decision.verdict is Verdict.ALLOW:
        said = rendering.say(say("nothing stands against it"))
        return [f"PASS - {path}: {said}"]
    found = [one for one in entries(decision, rendering) if one.effect in _BLOCK]
    # A verdict that no entry explains is not to be lost.
    return [_line(path, one) for one in found] or [f"FAIL - {path}"]


def _line(path: str, entry: Entry) -> str:
    words = " ".join(entry.text.split())
    return f"FAIL - {path} - {entry.address or path} - {entry.rule}: {words}"
