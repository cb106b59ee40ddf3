"""The decision log: what was written stays, in its place, or it is seen."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from guardrail.errors import ConfigurationError
from guardrail.server.log import DecisionLog, Entry, LogError, open_log
from tests.conftest import ROOT
from tests.waiting import until

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(verdict: str = "deny") -> Entry:
    return Entry(
        kind="run-task", verdict=verdict, sha256="ab", library_sha256="cd",
        as_of="2026-11-22", about={"run": "run-1"}, findings=("a", "b"),
    )  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


@pytest.fixture
def log(url: str) -> DecisionLog:
    return open_log(url)


def filled(log: DecisionLog, rows: int = 3) -> DecisionLog:
    for count in range(rows):
        assert log.append(entry(), NOW + timedelta(days=count)) == count + 1
    return log


def change(url: str, *statements: str) -> None:
    """What somebody with the database in his hands may do."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for trigger in ("guardrail_no_update", "guardrail_no_delete"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_rows_are_numbered_and_sealed(log: DecisionLog) -> None:
    rows = list(filled(log).rows())

    assert [one.number for one in rows] == [1, 2, 3]
    assert rows[0].written == "2026-11-22T12:00:00.000000+00:00"
    assert '"findings":["a","b"]' in rows[0].content
    assert len({one.seal for one in rows}) == 3
    assert [one.number for one in log.rows(after=2)] == [3]
    verified = log.verify()
    assert (verified.rows, verified.first, verified.broken) == (3, 1, None)
    assert verified.seal == rows[-1].seal


def test_an_empty_log_is_whole(log: DecisionLog) -> None:
    assert log.verify().broken is None
    log.ready()


def test_a_log_is_opened_again_as_it_was(log: DecisionLog, url: str) -> None:
    filled(log).close()
    again = open_log(url)

    assert again.append(entry(), NOW) == 4
    assert again.verify().rows == 4


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE guardrail_decision SET content = '{}' WHERE number = 2", 2),
        ("UPDATE guardrail_decision SET written = 'x' WHERE number = 1", 1),
        ("UPDATE guardrail_decision SET seal = 'x' WHERE number = 3", 3),
        ("DELETE FROM guardrail_decision WHERE number = 2", 2),
        ("DELETE FROM guardrail_decision WHERE number = 1", 1),
        ("DELETE FROM guardrail_decision WHERE number = 3", 3),
        ("UPDATE guardrail_decision SET number = 9 WHERE number = 3", 3),
        ("UPDATE guardrail_chain SET number = 2 WHERE id = 1", 4),
    ],
)
def test_whatever_is_changed_is_seen(
    log: DecisionLog, url: str, statement: str, place: int
) -> None:
    filled(log)
    change(url, statement)

    assert log.verify().broken == place


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE guardrail_decision SET content = '{}'",
        "DELETE FROM guardrail_decision",
        "DELETE FROM guardrail_decision WHERE number = 1",
    ],
)
def test_the_database_itself_refuses_a_change(
    log: DecisionLog, url: str, statement: str
) -> None:
    filled(log)
    engine = sa.create_engine(url)
    with pytest.raises(SQLAlchemyError, match="append-only"), engine.begin() as one:
        one.execute(sa.text(statement))
    engine.dispose()

    assert log.verify().rows == 3


def test_old_rows_are_let_go_and_the_chain_begins_after_them(log: DecisionLog) -> None:
    filled(log, 4)

    assert log.forget(NOW + timedelta(days=2)) == 2
    verified = log.verify()
    assert (verified.first, verified.rows, verified.broken) == (3, 2, None)
    assert log.forget(NOW + timedelta(days=2)) == 0
    assert log.forget(NOW + timedelta(days=99)) == 2
    assert log.append(entry(), NOW) == 5
    verified = log.verify()
    assert (verified.first, verified.rows, verified.broken) == (5, 1, None)


def test_many_writers_make_one_chain(url: str) -> None:
    open_log(url).close()

    def write() -> None:
        log = open_log(url)
        for _ in range(20):
            log.append(entry(), NOW)
        log.close()

    threads = [threading.Thread(target=write) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    verified = open_log(url).verify()

    assert (verified.rows, verified.broken) == (100, None)


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_that_it_was_told_of(
    url: str, tmp_path: Path
) -> None:
    program = (
        "import sys; from datetime import datetime, UTC\n"
        "from guardrail.server.log import Entry, open_log\n"
        f"log = open_log({url!r})\n"
        "one = Entry(kind='k', verdict='allow', sha256='', library_sha256='', as_of='')\n"
        "while True:\n"
        "    print(log.append(one, datetime.now(UTC)), flush=True)\n"
    )
    told = tmp_path / "told"
    for _ in range(3):
        with told.open("w") as out:
            writer = subprocess.Popen(
                [sys.executable, "-c", program], stdout=out, cwd=ROOT
            )

            def wrote(writer: subprocess.Popen[bytes] = writer) -> bool:
                assert writer.poll() is None, "the writer has ended"
                return told.stat().st_size >= 200

            try:
                until(wrote, "the writer has written")
            finally:  # it would write for ever
                writer.kill()
                writer.wait()
        numbers = [int(one) for one in told.read_text().split("\n")[:-1]]
        verified = open_log(url).verify()

        assert verified.broken is None
        assert verified.rows >= numbers[-1]


def test_a_database_must_be_one_of_two() -> None:
    for url in ("", "no url", "mysql://localhost/x"):
        with pytest.raises(ConfigurationError):
            open_log(url)


def test_what_the_database_says_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(LogError) as caught:
        open_log(f"sqlite:///{tmp_path}/hunter2/log.db")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(LogError) as caught:
        open_log("postgresql://me:hunter2@127.0.0.1:1/log")
    assert "hunter2" not in str(caught.value)


def test_a_log_of_a_later_version_is_refused(log: DecisionLog, url: str) -> None:
    log.close()
    change(url, "UPDATE alembic_version SET version_num = 'later'")

    with pytest.raises(LogError, match="later version"):
        open_log(url)


def test_a_log_that_is_gone_cannot_be_written(log: DecisionLog, url: str) -> None:
    change(url, "DROP TABLE guardrail_decision")

    with pytest.raises(LogError):
        log.append(entry(), NOW)
    with pytest.raises(LogError):
        list(log.rows())
