"""The head of a plan: its version and the flags about the whole of it.

Source: HashiCorp, terraform, internal/command/jsonplan/plan.go, tags v0.12.0 to
v1.14.0, https://github.com/hashicorp/terraform
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs import strict_json
from guardrail.inputs.identifiers import shown

SHOW = (
    "Make the plan again with `terraform plan -out=tfplan`, then "
    "`terraform show -json tfplan`"
)

_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")
_NEWEST = (1, 2)
_JOINED_SINCE = (1, 1)
"""First format in which `provider_config_key` of a module's resource leads to its
provider: Terraform 1.2 normalises it.
"""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Members of a plan that are about the whole of it."""

    format_version: str
    terraform_version: str = ""
    errored: bool = False
    applyable: bool | None = None
    """None where the version does not state it."""
    complete: bool | None = None
    """None where the version does not state it."""

    @property
    def format(self) -> tuple[int, int]:
        """Major and minor format version."""
        found = _VERSION.fullmatch(self.format_version)
        return (int(found[1]), int(found[2])) if found else (-1, -1)

    @property
    def joined(self) -> bool:
        """Whether resources in modules can be joined to their providers."""
        return self.format >= _JOINED_SINCE

    @property
    def newer(self) -> bool:
        """Whether the format is newer than what this reader was made for."""
        return self.format > _NEWEST


def head(members: Mapping[str, msgspec.Raw]) -> Head:
    """The head of the plan with these top-level `members`.

    Raises:
        InputError: It is malformed, or the plan failed.
        UnsupportedFormatError: The format is of another major version.
    """
    stated = {
        name: strict_json.value(members[name], where=f"/{name}")
        for name in Head.__struct_fields__
        if name in members
    }
    found = strict_json.converted(stated, Head, where="")
    if found.format[0] not in {0, 1}:
        raise UnsupportedFormatError(
            f"plan format {shown(found.format_version)} is not supported; "
            "0.1 to 1.2 are",
            where="/format_version",
            remedy="Update guardrail, or plan with a Terraform or OpenTofu of format 1",
        )
    if found.errored:
        raise InputError(
            "the plan failed: it is marked as errored and holds only a part",
            where="/errored",
            remedy=f"Correct what `terraform plan` reports. {SHOW}",
        )
    return found
