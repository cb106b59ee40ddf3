from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from guardrail import library as room
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.library import (
    COMPILED,
    Library,
    check_references,
    compile_library,
    fingerprint,
    load_library,
    shipped,
    staleness,
    write_compiled,
)
from guardrail.placement import Recogniser
from tests.unit.placement.made import offer, registry

SMALL = (
    "catalogue.yaml",
    "classes/classes.yaml",
    "classes/inferred.yaml",
    "lang/fr.yaml",
    "countries/eu.yaml",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of few files, which loads."""
    for name in SMALL:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(shipped() / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def compiled(folder: Path) -> Path:
    write_compiled(folder)
    return folder / COMPILED


def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one at every reading of the YAML."""
    seen: list[str] = []

    def counting(files: dict[str, bytes], digest: str) -> Library:
        seen.append(digest)
        return compile_library(files, digest)

    monkeypatch.setattr(room, "compile_library", counting)
    return seen


# Reading


def test_the_shipped_library_loads(library: Library) -> None:
    assert {"aws", "outscale-cloudgouv"} <= library.registry.offers.keys()
    assert len(library.sha256) == 64


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such folder"):
        load_library(tmp_path / "none")


@pytest.mark.parametrize("name", SMALL[:3])
def test_a_file_that_is_missing_is_refused(name: str, folder: Path) -> None:
    (folder / name).unlink()

    with pytest.raises(LibraryError, match="cannot be read"):
        load_library(folder)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("content", ["", "[]", "a: 1", "a: 1\na: 2"])
def test_a_file_that_is_malformed_is_refused(
    name: str, content: str, folder: Path
) -> None:
    (folder / name).write_text(content or "# nothing")

    with pytest.raises(LibraryError) as caught:
        load_library(folder)

    assert Path(name).name in caught.value.where


def test_a_fact_without_sources_is_refused(folder: Path) -> None:
    path = folder / "countries" / "eu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("sources:")[0], encoding="utf-8")

    with pytest.raises(LibraryError, match="'sources' is a required property"):
        load_library(folder)


def test_a_file_is_named_after_its_fact(folder: Path) -> None:
    (folder / "countries" / "eu.yaml").rename(folder / "countries" / "eu2.yaml")

    with pytest.raises(LibraryError, match=r"must be named eu\.yaml"):
        load_library(folder)


def test_a_rule_that_cannot_be_understood_is_refused(folder: Path) -> None:
    (folder / "rules").mkdir()
    text = (shipped() / "rules" / "fr-sren-31.yaml").read_text(encoding="utf-8")
    assert "\nrequire:" in text
    text = text.replace("\nrequire:", "\nrequire:\n  nonsense: true", 1)
    (folder / "rules" / "fr-sren-31.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(LibraryError, match="no such predicate"):
        load_library(folder)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"operator": "nobody"}, "no operator is called nobody"),
        ({"built_on": "nothing"}, "no offer is called nothing"),
        ({"region_table": "nowhere"}, "no region table is called nowhere"),
    ],
)
def test_a_name_that_is_nobodys_is_refused(
    stated: dict[str, str], message: str
) -> None:
    with pytest.raises(LibraryError, match=message):
        check_references(registry(offer("one", **stated)))


def test_the_table_of_a_recogniser_must_be_there_too() -> None:
    broken = offer("one", Recogniser(host="x", region_table="nowhere"))

    with pytest.raises(LibraryError, match="no region table is called nowhere"):
        check_references(registry(broken))


def test_names_that_are_there_are_accepted() -> None:
    base = offer("base", region_table="acme")

    check_references(registry(base, offer("one", built_on="base")))


# The compiled document


