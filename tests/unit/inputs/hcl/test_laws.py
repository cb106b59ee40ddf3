"""Knowing less never gives another value, and nothing that is read raises."""

from __future__ import annotations

import time
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import InputError
from guardrail.inputs.hcl import (
    Source,
    Tree,
    backend,
    from_directory,
    location,
    provider_settings,
    required_providers,
    resource_arguments,
)
from guardrail.inputs.hcl.cty import Unk, plain
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.model import Known, Unknown
from tests.unit.inputs.hcl import generated
from tests.unit.inputs.hcl.corpora import CORPUS, configurations, expressions, outputs

VARIABLES = {
    "region": "eu-west-3",
    "on": True,
    "n": 3,
    "none": None,
    "names": ["b", "a", "c", "a"],
    "set": ["z", "x", "y"],
    "tags": {"b": "2", "a": "1"},
    "accounts": {
        "paie": {"region": "eu-west-3"},
        "rh": {"region": "eu-west-1", "size": 20, "zone": "a"},
    },
    "loose": {"a": 1, "b": "x", "c": [1, "two", True]},
    "password": "hunter2",
}
FORGOTTEN = Unknown("forgotten")


def weaker(less: Any, more: Any) -> bool:
    """Whether everything that is known of `less` is so in `more`.

    What Terraform refuses once more is known is never planned at all.
    """
    if isinstance(more, Unknown) and more.reason.startswith("Terraform refuses it"):
        return True
    match less:
        case Unknown():
            return True
        case dict():
            same = isinstance(more, dict) and list(less) == list(more)
            return same and all(weaker(less[key], more[key]) for key in less)
        case list():
            same = isinstance(more, list) and len(less) == len(more)
            return same and all(map(weaker, less, more))
        case _:
            return type(less) is type(more) and bool(less == more)


def evaluated(texts: list[str], variables: dict[str, Any]) -> list[Any]:
    files = {"main.tf": outputs(texts).encode()}
    tree = Tree({(): Source(files)}, variables=variables, final=True)
    root = tree.instance(())
    assert root is not None
    names = [f"o{place}" for place in range(len(texts))]
    return [plain(answered(lambda n=n: root.output(n, Evaluator()))) for n in names]  # type: ignore[misc]


def forgotten(value: Any, random: Random) -> Any:
    """A value of which parts are unknown."""
    if random.random() < 0.3:
        return FORGOTTEN
    if isinstance(value, dict):
        return {key: forgotten(one, random) for key, one in value.items()}
    if isinstance(value, list):
        return [forgotten(one, random) for one in value]
    return value


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_forgetting_a_variable_never_gives_another_value(name: str) -> None:
    texts = expressions()
    more = evaluated(texts, VARIABLES)
    less = evaluated(texts, VARIABLES | {name: FORGOTTEN})

    assert [
        t for t, a, b in zip(texts, less, more, strict=True) if not weaker(a, b)
    ] == []


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32))
def test_forgetting_parts_never_gives_another_value(seed: int) -> None:
    random = Random(seed)
    texts = [generated.expression(random, "any", 4) for _ in range(20)]
    texts += [f'try({text}, "refused")' for text in texts]
    more = evaluated(texts, VARIABLES)
    less = evaluated(texts, {k: forgotten(v, random) for k, v in VARIABLES.items()})

    assert [
        t for t, a, b in zip(texts, less, more, strict=True) if not weaker(a, b)
    ] == []


def asked(files: dict[str, bytes]) -> None:
    """Every question about some files, none of which may raise."""
    tree = Tree(from_directory(files))
    for path in tree.paths():
        required_providers(tree, path)
        code = tree.code(path)
        assert code is not None
        for labels in [*code.labels("provider"), ("aws",)]:
            for alias in ("", "x"):
                found = provider_settings(
                    tree, path, labels[0] if labels else "", alias
                )
                assert isinstance(found, dict | Unknown)
        for labels in code.labels("resource"):
            address = ".".join([*(f"module.{one}" for one in path), *labels])
            try:
                assert isinstance(resource_arguments(tree, address), dict | Unknown)
                location(tree, address)
            except InputError:
                pass
    backend(tree)


CODE = [
    content
    for files in configurations().values()
    for name, content in files.items()
    if name.endswith((".tf", ".json", ".tfvars"))
] + [
    b'provider "aws" {\n  region = var.r\n  dynamic "endpoints" {\n    for_each = ["a"]\n'
    b"    content {\n      s3 = endpoints.value\n    }\n  }\n}\n",
]
PIECES = [
    b'"', b"{", b"}", b"${", b"%{", b"<<EOT\n", b"EOT", b"\n", b"[", b"]", b"(", b")", b"=",
    b"#", b"/*", b"*/", b"//", b"~", b".", b",", b"for", b"if", b"\\", b"$", b"...", b"::",
    b"\xff", b"\x00", b" ", b"var.x", b"local.a", b"1", b"null", b"?", b":", b"=>", b"*", b"-",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(CODE))
def test_code_that_was_damaged_raises_nothing(random: Any, code: bytes) -> None:
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(code))
        end = at + random.choice((0, 0, 1, 5))
        code = code[:at] + random.choice(PIECES) + code[end:]

    asked({"main.tf": code, "main.tf.json": code, "terraform.tfvars": code})


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_rubbish_raises_nothing(pieces: list[bytes]) -> None:
    asked({"main.tf": b"provider aws {\n region = " + b" ".join(pieces) + b"\n}\n"})
    asked({"main.tf": b"".join(pieces)})


