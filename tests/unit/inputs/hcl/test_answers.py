"""Expressions are what Terraform has made of them, as far as we say that we know."""

from __future__ import annotations

import pytest

from guardrail.inputs.hcl import Source, Tree, from_directory
from guardrail.inputs.hcl.cty import Unk, plain, secret_inside
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from tests.unit.inputs.hcl.corpora import (
    answers,
    configurations,
    differs,
    expressions,
    outputs,
)


def test_no_known_value_differs_from_what_terraform_has() -> None:
    texts = expressions()
    root = Tree({(): Source({"main.tf": outputs(texts).encode()})}).instance(())
    assert root is not None
    known = 0
    for place, text in enumerate(texts):
        found = answered(lambda name=f"o{place}": root.output(name, Evaluator()))  # type: ignore[misc]
        after, unknown = answers()[text]
        assert not differs(plain(found), after, unknown), text
        known += not isinstance(found, Unk)

    assert known > 800


@pytest.mark.parametrize("name", sorted(configurations()))
def test_configurations_are_evaluated(name: str) -> None:
    root = Tree(from_directory(configurations()[name])).instance(())
    assert root is not None
    for labels in root.code.labels("output"):
        answered(lambda labels=labels: root.output(labels[0], Evaluator()))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('"${var.password}-x"', True),
        ("[var.password][0]", True),
        ("{ a = var.password, b = 1 }.b", False),
        ("upper(var.password)", True),
        ('var.on ? var.password : "x"', True),
        ('var.password == "x" ? "a" : "b"', True),
        ("var.password == var.region", True),
        ('sensitive("x") == "x" && true', True),
        ("{ for k, v in { a = var.password } : k => v }", True),
        ("{ (var.password) = 1 }", True),
        ("[for x in sensitive([1]) : x]", True),
        ("[for x in sensitive([1]) : x][*]", True),
        ("var.names[sensitive(0)]", True),
        ('var.tags[sensitive("a")]', True),
        ("merge({ a = 1 }, { b = var.password })", True),
        ("merge({ a = 1 }, { b = var.password }).a", False),
        ("nonsensitive(var.password)", False),
        ("toset([var.password])", True),
        ("length(sensitive([1]))", True),
        ("try(var.password, 1)", True),
        ('"%{ if sensitive(true) }x%{ endif }"', True),
        ('"%{ for x in sensitive(["a"]) }x%{ endfor }"', True),
        ("max([sensitive(1)]...)", True),
        ("concat(sensitive([[1]])...)", True),
        ("flatten([sensitive([1])])", True),
        ('keys({ a = sensitive("x") })', True),
        ("var.region", False),
        ("-sensitive(1)", True),
        ("!sensitive(true)", True),
        ("sensitive(1) + 1", True),
    ],
)
def test_what_comes_from_a_secret_is_secret(text: str, secret: bool) -> None:
    code = f'{outputs([])}\noutput "o" {{\n  value = {text}\n}}\n'
    root = Tree({(): Source({"main.tf": code.encode()})}).instance(())
    assert root is not None
    found = root.output("o", Evaluator())

    assert not isinstance(found, Unk)
    assert secret_inside(found) is secret
