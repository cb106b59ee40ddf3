"""`guardrail review`: judge what is in a cloud already."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from guardrail.assessment import assess
from guardrail.cli.judging import (
    add_reports,
    add_stated,
    exit_code,
    ground,
    report,
    targets_of,
)
from guardrail.cli.options import library_of, today
from guardrail.cli.output import STANDARD
from guardrail.errors import ConfigurationError

_EXAMPLE = """example:
  guardrail review openstack --os-cloud our-cloud --body state --all-projects"""
_BUDGET_S = 60.0


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb with its kinds of cloud."""
    parser = verbs.add_parser(
        "review",
        description="Judge what is in a cloud already: it only reads.",
        epilog=_EXAMPLE,
    )
    kinds = parser.add_subparsers(required=True, metavar="CLOUD")
    add_openstack(kinds)


def add_openstack(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the review of an OpenStack cloud, which clouds.yaml names."""
    parser = kinds.add_parser(
        "openstack",
        help="projects of an OpenStack cloud",
        description="Judge servers, volumes, snapshots, backups, images, shares, "
        "containers, stacks, networks, load balancers, databases and secrets that are "
        "in a project already. Nothing is changed, and no content is read.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "--os-cloud", metavar="NAME", help="entry of clouds.yaml (OS_CLOUD)"
    )
    parser.add_argument(
        "--os-region", metavar="NAME", help="one region; the entry's, else all"
    )
    add_review(parser)
    parser.set_defaults(connect=_connect)


def add_review(parser: argparse.ArgumentParser) -> None:
    """Add the options of a review, whatever names the cloud."""
    parser.add_argument(
        "--all-projects",
        action="store_true",
        help="every project that the credentials may see, not theirs alone",
    )
    parser.add_argument(
        "--service-timeout",
        type=_seconds,
        default=_BUDGET_S,
        metavar="SECONDS",
        help="the most that one list may take (60)",
    )
    add_stated(parser)
    add_reports(parser)
    parser.set_defaults(run=run, existing="enforce")


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error
    if not 0 < found < 86_400:
        raise argparse.ArgumentTypeError("it is between 0 and a day")
    return found


def _connect(options: argparse.Namespace) -> Any:
    """The entry of clouds.yaml that the options name.

    Raises:
        ConfigurationError: There is none, or openstacksdk is not there.
    """
    from guardrail.openstack.cloud import configured

    return configured(options.os_cloud, options.os_region)


def run(options: argparse.Namespace) -> int:
    """The exit code of the verdict on what is there.

    Raises:
        InputError: The cloud cannot be reached.
        LibraryError: Rules or registry cannot be used.
        ConfigurationError: An option, guardrail.yaml or clouds.yaml is not usable.
    """
    targets = targets_of(options)
    library, notes = library_of(options)
    day = options.as_of or today()
    knowledge, circumstances = ground(STANDARD, options, library, notes, day)
    try:
        from guardrail.openstack.cloud import Cloud  # only here: they cost time
        from guardrail.openstack.inventory import Taking
        from guardrail.openstack.reviewed import reviewed
    except ImportError as error:
        raise ConfigurationError(
            "openstacksdk is not installed",
            remedy="Install it: pip install 'guardrail[openstack]'",
        ) from error
    cloud = Cloud(options.connect(options), options.service_timeout)
    tell, done = progress()
    try:
        found = Taking(cloud, tell, everything=options.all_projects).taken()
    finally:
        done()
    seen = reviewed(found, knowledge.lexicon)
    circumstances = msgspec.structs.replace(circumstances, projects=seen.projects)
    decision = assess(seen.stack, knowledge, circumstances)
    report([decision], targets, options, library)
    return exit_code(decision.verdict)


def progress() -> tuple[Callable[[str], None], Callable[[], None]]:
    """What tells a terminal what is read now, and what wipes it; silent elsewhere."""
    stream = sys.stderr
    if stream is None or not stream.isatty():
        return (lambda _what: None), (lambda: None)

    def tell(what: str) -> None:
        stream.write(f"\r\x1b[K{_printable(what)} …")
        stream.flush()

    def done() -> None:
        stream.write("\r\x1b[K")
        stream.flush()

    return tell, done


def _printable(text: str) -> str:
    return "".join(one for one in text[:60] if one.isprintable())
