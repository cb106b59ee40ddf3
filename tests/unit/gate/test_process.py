"""Programs that hang, fork, print without end, or cannot be started."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

from guardrail.gate import process
from guardrail.gate.process import Ended, Limits, run
from tests.waiting import LIMIT_S, until

LIMITS = Limits(timeout_s=LIMIT_S, output_bytes=1000)
SOON = Limits(timeout_s=0.5, output_bytes=1000)


def python(text: str, folder: Path, limits: Limits = LIMITS) -> Ended:
    return run([sys.executable, "-c", text], folder, {}, limits)


def gone(pid: int) -> bool:
    """Whether a process has ended, or does soon."""

    def ended() -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        return state == "Z"

    until(ended, f"process {pid} has ended")
    return True


def found_in(folder: Path) -> list[str]:
    """The processes that run in a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it has ended, or is somebody else's
            if one.readlink() == folder:
                found.append(one.parent.name)
    return found


def test_output_errors_and_exit_code_are_kept(tmp_path: Path) -> None:
    text = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"

    assert python(text, tmp_path) == Ended(code=3, output=b"out\n", errors=b"err\n")


def test_it_runs_in_the_folder_with_the_environment_that_is_given(
    tmp_path: Path,
) -> None:
    text = "import os; print(os.getcwd(), os.environ.get('A'), os.environ.get('HOME'))"
    command = [sys.executable, "-c", text]
    ended = run(command, tmp_path, {"A": "1"}, LIMITS)

    assert ended.output.decode().split() == [str(tmp_path), "1", "None"]


def test_what_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    text = f"sleep {LIMIT_S} & sleep {LIMIT_S}"

    assert run(["/bin/sh", "-c", text], tmp_path, {}, SOON) == Ended(
        code=None, late=True
    )
    until(lambda: not found_in(tmp_path), "nothing of it is left")


def test_children_that_outlive_a_program_are_ended(tmp_path: Path) -> None:
    text = (
        "import subprocess, sys\n"
        "none = subprocess.DEVNULL\n"
        "child = subprocess.Popen(['/bin/sleep', '60'], stdout=none, stderr=none)\n"
        "print(child.pid)"
    )
    ended = python(text, tmp_path)

    assert ended.code == 0
    assert gone(int(ended.output))


def test_what_closes_its_output_and_hangs_is_ended(tmp_path: Path) -> None:
    text = "import os, time; os.close(1); os.close(2); time.sleep(60)"

    assert python(text, tmp_path, SOON) == Ended(code=None, late=True)


def test_output_without_end_is_cut_off(tmp_path: Path) -> None:
    text = "import sys\nwhile True: sys.stdout.write('x' * 1000)"

    assert python(text, tmp_path) == Ended(code=None, long=True)


def test_only_the_beginning_of_errors_is_kept(tmp_path: Path) -> None:
    text = "import sys; sys.stderr.write('x' * 1_000_000)"
    ended = python(text, tmp_path)

    assert ended.code == 0
    assert len(ended.errors) == process._ERRORS_BYTES


def test_what_cannot_be_started_has_no_exit_code(tmp_path: Path) -> None:
    assert run([str(tmp_path / "none")], tmp_path, {}, LIMITS) == Ended(code=None)


def test_an_interruption_ends_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def interrupted(started: object, *_rest: object) -> object:
        seen.append(started.pid)  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(process, "_followed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        python("import time; time.sleep(60)", tmp_path)

    assert gone(seen[0])
