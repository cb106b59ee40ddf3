"""Figures: what the filter adds to a request of Nova.

Run it with `make bench`. A service that does nothing stands behind the filter,
so what is measured is the filter alone: reading the body, asking Glance (on this
machine) for the image, judging, logging. Every request has a body of its own, as large
as users send them.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from guardrail.openstack.admission import Admission
from guardrail.openstack.regime import Regimes
from tests.unit.openstack.made import Neighbour, neighbours

REQUESTS = 2000
LIMIT_MS = 5.0
ORGANISATION = """
body: state
offers:
  - id: our-cloud
    operator: our-ministry
    hosting: commercial
    country: FR
    services: [iaas]
    recognise:
      - {provider: terraform-provider-openstack/openstack, host: keystone.cloud.example}
    qualifications:
      - {scheme: secnumcloud, version: "3.2", since: 2026-01-01, until: 2027-12-31,
         perimeter: {zone: [qualified]}}
"""
ADMISSION = """
cloud: {auth_url: "https://keystone.cloud.example/v3"}
organisation: guardrail.yaml
projects: {"*": {class: sensitive}}
"""


IMAGE = "11111111-2222-3333-4444-555555555555"


def request(number: int, zone: str, catalogue: str, *, fresh: bool) -> dict[str, Any]:
    """A request for a server; a `fresh` one says what none before it said."""
    metadata = {"owner": f"team-{number}"}
    project = str(number) if fresh else "p"
    server = {
        "name": f"server-{number}",
        "flavorRef": "1",
        "imageRef": IMAGE,
        "availability_zone": zone,
        "metadata": metadata,
        "user_data": "x" * 8000,
    }
    content = json.dumps({"server": server}).encode()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/servers",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_X_PROJECT_ID": project,
        "HTTP_X_IDENTITY_STATUS": "Confirmed",
        "HTTP_X_SERVICE_CATALOG": catalogue,
        "HTTP_X_AUTH_TOKEN": "token",
        "wsgi.input": io.BytesIO(content),
    }


def median_ms(guard: Admission, zone: str, catalogue: str, *, fresh: bool) -> float:
    """The median of what the filter adds, in milliseconds."""
    taken = []
    for number in range(REQUESTS):
        asked = request(number, zone, catalogue, fresh=fresh)
        start = time.perf_counter()
        guard(asked, lambda _status, _headers: None)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def measure() -> dict[str, float]:
    """The medians: allowed and denied, known decisions and new ones."""
    quiet = logging.getLogger("guardrail.openstack")
    before = quiet.disabled
    quiet.disabled = True
    try:
        return _measured()
    finally:
        quiet.disabled = before


def _measured() -> dict[str, float]:
    Neighbour.shown = {f"/v2/images/{IMAGE}": {"id": IMAGE, "visibility": "public"}}
    with tempfile.TemporaryDirectory() as folder, neighbours() as catalogue:
        (Path(folder) / "guardrail.yaml").write_text(ORGANISATION)
        (Path(folder) / "admission.yaml").write_text(ADMISSION)
        regimes = Regimes(Path(folder) / "admission.yaml", lambda: date(2026, 11, 22))
        guard = Admission(lambda _environ, _start: [b""], "nova", regimes)
        return {
            f"{verdict}, {'new' if fresh else 'known'}": median_ms(
                guard, zone, catalogue, fresh=fresh
            )
            for verdict, zone in (("allow", "qualified"), ("deny", "standard"))
            for fresh in (False, True)
        }


if __name__ == "__main__":
    for name, found in measure().items():
        print(f"{name:>12}: {found:.2f} ms, limit {LIMIT_MS} ms")
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{4 * REQUESTS} requests, memory at most {largest:.0f} MB")
