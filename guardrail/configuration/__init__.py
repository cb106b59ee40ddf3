"""`guardrail.yaml`: what is true of the whole project, stated once.

Two files of this form may be in force. The organisation's is named by the caller and
is trusted. The project's lies beside the code that is judged, so whoever writes the
code can write it: under an organisation's file it may declare what its data is, never
below the organisation's floor, and the rest counts only where the organisation
delegates it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec

from guardrail.assessment import PUBLIC_REGISTRIES, Assignment, Circumstances
from guardrail.classification import Declaration, Lexicon, Vocabulary, normalised
from guardrail.configuration.file import (
    BODIES,
    NAME,
    Data,
    File,
    Mapped,
    Stated,
    TagKeys,
)
from guardrail.configuration.offers import extended
from guardrail.errors import ConfigurationError, LibraryError
from guardrail.model import Gap, Known, Unknown, glob_fits, say
from guardrail.placement import Environment, Registry

__all__ = [
    "BODIES",
    "NAME",
    "Configuration",
    "Data",
    "DerogationFolder",
    "File",
    "configuration_for",
    "project_file",
]
_DELEGABLE = ("body", "environment", "registries", "offers", "derogations", "rules")
_DELEGATED_WITH = {"environment_complete": "environment"}


class DerogationFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of derogations that a file names."""

    path: Path
    must_sign: bool
    """Whether they count only under an accepted signature."""
    given: bool = False
    """Whether it was named by the caller, so must be there."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The files in force, put together."""

    organisation: File | None
    project: File | None
    ignored: tuple[str, ...] = ()
    """What the project's file states and may not."""

    @property
    def rules(self) -> str:
        """Which rules are asked for; "" when nobody says."""
        return next((file.rules for file in self._files() if file.rules), "")

    @property
    def body(self) -> str | None:
        """Who deploys."""
        return next((file.body for file in self._files() if file.body), None)

    @property
    def allowed_signers(self) -> Path | None:
        """Who may sign derogations; None when nobody says."""
        named = (file.allowed_signers for file in self._files() if file.allowed_signers)
        return next(map(Path, named), None)

    @property
    def require_signatures(self) -> bool:
        """Whether every derogation must bear an accepted signature."""
        return any(file.require_signatures for file in self._files())

    @property
    def system(self) -> str:
        """The name of the system that is deployed; "" where no file states it."""
        names = (file.system.name for file in self._files())
        return next(filter(None, names), "")

    @property
    def derogation_folders(self) -> tuple[DerogationFolder, ...]:
        """The folders of derogations, the organisation's first.

        What the project may not state by itself counts under an accepted signature.
        """
        trusted, project = self.organisation, self.project
        own = trusted is None or "derogations" in trusted.delegate
        named = [(trusted, False), (project, not own)]
        return tuple(
            DerogationFolder(path=Path(file.derogations), must_sign=must_sign)
            for file, must_sign in named
            if file is not None and file.derogations
        )

    def _files(self) -> Iterator[File]:
        """The files, the organisation's first."""
        yield from (file for file in (self.organisation, self.project) if file)

    def extend(self, registry: Registry) -> Registry:
        """`registry` with the offers that the files declare.

        Raises:
            LibraryError: An offer is not whole, contradicts the registry, or would
                recognise every destination.
        """
        return extended(registry, [file.offers for file in self._files()])

    @property
    def tag_keys(self) -> TagKeys:
        """The keys of tags that the files add, the organisation's first."""
        own = [file.tag_keys for file in self._files()]
        return TagKeys(
            class_=tuple(key for one in own for key in one.class_),
            categories=tuple(key for one in own for key in one.categories),
        )

    def words(self, vocabulary: Vocabulary) -> Vocabulary:
        """`vocabulary`, with the keys of tags that the files add to those read."""
        own = self.tag_keys
        return msgspec.structs.replace(
            vocabulary,
            class_keys=(*vocabulary.class_keys, *own.class_),
            category_keys=(*vocabulary.category_keys, *own.categories),
        )

    def circumstances(
        self,
        lexicon: Lexicon,
        *,
        as_of: date,
        body: str | None,
        data: Data,
        workspace: str | None = None,
    ) -> Circumstances:
        """What the files and the command line state of a run.

        Args:
            lexicon: The words for classes and categories.
            as_of: The day of judgement.
            body: Who deploys; None when the command line does not say.
            data: What the command line says of the whole stack.
            workspace: Of Terraform; "" when nobody says, None where there is none.

        Raises:
            ConfigurationError: A class or category is not a known word.
        """
        named = body or self.body
        stated = [
            *_of_class(data),
            *(one for f in self._files() for one in _of_class(f.data)),
        ]
        mappings = [one for one in self._mappings() if _holds(one, workspace)]
        floor = self.organisation.floor if self.organisation else ()
        return Circumstances(
            as_of=as_of,
            body=Known(named) if named else _UNKNOWN_BODY,
            environment=self._environment(),
            assignments=tuple(_assignment(one, "mapping", lexicon) for one in mappings),
            floors=tuple(_assignment(one, "floor", lexicon) for one in floor),
            stack=_stack(stated, lexicon),
            registries=PUBLIC_REGISTRIES.union(
                *(file.registries for file in self._files())
            ),
            declared=frozenset(
                name for file in self._files() for name in file.declared
            ),
            notes=self._notes(workspace),
        )

    @property
    def tells_workspaces(self) -> bool:
        """Whether what a mapping states holds in some workspaces alone."""
        return any(one.workspaces for one in self._mappings())

    def _mappings(self) -> Iterator[Mapped]:
        for file in self._files():
            yield from file.mappings

    def _environment(self) -> Environment:
        """What the files attest; the organisation's word counts where both do."""
        values: dict[str, str] = {}
        sources: dict[str, str] = {}
        for file in self._files():
            values = file.environment | values
            source = (
                say("guardrail.yaml of the organisation")
                if file is self.organisation
                else say("guardrail.yaml of the project")
            )
            sources = dict.fromkeys(file.environment, source) | sources
        complete = any(file.environment_complete for file in self._files())
        return Environment(values=values, sources=sources, complete=complete)

    def _notes(self, workspace: str | None) -> tuple[Gap, ...]:
        """Who stated what, where a reader of the report must know it."""
        notes = []
        if workspace == "" and self.tells_workspaces:
            message = say(
                "guardrail.yaml tells workspaces apart, and the workspace is not "
                "stated: state it with --workspace"
            )
            notes.append(Gap(id="workspace", message=message, blocks=True))
        if self.project is not None and self.organisation is None:
            message = say("guardrail.yaml of the project is self-declared")
            notes.append(Gap(id="self-declared", message=message, blocks=False))
        if self.ignored:
            listed = ", ".join(self.ignored)
            message = say(
                "ignored in the project's guardrail.yaml, not delegated: {}", listed
            )
            notes.append(Gap(id="not-delegated", message=message, blocks=False))
        return tuple(notes)


