"""How sensitive the data of a resource is: a class or bounds on it, and categories."""

from __future__ import annotations

from typing import Protocol

import msgspec

from guardrail.model import Truth


class Because(msgspec.Struct, frozen=True):
    """One step of the chain that gave a class."""

    source: str
    """`tag`, `mapping`, `stack`, `absent`, `name`, `flow`, `unseen`, …"""
    detail: str
    address: str = ""
    """The resource that it speaks of; "" for the one whose class it is."""
    remedy: str = ""
    """How to supply what it says is missing; "" where a label does."""


class DataFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Data that goes from one resource to another."""

    source: str
    """Address; with `[*]` for all instances of a block."""
    target: str
    kind: str
    """`copies`, `backs-up`, …"""
    certain: bool
    """False where data may go that way and need not."""
    because: str
    """Where it is written, as a phrase."""


class Trail(Protocol):
    """The way on which data came to a resource; followed when somebody asks."""

    def steps(self) -> tuple[Because, ...]:
        """From the label to the resource, flow by flow; several ways in turn."""
        ...


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """A class and categories that somebody states of some resources."""

    source: str
    """`mapping`, `stack`, `project`, `floor`; as the report names it."""
    detail: str
    rank: int | None = None
    highest: int | None = None
    """The highest rank that it leaves open; None where it states `rank` alone."""
    categories: frozenset[str] = frozenset()
    any_category: bool = False
    """Whether it claims categories that are not known."""
    decision: str = ""
    """Reference of the decision that it rests on, and by which it may lower."""

    def joined(self, other: Declaration) -> Declaration:
        """This with what `other` says: the higher class, the categories of both."""
        rank = max(self.rank or 0, other.rank or 0)
        return msgspec.structs.replace(
            self,
            rank=rank,
            highest=max(rank, self.highest or 0, other.highest or 0),
            categories=self.categories | other.categories,
            any_category=self.any_category or other.any_category,
        )


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on the class, as ranks of the vocabulary, and the categories claimed."""

    lowest: int
    highest: int
    categories: frozenset[str] = frozenset()
    any_category: bool = False
    """Whether a category tag has an unknown value: any category may be claimed."""
    possible: frozenset[str] = frozenset()
    """Categories that nobody claims and that there is reason to expect."""
    labelled: bool = True
    """Whether anybody states a class, of a known value or not."""
    own: bool = False
    """Whether the resource itself carries a class, or may, or passes one on."""
    because: tuple[Because, ...] = ()
    """What is said of the resource itself."""
    trail: Trail | None = None
    """What flows have raised; None where they have raised nothing."""

    @property
    def known(self) -> bool:
        """Whether the class is one."""
        return self.lowest == self.highest

    @property
    def chain(self) -> tuple[Because, ...]:
        """All steps that gave the class, those of other resources too."""
        return self.because if self.trail is None else self.because + self.trail.steps()

    @property
    def stated(self) -> int:
        """The highest rank that somebody's word leaves open; not that of silence."""
        return self.highest if self.labelled else self.lowest

    def opened(self, top: int, because: Because) -> Sensitivity:
        """This, where data comes in of which nobody knows the class; `top` is the last.

        Its categories may be any, too.
        """
        return msgspec.structs.replace(
            self,
            highest=top,
            any_category=True,
            labelled=True,
            own=True,
            because=(*self.because, because),
        )

    def not_below(self, floor: Declaration) -> Sensitivity:
        """This, raised to the class and categories of `floor` where it is below."""
        rank = floor.rank or 0
        raised = msgspec.structs.replace(
            self,
            lowest=max(self.lowest, rank),
            highest=max(self.highest, rank, floor.highest or 0),
            categories=self.categories | floor.categories,
            any_category=self.any_category or floor.any_category,
        )
        if raised == self:
            return self
        because = (*self.because, Because(floor.source, floor.detail))
        return msgspec.structs.replace(raised, because=because)

    def at_least(self, rank: int) -> Truth:
        """Whether the class is `rank` or higher."""
        if self.lowest >= rank:
            return Truth.TRUE
        return Truth.FALSE if self.highest < rank else Truth.UNKNOWN

    def claims(self, categories: frozenset[str]) -> Truth:
        """Whether one of `categories` is claimed."""
        if self.categories & categories:
            return Truth.TRUE
        open_ = self.any_category or not categories.isdisjoint(self.possible)
        return Truth.UNKNOWN if open_ else Truth.FALSE
