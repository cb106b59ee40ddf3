"""The one function that applies derogations, for every surface.

A derogation touches only what it names: a finding of one of its rules, at an address
and of a service kind of its scope, on a day when it is lawful. Only a rule that is
*broken* is derogated; what cannot be decided stays for review: nobody accepted it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from guardrail.decision.derogation import (
    Derogations,
    Scope,
    Standing,
    offer_available,
    standing,
)
from guardrail.decision.findings import Breach, Finding
from guardrail.decision.verdict import Effect
from guardrail.model import Gap, Phrase, glob_fits, say

_BLOCKS = frozenset({Effect.DENY, Effect.REVIEW})


class Relief(msgspec.Struct, frozen=True, kw_only=True):
    """What derogations make of the findings of a stack."""

    findings: Mapping[int, Sequence[Finding]]
    """As they were given, with those that are derogated replaced."""
    notes: tuple[Gap, ...]
    """What must be known of the derogations; none of them blocks."""


def derogate(
    findings: Mapping[int, Sequence[Finding]], derogations: Derogations, day: date
) -> Relief:
    """The findings with the effect of `derogations` on `day`.

    `findings` are those of each resource, under a key that the caller chooses.
    """
    if not derogations.files:
        return Relief(findings=findings, notes=())
    docket = _Docket(derogations, day)
    relieved = {key: docket.relieve(found) for key, found in findings.items()}
    return Relief(findings=relieved, notes=docket.notes(day))


class _Docket:
    """The derogations of one run, and what became of each."""

    def __init__(self, derogations: Derogations, day: date) -> None:
        rules, system = derogations.rules, derogations.system
        found = [
            standing(filed, rules, day, system=system) for filed in derogations.files
        ]
        # The longest comes first, so that the order given does not matter.
        self._standings = sorted(found, key=_longest)
        self._by_rule: dict[str, list[Standing]] = {}
        for one in self._standings:
            for name in sorted(one.lawful_for):
                self._by_rule.setdefault(name, []).append(one)
        self._replaced: dict[tuple[int, str], tuple[Breach, Breach]] = {}
        self._named: set[str] = set()
        self._applied: dict[str, int] = {}
        self._incomplete: dict[tuple[str, str], Phrase] = {}
        self._others: dict[str, tuple[str, ...]] = {}

    def relieve(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """The findings of one resource; the same object where nothing is derogated."""
        named = [self._naming(finding) for finding in findings]
        if not any(named):
            return findings
        chosen: dict[int, Standing] = {}
        for place in _law_first(findings):
            if named[place] and derogable(findings[place].breach):
                found = self._choice(place, findings, named, chosen)
                if found is not None:
                    chosen[place] = found
        return [
            self._derogated(finding, chosen[place]) if place in chosen else finding
            for place, finding in enumerate(findings)
        ]

    def _naming(self, finding: Finding) -> list[Standing]:
        """The lawful derogations that name `finding`."""
        breach = finding.breach
        found = [
            one
            for one in self._by_rule.get(breach.rule.id, ())
            if _within(one.filed.derogation.scope, finding.address, breach.service)
        ]
        self._named.update(map(_name, found))
        return found

    def _choice(
        self,
        place: int,
        findings: Sequence[Finding],
        named: Sequence[Sequence[Standing]],
        chosen: Mapping[int, Standing],
    ) -> Standing | None:
        """The derogation under which one finding gives way; None when it does not.

        The baseline gives way only where every rule of law that denies at the same
        landing has, and then to whoever derogates one of them, or to its own office.
        """
        finding = findings[place]
        if finding.breach.rule.layer != "baseline":
            return named[place][0]
        law = _law_beside(finding, findings)
        kept = [findings[at].breach.rule.id for at in law if at not in chosen]
        terms = finding.breach.rule.derogation
        offices = terms.by if terms else ()
        for one in named[place]:
            own = one.filed.derogation.authority.office in offices
            beside = any(one is other for at in law for other in named[at])
            if not kept and (own or beside):
                return one
            self._note_incomplete(one, finding, _lacking(kept, offices))
        return None

    def _note_incomplete(self, one: Standing, finding: Finding, why: Phrase) -> None:
        rule = finding.breach.rule.id
        template = "the derogation {} does not suffice for {} at {}: {}"
        message = say(template, _name(one), rule, finding.address, why)
        self._incomplete.setdefault((_name(one), rule), message)

    def _derogated(self, finding: Finding, by: Standing) -> Finding:
        breach, name = finding.breach, _name(by)
        self._applied[name] = self._applied.get(name, 0) + 1
        if breach.alternatives:
            self._others.setdefault(name, breach.alternatives)
        # Resources of one case share a breach, and reports rely on it. The breach is
        # kept beside its replacement, so that no other takes its identity.
        key = (id(breach), name)
        if key not in self._replaced:
            relieved = msgspec.structs.replace(
                breach, effect=Effect.DEROGATED, derogation=name
            )
            self._replaced[key] = (breach, relieved)
        return msgspec.structs.replace(finding, breach=self._replaced[key][1])

    def notes(self, day: date) -> tuple[Gap, ...]:
        """What is to be said of each derogation, by id."""
        by_name = sorted(self._standings, key=lambda one: (_name(one), one.filed.path))
        return tuple(note for one in by_name for note in self._notes_of(one, day))

    def _notes_of(self, one: Standing, day: date) -> Iterator[Gap]:
        name = _name(one)
        for why in one.reasons:
            template = "the derogation {} does not apply: {}"
            yield _note(one.state.value, say(template, name, why))
        if one.lawful_for and name not in self._named:
            yield _note(
                "orphaned", say("the derogation {} names no finding here", name)
            )
        if name in self._applied:
            yield _note("applied", _said_of(one, self._applied[name]))
        for (other, _rule), message in self._incomplete.items():
            if other == name:
                yield _note("incomplete", message)
        if name in self._others and not offer_available(one.filed.derogation, day):
            template = "the derogation {} states no acceptable offer, and there are: {}"
            listed = ", ".join(self._others[name][:5])
            yield _note("offer-exists", say(template, name, listed))


def derogable(breach: Breach) -> bool:
    """Whether a derogation may touch it: the rule is broken, and that would block."""
    return breach.broken and breach.effect in _BLOCKS


def _within(scope: Scope, address: str, service: str) -> bool:
    """Whether a finding lies in `scope`; an unknown service only where any will do."""
    if scope.services and service not in scope.services:
        return False
    return any(glob_fits(glob, address) for glob in scope.addresses)


def _law_first(findings: Sequence[Finding]) -> list[int]:
    """The places of `findings`, the baseline last: it looks at the fate of the law."""
    places = range(len(findings))
    return sorted(places, key=lambda at: findings[at].breach.rule.layer == "baseline")


def _law_beside(finding: Finding, findings: Sequence[Finding]) -> list[int]:
    """The places of the rules of law that deny at the landing of `finding`.

    One that only asks for review stays as it is, and blocks by itself.
    """
    return [
        place
        for place, other in enumerate(findings)
        if other.breach.rule.layer == "law"
        and derogable(other.breach)
        and other.breach.effect is Effect.DENY
        and other.breach.landing == finding.breach.landing
    ]


def _lacking(kept: Sequence[str], offices: Sequence[str]) -> Phrase:
    if kept:
        return say("{} is broken there and is not derogated", ", ".join(sorted(kept)))
    return say("no law is broken there, so it takes the office {}", ", ".join(offices))


def _said_of(one: Standing, count: int) -> Phrase:
    derogation = one.filed.derogation
    template = (
        "the derogation {}, by {}, covers {} [finding|findings] until {} "
        "(end of the day, UTC)"
    )
    offices = " + ".join(derogation.offices)
    return say(
        template,
        derogation.derogation,
        offices,
        str(count),
        derogation.until.isoformat(),
    )


def _note(kind: str, message: Phrase) -> Gap:
    return Gap(id=f"derogation-{kind}", message=message, blocks=False)


def _name(one: Standing) -> str:
    return one.filed.derogation.derogation


def _longest(one: Standing) -> tuple[int, str, str]:
    return -one.filed.derogation.until.toordinal(), _name(one), one.filed.path
