"""JUnit XML: a case for each resource that passes, and one for each finding.

Denied is a failure, for review an error, derogated is skipped: what GitLab, Jenkins and
others count.

Source: GitLab, unit test reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from guardrail.decision import Decision, Effect
from guardrail.reports.entries import Entry, entries
from guardrail.reports.rendering import Rendering

_ELEMENTS = {
    Effect.DENY: "failure",
    Effect.REVIEW: "error",
    Effect.DEROGATED: "skipped",
}


def render_junit(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The decisions as test suites."""
    suites = Xml.Element("testsuites", name="guardrail")
    for decision in decisions:
        _suite(suites, decision, rendering)
    Xml.indent(suites)
    document: bytes = Xml.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(suites: Xml.Element, decision: Decision, rendering: Rendering) -> None:
    found = [one for one in entries(decision, rendering) if one.effect in _ELEMENTS]
    against = {one.address for one in found}
    good = [
        one.resource.address
        for one in decision.resources
        if one.judged and one.resource.address not in against
    ]
    counts = dict.fromkeys(_ELEMENTS.values(), 0)
    for one in found:
        counts[_ELEMENTS[one.effect]] += 1
    suite = Xml.SubElement(
        suites,
        "testsuite",
        name=rendering.say(decision.origin.path),
        tests=str(len(found) + len(good)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
    )
    for address in good:
        Xml.SubElement(suite, "testcase", classname="guardrail", name=_clean(address))
    for one in found:
        _case(suite, one)


def _case(suite: Xml.Element, entry: Entry) -> None:
    name = " ".join(filter(None, (entry.rule, entry.address, entry.landing)))
    case = Xml.SubElement(
        suite, "testcase", classname=entry.rule, name=_clean(name), file=entry.file
    )
    said = Xml.SubElement(
        case, _ELEMENTS[entry.effect], message=_clean(entry.derogation or entry.message)
    )
    said.text = _clean("\n".join((entry.text, entry.remediation)))


def _clean(text: str) -> str:
    """Text that XML can hold."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
