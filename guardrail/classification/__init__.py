"""How sensitive the data of each resource is, and who says so."""

from guardrail.classification.declared import Lexicon, declared
from guardrail.classification.sensitivity import Because, Declaration, Sensitivity
from guardrail.classification.tags import Tag, inherited_tags, read_tags
from guardrail.classification.vocabulary import ClassWord, Vocabulary, normalised

__all__ = [
    "Because",
    "ClassWord",
    "Declaration",
    "Lexicon",
    "Sensitivity",
    "Tag",
    "Vocabulary",
    "declared",
    "inherited_tags",
    "normalised",
    "read_tags",
]
