"""Archives of code: read, never unpacked, and bounded."""

from __future__ import annotations

import io
import tarfile

import pytest

from guardrail.errors import InputError
from guardrail.server import archive as module
from guardrail.server.archive import modules_in


def packed(
    files: dict[str, bytes], mode: str = "w:gz", **odd: tarfile.TarInfo
) -> bytes:
    """An archive with `files`, and members that are no files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as tar:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in odd.values():
            tar.addfile(member)
    return made.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


CALL = b'module "a" {\n  source = "./a"\n}\n'


def test_the_code_of_the_root_and_its_modules_is_read() -> None:
    files = {
        "./main.tf": CALL, "a/main.tf": b"", "README": b"x", "secret.pem": b"x",
        "other/main.tf": b"",
    }  # fmt: skip
    modules, tofu = modules_in(packed(files), "")

    assert set(modules) == {(), ("a",)}
    assert not tofu


def test_a_folder_in_it_may_be_the_root() -> None:
    call = b'module "a" {\n  source = "../modules/a"\n}\n'
    files = {"prod/main.tofu": call, "modules/a/main.tf": b"", "main.tf": b""}
    for folder in ("prod", "/prod/", "./prod"):
        modules, tofu = modules_in(packed(files, "w:xz"), folder)

        assert set(modules) == {(), ("a",)}
        assert set(modules[()].files) == {"main.tofu"}
        assert tofu


@pytest.mark.parametrize(
    "archive",
    [
        b"", b"no archive", b"\x1f\x8b\x08cut", packed({"main.tf": b"x" * 9999})[:60],
        packed({"../main.tf": b""}), packed({"/etc/main.tf": b""}),
        packed({"main.tf": b""}, "w:gz", again=tarfile.TarInfo("main.tf")),
    ],
    ids=range(7),  # an archive holds the time at which it was made
)  # fmt: skip
def test_what_is_no_archive_or_leads_out_is_refused(archive: bytes) -> None:
    with pytest.raises(InputError):
        modules_in(archive, "")


@pytest.mark.parametrize("folder", ["nowhere", "../x", "a/../../x"])
def test_a_folder_that_is_not_in_it_is_refused(folder: str) -> None:
    with pytest.raises(InputError):
        modules_in(packed({"main.tf": b""}), folder)


def test_links_lead_nowhere() -> None:
    made = packed(
        {"main.tf": b""},
        soft=link("more.tf", "/etc/passwd"),
        hard=link("hard.tf", "main.tf", tarfile.LNKTYPE),
    )
    modules, _tofu = modules_in(made, "")

    assert set(modules[()].files) == {"main.tf"}


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{count}.tf": b"x" * 10 for count in range(5)}
    for name, value in (
        ("LARGEST", 9), ("LARGEST_TOGETHER", 49), ("MOST_FILES", 3), ("_MOST_MEMBERS", 3),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            with pytest.raises(InputError, match="too m"):
                modules_in(packed(files), "")
