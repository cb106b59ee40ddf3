"""The verdict, what stands against it, and what would do instead."""

from guardrail.decision.account import Account, Ruling, Stop
from guardrail.decision.alternatives import (
    Elsewhere,
    Outlook,
    Prospect,
    endings,
    on_offer,
    outlook,
    support,
)
from guardrail.decision.days import months_after
from guardrail.decision.derogation import (
    Derogation,
    Derogations,
    FiledDerogation,
    Signature,
    Standing,
    State,
    broad,
    standing,
)
from guardrail.decision.derogations import Relief, derogate
from guardrail.decision.findings import (
    EFFECTS,
    Breach,
    Decision,
    Finding,
    Judged,
    Shown,
    address_stamp,
    breach_stamp,
    ordered,
)
from guardrail.decision.verdict import Effect, Verdict, effect_of, verdict_of, worst

__all__ = [
    "EFFECTS",
    "Account",
    "Breach",
    "Decision",
    "Derogation",
    "Derogations",
    "Effect",
    "Elsewhere",
    "FiledDerogation",
    "Finding",
    "Judged",
    "Outlook",
    "Prospect",
    "Relief",
    "Ruling",
    "Shown",
    "Signature",
    "Standing",
    "State",
    "Stop",
    "Verdict",
    "address_stamp",
    "breach_stamp",
    "broad",
    "derogate",
    "effect_of",
    "endings",
    "months_after",
    "on_offer",
    "ordered",
    "outlook",
    "standing",
    "support",
    "verdict_of",
    "worst",
]
