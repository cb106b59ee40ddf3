"""Whose cloud a resource lands on, where, and which law can reach it."""

from guardrail.placement.capital import Capital, capital
from guardrail.placement.catalogue import (
    Catalogue,
    CountryGroup,
    Registry,
    deploys_of,
    find_place,
    fits,
    flows_of,
    given_of,
    inherits_tags,
    is_foreign,
    shapes_for,
    word_for,
)
from guardrail.placement.clues import Clue
from guardrail.placement.environment import (
    Attested,
    AttestedFile,
    Entry,
    Environment,
    attested,
    telling,
)
from guardrail.placement.exposure import Exposure, exposure
from guardrail.placement.hints import hinting, possible, tells, unlisted
from guardrail.placement.hosts import host_of, pattern_of
from guardrail.placement.landing import Landing, locate, nowhere_known
from guardrail.placement.origin import Origin
from guardrail.placement.providers import (
    OutsideTags,
    ProviderProfile,
    TagShape,
    Writing,
)
from guardrail.placement.registry import (
    Control,
    Dependency,
    Fact,
    Law,
    Offer,
    Operator,
    Qualification,
    Recogniser,
    RegionTable,
    Share,
    Source,
    Text,
    within,
)
from guardrail.placement.seconds import ROLES, asked_of, landings_of
from guardrail.placement.signals import Carrier, Signals, read_signals
from guardrail.placement.standing import QUALIFYING, Standing, schemes, standing
from guardrail.placement.tools import by_tool

__all__ = [
    "QUALIFYING",
    "ROLES",
    "Attested",
    "AttestedFile",
    "Capital",
    "Carrier",
    "Catalogue",
    "Clue",
    "Control",
    "CountryGroup",
    "Dependency",
    "Entry",
    "Environment",
    "Exposure",
    "Fact",
    "Landing",
    "Law",
    "Offer",
    "Operator",
    "Origin",
    "OutsideTags",
    "ProviderProfile",
    "Qualification",
    "Recogniser",
    "RegionTable",
    "Registry",
    "Share",
    "Signals",
    "Source",
    "Standing",
    "TagShape",
    "Text",
    "Writing",
    "asked_of",
    "attested",
    "by_tool",
    "capital",
    "deploys_of",
    "exposure",
    "find_place",
    "fits",
    "flows_of",
    "given_of",
    "hinting",
    "host_of",
    "inherits_tags",
    "is_foreign",
    "landings_of",
    "locate",
    "nowhere_known",
    "pattern_of",
    "possible",
    "read_signals",
    "schemes",
    "shapes_for",
    "standing",
    "telling",
    "tells",
    "unlisted",
    "within",
    "word_for",
]
