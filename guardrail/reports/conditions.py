"""The conditions of a rule in words, with a line for each predicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from guardrail.classification import Vocabulary
from guardrail.reports.layout import Layout


class Words(msgspec.Struct, frozen=True):
    """What it takes to put a condition into words."""

    page: Layout
    vocabulary: Vocabulary

    def of_data(self, word: str) -> str:
        """The name of a class or category, and its id where they differ."""
        language = self.page.language
        names = {one.id: one.name[language] for one in self.vocabulary.classes}
        names |= {one.id: one.name[language] for one in self.vocabulary.categories}
        name = names.get(word, word)
        return word if name == word else f"{name} ({word})"

    def plain(self, word: str) -> str:
        """A word that is no class and no category."""
        return self.page.t(word) if word in HOSTINGS else word

    def listed(self, words: Iterable[str]) -> str:
        """Any one of `words`."""
        return self.page.t(" or ").join(words)


HOSTINGS = ("commercial", "dedicated", "internal")


def in_words(document: Any, words: Words, depth: int = 0) -> Iterator[tuple[int, str]]:
    """Depth and sentence of each line of a condition, as the rule states it."""
    page = words.page
    parts = list(document.items())
    if len(parts) > 1:
        yield depth, page.t("all of this:")
        depth += 1
    for name, argument in parts:
        if name in {"all", "any"}:
            title = "all of this:" if name == "all" else "at least one of this:"
            yield depth, page.t(title)
            for part in argument:
                yield from in_words(part, words, depth + 1)
        elif name == "not":
            yield depth, page.t("not this:")
            yield from in_words(argument, words, depth + 1)
        else:
            yield depth, sentence(name, argument, words)


def sentence(name: str, argument: Any, words: Words) -> str:
    """One predicate in words; a predicate of another library by its own name."""
    known = SENTENCES.get(name)
    return known(argument, words) if known else f"{name}: {argument}"


Sentence: TypeAlias = Callable[[Any, Words], str]


def _of(template: str) -> Sentence:
    """The sentence of a predicate that takes one word or number."""
    return lambda argument, words: words.page.t(template, argument)


def _of_list(template: str) -> Sentence:
    """The sentence of a predicate that takes a list of words."""
    return lambda argument, words: words.page.t(
        template, words.listed(words.plain(str(one)) for one in argument)
    )


def _of_all(template: str) -> Sentence:
    """The sentence of a predicate that asks for every word of a list."""
    return lambda argument, words: words.page.t(
        template, words.page.t(" and ").join(map(str, argument))
    )


def _of_data(template: str) -> Sentence:
    """The sentence of a predicate that takes classes or categories."""
    return lambda argument, words: words.page.t(
        template,
        words.listed(words.of_data(str(one)) for one in _several(argument)),
    )


def _several(argument: Any) -> Sequence[Any]:
    return [argument] if isinstance(argument, str) else list(argument)


def _either(holds: str, fails: str) -> Sentence:
    """The sentence of a predicate that takes true or false."""
    return lambda argument, words: words.page.t(holds if argument else fails)


def _of_terms(template: str) -> Sentence:
    """The sentence of a predicate that takes schemes of qualification."""

    def sentence(argument: Any, words: Words) -> str:
        page = words.page
        schemes = [
            page.t("{} {} or later", one["scheme"], one["version_at_least"])
            if "version_at_least" in one
            else str(one["scheme"])
            for one in argument
        ]
        return page.t(template, words.listed(schemes))

    return sentence


SENTENCES: Mapping[str, Sentence] = {
    "base_qualification_ends_within": _of(
        "it runs on an offer whose qualifications end within {} [day|days]"
    ),
    "base_qualified": _of_terms("it runs on an offer that is qualified: {}"),
    "body_any": _of_list("the body that deploys is {}"),
    "category_any": _of_data("the data is of the category {}"),
    "class_any": _of_data("the class of the data is {}"),
    "class_at_least": _of_data("the class of the data is {} or above"),
    "controlled_from": _of_list("a link of the chain of control is in {}"),
    "controlled_outside": _of_list("a link of the chain of control is outside {}"),
    "declared": _of_all("the project declares in guardrail.yaml: {}"),
    "from_day": _of("the day is {} or later"),
    "hosting_any": _of_list("the hosting is {}"),
    "capital_within_limits": _either(
        "no holder from outside the Union has over 24 % of the capital, nor all 39 %",
        "holders from outside the Union have over 24 % of the capital, or all 39 %",
    ),
    "immune": _either(
        "no law of a country outside the Union reaches who controls the offer",
        "a law of a country outside the Union reaches who controls the offer",
    ),
    "located_in": _of_list("every country of the place is in {}"),
    "offered": _either(
        "the offer and its operator are there on the day",
        "the offer or its operator is not there on the day",
    ),
    "never": _either(
        "nothing: no cloud satisfies it", "nothing: no cloud satisfies it"
    ),
    "qualification_ends_within": _of(
        "every qualification that is in force ends within {} [day|days]"
    ),
    "qualification_in_progress": _either(
        "a qualification is asked for and not granted", "no qualification is asked for"
    ),
    "qualified": _of_terms(
        "the offer is qualified on the day, for the region and the service: {}"
    ),
    "service_any": _of_list("the service is {}"),
    "stacked": _either(
        "the offer runs on another offer of the registry",
        "the offer runs on no other offer of the registry",
    ),
}
"""Predicate to its sentence: one for each word of the vocabulary."""
