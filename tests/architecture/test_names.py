"""What is known of clouds is data: the code names no provider, offer or operator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from guardrail.library import Library
from tests.architecture.trees import trees
from tests.conftest import ROOT

ORDINARY = {
    "archive": "the binary form of a plan is one",
    "assert": "a word of the language",
    "dns": "a kind of resource",
    "external": "a word of templates: `external_id`",
    "hashicorp": "the vendor of the formats that are read: Terraform and HCL",
    "heat": "the tool whose templates are read",
    "helm": "a format that is told apart from a plan",
    "http": "the protocol, in names that WSGI gives to headers",
    "kubernetes": "a format that is told apart from a plan",
    "local": "Terraform's own word for a local value",
    "null": "JSON's own word",
    "openstack": "the control plane whose requests are judged",
    "terraform-provider-openstack": "in its words requests and templates are judged",
    "github": "whose workflow commands are written",
    "postgresql": "where the decision log may be kept",
    "random": "a module of Python: the jitter of pauses",
    "tls": "what the server speaks",
    "template": "an ordinary word: phrases, rules and HCL have them",
    "terraform": "the tool whose plans are read",
    "time": "an ordinary word",
    "builtin": "where Terraform's own provider is said to come from",
}
"""Ids that are also words that the code needs, each with the reason."""

FORMATS = re.compile(
    r"--aws-config|aws[-_]config|configuration file of aws"
    r"|openstacksdk|openstack\.(config|exceptions)|guardrail\[openstack\]"
)
"""Formats of files, and what reads them; who writes such a file is the data's affair."""


def names(library: Library) -> set[str]:
    """Ids of offers, operators and providers, and the parts of the latter's names."""
    registry = library.registry
    providers = {
        part
        for profile in registry.providers.values()
        for name in (profile.provider, *profile.also)
        for part in name.lower().split("/")
    }
    ids = {*registry.offers, *registry.operators, *providers}
    return {name for name in ids if len(name) > 1} - ORDINARY.keys()


def words() -> Iterator[tuple[Path, int, str]]:
    """Identifiers and texts of the code, but for what explains or is an example."""
    for path, tree in trees().items():
        explained: set[ast.expr] = set()
        for node in ast.walk(tree):  # what is around a node comes before it
            match node:
                case ast.Expr(value=ast.Constant() as text):
                    explained.add(text)
                case ast.Constant(value=str(text)) if node not in explained:
                    if not text.startswith("example"):
                        yield path, node.lineno, text
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield path, node.lineno, name
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    yield path, node.lineno, name
                case _:
                    pass


def test_the_code_names_no_cloud(library: Library) -> None:
    known = "|".join(map(re.escape, sorted(names(library), key=len, reverse=True)))
    pattern = re.compile(rf"(?<![a-z0-9])(?:{known})(?![a-z0-9])")
    different = {word for _path, _line, word in words()}
    named = {
        word for word in different if pattern.search(FORMATS.sub("", word.lower()))
    }
    found = {
        f"{path.relative_to(ROOT)}:{line}": word
        for path, line, word in words()
        if word in named
    }

    assert found == {}


def test_every_exception_is_needed(library: Library) -> None:
    text = "\n".join({word.lower() for _path, _line, word in words()})
    needless = [
        name
        for name in ORDINARY
        if not re.search(rf"(?<![a-z0-9]){name}(?![a-z0-9])", text)
    ]

    assert needless == []
