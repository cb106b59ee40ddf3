"""The library: everything under `policies/`, read, checked and fingerprinted.

The YAML files are the truth. Reading them takes longer than judging a plan, so building
the package also writes them as one JSON document (`.compiled.json`), with the digest of
every file it was made from. It is used only while all digests are right.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from guardrail import __version__
from guardrail.assessment import Knowledge
from guardrail.classification import Inference, Lexicon, Vocabulary
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.model import Gap, say
from guardrail.placement import (
    Catalogue,
    CountryGroup,
    Law,
    Offer,
    Operator,
    ProviderProfile,
    RegionTable,
    Registry,
    Source,
)
from guardrail.policy import Obligation, Rule

COMPILED = ".compiled.json"
ROOMS: Mapping[str, type] = {
    "rules": Rule,
    "offers": Offer,
    "operators": Operator,
    "laws": Law,
    "providers": ProviderProfile,
    "regions": RegionTable,
    "countries": CountryGroup,
}
"""Folders of one file for each fact, and the shape of the facts."""


LAYERS = frozenset({"law", "baseline", "profile"})
RULES: Mapping[str, frozenset[str]] = {
    "law": frozenset({"law"}),
    "baseline": frozenset({"baseline"}),
    "both": frozenset({"law", "baseline"}),
}
"""What may be asked for by one word, as layers."""


class Catalogued(msgspec.Struct, frozen=True, kw_only=True):
    """When the registry was last read against its sources: `catalogue.yaml`."""

    catalogue_date: date
    sources: tuple[Source, ...]
    stale_after_days: int = 45
    refused_after_days: int = 180


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """All that `policies/` says."""

    catalogue: Catalogued
    vocabulary: Vocabulary
    inference: Inference
    rules: dict[str, Rule]
    registry: Registry
    french: dict[str, str]
    """English template to the French one."""
    sha256: str
    """Digest of all files, in the order of their names."""

    def in_force(self, day: date, asked: frozenset[str]) -> tuple[Rule, ...]:
        """The rules that bind on `day`, of the layers or under the ids asked, by id.

        Raises:
            ConfigurationError: There is no such rule.
            LibraryError: None does.
        """
        unknown = asked - self.rules.keys() - LAYERS
        if unknown:
            rules = self.rules.values()
            profiles = sorted(rule.id for rule in rules if rule.layer == "profile")
            raise ConfigurationError(
                f"no rule is called {min(unknown)!r}; the profiles are: "
                f"{', '.join(profiles)}"
            )
        found = [
            rule
            for name, rule in sorted(self.rules.items())
            if (rule.layer in asked or name in asked) and rule.in_force(day)
        ]
        if not found:
            raise LibraryError(
                f"no rule is in force on {day}: nothing could be denied",
                remedy="Choose other rules with --rules, or another day with --as-of.",
            )
        return tuple(found)

    def knowledge(
        self,
        day: date,
        asked: frozenset[str],
        *,
        registry: Registry | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> Knowledge:
        """The library made ready to judge on `day`, or another registry and words.

        Raises:
            LibraryError: No rule is in force, or one cannot be understood.
        """
        rules = self.in_force(day, asked)
        return Knowledge(
            catalogue=Catalogue(registry or self.registry),
            lexicon=Lexicon(vocabulary or self.vocabulary),
            obligations=tuple(Obligation(rule) for rule in rules),
            inference=self.inference,
        )


def staleness(library: Library, day: date) -> tuple[Gap, ...]:
    """A note when the registry was read too long before `day`.

    Raises:
        LibraryError: It was read so long ago that it is refused.
    """
    known = library.catalogue
    age = (day - known.catalogue_date).days
    if age > known.refused_after_days:
        raise LibraryError(
            f"the registry is {age} days old, more than {known.refused_after_days}",
            remedy="Update guardrail, or give a newer library with --library.",
        )
    if age <= known.stale_after_days:
        return ()
    template = "the registry was last read against its sources on {}, {} [day|days] ago"
    message = say(template, known.catalogue_date.isoformat(), str(age))
    return (Gap(id="stale-registry", message=message, blocks=False),)


def shipped() -> Path:
    """The folder of the library that comes with the package."""
    inside = Path(__file__).parent / "policies"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "policies"


def load_library(folder: Path) -> Library:
    """The library kept in `folder`.

    Raises:
        LibraryError: A file is missing, malformed, uncited, or contradicts another.
    """
    try:
        files = {name: _content(f"{folder}/{name}") for name in _files(folder)}
        compiled = _compiled(folder)
    except OSError as error:
        raise LibraryError("the library cannot be read", where=str(folder)) from error
    digest = fingerprint(files)
    if compiled is not None and compiled.sha256 == digest:
        return compiled
    return compile_library(files, digest)


def write_compiled(folder: Path) -> None:
    """Read the YAML in `folder` and write it as one document beside it.

    Raises:
        LibraryError: The library does not load.
        OSError: The document cannot be written.
    """
    import tempfile  # only here: it costs start-up time

    library = load_library(folder)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=COMPILED, delete=False) as part:
        part.write(msgspec.json.encode(library))
    Path(part.name).chmod(0o644)
    Path(part.name).replace(folder / COMPILED)


def fingerprint(files: Mapping[str, bytes]) -> str:
    """The digest of names and contents, as this version reads them; hex."""
    total = hashlib.sha256(__version__.encode())
    for name, content in sorted(files.items()):
        total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[str]:
    """The names of all files, from `folder` on.

    Raises:
        LibraryError: There is no such folder.
    """
    if not folder.is_dir():
        raise LibraryError("there is no such folder", where=str(folder))
    yield from ("catalogue.yaml", "classes/classes.yaml", "classes/inferred.yaml")
    yield "lang/fr.yaml"
    for room in ROOMS:
        if (folder / room).is_dir():
            with os.scandir(folder / room) as entries:
                names = sorted(one.name for one in entries)
            yield from (f"{room}/{one}" for one in names if one.endswith(".yaml"))


def _content(path: str) -> bytes:
    # There are hundreds, and `Path.read_bytes` takes twice the time.
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        return file.read()


def _compiled(folder: Path) -> Library | None:
    path = folder / COMPILED
    if not path.is_file():
        return None
    try:
        return _decoded(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None  # the YAML is the truth


@lru_cache(maxsize=1)  # a process that loads it again finds it as it was
def _decoded(content: bytes) -> Library:
    return msgspec.json.decode(content, type=Library)


def compile_library(files: Mapping[str, bytes], digest: str) -> Library:
    """The library that `files` (name to YAML) make.

    Raises:
        LibraryError: A file is malformed, uncited, or contradicts another.
    """
    # Read only here: they cost more start-up time than judging a small plan.
    from guardrail.shapes import checked, parsed

    rooms: dict[str, dict[str, Any]] = {room: {} for room in ROOMS}
    single: dict[str, Any] = {}
    for name, content in sorted(files.items()):
        room, _slash, rest = name.rpartition("/")
        if room in rooms:
            fact: Any = checked(parsed(content, name), ROOMS[room], name)
            key = fact.provider if room == "providers" else fact.id
            expected = f"{key.replace('/', '-')}.yaml"
            if rest != expected:
                raise LibraryError(f"the file must be named {expected}", where=name)
            rooms[room][key] = fact
        else:
            single[rest] = parsed(content, name)
    library = Library(
        catalogue=checked(single.get("catalogue.yaml"), Catalogued, "catalogue.yaml"),
        vocabulary=checked(single.get("classes.yaml"), Vocabulary, "classes.yaml"),
        inference=checked(single.get("inferred.yaml"), Inference, "inferred.yaml"),
        rules=rooms.pop("rules"),
        registry=Registry(**rooms),
        french=checked(single.get("fr.yaml"), dict[str, str], "fr.yaml"),
        sha256=digest,
    )
    for rule in library.rules.values():
        Obligation(rule)
    check_references(library.registry)
    return library


def check_references(registry: Registry) -> None:
    """Nothing, if every name that a fact uses is there.

    Raises:
        LibraryError: An offer names an operator, offer or table that does not exist.
    """
    for offer in registry.offers.values():
        where = f"offers/{offer.id}"
        if offer.operator not in registry.operators:
            raise LibraryError(f"no operator is called {offer.operator}", where=where)
        if offer.built_on and offer.built_on not in registry.offers:
            raise LibraryError(f"no offer is called {offer.built_on}", where=where)
        tables = {offer.region_table, *(one.region_table for one in offer.recognise)}
        for table in sorted(tables - {""}):
            if table not in registry.regions:
                raise LibraryError(f"no region table is called {table}", where=where)
