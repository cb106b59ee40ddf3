"""Words that the user chooses from a list: the one meant, or which there are."""

from __future__ import annotations

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
    import difflib  # costs start-up time

    names = {one.lower(): one for one in sorted(known)}
    found = difflib.get_close_matches(word.lower(), names, n=3, cutoff=0.5)
    found = found or [name for name in names if word.lower() in name][:3]
    near = [names[name] for name in found]
    parts = [f"no {what} is called {word!r}"]
    if near:
        parts.append(f"did you mean {' or '.join(near)}?")
    if len(known) <= _LISTED:
        parts.append(f"there are: {', '.join(sorted(known))}")
    raise ConfigurationError("; ".join(parts))
