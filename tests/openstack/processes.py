"""The processes of a cloud: each has a log and a session of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.waiting import until


class Processes:
    """What runs with one environment, in one folder, and writes to logs beside it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *command: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            command,
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        told = f"{' '.join(command[:4])}:\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        assert done.returncode == 0, told
        return done.stdout

    def start(
        self, name: str, *command: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """Begin a command that goes on; it may have been stopped before."""
        with (self._folder / "log" / f"{name}.out").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                env={**self._environment, **(environment or {})},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """Have a process end, and what it began before it."""
        process = self._running.pop(name)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def down(self) -> None:
        """End them all at once: nothing that they keep is needed."""
        for one in self._running.values():
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(one.pid, signal.SIGKILL)
        for one in self._running.values():
            one.wait()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds, as long as every process goes on."""

        def looked_after() -> bool:
            for name, one in self._running.items():
                assert one.poll() is None, (
                    f"{name} has ended:\n{self.log(name)[-3000:]}"
                )
            return holds()

        until(looked_after, what, every_s=0.2)

    def log(self, *names: str) -> str:
        """The lines of the logs whose names begin so."""
        return "\n".join(
            path.read_text(errors="replace")
            for path in sorted((self._folder / "log").iterdir())
            if path.name.startswith(names)
        )
