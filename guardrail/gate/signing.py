"""Statements that are signed: DSSE envelopes under Ed25519 keys, offline.

Keys are files: PEM (PKCS 8, SubjectPublicKeyInfo) or OpenSSH's own form. What a
signature covers is the payload with its type, so that a signature of one kind of
document says nothing of another.

Source: secure-systems-lab, DSSE protocol and envelope 1.0.2,
https://github.com/secure-systems-lab/dsse
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from guardrail.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_LIMIT_BYTES = 1 << 24
_KEY_LIMIT_BYTES = 1 << 16


class _Signature(msgspec.Struct, frozen=True):
    sig: str
    keyid: str = ""


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...]


class RefusedError(InputError):
    """A statement that is not what its reader may rely on."""


def sign(payload: bytes, key: Path, passphrase: str | None) -> bytes:
    """An envelope with `payload`, signed with the private key in a file.

    Raises:
        ConfigurationError: It is no private Ed25519 key, or the passphrase is wrong.
    """
    private = _private_key(key, passphrase)
    envelope = _Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=PAYLOAD_TYPE,
        signatures=(
            _Signature(
                keyid=_name(private.public_key()),
                sig=base64.b64encode(private.sign(_covered(payload))).decode(),
            ),
        ),
    )
    return msgspec.json.encode(envelope) + b"\n"


def opened(envelope: bytes, keys: Sequence[Path]) -> tuple[bytes, str]:
    """The payload of an envelope that one of the public `keys` signed, and its name.

    Raises:
        InputError: It is no envelope.
        RefusedError: No signature of one of the keys is right.
        ConfigurationError: A file is no public Ed25519 key.
    """
    from cryptography.exceptions import InvalidSignature

    trusted = [_public_key(one) for one in keys]
    document = _envelope(envelope)
    if document.payload_type != PAYLOAD_TYPE:
        raise RefusedError("it is signed as another kind of document")
    payload = _bytes(document.payload)
    for signature in document.signatures:
        for key in trusted:
            try:
                key.verify(_bytes(signature.sig), _covered(payload))
            except InvalidSignature:
                continue
            return payload, _name(key)
    raise RefusedError(
        "no signature on it is right under the key given",
        remedy="Give the public key of who may attest with --key",
    )


def _covered(payload: bytes) -> bytes:
    """What a signature covers: the pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _envelope(document: bytes) -> _Envelope:
    if len(document) > _LIMIT_BYTES:
        raise InputError("the attestation is too large")
    try:
        return msgspec.json.decode(document, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError("it is no attestation (DSSE envelope)") from error


def _bytes(text: str) -> bytes:
    """What base64 stands for, in the standard or the URL-safe alphabet.

    Raises:
        InputError: It is no base64.
    """
    try:
        return base64.b64decode(
            text.translate(str.maketrans("-_", "+/")), validate=True
        )
    except ValueError as error:
        raise InputError("it is no attestation (base64)") from error


def _private_key(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    content = _key_file(path)
    secret = passphrase.encode() if passphrase else None
    load = (
        serialization.load_ssh_private_key
        if b"OPENSSH" in content
        else serialization.load_pem_private_key
    )
    try:
        key = load(content, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(
            "it is no private key, or the passphrase is not its own",
            where=str(path),
            remedy="The passphrase is read from GUARDRAIL_KEY_PASSPHRASE",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError("it is no Ed25519 key", where=str(path))
    return key


def _public_key(path: Path) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    content = _key_file(path)
    load = (
        serialization.load_pem_public_key
        if content.lstrip().startswith(b"-----BEGIN")
        else serialization.load_ssh_public_key
    )
    try:
        key = load(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError("it is no public key", where=str(path)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError("it is no Ed25519 key", where=str(path))
    return key


def _key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_KEY_LIMIT_BYTES)
    except OSError as error:
        message = f"the key cannot be read: {error.strerror}"
        raise ConfigurationError(message, where=str(path)) from error


def _name(key: Ed25519PublicKey) -> str:
    """The fingerprint of a key, as OpenSSH prints it."""
    from cryptography.hazmat.primitives import serialization

    line = key.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
