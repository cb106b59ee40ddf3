"""Sentences that reports show, in every language they are written in.

The English template stands where the sentence is made; the French one is in
`policies/lang/fr.yaml` under it. A phrase is its English text, so that it can be
compared, sorted and logged like any text.

A template writes both forms of what is counted, `{} [resource|resources]`: the number
before them chooses, by the rule of the language that the template is in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

_FORMS = re.compile(r"\[([^]\[|]*)\|([^]\[|]*)\]")
_ENGLISH_SINGULAR = frozenset({"1"})
_FRENCH_SINGULAR = frozenset({"0", "1"})


class Phrase(str):
    """A sentence with its template (`{}` for each argument) and its arguments."""

    __slots__ = ("arguments", "template")
    template: str
    arguments: tuple[str, ...]

    def within(self, catalogue: Mapping[str, str]) -> str:
        """The sentence in the French of `catalogue`; English where it has none."""
        parts = [spoken(part, catalogue) for part in self.arguments]
        french = catalogue.get(self.template)
        if french is None:
            return _filled(self.template, parts, _ENGLISH_SINGULAR)
        return _filled(french, parts, _FRENCH_SINGULAR)


def say(template: str, *arguments: str) -> Phrase:
    """The phrase of `template` with `arguments` in its places."""
    phrase = Phrase(_filled(template, arguments, _ENGLISH_SINGULAR))
    phrase.template = template
    phrase.arguments = arguments
    return phrase


def _filled(template: str, arguments: Sequence[str], singular: Set[str]) -> str:
    """`template` with `arguments` in its places, and the forms that they ask for."""

    def form(forms: re.Match[str]) -> str:
        number = arguments[template.count("{}", 0, forms.start()) - 1]
        return forms[1] if number in singular else forms[2]

    agreed = _FORMS.sub(form, template) if "|" in template else template
    return agreed.format(*arguments)


def spoken(text: str, catalogue: Mapping[str, str]) -> str:
    """`text` in the language of `catalogue`, if it is a phrase; else as it is."""
    return text.within(catalogue) if isinstance(text, Phrase) else text