_UNKNOWN_BODY = Unknown(
    say("the body that deploys is not stated"),
    say("state it with --body or in guardrail.yaml"),
)


def configuration_for(near: Path | None, organisation: Path | None) -> Configuration:
    """The configuration in force for the input at `near`.

    Raises:
        LibraryError: A file is malformed.
        ConfigurationError: The organisation's file cannot be read, or the project's
            names a folder of derogations that is not beside it.
    """
    trusted = None if organisation is None else _organisation(organisation)
    found = None if near is None else project_file(near)
    project = None if found is None else _contained(_read(found), found.parent)
    if trusted is None or project is None:
        return Configuration(organisation=trusted, project=project)
    project, ignored = _bounded(project, trusted)
    return Configuration(organisation=trusted, project=project, ignored=ignored)


def _organisation(path: Path) -> File:
    if path.is_dir():
        message = "it is a folder, and a file is named with --config"
        raise ConfigurationError(message, where=str(path))
    if not path.is_file():
        raise ConfigurationError("there is no such file", where=str(path))
    return _read(path)


def project_file(near: Path) -> Path | None:
    """The nearest `guardrail.yaml` at or above the folder of the input."""
    start = near.resolve()
    folders = [start, *start.parents] if start.is_dir() else start.parents
    return next((f / NAME for f in folders if os.path.lexists(f / NAME)), None)


