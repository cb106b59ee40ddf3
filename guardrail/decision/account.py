"""How the answer about one resource came about: what each rule says of each landing."""

from __future__ import annotations

import msgspec

from guardrail.decision.findings import Breach, Judged
from guardrail.model import Truth, Value
from guardrail.placement import Landing
from guardrail.policy import Atom, Facts, Rule


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule says of one landing."""

    rule: Rule
    applies: Truth
    """Whether it asks anything of such data in such a place."""
    kept: Truth
    breach: Breach | None
    """What came of it; None where it is content, or would only give notice."""
    content_with: tuple[tuple[Atom, bool], ...]
    """Why it does not apply, or why it is kept, and whether each holds."""
    unmet: tuple[Atom, ...]
    """What keeps its requirement from holding."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One landing, judged as one kind of service."""

    landing: Landing
    service: Value[str]
    facts: Facts
    rulings: tuple[Ruling, ...]
    """By the id of the rule; none where the resource is not judged."""
    alternatives: tuple[str, ...]
    """Offers of the same service on which the same data would be allowed; sorted."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer about one resource."""

    judged: Judged
    stops: tuple[Stop, ...]
    """In the order of its landings."""
