"""The errors: each says that no sound decision can be reached, and where.

Denied and review are values, never exceptions. An exception means "cannot judge".
"""

from __future__ import annotations


class GuardrailError(Exception):
    """No sound decision can be reached.

    `where` is a JSON Pointer, a file name or an address; "" when there is no place
    to name. `remedy` is what the user can do about it.
    """

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        message = str(self.args[0])
        located = f"{self.where}: {message}" if self.where else message
        return f"{located}. {self.remedy}" if self.remedy else located


class InputError(GuardrailError):
    """What was given cannot be read as a plan, code or template."""


class UnsupportedFormatError(InputError):
    """It is a plan, of a version or kind that is not supported."""


class LibraryError(GuardrailError):
    """Rules or registry are missing, malformed, contradictory or stale."""


class ConfigurationError(GuardrailError):
    """`guardrail.yaml`, or an option of the command line, is not usable."""
