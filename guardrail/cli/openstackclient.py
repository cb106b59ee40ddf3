"""`openstack guardrail …`: the verbs as commands of the OpenStack client.

The client imports this module for each of its commands, so it imports little and never
fails. Exit codes and reports are those of `guardrail`.

Source: OpenStack, python-openstackclient, "Plugins",
https://docs.openstack.org/python-openstackclient/latest/contributor/plugins.html, read
2026-11-22; and 10.5.0, which wants API_VERSION_OPTION and build_option_parser of every
plugin.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from osc_lib.command import command

from guardrail.cli import completed
from guardrail.cli.parser import Help
from guardrail.cli.review import add_review

API_NAME = "guardrail"
API_VERSION_OPTION = "os_guardrail_api_version"
API_VERSIONS = {"1": "guardrail"}
DEFAULT_API_VERSION = "1"


def build_option_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser of the client, with nothing added."""
    return parser


def make_client(_instance: object) -> None:
    """Nothing: there is no service of ours that a client would speak to."""
    return


class _Onto:
    """Lets a verb add itself to a parser that is there already."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._onto = parser

    def add_parser(self, _name: str, **stated: Any) -> argparse.ArgumentParser:
        """The parser, which says of itself what the verb says."""
        shown = stated["epilog"].replace("  guardrail ", "  openstack guardrail ")
        self._onto.description, self._onto.epilog = stated["description"], shown
        self._onto.formatter_class = Help
        return self._onto


class _Verb(command.Command):
    """A verb that needs no cloud."""

    auth_required = False
    verb = ""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """The options of the verb."""
        parser: argparse.ArgumentParser = super().get_parser(prog_name)
        import_module(f"guardrail.cli.{self.verb}").add(_Onto(parser))
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """The exit code of the verb."""
        return completed(parsed_args)


class Check(_Verb):
    """Judge what is about to be deployed: allow, review or deny."""

    verb = "check"


class Where(_Verb):
    """The offers that may hold data of a class."""

    verb = "where"


class Review(command.Command):
    """Judge what is in a project already; nothing is changed."""

    auth_required = True

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """The options of a review; the client has those of the cloud."""
        parser: argparse.ArgumentParser = super().get_parser(prog_name)
        parser.epilog = f"example:\n  {prog_name} --body state --all-projects"
        parser.formatter_class = Help
        add_review(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """The exit code of the verdict on what is there."""
        config = self.app.client_manager.sdk_connection.config
        parsed_args.connect = lambda _options: config
        return completed(parsed_args)
