"""How sensitive the data of each resource is, and who says so."""

from guardrail.classification.declared import Declaration, Lexicon, declared
from guardrail.classification.sensitivity import Because, Sensitivity
from guardrail.classification.tags import Tag, read_tags
from guardrail.classification.vocabulary import Vocabulary, normalised

__all__ = [
    "Because",
    "Declaration",
    "Lexicon",
    "Sensitivity",
    "Tag",
    "Vocabulary",
    "declared",
    "normalised",
    "read_tags",
]
