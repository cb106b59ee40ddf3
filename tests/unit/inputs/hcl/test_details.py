"""Corners of expressions that no other test turns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from guardrail.inputs.hcl import Source, Tree, regex
from guardrail.inputs.hcl.cty import (
    ANY,
    DEEPEST,
    STRING,
    TooMuchError,
    Unk,
    Val,
    from_plain,
    list_of,
    map_of,
    plain,
    text,
    tuple_of,
)
from guardrail.inputs.hcl.evaluate import Evaluator, answered
from guardrail.inputs.hcl.functions import FUNCTIONS
from guardrail.model import Unknown

HEAD = """
variable "any" {}
variable "texts" { type = list(string) }
variable "lists" { type = list(list(string)) }
variable "map" { type = map(string) }
variable "number" { type = number }
resource "x_y" "z" {}
locals { host = "h" }
"""


def value(expression: str, **variables: Any) -> Any:
    """The value of an expression; the reason where it is not known."""
    code = f'{HEAD}\noutput "o" {{\n  value = {expression}\n}}\n'
    tree = Tree({(): Source({"main.tf": code.encode()})}, variables=variables)
    root = tree.instance(())
    assert root is not None
    found = plain(answered(lambda: root.output("o", Evaluator())))
    return found.reason if isinstance(found, Unknown) else found


SURE = "Terraform refuses it: "
UNSURE = "`{}` is not evaluated for such arguments"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("max(1...)", SURE + "`...` stands behind something that is no list"),
        ("max(tolist(null)...)", SURE + "`...` stands behind something that is no list"),
        ("max(x_y.z.l...)", "`x_y.z.l` is not in the code: it is read or made"),
        ("var.texts[*]", SURE + "`[*]` stands behind a list that is null"),
        ("tolist([x_y.z.a])[*].b", "`x_y.z.a` is not in the code: it is read or made"),
        ("[1, 2][x_y.z.a]", "`x_y.z.a` is not in the code: it is read or made"),
        ("{ a = 1 }[x_y.z.a]", "`x_y.z.a` is not in the code: it is read or made"),
        ('[null] == ["a"]', "two values are compared that hold null"),
        ('[["a", null]] == [["a", "b"]]', "two values are compared that hold null"),
        ("concat(toset([1]), [2])", UNSURE.format("concat")),
        ("concat(tolist([1]), tolist([true]))", UNSURE.format("concat")),
        ("concat(tolist([[1]]), tolist([[true]]))", UNSURE.format("concat")),
        ("flatten([tolist(null)])", UNSURE.format("flatten")),
        ('regexall("(a)", "b")', UNSURE.format("regexall")),
        ('regex("(?P<x>a)(b)", "ab")', UNSURE.format("regex")),
        ('format("%-5s", "é")', UNSURE.format("format")),
        ('format("%05s", "a")', UNSURE.format("format")),
        ('format("%d", 1.5)', UNSURE.format("format")),
        ('format("%t", "true")', UNSURE.format("format")),
        ('format("%q", "é")', UNSURE.format("format")),
        ('jsonencode("\\u0001")', UNSURE.format("jsonencode")),
        ("jsonencode(0.5)", "0.5"),
        ('upper(tonumber("Inf"))', "a text may be a number, written in an unusual way"),
        ('sort([tonumber(".5")])', "a text may be a number, written in an unusual way"),
        ('replace("x", "", join("", [for i in range(1000) : "0123456789"]))[0]',
         SURE + "something is taken out of a value that is no collection"),
        ("tomap({ a = 1, b = [] })", SURE + "the values have no type in common"),
        ("tolist([[[1]], [[true]]])", SURE + "a number and a boolean have no type in common"),
        ("[for x in x_y.z.l : x]", "`x_y.z.l` is not in the code: it is read or made"),
        ('"%{ for x in x_y.z.l }${x}%{ endfor }"',
         "`x_y.z.l` is not in the code: it is read or made"),
        ('"%{ if x_y.z.l }a%{ endif }"', "`x_y.z.l` is not in the code: it is read or made"),
        ("{ (x_y.z.a) = 1, (x_y.z.b) = 2 }", "`x_y.z.a` is not in the code: it is read or made"),
        ("{ for x in [x_y.z.a] : x => 1 }", "`x_y.z.a` is not in the code: it is read or made"),
        ("x_y.z.a * 2", "`x_y.z.a` is not in the code: it is read or made"),
        ("-x_y.z.a", "`x_y.z.a` is not in the code: it is read or made"),
        ("max(x_y.z.a, 1)", "`x_y.z.a` is not in the code: it is read or made"),
        ('"%{ for a, b, c in [] }%{ endfor }"', "a template holds an unknown directive"),
        ('"%{ endif }"', "a template holds an unknown directive"),
        ('"%{ }"', "a template holds an unknown directive"),
        ('"${}"', "an expression cannot be parsed"),
        ("{ a.b = 1 }", "an expression cannot be parsed"),
        ("1...", "an expression cannot be parsed"),
        ("a..b", "an expression cannot be parsed"),
        ("[1]]", "an expression cannot be parsed"),
        ("null.x", SURE + "something is taken out of a value that is null"),
        ("1 = 2", "an expression cannot be parsed"),
        ("tolist(1)[x_y.z.a]",
         SURE + "a value has another type than the one that is needed"),
        ('true ? ["a"] : [for x in [] : x if x != ""]',
         "the type of the other branch of a conditional is not known"),
        ("[for x in tolist(null) : x]",
         SURE + "a `for` goes over something that is no collection"),
        ("yamldecode(\"a: &b 1\")", "a text is YAML that not every reader reads alike"),
        ('yamldecode("a: b\\n---\\nc: d\\n")',
         "a text is YAML that not every reader reads alike"),
        ('yamldecode("{a: 1")', "a text is YAML that not every reader reads alike"),
        ('yamldecode("\\ta: 1")', "a text is YAML that not every reader reads alike"),
        ('"\U000e0fff"', "a text holds characters that are not assigned"),
        ("zipmap([x_y.z.a], [1])", "`x_y.z.a` is not in the code: it is read or made"),
        ("1 << 2", "an expression cannot be parsed"),
        ("x_y.z[1 == 1].a", "`x_y.z.a` is not in the code: it is read or made"),
        ("{}[[1]]", SURE + "a string is needed"),
        ("[1][true]", SURE + "a number is needed"),
        ("x_y.z[true].a", "`x_y.z.a` is not in the code: it is read or made"),
        ("1 y = 2", "an expression cannot be parsed"),
        ("coalesce(1, x_y.z.l)", UNSURE.format("coalesce")),
        ("coalesce(null, null)",
         SURE + "everything that `coalesce` is given is null or empty"),
        ("flatten([x_y.z.a])", "`x_y.z.a` is not in the code: it is read or made"),
        ("x_y[\"z\"].a", "`x_y.a` is not in the code: it is read or made"),
        ('true ? [toset(["a"])] : [tolist(["b"])]',
         "the type of the other branch of a conditional is not known"),
        ("local.host.x.y", SURE + "something is taken out of a value that is no collection"),
    ],
)  # fmt: skip
def test_there_is_a_reason(expression: str, reason: str) -> None:
    assert value(expression, texts=None) == reason


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("{ in = 1, if = 2 }", {"in": 1, "if": 2}),
        ("{ a = 1\n\n b = 2\n}", {"a": 1, "b": 2}),
        ("{\n}", {}),
        ("{\n for x in [1] : x => x\n}", {"1": 1}),
        ("[<<A\nx\nA\n]", ["x\n"]),
        ("<<-A\n  ${local.host}\n a\n  A\n", " h\na\n"),
        ("<<-A\n${local.host}\n  a\nA\n", "h\n  a\n"),
        ("<<-A\n\n  \nA\n", "\n  \n"),
        ('"%{ for k, v in { a = 1 } }${k}${v}%{ endfor }"', "a1"),
        ('"%{\n if\n true }x%{ endif }"', "x"),
        ("tolist([1]) == tolist([1, 2])", False),
        ("var.map", None),
        ('true ? "x" : x_y.z.a', "x"),
        ("true ? null : x_y.z.a", None),
        ("try({ a = 1 }.b, 2)", 2),
        ('substr("abc", 1, 1)', "b"),
        ('regex("a\\\\tb", "a\\tb")', "a\tb"),
    ],
)
def test_there_is_a_value(expression: str, found: Any) -> None:
    assert value(expression, map=None) == found


def test_a_list_is_no_tuple_by_declaration() -> None:
    assert value("var.any == [1]", any=[1]) is True
    assert value('var.texts == ["a"]', texts=["a"]) is False
    assert value("var.lists", lists=[["a"], [1]]) == [["a"], ["1"]]
    assert value("tolist(var.any)[0]", any=[Unknown("later"), 1]) == "later"
    assert value("length(toset(var.any))", any=[Unknown("later"), 1]) == "later"
    assert (
        value("index(var.any, 1)", any=[[None], 1])
        == ("two values are compared that hold null")
        or value("index(var.any, 1)", any=[[None], 1]) == 1
    )
    assert value("distinct(var.any)", any=list(range(600))) == (
        "it takes too much work to evaluate"
    )


def test_what_is_too_long_is_not_made() -> None:
    big = "x" * 3_000_000
    for expression in ('format("%s%s", var.any, var.any)', 'join(var.any, ["a", "b"])'):
        assert value(expression, any=big) == "it takes too much work to evaluate"


def test_a_list_with_something_unknown_stays_a_list() -> None:
    texts = [Unknown("later"), "b"]
    assert value("var.texts[1]", texts=texts) == "b"
    assert value("var.texts[*]", texts=texts) == "later"
    assert value('flatten([["a${x_y.z.a}"], ["b"]])[1]') == "b"


def test_a_set_given_as_a_tuple_is_not_known() -> None:
    code = (
        'variable "t" { type = tuple([string]) }\nvariable "s" { type = set(string) }\n'
    )
    child = 'variable "t" { type = tuple([string]) }\noutput "o" { value = var.t }\n'
    main = (
        code
        + 'module "m" {\n  source = "./m"\n  t = var.s\n}\noutput "o" { value = module.m.o }\n'
    )
    sources = {
        (): Source({"main.tf": main.encode()}),
        ("m",): Source({"m.tf": child.encode()}),
    }
    root = Tree(sources, variables={"s": ["a"], "t": ["a"]}).instance(())
    assert root is not None
    assert isinstance(answered(lambda: root.output("o", Evaluator())), Unk)


def test_values_are_bounded() -> None:
    deep: Any = "x"
    for _ in range(DEEPEST + 5):
        deep = [deep]
    with pytest.raises(TooMuchError):
        from_plain(deep)
    nested = text("x")
    with pytest.raises(TooMuchError):
        for _ in range(DEEPEST + 5):
            nested = tuple_of([nested])
    with pytest.raises(TooMuchError):
        text("x" * 30_000_000)
    assert plain(map_of({"b": text("x"), "a": Val(STRING, None)}, STRING)) == {
        "a": None,
        "b": "x",
    }
    assert plain(list_of([Val(ANY, Decimal("0.5"))], ANY)) == [0.5]


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "[a", "a**", "a+*", "a{2}{3}", "*a", "{2}", "(?i)a", "\\p{L}", "\\", "[[:x:]]",
     "(?P<a", "a{3,2}", "a{0}", "a{1}", "(a*)*", "(|a)+", "[b-a]", "[a-[]", "(?", "\\C", "[\\d-z",
     "\\é", "a{,3}", "x" * 3000, "(" * 40 + ")" * 40, "(a{99}){99}", "[z-\\", "((a?){50}){50}"],
)  # fmt: skip
def test_patterns_that_are_wrong_or_unusual_are_not_compiled(pattern: str) -> None:
    assert regex.compiled(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "subject", "spans"),
    [
        ("[\\n\\t-\\r]", "\r", (0, 1)),
        ("[+-\\]]", ",", (0, 1)),
        ("\\B.", "ab", (1, 2)),
        ("\\W", "a-", (1, 2)),
        ("^$", "", (0, 0)),
        ("b", "", None),
        ("(a|b|c)d", "cd", (0, 2, 0, 1)),
        ("a{2,3}?", "aaa", (0, 2)),
        ("(?<n>x)", "x", (0, 1, 0, 1)),
    ],
)
def test_patterns_match(pattern: str, subject: str, spans: Any) -> None:
    compiled = regex.compiled(pattern)
    assert compiled is not None
    assert regex.search(compiled, subject) == spans


def test_every_function_that_the_issue_names_is_there() -> None:
    names = (
        "merge lookup coalesce format join split replace lower upper trim trimprefix "
        "trimsuffix trimspace concat tomap toset jsondecode yamldecode element contains keys "
        "values regex startswith endswith one flatten zipmap"
    )
    assert set(names.split()) <= FUNCTIONS.keys()


def test_a_condition_of_elements_that_are_there_is_known() -> None:
    assert value('true ? ["a"] : [for x in ["b"] : x if x != ""]') == ["a"]
