"""How sensitive the data of each resource is, and who says so."""

from guardrail.classification.declared import Lexicon, declared
from guardrail.classification.inferred import (
    Directions,
    Hint,
    Hints,
    Inference,
    natural,
    suggested,
)
from guardrail.classification.sensitivity import (
    Because,
    DataFlow,
    Declaration,
    Sensitivity,
)
from guardrail.classification.spread import FLOWS_IN, NOTHING, UNSEEN, Edge, spread
from guardrail.classification.tags import Tag, inherited_tags, read_tags
from guardrail.classification.vocabulary import ClassWord, Vocabulary, normalised

__all__ = [
    "FLOWS_IN",
    "NOTHING",
    "UNSEEN",
    "Because",
    "ClassWord",
    "DataFlow",
    "Declaration",
    "Directions",
    "Edge",
    "Hint",
    "Hints",
    "Inference",
    "Lexicon",
    "Sensitivity",
    "Tag",
    "Vocabulary",
    "declared",
    "inherited_tags",
    "natural",
    "normalised",
    "read_tags",
    "spread",
    "suggested",
]
