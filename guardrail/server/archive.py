"""The code of a run as HCP keeps it: a tar archive that is read and never unpacked.

Source: HashiCorp, web-unified-docs, api-docs/configuration-versions.mdx (download)
"""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Mapping

from guardrail.errors import InputError
from guardrail.gate.folder import CODE, LARGEST, LARGEST_TOGETHER, MOST_FILES, is_tofu
from guardrail.inputs import hcl

_MOST_MEMBERS = 200_000


def modules_in(archive: bytes, folder: str) -> tuple[dict[hcl.Path, hcl.Source], bool]:
    """The modules of the code in `folder` of an archive, and whether it is OpenTofu's.

    Raises:
        InputError: It is no such archive, holds too much, or no code.
    """
    root = posixpath.normpath(folder.strip("/") or ".")
    if root.startswith(".."):
        raise InputError("the folder of the code lies outside of it", where=folder)
    files = {
        posixpath.relpath(name, root): content
        for name, content in _files(archive).items()
    }
    inside = [name for name in files if "/" not in name]
    if not inside:
        raise InputError("there is no Terraform code in this folder", where=folder)
    modules = hcl.from_directory(files)
    return modules, is_tofu(modules)


def _files(archive: bytes) -> Mapping[str, bytes]:
    """The code in an archive by name; links lead nowhere here.

    Raises:
        InputError: It cannot be read, or holds too much.
    """
    found: dict[str, bytes] = {}
    size = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as members:
            for count, member in enumerate(members):
                if count > _MOST_MEMBERS or len(found) > MOST_FILES:
                    raise InputError("the code has too many files")
                name = posixpath.normpath(member.name)
                if not member.isfile() or not name.endswith(CODE):
                    continue
                size += member.size
                if member.size > LARGEST or size > LARGEST_TOGETHER:
                    raise InputError("there is too much code")
                if name.startswith(("/", "..")):
                    raise InputError("the archive leads out of itself")
                if name in found:
                    raise InputError("the archive has a file twice", where=name)
                file = members.extractfile(member)
                found[name] = b"" if file is None else file.read()
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise InputError("the code is in no archive that can be read") from error
    return found