DEEP = 100_000
BOMBS = {
    "brackets": "[" * DEEP + "]" * DEEP,
    "few brackets": "[" * 90 + "]" * 90,
    "parentheses": "(" * 80 + "1" + ")" * 80,
    "open brackets": "[" * DEEP,
    "braces": "{ a = " * DEEP + "1" + "}" * DEEP,
    "templates": '"${' * DEEP + '"x"' + '}"' * DEEP,
    "few templates": '"${' * 35 + '"x"' + '}"' * 35,
    "many templates": '"${' * 60 + '"x"' + '}"' * 60,
    "operators": " + ".join(["1"] * 5_000),
    "minus": "-" * 5_000 + "1",
    "conditionals": "true ? 1 : " * 3_000 + "1",
    "dots": "local" + ".a" * 50_000,
    "indexes": "local" + "[0]" * 50_000,
    "splats": "[1]" + "[*]" * 5_000,
    "calls": "upper(" * 5_000 + '"a"' + ")" * 5_000,
    "commas": "[" + "1," * 30_000 + "]",
    "string": '"' + "a" * 10_000_000 + '"',
    "join": 'join("' + "x" * 1000 + '", range(1000))',
    "replace": 'replace("' + "a" * 3000 + '", "a", "' + "b" * 3000 + '")',
    "replace regex": 'replace("' + "a" * 3000 + '", "/(a*)*b/", "")',
    "regex": 'regex("(a+)+$", "' + "a" * 2000 + 'b")',
    "regex alternatives": 'regex("(a|aa|aaa)+b", "' + "a" * 3000 + '")',
    "regex quadratic": 'replace("' + "a" * 3000 + '", "/a.*b|a/", "x")',
    "regex counts": 'regex("((a{100}){100}){100}", "a")',
    "regex nested": 'regex("' + "(" * 500 + "a" + ")" * 500 + '", "a")',
    "ranges": "[for a in range(1000) : [for b in range(1000) : [for c in range(9) : c]]]",
    "indent": 'indent(1000000, "' + "\\n" * 1000 + '")',
    "format": 'format("%99s", "x")',
    "numbers": "9" * 5000 + " * " + "9" * 5000,
    "power": "1e99999999",
    "doubling": "local.d60",
    "nesting": "local.n200",
    "cycle": "local.c1",
    "json": 'jsondecode("' + "[" * 50_000 + "]" * 50_000 + '")',
    "deep json": 'jsondecode("' + "[" * 500 + "]" * 500 + '")',
    "yaml": 'yamldecode("' + "[" * 3_000 + "]" * 3_000 + '")',
    "long yaml": 'yamldecode("a: ' + "x" * 200_000 + '")',
    "distinct": "distinct(range(1000))",
    "flatten": "flatten(" + "[" * 55 + "]" * 55 + ")",
    "comment": "/*" + "*" * 1_000_000 + "/ 1",
    "dollars": '"' + "$" * 1_000_000 + '"',
    "heredoc": "<<EOT\n" + "x\n" * 200_000 + "EOT\n",
    "flush heredoc": "<<-EOT\n" + "  x\n" * 20_000 + "EOT\n",
    "endless heredoc": "<<EOT\n" + "$" * 200_000,
}
CHAINS = "locals {\n" + "".join(
    [
        '  d0 = ["x"]\n  n0 = []\n  c1 = local.c2\n  c2 = "${local.c1}"\n',
        *(f"  d{i + 1} = concat(local.d{i}, local.d{i})\n" for i in range(60)),
        *(f"  n{i + 1} = [local.n{i}]\n" for i in range(200)),
        "}\n",
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_takes_little_time(name: str) -> None:
    code = f'provider "aws" {{\n  region = {BOMBS[name]}\n}}\n{CHAINS}'
    started = time.process_time()
    tree = Tree({(): Source({"main.tf": code.encode()})})
    found = provider_settings(tree, (), "aws")

    assert time.process_time() - started < 20
    assert isinstance(found, dict | Unknown)
    if isinstance(found, dict):
        assert isinstance(found.get("region"), Known | Unknown | list)


@pytest.mark.slow
def test_many_open_braces_are_read_in_linear_time() -> None:
    code = (b'resource "a" "b" {\n' * 200_000) + b"/*" * 100_000
    started = time.process_time()
    tree = Tree({(): Source({"main.tf": code})})

    assert isinstance(provider_settings(tree, (), "aws"), Unknown)
    assert time.process_time() - started < 10


def test_no_reason_holds_a_value() -> None:
    texts = [text.replace("eu-west-3", "CANARY-1") for text in expressions()]
    head = (CORPUS / "head.tf").read_text()
    variables = VARIABLES | {"password": "CANARY-2", "region": "CANARY-3"}
    assert "CANARY" not in head
    files = {"main.tf": outputs(texts).encode()}
    root = Tree({(): Source(files)}, variables=variables, final=True).instance(())
    assert root is not None
    for place in range(len(texts)):
        found = answered(lambda n=f"o{place}": root.output(n, Evaluator()))  # type: ignore[misc]
        if isinstance(found, Unk):
            assert "CANARY" not in found.why.reason
