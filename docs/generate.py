"""Writes docs/reference/ and the example of the READMEs: `make docs`."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import chdir, redirect_stdout, suppress
from pathlib import Path

from guardrail.classification.vocabulary import CategoryWord, ClassWord
from guardrail.cli import VERBS, main
from guardrail.cli.exits import EXITS
from guardrail.library import Library, load_library, shipped
from guardrail.openstack.admission import SURFACES
from guardrail.openstack.call import Route
from guardrail.platforms import Platform, platforms

ROOT = Path(__file__).parent.parent
HERE = ROOT / "docs" / "reference"
PLATFORMS = ROOT / "docs" / "platforms"
PICTURES = ROOT / "docs" / "pictures"
LEAK = "terraform-examples/two-clouds-backup-leak/plan.json"
READMES = {"README.md": "en", "README.fr.md": "fr"}
OPEN, CLOSE = "<!-- demo -->\n", "<!-- /demo -->"
HEAD = "<!-- Made by `make docs`; do not edit. -->\n\n"


def pages(library: Library) -> dict[str, str]:
    """File name to text, for every page."""
    return {
        "command-line.md": _command_line(),
        "rules.md": _rules(library),
        "offers.md": _offers(library),
        "providers.md": _providers(library),
        "words.md": _words(library),
        "openstack-requests.md": _requests(),
    }


def _requests() -> str:
    """What the filter of each OpenStack service does with every kind of request."""
    parts = [
        f"{HEAD}# Requests of OpenStack\n\n",
        "What the [filter](../openstack.md) does with what is asked of each service. ",
        "Reading and deleting pass; a path counts in every spelling.\n",
    ]
    for name, surface in SURFACES.items():
        rows = [(one.name, f"judged: {_told(one)}") for one in surface.judged]
        rows += [
            (f"{'/'.join(one.methods)} {'`, `'.join(one.paths)}", f"passes: {one.why}")
            for one in surface.passed
        ]
        rest = "passes" if surface.other is None else f"judged: {_told(surface.other)}"
        lines = "".join(f"| `{asked}` | {what} |\n" for asked, what in rows)
        table = f"| request | what becomes of it |\n|---|---|\n{lines}"
        parts.append(f"\n## {name}\n\n{table}| anything else | {rest} |\n")
    return "".join(parts)


def _told(route: Route) -> str:
    """What a route is judged as, by the first sentence of its reader."""
    sentence = (route.read.__doc__ or "").partition("\n")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def platform_pages() -> dict[str, str]:
    """File name to text, for a page a platform and their list."""
    known = platforms(shipped())
    listed = "".join(f"- [{one.title.en}]({one.id}.md)\n" for one in known)
    intro = "`guardrail init` looks at a repository and proposes these files.\n\n"
    index = f"{HEAD}# Platforms\n\n{intro}{listed}"
    return {"README.md": index, **{f"{one.id}.md": _platform(one) for one in known}}


def _platform(one: Platform) -> str:
    """What is written, what it does, and by what it is known."""
    blocks = "\n".join(
        f"`{file.path}`:\n\n```text\n{file.content}```\n" for file in one.files
    )
    command = f"guardrail init --platform {one.id} --write"
    sources = "".join(f"- {source.cited}\n" for source in one.sources)
    doubt = f"Not certain: {one.open}\n\n" if one.open else ""
    return (
        f"{HEAD}# {one.title.en}\n\n{one.explain.en}\n\n*{one.explain.fr}*\n\n"
        f"```console\n$ {command}\n```\n\n{blocks}\n{doubt}Sources:\n\n{sources}"
    )


def readme(name: str) -> str:
    """The text of a README, with what its example prints."""
    text = (ROOT / name).read_text()
    before, _mark, rest = text.partition(OPEN)
    after = rest.partition(CLOSE)[2]
    return f"{before}{OPEN}```text\n{_demo(READMES[name])}```\n{CLOSE}{after}"


def pictures() -> dict[str, str]:
    """File name to SVG, for every picture."""
    return {
        f"two-clouds-backup-leak.{language}.svg": _said("graph", LEAK, language)
        for language in READMES.values()
    }


def _said(verb: str, plan: str, language: str) -> str:
    """What a verb prints of a plan, on the day of the examples."""
    stated = ["--body", "state", "--as-of", "2026-11-22", "--lang", language]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out), chdir(ROOT):
        main([verb, plan, *stated])
    out.seek(0)
    return out.read()


def _demo(language: str) -> str:
    """What the demonstration prints, without the age of the registry."""
    blocks = _said("check", "terraform-examples/demo/plan.json", language).split("\n\n")
    return "\n\n".join(one for one in blocks if "2026-09-15" not in one)


def _command_line() -> str:
    verbs = ("", *VERBS)
    blocks = [
        f"## `guardrail {verb}`".rstrip(" `") + "`\n\n```text\n" + _help(verb) + "```\n"
        for verb in verbs
    ]
    codes = _table(("code", "meaning"), ((str(c), text) for c, text in EXITS.items()))
    return f"{HEAD}# Command line\n\n{codes}\n" + "\n".join(blocks)


def _help(verb: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out), suppress(SystemExit):
        main([*verb.split(), "--help"])
    return out.getvalue()


def _rules(library: Library) -> str:
    parts = [f"{HEAD}# Rules\n"]
    for name, rule in sorted(library.rules.items()):
        until = rule.until.isoformat() if rule.until else "today"
        bodies = ", ".join(rule.bodies) or "everybody"
        parts.append(f'<a id="{name}"></a>\n\n## {name}\n\n**{rule.title.en}**')
        parts.append(f"*{rule.title.fr}*")
        parts.append(
            f"{rule.layer}, effect **{rule.effect}**, {rule.since} to {until}; "
            f"bodies: {bodies}; confidence {rule.confidence}."
        )
        if rule.law:
            parts += [rule.law.en, f"> {rule.law.fr}"]
        cited = "\n".join(f"- {one.cited} (read {one.read})" for one in rule.sources)
        parts.append(cited)
        if rule.open:
            parts.append(f"Open: {rule.open}")
    return "\n\n".join(parts) + "\n"


def _offers(library: Library) -> str:
    rows = []
    for name, offer in sorted(library.registry.offers.items()):
        held = "; ".join(
            f"{one.scheme} {one.version} {one.since or '?'} to {one.until or '?'}"
            f" ({one.status}, {one.confidence})"
            for one in offer.qualifications
        )
        place = offer.country or offer.region_table
        rows.append((name, offer.operator, offer.hosting, place, held or "none"))
    columns = ("offer", "operator", "hosting", "place", "qualifications")
    day = library.catalogue.catalogue_date
    return f"{HEAD}# Offers\n\nThe registry as of {day}.\n\n{_table(columns, rows)}"


def _providers(library: Library) -> str:
    rows = (
        (name, known.protocol, ", ".join(known.endpoints), known.precedence)
        for name, known in sorted(library.registry.providers.items())
    )
    columns = ("provider", "protocol", "settings that name an endpoint", "wins")
    return f"{HEAD}# Terraform providers\n\n{_table(columns, rows)}"


def _words(library: Library) -> str:
    words = library.vocabulary
    classes = _table(
        ("class", "français", "other words", "legal basis"),
        (_word(one) for one in words.classes),
    )
    categories = _table(
        ("category", "français", "other words", "legal basis"),
        (_word(one) for one in words.categories),
    )
    keys = ", ".join(f"`{key}`" for key in words.class_keys)
    more = ", ".join(f"`{key}`" for key in words.category_keys)
    return (
        f"{HEAD}# Words for data\n\nClasses, from the least to the most sensitive; "
        f"tag keys {keys}.\n\n{classes}\nCategories; tag keys {more}.\n\n{categories}"
    )


def _word(one: ClassWord | CategoryWord) -> tuple[str, ...]:
    basis = "; ".join(one.legal_basis)
    return one.id, one.name["fr"], ", ".join(one.synonyms), basis


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell or " " for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for file, text in pages(load_library(shipped())).items():
        (HERE / file).write_text(text)
    PLATFORMS.mkdir(exist_ok=True)
    for file, text in platform_pages().items():
        (PLATFORMS / file).write_text(text)
    PICTURES.mkdir(exist_ok=True)
    for file, drawing in pictures().items():
        (PICTURES / file).write_text(drawing)
    for name in READMES:
        (ROOT / name).write_text(readme(name))
