"""What every room speaks of: values, truth, resources, references, stacks."""

from guardrail.model.attributes import Attributes, Members, Part
from guardrail.model.glob import glob_fits, globs_meet
from guardrail.model.memory import LONGEST, Memory, remembered
from guardrail.model.phrase import Phrase, say, spoken
from guardrail.model.stack import (
    Change,
    Gap,
    Origin,
    ProviderConfiguration,
    Reference,
    Resource,
    Stack,
    StateStore,
    Unread,
)
from guardrail.model.truth import Truth
from guardrail.model.value import (
    ABSENT,
    Absent,
    Evidence,
    Known,
    Setting,
    Unknown,
    Value,
)

__all__ = [
    "ABSENT",
    "LONGEST",
    "Absent",
    "Attributes",
    "Change",
    "Evidence",
    "Gap",
    "Known",
    "Members",
    "Memory",
    "Origin",
    "Part",
    "Phrase",
    "ProviderConfiguration",
    "Reference",
    "Resource",
    "Setting",
    "Stack",
    "StateStore",
    "Truth",
    "Unknown",
    "Unread",
    "Value",
    "glob_fits",
    "globs_meet",
    "remembered",
    "say",
    "spoken",
]
