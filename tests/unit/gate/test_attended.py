"""A program that somebody watches: asked to stop, waited for, never killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from guardrail.gate import attended
from guardrail.gate.attended import NOT_STARTED, attend, private_file
from tests.waiting import LIMIT_S

STOPS = """
trap 'echo asked >> {log}; sleep 0.3; echo stopped >> {log}; exit 7' INT TERM
touch {ready}
for _ in $(seq 200); do sleep 0.05; done
"""
"""A program that takes its time to stop, as Terraform does; unasked, 10 s and more."""


def shell(text: str, folder: Path, timeout_s: float | None = None) -> int:
    command = ["/bin/sh", "-c", text]
    return attend(command, folder, dict(os.environ), output=None, timeout_s=timeout_s)


def test_the_exit_code_is_given_and_nothing_can_be_asked(tmp_path: Path) -> None:
    assert shell('test -z "$(cat)" && exit 3', tmp_path) == 3


def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    found = attend(["/nowhere"], tmp_path, {}, output=None, timeout_s=None)

    assert found == NOT_STARTED


HEARS = """
import signal, sys, time

def asked(*_args):
    print("asked", file=log)
    time.sleep(0.3)
    print("stopped", file=log)
    sys.exit(7)

with open(sys.argv[1], "w") as log:
    signal.signal(signal.SIGINT, asked)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    time.sleep(float(sys.argv[2]))
"""
"""A program that is told of a signal when it can hear it, however late it starts."""


def test_what_takes_too_long_is_interrupted_once_and_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", HEARS, str(log), str(LIMIT_S)]
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # inherited
    try:
        code = attend(command, tmp_path, {}, output=None, timeout_s=0.5)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])

    assert code == 7
    assert log.read_text().split() == ["asked", "stopped"]


def test_a_signal_is_passed_on_and_waited_for(tmp_path: Path) -> None:
    log, ready = tmp_path / "log", tmp_path / "ready"

    def ask() -> None:
        while not ready.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    asking = threading.Thread(target=ask)
    asking.start()
    code = shell(STOPS.format(log=log, ready=ready), tmp_path)
    asking.join()

    assert code == 7
    assert log.read_text().split() == ["asked", "stopped"]


def test_a_signal_that_does_not_end_the_wait_is_passed_on_too(tmp_path: Path) -> None:
    """As when it comes just before the wait: another thread of ours takes it."""
    log, ready = tmp_path / "log", tmp_path / "ready"

    def ask() -> None:
        while not ready.exists():
            time.sleep(0.01)
        time.sleep(0.2)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    asking = threading.Thread(target=ask)
    asking.start()
    code = shell(STOPS.format(log=log, ready=ready), tmp_path)
    asking.join()

    assert code == 7


def test_what_is_asked_before_it_runs_is_passed_on_then(tmp_path: Path) -> None:
    process = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    with attended._Signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert process.poll() is None
        signals.pass_to(process.pid)

    assert process.wait(20) == -signal.SIGTERM


def test_signals_are_ours_again_afterwards(tmp_path: Path) -> None:
    before = [signal.getsignal(one) for one in attended.SIGNALS]
    shell("exit 0", tmp_path)

    assert [signal.getsignal(one) for one in attended.SIGNALS] == before


def test_it_works_outside_of_the_main_thread(tmp_path: Path) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(shell("exit 4", tmp_path)))
    thread.start()
    thread.join(20)

    assert codes == [4]


def test_a_group_that_is_gone_is_told_nothing() -> None:
    process = subprocess.Popen(["/bin/true"], start_new_session=True)
    process.wait()
    attended._tell(process.pid, signal.SIGTERM)


def test_a_private_file_is_nobody_elses_and_gone_afterwards() -> None:
    with private_file(b"the plan") as path:
        assert path.read_bytes() == b"the plan"
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0

    assert not path.parent.exists()
