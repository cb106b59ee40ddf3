"""Derogations as files, and their signatures made by a real ssh-keygen."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from guardrail import derogation_files
from guardrail.decision import Signature
from guardrail.derogation_files import (
    NAMESPACE,
    Signers,
    derogation_of,
    read_derogations,
    refuse_twins,
)
from guardrail.errors import ConfigurationError, InputError

DAY = date(2021, 12, 1)
NOBODY = Signers()
TEXT = """\
derogation: DER-2021-014
rules: [fr-2021-r9-collab, baseline-sensitive]
scope: {addresses: ["module.mail.*"], services: [mail]}
authority: {office: minister, body: "Ministère", countersigned_by: prime-minister}
system: {name: "Messagerie", started_on: 2020-11-02, very_advanced_on: 2021-07-05}
granted_on: 2021-10-01
until: 2022-09-30
acceptable_offer_on: null
published: null
reason: "the migration is nearly over"
evidence: []
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "derogations" / "DER-2021-014.yaml"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def keygen(*arguments: str | Path) -> None:
    subprocess.run(
        ["ssh-keygen", *map(str, arguments)], check=True, capture_output=True
    )


def key(folder: Path, name: str) -> Path:
    path = folder / name
    keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path)
    return path


def signers(folder: Path, **offices: Path) -> Signers:
    """Allowed signers, each office with its key."""
    path = folder / "allowed_signers"
    lines = [
        f'{office} namespaces="{NAMESPACE}" {one.with_suffix(".pub").read_text()}'
        for office, one in offices.items()
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return Signers(file=path)


def sign(by: Path, path: Path, namespace: str = NAMESPACE) -> None:
    keygen("-q", "-Y", "sign", "-n", namespace, "-f", by, path)


def signature(path: Path, known: Signers, day: date = DAY) -> Signature:
    (found,) = read_derogations([path], known, day)
    return found.signature


def test_a_folder_is_read_by_name_and_only_its_documents(file: Path) -> None:
    (file.parent / "A.yml").write_text(TEXT.replace("014", "001"), encoding="utf-8")
    (file.parent / "README.md").write_text("no", encoding="utf-8")
    found = read_derogations([file.parent], Signers(required=True), DAY)

    assert [one.derogation.derogation for one in found] == [
        "DER-2021-001",
        "DER-2021-014",
    ]
    assert all(one.must_sign for one in found)
    assert found[1].path == str(file)
    assert len(found[1].sha256) == 64


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("reason:", "why:", "DER-2021-014.yaml"),
        ("until: 2022-09-30\n", "", "'until' is a required property"),
        ("2022-09-30", "2022-09-31", "DER-2021-014.yaml"),
        ("2022-09-30", "soon", "is not a 'date'"),
        ("2022-09-30", "2022-09-30T12:00:00Z", "is not a 'date'"),
        ("office: minister", "office: '-f'", "does not match"),
        ("evidence: []", "evidence: [{title: a, sha256: b}]", "does not match"),
        ("evidence: []", "evidence: [", "not readable as YAML"),
        ("DER-2021-014", "DER 2021", "does not match"),
    ],
)
def test_a_file_that_is_no_derogation_cannot_be_read(
    file: Path, old: str, new: str, why: str
) -> None:
    file.write_text(TEXT.replace(old, new), encoding="utf-8")

    with pytest.raises(InputError) as caught:
        read_derogations([file], NOBODY, DAY)
    assert why in str(caught.value)


