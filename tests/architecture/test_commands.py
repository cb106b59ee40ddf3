"""What documents say one can type exists, and every verb shows how."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardrail.cli import VERBS as SUMMARIES
from guardrail.cli import _parser
from tests.conftest import ROOT

DOCUMENTS = sorted(
    one
    for form in ("*.md", "terraform-examples/*/README.md", "docs/**/*.md")
    for one in ROOT.glob(form)
)
COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?guardrail ([a-z].*)$", re.MULTILINE)
MAKE = re.compile(r"^\s*\$? ?make ([a-z]+)", re.MULTILINE)
PLACEHOLDER = re.compile(r"…|<[^>]*>|\[[^]]*\]")


def verbs(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every verb and verb of a verb, with its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield (*path, name), inner
                yield from verbs(inner, (*path, name))


VERBS = {path: inner for verb in SUMMARIES for path, inner in verbs(_parser([verb]))}
BLOCKS = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(document: Path) -> list[str]:
    """The commands in the blocks of code of a document."""
    text = "\n".join(BLOCKS.findall(document.read_text(encoding="utf-8")))
    joined = text.replace("\\\n", " ")
    return [found.partition("#")[0].strip() for found in COMMAND.findall(joined)]


SAID = [(path, command) for path in DOCUMENTS for command in commands(path)]


@pytest.mark.parametrize(("document", "command"), SAID)
def test_a_command_in_a_document_is_understood(document: Path, command: str) -> None:
    if PLACEHOLDER.search(command):
        command = PLACEHOLDER.sub("x", command)
    words = [word for word in shlex.split(command) if word not in {"|", "&&"}]

    assert callable(_parser(words).parse_args(words).run)


def test_the_documents_hold_commands() -> None:
    assert len(SAID) > 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_target_of_make_in_a_document_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    assert set(MAKE.findall(document.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("verb", sorted(VERBS), ids=" ".join)
def test_the_help_of_every_verb_has_an_example(verb: tuple[str, ...]) -> None:
    text = VERBS[verb].format_help()

    assert f"guardrail {' '.join(verb)} " in text.partition("example")[2]


def test_every_example_of_a_help_is_understood() -> None:
    for verb, parser in VERBS.items():
        examples = COMMAND.findall((parser.epilog or "").replace("\\\n", " "))
        for example in examples:
            words = shlex.split(example.partition(" > ")[0].partition("#")[0])
            assert callable(_parser(words).parse_args(words).run), verb
