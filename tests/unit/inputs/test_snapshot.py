"""Binary plans: what they carry, and archives that are not what they seem."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.errors import InputError
from guardrail.inputs import archive, is_binary, read
from guardrail.inputs.archive import Archive
from guardrail.inputs.terraform import snapshot as module
from guardrail.inputs.terraform.snapshot import snapshot
from tests.unit.inputs.made import FIXTURES

MODULES = json.dumps([{"Key": "", "Dir": "."}]).encode()
PLAIN = {"tfplan": b"", "tfconfig/modules.json": MODULES, "tfconfig/m-/a.tf": b""}
HOMES = ("plans", "doctrine")


def real(name: str) -> bytes:
    return (FIXTURES / "plans" / name / "tfplan").read_bytes()


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def named(*names: str) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as made:
        warnings.simplefilter("ignore")
        for name in names:
            made.writestr(zipfile.ZipInfo(name), b"x")
    return out.getvalue()


def refused(content: bytes, read: Callable[[bytes], object] = Archive) -> InputError:
    with pytest.raises(InputError) as caught:
        read(content)
    assert caught.value.remedy
    return caught.value


BINARIES = sorted(path for home in HOMES for path in FIXTURES.glob(f"{home}/*/tfplan"))


@pytest.mark.parametrize("path", BINARIES, ids=lambda path: path.parent.name)
def test_a_binary_plan_carries_the_code_that_it_was_made_from(path: Path) -> None:
    found = snapshot(path.read_bytes())
    seen = {
        (source.directory, name): content
        for source in found.modules.values()
        for name, content in source.files.items()
    }

    assert () in found.modules
    assert not found.tofu
    for (directory, name), content in seen.items():
        assert (path.parent / directory / name).read_bytes() == content


def test_modules_are_known_by_the_calls_that_lead_to_them() -> None:
    found = snapshot(real("aws-modules")).modules

    assert ("mid", "leaf") in found
    assert found["mid", "leaf"].directory == "leaf"
    assert sorted(found[()].files) == ["main.tf"]


def test_the_lock_file_says_whether_it_is_of_opentofu() -> None:
    lock = b'provider "registry.opentofu.org/hashicorp/aws" {}'

    assert snapshot(zipped({**PLAIN, ".terraform.lock.hcl": lock})).tofu
    assert not snapshot(zipped(PLAIN)).tofu


def test_every_reader_of_archives_sees_the_same() -> None:
    content = real("aws-modules")
    ours = Archive(content)

    with zipfile.ZipFile(io.BytesIO(content)) as theirs:
        assert list(ours.entries) == theirs.namelist()
        assert all(ours.read(name) == theirs.read(name) for name in theirs.namelist())


def test_what_is_not_packed_is_read_too() -> None:
    assert Archive(named("a")).read("a") == b"x"


@pytest.mark.parametrize(
    "name",
    [
        "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a\\b", "c:/a", "a\nb", "..",
        "tfconfig/m-/../../x", "a/./b", "", "a\x00b", "x" * 5000,
    ],
)  # fmt: skip
def test_a_name_never_leads_out(name: str) -> None:
    made = named("z" * len(name.encode()))
    content = made.replace(b"z" * len(name.encode()), name.encode()) if name else made

    assert "leads out" in str(refused(content))


def test_a_name_that_is_no_text_is_refused() -> None:
    assert "UTF-8" in str(refused(named("zz").replace(b"zz", b"\xff\xfe")))


def test_two_entries_of_one_name_are_refused() -> None:
    assert "two entries" in str(refused(named("a", "a")))


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("tfconfig/m-/main.tf")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")

    assert "is a link" in str(refused(out.getvalue()))


@pytest.mark.parametrize("end", [0, 1, 21, 22, 60, -1, -22, -23])
def test_a_truncated_plan_is_refused(end: int) -> None:
    content = real("aws-modules")

    assert "cut off" in str(refused(content[:end]))


def test_bytes_before_or_behind_are_refused() -> None:
    content = real("aws-modules")

    refused(content + b"\n")
    refused(b"#!/bin/sh\n" + content)


def test_a_comment_is_refused() -> None:
    content = named("a")

    refused(content[:-2] + struct.pack("<H", 4) + b"PK\5\6")


def test_a_wrong_checksum_is_refused() -> None:
    content = bytearray(real("aws-modules"))
    at = content.index(b"PK\1\2") + 16
    content[at] ^= 1

    assert "`tfplan` is damaged" in str(
        refused(bytes(content), lambda given: Archive(given).read("tfplan"))
    )


@pytest.mark.parametrize(("place", "value"), [(0, 0x07), (5, 0), (300, 0xFF)])
def test_damaged_content_is_refused(place: int, value: int) -> None:
    content = bytearray(zipped({"a": bytes(range(256)) * 4}))
    content[content.index(b"a") + 1 + place] ^= value or 0xFF

    refused(bytes(content), lambda given: Archive(given).read("a"))


def test_content_that_ends_before_it_should_is_refused() -> None:
    content = bytearray(zipped({"a": b"hello" * 100}))
    directory = content.index(b"PK\1\2")
    (packed,) = struct.unpack_from("<L", content, directory + 20)
    struct.pack_into("<L", content, directory + 20, packed - 2)

    refused(bytes(content), lambda given: Archive(given).read("a"))


@pytest.mark.parametrize("stated", [99, 101])
def test_content_of_another_size_than_stated_is_refused(stated: int) -> None:
    content = bytearray(zipped({"a": b"x" * 100}))
    struct.pack_into("<L", content, content.index(b"PK\1\2") + 24, stated)

    refused(bytes(content), lambda given: Archive(given).read("a"))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = zipped({"a": b"\0" * (8 << 20)})

    assert len(content) < 10_000
    assert "times its size" in str(
        refused(content, lambda given: Archive(given).read("a"))
    )


def test_an_entry_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "LARGEST", 99)

    refused(zipped({"a": b"x" * 100}), lambda given: Archive(given).read("a"))


def test_entries_that_unpack_to_too_much_together_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOGETHER", 199)

    assert "199 bytes" in str(refused(zipped({"a": b"x" * 100, "b": b"x" * 100})))


def test_a_hundred_thousand_entries_are_refused() -> None:
    assert "entries" in str(refused(named(*map(str, range(100_000)))))


def test_twenty_thousand_and_one_entries_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 2)

    assert "more than 2" in str(refused(named("a", "b", "c")))


def edited(place: int, form: str, value: int, *, mark: bytes) -> bytes:
    """An archive of two entries, with a field of a header changed."""
    content = bytearray(named("a", "b"))
    struct.pack_into(form, content, content.rindex(mark) + place, value)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(edited(8, "<H", 0x801, mark=b"PK\1\2"), "encrypted", id="secret"),
        pytest.param(edited(8, "<H", 0x20, mark=b"PK\1\2"), "unknown way", id="flag"),
        pytest.param(edited(10, "<H", 14, mark=b"PK\1\2"), "unknown way", id="lzma"),
        pytest.param(edited(42, "<L", 0, mark=b"PK\1\2"), "overlap", id="overlap"),
        pytest.param(edited(42, "<L", 9999, mark=b"PK\1\2"), "overlap", id="outside"),
        pytest.param(edited(20, "<L", 9999, mark=b"PK\1\2"), "overlap", id="longer"),
        pytest.param(
            edited(28, "<H", 999, mark=b"PK\1\2"), "cannot be read", id="name-size"
        ),
        pytest.param(edited(30, "<H", 1, mark=b"PK\1\2"), "damaged", id="extra"),
        pytest.param(edited(0, "<H", 0, mark=b"PK\1\2"), "damaged", id="directory"),
        pytest.param(edited(30, "<B", 99, mark=b"PK\3\4"), "not what", id="local-name"),
        pytest.param(edited(8, "<H", 8, mark=b"PK\3\4"), "not what", id="local-method"),
        pytest.param(edited(4, "<H", 1, mark=b"PK\5\6"), "contradicts", id="disk"),
        pytest.param(edited(8, "<H", 1, mark=b"PK\5\6"), "contradicts", id="count"),
        pytest.param(edited(16, "<L", 3, mark=b"PK\5\6"), "contradicts", id="offset"),
        pytest.param(
            edited(16, "<L", 0xFFFFFFFF, mark=b"PK\5\6"), "entries", id="zip64"
        ),
    ],
)
def test_an_archive_that_contradicts_itself_is_refused(
    content: bytes, what: str
) -> None:
    assert what in str(refused(content))


def test_a_directory_with_fewer_entries_than_it_states_is_refused() -> None:
    content = bytearray(named("a"))
    end = content.index(b"PK\5\6")
    struct.pack_into("<HH", content, end + 8, 2, 2)

    assert "damaged" in str(refused(bytes(content)))


@pytest.mark.parametrize(
    "entries",
    [
        {"readme.txt": b"x"},
        {"tfplan": b"x"},
        {"tfconfig/modules.json": MODULES, "tfconfig/m-/a.tf": b""},
    ],
)
def test_an_archive_without_plan_or_code_is_no_plan(entries: dict[str, bytes]) -> None:
    assert "not a plan" in str(refused(zipped(entries), snapshot))


def test_a_plan_without_its_root_module_is_refused() -> None:
    other = json.dumps([{"Key": "a", "Dir": "a"}]).encode()
    content = zipped({**PLAIN, "tfconfig/modules.json": other})

    assert "root module" in str(refused(content, snapshot))


def test_too_much_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_CODE", 10)

    assert "10 bytes" in str(refused(zipped(PLAIN), snapshot))


def test_a_list_of_modules_that_is_malformed_is_refused() -> None:
    content = zipped({**PLAIN, "tfconfig/modules.json": b"[{}]"})

    with pytest.raises(InputError):
        snapshot(content)


def test_a_binary_plan_is_told_by_its_content() -> None:
    assert is_binary(real("aws-tags"))
    assert not is_binary(b"{}")


def test_an_encrypted_plan_of_opentofu_is_named() -> None:
    content = json.dumps(
        {
            "meta": {"key_provider.pbkdf2.k": "eyJzYWx0Ijo"},
            "encrypted_data": "AAAA",
            "encryption_version": "v0",
        }
    ).encode()

    error = refused(content, lambda given: read(given, path="tfplan"))
    assert "encrypted by OpenTofu" in str(error)
    assert "tofu show -json" in error.remedy


def test_a_plan_that_hcp_terraform_keeps_is_named() -> None:
    content = b'{"remote_plan_format":1,"run_id":"run-a","hostname":"app.terraform.io"}'

    assert "HCP Terraform" in str(refused(content, lambda given: read(given, path="p")))
