"""How sensitive the data of a resource is: a class or bounds on it, and categories."""

from __future__ import annotations

import msgspec

from guardrail.model import Truth


class Because(msgspec.Struct, frozen=True):
    """One step of the chain that gave a class."""

    source: str
    """`tag`, `mapping`, `provider-tags`, `stack`, `absent`, …"""
    detail: str


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """A class and categories that somebody states of some resources."""

    source: str
    """`mapping`, `stack`, `floor`; as the report names it."""
    detail: str
    rank: int | None = None
    categories: frozenset[str] = frozenset()


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on the class, as ranks of the vocabulary, and the categories claimed."""

    lowest: int
    highest: int
    categories: frozenset[str] = frozenset()
    any_category: bool = False
    """Whether a category tag has an unknown value: any category may be claimed."""
    own: bool = False
    """Whether the resource itself carries a class, or may."""
    because: tuple[Because, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the class is one."""
        return self.lowest == self.highest

    def not_below(self, floor: Declaration) -> Sensitivity:
        """This, raised to the class and categories of `floor` where it is below."""
        rank = floor.rank or 0
        categories = self.categories | floor.categories
        if self.lowest >= rank and categories == self.categories:
            return self
        return msgspec.structs.replace(
            self,
            lowest=max(self.lowest, rank),
            highest=max(self.highest, rank),
            categories=categories,
            because=(*self.because, Because(floor.source, floor.detail)),
        )

    def at_least(self, rank: int) -> Truth:
        """Whether the class is `rank` or higher."""
        if self.lowest >= rank:
            return Truth.TRUE
        return Truth.FALSE if self.highest < rank else Truth.UNKNOWN

    def claims(self, categories: frozenset[str]) -> Truth:
        """Whether one of `categories` is claimed."""
        if self.categories & categories:
            return Truth.TRUE
        return Truth.UNKNOWN if self.any_category else Truth.FALSE
