"""The decision log in PostgreSQL: the same promises, held by a real server."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from guardrail.server.log import LogError, open_log
from tests import debian
from tests.loopback import hold, port_of
from tests.unit.server.test_log import entry, filled
from tests.waiting import until

pytestmark = pytest.mark.alone

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def programs() -> Path:
    """The folder of PostgreSQL's programs, installed where that may be done."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found and debian.install("postgresql"):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI must run this")
        pytest.skip("PostgreSQL is not installed")
    return found[-1].parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of its own, on the loopback."""
    bin_ = programs()
    folder = tmp_path_factory.mktemp("postgresql")
    user = None
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        user = "postgres"
        found = pwd.getpwnam(user)
        os.chown(folder, found.pw_uid, found.pw_gid)
        for one in (folder.parent, folder.parent.parent):
            one.chmod(one.stat().st_mode | 0o011)
    data = folder / "data"
    made = [str(bin_ / "initdb"), "-D", str(data), "-A", "trust", "-U", "guardrail"]
    subprocess.run(made, user=user, cwd="/", capture_output=True, check=True)
    held = hold()
    port = port_of(held)
    running = subprocess.Popen(
        [
            str(bin_ / "postgres"), "-D", str(data), "-p", str(port),
            "-h", "127.0.0.1", "-k", "", "-c", "fsync=off",
        ],
        user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"postgresql://guardrail@127.0.0.1:{port}/postgres"
    try:
        until(lambda: answers(url, running), "PostgreSQL answers")
        yield url
    finally:
        running.send_signal(signal.SIGINT)  # which waits for no client
        running.wait()
        held.close()


def answers(url: str, running: subprocess.Popen[bytes]) -> bool:
    assert running.poll() is None, "PostgreSQL has ended"
    with contextlib.suppress(SQLAlchemyError):
        run(url, "SELECT 1")
        return True
    return False


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def url(server: str) -> str:
    run(
        server,
        "DROP TABLE IF EXISTS guardrail_decision, guardrail_chain, alembic_version",
        "DROP FUNCTION IF EXISTS guardrail_append_only",
    )
    return server


def test_a_chain_is_kept_verified_and_let_go(url: str) -> None:
    log = filled(open_log(url), 4)

    assert log.verify().rows == 4
    assert log.forget(NOW + timedelta(days=2)) == 2
    again = open_log(url)
    assert again.append(entry(), NOW) == 5
    verified = again.verify()
    assert (verified.first, verified.rows, verified.broken) == (3, 3, None)
    log.close()
    again.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE guardrail_decision SET content = '{}'",
        "DELETE FROM guardrail_decision WHERE number = 2",
        "TRUNCATE guardrail_decision",
    ],
)
def test_the_database_itself_refuses_a_change(url: str, statement: str) -> None:
    log = filled(open_log(url))
    with pytest.raises(SQLAlchemyError, match="append-only"):
        run(url, statement)

    assert log.verify().rows == 3
    log.close()


def test_whoever_owns_the_database_is_found_out(url: str) -> None:
    log = filled(open_log(url))
    run(
        url,
        "ALTER TABLE guardrail_decision DISABLE TRIGGER ALL",
        "UPDATE guardrail_decision SET content = '{}' WHERE number = 2",
    )

    assert log.verify().broken == 2
    log.close()


def test_servers_that_start_and_write_at_once_make_one_chain(url: str) -> None:
    failures: list[Exception] = []

    def write() -> None:
        try:
            log = open_log(url)
            for _ in range(25):
                log.append(entry(), NOW)
            log.close()
        except LogError as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    log = open_log(url)
    verified = log.verify()
    log.close()

    assert failures == []
    assert (verified.rows, verified.broken) == (200, None)
