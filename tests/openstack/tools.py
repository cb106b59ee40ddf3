"""What a real control plane needs on this machine, installed where it is not there.

Python packages go into a virtual environment under `.cache/openstack/`, named after
what stands in it, so a second run finds it. Debian packages are installed when root.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import debian

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "openstack"
DRIVER = FIXTURES / "driver"
CACHE = ROOT / ".cache" / "openstack"
PACKAGES = (
    "keystone", "nova", "openstack-placement", "glance", "cinder", "openstack-heat",
    "neutron", "swift", "manila", "octavia", "trove", "barbican", "uwsgi", "pymysql",
    "openstacksdk", "python-openstackclient",
)  # fmt: skip
DEBIAN = {
    "/usr/lib/rabbitmq/bin/rabbitmq-server": "rabbitmq-server",
    "/usr/sbin/mariadbd": "mariadb-server-core",
    "/usr/bin/mariadb": "mariadb-client-core",
}
_LIMIT_S = 3600


def install() -> Path:
    """The virtual environment, with everything that the control plane needs."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:  # other tests may want it at this moment
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed()


def _installed() -> Path:
    _debian([name for path, name in DEBIAN.items() if not Path(path).exists()])
    stated = (FIXTURES / "constraints.txt").read_bytes()
    digest = hashlib.sha256(stated + " ".join(PACKAGES).encode()).hexdigest()[:12]
    venv = CACHE / f"venv-{digest}"
    uv = _uv()
    if not (venv / "complete").exists():
        shutil.rmtree(venv, ignore_errors=True)
        _run([uv, "venv", "-q", "--python", sys.executable, str(venv)])
        # Compiled once here: every process would do it again.
        _pip(uv, venv, "--compile-bytecode", *PACKAGES)
        (venv / "complete").touch()
    ours = b"".join((one / "pyproject.toml").read_bytes() for one in (ROOT, DRIVER))
    mark = venv / f"guardrail-{hashlib.sha256(ours).hexdigest()[:12]}"
    if not mark.exists():  # under running services it would be gone for a moment
        _pip(uv, venv, "-e", str(DRIVER), "-e", f"{ROOT}[openstack]")
        mark.touch()
    return venv


def _debian(missing: list[str]) -> None:
    if missing and not debian.install(*missing):
        raise RuntimeError(
            "real OpenStack services need: apt-get install --no-install-recommends "
            f"{' '.join(missing)} (as root, on Debian), or leave them out: "
            "pytest -m 'not openstack'"
        )


def _uv() -> str:
    """The installer: it takes a quarter of pip's time for these packages."""
    home = CACHE / "uv"
    if not (home / "bin" / "uv").exists():
        _run([sys.executable, "-m", "venv", str(home)])
        _run([str(home / "bin" / "pip"), "install", "-q", "uv"])
    return str(home / "bin" / "uv")


def _pip(uv: str, venv: Path, *arguments: str) -> None:
    constraints = ["-c", str(FIXTURES / "constraints.txt")]
    environment = {**os.environ, "VIRTUAL_ENV": str(venv), "UV_HTTP_TIMEOUT": "300"}
    _run([uv, "pip", "install", "-q", *constraints, *arguments], environment)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
    )
    if done.returncode != 0:
        told = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"{' '.join(command[:6])} … failed:\n{told}")
