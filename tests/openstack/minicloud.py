"""A whole OpenStack control plane on loopback: real services, no hypervisor.

The services of `services.py`, of the release that `fixtures/openstack/constraints.txt`
names, on MariaDB and RabbitMQ; of Manila, Octavia and Trove the APIs alone, which keep
what is asked for and hand it to nobody. Everything listens on 127.0.0.1, on ports that
are held for it. Servers and volumes go to two zones, `qualified` and `standard`; their
drivers are fakes that the projects ship for their own tests.
"""

from __future__ import annotations

import contextlib
import http.client
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.conftest import CLOCK
from tests.loopback import hold, listens, port_of
from tests.openstack.backing import Database, queue_environment, start_queue
from tests.openstack.files import Files
from tests.openstack.processes import Processes
from tests.openstack.services import (
    APIS,
    AT_WORK,
    NEUTRON_SCHEMA,
    OBJECTS,
    SCHEMAS,
    SWIFT,
    WORKERS,
)
from tests.openstack.tools import FIXTURES

PASSWORD = "secret"


class Minicloud:
    """The services, their files in `folder`, and their processes."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.folder, self.venv, self.files = folder, venv, Files(folder)
        names = [*APIS, *SWIFT, "database", "queue", "epmd", "distribution"]
        self._held = {name: hold() for name in names}
        self.ports = {name: port_of(held) for name, held in self._held.items()}
        self.database = Database(folder, self.ports["database"])
        home = folder / "rabbit"
        environment = {
            **os.environ,
            "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": CLOCK,
            "PYTHONWARNINGS": "ignore",
            "HOME": str(home),
            "OS_NOVA_DISABLE_EVENTLET_PATCHING": "true",
            "OS_CLIENT_CONFIG_FILE": str(self.files.clouds),
            **queue_environment(home, self.ports),
        }
        for name in ("VIRTUAL_ENV", "COVERAGE_PROCESS_START"):
            environment.pop(name, None)
        self.processes = Processes(folder, environment)

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def auth_url(self) -> str:
        return self.url("keystone") + "/v3"

    def up(self) -> None:
        """Everything, until it takes requests."""
        self._write()
        self.database.start(self.processes)
        start_queue(self.processes, self.ports["epmd"])
        with ThreadPoolExecutor(2) as pool:  # on two cores
            others = pool.map(lambda make: make(), self._schemas())
            self._keystone()
            list(others)
        for name in APIS:
            if name != "keystone":
                self._start_api(name)
        self._start_swift()
        self._start_workers()
        for name in (*APIS, "proxy"):
            self._answers(name)
        self._workers_take_calls()

    def down(self) -> None:
        """End every process, and give the ports back."""
        self.processes.down()
        for held in self._held.values():
            held.close()

    def restart(self, api: str) -> None:
        """End an API and begin it again, with its files as they are now."""
        self.processes.stop(api)
        self._start_api(api)
        self._answers(api)

    # --- what comes first

    def _write(self) -> None:
        stated = {name: str(port) for name, port in self.ports.items()} | {
            "folder": str(self.folder),
            "venv": str(self.venv),
            "auth_url": self.auth_url,
            "password": PASSWORD,
            "queue": f"rabbit://guest:guest@127.0.0.1:{self.ports['queue']}/",
            "database": self.database.url,
        }
        self.files.write(self.venv, stated)

    def _schemas(self) -> Iterable[Callable[[], object]]:
        """What makes the tables of each service but Keystone; Nova takes longest."""
        yield self._nova_schema
        for command, file, *verb in SCHEMAS:
            yield partial(self.manage, command, file, *verb)

    def _nova_schema(self) -> None:
        cell0 = f"--database_connection={self.database.url}/nova_cell0?charset=utf8"
        for verb in (
            ("api_db", "sync"),
            ("cell_v2", "map_cell0", cell0),
            ("db", "sync"),
            ("cell_v2", "create_cell", "--name=cell1"),
        ):
            self.manage("nova-manage", "nova/nova.conf", *verb)
        neutron = f"{self.database.url}/neutron?charset=utf8"
        self.processes.run("python", "-c", NEUTRON_SCHEMA, neutron)

    def _keystone(self) -> None:
        """Keystone, and in it all that the services look for."""
        keystone = partial(self.manage, "keystone-manage", "keystone/keystone.conf")
        owner = ("--keystone-user", "root", "--keystone-group", "root")
        keystone("db_sync")
        keystone("fernet_setup", *owner)
        keystone("credential_setup", *owner)
        urls = [
            f"--bootstrap-{kind}-url={self.auth_url}"
            for kind in ("admin", "internal", "public")
        ]
        keystone(
            "bootstrap", "--bootstrap-password", PASSWORD,
            "--bootstrap-region-id", "RegionOne", *urls,
        )  # fmt: skip
        self._start_api("keystone")
        self._answers("keystone")
        kind, path = OBJECTS
        endpoints = {
            api.kind: self.url(name) + api.path
            for name, api in APIS.items()
            if name != "keystone"
        } | {kind: self.url("proxy") + path}
        stated = map("=".join, endpoints.items())
        self.processes.run("python", str(FIXTURES / "catalogue.py"), *stated)

    def manage(self, command: str, file: str, *verb: str) -> None:
        """Run the program with which a service is managed."""
        stated = f"--config-file={self.folder / 'etc' / file}"
        self.processes.run(command, stated, *verb)

    # --- what goes on

    def _start_api(self, name: str) -> None:
        etc = self.folder / "etc" / name
        self.processes.start(
            name, "uwsgi", "--http-socket", f"127.0.0.1:{self.ports[name]}",
            *APIS[name].flags(str(self.venv), str(etc / f"{name}.conf")),
            "--master", "--die-on-term", "--need-app", "--enable-threads",
            "--threads", "4", "--processes", "1", "--buffer-size", "65535",
            "--lazy-apps", "--virtualenv", str(self.venv),
            "--wsgi-disable-file-wrapper", "--add-header", "Connection: close",
            environment={
                f"OS_{name.upper()}_CONFIG_DIR": str(etc),
                "OS_NEUTRON_CONFIG_FILES": "neutron.conf",
                "HOME": str(etc),  # where Barbican looks for its file
            },
        )  # fmt: skip

    def _start_swift(self) -> None:
        ports = [f"{name}={self.ports[name]}" for name in SWIFT]
        etc = str(self.folder / "etc" / "swift")
        program = str(FIXTURES / "object_store.py")
        self.processes.start("proxy", "python", program, etc, *ports)

    def _start_workers(self) -> None:
        queue = self.ports["queue"]
        self.processes.until(lambda: listens(queue), "RabbitMQ listens")
        self._answers("placement")
        for name, command, *files in WORKERS:
            stated = [f"--config-file={self.folder / 'etc' / one}" for one in files]
            self.processes.start(name, command, *stated)

    def _answers(self, name: str) -> None:
        port = self.ports[name]
        self.processes.until(lambda: _takes_requests(port), f"{name} answers")

    def _workers_take_calls(self) -> None:
        for asked in AT_WORK:
            self.processes.until(partial(self._holds, asked), asked)
        self.manage("nova-manage", "nova/nova.conf", "cell_v2", "discover_hosts")

    def _holds(self, asked: str) -> bool:
        return self.database.ask(asked) == "1"

    def log(self, *names: str) -> str:
        """The lines of the logs whose names begin so."""
        return self.processes.log(*names)


def _takes_requests(port: int) -> bool:
    """Whether a service does; to take connections is not enough."""
    asked = contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    )
    with contextlib.suppress(OSError, http.client.HTTPException), asked as connection:
        connection.request("GET", "/")
        with connection.getresponse() as answer:
            return answer.status < 500
    return False
