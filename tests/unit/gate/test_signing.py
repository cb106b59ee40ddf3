"""Envelopes: what is signed is what is read, under the keys that are trusted."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import ConfigurationError, InputError
from guardrail.gate.signing import PAYLOAD_TYPE, RefusedError, opened, sign

PLAIN = serialization.NoEncryption()
PAYLOAD = b'{"a": 1}'


class Pair(NamedTuple):
    private: Path
    public: Path


def pair(folder: Path, name: str = "key", form: str = "pem", phrase: str = "") -> Pair:
    folder.mkdir(exist_ok=True)
    key = Ed25519PrivateKey.generate()
    hidden = serialization.BestAvailableEncryption(phrase.encode()) if phrase else PLAIN
    pem, ssh = serialization.Encoding.PEM, serialization.Encoding.OpenSSH
    openssh = form == "ssh"
    made = Pair(folder / name, folder / f"{name}.pub")
    made.private.write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.OpenSSH
            if openssh
            else serialization.PrivateFormat.PKCS8,
            hidden,
        )
    )
    made.public.write_bytes(
        key.public_key().public_bytes(
            ssh if openssh else pem,
            serialization.PublicFormat.OpenSSH
            if openssh
            else serialization.PublicFormat.SubjectPublicKeyInfo,
        )
    )
    return made


@pytest.mark.parametrize("form", ["pem", "ssh"])
@pytest.mark.parametrize("secret", ["", "a passphrase"])
def test_what_is_signed_is_read(tmp_path: Path, form: str, secret: str) -> None:
    key = pair(tmp_path, form=form, phrase=secret)
    other = pair(tmp_path, "other")
    envelope = sign(PAYLOAD, key.private, secret or None)
    payload, name = opened(envelope, [other.public, key.public])

    assert payload == PAYLOAD
    assert name.startswith("SHA256:")
    assert json.loads(envelope)["payloadType"] == PAYLOAD_TYPE


def test_keys_of_openssh_serve_and_are_named_as_it_names_them(tmp_path: Path) -> None:
    program = shutil.which("ssh-keygen")
    assert program is not None, "OpenSSH's client is needed"
    key = tmp_path / "id"
    command = [program, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
    subprocess.run(command, check=True)
    listed = subprocess.run(
        [program, "-l", "-f", str(key)], check=True, capture_output=True, text=True
    )
    _payload, name = opened(sign(PAYLOAD, key, None), [tmp_path / "id.pub"])

    assert listed.stdout.split()[1] == name


def test_the_signature_is_that_of_the_dsse_protocol(tmp_path: Path) -> None:
    key = pair(tmp_path)
    document = json.loads(sign(b"hello world", key.private, None))
    covered = b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"
    public = serialization.load_pem_public_key(key.public.read_bytes())
    signature = base64.b64decode(document["signatures"][0]["sig"])

    public.verify(signature, covered)  # type: ignore[union-attr, call-arg]


def test_another_key_is_refused(tmp_path: Path) -> None:
    envelope = sign(PAYLOAD, pair(tmp_path).private, None)

    with pytest.raises(RefusedError, match="no signature"):
        opened(envelope, [pair(tmp_path, "other").public])
    with pytest.raises(RefusedError):
        opened(envelope, [])


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_accepted(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    key = _KEYS.setdefault("key", pair(tmp_path_factory.mktemp("keys")))
    envelope = bytearray(sign(PAYLOAD, key.private, None))
    envelope[place % len(envelope)] ^= 1 << bit
    try:
        payload, _name = opened(bytes(envelope), [key.public])
    except InputError:
        return
    # What may change is the name of the key, which nothing rests on, and spaces.
    assert payload == PAYLOAD


_KEYS: dict[str, Pair] = {}


def changed(envelope: bytes, **members: Any) -> bytes:
    return json.dumps(json.loads(envelope) | members).encode()


def test_the_type_is_signed_too(tmp_path: Path) -> None:
    key = pair(tmp_path)
    envelope = sign(PAYLOAD, key.private, None)

    with pytest.raises(RefusedError, match="another kind"):
        opened(changed(envelope, payloadType="application/json"), [key.public])


def test_the_url_safe_alphabet_is_read(tmp_path: Path) -> None:
    key = pair(tmp_path)
    payload = bytes(range(256))
    text = sign(payload, key.private, None).decode()
    assert opened(text.encode(), [key.public])[0] == payload
    document = json.loads(text)
    document["payload"] = document["payload"].replace("+", "-").replace("/", "_")

    assert opened(json.dumps(document).encode(), [key.public])[0] == payload


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"{}",
        b"no",
        b"[]",
        b'{"payload": "%%", "payloadType": 1, "signatures": []}',
    ],
)
def test_what_is_no_envelope_is_unreadable(tmp_path: Path, envelope: bytes) -> None:
    with pytest.raises(InputError, match="no attestation"):
        opened(envelope, [pair(tmp_path).public])


def test_bad_base64_and_too_much_are_unreadable(tmp_path: Path) -> None:
    key = pair(tmp_path)
    envelope = sign(PAYLOAD, key.private, None)
    with pytest.raises(InputError, match="base64"):
        opened(changed(envelope, payload="*"), [key.public])
    with pytest.raises(InputError, match="too large"):
        opened(b" " * (1 << 25), [key.public])


def test_a_key_must_be_one(tmp_path: Path) -> None:
    key = pair(tmp_path, phrase="right")
    curve = generate_private_key(SECP256R1())
    (tmp_path / "ec").write_bytes(
        curve.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, PLAIN
        )
    )
    (tmp_path / "ec.pub").write_bytes(
        curve.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    envelope = sign(PAYLOAD, key.private, "right")
    for path, secret in [
        (key.private, None), (key.private, "wrong"), (key.public, None),
        (tmp_path / "ec", None), (tmp_path / "nowhere", None), (tmp_path, None),
    ]:  # fmt: skip
        with pytest.raises(ConfigurationError) as caught:
            sign(PAYLOAD, path, secret)
        assert "wrong" not in str(caught.value)
    for path in (key.private, tmp_path / "ec.pub", tmp_path / "nowhere"):
        with pytest.raises(ConfigurationError):
            opened(envelope, [path])
