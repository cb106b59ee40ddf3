"""What an input is, by its content, and what to do about it when it is no plan.

Source: HashiCorp, setup-terraform, wrapper/terraform.js, v3,
https://github.com/hashicorp/setup-terraform (the lines around wrapped output);
OpenTofu, internal/encryption/base.go, v1.9.0, https://github.com/opentofu/opentofu
(`encrypted_data`); HashiCorp, HCP Terraform API, "Show JSON redacted plan".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

import msgspec

from guardrail.errors import InputError, UnsupportedFormatError
from guardrail.inputs import manifests, strict_json

_SHOW = (
    "Run `terraform show -json tfplan > plan.json` (or `tofu show -json`), "
    "and give that"
)
_FOLDER = "Give the folder that it is in, or a plan that was made from it"
_HEAD = 4096
"""Bytes in which the nature of a text shows."""

_ARCHIVE = b"PK\x03\x04"
_BINARIES = (
    (_ARCHIVE, "it is a binary plan, and only its JSON is read here", _SHOW),
    (b"tfplan", "it is a binary plan of Terraform 0.11 or older", _SHOW),
    (b"\x1f\x8b", "it is compressed with gzip", "Unpack it first"),
    (b"BZh", "it is compressed with bzip2", "Unpack it first"),
    (b"\xfd7zXZ", "it is compressed with xz", "Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", "Unpack it first"),
)

_Signs: TypeAlias = tuple[tuple[str, str, str], ...]

_AROUND: _Signs = (
    (
        r"\A\[command\]|(?m:^::(?:debug|set-output|error|group)\b)",
        "the wrapper of the setup-terraform action wrote lines around it",
        "Set `terraform_wrapper: false` on hashicorp/setup-terraform",
    ),
    (
        r'(?m:^\{[^\n]{0,400}?"@(?:level|message|module)")',
        "it is the log of `plan -json`, one message a line",
        f"Keep the plan with `-out=tfplan`. {_SHOW}",
    ),
)
_TEXTS: _Signs = (
    *_AROUND,
    (
        r"An execution plan has been generated|Plan: [0-9]+ to |"
        r"(?:Terraform|OpenTofu) (?:used the selected|will perform)|"
        r"\ANo changes\.|: Refreshing state\.\.\.",
        "it is the output of `plan` for people",
        f"Keep the plan with `-out=tfplan`. {_SHOW}",
    ),
    (
        r"(?m:^(?:[╷│] ?)*(?:\x1b\[[0-9;]*m)*(?:Error|Warning): )",
        "it is a message of Terraform",
        f"Correct what it reports. {_SHOW}",
    ),
    (
        r"(?m:^[ \t]*(?:resource|module|provider|variable|data|terraform|output|"
        r"locals)\b[^\n={]{0,400}\{)",
        "it is one file of Terraform code",
        _FOLDER,
    ),
    (r"\A<", "it is a page of markup, such as a login form", _SHOW),
)

_OBJECTS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"encrypted_data"}),
        "it is encrypted by OpenTofu",
        "Run `tofu show -json tfplan > plan.json` where the key is, and give that",
    ),
    (
        frozenset({"remote_plan_format", "run_id"}),
        "it only names a plan that HCP Terraform keeps",
        _SHOW,
    ),
    (
        frozenset({"plan_format_version"}),
        "it is the redacted plan of HCP Terraform, which leaves values out",
        "Take the JSON plan (`json-output`), not the redacted one",
    ),
    (
        frozenset({"serial", "lineage"}),
        "it is a state file",
        f"Keep a plan with `terraform plan -out=tfplan`. {_SHOW}",
    ),
    (
        frozenset({"format_version", "values"}),
        "it is a state (`terraform show -json` without a plan file)",
        _SHOW,
    ),
    (
        frozenset({"provider_schemas"}),
        "it is the output of `terraform providers schema`",
        _SHOW,
    ),
    (
        frozenset({"function_signatures"}),
        "it is the output of `terraform metadata functions`",
        _SHOW,
    ),
    (
        frozenset({"diagnostics"}),
        "it is the output of `terraform validate`",
        _SHOW,
    ),
    (
        frozenset({"terraform_version", "provider_selections"}),
        "it is the output of `terraform version`",
        _SHOW,
    ),
    (
        frozenset({"@level"}),
        "it is the log of `plan -json`, one message a line",
        f"Keep the plan with `-out=tfplan`. {_SHOW}",
    ),
    (
        frozenset({"root_module", "provider_config"}),
        "it is a configuration (`tofu show -json -config`)",
        _SHOW,
    ),
    (frozenset({"Resources"}), *manifests.CLOUDFORMATION),
    (frozenset({"apiVersion", "kind"}), *manifests.KUBERNETES),
    (frozenset({"$schema", "contentVersion", "resources"}), *manifests.ARM),
    (frozenset({"changeSummary", "steps"}), *manifests.PULUMI),
    (frozenset({"version", "deployment"}), *manifests.PULUMI),
    (
        frozenset({"format_version"}),
        "it holds no plan: `terraform show -json` had nothing to show",
        _SHOW,
    ),
)
_PLAN = frozenset({"planned_values", "resource_changes", "configuration"})


def is_binary(content: bytes) -> bool:
    """Whether `content` looks like a binary plan: it is a zip archive."""
    return content.startswith(_ARCHIVE)


def refuse_binary(content: bytes) -> None:
    """Nothing, when `content` may be text.

    Raises:
        UnsupportedFormatError: It is of a known binary format.
    """
    for magic, what, remedy in _BINARIES:
        if content.startswith(magic):
            raise UnsupportedFormatError(f"this cannot be read: {what}", remedy=remedy)


def members(content: bytes) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object, compact.

    Raises:
        InputError: It is not one; the message says what it is.
    """
    start = content[:_HEAD].lstrip()
    ends = (start + b"\n" + content[-_HEAD:]).decode(errors="replace")
    if start[:1] == b"{":
        try:
            return strict_json.document(content)
        except InputError:
            _refuse_text(ends, _AROUND)
            raise
    _refuse_text(ends, _TEXTS)
    return _refuse_other(start)


