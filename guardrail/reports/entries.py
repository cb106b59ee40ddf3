"""The lines of a decision that formats of other tools take: findings, and what blocks.

Nothing that keeps a verdict from being allow is left out: a tool that shows no entry
shows a run that may go on.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from guardrail.decision import Decision, Effect, Finding
from guardrail.model import Gap, say
from guardrail.reports.rendering import Rendering
from guardrail.reports.wording import message, missing_in_words


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, or one thing about the whole input that blocks; in words."""

    rule: str
    """Id of the rule; `input-…` for what is about the whole input."""
    title: str
    effect: Effect
    address: str
    """Of the resource; "" for the whole input."""
    landing: str = ""
    message: str
    missing: tuple[str, ...] = ()
    remediation: str = ""
    sources: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    derogation: str = ""
    fingerprint: str
    file: str
    """Relative, with `/`; that of the input where no line of code is known."""
    line: int = 1

    @property
    def text(self) -> str:
        """Everything that is wrong and missing, on one line."""
        return " – ".join((self.message, *self.missing))


def entries(decision: Decision, rendering: Rendering) -> list[Entry]:
    """The entries of a decision: what is about the whole first, then worst first."""
    whole = [
        _about_all(note, decision, rendering) for note in decision.notes if note.blocks
    ]
    return [*whole, *_findings(decision, rendering)]


def all_entries(decisions: Sequence[Decision], rendering: Rendering) -> list[Entry]:
    """The entries of several decisions, in their order."""
    return [one for decision in decisions for one in entries(decision, rendering)]


def _findings(decision: Decision, rendering: Rendering) -> Iterator[Entry]:
    places = {one.resource.address: one.resource.location for one in decision.resources}
    for finding in decision.findings:
        place = places.get(finding.address)
        file, line = place or ("", 1)
        yield _entry(finding, rendering, (_file(decision, file), line))


def _entry(finding: Finding, rendering: Rendering, place: tuple[str, int]) -> Entry:
    breach = finding.breach
    rule = breach.rule
    return Entry(
        rule=rule.id,
        title=rule.title[rendering.language],
        effect=finding.effect,
        address=rendering.say(finding.address),
        landing=breach.landing.role,
        message=rendering.say(message(breach, rendering)),
        missing=tuple(missing_in_words(breach, rendering)),
        remediation=rule.remediation[rendering.language],
        sources=tuple(one.cited for one in rule.sources),
        alternatives=breach.alternatives,
        derogation=breach.derogation or "",
        fingerprint=finding.fingerprint,
        file=place[0],
        line=place[1],
    )


def _about_all(note: Gap, decision: Decision, rendering: Rendering) -> Entry:
    return Entry(
        rule=f"input-{note.id}",
        title=rendering.say(say("what is given cannot be judged as a whole")),
        effect=Effect.REVIEW,
        address="",
        message=rendering.say(note.message),
        fingerprint=f"{note.id}-{decision.origin.sha256[:16]}",
        file=_file(decision, ""),
    )


def _file(decision: Decision, file: str) -> str:
    """A file as tools want it: relative to where guardrail was run, or nearly so."""
    given = decision.origin.path.replace("\\", "/")
    outside = given.startswith(("/", "../")) or given in {"", "-", ".."} or ":" in given
    if not file:
        return "plan.json" if outside else posixpath.normpath(given)
    if outside:
        return file
    folder = (
        given if decision.origin.kind == "terraform-code" else posixpath.dirname(given)
    )
    return posixpath.normpath(posixpath.join(folder, file))
