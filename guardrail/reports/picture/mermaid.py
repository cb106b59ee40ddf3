"""The picture as a Mermaid flowchart: text that wikis and forges draw."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.decision import Decision
from guardrail.reports.picture.scene import Card, Link, Scene
from guardrail.reports.picture.signs import look_of
from guardrail.reports.picture.style import LIGHT, LOOKS, MARKED, NONE, UNKNOWN, Look
from guardrail.reports.picture.words import Words
from guardrail.reports.rendering import Rendering

_PLAIN = frozenset(" ._-/,")
_SHAPES = {
    LOOKS[0].ground: ("([", "])"),
    LOOKS[1].ground: ("[", "]"),
    LOOKS[2].ground: ("[/", "\\]"),
    LOOKS[3].ground: ("{{", "}}"),
    LOOKS[4].ground: ("[\\", "/]"),
    LOOKS[5].ground: ("[[", "]]"),
    LOOKS[6].ground: ("[(", ")]"),
    UNKNOWN.ground: (">", "]"),
    NONE.ground: ("(", ")"),
}
"""The outline of each class."""


def mermaid(decision: Decision, scene: Scene, rendering: Rendering) -> bytes:
    """The flowchart of `scene`."""
    words = Words(decision, rendering)
    lines = [*_head(words), *_frames(scene, words), *_links(scene, words), *_styles()]
    return "".join(f"{line}\n" for line in lines).encode()


def quoted(text: str) -> str:
    """`text` in quotes; what might mean something is written as a number."""
    shown = "".join(
        letter if letter > "\x7f" or _plain_letter(letter) else f"#{ord(letter)};"
        for letter in text
    )
    return f'"{shown}"'


def _head(words: Words) -> Iterator[str]:
    yield "flowchart LR"
    yield f"accTitle: {_plain(words.title())}"
    yield f"accDescr: {_plain(words.subtitle())}"


def _plain(text: str) -> str:
    """`text` for where Mermaid reads to the end of the line."""
    shown = "".join(
        letter if letter > "\x7f" or _plain_letter(letter) else " " for letter in text
    )
    return " ".join(shown.split())


def _plain_letter(letter: str) -> bool:
    return letter.isalnum() or letter in _PLAIN


def _frames(scene: Scene, words: Words) -> Iterator[str]:
    for number, frame in enumerate(scene.frames):
        yield f"subgraph g{number}[{_lines(words.heading(frame))}]"
        for card in frame.cards:
            yield f"  {_node(card, scene.cards[card], words)}"
        yield "end"


def _lines(texts: list[str]) -> str:
    """Texts below each other, in quotes."""
    shown = (quoted(text)[1:-1] for text in texts if text)
    return f'"{"<br/>".join(shown)}"'


def _node(number: int, card: Card, words: Words) -> str:
    look = look_of(card)
    opened, closed = _SHAPES[look.ground]
    name = (
        f"{MARKED[card.state]} {words.name(card)}" if card.states else words.name(card)
    )
    label = _lines([name, *words.below(card), words.marked(card), words.data(card)])
    return f"n{number}{opened}{label}{closed}:::{_class(look)}"


def _class(look: Look) -> str:
    return f"c{look.ground[1:]}"


def _links(scene: Scene, words: Words) -> Iterator[str]:
    styles = []
    for number, link in enumerate(scene.links):
        crosses = scene.crosses(link)
        yield _link(link, words, crosses=crosses)
        if crosses:
            colour = LIGHT[scene.state(link)]
            dashed = "" if link.certain else ",stroke-dasharray:9 6"
            styles.append(
                f"linkStyle {number} stroke:{colour},stroke-width:4px{dashed}"
            )
    yield from styles


def _link(link: Link, words: Words, *, crosses: bool) -> str:
    label = quoted(words.label([link]))
    arrow = "==>" if crosses else ("-->" if link.certain else "-.->")
    back = "<" if link.both else ""
    return f"n{link.source} {back}{arrow}|{label}| n{link.target}"


def _styles() -> Iterator[str]:
    for look in (*LOOKS, UNKNOWN, NONE):
        yield (
            f"classDef {_class(look)} fill:{look.ground},color:{look.sign},"
            f"stroke:{LIGHT['edge']}"
        )
