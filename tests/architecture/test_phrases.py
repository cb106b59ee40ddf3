"""Everything that a report can say, it can say in French."""

from __future__ import annotations

import ast
import re
from typing import get_args

from guardrail.decision import Effect, State, Verdict
from guardrail.library import Library
from guardrail.model import Change
from guardrail.placement.providers import Kind
from tests.architecture.phrases import Said, said
from tests.architecture.trees import trees

VERDICTS = {one.value.upper() for one in Verdict}
EFFECTS = {one.value.upper() for one in Effect}
HOSTINGS = {"internal", "dedicated", "commercial"}
LAYERS = {"layer: law", "layer: baseline", "layer: profile"}
BY_VALUE: dict[str, set[str]] = {
    "verdict.value.upper()": VERDICTS,
    "verdict.upper()": VERDICTS,
    "word.upper()": {*VERDICTS, "NOTICE"},
    "finding.effect.value.upper()": EFFECTS,
    "effect.value.upper()": EFFECTS,
    "rule.effect.upper()": {"DENY", "REVIEW", "NOTICE"},
    "f'layer: {rule.layer}'": LAYERS,
    "self._offer.hosting": HOSTINGS,
    "seen.offer.hosting": HOSTINGS,
    "one.state.value": {one.value for one in State},
    "told.verdict.upper()": VERDICTS,
    "change.verdict.upper()": VERDICTS,
    "offer.hosting": HOSTINGS,
    "step.detail": set(),  # a phrase already: `say` is `Rendering.say` there
    "action": {one.value for one in Change},
    "told.kind": set(get_args(Kind)),
    "office": {
        "minister",
        "prime-minister",
        "security-authority",
        "homologation-authority",
        "defence-security-official",
    },
    "str(one)": set(),  # words of a rule, which it states itself
}
"""What an expression that is no constant may be, as it stands in the code."""


def texts(one: Said) -> set[str]:
    return BY_VALUE[one.source] if one.texts is None else one.texts


def everything() -> set[str]:
    """Each template that may be said."""
    return set().union(*(texts(one) for one in said()))


def written() -> set[str]:
    """Each text that stands anywhere in the code."""
    return {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_template_is_a_constant_or_one_of_a_few_words() -> None:
    odd = {one.source for one in said() if one.texts is None} - BY_VALUE.keys()

    assert odd == set(), "say it with a constant, or list its values in BY_VALUE"
    assert len(everything()) > 100


def test_every_template_has_its_french(library: Library) -> None:
    missing = {
        template: f"{one.module}:{one.line}"
        for one in said()
        for template in texts(one)
        if template not in library.french
    }

    assert missing == {}


def test_no_french_template_is_stale(library: Library) -> None:
    known = everything() | written()

    assert [template for template in library.french if template not in known] == []


def test_a_template_has_the_same_places_in_both_languages(library: Library) -> None:
    differ = [
        english
        for english, french in library.french.items()
        if english.count("{}") != french.count("{}") or "{" in french.replace("{}", "")
    ]

    assert differ == []


def test_what_is_counted_stands_behind_its_number(library: Library) -> None:
    for template in [*library.french, *library.french.values()]:
        before, *forms = template.split("[")
        while forms:
            inside = forms[0].partition("]")[0]
            assert inside.count("|") == 0 or "{}" in before, template
            before += "[" + forms.pop(0)


def test_no_template_begins_or_ends_in_a_blank_to_differ(library: Library) -> None:
    trimmed = [template.strip() for template in library.french]

    assert len(set(trimmed)) == len(trimmed)


def test_french_is_written_as_it_is_printed(library: Library) -> None:
    """A blank before `:`, `;`, `!`, `?` and inside guillemets; straight apostrophes."""
    for french in library.french.values():
        told = re.sub("`[^`]*`", "", french).replace("://", "")
        for mark in (":", ";", "!", "?"):
            places = [at for at, char in enumerate(told) if char == mark]
            assert all(at == 0 or told[at - 1] == " " for at in places), french
        assert told.count("«") == told.count("« "), french
        assert "’" not in french, french
