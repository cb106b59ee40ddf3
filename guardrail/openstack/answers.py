"""What a refused caller is told, in the form that each service gives its errors."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TypeAlias

import msgspec

from guardrail.decision import Breach, Decision, Effect, Finding, Judged, Verdict
from guardrail.model import Known, say, spoken
from guardrail.openstack.regime import Regime

Shape: TypeAlias = Callable[[HTTPStatus, str], tuple[str, bytes]]
"""The content type and body of an error."""
_FAULTS = {
    HTTPStatus.BAD_REQUEST: "badRequest",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "itemNotFound",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "overLimit",
    HTTPStatus.SERVICE_UNAVAILABLE: "serviceUnavailable",
}
_JSON = "application/json"
_HEADS = {
    Verdict.ALLOW: say("allowed"),
    Verdict.REVIEW: say("refused until it can be decided"),
    Verdict.DENY: say("refused"),
}
_TOLD = 3


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one request."""

    verdict: str
    """`allow`, `review`, `deny`, or `unjudged`."""
    status: HTTPStatus
    """What a refusal answers."""
    message: str
    """Why, and how to get unstuck; for the caller."""
    decision: Decision | None = None
    reason: str = ""
    """Why it could not be judged; for the log."""

    @property
    def allowed(self) -> bool:
        """Whether the request may go to the service."""
        return self.verdict == Verdict.ALLOW.value


def _fault(status: HTTPStatus, message: str) -> tuple[str, bytes]:
    return _JSON, _json({_FAULTS[status]: {"code": status.value, "message": message}})


def _heat(status: HTTPStatus, message: str) -> tuple[str, bytes]:
    document = {
        "code": status.value,
        "title": status.phrase,
        "explanation": message,
        "error": {"message": message, "type": status.phrase.title().replace(" ", "")},
    }
    return _JSON, _json(document)


def _neutron(status: HTTPStatus, message: str) -> tuple[str, bytes]:
    kind = status.phrase.title().replace(" ", "")
    return _JSON, _json({"NeutronError": {"type": kind, "message": message}})


def _glance(status: HTTPStatus, message: str) -> tuple[str, bytes]:
    title = f"{status.value} {status.phrase}"
    text = html.escape(message).replace("\n", "<br />")
    page = (
        f"<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1>{text}</body></html>"
    )
    return "text/html; charset=UTF-8", page.encode()


def _cfn(status: HTTPStatus, message: str) -> tuple[str, bytes]:
    document = (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{status.phrase.title().replace(' ', '')}</Code>"
        f"<Message>{html.escape(message)}</Message></Error></ErrorResponse>"
    )
    return "application/xml", document.encode()


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


SHAPES: Mapping[str, Shape] = {
    "nova": _fault,
    "cinder": _fault,
    "heat": _heat,
    "neutron": _neutron,
    "glance": _glance,
    "heat-cfn": _cfn,
}


def judged(decision: Decision, regime: Regime) -> Outcome:
    """The outcome of a request that was judged."""
    return Outcome(
        verdict=decision.verdict.value,
        status=HTTPStatus.FORBIDDEN,
        message=" ".join(_sentences(decision, regime)),
        decision=decision,
    )


def unjudged(status: HTTPStatus, message: str, reason: str, regime: Regime) -> Outcome:
    """The outcome of a request that could not be judged."""
    return Outcome(
        verdict="unjudged",
        status=status,
        message="guardrail: " + spoken(message, regime.french),
        reason=reason,
    )


def refused(message: str, regime: Regime) -> Outcome:
    """The outcome of a request that must be asked in another way."""
    return Outcome(
        verdict=Verdict.DENY.value,
        status=HTTPStatus.FORBIDDEN,
        message=f"guardrail: {spoken(message, regime.french)}.",
        reason=str(message),
    )


def _sentences(decision: Decision, regime: Regime) -> Iterator[str]:
    """Why, for the worst of what is placed, and what to do."""
    french = regime.french
    blocking = {Effect.DENY, Effect.REVIEW}
    against = [one for one in decision.findings if one.effect in blocking]
    told = {one.breach.rule.id: one for one in reversed(against)}
    first = sorted(told.values(), key=against.index)[:_TOLD]
    yield f"guardrail: {spoken(_HEADS[decision.verdict], french)}."
    for finding in first:
        yield _finding(finding, regime)
    if against:
        place = {one.resource.address: one for one in decision.resources}
        yield _place(place[against[0].address], against[0].breach, regime)
        yield from _ways_out([one.breach for one in against], regime)
    for note in decision.notes:
        if note.blocks:
            yield _sentence(spoken(note.message, french))


def _finding(finding: Finding, regime: Regime) -> str:
    breach = finding.breach
    text = breach.rule.message[regime.settings.language]
    if breach.missing:
        text = say("not decided yet: {}", text).within(regime.french)
    return _sentence(f"{text} [{breach.rule.id}]")


def _place(one: Judged, breach: Breach, regime: Regime) -> str:
    """The class of the data, and where it would go."""
    language = regime.settings.language
    words = [
        word.name[language] for word in regime.knowledge.lexicon.vocabulary.classes
    ]
    sensitivity = one.sensitivity
    data = (
        words[sensitivity.lowest]
        if sensitivity.known
        else say(
            "between {} and {}", words[sensitivity.lowest], words[sensitivity.highest]
        ).within(regime.french)
    )
    landing = breach.landing
    offer = landing.offer.value if isinstance(landing.offer, Known) else "?"
    where = [offer] + [
        f"{area} {_short(named.value)}"
        for area, named in sorted(landing.areas.items())
        if isinstance(named, Known)
    ]
    sentence = say("data: {}; place: {}", data, ", ".join(where))
    return _sentence(spoken(sentence, regime.french))


def _short(text: str) -> str:
    """A text of the caller's, as a message may repeat it."""
    return "".join(one if one.isprintable() else "?" for one in text[:64])


def _ways_out(breaches: list[Breach], regime: Regime) -> Iterator[str]:
    """What the caller, or who runs the cloud, can do."""
    french = regime.french
    gaps = {gap.fact: gap for one in reversed(breaches) for gap in one.missing}
    if "class" in gaps:
        yield spoken(
            say(
                "Label the data (metadata `data_class=…`), or ask for a label on the "
                "project."
            ),
            french,
        )
    for fact, gap in sorted(gaps.items()):
        if fact != "class":
            reason, remedy = spoken(gap.reason, french), spoken(gap.remedy, french)
            yield _sentence(f"{reason}; {remedy}" if remedy else reason)
    covered = sorted(_covered(breaches, regime))
    if covered:
        listed = ", ".join(covered)
        yield _sentence(spoken(say("qualified in this cloud: {}", listed), french))
    broken = [one for one in breaches if not one.missing]
    if broken:
        others = [one for one in broken[0].alternatives if one != _offer(broken[0])]
        if others:
            listed = ", ".join(others[:8])
            yield _sentence(spoken(say("could go to: {}", listed), french))


def _offer(breach: Breach) -> str:
    offer = breach.landing.offer
    return offer.value if isinstance(offer, Known) else ""


def _covered(breaches: list[Breach], regime: Regime) -> set[str]:
    """The areas that a qualification in force of the same offer covers."""
    offers = regime.knowledge.catalogue.registry.offers
    return {
        f"{area} {name}"
        for breach in breaches
        if breach.alternatives or breach.missing
        for known in getattr(offers.get(_offer(breach)), "qualifications", ())
        if known.status == "granted" and known.official
        for area, names in known.perimeter.items()
        for name in names
    }


def _sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
