"""What a run task answers: a status, a line, and an outcome for each finding.

Source: HashiCorp, web-unified-docs, run-tasks-integration.mdx (callback body, outcomes)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Literal

from guardrail.decision import Decision, Effect, Finding, Verdict
from guardrail.model import say
from guardrail.reports import Rendering
from guardrail.reports.markdown import EFFECTS, plain
from guardrail.reports.wording import message, missing_in_words

Status = Literal["running", "passed", "failed"]
_LEVELS = {
    Effect.DENY: "error",
    Effect.REVIEW: "warning",
    Effect.DEROGATED: "info",
    Effect.NOTICE: "none",
}
_MOST_OUTCOMES = 100
_MOST_ADDRESSES = 50
_LONGEST_BODY = 200_000


def status_of(verdict: Verdict) -> Status:
    """The status of a verdict: only what is allowed has passed."""
    return "passed" if verdict is Verdict.ALLOW else "failed"


def result(
    status: Status, line: str, outcomes: Iterable[dict[str, Any]] = (), url: str = ""
) -> dict[str, Any]:
    """The body of a callback."""
    attributes: dict[str, Any] = {"status": status, "message": line}
    if url:
        attributes["url"] = url
    document: dict[str, Any] = {"type": "task-results", "attributes": attributes}
    listed = list(outcomes)
    if listed:
        document["relationships"] = {"outcomes": {"data": listed}}
    return {"data": document}


def outcomes_of(decision: Decision, rendering: Rendering) -> list[dict[str, Any]]:
    """One outcome for each rule and effect, worst first."""
    rules = groupby(decision.findings, key=lambda one: (one.effect, one.breach.rule.id))
    made = [_outcome(list(found), rendering) for _key, found in rules]
    return made[:_MOST_OUTCOMES]


def _outcome(found: list[Finding], rendering: Rendering) -> dict[str, Any]:
    rule, effect = found[0].breach.rule, found[0].effect
    label, level = EFFECTS[effect], _LEVELS[effect]
    body = "\n".join(_body(found, rendering))
    status = {"label": rendering.say(label), "level": level}
    return {
        "type": "task-result-outcomes",
        "attributes": {
            "outcome-id": rule.id,
            "description": rule.title[rendering.language],
            "body": body[:_LONGEST_BODY],
            "tags": {"Status": [status], "Severity": [status]},
        },
    }


def _body(found: list[Finding], rendering: Rendering) -> Iterator[str]:
    """Markdown: each address with its reason, then what to do."""
    for one in found[:_MOST_ADDRESSES]:
        yield f"- `{_code(one.address)}`: {plain(message(one.breach, rendering))}"
        for line in missing_in_words(one.breach, rendering):
            yield f"  - {plain(line)}"
    if len(found) > _MOST_ADDRESSES:
        yield plain(
            rendering.say(say("… and {} more", str(len(found) - _MOST_ADDRESSES)))
        )
    rule = found[0].breach.rule
    yield ""
    yield rule.remediation[rendering.language]
    for source in rule.sources:
        yield f"- {plain(source.cited)}"


def _code(text: str) -> str:
    """Text inside backquotes."""
    return text.replace("`", "'")