def test_the_compiled_document_says_what_the_files_say(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = read_anew(monkeypatch)
    quick = load_library(compiled.parent)
    compiled.unlink()

    assert seen == []
    assert quick == load_library(compiled.parent)
    assert len(seen) == 1


def test_it_is_not_used_once_a_file_has_changed(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (compiled.parent / "lang" / "fr.yaml").write_text('"a": "b"\n')
    seen = read_anew(monkeypatch)

    assert load_library(compiled.parent).french == {"a": "b"}
    assert len(seen) == 1


def test_it_is_not_used_once_a_file_is_more_or_less(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = read_anew(monkeypatch)
    (compiled.parent / "countries" / "eu.yaml").unlink()
    load_library(compiled.parent)

    assert len(seen) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"sha256": 1}', b"\xff"])
def test_a_damaged_document_is_not_used(
    content: bytes, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled.write_bytes(content)
    seen = read_anew(monkeypatch)
    load_library(compiled.parent)

    assert len(seen) == 1


def test_a_document_that_may_not_be_read_is_not_used(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == COMPILED:
            raise PermissionError
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    seen = read_anew(monkeypatch)
    load_library(compiled.parent)

    assert len(seen) == 1


def test_everybody_may_read_what_the_installer_wrote(compiled: Path) -> None:
    assert stat.S_IMODE(compiled.stat().st_mode) == 0o644


def test_an_interrupted_write_leaves_the_old_document(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = compiled.read_bytes()

    def interrupted(_path: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_compiled(compiled.parent)

    assert compiled.read_bytes() == before


def test_a_library_that_does_not_load_is_not_compiled(compiled: Path) -> None:
    before = compiled.read_bytes()
    (compiled.parent / "lang" / "fr.yaml").write_text("[]")
    with pytest.raises(LibraryError):
        write_compiled(compiled.parent)

    assert compiled.read_bytes() == before


def test_the_fingerprint_is_of_names_and_contents() -> None:
    one = fingerprint({"a": b"x", "b": b"y"})

    assert one == fingerprint({"b": b"y", "a": b"x"})
    assert one != fingerprint({"a": b"y", "b": b"x"})
    assert one != fingerprint({"a": b"xb", "": b"y"})


# Rules in force


def layers() -> Iterator[frozenset[str]]:
    yield from (frozenset({"law"}), frozenset({"baseline"}))


@pytest.mark.parametrize("chosen", list(layers()))
def test_only_the_rules_of_the_layers_asked_are_in_force(
    chosen: frozenset[str], library: Library
) -> None:
    rules = library.in_force(date(2026, 11, 22), chosen)

    assert {rule.layer for rule in rules} == chosen


def test_rules_are_in_force_by_id(library: Library) -> None:
    rules = library.in_force(date(2026, 11, 22), frozenset({"law"}))

    assert [rule.id for rule in rules] == sorted(rule.id for rule in rules)


def test_a_day_without_rules_is_refused(library: Library) -> None:
    with pytest.raises(LibraryError, match="no rule is in force on 1990-01-01"):
        library.knowledge(date(1990, 1, 1), frozenset({"law", "baseline"}))


def test_a_rule_may_be_asked_for_by_its_id(library: Library) -> None:
    rules = library.in_force(date(2026, 11, 22), frozenset({"fr-sren-31"}))

    assert [rule.id for rule in rules] == ["fr-sren-31"]


def test_a_rule_that_is_nobodys_is_refused_and_the_profiles_are_named(
    library: Library,
) -> None:
    with pytest.raises(ConfigurationError, match=r"'nonsense'.*eu-csf-seal"):
        library.in_force(date(2026, 11, 22), frozenset({"law", "nonsense"}))


# Where it is


def test_the_installed_package_has_its_library_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "__file__", str(tmp_path / "library.py"))
    outside = shipped()
    (tmp_path / "policies").mkdir()

    assert outside == tmp_path.parent / "policies"
    assert shipped() == tmp_path / "policies"


# Its age


@pytest.mark.parametrize(("age", "notes"), [(0, 0), (45, 0), (46, 1), (180, 1)])
def test_a_registry_that_grows_old_is_told(
    age: int, notes: int, library: Library
) -> None:
    day = library.catalogue.catalogue_date + timedelta(days=age)
    told = staleness(library, day)

    assert len(told) == notes
    assert not any(note.blocks for note in told)


def test_a_registry_that_is_too_old_is_refused(library: Library) -> None:
    day = library.catalogue.catalogue_date + timedelta(days=181)

    with pytest.raises(LibraryError, match="the registry is 181 days old"):
        staleness(library, day)


def test_both_ages_can_be_configured(library: Library) -> None:
    dated = msgspec.structs.replace(
        library.catalogue, stale_after_days=1, refused_after_days=2
    )
    other = msgspec.structs.replace(library, catalogue=dated)
    day = library.catalogue.catalogue_date

    assert len(staleness(other, day + timedelta(days=2))) == 1
    with pytest.raises(LibraryError):
        staleness(other, day + timedelta(days=3))
