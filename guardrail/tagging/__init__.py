"""Labels of sensitivity written where their owner keeps them: text in, edits out."""

from guardrail.tagging.change import Wish
from guardrail.tagging.mapping import Stated, with_mappings
from guardrail.tagging.sites import Sites
from guardrail.tagging.spots import NotWrittenError
from guardrail.tagging.terraform import (
    USUAL_CATEGORY_KEY,
    USUAL_CLASS_KEY,
    Manner,
    Outcome,
    Proposal,
    Rewritten,
    Told,
    Writer,
)

__all__ = [
    "USUAL_CATEGORY_KEY",
    "USUAL_CLASS_KEY",
    "Manner",
    "NotWrittenError",
    "Outcome",
    "Proposal",
    "Rewritten",
    "Sites",
    "Stated",
    "Told",
    "Wish",
    "Writer",
    "with_mappings",
]
