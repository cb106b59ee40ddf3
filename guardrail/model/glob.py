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


def globs_meet(first: str, second: str) -> bool:
    """Whether any text fits both globs, in time linear in their lengths' product."""
    # Places in `second` that can be reached when `first` was read up to here.
    reached = _past_stars({0}, second)
    for letter in first:
        if letter == "*":
            reached = set(range(min(reached, default=len(second) + 1), len(second) + 1))
        else:
            stay = {at for at in reached if second[at : at + 1] == "*"}
            step = {at + 1 for at in reached if second[at : at + 1] == letter}
            reached = _past_stars(stay | step, second)
    return len(second) in reached


def _past_stars(places: set[int], glob: str) -> set[int]:
    """The places, and those behind the stars that stand there."""
    found = set(places)
    for at in sorted(places):
        end = at
        while glob[end : end + 1] == "*":
            end += 1
            found.add(end)
    return found
