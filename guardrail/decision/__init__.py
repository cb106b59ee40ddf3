"""The verdict, what stands against it, and what would do instead."""

from guardrail.decision.alternatives import (
    Outlook,
    Prospect,
    alternatives,
    endings,
    on_offer,
    outlook,
    support,
)
from guardrail.decision.derogation import (
    Derogation,
    Derogations,
    FiledDerogation,
    Signature,
    Standing,
    State,
    broad,
    months_after,
    standing,
)
from guardrail.decision.derogations import Relief, derogate
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
    "Derogation",
    "Derogations",
    "Effect",
    "FiledDerogation",
    "Finding",
    "Judged",
    "Outlook",
    "Prospect",
    "Relief",
    "Shown",
    "Signature",
    "Standing",
    "State",
    "Verdict",
    "alternatives",
    "endings",
    "broad",
    "derogate",
    "effect_of",
    "fingerprints",
    "months_after",
    "on_offer",
    "ordered",
    "outlook",
    "standing",
    "support",
    "verdict_of",
    "worst",
]