def kind(keys: Mapping[str, msgspec.Raw]) -> str:
    """The dialect of the JSON object with these members.

    Raises:
        InputError: It is of none that can be read; the message says what it is.
    """
    if "format_version" in keys and any(key in keys for key in _PLAN):
        return "terraform-plan"
    if manifests.is_heat(keys):
        return manifests.HEAT
    if _is_export(keys):
        return manifests.EXPORT
    for signs, what, remedy in _OBJECTS:
        if all(sign in keys for sign in signs):
            raise InputError(f"this is not a plan: {what}", remedy=remedy)
    code = {"terraform", "resource", "provider", "variable", "module", "data"}
    if any(key in keys for key in code):
        message = "this is not a plan: it is one file of Terraform code"
        raise InputError(message, remedy=_FOLDER)
    if any(key in keys for key in _PLAN):
        raise InputError(
            "this is not a whole plan: `format_version` is missing",
            where="/format_version",
            remedy=_SHOW,
        )
    raise InputError(
        "this is not a plan: it is a JSON object, and of no kind that is known",
        remedy=_SHOW,
    )


def _is_export(keys: Mapping[str, msgspec.Raw]) -> bool:
    """Whether an object is what the client of OpenStack shows of one thing."""
    from guardrail.inputs.openstack import exports  # few inputs get here

    return bool(exports.noun_of([keys]))


def _refuse_text(ends: str, signs: _Signs) -> None:
    """Nothing, when no sign is found in the head and the tail of a text.

    Raises:
        InputError: One is.
    """
    for pattern, what, remedy in signs:
        if re.search(pattern, ends):
            raise InputError(f"this is not a plan: {what}", remedy=remedy)


def _refuse_other(start: bytes) -> NoReturn:
    """Nothing: it refuses what is neither an object nor anything known.

    Raises:
        InputError: Always.
    """
    if not start:
        message = "the input is empty: the command that should write it may have failed"
    elif start[:1] == b"[":
        message = "this is not a plan: it is a JSON array, and a plan is an object"
    elif re.match(rb'(?:["0-9-]|null\b|true\b|false\b)', start):
        message = "this is not a plan: it is one JSON value, and a plan is an object"
    else:
        message = "this is not a plan: it is not JSON"
    raise InputError(message, remedy=_SHOW)
