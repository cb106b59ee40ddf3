"""A tree of modules: their files, how they call each other, and what is given.

Source: HashiCorp, terraform, internal/configs/configload/snapshot.go,
internal/command/meta_vars.go, tag v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import functools
import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from guardrail.errors import InputError
from guardrail.inputs.hcl.code import Code, Source
from guardrail.inputs.hcl.cty import Any_, Unk, from_plain
from guardrail.inputs.hcl.evaluate import Evaluator
from guardrail.inputs.hcl.locate import REMEDY, json_value, shadow
from guardrail.inputs.hcl.nodes import Literal, Name, Unparsed
from guardrail.inputs.hcl.scope import Given, Instance, Key, constant
from guardrail.inputs.hcl.syntax import Argument, Body, file_body
from guardrail.inputs.hcl.tokens import UnreadableError
from guardrail.inputs.identifiers import bounded, shown
from guardrail.model import Known, Unknown, say

MOST: Final = 5_000
"""Modules of one tree."""
DEEPEST: Final = 40
"""Module calls inside each other."""

Path = tuple[str, ...]
"""The names of the calls that lead to a module; () for the root."""

_SNAPSHOT = "tfconfig/"
_MANIFEST = ".terraform/modules/modules.json"


class Tree:
    """Modules by their path, with the values of the root variables.

    Args:
        sources: The files of each module by its path.
        variables: Values of root variables, as a plan as JSON states them.
        final: Whether `variables` has every root variable, as a plan does. If not,
            files of variables and defaults count for the others.
        known: Attributes of resources and data sources by absolute address with
            instance keys, as far as a plan or state knows them; `Unknown` inside where
            it does not.
        workspace: Its name; "" when nobody said.
        tofu: Whether the code is OpenTofu's.
        stated: What else sets root variables, the weakest first: texts of the
            environment, files, and options.
    """

    def __init__(  # noqa: PLR0913  # each is one thing that may be known
        self,
        sources: Mapping[Path, Source],
        *,
        variables: Mapping[str, Any] | None = None,
        final: bool = False,
        known: Mapping[str, Known[Any]] | None = None,
        workspace: str = "",
        tofu: bool = False,
        stated: Sequence[Stated] = (),
    ) -> None:
        self._stated = stated
        self.given = Given(
            variables=variables or {},
            final=final,
            known={} if known is None else known,
            workspace=workspace,
        )
        self.tofu = tofu
        self._sources = sources
        self._codes: dict[Path, Code] = {}
        self._instances: dict[tuple[tuple[str, Key], ...], Instance] = {}

    def paths(self) -> list[Path]:
        """The paths of all modules whose files are there."""
        return sorted(self._sources)

    def replaced(self) -> list[str]:
        """The files that OpenTofu passes over because it has others in their place."""
        if not self.tofu:
            return []
        return [
            posixpath.normpath(posixpath.join(source.directory, name))
            for source in self._sources.values()
            for name in source.files
            if shadow(name) in source.files
        ]

    def code(self, path: Path) -> Code | None:
        """The code of a module; None when its files are not there."""
        return self._code(path) if path in self._sources else None

    def codes(self) -> Iterator[tuple[Path, Code]]:
        """The path and code of every module whose files are there."""
        for path in self.paths():
            yield path, self._code(path)

    def _code(self, path: Path) -> Code:
        if path not in self._codes:
            self._codes[path] = Code(self._sources[path], tofu=self.tofu)
        return self._codes[path]

    def instance(self, calls: tuple[tuple[str, Key], ...]) -> Instance | None:
        """The instance of a module; None when its code is not there."""
        if calls in self._instances:
            return self._instances[calls]
        code = self.code(tuple(name for name, _ in calls))
        parent = self.instance(calls[:-1]) if calls else None
        if code is None or (calls and parent is None) or len(calls) > DEEPEST:
            return None
        found = Instance(self, code, calls, parent)
        self._instances[calls] = found
        return found

    def below(self, instance: Instance, call: str, key: Key) -> Instance | None:
        """The instance of a module that is called; None when its code is not there."""
        return self.instance((*instance.calls, (call, key)))

    def root_variable(self, name: str) -> Any_ | None:
        """The value that a root variable is given; None for its default.

        Raises:
            RefusedError: What a file of variables says is refused.
            TooMuchError: It is too large.
        """
        if name in self.given.variables:
            return from_plain(self.given.variables[name])
        if self.given.final:
            reason = say("the plan does not say what `{}` is", f"var.{shown(name)}")
            return Unk(Unknown(reason, refers_to=(f"var.{shown(name)}",)))
        bodies = self.variable_bodies
        if isinstance(bodies, Unknown):
            return Unk(bodies)
        for body in reversed(bodies):
            if name in body.arguments:
                return constant(body.arguments[name].node, Evaluator())
        return None

    def is_given(self, name: str) -> bool:
        """Whether a root variable has a value, be it its default."""
        if self.given.final or name in self.given.variables:
            return name in self.given.variables
        root, bodies = self.code(()), self.variable_bodies
        stated = [] if isinstance(bodies, Unknown) else bodies
        declared = root.body("variable", name) if root else None
        return any(name in body.arguments for body in stated) or (
            isinstance(declared, Body) and "default" in declared.arguments
        )

    @functools.cached_property
    def variable_bodies(self) -> list[Body] | Unknown:
        """What sets root variables, the strongest last; unknown if unreadable.

        The environment, then the files that Terraform reads by itself, then options.
        """
        root = self._sources.get(())
        files = root.files if root else {}
        first = [one for one in _VARIABLE_FILES if one in files]
        others = [one for one in files if one.endswith(_AUTOMATIC) and "/" not in one]
        read = [StatedFile(name, files[name]) for name in [*first, *sorted(others)]]
        before = [one for one in self._stated if _of_environment(one)]
        after = [one for one in self._stated if not _of_environment(one)]
        found: list[Body] = []
        for one in [*before, *read, *after]:
            try:
                found.append(_whole(self._body(one)))
            except UnreadableError as error:
                reason = say("{} cannot be read: {}", shown(one.where), error.args[0])
                return Unknown(reason, REMEDY)
        return found

    def _body(self, stated: Stated) -> Body:
        """What is stated, in the form of a file of variables.

        Raises:
            UnreadableError: It is in no syntax that is known.
        """
        if isinstance(stated, StatedFile):
            return file_body(stated.where, stated.content)
        code = self.code(())
        variable = code.body("variable", stated.name) if code else None
        if not isinstance(variable, Body):
            return Body({}, ())
        if _is_text(variable.arguments.get("type")):
            argument = Argument(Literal(stated.text), stated.where, 1)
            return Body({stated.name: argument}, ())
        text = f"{stated.name} = {stated.text}\n"
        body = file_body(stated.where, text.encode(errors="surrogateescape"))
        if list(body.arguments) != [stated.name] or body.blocks:
            raise UnreadableError(say("it is not one expression"))
        return body


class StatedFile(msgspec.Struct, frozen=True):
    """A file of variables."""

    where: str
    content: bytes


class StatedText(msgspec.Struct, frozen=True, kw_only=True):
    """The value of one variable, as an option or the environment has it."""

    name: str
    text: str
    environment: bool = False

    @property
    def where(self) -> str:
        """What a message calls it; never the value."""
        return f"TF_VAR_{self.name}" if self.environment else f"--var {self.name}"


Stated: TypeAlias = StatedFile | StatedText


def _whole(body: Body) -> Body:
    """`body`, when all of its expressions can be parsed.

    Raises:
        UnreadableError: One cannot.
    """
    for argument in body.arguments.values():
        if isinstance(argument.node, Unparsed):
            raise UnreadableError(argument.node.reason)
    return body


def _of_environment(stated: Stated) -> bool:
    return isinstance(stated, StatedText) and stated.environment


def _is_text(type_: Argument | None) -> bool:
    """Whether a value for a variable of this type is the text itself, unparsed."""
    if type_ is None:
        return True
    match type_.node:
        case Name(name) | Literal(str(name)):
            return name in _TEXTS
        case _:
            return False


_TEXTS = frozenset({"string", "number", "bool"})
_VARIABLE_FILES = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")


def from_snapshot(entries: Mapping[str, bytes]) -> dict[Path, Source]:
    """The modules in the source snapshot of a binary plan, by the names in its archive.

    Raises:
        InputError: The list of modules is malformed.
    """
    files: dict[str, dict[str, bytes]] = defaultdict(dict)
    for name, content in entries.items():
        folder, _, file = name.removeprefix(_SNAPSHOT).partition("/")
        if name.startswith(f"{_SNAPSHOT}m-") and file:
            files[folder.removeprefix("m-")][file] = content
    manifest = entries.get(f"{_SNAPSHOT}modules.json")
    directories = _manifest(manifest) if manifest is not None else {"": "."}
    return {
        tuple(key.split(".")) if key else (): Source(files.get(key, {}), directory)
        for key, directory in directories.items()
    }


def from_directory(files: Mapping[str, bytes], root: str = "") -> dict[Path, Source]:
    """The modules that can be reached from a directory, by calls of local ones.

    `files` are named by their path, with `/` between names; so is `root`. Modules from
    elsewhere are found where `terraform init` has installed them.

    Raises:
        InputError: There are too many modules, or the list of them is malformed.
    """
    folders: dict[str, dict[str, bytes]] = defaultdict(dict)
    for name, content in files.items():
        folder, _, file = name.rpartition("/")
        folders[posixpath.normpath(folder or ".")][file] = content
    top = posixpath.normpath(root or ".")
    manifest = files.get(posixpath.normpath(posixpath.join(top, _MANIFEST)))
    installed = _manifest(manifest) if manifest is not None else {}
    found: dict[Path, Source] = {}
    pending: list[tuple[Path, str]] = [((), top)]
    while pending:
        path, directory = pending.pop()
        source = Source(folders.get(directory, {}), directory)
        found[path] = source
        if len(found) > MOST:
            raise InputError(say("there are more than {} modules", str(MOST)))
        if len(path) < DEEPEST:
            for call, below in _called(source, path, top, installed):
                if below in folders:
                    pending.append(((*path, call), below))
    return found


def _called(
    source: Source, path: Path, top: str, installed: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The calls in a module, each with the directory of what it calls."""
    code = Code(source, tofu=any(".tofu" in name for name in source.files))
    for labels in code.labels("module"):
        body = code.body("module", *labels)
        stated = body.arguments.get("source") if isinstance(body, Body) else None
        if stated is None or len(labels) != 1:
            continue
        match stated.node:
            case Literal(str(text)) if text.startswith(("./", "../")):
                yield labels[0], _inside(posixpath.join(source.directory, text))
            case _:
                directory = installed.get(".".join((*path, *labels)))
                if directory is not None:
                    yield labels[0], _inside(posixpath.join(top, directory))


def _inside(path: str) -> str:
    """A path in its shortest form; what leads out of the root is found nowhere."""
    return posixpath.normpath(path)


def _manifest(content: bytes) -> dict[str, str]:
    """The directory of each module by its dotted path.

    Raises:
        InputError: It is malformed.
    """
    try:
        found = json_value(content.decode("utf-8-sig"))
    except ValueError as error:
        raise InputError(say("the list of modules is not JSON")) from error
    if isinstance(found, dict):
        found = found.get("Modules")
    entries = found if isinstance(found, list) else [None]
    directories: dict[str, str] = {}
    for entry in entries:
        match entry:
            case {"Key": str(key), "Dir": str(directory)}:
                directories[bounded(key, where="modules.json")] = bounded(
                    directory, where="modules.json"
                ).replace("\\", "/")
            case _:
                raise InputError(say("the list of modules is malformed"))
    return directories
