"""A guarded cloud in a folder, and requests to its services."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from guardrail.openstack.admission import HEADER, Admission
from guardrail.openstack.regime import Regimes

DAY = date(2026, 11, 22)
ORGANISATION = """
body: state
offers:
  - id: our-cloud
    operator: our-ministry
    hosting: commercial
    country: FR
    services: [iaas, block-storage, backup]
    recognise:
      - {provider: terraform-provider-openstack/openstack, host: keystone.cloud.example}
    qualifications:
      - scheme: secnumcloud
        version: "3.2"
        since: 2026-01-01
        until: 2027-12-31
        services: [iaas, block-storage, backup]
        perimeter: {zone: [qualified]}
      - scheme: secnumcloud
        version: "3.2"
        since: 2026-01-01
        until: 2027-12-31
        services: [iaas]
        perimeter: {store: [vault]}
"""
OWN_CLOUD = """
body: state
offers:
  - id: our-cloud
    operator: our-ministry
    hosting: commercial
    country: FR
    services: [iaas, block-storage, backup, network]
    recognise:
      - {provider: terraform-provider-openstack/openstack, host: keystone.cloud.example}
    qualifications:
      - scheme: secnumcloud
        version: "3.2"
        since: 2026-01-01
        until: 2099-12-31
        services: [iaas, block-storage]
        perimeter: {zone: [qualified]}
"""
"""A cloud with one qualified zone, as `guardrail.yaml` of its organisation."""
ADMISSION = """
cloud: {auth_url: "https://keystone.cloud.example/v3", region: RegionOne}
organisation: guardrail.yaml
projects:
  sensitive: {class: sensitive}
  public: {class: public}
  health: {class: sensitive, categories: [health]}
"""


def folder(path: Path, admission: str = ADMISSION) -> Path:
    """The file `admission.yaml` in `path`, with the organisation's beside it."""
    (path / "guardrail.yaml").write_text(ORGANISATION)
    (path / "admission.yaml").write_text(admission)
    return path / "admission.yaml"


def regimes(path: Path, admission: str = ADMISSION) -> Regimes:
    return Regimes(folder(path, admission), lambda: DAY)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def verdict(self) -> str:
        return self.headers.get(HEADER, "")

    @property
    def document(self) -> Any:
        return json.loads(self.content)


class Service:
    """A service that takes everything, and shows what it is told to."""

    def __init__(self, shown: Mapping[str, object] | None = None) -> None:
        self.shown = shown or {}
        self.taken: list[tuple[str, str, bytes]] = []
        self.asked: list[dict[str, Any]] = []

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method != "GET":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            self.taken.append((method, path, body))
            start_response("202 Accepted", [("Content-Type", "text/plain")])
            return [b"taken"]
        self.asked.append(environ)
        found = self.shown.get(path)
        status = "404 Not Found" if found is None else "200 OK"
        start_response(status, [])
        return [found if isinstance(found, bytes) else json.dumps(found).encode()]


def environ(
    method: str, path: str, body: object = None, project: str = "sensitive", **more: Any
) -> dict[str, Any]:
    """A request as the filter gets it."""
    if isinstance(body, bytes):
        content = body
    else:
        content = b"" if body is None else json.dumps(body).encode()
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_X_PROJECT_ID": project,
        "HTTP_X_IDENTITY_STATUS": "Confirmed",
        "wsgi.input": io.BytesIO(content),
        **more,
    }


class Neighbour(BaseHTTPRequestHandler):
    """The other services, which show what stands under a path."""

    shown: ClassVar[dict[str, object]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["X-Auth-Token"]))
        found = self.shown.get(self.path)
        status = found if isinstance(found, int) else 404 if found is None else 200
        shown = {} if isinstance(found, int) else found
        content = shown if isinstance(shown, bytes) else json.dumps(shown).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def neighbours() -> Iterator[str]:
    """The catalogue of services that answer on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Neighbour) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield catalogue(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def catalogue(url: str, region: str = "RegionOne") -> str:
    """What Keystone says of the services, as authtoken hands it on."""
    paths = {"image": "", "block-storage": "/v3/p"}
    return json.dumps(
        [
            {"type": kind, "endpoints": [{"region": region, "internalURL": url + path}]}
            for kind, path in paths.items()
        ]
    )


def call(
    application: Callable[..., Iterable[bytes]], request: dict[str, Any]
) -> Answer:
    """What the application answers."""
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told.append((status, headers))

    content = b"".join(application(request, start_response))
    status, headers = told[0]
    return Answer(int(status.split()[0]), dict(headers), content)


def guarded(
    path: Path, service: str, behind: Service | None = None, mode: str = ""
) -> Admission:
    return Admission(behind or Service(), service, regimes(path), mode)
