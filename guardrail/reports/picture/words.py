"""What a picture says, in the language of the report, for every format of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from guardrail.decision import Decision
from guardrail.reports.layout import Layout
from guardrail.reports.picture.scene import STATES, Bounds, Card, Frame, Link, Scene
from guardrail.reports.picture.style import MARKED
from guardrail.reports.rendering import Rendering
from guardrail.reports.text import BODIES
from guardrail.reports.wording import role_in_words

KINDS = {
    "attaches": "attaches",
    "copies": "copies",
    "backs-up": "backs up",
    "replicates": "replicates",
    "logs": "logs",
    "streams": "streams",
    "connects": "connects",
    "serves": "serves",
    "hosts": "runs on",
    "may-lie": "may lie there",
}
_STATES = {
    "deny": "deny",
    "review": "to be reviewed",
    "derogated": "derogated",
    "allow": "allow",
    "unjudged": "not judged",
}
_LISTED = 12
_TOLD = 2


class Words(Layout):
    """The texts of one picture."""

    def __init__(self, decision: Decision, rendering: Rendering) -> None:
        """Speak of `decision`."""
        super().__init__(rendering)
        self._decision = decision

    def kind(self, kind: str) -> str:
        """A kind of flow."""
        return self.t(KINDS[kind])

    def state(self, state: str) -> str:
        """What is said of a card."""
        return self.t(_STATES[state])

    def title(self) -> str:
        """What the picture shows."""
        return self.t("Where the data goes: {}", self.say(self._decision.origin.path))

    def subtitle(self) -> str:
        """When, and for whom."""
        decision = self._decision
        body = self.t(BODIES[decision.body])
        return self.t("judged as of {} for {}", decision.as_of, body)

    def verdict(self) -> str:
        """The verdict on the whole."""
        verdict = self.worst()
        return self.t(verdict.upper())

    def worst(self) -> str:
        """The verdict on the whole, as a state."""
        return self._decision.verdict.value

    def classes(self) -> list[tuple[int, str]]:
        """Every class by rank."""
        ranks = range(len(self._decision.classes))
        return [(rank, self.class_name(rank)) for rank in ranks]

    def place(self, frame: Frame) -> tuple[str, str]:
        """The operator, and the offer with its countries."""
        place = frame.place
        if not place.lands:
            return self.t("no destination"), self.t("taken away, or kept nowhere")
        countries = "/".join(place.countries) or self.t("country not known")
        offer = [place.offer] if place.offer else []
        operator = place.operator or self.t("unknown operator")
        return self.say(operator), self.say(" · ".join([*offer, countries]))

    def standing(self, frame: Frame) -> tuple[str, list[str]]:
        """The qualifications of a place, and the laws that reach it.

        The laws are told in full, then in fewer and fewer words.
        """
        if not frame.place.operator:
            return "", [""]
        held = ", ".join(frame.qualifications) or self.t("no qualification")
        return held, list(self._reached(frame.exposures)) or [""]

    def _reached(self, laws: Sequence[str]) -> Iterator[str]:
        for told in range(len(laws), 0, -1):
            more = [f"+{len(laws) - told}"] if told < len(laws) else []
            yield self.t("reached by {}", ", ".join([*laws[:told], *more]))

    def heading(self, frame: Frame) -> list[str]:
        """All about a place, in lines."""
        held, reached = self.standing(frame)
        return [line for line in (*self.place(frame), held, reached[0]) if line]

    def name(self, card: Card) -> str:
        """The name of a card."""
        if card.form == "ghost":
            return role_in_words(card.name, self.rendering)
        if card.form == "block":
            return self.t("all of {}", self.say(card.name))
        return self.say(card.name)

    def below(self, card: Card) -> list[str]:
        """What stands below the name."""
        if card.form == "resource":
            return [self.say(one) for one in (card.type, card.module) if one]
        if card.form == "pile":
            return [self.t("{} [resource|resources]", card.count)]
        if card.form == "ghost":
            region = self.say(", ".join(card.regions))
            return [one for one in (self.t("outside of the stack"), region) if one]
        return []

    def counted(self, card: Card) -> str:
        """How many resources of each verdict a pile holds."""
        states = (f"{count} {self.state(one)}" for one, count in card.states.items())
        return ", ".join(states)

    def marked(self, card: Card) -> str:
        """The same in signs; "" of what is no pile."""
        if card.form != "pile":
            return ""
        return " ".join(f"{MARKED[one]}{many}" for one, many in card.states.items())

    def class_name(self, rank: int) -> str:
        """A class."""
        return self._decision.classes[rank].name[self.language]

    def data(self, card: Card) -> str:
        """The class of the data on a card, in a few words."""
        bounds = card.bounds
        if bounds is None or unclassed(card):
            return ""
        if bounds.lowest == bounds.highest:
            name = self.class_name(bounds.lowest)
            return self.t("up to {}", name) if bounds.mixed else name
        if bounds.lowest:
            return self.t("at least {}", self.class_name(bounds.lowest))
        return self.t("class not known") if bounds.labelled else self.t("no label")

    def card(self, card: Card) -> str:
        """All about a card, in one line."""
        what = self.say(card.address) or " · ".join(
            [self.name(card), *self.below(card)]
        )
        parts = [what, self._bounds(card.bounds), self.say(", ".join(card.regions))]
        state = self.counted(card) if card.form == "pile" else self.state(card.state)
        existing = [self.t("already there")] if card.existing else []
        return " · ".join([one for one in parts if one] + [state, *existing])

    def _bounds(self, bounds: Bounds | None) -> str:
        if bounds is None:
            return ""
        lowest, highest = map(self.class_name, (bounds.lowest, bounds.highest))
        if bounds.lowest == bounds.highest:
            return lowest
        return self.t("between {} and {}", lowest, highest)

    def label(self, links: Iterable[Link]) -> str:
        """The kinds of some flows, the most frequent first, with their numbers."""
        counts: Counter[str] = Counter()
        for link in links:
            counts[link.kind] += link.count
        found = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        told = [self._times(kind, many) for kind, many in found[:_TOLD]]
        return ", ".join(told + ["…"] * (len(found) > _TOLD))

    def _times(self, kind: str, many: int) -> str:
        return f"{self.kind(kind)} ×{many}" if many > 1 else self.kind(kind)

    def link(self, link: Link, scene: Scene) -> str:
        """A flow, in one line."""
        source, target = (
            self.say(card.address) or self.name(card)
            for card in (scene.cards[link.source], scene.cards[link.target])
        )
        arrow = "⇄" if link.both else "→"
        sure = "" if link.certain else f" ({self.t('probable')})"
        told = f"{self.label([link])}{sure}"
        return self.t("{}: {}", f"{source} {arrow} {target}", told)

    def told(self, scene: Scene) -> str:
        """The picture in sentences, for who cannot see it."""
        return " ".join(self._sentences(scene))

    def _sentences(self, scene: Scene) -> Iterator[str]:
        verdict = f"{self.t('verdict:')} {self.verdict()}"
        yield f"{self.subtitle()}{self.t('; ')}{verdict}."
        for frame in scene.frames:
            operator, offer = self.place(frame)
            cards = [scene.cards[card] for card in frame.cards]
            ghosts = sum(card.form == "ghost" for card in cards)
            count = sum(card.count for card in cards if card.form != "ghost")
            held = self.t(
                "{} [resource|resources] and {} [copy|copies] kept elsewhere",
                count,
                ghosts,
            )
            state = self.state(min((card.state for card in cards), key=STATES.index))
            told = f"{held}{self.t('; ')}{self.t('worst:')} {state}"
            yield f"{self.t('{}: {}', f'{operator}, {offer}', told)}."
        leaving = scene.leaving()
        for link in leaving[:_LISTED]:
            yield f"{self.link(link, scene)}."
        if len(leaving) > _LISTED:
            yield self.t("and {} more", len(leaving) - _LISTED)


def unclassed(card: Card) -> bool:
    """Whether the class of a card says nothing: not judged, and no label."""
    bounds = card.bounds
    return bounds is None or (card.state == STATES[-1] and not bounds.lowest)
