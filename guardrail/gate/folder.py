"""Terraform code in a folder: the files of a root module and of those that it calls.

Local modules may lie beside the folder, as far up as the repository that it is in. A
link is followed only where it leads to something in there: what is read is evidence.

Source: HashiCorp, terraform, internal/configs/parser_config_dir.go and
internal/modsdir/manifest.go, tag v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import json
import os
import posixpath
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.hcl.nodes import Literal
from guardrail.inputs.hcl.syntax import Body

LARGEST = 64 << 20
"""Bytes of the largest file that is read."""
LARGEST_TOGETHER = 256 << 20
MOST_FILES = 20_000

CODE = (
    ".tf", ".tf.json", ".tofu", ".tofu.json", ".tfvars", ".tfvars.json",
)  # fmt: skip
_MANIFEST = ".terraform/modules/modules.json"
_REMEDY = "Give the binary plan instead: it carries its own code"


def read_folder(folder: Path) -> dict[hcl.Path, hcl.Source]:
    """The modules of the code in `folder` by the calls that lead to them; () is it.

    Modules from elsewhere are read where `terraform init` has put them; those that it
    has not are left out. Directories are relative to `folder`.

    Raises:
        InputError: A file cannot be read or is a link, or there is too much.
    """
    reader = _Reader(folder)
    reader.read(".")
    if not any(map(hcl.is_code, reader.files)):
        raise InputError(
            "there is no Terraform code in this folder",
            where=str(folder),
            remedy="Give the folder of the root module, in which Terraform is run",
        )
    reader.read_file(_MANIFEST)
    while True:
        modules = hcl.from_directory(reader.files)
        missing = reader.missing([*_installed(reader.files), *_called(modules)])
        if not missing:
            return modules
        for directory in missing:
            reader.read(directory)


class _Reader:
    """Reads folders that are named by their path from the first one."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet.

        Raises:
            InputError: There is no such folder.
        """
        try:
            self._folder = folder.resolve(strict=True)
        except OSError as error:
            message = f"it cannot be read: {error.strerror}"
            raise InputError(message, where=str(folder)) from error
        self._top = next(
            (one for one in (self._folder, *self._folder.parents) if _tops(one)),
            self._folder,
        )
        self._read: set[str] = set()
        self._size = 0
        self.files: dict[str, bytes] = {}

    def missing(self, directories: Iterable[str]) -> list[str]:
        """Those of `directories` that were not read yet, each once."""
        return [one for one in dict.fromkeys(directories) if one not in self._read]

    def read(self, directory: str) -> None:
        """Read the code that lies in a folder; nothing where there is none.

        Raises:
            InputError: It leads out, a file cannot be read, or there is too much.
        """
        self._read.add(directory)
        path = self._inside(directory)
        try:
            names = sorted(one.name for one in path.iterdir())
        except FileNotFoundError:
            return
        except OSError as error:
            _refuse(f"it cannot be read: {error.strerror}", path, error)
        for name in names:
            if name.endswith(CODE):
                self.read_file(posixpath.normpath(posixpath.join(directory, name)))

    def read_file(self, name: str) -> None:
        """Read a file; nothing where there is none.

        Raises:
            InputError: It leads out or cannot be read, or there is too much.
        """
        path = self._inside(name)
        try:
            content = _content(path)
        except FileNotFoundError:
            return
        except OSError as error:
            _refuse(f"it cannot be read: {error.strerror}", path, error)
        self._size += len(content)
        if self._size > LARGEST_TOGETHER or len(self.files) >= MOST_FILES:
            _refuse("there is too much code", self._folder)
        self.files[name] = content

    def _inside(self, name: str) -> Path:
        """The path of a file or folder, past all links.

        Raises:
            InputError: It lies outside of the repository.
        """
        path = Path(os.path.normpath(self._folder / name))
        if not path.is_relative_to(self._top):
            _refuse("it lies outside of the folder and its repository", path)
        found = Path(os.path.realpath(path))
        if not found.is_relative_to(self._top):
            _refuse("it is a link out of the folder and its repository", path)
        return found


def _tops(folder: Path) -> bool:
    """Whether a folder is the top of a repository."""
    return (folder / ".git").exists()


def _content(path: Path) -> bytes:
    """The content of a regular file.

    Raises:
        InputError: It is none, or too large.
        OSError: It cannot be read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            _refuse("it is no file", path)
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        _refuse(f"it has more than {LARGEST} bytes", path)
    return content


def _installed(files: Mapping[str, bytes]) -> Iterator[str]:
    """The folders of the modules that `terraform init` has installed.

    `from_directory` has refused a list that is malformed before.
    """
    listed = json.loads(files.get(_MANIFEST, b"{}").decode("utf-8-sig"))
    entries = listed.get("Modules", ()) if isinstance(listed, dict) else listed
    for entry in entries:
        yield posixpath.normpath(entry["Dir"].replace("\\", "/"))


def _called(modules: Mapping[hcl.Path, hcl.Source]) -> Iterator[str]:
    """The folders of the local modules that modules call."""
    tree = hcl.Tree(modules, tofu=is_tofu(modules))
    for path, source in modules.items():
        code = tree.code(path)
        for labels in code.labels("module") if code else ():
            body = code.body("module", *labels) if code else None
            stated = body.arguments.get("source") if isinstance(body, Body) else None
            match stated and stated.node:
                case Literal(str(text)) if text.startswith(("./", "../")):
                    yield posixpath.normpath(posixpath.join(source.directory, text))


def is_tofu(modules: Mapping[hcl.Path, hcl.Source]) -> bool:
    """Whether only OpenTofu reads all of the code."""
    return any(".tofu" in name for one in modules.values() for name in one.files)


def _refuse(what: str, path: Path, cause: Exception | None = None) -> NoReturn:
    """Nothing: it raises.

    Raises:
        InputError: Always.
    """
    message = f"the code cannot be read: {what}"
    raise InputError(message, where=str(path), remedy=_REMEDY) from cause


def read_file(path: Path) -> bytes:
    """The content of a file that is named by the user: a file of variables.

    Raises:
        InputError: It is none, is too large, or cannot be read.
    """
    try:
        return _content(Path(os.path.realpath(path)))
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise InputError(message, where=str(path)) from error
