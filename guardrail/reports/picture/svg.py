"""The picture as SVG: one file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from guardrail.decision import Decision
from guardrail.reports.picture.legend import legend, swatch
from guardrail.reports.picture.plan import (
    CARD_HEIGHT,
    LABEL_HEIGHT,
    Area,
    Label,
    Line,
    Plan,
    planned,
)
from guardrail.reports.picture.scene import STATES, Card, Frame, Link, Scene
from guardrail.reports.picture.signs import (
    class_sign,
    escaped,
    fitted,
    hatch,
    look_of,
    mark,
    number,
    small_mark,
    text,
    width_of,
)
from guardrail.reports.picture.style import LOOKS, UNKNOWN, sheet
from guardrail.reports.picture.words import Words
from guardrail.reports.rendering import Rendering

_LEFT = 28
_HEAD = 86
_FOOT = 26
_STRIPE = 34
_TEXT = 44
_LINE = 14.5
_ROUND = 8.0
_NAME, _SMALL = 12.5, 10.5
_MARK, _RIGHT = 24, 8
_FEW = 14
_NARROW, _WIDE, _WIDEST = 130, 210, 240
_LEAST = 1000


def svg(decision: Decision, scene: Scene, rendering: Rendering) -> bytes:
    """The picture of `scene`."""
    words = Words(decision, rendering)
    page = _Page(scene, words)
    return page.drawn().encode()


class _Page:
    """One picture, drawn."""

    def __init__(self, scene: Scene, words: Words) -> None:
        self._scene = scene
        self._words = words
        self._plan: Plan = planned(scene, self._label_width, self._card_width())

    def drawn(self) -> str:
        """The whole document."""
        words, plan = self._words, self._plan
        width = max(_LEAST, plan.width + 2 * _LEFT)
        foot, tall = legend(words, _LEFT, plan.height + _HEAD + 10, width - 2 * _LEFT)
        height = plan.height + _HEAD + tall + _FOOT
        left = (width - plan.width) / 2
        size = f"{number(width)} {number(height)}"
        across, down = size.split()
        return "".join(
            (
                '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
                f'lang="{words.language}" aria-labelledby="title desc" '
                f'width="{across}" height="{down}" viewBox="0 0 {size}">\n',
                f'<title id="title">{escaped(words.title())}</title>\n',
                f'<desc id="desc">{escaped(words.told(self._scene))}</desc>\n',
                f"<style>{sheet()}</style>\n",
                f"<defs>{''.join(_patterns())}</defs>\n",
                f'<rect class="bg" width="{across}" height="{down}"/>\n',
                *self._head(width),
                f'<g transform="translate({number(left)} {_HEAD})">\n',
                *self._body(),
                f"</g>\n{foot}\n</svg>\n",
            )
        )

    def _head(self, width: float) -> Iterator[str]:
        words = self._words
        room = width - 2 * _LEFT - 190
        yield text(_LEFT, 40, fitted(words.title(), room, 19), "t")
        yield text(_LEFT, 62, words.subtitle(), "u s")
        verdict, state = words.verdict(), words.worst()
        end = width - _LEFT
        yield text(end - 30, 46, verdict, f"t e {state}")
        yield mark(end - 11, 39, state) + "\n"

    def _body(self) -> Iterator[str]:
        scene, plan = self._scene, self._plan
        for frame, area, heading in zip(
            scene.frames, plan.frames, plan.headings, strict=True
        ):
            yield from self._frame(frame, area, heading)
        lines = sorted(plan.lines, key=self._weight)
        for line in lines:
            yield self._line(line)
        for card, area in zip(scene.cards, plan.cards, strict=True):
            yield from self._card(card, area)
        for line in lines:
            yield from self._arrows(line)
        for label in plan.labels:
            yield from self._label(label)

    # Places

    def _card_width(self) -> float:
        """As wide as the longest text asks, where the cards are few."""
        words, cards = self._words, self._scene.cards
        wide = [0.0]
        for card in cards:
            wide.append(width_of(words.name(card), _NAME, mono=True) + _MARK)
            code = card.form == "resource"
            wide += [width_of(one, _SMALL, mono=code) for one in words.below(card)]
            wide.append(width_of(words.data(card)))
        most = _WIDEST if len(cards) <= _FEW else _WIDE
        return min(max(_NARROW, *wide), most) + _TEXT + _RIGHT

    def _frame(self, frame: Frame, area: Area, heading: Area) -> Iterator[str]:
        words = self._words
        operator, offer = words.place(frame)
        yield f"<g>{_title(f'{operator} · {offer}')}{_rect(area, 'f', 10)}"
        x, y, room = heading.x + 4, heading.y, heading.width - 8
        yield text(x, y + 24, fitted(operator, room, 15), "h")
        yield text(x, y + 42, fitted(offer, room, 12.5), "u")
        held, reached = words.standing(frame)
        yield text(x, y + 59, fitted(held, room, 11), "s")
        shown = next((one for one in reached if width_of(one) <= room), reached[-1])
        yield text(x, y + 75, fitted(shown, room, 11), "s")
        yield "</g>\n"

    def _card(self, card: Card, area: Area) -> Iterator[str]:
        words, look = self._words, look_of(card)
        ghost = " g" if card.form == "ghost" else ""
        strong = f" z {card.state}" if card.state in STATES[:2] else ""
        yield f"<g>{_title(words.card(card))}"
        if card.form in {"pile", "block"}:
            yield _rect(Area(area.x + 5, area.y + 5, area.width, area.height), "k", 6)
        yield _rect(area, f"k{strong}{ghost}", 6)
        yield swatch(area.x + 3, area.y + 3, _STRIPE - 3, area.height - 6, look)
        yield class_sign(area.x + 3 + (_STRIPE - 3) / 2, area.y + area.height / 2, look)
        yield from self._texts(card, area)
        if card.states:
            yield mark(area.x + area.width - 16, area.y + 17, card.state)
        yield "</g>\n"

    def _texts(self, card: Card, area: Area) -> Iterator[str]:
        words, room = self._words, area.width - _TEXT - _RIGHT
        data, code = words.data(card), card.form == "resource"
        lines = [(fitted(words.name(card), room - _MARK, _NAME, mono=True), "n")]
        for one in words.below(card):
            shown = fitted(one, room, _SMALL if code else 11, mono=code)
            lines.append((shown, "m s" if code else "s"))
        if data:
            lines.append((fitted(data, room, 11), ""))
        counted = card.form == "pile"
        top = area.y + (CARD_HEIGHT - _LINE * (len(lines) + counted - 1)) / 2 + 4
        for place, (shown, names) in enumerate(lines):
            yield text(area.x + _TEXT, top + _LINE * place, shown, names)
        if counted:
            yield from _counts(card, area.x + _TEXT, top + _LINE * len(lines))

    # Flows

    def _weight(self, line: Line) -> tuple[object, ...]:
        """Lines that cross lie above the others, and the worst on top."""
        link, state = line.link, self._scene.state(line.link)
        return line.crosses, -STATES.index(state), link.source, link.target, link.kind

    def _line(self, line: Line) -> str:
        names = self._names(line)
        way = _path(line.points)
        halo = f'<path class="o" d="{way}"/>' if line.crosses else ""
        said = _title(self._words.link(line.link, self._scene))
        return f'<g>{said}{halo}<path class="{names}" d="{way}"/></g>\n'

    def _label_width(self, links: Sequence[Link]) -> float:
        return width_of(self._words.label(links)) + 10

    def _names(self, line: Line) -> str:
        sure = "" if line.link.certain else " p"
        if not line.crosses:
            return f"i{sure}"
        return f"x{sure} {self._scene.state(line.link)}"

    def _arrows(self, line: Line) -> Iterator[str]:
        names = f"a {self._scene.state(line.link)}" if line.crosses else "a"
        yield _arrow(line.points[-2], line.points[-1], names, large=line.crosses)
        if line.link.both:
            yield _arrow(line.points[1], line.points[0], names, large=line.crosses)

    def _label(self, label: Label) -> Iterator[str]:
        states = (self._scene.state(link) for link in label.links)
        state = min(states, key=STATES.index)
        words, wide = self._words.label(label.links), self._label_width(label.links)
        area = Area(label.x - wide / 2, label.y - LABEL_HEIGHT / 2, wide, LABEL_HEIGHT)
        yield _rect(area, f"l {state}", LABEL_HEIGHT / 2)
        yield text(label.x, label.y + 4, words, f"b c {state}") + "\n"


def _counts(card: Card, x: float, y: float) -> Iterator[str]:
    """How many there are of each verdict, the worst first."""
    for state, count in card.states.items():
        yield small_mark(x + 6, y - 4, state)
        yield text(x + 15, y, str(count), f"b {state}")
        x += 15 + width_of(str(count)) + 9


def _patterns() -> Iterator[str]:
    for found in (*LOOKS, UNKNOWN):
        if found.hatch:
            yield (
                f'<pattern id="{hatch(found)}" width="8" height="8" '
                f'patternUnits="userSpaceOnUse"><path d="{found.hatch}" fill="none" '
                f'stroke="{found.sign}" stroke-opacity=".55" stroke-width="1.1"/>'
                "</pattern>"
            )


def _title(words: str) -> str:
    return f"<title>{escaped(words)}</title>"


def _rect(area: Area, names: str, round_: float) -> str:
    return (
        f'<rect class="{names}" x="{number(area.x)}" y="{number(area.y)}" '
        f'width="{number(area.width)}" height="{number(area.height)}" '
        f'rx="{number(round_)}"/>'
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    """A line through `points`, its corners rounded."""
    first, *others = points
    parts = [f"M{_at(first)}"]
    before = first
    for place, corner in enumerate(others[:-1]):
        after = others[place + 1]
        start, end = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{_at(start)}Q{_at(corner)} {_at(end)}")
        before = corner
    return "".join(parts) + f"L{_at(others[-1])}"


def _at(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _towards(
    corner: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float]:
    """The place near `corner` on the way to `other`, at most half of it."""
    across, down = other[0] - corner[0], other[1] - corner[1]
    long = abs(across) + abs(down)
    part = min(_ROUND, long / 2) / long
    return corner[0] + across * part, corner[1] + down * part


def _arrow(
    before: tuple[float, float], tip: tuple[float, float], names: str, *, large: bool
) -> str:
    size = 11.0 if large else 7.0
    back = -size if tip[0] > before[0] else size
    half = size * 0.62
    return (
        f'<path class="{names}" d="M{number(tip[0])} {number(tip[1])}'
        f'l{number(back)} {number(-half)}v{number(2 * half)}z"/>\n'
    )
