"""The verdict, what stands against it, and what would do instead."""

from guardrail.decision.alternatives import Outlook, alternatives, on_offer, outlook
from guardrail.decision.findings import (
    Breach,
    Decision,
    Finding,
    Judged,
    Shown,
    fingerprints,
    ordered,
)
from guardrail.decision.verdict import Effect, Verdict, effect_of, verdict_of, worst

__all__ = [
    "Breach",
    "Decision",
    "Effect",
    "Finding",
    "Judged",
    "Outlook",
    "Shown",
    "Verdict",
    "alternatives",
    "effect_of",
    "fingerprints",
    "on_offer",
    "ordered",
    "outlook",
    "verdict_of",
    "worst",
]
