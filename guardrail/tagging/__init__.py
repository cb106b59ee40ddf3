"""Labels of sensitivity written where their owner keeps them: text in, edits out."""

from guardrail.tagging.change import Outcome, Wish
from guardrail.tagging.heat import Template
from guardrail.tagging.labels import Keys
from guardrail.tagging.mapping import Stated, with_mappings
from guardrail.tagging.proposal import Manner, Proposal, Rewritten, Told
from guardrail.tagging.sites import Sites
from guardrail.tagging.spots import NotWrittenError
from guardrail.tagging.terraform import Writer

__all__ = [
    "Keys",
    "Manner",
    "NotWrittenError",
    "Outcome",
    "Proposal",
    "Rewritten",
    "Sites",
    "Stated",
    "Template",
    "Told",
    "Wish",
    "Writer",
    "with_mappings",
]
