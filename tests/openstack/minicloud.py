"""A whole OpenStack control plane on loopback: real services, no hypervisor.

The services of `services.py`, of the release that `fixtures/openstack/constraints.txt`
names, on MariaDB and RabbitMQ; of Manila, Octavia and Trove the APIs alone, which keep
what is asked for and hand it to nobody. Everything listens
on 127.0.0.1, on ports that were free, and is ended by the id of its process. Servers and
volumes go to two zones, `qualified` and `standard`; their drivers are fakes that the
projects ship for their own tests.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from string import Template

from tests.openstack.services import (
    APIS,
    DATABASES,
    GUARDED,
    NEUTRON_SCHEMA,
    OBJECTS,
    SCHEMAS,
    SWIFT,
)
from tests.openstack.tools import FIXTURES
from tests.unit.openstack.made import OWN_CLOUD

# The context filter, whatever a service calls it; ours comes after it, in every pipeline.
_CONTEXT = re.compile(
    r"^(\S+ = .*\b(?:keystonecontext|authtoken context))\b", re.MULTILINE
)
PASSWORD = "secret"
ADMISSION = """
cloud: {{auth_url: "https://keystone.cloud.example/v3", region: RegionOne}}
organisation: guardrail.yaml
keystone: {{cloud: {cloud}, clouds_yaml: "{clouds}", ttl_s: 0.2, timeout_s: 20}}
budget: {{time_s: 30}}  # what is tested is the answer, not how busy the machine is
mode: {mode}
reload_s: 0.2
"""


class Minicloud:
    """The services, their files in `folder`, and their processes."""

    def __init__(self, folder: Path, venv: Path) -> None:
        self.folder, self.venv = folder, venv
        names = [*APIS, *SWIFT, "database", "queue", "epmd", "distribution"]
        self.ports = dict(zip(names, _free(len(names)), strict=True))
        self.clouds_yaml = folder / "clouds.yaml"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            **os.environ,
            "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
            "PYTHONWARNINGS": "ignore",
            "HOME": str(folder / "rabbit"),
            "OS_NOVA_DISABLE_EVENTLET_PATCHING": "true",
            "OS_CLIENT_CONFIG_FILE": str(self.clouds_yaml),
            **self._rabbit(),
        }
        for name in ("VIRTUAL_ENV", "PYTHONPATH", "COVERAGE_PROCESS_START"):
            self._environment.pop(name, None)

    def url(self, service: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def auth_url(self) -> str:
        return self.url("keystone") + "/v3"

    # --- up

    def up(self) -> None:
        """Everything, until it takes requests."""
        self._write()
        self._start_database()
        self._start(
            "epmd", "epmd", "-address", "127.0.0.1", "-port", self._port("epmd")
        )
        self._start("rabbit", "/usr/lib/rabbitmq/bin/rabbitmq-server")
        with ThreadPoolExecutor(2) as pool:  # on two cores
            others = pool.map(
                lambda make: make(), [self._nova_schema, *self._schemas()]
            )
            self._keystone_schema()
            self.start_api("keystone")
            self._catalogue()
            list(others)
        for name in APIS:
            if name != "keystone":
                self.start_api(name, wait=False)
        self._start_swift()
        self._daemons()
        for name in (*APIS, "proxy"):
            self._answers(name)
        self._workers_are_up()

    def _write(self) -> None:
        """Every file of the configuration."""
        for name in ("run", "log", "guardrail", "rabbit/mnesia", "rabbit/log"):
            (self.folder / name).mkdir(parents=True)
        for name in ("images", "staging", "tasks", "nova/instances", "cinder"):
            (self.folder / "data" / name).mkdir(parents=True)
        (self.folder / "data" / "nova-second" / "instances").mkdir(parents=True)
        for name in ("neutron", "manila", "swift/disk"):
            (self.folder / "data" / name).mkdir(parents=True)
        (self.folder / "rabbit" / "plugins").write_text("[].")
        self.clouds_yaml.write_text(
            "clouds:\n"
            "  minicloud:\n"
            f"    auth: {{auth_url: '{self.auth_url}', username: admin,\n"
            f"           password: {PASSWORD}, project_name: admin,\n"
            "           user_domain_id: default, project_domain_id: default}\n"
            "    region_name: RegionOne\n"
        )
        stated = {name: str(port) for name, port in self.ports.items()} | {
            "folder": str(self.folder),
            "venv": str(self.venv),
            "auth_url": self.auth_url,
            "password": PASSWORD,
            "database": f"mysql+pymysql://root@127.0.0.1:{self._port('database')}",
            "queue": f"rabbit://guest:guest@127.0.0.1:{self._port('queue')}/",
        }
        for path in (FIXTURES / "etc").glob("*.conf"):
            service = path.stem.partition("-")[0]
            target = self.folder / "etc" / service
            target.mkdir(parents=True, exist_ok=True)
            text = Template(path.read_text()).substitute(stated)
            (target / path.name).write_text(text)
            (target / "policy.yaml").write_text("{}\n")
        nova = self.folder / "etc" / "nova"
        whole = (nova / "nova-common.conf").read_text() + (
            nova / "nova.conf"
        ).read_text()
        (nova / "nova.conf").write_text(whole)
        filters = self.venv / "etc" / "cinder" / "resource_filters.json"
        shutil.copy(filters, self.folder / "etc" / "cinder")
        (self.folder / "guardrail" / "guardrail.yaml").write_text(OWN_CLOUD)
        self.admit()
        for service, paste in GUARDED.items():
            self.guard(service, (self.venv / "etc" / paste).read_text())

    def admit(self, *, mode: str = "enforce", policy: str = "enforce") -> None:
        """Say how filter and rule check decide; they take it up while they run."""
        folder = self.folder / "guardrail"
        for name, word in (("admission", mode), ("policy-admission", policy)):
            text = ADMISSION.format(
                cloud="minicloud", clouds=self.clouds_yaml, mode=word
            )
            (folder / f"{name}.yaml").write_text(text)

    def guard(self, service: str, paste: str) -> None:
        """Put the filter into every pipeline of a paste file that knows who asks."""
        text, places = _CONTEXT.subn(r"\1 guardrail", paste)
        assert places, f"no pipeline of {service} has a context"
        text += (
            "\n[filter:guardrail]\n"
            "use = egg:guardrail#admission\n"
            f"service = {service}\n"
            f"config = {self.folder / 'guardrail' / 'admission.yaml'}\n"
        )
        (self.folder / "etc" / service / "api-paste.ini").write_text(text)

    def _rabbit(self) -> dict[str, str]:
        home = self.folder / "rabbit"
        return {
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self._port("queue"),
            "RABBITMQ_DIST_PORT": self._port("distribution"),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(home / "none"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self._port("epmd"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def _start_database(self) -> None:
        """MariaDB: with SQLite, Nova's processes lock each other out."""
        data = self.folder / "data" / "database"
        self.run(
            "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal", "--user=root",
        )  # fmt: skip
        self._start(
            "mariadb", "/usr/sbin/mariadbd", "--no-defaults", "--user=root",
            f"--datadir={data}", f"--socket={self.folder / 'run' / 'db.sock'}",
            "--bind-address=127.0.0.1", f"--port={self.ports['database']}",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
            "--innodb-buffer-pool-size=128M", "--skip-name-resolve", "--skip-log-bin",
            "--max-connections=500",
        )  # fmt: skip
        wait(lambda: self.sql("select 1") == "1", "MariaDB answers", 30)
        for name in DATABASES:
            self.sql(f"create database {name} character set utf8")

    def sql(self, statement: str) -> str:
        """What the database says; "" while it says nothing."""
        done = subprocess.run(
            [
                "mariadb", "-uroot", "-N", "-S", str(self.folder / "run" / "db.sock"),
                "-e", statement,
            ],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.stdout.strip()

    def _keystone_schema(self) -> None:
        conf = f"--config-file={self.folder / 'etc/keystone/keystone.conf'}"
        owner = ("--keystone-user", "root", "--keystone-group", "root")
        self.run("keystone-manage", conf, "db_sync")
        self.run("keystone-manage", conf, "fernet_setup", *owner)
        self.run("keystone-manage", conf, "credential_setup", *owner)
        urls = [
            f"--bootstrap-{kind}-url={self.auth_url}"
            for kind in ("admin", "internal", "public")
        ]
        self.run(
            "keystone-manage", conf, "bootstrap", "--bootstrap-password", PASSWORD,
            "--bootstrap-region-id", "RegionOne", *urls,
        )  # fmt: skip

    def _nova_schema(self) -> None:
        database = f"mysql+pymysql://root@127.0.0.1:{self._port('database')}"
        nova = f"--config-file={self.folder / 'etc/nova/nova.conf'}"
        cell0 = f"--database_connection={database}/nova_cell0?charset=utf8"
        for verb in (
            ("api_db", "sync"),
            ("cell_v2", "map_cell0", cell0),
            ("db", "sync"),
            ("cell_v2", "create_cell", "--name=cell1"),
        ):
            self.run("nova-manage", nova, *verb)
        neutron = f"{database}/neutron?charset=utf8"
        self.run("python", "-c", NEUTRON_SCHEMA, neutron)

    def _schemas(self) -> Iterable[Callable[[], object]]:
        """What makes the tables of each of the other services."""
        for command, conf, *verb in SCHEMAS:
            path = f"--config-file={self.folder / 'etc' / conf}"
            yield partial(self.run, command, path, *verb)

    def _catalogue(self) -> None:
        """Endpoints, roles and the domain that Heat needs."""
        kind, path = OBJECTS
        urls = {
            api.kind: self.url(name) + api.path
            for name, api in APIS.items()
            if name != "keystone"
        } | {kind: self.url("proxy") + path}
        self.run("python", str(FIXTURES / "catalogue.py"), *map("=".join, urls.items()))

    def start_api(self, name: str, *, wait: bool = True) -> None:
        """One API; it may have been stopped before."""
        etc = self.folder / "etc" / name
        self._start(
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
        if wait:
            self._answers(name)

    def _start_swift(self) -> None:
        ports = [f"{name}={self.ports[name]}" for name in SWIFT]
        etc = str(self.folder / "etc" / "swift")
        self._start("proxy", "python", str(FIXTURES / "object_store.py"), etc, *ports)

    def _answers(self, name: str) -> None:
        def answers() -> bool:
            ended = self._processes[name].poll()
            assert ended is None, f"{name} ended:\n{self.log(name + '.out')[-3000:]}"
            return _answers(self.ports[name])

        wait(answers, f"{name} answers", 240)

    def _daemons(self) -> None:
        nova = str(self.folder / "etc/nova/nova.conf")
        compute = str(self.folder / "etc/nova/nova-common.conf")
        second = str(self.folder / "etc/nova/nova-second.conf")
        cinder = str(self.folder / "etc/cinder/cinder.conf")
        heat = str(self.folder / "etc/heat/heat.conf")
        self._answers("placement")
        for name in ("nova-conductor", "nova-scheduler"):
            self._start(name, name, "--config-file", nova)
        # Without the database, as in a real cloud.
        self._start("nova-compute", "nova-compute", "--config-file", compute)
        self._start(
            "nova-compute-2", "nova-compute", "--config-file", compute,
            "--config-file", second,
        )  # fmt: skip
        for name in ("cinder-scheduler", "cinder-volume"):
            self._start(name, name, "--config-file", cinder)
        self._start("heat-engine", "heat-engine", "--config-file", heat)

    def _workers_are_up(self) -> None:
        nodes = "select count(*) from nova_cell1.compute_nodes"
        wait(lambda: self.sql(nodes) == "2", "both hypervisors are there", 180)
        nova = f"--config-file={self.folder / 'etc/nova/nova.conf'}"
        self.run("nova-manage", nova, "cell_v2", "discover_hosts")
        volumes = "select count(*) from cinder.services where report_count > 0"
        wait(lambda: self.sql(volumes) >= "3", "both volume services are there", 120)

    # --- processes

    def run(self, *command: str) -> str:
        """What a command prints; it must succeed."""
        done = subprocess.run(
            command,
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        told = f"{' '.join(command[:4])}:\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        assert done.returncode == 0, told
        return done.stdout

    def _start(
        self, name: str, *command: str, environment: Mapping[str, str] | None = None
    ) -> None:
        with (self.folder / "log" / f"{name}.out").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env={**self._environment, **(environment or {})},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """End one process and what it began."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def down(self) -> None:
        """End every process; those that serve others come last."""
        last = [
            name for name in ("rabbit", "epmd", "mariadb") if name in self._processes
        ]
        for name in [*(set(self._processes) - set(last)), *last]:
            self._processes[name].send_signal(signal.SIGTERM)
        for name in [*(set(self._processes) - set(last)), *last]:
            self.stop(name)

    def log(self, *names: str) -> str:
        """The lines of the logs whose names begin so."""
        return "\n".join(
            path.read_text(errors="replace")
            for path in sorted((self.folder / "log").iterdir())
            if any(path.name.startswith(name) for name in names)
        )

    def _port(self, name: str) -> str:
        return str(self.ports[name])


def wait(holds: Callable[[], bool], what: str, limit_s: float) -> None:
    """Until something holds."""
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"after {limit_s} s it does not hold: {what}"
        time.sleep(0.2)


def _free(number: int) -> Iterable[int]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


def _answers(port: int) -> bool:
    """Whether a service takes requests; to take connections is not enough."""
    asked = contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    )
    with contextlib.suppress(OSError, http.client.HTTPException), asked as connection:
        connection.request("GET", "/")
        with connection.getresponse() as answer:
            return answer.status < 500
    return False
