"""Rules: one obligation each, with its legal source and its dates.

The shape of `policies/rules/`, and the evaluation of a rule on facts.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from guardrail.model import Truth
from guardrail.placement import Fact, Text
from guardrail.policy.conditions import (
    Atom,
    Condition,
    Outcome,
    decisive,
    judge,
    parse,
    unmet,
)
from guardrail.policy.facts import Facts, Missing
from guardrail.policy.predicates import PREDICATES

Effect = Literal["deny", "review", "notice"]


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The lawful terms of a derogation to a rule."""

    by: tuple[str, ...]
    """Offices that must grant it, all of them: `minister`, `prime-minister`, …"""
    services: tuple[str, ...] = ()
    """The only service kinds that it may cover; any when empty."""
    started_before: date | None = None
    """The project must have started before this day."""
    very_advanced_on: date | None = None
    """The project must have been very advanced on this day."""
    under_way: bool = False
    """Whether only a project already under way may have one."""
    public: bool = False
    """Whether it must be published."""
    months_after_offer: int | None = None
    """Longest duration, in months from the day an acceptable offer is available."""
    signed: bool = False
    """Whether the file must bear an accepted signature."""
    note: str = ""


class Rule(Fact, frozen=True, kw_only=True):
    """One obligation."""

    id: str
    layer: Literal["law", "baseline", "profile"]
    title: Text
    since: date
    until: date | None = None
    """Last day on which it binds; None while it does."""
    bodies: tuple[str, ...] = ()
    """Who is bound; everybody when empty."""
    effect: Effect
    when: dict[str, Any]
    require: dict[str, Any]
    message: Text
    remediation: Text
    derogation: Terms | None = None
    law: Text | None = None
    """What the text says, in plain words."""

    def in_force(self, day: date) -> bool:
        """Whether the rule binds on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


class Obligation:
    """A rule with its conditions parsed."""

    def __init__(self, rule: Rule) -> None:
        """Parse the conditions of `rule`.

        Raises:
            LibraryError: A condition uses a word that is not in the vocabulary.
        """
        self.rule = rule
        when = dict(rule.when)
        if rule.bodies:
            when = {"body_any": rule.bodies, **when}
        self._when: Condition = parse(when, PREDICATES, f"{rule.id}/when")
        self._require: Condition = parse(rule.require, PREDICATES, f"{rule.id}/require")

    def evaluate(self, facts: Facts) -> Outcome:
        """Whether the rule is kept: `when` implies `require`, after Kleene."""
        when = judge(self._when, facts, PREDICATES, permits=Truth.FALSE)
        if when.truth is Truth.FALSE:
            return Outcome(Truth.TRUE)
        require = judge(self._require, facts, PREDICATES, permits=Truth.TRUE)
        kept = ~when.truth | require.truth
        if kept is not Truth.UNKNOWN:
            return Outcome(kept)
        gaps: tuple[Missing, ...] = (*when.missing, *require.missing)
        return Outcome(kept, tuple(dict.fromkeys(gaps)))

    def applies(self, facts: Facts) -> Truth:
        """Whether the rule asks anything of such facts."""
        return judge(self._when, facts, PREDICATES, permits=Truth.FALSE).truth

    def content_with(self, facts: Facts) -> tuple[tuple[Atom, bool], ...]:
        """The predicates that content it, and whether each holds.

        Of its premise where it does not apply, else of its requirement; none where it
        is not content.
        """
        no, yes = Truth.FALSE, Truth.TRUE
        barring = decisive(self._when, facts, PREDICATES, truth=no, permits=no)
        met = decisive(self._require, facts, PREDICATES, truth=yes, permits=yes)
        return tuple(barring) or tuple(met)

    def unmet(self, facts: Facts) -> tuple[Atom, ...]:
        """The predicates that keep the requirement from holding, as stated."""
        return tuple(unmet(self._require, facts, PREDICATES))
