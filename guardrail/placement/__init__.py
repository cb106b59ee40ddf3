"""Whose cloud a resource lands on, where, and which law can reach it."""

from guardrail.placement.catalogue import (
    Catalogue,
    CountryGroup,
    Registry,
    find_place,
    fits,
    word_for,
)
from guardrail.placement.exposure import Exposure, exposure
from guardrail.placement.landing import Landing, locate, nowhere_known
from guardrail.placement.providers import ProviderProfile, TagShape
from guardrail.placement.registry import (
    Control,
    Fact,
    Law,
    Offer,
    Operator,
    Qualification,
    Recogniser,
    RegionTable,
    Source,
    Text,
)
from guardrail.placement.signals import Carrier, Environment, Signals, read_signals

__all__ = [
    "Carrier",
    "Catalogue",
    "Control",
    "CountryGroup",
    "Environment",
    "Exposure",
    "Fact",
    "Landing",
    "Law",
    "Offer",
    "Operator",
    "ProviderProfile",
    "Qualification",
    "Recogniser",
    "RegionTable",
    "Registry",
    "Signals",
    "Source",
    "TagShape",
    "Text",
    "exposure",
    "find_place",
    "fits",
    "locate",
    "nowhere_known",
    "read_signals",
    "word_for",
]
