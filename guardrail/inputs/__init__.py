"""One reader for each dialect: bytes in, `Stack` out.

What an input is, is found by its content, never by its name. What cannot be read as a
whole is an `InputError` that says what it is and what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from guardrail.errors import InputError
from guardrail.inputs import manifests, recognise, text
from guardrail.inputs.manifests import may_be_heat
from guardrail.inputs.recognise import is_binary
from guardrail.inputs.source import GivenCode, GivenTemplate, Source
from guardrail.inputs.terraform import plan
from guardrail.model import Stack

__all__ = [
    "LIMIT_BYTES",
    "READERS",
    "GivenCode",
    "GivenTemplate",
    "is_binary",
    "may_be_heat",
    "read",
    "read_code",
]

LIMIT_BYTES = 1 << 30
"""Size of the largest input that is read unless told otherwise."""


def _heat(source: Source) -> Stack:
    from guardrail.inputs.heat import stack  # only here: it costs start-up time

    return stack.read(source)


def _export(source: Source) -> Stack:
    from guardrail.inputs.openstack import exports  # likewise

    return exports.read(source)


def _playbook(source: Source) -> Stack:
    from guardrail.inputs.openstack import playbook  # likewise

    return playbook.read(source)


READERS: Mapping[str, Callable[[Source], Stack]] = {
    plan.KIND: plan.read,
    manifests.HEAT: _heat,
    manifests.EXPORT: _export,
    manifests.PLAYBOOK: _playbook,
}
"""Dialect to its reader."""


def read(
    document: bytes,
    *,
    path: str,
    limit_bytes: int = LIMIT_BYTES,
    code: GivenCode | GivenTemplate | None = None,
    sha256: str = "",
) -> Stack:
    """The stack that `document` describes; `path` only names it.

    `code` is what it was made from, or is deployed with; `sha256` is of the file that
    was given, where `document` was made of it.

    Raises:
        InputError: It cannot be read, or only in part.
        UnsupportedFormatError: It is of a known kind or version that is not supported.
    """
    if len(document) > limit_bytes:
        raise InputError(
            f"the input has {len(document)} bytes, and {limit_bytes} is the most",
            remedy="Split the plan, or raise the limit",
        )
    recognise.refuse_binary(document)
    try:
        content = text.utf8(document)
        dialect = manifests.dialect(content)
        members = {} if dialect else recognise.members(content)
        source = Source(
            path=path,
            sha256=sha256 or hashlib.sha256(document).hexdigest(),
            members=members,
            content=content,
            code=code if isinstance(code, GivenCode) else None,
            given=code if isinstance(code, GivenTemplate) else GivenTemplate(),
        )
        return READERS[dialect or recognise.kind(members)](source)
    except RecursionError as error:
        raise InputError("the input is nested too deeply") from error


def read_code(code: GivenCode, *, path: str, tofu: bool) -> Stack:
    """The stack that Terraform code describes without a plan; `path` only names it.

    Raises:
        InputError: A part of it cannot be read, or there is too much.
        ConfigurationError: A variable is set that the code does not declare.
    """
    from guardrail.inputs.terraform import code as terraform_code  # costs start-up time

    try:
        return terraform_code.read_code(code, path=path, tofu=tofu)
    except RecursionError as error:
        raise InputError("the code is nested too deeply") from error
