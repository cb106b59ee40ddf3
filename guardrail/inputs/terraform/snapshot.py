"""The source that a binary plan carries: the files of every module, and the lock file.

A binary plan is a zip archive: `tfplan` (the changes, which Terraform has to show),
`tfstate`, `tfconfig/` and `.terraform.lock.hcl`.

Source: HashiCorp, terraform, internal/plans/planfile/config_snapshot.go and reader.go,
tag v1.11.4, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from guardrail.errors import InputError
from guardrail.inputs import hcl
from guardrail.inputs.archive import Archive
from guardrail.inputs.terraform.document import SHOW
from guardrail.inputs.terraform.kept import kept

_PLAN = "tfplan"
_CODE = "tfconfig/"
_LOCK = ".terraform.lock.hcl"
_TOFU = b'provider "registry.opentofu.org/'
_LARGEST_PLAN = 512 << 20
"""Bytes of the changes, of which a plan may hold a hundred thousand."""
_LARGEST_CODE = 256 << 20
"""Bytes of all source files together."""


class Snapshot(msgspec.Struct, frozen=True, eq=False):
    """What a binary plan says of the code that it was made from."""

    modules: Mapping[hcl.Path, hcl.Source]
    """The files of each module by the calls that lead to it; () for the root."""
    tofu: bool
    """Whether OpenTofu chose the providers."""
    kept: hcl.Backend | None
    """Where the state is kept; None where the plan does not say."""


def snapshot(document: bytes) -> Snapshot:
    """The source in the binary plan `document`.

    Raises:
        InputError: It is no binary plan, or a damaged or hostile one.
    """
    archive = Archive(document)
    names = [name for name in archive.entries if name.startswith(_CODE)]
    if _PLAN not in archive.entries or not names:
        raise InputError(
            "this is not a plan: it is a zip archive without a plan in it", remedy=SHOW
        )
    if sum(archive.entries[name].size for name in names) > _LARGEST_CODE:
        raise InputError(
            f"the code in the plan has more than {_LARGEST_CODE} bytes",
            remedy="Give the plan as JSON (`terraform show -json tfplan`)",
        )
    lock = archive.read(_LOCK) if _LOCK in archive.entries else b""
    modules = hcl.from_snapshot({name: archive.read(name) for name in names})
    if () not in modules:
        raise InputError("the plan holds no code of the root module", remedy=SHOW)
    return Snapshot(modules, _TOFU in lock, kept(archive.read(_PLAN, _LARGEST_PLAN)))
