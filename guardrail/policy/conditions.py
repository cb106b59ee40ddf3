"""Conditions over facts: a small closed vocabulary, total and three-valued.

A claim that would permit needs official evidence; a claim that forbids needs any. So a
condition is judged with the truth that would permit: inside `require` that is true,
inside `when` it is false, and `not` turns it round. A claim that would permit and rests
on a hint, a default or an unverified fact is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, assert_never

import msgspec

from guardrail.errors import LibraryError
from guardrail.model import Truth
from guardrail.policy.facts import Facts, Missing


class Claim(msgspec.Struct, frozen=True):
    """What one predicate says of the facts."""

    truth: Truth
    firm: bool = True
    """Whether it rests on evidence that may permit."""
    missing: tuple[Missing, ...] = ()
    """What would settle it, where it is unknown or not firm."""


Predicate: TypeAlias = Callable[[Facts, Any], Claim]


class Atom(msgspec.Struct, frozen=True):
    """One predicate with its argument."""

    predicate: str
    argument: Any


class All(msgspec.Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True):
    """One part holds."""

    parts: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True):
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = Atom | All | AnyOf | Not


class Outcome(msgspec.Struct, frozen=True):
    """The truth of a condition, and the facts that keep it from being settled."""

    truth: Truth
    missing: tuple[Missing, ...] = ()


def parse(
    document: object, predicates: Mapping[str, Predicate], where: str
) -> Condition:
    """The condition that a document of a rule states; several keys must all hold.

    Raises:
        LibraryError: A word is not in the vocabulary, or nothing is stated.
    """
    if not isinstance(document, Mapping) or not document:
        raise LibraryError("a condition is a mapping of predicates", where=where)
    parts = [
        _part(str(name), argument, predicates, f"{where}/{name}")
        for name, argument in document.items()
    ]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _part(
    name: str, argument: object, predicates: Mapping[str, Predicate], where: str
) -> Condition:
    if name in {"all", "any"}:
        if not isinstance(argument, (list, tuple)) or not argument:
            raise LibraryError("a list of conditions is expected", where=where)
        parts = tuple(
            parse(part, predicates, f"{where}/{place}")
            for place, part in enumerate(argument)
        )
        return All(parts) if name == "all" else AnyOf(parts)
    if name == "not":
        return Not(parse(argument, predicates, where))
    if name not in predicates:
        known = ", ".join(sorted(predicates))
        raise LibraryError(f"no such predicate; there are: {known}", where=where)
    return Atom(name, _frozen(argument))


def judge(
    condition: Condition,
    facts: Facts,
    predicates: Mapping[str, Predicate],
    *,
    permits: Truth,
) -> Outcome:
    """The truth of `condition` on `facts`, where the truth `permits` would permit."""
    match condition:
        case Atom(predicate=name, argument=argument):
            return _settled(predicates[name](facts, argument), permits)
        case Not(part=part):
            inner = judge(part, facts, predicates, permits=~permits)
            return Outcome(~inner.truth, inner.missing)
        case All(parts=parts):
            asked = (judge(one, facts, predicates, permits=permits) for one in parts)
            return _joined(asked, settles=Truth.FALSE)
        case AnyOf(parts=parts):
            asked = (judge(one, facts, predicates, permits=permits) for one in parts)
            return _joined(asked, settles=Truth.TRUE)
        case _:
            assert_never(condition)


def unmet(
    condition: Condition, facts: Facts, predicates: Mapping[str, Predicate]
) -> Iterator[Atom]:
    """The predicates that keep `condition`, a requirement, from holding on `facts`."""
    if judge(condition, facts, predicates, permits=Truth.TRUE).truth is Truth.TRUE:
        return
    match condition:
        case Atom():
            yield condition
        case Not(part=part):
            yield from _atoms(part)
        case All(parts=parts) | AnyOf(parts=parts):
            for one in parts:
                yield from unmet(one, facts, predicates)
        case _:
            assert_never(condition)


def decisive(
    condition: Condition,
    facts: Facts,
    predicates: Mapping[str, Predicate],
    *,
    truth: Truth,
    permits: Truth,
) -> Iterator[tuple[Atom, bool]]:
    """The predicates that give `condition` its `truth`, each with whether it holds.

    None where its truth is another; `permits` is as in `judge`.
    """
    found = judge(condition, facts, predicates, permits=permits)
    if found.truth is not truth:
        return
    match condition:
        case Atom():
            yield condition, truth is Truth.TRUE
        case Not(part=part):
            yield from decisive(part, facts, predicates, truth=~truth, permits=~permits)
        case All(parts=parts) | AnyOf(parts=parts):
            for one in parts:
                yield from decisive(
                    one, facts, predicates, truth=truth, permits=permits
                )
        case _:
            assert_never(condition)


def _atoms(condition: Condition) -> Iterator[Atom]:
    """The predicates that `condition` uses."""
    match condition:
        case Atom():
            yield condition
        case Not(part=part):
            yield from _atoms(part)
        case All(parts=parts) | AnyOf(parts=parts):
            for one in parts:
                yield from _atoms(one)
        case _:
            assert_never(condition)


def _settled(claim: Claim, permits: Truth) -> Outcome:
    if claim.truth is permits and not claim.firm:
        return Outcome(Truth.UNKNOWN, claim.missing)
    if claim.truth is Truth.UNKNOWN:
        return Outcome(Truth.UNKNOWN, claim.missing)
    return Outcome(claim.truth)


def _joined(outcomes: Iterable[Outcome], *, settles: Truth) -> Outcome:
    """What `outcomes` come to, of which one of the truth `settles` settles it."""
    truth = ~settles
    gaps: dict[Missing, None] = {}
    for outcome in outcomes:
        if outcome.truth is settles:
            return Outcome(settles)
        if outcome.truth is Truth.UNKNOWN:
            truth = Truth.UNKNOWN
            gaps.update(dict.fromkeys(outcome.missing))
    return Outcome(truth, tuple(gaps))


def _frozen(argument: object) -> object:
    """`argument` with tuples for lists, so that a rule cannot change."""
    if isinstance(argument, list):
        return tuple(_frozen(item) for item in argument)
    if isinstance(argument, dict):
        return {key: _frozen(item) for key, item in argument.items()}
    return argument
