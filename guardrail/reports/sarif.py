"""SARIF 2.1.0, for code scanning: one run an input.

Source: OASIS, SARIF 2.1.0 errata 01; GitHub, SARIF support for code scanning (what it
reads of it, and its limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from guardrail.decision import Decision, Effect
from guardrail.reports.entries import Entry, entries
from guardrail.reports.rendering import Rendering

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
)
_MOST = 25_000
"""Results of a run, as GitHub takes them; the worst come first."""
_KINDS = {
    Effect.DENY: ("fail", "error"),
    Effect.REVIEW: ("review", "none"),  # a level is for what has failed
    Effect.DEROGATED: ("fail", "note"),
    Effect.NOTICE: ("informational", "none"),
}
_SEVERITY = {Effect.DENY: "8.5", Effect.REVIEW: "5.0"}


def render_sarif(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The decisions as a SARIF log."""
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [_run(one, rendering) for one in decisions],
    }
    return msgspec.json.encode(document) + b"\n"


def _run(decision: Decision, rendering: Rendering) -> dict[str, Any]:
    found = entries(decision, rendering)[:_MOST]
    rules = list(dict.fromkeys(one.rule for one in found))
    first = {one.rule: one for one in reversed(found)}
    path = rendering.say(decision.origin.path)
    return {
        "tool": {
            "driver": {
                "name": "guardrail",
                "version": rendering.version,
                "rules": [_rule(first[name]) for name in rules],
            }
        },
        "automationDetails": {"id": f"guardrail/{path}/"},
        "properties": {
            "verdict": decision.verdict.value,
            "asOf": decision.as_of.isoformat(),
            "library": rendering.library_sha256,
        },
        "results": [_result(one, rules.index(one.rule)) for one in found],
    }


def _rule(entry: Entry) -> dict[str, Any]:
    help_ = "\n".join((entry.remediation, "", *entry.sources)).strip() or entry.title
    return {
        "id": entry.rule,
        "shortDescription": {"text": entry.title},
        "help": {"text": help_},
        "properties": {
            "tags": ["security", "data-sovereignty"],
            "security-severity": _SEVERITY.get(entry.effect, "2.0"),
        },
    }


def _result(entry: Entry, index: int) -> dict[str, Any]:
    kind, level = _KINDS[entry.effect]
    place = {
        "artifactLocation": {"uri": _uri(entry.file)},
        "region": {"startLine": entry.line},
    }
    location: dict[str, Any] = {"physicalLocation": place}
    if entry.address:
        name = {"fullyQualifiedName": entry.address, "kind": "resource"}
        location["logicalLocations"] = [name]
    shown: dict[str, Any] = {
        "ruleId": entry.rule,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": f"{entry.address}: {entry.text}".removeprefix(": ")},
        "locations": [location],
        "partialFingerprints": {
            "guardrail/v1": entry.fingerprint,
            "primaryLocationLineHash": f"{entry.fingerprint}:1",
        },
    }
    if entry.derogation:
        shown["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": entry.derogation,
            }
        ]
    return shown


def _uri(path: str) -> str:
    """A relative path as a URI (RFC 3986)."""
    marked = (chr(byte) for byte in path.encode())
    return "".join(
        char if char in _UNRESERVED else f"%{ord(char):02X}" for char in marked
    )
