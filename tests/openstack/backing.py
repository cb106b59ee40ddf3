"""What the services stand on: MariaDB and RabbitMQ, on loopback.

With SQLite, Nova's processes lock each other out.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.openstack.processes import Processes
from tests.openstack.services import DATABASES


class Database:
    """MariaDB, on a port."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder / "data" / "database", port
        self.url = f"mysql+pymysql://root@127.0.0.1:{port}"

    def start(self, processes: Processes) -> None:
        """Everything a service needs to make its tables."""
        data = f"--datadir={self._folder}"
        processes.run(
            "mariadb-install-db", "--no-defaults", data, "--skip-test-db",
            "--auth-root-authentication-method=normal", "--user=root",
        )  # fmt: skip
        processes.start(
            "mariadb", "/usr/sbin/mariadbd", "--no-defaults", "--user=root", data,
            "--socket=socket", "--bind-address=127.0.0.1", f"--port={self._port}",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
            "--innodb-buffer-pool-size=128M", "--skip-name-resolve", "--skip-log-bin",
            "--max-connections=500",
        )  # fmt: skip
        processes.until(lambda: self.ask("select 1") == "1", "MariaDB answers")
        for name in DATABASES:
            self.ask(f"create database {name} character set utf8")

    def ask(self, statement: str) -> str:
        """What the database says; "" while it says nothing."""
        done = subprocess.run(
            [
                "mariadb", "--no-defaults", "--protocol=tcp", "-h127.0.0.1",
                f"-P{self._port}", "-uroot", "-N", "-e", statement,
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout.strip()


def queue_environment(home: Path, ports: Mapping[str, int]) -> dict[str, str]:
    """What keeps RabbitMQ, and Erlang under it, in a folder and on loopback."""
    return {
        "RABBITMQ_NODENAME": "rabbit@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(ports["queue"]),
        "RABBITMQ_DIST_PORT": str(ports["distribution"]),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(home / "none"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-kernel inet_dist_use_interface {127,0,0,1}"
        ),
    }


def start_queue(processes: Processes, port: int) -> None:
    """RabbitMQ, and the port mapper that Erlang would leave behind."""
    processes.start("epmd", "epmd", "-address", "127.0.0.1", "-port", str(port))
    processes.start("rabbit", "/usr/lib/rabbitmq/bin/rabbitmq-server")