def test_what_is_not_there_or_too_large_cannot_be_read(file: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_derogations([file.parent / "none"], NOBODY, DAY)
    file.write_bytes(b"#" * (1 << 21))
    with pytest.raises(InputError, match="too large"):
        read_derogations([file], NOBODY, DAY)


def test_a_folder_with_a_document_that_is_no_file_cannot_be_read(file: Path) -> None:
    (file.parent / "folder.yaml").mkdir()

    with pytest.raises(InputError, match="it is not a file"):
        read_derogations([file.parent], NOBODY, DAY)


def test_a_file_that_may_not_be_opened_cannot_be_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        read_derogations([file], NOBODY, DAY)


def test_a_link_out_of_the_folder_is_not_followed(file: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.yaml"
    outside.write_text("password: hunter2", encoding="utf-8")
    (file.parent / "link.yaml").symlink_to(outside)

    with pytest.raises(InputError, match="leads out of its folder") as caught:
        read_derogations([file.parent], NOBODY, DAY)
    assert "hunter2" not in str(caught.value)


def test_two_with_one_id_are_refused(file: Path) -> None:
    (file.parent / "copy.yaml").write_text(TEXT, encoding="utf-8")
    found = read_derogations([file.parent], NOBODY, DAY)

    refuse_twins(found[:1])
    with pytest.raises(InputError, match="DER-2021-014 is also in"):
        refuse_twins(found)


def test_the_form_of_the_design_is_read() -> None:
    found = derogation_of(TEXT.encode(), "x")

    assert found.until == date(2022, 9, 30)
    assert found.offices == ("minister", "prime-minister")


def test_a_signature_of_the_office_is_accepted(file: Path, tmp_path: Path) -> None:
    own = key(tmp_path, "minister")
    sign(own, file)

    assert signature(file, signers(tmp_path, minister=own)) is Signature.ACCEPTED
    assert signature(file, NOBODY) is Signature.UNCHECKED


def test_without_a_signature_there_is_none(file: Path, tmp_path: Path) -> None:
    known = signers(tmp_path, minister=key(tmp_path, "minister"))

    assert signature(file, known) is Signature.NONE


def test_a_changed_file_is_rejected(file: Path, tmp_path: Path) -> None:
    own = key(tmp_path, "minister")
    sign(own, file)
    file.write_text(TEXT.replace("2022-09-30", "2022-10-01"), encoding="utf-8")

    assert signature(file, signers(tmp_path, minister=own)) is Signature.REJECTED


def test_the_key_of_another_office_is_rejected(file: Path, tmp_path: Path) -> None:
    own, other = key(tmp_path, "minister"), key(tmp_path, "other")
    sign(other, file)
    known = signers(tmp_path, minister=own, dinum=other)

    assert signature(file, known) is Signature.REJECTED


def test_a_signature_for_another_purpose_is_rejected(
    file: Path, tmp_path: Path
) -> None:
    own = key(tmp_path, "minister")
    sign(own, file, namespace="git")

    assert signature(file, signers(tmp_path, minister=own)) is Signature.REJECTED


def test_what_is_no_signature_is_rejected(file: Path, tmp_path: Path) -> None:
    known = signers(tmp_path, minister=key(tmp_path, "minister"))
    file.with_name(f"{file.name}.sig").write_text("no", encoding="utf-8")

    assert signature(file, known) is Signature.REJECTED


def test_a_key_counts_while_it_is_valid(file: Path, tmp_path: Path) -> None:
    own = key(tmp_path, "minister")
    sign(own, file)
    known = signers(tmp_path, minister=own)
    assert known.file is not None
    text = known.file.read_text(encoding="utf-8")
    valid = text.replace(" ssh-", ',valid-before="20220101000000" ssh-')
    known.file.write_text(valid, encoding="utf-8")

    assert signature(file, known, date(2021, 12, 31)) is Signature.ACCEPTED
    assert signature(file, known, date(2022, 1, 1)) is Signature.REJECTED


def test_allowed_signers_that_are_not_there_are_an_error(
    file: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        read_derogations([file], Signers(file=tmp_path / "none"), DAY)


def test_a_machine_without_ssh_keygen_says_so(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = key(tmp_path, "minister")
    sign(own, file)
    known = signers(tmp_path, minister=own)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(ConfigurationError, match="ssh-keygen is not on this machine"):
        signature(file, known)


def test_an_ssh_keygen_that_does_not_answer_accepts_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = key(tmp_path, "minister")
    sign(own, file)
    known = signers(tmp_path, minister=own)
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name: str(slow))
    monkeypatch.setattr(derogation_files, "_LIMIT_S", 0.1)

    assert signature(file, known) is Signature.REJECTED
