"""Rules as data, and what they say of facts."""

from guardrail.policy.conditions import Atom, Outcome
from guardrail.policy.facts import Facts, Missing
from guardrail.policy.rules import Obligation, Rule, Terms

__all__ = ["Atom", "Facts", "Missing", "Obligation", "Outcome", "Rule", "Terms"]
