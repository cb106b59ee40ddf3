"""`guardrail offers`: what the registry says of offers on a day, and what changes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from guardrail.cli.options import day_of
from guardrail.cli.registry import Ground, add_options, answer, ground
from guardrail.cli.where import services_of
from guardrail.cli.words import chosen
from guardrail.errors import ConfigurationError
from guardrail.library import ROOMS, Library, load_library
from guardrail.placement import Fact, Offer, standing

_EXAMPLE = """examples:
  guardrail offers list --qualified --service object-storage
  guardrail offers show outscale-cloudgouv --as-of 2026-12-01
  guardrail offers diff 2026-11-22 2027-01-01"""


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb with its actions."""
    parser = verbs.add_parser(
        "offers",
        description="What the registry says of offers on a day.",
        epilog=_EXAMPLE,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_list(actions)
    _add_show(actions)
    _add_diff(actions)


def _add_list(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "list",
        help="every offer, with its state on a day",
        description="Every offer with operator, place, qualification and the laws that "
        "reach it.",
        epilog="example:\n  guardrail offers list --qualified --as-of 2026-12-01",
    )
    parser.add_argument(
        "--qualified", action="store_true", help="only those qualified on the day"
    )
    parser.add_argument(
        "--hosting", choices=["commercial", "dedicated", "internal"], help="only these"
    )
    parser.add_argument("--service", help="only those that provide it")
    parser.add_argument("--operator", metavar="ID", help="only those that it runs")
    add_options(parser)
    parser.set_defaults(run=run_list)


def _add_show(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "show",
        help="everything about one offer",
        description="One offer: who controls it, laws, qualifications, sources.",
        epilog="example:\n  guardrail offers show s3ns-premi3ns --lang fr",
    )
    parser.add_argument(
        "offer", metavar="ID", help="as `guardrail offers list` names it"
    )
    add_options(parser)
    parser.set_defaults(run=run_show)


def _add_diff(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "diff",
        help="what changes between two days, or two libraries",
        description="What changes between two days: qualifications, offers, laws. Or, "
        "with --against, the facts that differ from those of an older library.",
        epilog="examples:\n"
        "  guardrail offers diff 2026-11-22 2027-01-01\n"
        "  guardrail offers diff --against ../guardrail-2026-10/policies",
    )
    parser.add_argument(
        "days", nargs="*", type=day_of, metavar="DAY", help="the two days, YYYY-MM-DD"
    )
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="an older library, in place of days"
    )
    add_options(parser)
    parser.set_defaults(run=run_diff)


def run_list(options: argparse.Namespace) -> int:
    """Exit code 0, also where no offer is as asked.

    Raises:
        LibraryError: The registry cannot be used.
        ConfigurationError: There is no such service or operator.
    """
    from guardrail.reports.offers import offer_list, render_offers_text

    found = ground(options)
    offers = [
        one for one in found.registry.offers.values() if _asked(one, options, found)
    ]
    document = offer_list(offers, found.registry, found.day, found.rendering)
    return answer(document, render_offers_text(document, found.rendering), options)


def _asked(offer: Offer, options: argparse.Namespace, found: Ground) -> bool:
    """Whether `offer` is as the options ask.

    Raises:
        ConfigurationError: There is no such service or operator.
    """
    registry, day = found.registry, found.day
    if options.service:
        chosen(options.service, services_of(registry), "service")
    if options.operator:
        chosen(options.operator, registry.operators, "operator")
    there = offer.offered_on(day) and registry.operators[offer.operator].active_on(day)
    return (
        (not options.qualified or (there and standing(offer, day).state == "qualified"))
        and options.hosting in {None, offer.hosting}
        and (not options.service or options.service in offer.services)
        and options.operator in {None, offer.operator}
    )


def run_show(options: argparse.Namespace) -> int:
    """Exit code 0.

    Raises:
        LibraryError: The registry cannot be used.
        ConfigurationError: There is no such offer.
    """
    from guardrail.reports.offer import offer_sheet, render_offer_text

    found = ground(options)
    offers = found.registry.offers
    offer = offers[chosen(options.offer, offers, "offer")]
    sheet = offer_sheet(offer, found.registry, found.day, found.rendering)
    return answer(sheet, render_offer_text(sheet, found.rendering), options)


def run_diff(options: argparse.Namespace) -> int:
    """Exit code 0, whether something changes or not.

    Raises:
        LibraryError: A library cannot be used.
        ConfigurationError: Neither two days nor a library are given, or both.
    """
    from guardrail.reports.changes import day_changes, render_day_changes

    if len(options.days) != (0 if options.against else 2):
        raise ConfigurationError("give two days, or --against DIR")
    found = ground(options)
    if options.against is not None:
        return _against(load_library(options.against), found, options)
    before, after = sorted(options.days)
    document = day_changes(found.registry, before, after, found.rendering)
    return answer(document, render_day_changes(document, found.rendering), options)


def _against(older: Library, found: Ground, options: argparse.Namespace) -> int:
    """Exit code 0, after saying what the library in use says and `older` does not."""
    from guardrail.reports.changes import (
        LibraryChanges,
        fact_changes,
        render_library_changes,
    )

    document = LibraryChanges(
        before=older.sha256,
        after=found.library.sha256,
        before_date=older.catalogue.catalogue_date,
        after_date=found.library.catalogue.catalogue_date,
        language=found.rendering.language,
        facts=fact_changes(_rooms(older), _rooms(found.library)),
    )
    return answer(document, render_library_changes(document, found.rendering), options)


def _rooms(library: Library) -> dict[str, Mapping[str, Fact]]:
    """Every fact of `library`, by room and id."""
    return {
        room: library.rules if room == "rules" else getattr(library.registry, room)
        for room in ROOMS
    }
