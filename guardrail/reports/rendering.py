"""What every report needs beside the decision: the tool, the library, the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from guardrail.model import spoken

_COMMAND = re.compile(r"(?<!\S)::")
"""How a command begins: a type (`OS::Nova::Server`) does not."""


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """How a decision is to be shown."""

    version: str
    """Of the tool."""
    library_sha256: str
    catalogue_date: date
    language: str = "en"
    french: Mapping[str, str] = {}
    colour: bool = False
    width: int = 80

    def say(self, text: str) -> str:
        """`text` in the language asked, without control characters."""
        words = spoken(text, self.french) if self.language == "fr" else text
        shown = words
        if not words.isprintable():
            shown = "".join(char if char.isprintable() else " " for char in words)
        # Continuous integration obeys these wherever a line holds or begins with them.
        shown = shown.replace("##", "# #")
        return _COMMAND.sub(": :", shown) if "::" in shown else shown
