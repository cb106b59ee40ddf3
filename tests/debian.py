"""Debian packages of the peers that tests run."""

from __future__ import annotations

import os
import shutil
import subprocess

_GET = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3")


def install(*packages: str) -> bool:
    """Whether packages could be installed: that takes root, on Debian.

    None of their services is started.

    Raises:
        RuntimeError: The installation failed.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    # No policy may be left behind; at this level the packages start nothing.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*_GET, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            told = (done.stdout + done.stderr)[-3000:]
            raise RuntimeError(f"apt-get {' '.join(words)} failed:\n{told}")
    return True
