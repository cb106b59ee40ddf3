"""`guardrail init`: what a repository is told, and what is written in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.cli import init, main
from guardrail.library import shipped
from guardrail.platforms import platforms
from tests.unit.cli.conftest import Said

CODE = 'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n'


def laid(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GUARDRAIL_LANG", raising=False)

    def begun(*arguments: object) -> Said:
        try:
            code = main(["init", *map(str, arguments)])
        except SystemExit as ended:
            code = int(str(ended.code))
        return Said(code, *capsys.readouterr())

    return begun


def files(root: Path) -> set[str]:
    return {str(one.relative_to(root)) for one in root.rglob("*") if one.is_file()}


def test_what_is_found_decides_what_is_proposed(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    laid(tmp_path, {".github/workflows/x.yml": "", "infra/prod/main.tf": CODE})
    before = files(tmp_path)
    page = begin("--body", "private")

    assert page.code == 0
    assert "guardrail.yaml would be written" in page.out
    assert "body: private" in page.out
    assert ".github/workflows/guardrail.yml would be written" in page.out
    assert 'folder: ["infra/prod"]' in page.out
    assert "guardrail-server.yaml would be written" in page.out
    assert "other platforms: gitlab" in page.out
    assert "--write" in page.out
    assert files(tmp_path) == before


def test_files_are_written_whole_and_none_is_touched(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    laid(tmp_path, {".gitlab-ci.yml": "x", "guardrail.yaml": "body: private\n"})
    page = begin("--write", "--platform", "gitlab", "--platform", "terragrunt")

    assert "guardrail.yaml is there and is not touched" in page.out
    assert "see that it states `body`" in page.out
    assert (tmp_path / "guardrail.yaml").read_text() == "body: private\n"
    assert ".gitlab/guardrail.yml was written" in page.out
    assert (tmp_path / "guardrail-run-all.sh").stat().st_mode & 0o111
    assert "guardrail check" in (tmp_path / ".gitlab/guardrail.yml").read_text()
    again = begin("--write", "--platform", "gitlab")
    assert ".gitlab/guardrail.yml is as it should be" in again.out


def test_an_empty_folder_gets_what_every_project_needs(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    page = begin(tmp_path, "--write")

    assert files(tmp_path) == {"guardrail.yaml"}
    assert "--write writes" not in page.out


def test_where_every_platform_is_asked_for_there_are_no_others(
    begin: Callable[..., Said],
) -> None:
    names = [one.id for one in platforms(shipped()) if not one.always]
    page = begin(*(word for name in names for word in ("--platform", name)))

    assert page.code == 0
    assert "other platforms" not in page.out


def test_it_speaks_french(begin: Callable[..., Said], tmp_path: Path) -> None:
    page = begin("--lang", "fr", "--platform", "env0")

    assert "guardrail.yaml serait écrit" in page.out
    assert "incertain" in page.out


def test_what_is_not_there_is_a_wrong_option(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    assert begin("--platform", "nonsense").code == 2
    assert begin(tmp_path / "nowhere").code == 2
    assert begin("--library", tmp_path / "nowhere").code == 4


def test_a_library_that_cannot_be_read_is_told(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "policies" / "platforms" / "x.yaml").mkdir(parents=True)

    assert begin("--library", tmp_path / "policies").code == 4


def test_a_file_that_cannot_be_written_is_told(
    begin: Callable[..., Said], tmp_path: Path
) -> None:
    laid(tmp_path, {".gitlab": "a file, not a folder"})
    page = begin("--write", "--platform", "gitlab")

    assert page.code == 2
    assert ".gitlab" in page.err


def test_a_look_is_bounded_and_follows_no_link(
    begin: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid(tmp_path, {"a/b/c/d/e/deep.tf": CODE, "modules/m/main.tf": "", "z.tf": ""})
    (tmp_path / "big.tf").write_text(CODE + " " * (1 << 20))
    (tmp_path / "link.tf").symlink_to("/etc/passwd")
    (tmp_path / "gone.tf").symlink_to("/nowhere")
    names = set(init._names(tmp_path))

    assert "z.tf" in names
    assert not any("deep.tf" in one or one.startswith("modules") for one in names)
    assert "guardrail-server.yaml" not in begin().out
    monkeypatch.setattr(init, "_MOST", 1)
    assert len(list(init._names(tmp_path))) == 2
