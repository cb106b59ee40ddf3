"""What reports say of breaches and count of resources."""

from __future__ import annotations

from collections.abc import Callable

from guardrail.decision import Breach, Decision, Verdict
from guardrail.model import say
from guardrail.reports.rendering import Rendering
from guardrail.reports.report_v1 import Summary

_ROLES = {
    "primary": "primary",
    "attachment": "attachment",
    "copy": "copy",
    "backup": "backup",
    "replica": "replica",
    "log": "log",
    "stream": "stream",
    "connection": "connection",
    "origin": "origin",
    "host": "host",
    "possible": "possible",
}
"""The roles of landings; the second of one has a number behind it."""


def role_in_words(role: str, rendering: Rendering) -> str:
    """The role of a landing."""
    word, dash, number = role.partition("-")
    return rendering.say(say(_ROLES[word])) + dash + number


def summary(decision: Decision) -> Summary:
    """The resources counted: all, judged, and the judged by verdict."""
    judged = [one.verdict for one in decision.resources if one.judged]
    derogated = [
        one
        for one in decision.resources
        if any(breach.derogation is not None for breach in one.breaches)
    ]
    return Summary(
        resources=len(decision.resources),
        judged=len(judged),
        allow=judged.count(Verdict.ALLOW),
        review=judged.count(Verdict.REVIEW),
        deny=judged.count(Verdict.DENY),
        derogated=len(derogated),
    )


def message(breach: Breach, rendering: Rendering) -> str:
    """What is wrong, or what is still to be decided."""
    text = breach.rule.message[rendering.language]
    if breach.landing.probable and breach.broken:
        return rendering.say(say("if its data goes there: {}", text))
    if not breach.missing:
        return text
    return rendering.say(say("not decided yet: {}", text))


_FACTS = {
    "body": "body",
    "categories": "categories",
    "class": "class",
    "country": "country",
    "landing": "landing",
    "offer": "offer",
    "qualification": "qualification",
    "region": "region",
    "registry": "registry",
    "service": "service",
}
"""What people call the facts; areas of a cloud have names of their own."""


def fact_in_words(fact: str) -> str:
    """What people call a fact that is missing."""
    return say(_FACTS[fact]) if fact in _FACTS else fact


def missing_in_words(breach: Breach, rendering: Rendering) -> list[str]:
    """Each missing fact as people call it, why it is missing, how to supply it."""
    return _missing(breach, rendering, rendering.say)


def missing_lines(breach: Breach, rendering: Rendering) -> list[str]:
    """Each missing fact: its id, why it is missing, how to supply it."""
    return _missing(breach, rendering, str)


def _missing(
    breach: Breach, rendering: Rendering, named: Callable[[str], str]
) -> list[str]:
    lines = []
    for gap in breach.missing:
        fact = named(fact_in_words(gap.fact))
        line = rendering.say(say("{}: {}", fact, gap.reason))
        remedy = rendering.say(gap.remedy)
        lines.append(line + rendering.say(say("; ")) + remedy if remedy else line)
    return lines
