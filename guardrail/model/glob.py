"""Globs over addresses: `*` stands for any text, everything else for itself."""

from __future__ import annotations


def glob_fits(glob: str, text: str) -> bool:
    """Whether `text` fits `glob`, in time linear in `text` for each `*`."""
    first, *others = glob.split("*")
    if not others:
        return text == glob
    if not text.startswith(first):
        return False
    at = len(first)
    *middles, last = others
    for middle in middles:
        found = text.find(middle, at)
        if found < 0:
            return False
        at = found + len(middle)
    return len(text) - at >= len(last) and text.endswith(last)
