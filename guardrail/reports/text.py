"""The report for people: worst first, readable in 80 columns, colour on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.decision import (
    EFFECTS,
    Breach,
    Decision,
    Effect,
    Finding,
    Judged,
    Shown,
    Verdict,
    worst,
)
from guardrail.model import Known, say
from guardrail.placement import Landing
from guardrail.reports.layout import lines_of
from guardrail.reports.rendering import Rendering
from guardrail.reports.wording import (
    message,
    missing_in_words,
    role_in_words,
    summary,
)

_COLOURS = {"deny": "31;1", "review": "33;1", "allow": "32;1", "notice": "36"}
BODIES = {
    None: "an unstated body",
    "state": "the State",
    "state-operator": "an operator of the State",
    "listed-gip": "a listed public interest group",
    "health-data-platform": "the health data platform",
    "local-authority": "a local authority",
    "private": "a private body",
}
_LISTED = 20
_NAMED = 3
_OFFERED = 8
_MARGIN = 9


def render_text(decisions: Sequence[Decision], rendering: Rendering) -> bytes:
    """The report of each decision, one after the other."""
    pages = [_Page(decision, rendering).text() for decision in decisions]
    if len(decisions) > 1:
        pages.append(_overall(decisions, rendering))
    return "\n".join(pages).encode()


def _overall(decisions: Sequence[Decision], rendering: Rendering) -> str:
    """The last line where there are several inputs: the worst verdict."""
    verdict = worst(decision.verdict for decision in decisions)
    word = rendering.say(say(verdict.value.upper()))
    template = "verdict on all {} inputs: {}"
    return f"{rendering.say(say(template, str(len(decisions)), word))}\n"


def _standing(one: Judged) -> list[Finding]:
    """What stands against a resource, worst first; notices have their own place."""
    found = [each for each in one.findings if each.effect is not Effect.NOTICE]
    return sorted(found, key=lambda each: EFFECTS.index(each.effect))


class _Page:
    """The report of one decision."""

    def __init__(self, decision: Decision, rendering: Rendering) -> None:
        self._decision = decision
        self._rendering = rendering
        self._wrapped: dict[tuple[str, int, int], list[str]] = {}
        self._told: dict[object, list[str]] = {}

    def text(self) -> str:
        """The whole page."""
        lines = [*self._head(), ""]
        for verdict in (Verdict.DENY, Verdict.REVIEW):
            lines += self._blocks(verdict)
        lines += self._allowed()
        lines += self._notices()
        lines += self._notes()
        lines += self._environment()
        lines += self._foot()
        return "\n".join(lines) + "\n"

    def _head(self) -> Iterator[str]:
        origin, decision = self._decision.origin, self._decision
        body = self._t(BODIES[decision.body])
        yield from self._wrap(
            f"guardrail {self._rendering.version} · {origin.path} · {origin.producer}"
        )
        yield from self._wrap(
            self._t("judged as of {} for {}", decision.as_of.isoformat(), body)
        )

    def _blocks(self, verdict: Verdict) -> Iterator[str]:
        """The resources of one verdict; those of one case and block stand together."""
        groups: dict[tuple[object, ...], list[Judged]] = {}
        for one in self._decision.resources:
            if one.judged and one.verdict is verdict:
                key = (one.resource.configuration, id(one.landings), id(one.breaches))
                groups.setdefault(key, []).append(one)
        for group in groups.values():
            yield from self._block(verdict, group)
            yield ""

    def _block(self, verdict: Verdict, group: Sequence[Judged]) -> Iterator[str]:
        one = group[0]
        label = self._paint(
            f"{self._t(verdict.value.upper()):<{_MARGIN}}", verdict.value
        )
        place = one.resource.location
        at = f" ({place[0]}:{place[1]})" if place else ""
        yield label + self._rendering.say(one.resource.address) + at
        if len(group) > 1:
            more = self._t("and {} more of the same block", len(group) - 1)
            yield from self._wrap(more, _MARGIN)
        key = id(one.landings), id(one.breaches), one.existing, one.sensitivity
        if key not in self._told:
            self._told[key] = list(self._case(one))
        yield from self._told[key]

    def _case(self, one: Judged) -> Iterator[str]:
        """What is said of each resource of one case, under its address."""
        yield from self._wrap(self._class(one), _MARGIN)
        yield from self._trail(one)
        for landing, shown in zip(one.landings, one.shown, strict=True):
            yield from self._landing(landing, shown)
        findings = _standing(one)
        said: dict[tuple[str, object], list[Finding]] = {}
        for finding in findings:
            key = finding.breach.rule.id, finding.effect
            said.setdefault(key, []).append(finding)
        for alike in said.values():
            yield from self._finding(alike[0], self._roles(alike, one))
        yield from self._missing(findings)
        yield from self._ways_out(findings)

    def _class(self, one: Judged) -> str:
        sensitivity, language = one.sensitivity, self._rendering.language
        names = [word.name[language] for word in self._decision.classes]
        said = [self._rendering.say(step.detail) for step in sensitivity.because]
        chain = f" ({self._t('; ').join(said)})" if said else ""
        lowest, highest = names[sensitivity.lowest], names[sensitivity.highest]
        bounds = (
            lowest
            if sensitivity.known
            else self._t("between {} and {}", lowest, highest)
        )
        found = bounds + chain
        if sensitivity.trail is not None:
            found = self._t("{}, raised by what reaches it:", found)
        return f"{self._t('data:')} {found}"

    def _trail(self, one: Judged) -> Iterator[str]:
        """The way back to the label, a line for each flow."""
        trail = one.sensitivity.trail
        for step in () if trail is None else trail.steps():
            arrow = "→ " if step.source == "flow" else ""
            yield from self._wrap(arrow + self._rendering.say(step.detail), _MARGIN + 2)

    def _landing(self, landing: Landing, shown: Shown) -> Iterator[str]:
        offer, region = landing.offer, landing.region
        unknown = self._t("unknown operator")
        place = [offer.value if isinstance(offer, Known) else unknown]
        if isinstance(region, Known) and landing.region_shown:
            place.append(region.value)
        if landing.countries_shown:
            place.append("/".join(landing.countries_shown))
        facts = [landing.evidence.code]
        if shown.operator is not None:
            facts += shown.qualifications or [self._t("no qualification")]
            facts += shown.exposures
        text = f"{', '.join(place)} [{', '.join(facts)}]"
        if landing.role != "primary":
            text = self._t("{}: {}", self._role(landing.role), text)
        yield from self._wrap(f"→ {text}", _MARGIN)
        if shown.until is not None:
            closed = self._t("closed: its last day was {}", shown.until.isoformat())
            yield from self._wrap(closed, _MARGIN + 2)
        because = self._t("; ").join(map(self._rendering.say, landing.because))
        yield from self._wrap(f"{self._t('because')} {because}", _MARGIN + 2)

    def _roles(self, findings: Sequence[Finding], one: Judged) -> str:
        """The landings that findings are about; "" where there is only one."""
        if len(one.landings) == 1:
            return ""
        roles = dict.fromkeys(finding.breach.landing.role for finding in findings)
        return f" ({', '.join(map(self._role, roles))})"

    def _role(self, role: str) -> str:
        return role_in_words(role, self._rendering)

    def _finding(self, finding: Finding, roles: str = "") -> Iterator[str]:
        breach = finding.breach
        mark = self._t(finding.effect.value.upper())
        if breach.derogation:
            mark += f" ({breach.derogation})"
        rule = f"{mark} {breach.rule.id}{roles}"
        head = self._t("{}: {}", rule, message(breach, self._rendering))
        yield from self._wrap(f"• {head}", _MARGIN, 2)

    def _missing(self, findings: Sequence[Finding]) -> Iterator[str]:
        """The facts that would settle what is undecided, each once."""
        lines = dict.fromkeys(
            line
            for finding in findings
            for line in missing_in_words(finding.breach, self._rendering)
        )
        for line in lines:
            yield from self._wrap(f"{self._t('missing:')} {line}", _MARGIN, 2)

    def _ways_out(self, findings: Sequence[Finding]) -> Iterator[str]:
        """What to do, once for all findings of a resource."""
        broken = [
            finding.breach
            for finding in findings
            if finding.effect in {Effect.DENY, Effect.REVIEW}
            and not finding.breach.missing
        ]
        if not broken:
            return
        yield from self._wrap(f"{self._t('do:')} {self._remediation(broken)}", _MARGIN)
        offers = broken[0].alternatives
        if offers:
            listed = ", ".join(map(self._alternative, offers[:_OFFERED]))
            yield from self._wrap(f"{self._t('could go to:')} {listed}", _MARGIN)

    def _alternative(self, offer: str) -> str:
        last = self._decision.endings.get(offer)
        if last is None:
            return offer
        return self._t("{} (qualified until {})", offer, last.isoformat())

    def _remediation(self, broken: Sequence[Breach]) -> str:
        language = self._rendering.language
        worst = [one for one in broken if one.effect is broken[0].effect]
        law = [one for one in worst if one.rule.layer == "law"]
        return (law or worst)[0].rule.remediation[language]

    def _allowed(self) -> Iterator[str]:
        allowed = [
            one
            for one in self._decision.resources
            if one.judged and one.verdict is Verdict.ALLOW
        ]
        for one in allowed[:_LISTED]:
            place = ", ".join(
                landing.offer.value if isinstance(landing.offer, Known) else "?"
                for landing in one.landings
            )
            existing = f" ({self._t('already there')})" if one.existing else ""
            arrow = f" → {place}" if place else ""
            text = one.resource.address + arrow + existing
            yield from self._labelled("allow", text, 2)
            for derogated in _standing(one):
                yield from self._finding(derogated)
        if len(allowed) > _LISTED:
            more = self._t("and {} more", len(allowed) - _LISTED)
            yield " " * _MARGIN + more
        if allowed:
            yield ""

    def _notices(self) -> Iterator[str]:
        """What is worth knowing and changes no verdict: each rule once."""
        by_text: dict[tuple[str, str], dict[str, None]] = {}
        for findings in self._notices_by_breach():
            breach = findings[0].breach
            existing = findings[0].existing
            text = message(breach, self._rendering)
            if existing and breach.effect is not Effect.NOTICE:
                text = self._t("already there: {}", text)
            addresses = by_text.setdefault((breach.rule.id, text), {})
            addresses.update(dict.fromkeys(finding.address for finding in findings))
        for (rule, text), addresses in by_text.items():
            yield from self._labelled("notice", self._t("{}: {}", rule, text))
            yield from self._wrap(self._addresses(list(addresses)), _MARGIN)
        if by_text:
            yield ""

    def _notices_by_breach(self) -> list[list[Finding]]:
        """The notices of each breach, in the order of the rules."""
        shared: dict[tuple[int, bool], list[Judged]] = {}
        for one in self._decision.resources:
            if one.breaches:
                shared.setdefault((id(one.breaches), one.existing), []).append(one)
        groups = [
            [Finding(one.resource.address, breach, one.existing) for one in alike]
            for alike in shared.values()
            for breach in alike[0].breaches
            if alike[0].existing or breach.effect is Effect.NOTICE
        ]
        return sorted(groups, key=lambda group: group[0].breach.rule.id)

    def _addresses(self, addresses: Sequence[str]) -> str:
        listed = ", ".join(map(self._rendering.say, addresses[:_NAMED]))
        more = len(addresses) - _NAMED
        return listed if more <= 0 else f"{listed} {self._t('and {} more', more)}"

    def _notes(self) -> Iterator[str]:
        for note in self._decision.notes:
            word = "review" if note.blocks else "notice"
            yield from self._labelled(word, note.message)
        if self._decision.notes:
            yield ""

    def _environment(self) -> Iterator[str]:
        """What was attested; values only where they say where data goes."""
        decision = self._decision
        if not decision.environment and not decision.environment_complete:
            return
        yield from self._wrap(self._t("attested environment of the providers (E5):"))
        for one in decision.environment:
            unset = self._t(": not set") if one.value == "" else ""
            value = f" = {one.value}" if one.value else unset
            text = f"{one.name}{value} ({self._rendering.say(one.source)})"
            yield from self._wrap(text, 2, 2)
        if decision.environment_complete:
            yield from self._wrap(self._t("no other variable is set"), 2, 2)
        yield ""

    def _foot(self) -> Iterator[str]:
        counted = summary(self._decision)
        verdict = self._decision.verdict.value
        word = self._t(verdict.upper())
        counts = self._t(
            "{} [resource|resources], {} judged: {} allow, {} review, {} deny",
            counted.resources,
            counted.judged,
            counted.allow,
            counted.review,
            counted.deny,
        )
        first, *others = self._wrap(f"{self._t('verdict:')} {word} · {counts}")
        yield first.replace(word, self._paint(word, verdict), 1)
        yield from others

    def _labelled(self, word: str, text: str, hang: int = 0) -> Iterator[str]:
        """`text` beside a verdict or NOTICE."""
        label = self._paint(f"{self._t(word.upper()):<{_MARGIN}}", word)
        first, *others = self._wrap(text, _MARGIN, hang)
        yield label + first[_MARGIN:]
        yield from others

    def _t(self, template: str, *arguments: object) -> str:
        return self._rendering.say(say(template, *map(str, arguments)))

    def _wrap(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        """`text` in lines; most of it is said of many resources."""
        key = (text, indent, hang)
        if key not in self._wrapped:
            said, width = self._rendering.say(text), self._rendering.width
            lines = lines_of(said, width, indent, hang)
            self._wrapped[key] = lines or [" " * indent]
        return self._wrapped[key]

    def _paint(self, text: str, word: str) -> str:
        if not self._rendering.colour:
            return text
        return f"\x1b[{_COLOURS[word]}m{text}\x1b[0m"
