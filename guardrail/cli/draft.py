"""A new derogation, written with comments that say what its rules ask."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from guardrail.decision import months_after
from guardrail.errors import ConfigurationError
from guardrail.policy import Rule, Terms

HERE = Path("derogations")
_MONTHS = 12
"""How long a new one lasts where its rules do not say."""


class Draft:
    """The text of a new derogation."""

    def __init__(
        self,
        options: argparse.Namespace,
        rules: Sequence[Rule],
        say_: Callable[..., str],
    ) -> None:
        self._options = options
        self._say = say_
        law = [rule for rule in rules if rule.layer != "baseline"]
        self._terms = [terms_of(rule) for rule in law or rules]

    def text(self, granted_on: date) -> bytes:
        """The document, commented, as UTF-8."""
        asked, say_ = self._options, self._say
        lines = [
            f"# {say_('An acceptance by an authority, dated and scoped.')}",
            f"derogation: {_scalar(asked.id or _next_id(granted_on.year))}",
            f"rules: {_scalar(asked.rule)}",
            "scope:",
            f"  addresses: {_scalar(asked.address)}  # {say_('* stands for any text')}",
            f"  services: {_scalar(asked.service)}{self._services()}",
            "authority:",
            f"  office: {_scalar(self._office())}",
            f"  body: {_scalar(asked.authority)}",
            f"  countersigned_by: {_scalar(asked.countersigned_by)}{self._second()}",
            "system:",
            f"  name: {_scalar(asked.system)}",
            f"  started_on: {_day(asked.started_on)}{self._started()}",
            f"  very_advanced_on: {_day(asked.very_advanced_on)}{self._advanced()}",
            f"granted_on: {_day(granted_on)}",
            f"until: {_day(asked.until or self._until(granted_on))}"
            f"  # {say_('last day, inclusive, UTC')}",
            f"acceptable_offer_on: {_day(asked.acceptable_offer_on)}"
            f"  # {say_('the day one became available; null while there is none')}",
            f"published: {_scalar(asked.published)}"
            f"  # {say_('where, for the rules that ask for it')}",
            f"reason: {_scalar(asked.reason)}",
            f"evidence: {_scalar([_document(path) for path in asked.evidence])}",
        ]
        return "".join(f"{line}\n" for line in lines).encode(errors="replace")

    def _office(self) -> str:
        return self._options.office or self._terms[0].by[0]

    def _second(self) -> str:
        offices = {name for terms in self._terms for name in terms.by}
        others = sorted(offices - {self._office()})
        return f"  # {self._say('by {}', ', '.join(others))}" if others else ""

    def _until(self, granted_on: date) -> date:
        """The longest that every rule leaves."""
        start = self._options.acceptable_offer_on or granted_on
        lengths = [terms.months_after_offer for terms in self._terms]
        stated = [months for months in lengths if months is not None]
        return months_after(start, min(stated, default=_MONTHS))

    def _services(self) -> str:
        asked = sorted({kind for terms in self._terms for kind in terms.services})
        return f"  # {self._say('among {}', ', '.join(asked))}" if asked else ""

    def _started(self) -> str:
        asked = [terms.started_before for terms in self._terms if terms.started_before]
        if not asked:
            return ""
        return f"  # {self._say('before {}', min(asked).isoformat())}"

    def _advanced(self) -> str:
        asked = [
            known.very_advanced_on for known in self._terms if known.very_advanced_on
        ]
        if not asked:
            return ""
        return f"  # {self._say('{} or before', min(asked).isoformat())}"


def terms_of(rule: Rule) -> Terms:
    """The lawful terms of a rule that can be derogated."""
    assert rule.derogation is not None  # noqa: S101  # `_rule` refuses the others
    return rule.derogation


def _scalar(value: object) -> str:
    """`value` in YAML: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def _day(day: date | None) -> str:
    return "null" if day is None else day.isoformat()


def _document(path: Path) -> dict[str, str]:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise ConfigurationError(message, where=str(path)) from error
    return {"title": path.name, "sha256": digest}


def _next_id(year: int) -> str:
    """The first id of the year that no file in `derogations/` is named after."""
    taken = {path.stem for path in HERE.glob("*.y*ml")}
    numbers = range(1, len(taken) + 2)
    names = (f"DER-{year}-{number:03d}" for number in numbers)
    return next(name for name in names if name not in taken)


def create(target: Path, text: bytes) -> None:
    """Write a file whole; what is there already is left.

    Raises:
        ConfigurationError: It cannot be written, or is there already.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}."
        )
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            Path(name).chmod(0o644)
            target.hardlink_to(name)  # unlike a rename, it replaces nothing
        finally:
            with contextlib.suppress(OSError):
                Path(name).unlink()
    except FileExistsError as error:
        raise ConfigurationError("it is there already", where=str(target)) from error
    except OSError as error:
        message = f"it cannot be written: {error.strerror}"
        raise ConfigurationError(message, where=str(target)) from error
