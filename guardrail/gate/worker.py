"""Runs `terraform show` through python-terraform: a program, not to be imported.

    worker.py BINARY FOLDER PLAN

It stands between guardrail and python-terraform 0.10.1, because that has no time-out,
keeps all output in memory and in its log, and reads the state file of the folder into
memory. Here Terraform writes straight to the output that this program was given, the
log is off, no state is read, and whoever started it can end the whole process group.
"""

from __future__ import annotations

import logging
import sys

from python_terraform import IsFlagged, Terraform  # type: ignore[import-untyped]


class _Stateless(Terraform):  # type: ignore[misc]  # it has no types
    """Terraform, without a look at the state of the folder it runs in."""

    def read_state_file(self, file_path: object = None) -> None:
        """Nothing: a plan is shown without it, and it may hold secrets."""


def main(binary: str, folder: str, plan: str) -> int:
    """The exit code of `terraform show -json`."""
    logging.disable(logging.CRITICAL)
    terraform = _Stateless(working_dir=folder, terraform_bin_path=binary)
    shown: tuple[int, object, object] = terraform.show(
        plan, json=IsFlagged, no_color=IsFlagged, capture_output=False
    )
    return shown[0]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
