"""What is attested of a plan: the verdict on its very bytes, and for how long.

A statement of the in-toto framework with the predicate Simple Verification Result, and
beside it, under `guardrail`, what a reader needs to rely on it.

Source: in-toto, attestation, spec/v1/statement.md and spec/predicates/svr.md (v0.2),
https://github.com/in-toto/attestation
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from guardrail.errors import InputError
from guardrail.gate.signing import RefusedError

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/svr/v0.2"
ALLOWED = "GUARDRAIL_ALLOW"
"""The property of a plan that may be applied; no other verdict has one."""
VERSION = "1.0"


class Digest(msgspec.Struct, frozen=True):
    """The digest of a file."""

    sha256: str


class Document(msgspec.Struct, frozen=True):
    """A file, or something that is kept as one."""

    name: str
    digest: Digest


class Verifier(msgspec.Struct, frozen=True):
    """Who judged, and by what."""

    id: str
    """A URI with the version of guardrail."""
    policies: tuple[Document, ...]
    """The library, `guardrail.yaml` where one was read, and the derogations applied."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What guardrail says beside the predicate."""

    schema_version: str
    verdict: str
    as_of: date
    expires: date
    """First day on which it may not be relied on."""
    body: str | None
    rules: tuple[str, ...]
    derogations: tuple[str, ...]
    environment: Mapping[str, str]
    """Attested variable to the SHA-256 of its value; `""` where it must not be set."""
    summary: Mapping[str, int]


class Predicate(
    msgspec.Struct, frozen=True, kw_only=True, rename={"time_created": "timeCreated"}
):
    """A Simple Verification Result."""

    verifier: Verifier
    time_created: datetime
    properties: tuple[str, ...]
    guardrail: Judgement


class Statement(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"kind": "_type", "predicate_type": "predicateType"},
):
    """What is signed."""

    kind: str
    subject: tuple[Document, ...]
    predicate_type: str
    predicate: Predicate


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is about to do with an attested plan."""

    plan: bytes
    today: date
    environment: Mapping[str, str]
    """The environment in which it would be applied."""
    library_sha256: str = ""
    """The library that must have been used; "" for any."""


def statement(name: str, sha256: str, predicate: Predicate) -> bytes:
    """The statement on the plan of that name and digest, as it is signed."""
    return msgspec.json.encode(
        Statement(
            kind=STATEMENT,
            subject=(Document(name, Digest(sha256)),),
            predicate_type=PREDICATE,
            predicate=predicate,
        )
    )


def hashed(value: str) -> str:
    """The digest of a variable's value; "" for one that must not be set."""
    return hashlib.sha256(value.encode()).hexdigest() if value else ""


def relied_on(payload: bytes, use: Use) -> Predicate:
    """The predicate of a signed statement that allows `use`.

    Raises:
        InputError: It is no statement of guardrail.
        RefusedError: It does not allow this use.
    """
    try:
        found = msgspec.json.decode(payload, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError("it is signed, and no statement of guardrail") from error
    if (found.kind, found.predicate_type) != (STATEMENT, PREDICATE):
        raise RefusedError("it states something else than a verdict")
    for reason in _against(found, use):
        raise RefusedError(reason)
    return found.predicate


def _against(found: Statement, use: Use) -> Sequence[str]:
    """Why a statement does not allow a use; nothing where it does."""
    said = found.predicate.guardrail
    sha256 = hashlib.sha256(use.plan).hexdigest()
    library = {one.digest.sha256 for one in found.predicate.verifier.policies}
    differ = sorted(
        name
        for name, value in said.environment.items()
        if hashed(use.environment.get(name, "")) != value
    )
    checks = {
        "it is of a later version of guardrail": said.schema_version == VERSION,
        "it is about another plan": any(
            one.digest.sha256 == sha256 for one in found.subject
        ),
        f"the plan was judged {said.verdict}": said.verdict == "allow"
        and ALLOWED in found.predicate.properties,
        f"it was made for {said.as_of}, which is to come": said.as_of <= use.today,
        f"it expired on {said.expires}": use.today < said.expires,
        f"the environment is another one: {', '.join(differ)}": not differ,
        "it was made with another library": not use.library_sha256
        or use.library_sha256 in library,
    }
    return [reason for reason, holds in checks.items() if not holds]
