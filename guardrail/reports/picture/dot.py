"""The picture in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guardrail.decision import Decision
from guardrail.reports.picture.scene import STATES, Card, Frame, Link, Scene
from guardrail.reports.picture.signs import look_of
from guardrail.reports.picture.style import LIGHT, LOOKS, MARKED, NONE, UNKNOWN
from guardrail.reports.picture.words import Words
from guardrail.reports.rendering import Rendering

_SHAPES = {
    LOOKS[0].ground: "ellipse",
    LOOKS[1].ground: "box",
    LOOKS[2].ground: "house",
    LOOKS[3].ground: "octagon",
    LOOKS[4].ground: "hexagon",
    LOOKS[5].ground: "doubleoctagon",
    LOOKS[6].ground: "tripleoctagon",
    UNKNOWN.ground: "note",
    NONE.ground: "component",
}
"""The outline of each class."""


def dot(decision: Decision, scene: Scene, rendering: Rendering) -> bytes:
    """The graph of `scene`."""
    words = Words(decision, rendering)
    title = quoted([words.title(), words.subtitle()])
    lines = [
        "digraph stack {",
        f"  graph [rankdir=LR, labelloc=t, label={title}]",
        '  node [style=filled, fontname="sans-serif", fontsize=10]',
        '  edge [fontname="sans-serif", fontsize=9]',
    ]
    for number, frame in enumerate(scene.frames):
        lines += _frame(number, frame, scene, words)
    lines += [_link(link, scene, words) for link in scene.links]
    return "".join(f"{line}\n" for line in [*lines, "}"]).encode()


def quoted(texts: Iterable[str]) -> str:
    """Texts below each other, in quotes."""
    shown = [
        text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
        for text in texts
        if text
    ]
    return '"' + "\\n".join(shown) + '"'


def _frame(number: int, frame: Frame, scene: Scene, words: Words) -> Iterator[str]:
    title = quoted(words.heading(frame))
    yield f"  subgraph cluster_{number} {{"
    yield f"    label={title}; labelloc=t; style=rounded; color={_colour('edge')}"
    for card in frame.cards:
        yield f"    {_node(card, scene.cards[card], words)}"
    yield "  }"


def _node(number: int, card: Card, words: Words) -> str:
    look = look_of(card)
    name = (
        f"{MARKED[card.state]} {words.name(card)}" if card.states else words.name(card)
    )
    label = quoted([name, *words.below(card), words.marked(card), words.data(card)])
    style = {"ghost": "filled,dashed", "pile": "filled,bold"}.get(card.form, "filled")
    strong = card.state in STATES[:2]
    edge = _colour(card.state if strong else "edge")
    return (
        f'n{number} [label={label}, shape={_SHAPES[look.ground]}, style="{style}", '
        f'fillcolor="{look.ground}", fontcolor="{look.sign}", color={edge}, '
        f"penwidth={3 if strong else 1}, tooltip={quoted([words.card(card)])}]"
    )


def _link(link: Link, scene: Scene, words: Words) -> str:
    crosses = scene.crosses(link)
    label = quoted([words.label([link])])
    colour = _colour(scene.state(link) if crosses else "line")
    return (
        f"  n{link.source} -> n{link.target} [label={label}, color={colour}, "
        f"fontcolor={colour}, style={'solid' if link.certain else 'dashed'}, "
        f"dir={'both' if link.both else 'forward'}, penwidth={3 if crosses else 1}]"
    )


def _colour(name: str) -> str:
    return f'"{LIGHT[name]}"'
