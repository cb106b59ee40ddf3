"""Code in every layout that somebody may write, drawn at random."""

from __future__ import annotations

from random import Random

KEYS = ["Name", "a", "LongerThanAnyLabelIs", '"quoted key"', "é", '"x:y"']
VALUES = [
    '"b"', "1", "true", "null", '"${1 + 1} }"', "upper(\"c\")", '"# no comment"',
    "<<EOT\n} not the end\nEOT", "<<-EOT\n    } still ${1}\n    EOT",
    '(1 > 2 ? "x" : "y")', '[1, 2][0]', '"%{ if true }é%{ endif }"',
]  # fmt: skip
COMMENTS = ["", " # é {", " // }", ' /* " */']
OTHERS = [
    "# {\n", "/* {\n } */\n", 'locals {\n  NAME = "y" # z\n}\n', "\n\n",
    'locals { NAME = "}" }\n', "locals {\n  NAME = <<EOT\nresource \"a\" \"b\" {\nEOT\n}\n",
    "locals {\n\tNAMEs =   1\n  NAME = 2   // x\n}\n",
]  # fmt: skip
HEAD = 'resource "aws_s3_bucket" "target" '


def code(random: Random) -> tuple[str, str, str]:
    """Code before a bucket, the bucket, and the code behind it."""
    before, after = (
        "".join(
            other.replace("NAME", f"{side}{place}")
            for place, other in enumerate(random.choices(OTHERS, k=random.randrange(4)))
        )
        for side in ("a", "b")
    )
    texts = [before, bucket(random), after]
    if random.random() < 0.3:
        texts = [one.replace("\n", "\r\n") for one in texts]
    if not after and random.random() < 0.5:
        texts[1] = texts[1].rstrip()
    return texts[0], texts[1], texts[2]


def bucket(random: Random) -> str:
    """A bucket."""
    roll = random.random()
    if roll < 0.1:
        return HEAD + random.choice(["{}\n", "{ }\n", '{ bucket = "x" }\n'])
    indent = random.choice(["  ", "  ", "    ", "\t", ""])
    lines = [
        f"{indent}bucket{spaces(random)}= {random.choice(VALUES[:1])}{comment(random)}"
    ]
    if random.random() < 0.8:
        lines.append(
            f"{indent}tags{spaces(random)}= {tags(random, indent)}{comment(random)}"
        )
    if random.random() < 0.4:
        lines.insert(0, f'{indent}acl = "private"{comment(random)}')
    if random.random() < 0.3:
        lines.append(
            f"{indent}lifecycle {{\n{indent * 2}prevent_destroy = true\n{indent}}}"
        )
    if random.random() < 0.3:
        lines.append(f"{indent}depends_on = []")
    if random.random() < 0.3:
        random.shuffle(lines)
    blank = random.choice(["", "", "\n", "# é\n"])
    return HEAD + "{\n" + blank + f"\n{blank}".join(lines) + "\n}\n"


def tags(random: Random, indent: str) -> str:
    """An expression that is a map."""
    match random.randrange(7):
        case 0:
            return "{}"
        case 1:
            return f"merge({literal(random, indent)})"
        case 2:
            return f"merge({literal(random, indent)}, {literal(random, indent)})"
        case 3:
            comma = random.choice(["", ","])
            inner = indent * 2
            return f"merge(\n{inner}{literal(random, inner)},\n{inner}{{}}{comma}\n{indent})"
        case 4:
            return "local.given"
        case _:
            return literal(random, indent)


def literal(random: Random, indent: str) -> str:
    """A literal map."""
    keys = random.sample(KEYS, k=random.randrange(1, 4))
    sign = random.choice([" = ", " = ", " : ", "=", "   = "])
    if random.random() < 0.3:
        values = [one for one in VALUES if "\n" not in one]
        items = [f"{key}{sign}{random.choice(values)}" for key in keys]
        pad = random.choice(["", " "])
        return "{" + pad + ", ".join(items) + random.choice(["", ","]) + pad + "}"
    comma = random.choice(["", "", ","])
    lines = []
    for key in keys:
        value = random.choice(VALUES)
        end = "" if "\n" in value else f"{comma}{comment(random)}"
        lines.append(f"{indent * 2}{key}{sign}{value}{end}\n")
    return "{\n" + random.choice(["", "\n", "# }\n"]).join(lines) + f"{indent}}}"


def spaces(random: Random) -> str:
    return " " * random.choice([1, 1, 1, 2, 5])


def comment(random: Random) -> str:
    return random.choice(COMMENTS) if random.random() < 0.4 else ""
