"""Runs Terraform through python-terraform: a program, not to be imported.

    worker.py BINARY FOLDER COMMAND ARGUMENT…

It stands between guardrail and python-terraform 0.10.1, because that has no time-out,
keeps all output in memory and in its log, and reads the state file of the folder into
memory. Here Terraform writes straight to the output that this program was given, the
log is off, no state is read, and whoever started it can end the whole process group.
A signal to the group is Terraform's to obey: this program waits for it.
"""

from __future__ import annotations

import logging
import signal
import sys

from python_terraform import Terraform  # type: ignore[import-untyped]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stateless(Terraform):  # type: ignore[misc]  # it has no types
    """Terraform, without a look at the state of the folder it runs in."""

    def read_state_file(self, file_path: object = None) -> None:
        """Nothing: what guardrail asks for needs no state, and it may hold secrets."""


def main(binary: str, folder: str, command: str, *arguments: str) -> int:
    """The exit code of a command of Terraform, as a shell would give it."""
    logging.disable(logging.CRITICAL)
    for one in SIGNALS:
        # A function, not "ignore": Terraform would inherit that.
        signal.signal(one, lambda _number, _frame: None)
    terraform = _Stateless(working_dir=folder, terraform_bin_path=binary)
    ended: tuple[int, object, object] = terraform.cmd(
        command, *arguments, capture_output=False
    )
    return ended[0] if ended[0] >= 0 else 128 - ended[0]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
