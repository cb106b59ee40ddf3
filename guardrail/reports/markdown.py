"""Markdown, for the summary of a job or a comment: verdict, counts, what blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.decision import Decision, Effect, Verdict, worst
from guardrail.model import say
from guardrail.reports.entries import Entry, entries
from guardrail.reports.rendering import Rendering
from guardrail.reports.wording import summary

VERDICTS = {
    Verdict.ALLOW: say("Allowed"),
    Verdict.REVIEW: say("For review"),
    Verdict.DENY: say("Denied"),
}
EFFECTS = {
    Effect.DENY: say("Denied"),
    Effect.REVIEW: say("For review"),
    Effect.DEROGATED: say("Derogated"),
    Effect.NOTICE: say("Notice"),
}
_MOST = 200
"""Rows of a table: a summary has at most a megabyte."""


def render_markdown(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The decisions as one page."""
    verdict = worst(one.verdict for one in decisions)
    title = rendering.say(say("{}: {}", "guardrail", VERDICTS[verdict]))
    lines = [f"## {title}", ""]
    for decision in decisions:
        lines += _input(decision, rendering)
    return ("\n".join(lines) + "\n").encode()


def plain(text: str) -> str:
    """Text that Markdown shows as it is, never as a link, an image or a mention."""
    for mark in "\\`*_[]<>|!#@":
        text = text.replace(mark, f"\\{mark}" if mark != "@" else "&#64;")
    return " ".join(text.split())


def code(text: str) -> str:
    """Text in a span of code, in a table."""
    return f"`{' '.join(text.split()).replace('`', chr(39)).replace('|', '¦')}`"


def counted(decision: Decision, rendering: Rendering) -> str:
    """The verdict and the counts of resources, on one line."""
    counts = summary(decision)
    numbers = (counts.judged, counts.deny, counts.review, counts.allow)
    words = (VERDICTS[decision.verdict], *map(str, numbers))
    return rendering.say(
        say("{}: {} judged, {} denied, {} for review, {} allowed", *words)
    )


def _input(decision: Decision, rendering: Rendering) -> Iterator[str]:
    path = code(rendering.say(decision.origin.path))
    yield f"**{path}** {counted(decision, rendering)}"
    yield ""
    found = [
        one for one in entries(decision, rendering) if one.effect is not Effect.NOTICE
    ]
    if not found:
        return
    heads = (say("Verdict"), say("Resource"), say("Rule"), say("Why"))
    yield f"| {' | '.join(rendering.say(head) for head in heads)} |"
    yield "| --- | --- | --- | --- |"
    for one in found[:_MOST]:
        yield _row(one, rendering)
    yield ""
    if len(found) > _MOST:
        yield rendering.say(say("… and {} more", str(len(found) - _MOST)))
        yield ""
    yield from _what_to_do(found)


def _row(entry: Entry, rendering: Rendering) -> str:
    effect = rendering.say(EFFECTS[entry.effect])
    why = plain(entry.derogation or entry.text)
    where = code(entry.address) if entry.address else ""
    return f"| {effect} | {where} | {plain(entry.rule)} | {why} |"


def _what_to_do(found: Sequence[Entry]) -> Iterator[str]:
    """Each rule once, with what to do."""
    rules = {one.rule: one for one in found if one.remediation}
    for name, one in rules.items():
        yield f"- **{plain(name)}** ({plain(one.title)}): {plain(one.remediation)}"
    if rules:
        yield ""
