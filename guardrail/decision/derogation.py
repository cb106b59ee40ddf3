"""Derogations: an authority's dated, scoped acceptance of named findings.

The rule says which terms are lawful. A derogation is judged for each rule that it
names: lawful for one, it may be unlawful for another. What is unlawful does not apply,
and says why; nothing here can make a verdict worse.

Decided here, where the texts leave it open:

- Days are UTC. A derogation holds from the start of `granted_on` to the end of
  `until`.
- "N months after an acceptable offer is available" runs from `acceptable_offer_on`.
  While there is none (null, or a day still to come) it runs from `granted_on`:
  whatever day the offer comes, such a derogation ends in time, and the authority can
  renew it.
- "Under way" is a project that started before the first day of the rule.
- Where a rule lets only some kinds of service be derogated, the derogation must name
  its kinds, all of them among those.
- A rule without terms of derogation has none that is lawful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Annotated, TypeAlias

import msgspec

from guardrail.decision.days import months_after
from guardrail.model import say
from guardrail.policy import Rule, Terms

Name: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=100)
]
Office: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
]
Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{64}$")]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a derogation covers."""

    addresses: tuple[str, ...]
    """Globs: `*` stands for any text, everything else for itself."""
    services: tuple[str, ...] = ()
    """Service kinds; any when empty, where the rule does not restrict them."""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Who grants it."""

    office: Office
    """`minister`, `prime-minister`, `security-authority`, …"""
    body: str
    """In words: "Ministère …"."""
    countersigned_by: Office | None = None


class DerogatedSystem(msgspec.Struct, frozen=True, kw_only=True):
    """The project that it is granted for."""

    name: str
    started_on: date | None = None
    very_advanced_on: date | None = None
    """A day on which it was found to be very advanced."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the authority relied on."""

    title: str
    sha256: Digest


