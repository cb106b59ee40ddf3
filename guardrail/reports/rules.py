"""Rules for people: those in force, and one with its law, its dates and its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from guardrail.classification import Vocabulary
from guardrail.policy import Rule, Terms
from guardrail.reports.conditions import Words, in_words
from guardrail.reports.layout import Layout, paged
from guardrail.reports.offer import MARKS
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import BODIES


class RuleLine(msgspec.Struct, kw_only=True):
    """One rule."""

    id: str
    layer: str
    effect: str
    title: str
    since: date
    until: date | None
    in_force: bool
    bodies: tuple[str, ...]
    """Who is bound; everybody when empty."""


class RuleList(msgspec.Struct, kw_only=True):
    """The document of `guardrail rules list`."""

    schema_version: str = "1.0"
    as_of: date
    library: str
    language: str
    rules: list[RuleLine]


class InWords(msgspec.Struct, kw_only=True):
    """The conditions of a rule in one language, indented by two spaces a level."""

    when: list[str]
    require: list[str]


class RuleSheet(msgspec.Struct, kw_only=True):
    """The document of `guardrail rules show`."""

    schema_version: str = "1.0"
    as_of: date
    in_force: bool
    library: str
    rule: Rule
    """As it stands in the file, in both languages."""
    in_words: dict[str, InWords]
    """By language."""


def rule_list(rules: Sequence[Rule], day: date, rendering: Rendering) -> RuleList:
    """A line for each of `rules`, by id."""
    return RuleList(
        as_of=day,
        library=rendering.library_sha256,
        language=rendering.language,
        rules=[
            RuleLine(
                id=rule.id,
                layer=rule.layer,
                effect=rule.effect,
                title=rule.title[rendering.language],
                since=rule.since,
                until=rule.until,
                in_force=rule.in_force(day),
                bodies=rule.bodies,
            )
            for rule in sorted(rules, key=lambda one: one.id)
        ],
    )


def render_rules_text(document: RuleList, rendering: Rendering) -> bytes:
    """The rules, a few lines each."""
    page = Layout(rendering)
    lines = page.wrap(
        page.t("{} [rule|rules], as of {}", len(document.rules), document.as_of)
    )
    for rule in document.rules:
        lines += ["", *_rule(rule, page)]
    return paged(lines)


def _rule(rule: RuleLine, page: Layout) -> Iterator[str]:
    effect = page.t(rule.effect.upper())
    layer = page.t(f"layer: {rule.layer}")
    days = page.days(rule.since, rule.until)
    state = "" if rule.in_force else f" ({page.t('not on this day')})"
    yield from page.wrap(f"{rule.id} · {effect} · {layer} · {days}{state}")
    yield from page.wrap(rule.title, 4)
    yield from page.wrap(f"{page.t('binds:')} {_bodies(rule.bodies, page)}", 4, 2)


def _bodies(bodies: Iterable[str], page: Layout) -> str:
    """Who is bound, in words, each with the word of `--body`."""
    named = [
        f"{page.t(BODIES[body])} ({body})" if body in BODIES else body
        for body in bodies
    ]
    return ", ".join(named) or page.t("everybody")


def rule_sheet(
    rule: Rule, day: date, vocabulary: Vocabulary, renderings: Sequence[Rendering]
) -> RuleSheet:
    """Everything about `rule`; `renderings` give the languages."""
    return RuleSheet(
        as_of=day,
        in_force=rule.in_force(day),
        library=renderings[0].library_sha256,
        rule=rule,
        in_words={
            one.language: _in_words(rule, Words(Layout(one), vocabulary))
            for one in renderings
        },
    )


def _in_words(rule: Rule, words: Words) -> InWords:
    return InWords(
        when=["  " * depth + text for depth, text in in_words(rule.when, words)],
        require=["  " * depth + text for depth, text in in_words(rule.require, words)],
    )


def render_rule_text(sheet: RuleSheet, renderings: Sequence[Rendering]) -> bytes:
    """The rule, once in each language, one after the other, then its sources."""
    lines: list[str] = []
    for rendering in renderings:
        lines += _Sheet(sheet, rendering).text()
        lines += [""]
    lines += _sources(sheet.rule, Layout(renderings[0]))
    return paged(lines)


class _Sheet:
    """A rule in one language."""

    def __init__(self, sheet: RuleSheet, rendering: Rendering) -> None:
        self._sheet = sheet
        self._page = Layout(rendering)
        self._words = sheet.in_words[rendering.language]

    def text(self) -> Iterator[str]:
        page, rule, language = self._page, self._sheet.rule, self._page.language
        yield from page.wrap(f"[{language}] {rule.id}")
        yield from page.wrap(rule.title[language])
        yield ""
        effect = f"{page.t(rule.effect.upper())} · {page.t(f'layer: {rule.layer}')}"
        yield from page.labelled(page.t("effect"), effect)
        yield from page.labelled(page.t("in force"), self._days())
        yield from page.labelled(page.t("binds"), _bodies(rule.bodies, page))
        if rule.law is not None:
            yield from page.labelled(page.t("law"), rule.law[language])
        yield from page.listed(page.t("when"), self._condition(self._words.when))
        yield from page.listed(
            page.t("then it requires"), self._condition(self._words.require)
        )
        yield ""
        yield from page.labelled(page.t("message"), rule.message[language])
        yield from page.labelled(page.t("to do"), rule.remediation[language])
        yield from page.labelled(
            page.t("derogation"), derogation_in_words(rule.derogation, page)
        )

    def _days(self) -> str:
        page, rule = self._page, self._sheet.rule
        now = page.t("in force on {}", self._sheet.as_of)
        not_now = page.t("not in force on {}", self._sheet.as_of)
        state = now if self._sheet.in_force else not_now
        return f"{page.days(rule.since, rule.until)} ({state})"

    def _condition(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            text = line.lstrip()
            yield from self._page.wrap(f"• {text}", 2 + len(line) - len(text), 2)


def derogation_in_words(terms: Terms | None, page: Layout) -> str:
    """The lawful terms of a derogation, in words."""
    if terms is None:
        return page.t("none is lawful")
    services, months = ", ".join(terms.services), terms.months_after_offer
    offices = [page.t(office) for office in terms.by]
    stated = (
        (True, page.t("granted by {}", page.t(" and ").join(offices))),
        (terms.services, page.t("for the services {} only", services)),
        (
            terms.started_before,
            page.t("for a project started before {}", terms.started_before),
        ),
        (
            terms.very_advanced_on,
            page.t("for a project very advanced on {}", terms.very_advanced_on),
        ),
        (terms.under_way, page.t("for a project already under way")),
        (months, page.t("at most {} [month|months] after an acceptable offer", months)),
        (terms.public, page.t("published")),
        (terms.signed, page.t("signed")),
    )
    return page.t("; ").join(text for holds, text in stated if holds)


def _sources(rule: Rule, page: Layout) -> Iterator[str]:
    yield page.t("sources and remarks, as kept in the registry")
    for source in rule.sources:
        read = page.t("read {}", source.read)
        yield from page.wrap(f"• {source.cited}, {read}", 2, 2)
    mark = page.t(MARKS[rule.confidence])
    text = page.t("{}: {}", f"{page.t('confidence')} {rule.confidence}", mark)
    yield from page.wrap(text, 2, 2)
    if rule.derogation is not None and rule.derogation.note:
        text = f"{page.t('note on derogations:')} {rule.derogation.note}"
        yield from page.wrap(text, 2, 2)
    if rule.note:
        yield from page.wrap(f"{page.t('note:')} {rule.note}", 2, 2)
    if rule.open:
        yield from page.wrap(f"{page.t('open:')} {rule.open}", 2, 2)
