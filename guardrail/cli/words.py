"""Words that the user chooses from a list: the one meant, or which there are."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from guardrail.errors import ConfigurationError

_LISTED = 40


def chosen(word: str, known: Collection[str], what: str) -> str:
    """`word`, if it is one of `known`.

    Raises:
        ConfigurationError: It is not; the nearest are named, and all where few.
    """
    if word in known:
        return word
    near = difflib.get_close_matches(word.lower(), sorted(known), n=3, cutoff=0.5)
    near = near or [one for one in sorted(known) if word.lower() in one][:3]
    parts = [f"no {what} is called {word!r}"]
    if near:
        parts.append(f"did you mean {' or '.join(near)}?")
    if len(known) <= _LISTED:
        parts.append(f"there are: {', '.join(sorted(known))}")
    raise ConfigurationError("; ".join(parts))