class Derogation(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a file under `derogations/`."""

    derogation: Name
    """Its id."""
    rules: tuple[str, ...]
    scope: Scope
    authority: Authority
    system: DerogatedSystem
    granted_on: date
    until: date
    """Last day, inclusive, UTC."""
    acceptable_offer_on: date | None = None
    """The day an acceptable offer became available; None while there is none."""
    published: str | None = None
    """Where, for the rules that ask for it."""
    reason: str
    evidence: tuple[Document, ...] = ()

    @property
    def offices(self) -> tuple[str, ...]:
        """Every office that granted it."""
        second = self.authority.countersigned_by
        return (self.authority.office, *((second,) if second else ()))


class Signature(Enum):
    """What is known of the signature beside a file."""

    NONE = "none"
    UNCHECKED = "unchecked"
    """There is one, and nobody is named who may sign."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """It is there, and is not that of the office over these bytes."""


class FiledDerogation(msgspec.Struct, frozen=True, kw_only=True):
    """A derogation as it was read."""

    derogation: Derogation
    path: str = ""
    sha256: str = ""
    """Of the file; hex."""
    signature: Signature = Signature.NONE
    must_sign: bool = False
    """Whether it counts only under an accepted signature, whatever the rule says."""


class Derogations(msgspec.Struct, frozen=True, kw_only=True):
    """The derogations in sight, and the rules that say which terms are lawful."""

    files: tuple[FiledDerogation, ...] = ()
    rules: Mapping[str, Rule] = {}
    """Every rule of the library by id, in force or not."""
    system: str = ""
    """The name of the system that is deployed; "" where nobody states it."""


class State(Enum):
    """What a derogation is on a day, whatever it would be applied to."""

    LAWFUL = "lawful"
    UNLAWFUL = "unlawful"
    """For one of its rules at least."""
    OVER_BROAD = "over-broad"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    OTHER_SYSTEM = "other-system"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one derogation stands on a day."""

    filed: FiledDerogation
    state: State
    reasons: tuple[str, ...]
    """Why it is not lawful; phrases."""
    lawful_for: frozenset[str]
    """Rules that it may derogate on this day."""


def standing(
    filed: FiledDerogation, rules: Mapping[str, Rule], day: date, *, system: str = ""
) -> Standing:
    """Where `filed` stands on `day` under `rules`, for `system` or, at "", for any."""
    derogation = filed.derogation
    if system and _words(system) != _words(derogation.system.name):
        template = "it is granted for the system {}, and this is {}"
        other = say(template, derogation.system.name, system)
        return _standing(filed, State.OTHER_SYSTEM, (other,))
    broad = _over_broad(derogation, rules)
    if broad:
        return _standing(filed, State.OVER_BROAD, broad)
    defects = _defects(filed, rules, max(day, derogation.granted_on))
    reasons = tuple(dict.fromkeys(why for found in defects.values() for why in found))
    if day < derogation.granted_on:
        template = "it is granted on {} only"
        early = say(template, derogation.granted_on.isoformat())
        state = State.UNLAWFUL if reasons else State.NOT_YET
        return _standing(filed, state, (early, *reasons))
    if derogation.until < day:
        over = say(
            "its last day was {} (end of the day, UTC)", derogation.until.isoformat()
        )
        return _standing(filed, State.EXPIRED, (over, *reasons))
    return Standing(
        filed=filed,
        state=State.UNLAWFUL if reasons else State.LAWFUL,
        reasons=reasons,
        lawful_for=frozenset(name for name, found in defects.items() if not found),
    )


def _standing(
    filed: FiledDerogation, state: State, reasons: tuple[str, ...]
) -> Standing:
    return Standing(filed=filed, state=state, reasons=reasons, lawful_for=frozenset())


def _words(name: str) -> list[str]:
    return name.casefold().split()


def _over_broad(derogation: Derogation, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    found = [say("it names no rule")] if not derogation.rules else []
    found += [
        say("no rule is called {}", name)
        for name in derogation.rules
        if name not in rules
    ]
    globs = derogation.scope.addresses
    found += [say("it names no address")] if not globs else []
    found += [
        say("the address {} covers everything", glob) for glob in globs if broad(glob)
    ]
    return tuple(found)


def broad(glob: str) -> bool:
    """Whether `glob` names nothing of its own: `*`, `module.*`, `aws_*`, `*a*`, ``."""
    steps = glob.replace("[", ".").replace("]", ".").replace('"', ".").split(".")
    return not any(map(_names_something, steps))


def _names_something(step: str) -> bool:
    """Whether one step of an address holds a name, or enough of one."""
    if "*" not in step:
        return any(map(str.isalpha, step)) and step not in {"module", "data"}
    prefix, _star, rest = step.partition("_*")
    if not rest and prefix.isalnum():  # every type of one provider
        return False
    return any(len(part.strip("_-")) >= 3 for part in step.split("*"))


def _defects(
    filed: FiledDerogation, rules: Mapping[str, Rule], day: date
) -> dict[str, tuple[str, ...]]:
    """Each rule that is named, with what makes the derogation unlawful for it.

    The baseline goes together with the law: whoever may lawfully derogate a rule of law
    may name the baseline beside it.
    """
    named = [rules[name] for name in dict.fromkeys(filed.derogation.rules)]
    common = _malformed(filed)
    law = [rule for rule in named if rule.layer == "law"]
    beside = any(not _against(filed, rule, day, _TERMS) for rule in law)
    return {
        rule.id: common
        + _against(
            filed,
            rule,
            day,
            _TERMS[1:] if beside and rule.layer == "baseline" else _TERMS,
        )
        for rule in named
    }


def _malformed(filed: FiledDerogation) -> tuple[str, ...]:
    """What is wrong whatever the rule."""
    derogation, system = filed.derogation, filed.derogation.system
    found = []
    if derogation.until < derogation.granted_on:
        found.append(say("its last day is before the day it is granted"))
    if not derogation.reason.strip():
        found.append(say("it states no reason"))
    advanced, started = system.very_advanced_on, system.started_on
    if advanced is not None and started is not None and advanced < started:
        found.append(say("the project cannot be very advanced before it started"))
    if filed.signature is Signature.REJECTED:
        template = "its signature is not that of the office {}, or the file was changed"
        found.append(say(template, derogation.authority.office))
    return tuple(found)


_Term: TypeAlias = Callable[[FiledDerogation, Rule, Terms, date], str | None]


def _against(
    filed: FiledDerogation, rule: Rule, day: date, asked: tuple[_Term, ...]
) -> tuple[str, ...]:
    """The terms of `rule`, of those `asked`, that the derogation does not keep."""
    terms = rule.derogation
    if terms is None:
        return (say("{} admits no derogation", rule.id),)
    found = (term(filed, rule, terms, day) for term in asked)
    return tuple(why for why in found if why is not None)


def _office(filed: FiledDerogation, rule: Rule, terms: Terms, day: date) -> str | None:
    derogation = filed.derogation
    office = derogation.authority.office
    if office not in terms.by:
        template = "{}: the office {} may not grant it, but {}"
        return say(template, rule.id, office, ", ".join(terms.by))
    lacking = [name for name in terms.by if name not in derogation.offices]
    if lacking:
        return say("{}: it is not countersigned by {}", rule.id, ", ".join(lacking))
    return None


def _services(
    filed: FiledDerogation, rule: Rule, terms: Terms, day: date
) -> str | None:
    stated, allowed = filed.derogation.scope.services, terms.services
    if not allowed:
        return None
    if not stated:
        template = "{}: it must name its service kinds, among {}"
        return say(template, rule.id, ", ".join(allowed))
    never = [kind for kind in stated if kind not in allowed]
    if never:
        template = "{}: the service kind {} may not be derogated, only {}"
        return say(template, rule.id, ", ".join(never), ", ".join(allowed))
    return None


def _started(filed: FiledDerogation, rule: Rule, terms: Terms, day: date) -> str | None:
    before = terms.started_before
    started = filed.derogation.system.started_on
    if before is None or (started is not None and started < before):
        return None
    template = "{}: the project must have started before {}"
    return say(template, rule.id, before.isoformat())


def _under_way(
    filed: FiledDerogation, rule: Rule, terms: Terms, day: date
) -> str | None:
    started = filed.derogation.system.started_on
    if not terms.under_way or (started is not None and started < rule.since):
        return None
    template = "{}: only a project under way before {} may have one"
    return say(template, rule.id, rule.since.isoformat())


def _very_advanced(
    filed: FiledDerogation, rule: Rule, terms: Terms, day: date
) -> str | None:
    asked = terms.very_advanced_on
    advanced = filed.derogation.system.very_advanced_on
    if asked is None or (advanced is not None and advanced <= asked):
        return None
    template = "{}: the project must have been very advanced on {}"
    return say(template, rule.id, asked.isoformat())


def _published(
    filed: FiledDerogation, rule: Rule, terms: Terms, day: date
) -> str | None:
    if not terms.public or (filed.derogation.published or "").strip():
        return None
    return say("{}: it must be published, and say where", rule.id)


def _length(filed: FiledDerogation, rule: Rule, terms: Terms, day: date) -> str | None:
    if terms.months_after_offer is None:
        return None
    derogation, months = filed.derogation, terms.months_after_offer
    last = last_lawful_day(derogation, months, day)
    if derogation.until <= last:
        return None
    available = offer_available(derogation, day)
    template = (
        "{}: it may last until {}, {} [month|months] after an acceptable offer was "
        "available"
        if available
        else "{}: it may last until {}, {} [month|months] after it was granted, while "
        "no acceptable offer is available"
    )
    return say(template, rule.id, last.isoformat(), str(months))


def _signed(filed: FiledDerogation, rule: Rule, terms: Terms, day: date) -> str | None:
    asked = terms.signed or filed.must_sign
    if not asked or filed.signature is Signature.ACCEPTED:
        return None
    office = filed.derogation.authority.office
    template = (
        "{}: it must bear a signature of {}, and no allowed signers are named"
        if filed.signature is Signature.UNCHECKED
        else "{}: it must bear an accepted signature of {}"
    )
    return say(template, rule.id, office)


_TERMS: tuple[_Term, ...] = (
    _office,
    _services,
    _started,
    _under_way,
    _very_advanced,
    _published,
    _length,
    _signed,
)
"""All of them; the office first, because the baseline may go without."""


def offer_available(derogation: Derogation, day: date) -> bool:
    """Whether an acceptable offer is stated to be available on `day`."""
    known = derogation.acceptable_offer_on
    return known is not None and known <= day


def last_lawful_day(derogation: Derogation, months: int, day: date) -> date:
    """The last day that a term of `months` after an acceptable offer leaves."""
    stated = derogation.acceptable_offer_on
    start = stated if stated and stated <= day else derogation.granted_on
    return months_after(start, months)
