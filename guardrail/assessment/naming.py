"""The texts in which a resource is named and described."""

from __future__ import annotations

from guardrail.model import Part, say


def said_in(address: str, naming: Part) -> str:
    """All that may hold a word, as one text: quick to look through."""
    return "\n".join((address, b"\n".join(filter(None, naming.values)).decode()))


def named_in(address: str, naming: Part) -> list[tuple[str, str, bool]]:
    """Where a resource is named and described, and the text there; no secret.

    The last says whether every plan shows it.
    """
    stated = naming.texts()
    open_ = [name for name in stated if not naming.hides(name)]
    return [
        (say("its address"), address, True),
        *((f"`{name}`", stated[name], False) for name in open_),
    ]