def _read(path: Path) -> File:
    from guardrail.shapes import checked, parsed  # costs start-up time

    if not path.is_file():
        raise LibraryError("it is not a file that can be read", where=str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError("it cannot be read", where=str(path)) from error
    document = parsed(content, str(path))
    file = checked({} if document is None else document, File, str(path))
    named = {
        name: str(path.parent.absolute() / getattr(file, name))
        for name in ("derogations", "allowed_signers", "offers")
        if isinstance(getattr(file, name), str) and getattr(file, name)
    }
    return msgspec.structs.replace(file, **named)


def _contained(project: File, folder: Path) -> File:
    """The project's file, whose derogations and offers lie in its own `folder`.

    Raises:
        ConfigurationError: They lie elsewhere.
    """
    for name in ("derogations", "offers"):
        named = getattr(project, name)
        inside = Path(named) if named and isinstance(named, str) else folder
        if not inside.resolve().is_relative_to(folder.resolve()):
            raise ConfigurationError(
                f"the {name} of a project lie beside its guardrail.yaml",
                where=f"{folder / NAME}/{name}",
            )
    return project


def _bounded(project: File, organisation: File) -> tuple[File, tuple[str, ...]]:
    """The project's file with what it may state, and the names of the rest.

    Derogations stay: where they are not delegated, they count under a signature.
    """
    empty = File()
    refused = [
        name
        for name in (
            *_DELEGABLE,
            *_DELEGATED_WITH,
            "floor",
            "delegate",
            "allowed_signers",
        )
        if _DELEGATED_WITH.get(name, name)
        not in (*organisation.delegate, "derogations")
        and getattr(project, name) != getattr(empty, name)
    ]
    kept = {name: getattr(empty, name) for name in refused}
    return msgspec.structs.replace(project, **kept), tuple(refused)


def _holds(mapping: Mapped, workspace: str | None) -> bool:
    """Whether a mapping counts in a workspace."""
    globs = mapping.workspaces
    if not globs or not workspace:
        return not globs
    return any(glob_fits(glob, workspace) for glob in globs)


def _of_class(data: Data) -> Iterator[Data]:
    if data.class_ or data.categories:
        yield data


def _stack(stated: Sequence[Data], lexicon: Lexicon) -> Declaration | None:
    """The strongest class stated, with every category; None when nothing is."""
    if not stated:
        return None
    class_ = next((data.class_ for data in stated if data.class_), "")
    categories = tuple(word for data in stated for word in data.categories)
    return Declaration(
        source="stack",
        detail=say("declared of the whole stack"),
        rank=_rank(class_, lexicon),
        categories=_categories(categories, lexicon),
    )


def _assignment(stated: Stated, source: str, lexicon: Lexicon) -> Assignment:
    detail = say("stated of {} in guardrail.yaml", ", ".join(stated.addresses))
    if stated.decision:
        detail = say("{}, by the decision {}", detail, stated.decision)
    return Assignment(
        addresses=stated.addresses,
        declaration=Declaration(
            source=source,
            detail=detail,
            rank=_rank(stated.class_, lexicon),
            categories=_categories(stated.categories, lexicon),
            decision=stated.decision,
        ),
        services=stated.services,
    )


def _rank(word: str, lexicon: Lexicon) -> int | None:
    if not word:
        return None
    rank = lexicon.ranks.get(normalised(word))
    if rank is None:
        known = ", ".join(one.id for one in lexicon.vocabulary.classes)
        raise ConfigurationError(f"no class is called {word!r}; there are: {known}")
    return rank


def _categories(words: Sequence[str], lexicon: Lexicon) -> frozenset[str]:
    found = {word: lexicon.categories.get(normalised(word)) for word in words}
    unknown = sorted(word for word, category in found.items() if category is None)
    if unknown:
        known = ", ".join(one.id for one in lexicon.vocabulary.categories)
        raise ConfigurationError(
            f"no category is called {unknown[0]!r}; there are: {known}"
        )
    return frozenset(category for category in found.values() if category)
