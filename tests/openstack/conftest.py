from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.openstack.minicloud import Minicloud
from tests.openstack.tools import install


@pytest.fixture(scope="session")
def cloud() -> Iterator[Minicloud]:
    """The whole control plane, behind the filter."""
    venv = install()
    with tempfile.TemporaryDirectory(prefix="minicloud-") as folder:
        cloud = Minicloud(Path(folder), venv)
        try:
            cloud.up()
            yield cloud
        finally:
            cloud.down()
