"""Commands of GitHub's workflows: the worst findings beside the lines of a change.

It shows ten errors and ten warnings of a step, so no more are written; names of
resources come from strangers, so every part is escaped.

Source: GitHub, workflow commands; actions/toolkit, packages/core/src/command.ts
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.decision import Decision, Effect
from guardrail.reports.entries import Entry, all_entries
from guardrail.reports.rendering import Rendering

_COMMANDS = {Effect.DENY: "error", Effect.REVIEW: "warning"}
_MOST = 10


def render_annotations(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The worst findings as workflow commands, an empty text where there is none."""
    found = all_entries(decisions, rendering)
    lines = [
        _command(name, one)
        for effect, name in _COMMANDS.items()
        for one in [entry for entry in found if entry.effect is effect][:_MOST]
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _command(name: str, entry: Entry) -> str:
    places = {"file": entry.file, "line": str(entry.line), "title": entry.rule}
    stated = ",".join(f"{key}={_property(value)}" for key, value in places.items())
    said = f"{entry.address}: {entry.text}".removeprefix(": ")
    return f"::{name} {stated}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
