"""Expressions made at random, mostly of the right types, for comparison and properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

ATOMS: Mapping[str, tuple[str, ...]] = {
    "text": (
        '"a"', '"b-c.d"', '""', '"1"', '"true"', '"é"', "var.region", "var.none",
        "var.names[0]", 'var.tags["a"]', "local.host", "var.password", "local.later",
        'var.accounts["paie"].region', '"eu-west-3"', "null", '"a${"b"}"', "var.loose.b",
    ),
    "number": ("0", "1", "2", "1.5", "-3", "var.n", "local.map.one", '"7"', "local.list[1]"),
    "truth": ("true", "false", "var.on", '"true"', "!var.on", "var.none == null"),
    "list": (
        "[]", '["a", "b"]', "[1, 2]", '["x", 1, true]', "var.names", "var.set", "local.list",
        "local.mixed", "[null]", "[local.later]", "tolist([1, 2])", '[["a"], ["b", "c"]]',
        "local.mixed[*].a", "tolist([])", "[var.password]",
    ),
    "map": (
        "{}", "{ a = 1 }", '{ a = "x", b = 2 }', "var.tags", "var.accounts", "local.map",
        "var.loose", "{ a = null }", "{ a = local.later, b = 1 }", "tomap({})",
        "local.deep", "{ a = [1], b = { a = 2 } }",
    ),
}  # fmt: skip
CALLS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "lower(text)", "upper(text)", "trimspace(text)", "trim(text, text)",
        "replace(text, text, text)", 'replace(text, "/[a-z]+/", text)', "join(text, list)",
        'format("%s-%s", text, number)', 'format("%d|%v", number, list)', "chomp(text)",
        "trimprefix(text, text)", "trimsuffix(text, text)", "tostring(number)",
        "tostring(truth)", "coalesce(text, text)", "element(split(text, text), number)",
        "lookup(map, text, text)", "jsonencode(any)", "substr(text, 0, 2)", "one(list)",
        "base64encode(text)", "try(any.a, text)", '"${text}-${number}"', "list[number]",
        '"%{ if truth }${text}%{ else }n%{ endif }"', "map[text]", "strrev(text)",
        '"%{ for x in list }<${x}>%{ endfor }"', 'regex("[a-z]+", text)', "urlencode(text)",
        "title(text)", "nonsensitive(text)", "sensitive(text)", "keys(map)[0]", "(any).a",
    ),
    "number": (
        "(number + number)", "(number - number)", "(number * number)", "(number / 4)",
        "(number % 3)", "-(number)", "length(list)", "length(map)", "length(text)",
        "max(number, number)", "min(number, number)", "abs(number)", "ceil(number)",
        "floor(number)", "sum(list)", "tonumber(text)", "index(list, text)",
        "signum(number)", "tonumber(any)",
    ),
    "truth": (
        "(any == any)", "(text == text)", "(any != null)", "(number < number)",
        "(number >= number)", "(truth && truth)", "(truth || truth)", "!(truth)",
        "contains(list, text)", "startswith(text, text)", "strcontains(text, text)",
        "can(any)", "can(tonumber(text))", "alltrue(list)", "anytrue([truth, truth])",
        'can(regex("^eu-", text))', "tobool(text)", "endswith(text, text)",
    ),
    "list": (
        "[any, any]", "[text, text, number]", "concat(list, list)", "flatten([list, list])",
        "flatten(list)", "distinct(list)", "compact(list)", "sort(list)", "reverse(list)",
        "slice(list, 0, number)", "keys(map)", "values(map)", "split(text, text)",
        "toset(list)", "tolist(list)", "[for x in list : x]", "(list)[*]", "(map)[*]",
        "[for x in list : upper(x)]", "[for k, v in map : k]", "[for k, v in map : v]",
        "[for x in list : x if x != text]", "range(number)", "(any)[*]", "list[*].a",
        "coalescelist(list, list)", "setunion(list, list)", "[for i, x in list : i]",
        "formatlist(text, list)", "[for x in list : { a = x, b = any }]", "setsubtract(list, list)",
        'regexall("[a-z]", text)', "[for x in list : [for y in list : [x, y]]]",
    ),
    "map": (
        "{ a = any, b = any }", "{ (text) = any }", '{ "${text}" = any }', "merge(map, map)",
        "merge(map, { a = any })", "merge(map, null, map)", "zipmap(list, list)", "tomap(map)",
        "{ for k, v in map : k => v }", "{ for k, v in map : v => k }", "map.a",
        "{ for x in list : x => any }", "{ for x in list : x => x... }",
        "{ for i, x in list : i => x }", "jsondecode(jsonencode(map))", "lookup(map, text, map)",
        "{ for k, v in map : k => v if k != text }", "{ for k, v in map : upper(k) => [v] }",
        "merge([for x in list : { (x) = 1 }]...)",
    ),
}  # fmt: skip
ALWAYS = ("(truth ? same : same)", "(truth ? same : any)", "(truth ? any : same)",
          "try(same, same)", "try(any, same)", "coalesce(same, same)")  # fmt: skip
KINDS = tuple(ATOMS)


def expression(random: Random, kind: str, depth: int) -> str:
    """An expression that mostly is of a kind, nested at most `depth` deep."""
    if kind == "any" or random.random() < 0.04:
        kind = random.choice(KINDS)
    if depth <= 0 or random.random() < 0.2:
        return random.choice(ATOMS[kind])
    pattern = random.choice(ALWAYS if random.random() < 0.2 else CALLS[kind])
    return _filled(pattern, lambda word: expression(random, word, depth - 1), kind)


def _filled(pattern: str, fill: Callable[[str], str], kind: str) -> str:
    """A pattern with every word that is a kind replaced; those in strings too."""
    found: list[str] = []
    word = ""
    for letter in pattern + " ":
        if letter.isalpha():
            word += letter
            continue
        if word in {*KINDS, "any", "same"} and found[-1:] != ["."]:
            word = fill(kind if word == "same" else word)
        found += [word, letter] if word else [letter]
        word = ""
    return "".join(found)[:-1]
