"""Sentences that reports show, in every language they are written in.

The English template stands where the sentence is made; the French one is in
`policies/lang/fr.yaml` under it. A phrase is its English text, so that it can be
compared, sorted and logged like any text.
"""

from __future__ import annotations

from collections.abc import Mapping


class Phrase(str):
    """A sentence with its template (`{}` for each argument) and its arguments."""

    __slots__ = ("arguments", "template")
    template: str
    arguments: tuple[str, ...]

    def within(self, catalogue: Mapping[str, str]) -> str:
        """The sentence in the language of `catalogue`; English where it has none."""
        template = catalogue.get(self.template, self.template)
        return template.format(*(spoken(part, catalogue) for part in self.arguments))


def say(template: str, *arguments: str) -> Phrase:
    """The phrase of `template` with `arguments` in its places."""
    phrase = Phrase(template.format(*arguments))
    phrase.template = template
    phrase.arguments = arguments
    return phrase


def spoken(text: str, catalogue: Mapping[str, str]) -> str:
    """`text` in the language of `catalogue`, if it is a phrase; else as it is."""
    return text.within(catalogue) if isinstance(text, Phrase) else text
