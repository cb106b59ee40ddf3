"""What is known of one value, why it is believed, and what is missing when it is not.

Absent is a third thing: nobody set the value. It is neither known nor unknown.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class Evidence(IntEnum):
    """Why a value is believed, strongest first.

    From `REFERENCE` on it is a hint: it may forbid and never permit.
    """

    VALUE = 1
    """E1: a known value of the planned resource itself."""
    WITNESS = 2
    """E2: a data source or an earlier value seen through the same provider."""
    CONSTANT = 3
    """E3: a constant in the provider configuration, or the provider itself."""
    SOURCE = 4
    """E4: an expression whose source was read and evaluated."""
    ATTESTED = 5
    """E5: stated by the organisation (environment, `guardrail.yaml`)."""
    REFERENCE = 6
    """E6: a reference whose expression was not seen; a function may stand around it."""
    DEFAULT = 7
    """E7: nothing was set; the default of the provider."""

    @property
    def firm(self) -> bool:
        """Whether the value may be used to permit."""
        return self.value <= Evidence.ATTESTED

    @property
    def code(self) -> str:
        """`E1` to `E7`, as reports print it."""
        return f"E{self.value}"


class Known(msgspec.Struct, Generic[T], frozen=True):
    """A value, with the evidence for it."""

    value: T
    evidence: Evidence = Evidence.VALUE
    because: str = ""
    """Where the value was found, as a phrase; never the value of a secret."""
    sensitive: bool = False
    """Whether it stands under a sensitive mask: used to judge, never printed."""


class Unknown(msgspec.Struct, frozen=True):
    """A value that cannot be known from what was given."""

    reason: str
    remedy: str = ""
    """How the user can supply it; "" when nobody can before the apply."""
    refers_to: tuple[str, ...] = ()
    """What the value would be taken from, most specific first."""


class Absent(Enum):
    """Nobody set the value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

Value: TypeAlias = Known[T] | Unknown
Setting: TypeAlias = Known[T] | Unknown | Absent
