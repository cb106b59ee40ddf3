"""`guardrail rules`: the rules in force, and one with its law in both languages."""

from __future__ import annotations

import argparse

import msgspec

from guardrail.cli.options import LANGUAGES
from guardrail.cli.registry import add_options, answer, ground
from guardrail.cli.words import chosen

_EXAMPLE = """examples:
  guardrail rules list --as-of 2022-01-01
  guardrail rules show fr-sren-31"""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb with its actions."""
    parser = verbs.add_parser(
        "rules",
        description="The rules that bind on a day, and what each one says.",
        epilog=_EXAMPLE,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser(
        "list",
        help="the rules in force on a day",
        description="The rules in force on a day, with effect, bodies and dates.",
        epilog="example:\n  guardrail rules list --as-of 2022-01-01",
    )
    listed.add_argument(
        "--all", action="store_true", help="those not in force on the day too"
    )
    add_options(listed)
    listed.set_defaults(run=run_list)
    shown = actions.add_parser(
        "show",
        help="one rule with its law, in both languages",
        description="One rule with its law, conditions, dates, derogation and sources.",
        epilog="example:\n  guardrail rules show fr-sren-31",
    )
    shown.add_argument("rule", metavar="ID", help="as `guardrail rules list` names it")
    add_options(shown)
    shown.set_defaults(run=run_show)


def run_list(options: argparse.Namespace) -> int:
    """Exit code 0, also where no rule is in force.

    Raises:
        LibraryError: The library cannot be used.
        ConfigurationError: guardrail.yaml cannot be used.
    """
    from guardrail.reports.rules import render_rules_text, rule_list

    found = ground(options)
    rules = [
        one
        for one in found.library.rules.values()
        if options.all or one.in_force(found.day)
    ]
    document = rule_list(rules, found.day, found.rendering)
    return answer(document, render_rules_text(document, found.rendering), options)


def run_show(options: argparse.Namespace) -> int:
    """Exit code 0.

    Raises:
        LibraryError: The library cannot be used.
        ConfigurationError: There is no such rule.
    """
    from guardrail.reports.rules import render_rule_text, rule_sheet

    found = ground(options)
    rules = found.library.rules
    rule = rules[chosen(options.rule, rules, "rule")]
    first = options.lang
    renderings = [
        msgspec.structs.replace(found.rendering, language=language)
        for language in sorted(LANGUAGES, key=lambda one: one != first)
    ]
    sheet = rule_sheet(rule, found.day, found.library.vocabulary, renderings)
    return answer(sheet, render_rule_text(sheet, renderings), options)
