"""The services of the minicloud: how each is started, where it is, what it keeps."""

from __future__ import annotations

from typing import NamedTuple


class Api(NamedTuple):
    """One API, which uWSGI serves."""

    application: str
    """A module, or a paste file of the virtual environment."""
    kind: str
    """In the catalogue."""
    path: str = ""
    """Of its endpoint."""
    argued: bool = False
    """Whether it is told its file by an argument, and not by where its files are."""

    def flags(self, venv: str, file: str) -> list[str]:
        """What tells uWSGI of it."""
        if self.application.endswith(".ini"):
            return ["--paste", f"config:{venv}/etc/{self.application}"]
        argued = ["--pyargv", f"--config-file {file}"] if self.argued else []
        return ["--module", f"{self.application}:application", *argued]


PROJECT = "%(tenant_id)s"
APIS = {
    "keystone": Api("keystone.wsgi.api", "identity", "/v3"),
    "placement": Api("placement.wsgi.api", "placement"),
    "glance": Api("glance.wsgi.api", "image"),
    "neutron": Api("neutron.wsgi.api", "network"),
    "nova": Api("nova.wsgi.osapi_compute", "compute", "/v2.1"),
    "cinder": Api("cinder.wsgi.api", "block-storage", "/v3", argued=True),
    "heat": Api("heat.wsgi.api", "orchestration", f"/v1/{PROJECT}", argued=True),
    "manila": Api("manila.wsgi.api", "sharev2", "/v2", argued=True),
    "octavia": Api("octavia.wsgi.api", "load-balancer", argued=True),
    "trove": Api("trove.cmd.app_wsgi", "database", f"/v1.0/{PROJECT}", argued=True),
    "barbican": Api("barbican/barbican-api-paste.ini", "key-manager"),
}
OBJECTS = "object-store", f"/v1/AUTH_{PROJECT}"
"""Swift, which no uWSGI serves: kind and path of its endpoint."""
SWIFT = ("proxy", "account", "container", "object")
GUARDED = {
    "nova": "nova/api-paste.ini",
    "cinder": "cinder/api-paste.ini",
    "heat": "heat/api-paste.ini",
    "neutron": "neutron/api-paste.ini",
    "glance": "glance/glance-api-paste.ini",
}
"""Services behind the filter, and the paste file that comes with each."""
DATABASES = (
    "keystone", "glance", "placement", "nova_api", "nova_cell0", "nova_cell1",
    "neutron", "cinder", "heat", "manila", "octavia", "trove", "barbican",
)  # fmt: skip
SCHEMAS = (
    ("glance-manage", "glance/glance-api.conf", "db_sync"),
    ("cinder-manage", "cinder/cinder.conf", "db", "sync"),
    ("heat-manage", "heat/heat.conf", "db_sync"),
    ("manila-manage", "manila/manila.conf", "db", "sync"),
    ("octavia-db-manage", "octavia/octavia.conf", "upgrade", "head"),
    ("trove-manage", "trove/trove.conf", "db_sync"),
)
"""Command, file, and what makes the tables of a service."""
WORKERS = (
    ("nova-conductor", "nova-conductor", "nova/nova.conf"),
    ("nova-scheduler", "nova-scheduler", "nova/nova.conf"),
    # Without the database, as in a real cloud.
    ("nova-compute", "nova-compute", "nova/nova-common.conf"),
    (
        "nova-compute-2",
        "nova-compute",
        "nova/nova-common.conf",
        "nova/nova-second.conf",
    ),
    ("cinder-scheduler", "cinder-scheduler", "cinder/cinder.conf"),
    ("cinder-volume", "cinder-volume", "cinder/cinder.conf"),
    ("heat-engine", "heat-engine", "heat/heat.conf"),
)
"""What does the work behind the APIs: name, command, files."""
AT_WORK = (
    "select count(*) = 4 from nova_cell1.services where report_count > 0",
    "select count(*) = 2 from placement.resource_providers",
    "select count(*) >= 3 from cinder.services where report_count > 0",
    "select count(*) = 1 from heat.service",
)
"""What the database says when all do: each listens to the queue before it reports."""
NEUTRON_SCHEMA = """
import sqlalchemy, sys
from neutron.db.migration.models import head
head.get_metadata().create_all(sqlalchemy.create_engine(sys.argv[1]))
"""
"""The models make the tables faster than the migrations."""
