from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from guardrail.cli.output import write, write_pieces
from guardrail.errors import ConfigurationError
from tests.conftest import ROOT
from tests.unit.cli.conftest import Ask

DEMO = ROOT / "terraform-examples" / "demo" / "plan.json"
CHECK = (
    *(sys.executable, "-m", "guardrail", "check", str(DEMO)),
    *("--body", "state", "--as-of", "2026-11-22"),
)


def test_a_report_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "report"
    write(b"new", str(target))

    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [OSError(28, "no space"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_report_and_no_other_file(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report"
    target.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((ConfigurationError, KeyboardInterrupt)):
        write(b"new", str(target))

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_pieces_that_do_not_all_come_leave_the_old_report(tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.write_bytes(b"old")

    def broken() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_pieces(broken(), str(target))

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the report cannot be written"):
        write(b"new", str(tmp_path / "none" / "report"))


def test_what_stands_for_another_file_is_written_through(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "report")
    write(b"new", str(link))

    assert link.is_symlink()
    assert (tmp_path / "report").read_bytes() == b"new"


def test_a_device_is_written_to_and_never_replaced() -> None:
    write(b"new", os.devnull)

    assert Path(os.devnull).is_char_device()


def test_standard_output_gets_the_bytes(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    write("é\n".encode(), "-")

    assert capsysbinary.readouterr().out == "é\n".encode()


def test_standard_output_that_was_closed_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(ConfigurationError, match="the report cannot be written"):
        write(b"new", "-")


def test_a_reader_that_leaves_early_ends_the_run_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(CHECK, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (3, b"")


class Closed:
    """Standard output whose reader has gone; writing to it fails."""

    def __init__(self, descriptor: int) -> None:
        self.buffer = self
        self._descriptor = descriptor

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor

    def writelines(self, _report: Iterable[bytes]) -> None:
        raise BrokenPipeError


def test_what_a_broken_pipe_still_holds_goes_nowhere(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "stdout").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Closed(file.fileno()))
        said = ask("check", DEMO, "--body", "state")
        os.write(file.fileno(), b"late")

    assert (said.code, said.err) == (3, "")
    assert (tmp_path / "stdout").read_bytes() == b""


def test_a_report_in_a_file_needs_no_standard_output(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    said = ask("check", DEMO, "--body", "state", "--output", "report")

    assert said.code == 10
    assert (tmp_path / "report").stat().st_size > 0


@pytest.mark.parametrize(("options", "code"), [((), 2), (("--output", os.devnull), 10)])
def test_a_run_without_standard_output(options: tuple[str, ...], code: int) -> None:
    closed = 'exec "$@" >&-'
    done = subprocess.run(
        ["sh", "-c", closed, "sh", *CHECK, *options], capture_output=True, check=False
    )

    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(CHECK, stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 2
    assert b"the report cannot be written: No space left" in done.stderr
