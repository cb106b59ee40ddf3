"""Derogations as files: one YAML document each, with a detached signature beside it.

The signature of `x.yaml` is `x.yaml.sig`, made by
`ssh-keygen -Y sign -n guardrail-derogation -f KEY x.yaml`. Who may sign stands in a
file of OpenSSH's form, one line for each key, whose principal is the office:
`minister namespaces="guardrail-derogation" ssh-ed25519 AAAA…`.

Source: OpenSSH, ssh-keygen(1), ALLOWED SIGNERS,
https://man.openbsd.org/ssh-keygen.1#ALLOWED_SIGNERS
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from guardrail.configuration import DerogationFolder
from guardrail.decision import Derogation, FiledDerogation, Signature
from guardrail.errors import ConfigurationError, InputError, LibraryError
from guardrail.shapes import checked, parsed

NAMESPACE = "guardrail-derogation"
_SUFFIXES = frozenset({".yaml", ".yml"})
_LIMIT_BYTES = 1 << 20
_LIMIT_S = 10


class Signers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may sign, and whether everybody must."""

    file: Path | None = None
    """In the form of OpenSSH's allowed signers; None when nobody is named."""
    required: bool = False
    """Whether every derogation must bear an accepted signature."""


def read_derogations(
    paths: Iterable[Path], signers: Signers, day: date
) -> tuple[FiledDerogation, ...]:
    """The derogations in each file, and in each folder by file name.

    Keys must be valid at the end of `day`, UTC.

    Raises:
        InputError: There is no such path, or a file is not a derogation.
        ConfigurationError: The allowed signers are not there, or a signature cannot be
            checked on this machine.
    """
    if signers.file is not None and not signers.file.is_file():
        raise ConfigurationError("there is no such file", where=str(signers.file))
    return tuple(
        _read(path, root, signers, day)
        for given in paths
        for path, root in _files(given)
    )


def derogations_in(
    folders: Iterable[DerogationFolder], signers: Signers, day: date
) -> tuple[FiledDerogation, ...]:
    """The derogations in `folders`, each folder once.

    Git keeps no empty folder: one that `guardrail.yaml` names may not be there yet.

    Raises:
        InputError: A file is not a derogation, or two have one id.
        ConfigurationError: As for `read_derogations`.
    """
    distinct: dict[Path, DerogationFolder] = {}
    for one in folders:
        distinct.setdefault(one.path.resolve(), one)
    found = tuple(
        filed
        for folder in distinct.values()
        if folder.given or folder.path.is_dir()
        for filed in read_derogations(
            [folder.path],
            Signers(file=signers.file, required=signers.required or folder.must_sign),
            day,
        )
    )
    refuse_twins(found)
    return found


def refuse_twins(filed: Iterable[FiledDerogation]) -> None:
    """Nothing, if no two derogations have one id.

    Raises:
        InputError: Two have.
    """
    seen: dict[str, str] = {}
    for one in filed:
        name = one.derogation.derogation
        if name in seen:
            message = f"the derogation {name} is also in {seen[name]}"
            raise InputError(message, where=one.path)
        seen[name] = one.path


def derogation_of(content: bytes, name: str) -> Derogation:
    """The derogation that the document `content` states.

    Raises:
        InputError: It does not state one.
    """
    try:
        return checked(parsed(content, name), Derogation, name)
    except LibraryError as error:
        raise InputError(str(error.args[0]), where=error.where) from error


def _files(given: Path) -> Iterator[tuple[Path, Path | None]]:
    """The files, each with the folder that it may not lead out of.

    Raises:
        InputError: There is nothing at `given`.
    """
    if given.is_dir():
        found = (path for path in given.iterdir() if path.suffix in _SUFFIXES)
        yield from ((path, given.resolve()) for path in sorted(found))
    elif given.is_file():
        yield given, None
    else:
        raise InputError("there is no such file or folder", where=str(given))


def _read(
    path: Path, root: Path | None, signers: Signers, day: date
) -> FiledDerogation:
    content = _content(path, root)
    derogation = derogation_of(content, str(path))
    office = derogation.authority.office
    return FiledDerogation(
        derogation=derogation,
        path=str(path),
        sha256=hashlib.sha256(content).hexdigest(),
        signature=_signature(path, content, office, signers.file, day),
        must_sign=signers.required,
    )


def _content(path: Path, root: Path | None) -> bytes:
    if root is not None and not path.resolve().is_relative_to(root):
        raise InputError("it leads out of its folder", where=str(path))
    if not path.is_file():
        raise InputError("it is not a file", where=str(path))
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT_BYTES + 1)
    except OSError as error:
        message = f"it cannot be read: {error.strerror}"
        raise InputError(message, where=str(path)) from error
    if len(content) > _LIMIT_BYTES:
        raise InputError("the file is too large", where=str(path))
    return content


def _signature(
    path: Path, content: bytes, office: str, allowed: Path | None, day: date
) -> Signature:
    """What the file beside `path` says of `content`, the bytes that were read."""
    beside = path.with_name(f"{path.name}.sig")
    if not beside.exists():
        return Signature.NONE
    if allowed is None:
        return Signature.UNCHECKED
    accepted = _accepted(content, beside, office, allowed, day)
    return Signature.ACCEPTED if accepted else Signature.REJECTED


def _accepted(
    content: bytes, signature: Path, office: str, allowed: Path, day: date
) -> bool:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise ConfigurationError(
            "ssh-keygen is not on this machine, and a signature must be checked",
            where=str(signature),
            remedy="Install OpenSSH's client, 8.7 or later.",
        )
    at = day.isoformat().replace("-", "") + "235959"
    command = [program, "-Y", "verify", "-n", NAMESPACE, "-I", office]
    command += ["-f", str(allowed.resolve()), "-s", str(signature.resolve())]
    command += ["-O", f"verify-time={at}"]
    try:
        done = subprocess.run(  # noqa: S603  # no shell; the office is a plain word
            command,
            input=content,
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
            env={"TZ": "UTC0", "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
